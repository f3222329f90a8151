// Compiling and keeping the regular expressions of functions.
#include "functions/regex_argument.h"

#include "base/status.h"

namespace spelk::functions {

absl::StatusOr<std::unique_ptr<plan::Prepared>> RegexArgument::Make(const Value* constant) {
  auto argument = std::make_unique<RegexArgument>();
  if (constant != nullptr && constant->is_text()) {
    SPELK_RETURN_IF_ERROR(argument->Compile(constant->text()));
  }
  return argument;
}

absl::Status RegexArgument::Compile(std::string_view pattern) {
  matcher_.reset();
  regex_.reset();
  pattern_ = pattern;
  known_ = true;
  SPELK_ASSIGN_OR_RETURN(regex_, Regex::Compile(pattern));
  matcher_.emplace(*regex_);
  return absl::OkStatus();
}

RegexMatcher* RegexArgument::Find(std::string_view pattern) {
  if (!known_ || pattern != pattern_) (void)Compile(pattern);
  return matcher_ ? &*matcher_ : nullptr;
}

bool HasMatch(RegexMatcher& matcher, std::string_view text, plan::Call& call) {
  const MatchResult result = matcher.Match(text);
  if (result == MatchResult::kLimit) {
    call.counters().regex_limits.fetch_add(1, std::memory_order_relaxed);
  }
  return result == MatchResult::kYes;
}

}  // namespace spelk::functions
