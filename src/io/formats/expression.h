// Expression: a regular expression of a setting, which may not be there.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/status.h"
#include "value/regex.h"

namespace spelk::io {

class Expression {
 public:
  // InvalidArgument for what is none; an empty one says nothing.
  absl::Status Set(std::string_view pattern) {
    if (pattern.empty()) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(pattern));
    regex_ = std::make_unique<const Regex>(std::move(regex));
    matcher_ = std::make_unique<RegexMatcher>(*regex_);
    return absl::OkStatus();
  }
  bool set() const { return matcher_ != nullptr; }
  // False where there is none.
  bool Matches(std::string_view text) const {
    return set() && matcher_->Match(text) == MatchResult::kYes;
  }
  // Where the match ends.
  size_t end() const { return matcher_->end(0); }

 private:
  std::unique_ptr<const Regex> regex_;
  std::unique_ptr<RegexMatcher> matcher_;
};

}  // namespace spelk::io
