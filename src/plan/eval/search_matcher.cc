// Matching of search patterns.
#include "plan/eval/search_matcher.h"

#include <algorithm>

#include "value/case_fold.h"

namespace spelk::plan {

PatternMatcher::PatternMatcher(CompareOp op, const Pattern& pattern)
    : op_(op),
      text_(pattern.text),
      exact_case_(pattern.exact_case),
      wildcard_(pattern.text, pattern.exact_case ? Case::kExact : Case::kIgnore) {
  if (!wildcard_.has_star() && pattern.text.find('/') != std::string::npos) {
    cidr_ = ParseCidr(pattern.text);
  }
  number_ = ParseNumber(pattern.text);
}

bool PatternMatcher::Equals(std::string_view text) const {
  if (wildcard_.Matches(text)) return true;
  if (!cidr_) return false;
  const std::optional<IpAddress> address = ParseIpAddress(text);
  return address && cidr_->Contains(*address);
}

bool PatternMatcher::MatchesOne(const Value& value) const {
  char buffer[kNumberText];
  const std::string_view text = TextOf(value, buffer);
  if (op_ == CompareOp::kEqual) return Equals(text);
  if (op_ == CompareOp::kNotEqual) return !Equals(text);
  if (number_) {
    if (const std::optional<Number> number = NumberOf(value)) {
      return Holds(op_, number->value <=> number_->value);
    }
  }
  return Holds(op_, text <=> std::string_view(text_));
}

bool PatternMatcher::Matches(const Value& value) const {
  const std::span<const Value> each = value.each();
  return std::any_of(each.begin(), each.end(),
                     [this](const Value& one) { return MatchesOne(one); });
}

PatternSet::PatternSet(const std::vector<Pattern>& patterns) {
  // To ask each of a few is faster than to go through the text for all of them.
  constexpr std::ptrdiff_t kFew = 8;
  const auto has_star = [](const Pattern& pattern) {
    return pattern.text.find('*') != std::string::npos;
  };
  const bool few = std::count_if(patterns.begin(), patterns.end(), has_star) <= kFew;
  for (const Pattern& pattern : patterns) {
    if (few && has_star(pattern)) {
      few_.emplace_back(CompareOp::kEqual, pattern);
      continue;
    }
    index_.Add(pattern, static_cast<uint32_t>(matchers_.size()));
    matchers_.emplace_back(CompareOp::kEqual, pattern);
  }
  index_.Finish();
}

bool PatternSet::Matches(const Value& value) const {
  for (const Value& each : value.each()) {
    for (const PatternMatcher& matcher : few_) {
      if (matcher.Matches(each)) return true;
    }
    if (matchers_.empty()) continue;
    char buffer[kNumberText];
    const auto matches = [&](uint32_t pattern) { return matchers_[pattern].Matches(each); };
    if (index_.AnyOf(TextOf(each, buffer), matches)) return true;
  }
  return false;
}

}  // namespace spelk::plan
