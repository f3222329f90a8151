// The two macros that pass a status on, and the one place that converts a status message.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace spelk {

// Abseil may bring a string_view of its own; the rest of spelk uses the standard one.
inline std::string_view MessageOf(const absl::Status& status) {
  const auto message = status.message();
  return {message.data(), message.size()};
}

}  // namespace spelk

#define SPELK_CONCAT_INNER(a, b) a##b
#define SPELK_CONCAT(a, b) SPELK_CONCAT_INNER(a, b)

#define SPELK_RETURN_IF_ERROR(expression)                                            \
  do {                                                                               \
    if (absl::Status spelk_status = (expression); !spelk_status.ok()) [[unlikely]] { \
      return spelk_status;                                                           \
    }                                                                                \
  } while (false)

#define SPELK_ASSIGN_OR_RETURN_INNER(result, target, expression) \
  auto result = (expression);                                    \
  if (!result.ok()) [[unlikely]] {                               \
    return std::move(result).status();                           \
  }                                                              \
  target = std::move(result).value()

#define SPELK_ASSIGN_OR_RETURN(target, expression) \
  SPELK_ASSIGN_OR_RETURN_INNER(SPELK_CONCAT(spelk_result_, __LINE__), target, expression)
