// The formats of printf().
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plan/eval/call.h"
#include "value/value.h"

namespace spelk::functions {

// A parsed format (Search Reference, printf): texts and conversions in turn. Immutable.
class PrintfFormat {
 public:
  static constexpr int kMostWidth = 1000;  // Of one conversion, and of its precision.

  // InvalidArgument names the conversion that is not known.
  static absl::StatusOr<PrintfFormat> Parse(std::string_view text);

  // How many arguments the conversions take, `*` included.
  size_t arguments() const { return arguments_; }
  // The text; nothing if an argument is missing or does not fit. `values[0]` is the format itself.
  std::optional<std::string> Format(plan::Call& call, std::span<const Value> values) const;

 private:
  struct Conversion {
    std::string text;  // What stands before it.
    char letter = 0;   // 0 after the last one.
    bool left = false;
    bool zero = false;
    bool plus = false;
    bool blank = false;
    bool alternate = false;
    bool grouped = false;
    bool star_width = false;
    bool star_precision = false;
    int width = 0;
    std::optional<int> precision;
  };
  static absl::Status ParseConversion(std::string_view text, size_t* at, Conversion* conversion);
  static std::optional<std::string> FormatOne(const Conversion& conversion, plan::Call& call,
                                              const Value& value, plan::Type type);

  std::vector<Conversion> conversions_;
  size_t arguments_ = 0;
};

}  // namespace spelk::functions
