// A regular expression that a function gets as an argument.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "plan/entry.h"
#include "plan/eval/call.h"
#include "value/regex.h"

namespace spelk::functions {

// Compiled once if it is constant, else whenever the argument changes from one row to the next.
class RegexArgument final : public plan::Prepared {
 public:
  // For FunctionEntry::prepare: a constant that does not compile is an error; any other value (null
  // for none) is judged by Find().
  static absl::StatusOr<std::unique_ptr<plan::Prepared>> Make(const Value* constant);

  // The matcher for the expression, null if it does not compile.
  RegexMatcher* Find(std::string_view pattern);

 private:
  absl::Status Compile(std::string_view pattern);

  std::string pattern_;
  bool known_ = false;
  std::optional<Regex> regex_;
  std::optional<RegexMatcher> matcher_;
};

// Whether the text has a match. An expression that reaches its match limit has none, and is
// counted.
bool HasMatch(RegexMatcher& matcher, std::string_view text, plan::Call& call);

}  // namespace spelk::functions
