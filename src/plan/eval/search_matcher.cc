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
  for (const Pattern& pattern : patterns) {
    PatternMatcher matcher(CompareOp::kEqual, pattern);
    if (matcher.is_plain()) {
      plain_.insert(FoldCase(pattern.text));
    } else {
      others_.push_back(std::move(matcher));
    }
  }
}

bool PatternSet::MatchesOne(std::string_view text) const {
  if (!plain_.empty()) {
    if (IsFolded(text) ? plain_.contains(text) : plain_.contains(FoldCase(text))) return true;
  }
  const Value value = Value::Text(text);
  return std::any_of(others_.begin(), others_.end(),
                     [&](const PatternMatcher& matcher) { return matcher.Matches(value); });
}

bool PatternSet::Matches(const Value& value) const {
  char buffer[kNumberText];
  for (const Value& each : value.each()) {
    if (MatchesOne(TextOf(each, buffer))) return true;
  }
  return false;
}

}  // namespace spelk::plan
