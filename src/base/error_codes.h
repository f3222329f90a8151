// Every diagnostic code, listed once. A number is never used again for something else.
#pragma once

#include <cstdint>
#include <string_view>

namespace spelk {

// E01xx syntax, E02xx arguments of commands, E03xx expressions, E04xx missing things,
// E05xx limits, E06xx input. W01xx are warnings.
enum class ErrorCode : uint16_t {
#define SPELK_CODE(name, number, meaning, remedy, example) name = number,
#include "base/error_codes.inc"
#undef SPELK_CODE
};

// What `spelk help E0203` says.
struct ErrorExplanation {
  ErrorCode code;
  std::string_view meaning;
  std::string_view remedy;
  std::string_view example;  // A search that gets it; empty where it takes more than a search.
};
inline constexpr ErrorExplanation kErrorExplanations[] = {
#define SPELK_CODE(name, number, meaning, remedy, example) \
  {ErrorCode::name, meaning, remedy, example},
#include "base/error_codes.inc"
#undef SPELK_CODE
};

}  // namespace spelk
