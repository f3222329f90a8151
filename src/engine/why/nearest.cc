// Comparing what was asked for with what is there.
#include "engine/why/nearest.h"

#include <algorithm>
#include <vector>

#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/number.h"
#include "value/regex.h"
#include "value/wildcard.h"

namespace spelk::engine {
namespace {

constexpr size_t kLongestForSpelling = 100;

std::string Without(std::string_view text, std::string_view letters) {
  std::string left;
  for (const char c : text) {
    if (letters.find(c) == std::string_view::npos) left += c;
  }
  return left;
}

std::string_view WithoutMarks(std::string_view text) {
  constexpr std::string_view kMarks = "'`,;";
  const size_t begin = std::min(text.find_first_not_of(kMarks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kMarks) + 1);  // npos + 1 is 0.
}

bool EndsAfterSlash(std::string_view text, std::string_view end) {
  if (end.empty() || text.size() <= end.size() || !text.ends_with(end)) return false;
  const char before = text[text.size() - end.size() - 1];
  return before == '\\' || before == '/';
}

// `*` for `%`, so that both are asked for alike.
std::string StarsForPercents(std::string_view pattern) {
  std::string stars(pattern);
  std::replace(stars.begin(), stars.end(), '%', '*');
  return stars;
}

// A pattern whose ? is any character, as a regular expression for the whole value.
std::string ForQuestions(std::string_view pattern, Comparison comparison) {
  const std::string_view any = comparison == Comparison::kLike     ? "%"
                               : comparison == Comparison::kSearch ? "*"
                                                                   : "";
  std::string regex = "(?is)^";
  for (const char c : pattern) {
    if (c == '?') {
      regex += '.';
    } else if (any.find(c) != std::string_view::npos) {
      regex += ".*";
    } else if (std::string_view("\\^$.|()[]{}+*#").find(c) != std::string_view::npos) {
      regex += '\\';
      regex += c;
    } else {
      regex += c;
    }
  }
  return regex + '$';
}

// What was asked for, made ready once.
class Wanted {
 public:
  Wanted(std::string_view text, Comparison comparison)
      : text_(text),
        comparison_(comparison),
        folded_(FoldCase(text)),
        core_(Without(folded_, comparison == Comparison::kLike ? "%*" : "*")),
        number_(ParseNumber(text)) {
    if (comparison == Comparison::kRegex) {
      absl::StatusOr<Regex> ignoring_case = Regex::Compile("(?i)" + text_);
      if (ignoring_case.ok()) regex_.emplace(std::move(*ignoring_case));
      std::string_view inner = text;
      if (inner.starts_with('^')) inner.remove_prefix(1);
      if (inner.ends_with('$')) inner.remove_suffix(1);
      absl::StatusOr<Regex> anywhere = Regex::Compile(inner);
      if (inner.size() < text.size() && !inner.empty() && anywhere.ok()) {
        loose_.emplace(std::move(*anywhere));
      }
    } else if (text.find('?') != std::string_view::npos) {
      absl::StatusOr<Regex> questions = Regex::Compile(ForQuestions(text, comparison));
      if (questions.ok()) loose_.emplace(std::move(*questions));
    }
  }

  std::optional<Difference> From(std::string_view value) const {
    const std::string folded = FoldCase(value);
    if (comparison_ == Comparison::kRegex) return FromRegex(value, folded);
    if (comparison_ == Comparison::kEval && folded == folded_) return Difference::kCase;
    if (comparison_ == Comparison::kLike && LikePattern(folded_).Matches(folded)) {
      return Difference::kCase;
    }
    if (loose_ && RegexMatcher(*loose_).Match(value) == MatchResult::kYes) {
      return Difference::kQuestions;
    }
    const bool stars = text_.find('*') != std::string::npos;
    if (comparison_ != Comparison::kSearch && stars &&
        Wildcard(StarsForPercents(text_), Case::kIgnore).Matches(value)) {
      return Difference::kStars;
    }
    if (comparison_ != Comparison::kLike && text_.find('%') != std::string::npos &&
        Wildcard(StarsForPercents(text_), Case::kIgnore).Matches(value)) {
      return Difference::kPercents;
    }
    if (const std::optional<Number> number = ParseNumber(value);
        number && number_ && number->value == number_->value) {
      return Difference::kNumber;
    }
    return FromText(folded);
  }

 private:
  std::optional<Difference> FromRegex(std::string_view value, const std::string& folded) const {
    if (regex_ && RegexMatcher(*regex_).Match(value) == MatchResult::kYes) return Difference::kCase;
    if (loose_ && RegexMatcher(*loose_).Match(value) == MatchResult::kYes) {
      return Difference::kAnchors;
    }
    if (folded.find(folded_) != std::string::npos) return Difference::kRegexText;
    const std::string plain = Without(folded_, "\\^$.*+?");
    if (plain.size() >= 3 && Without(folded, "\\^$.*+?").find(plain) != std::string::npos) {
      return Difference::kRegexText;
    }
    return std::nullopt;
  }

  std::optional<Difference> FromText(const std::string& folded) const {
    if (core_.empty()) return std::nullopt;
    if (core_.size() > folded.size() && WithoutMarks(core_) == folded) return Difference::kMarks;
    if (EndsAfterSlash(folded, core_)) return Difference::kPath;
    if (EndsAfterSlash(core_, folded)) return Difference::kFileName;
    const bool slashed = core_.find('\\') != std::string::npos;
    if (slashed && Without(folded, "\\") == Without(core_, "\\")) return Difference::kBackslashes;
    if (Without(folded, kBlanks) == Without(core_, kBlanks)) return Difference::kBlanks;
    if (core_.size() >= 2 && folded.find(core_) != std::string::npos) return Difference::kContains;
    if (core_.find(' ') != std::string::npos &&
        Without(folded, kBlanks).find(Without(core_, kBlanks)) != std::string::npos) {
      return Difference::kBlanks;
    }
    if (slashed && Without(folded, "\\").find(Without(core_, "\\")) != std::string::npos) {
      return Difference::kBackslashes;
    }
    return std::nullopt;
  }

  const std::string text_;
  const Comparison comparison_;
  const std::string folded_;
  const std::string core_;
  const std::optional<Number> number_;
  std::optional<Regex> regex_;  // Ignoring case.
  std::optional<Regex> loose_;  // Without ^ and $; of what is no regular expression, ? as any one.
};

bool MeetsRegex(std::string_view wanted, const FieldValues& values) {
  const absl::StatusOr<Regex> regex = Regex::Compile(wanted);
  if (!regex.ok()) return false;
  RegexMatcher matcher(*regex);
  return std::any_of(values.values.begin(), values.values.end(), [&](const auto& value) {
    return matcher.Match(value.first) == MatchResult::kYes;
  });
}

// Whether a few letters make one of the other; numbers that differ are just other numbers.
std::optional<Nearest> NearestSpelling(std::string_view wanted, const FieldValues& values) {
  if (wanted.size() < 4 || wanted.size() > kLongestForSpelling || ParseNumber(wanted)) {
    return std::nullopt;
  }
  const std::string folded = FoldCase(wanted);
  size_t most = std::max<size_t>(1, wanted.size() / 5);
  std::optional<Nearest> nearest;
  for (const auto& [value, rows] : values.values) {
    if (value.size() > wanted.size() + most || value.size() + most < wanted.size()) continue;
    const size_t distance = EditDistance(folded, FoldCase(value), most);
    if (distance > most || (nearest && distance == most)) continue;
    most = distance;
    nearest = {value, Difference::kSpelling, rows};
  }
  return nearest;
}

}  // namespace

bool AnyMeets(std::string_view wanted, Comparison comparison, const FieldValues& values) {
  if (comparison == Comparison::kRegex) return MeetsRegex(wanted, values);
  const Wildcard wildcard(wanted, Case::kIgnore);
  const LikePattern like(wanted);
  const std::optional<Number> number = ParseNumber(wanted);
  return std::any_of(values.values.begin(), values.values.end(), [&](const auto& entry) {
    const std::string& value = entry.first;
    switch (comparison) {
      case Comparison::kSearch:
        return wildcard.Matches(value);
      case Comparison::kLike:
        return like.Matches(value);
      default:
        break;
    }
    const std::optional<Number> other = number ? ParseNumber(value) : std::nullopt;
    return other ? other->value == number->value : value == wanted;
  });
}

std::optional<Nearest> FindNearest(std::string_view wanted, Comparison comparison,
                                   const FieldValues& values) {
  const Wanted compared(wanted, comparison);
  std::optional<Nearest> nearest;
  uint64_t most = 0;
  for (const auto& [value, rows] : values.values) {
    const std::optional<Difference> difference = compared.From(value);
    if (!difference) continue;
    if (!nearest || *difference < nearest->difference) {
      nearest = {value, *difference, rows};
      most = rows;
    } else if (*difference == nearest->difference) {
      nearest->rows += rows;
      if (rows > most) nearest->value = value;
      most = std::max(most, rows);
    }
  }
  return nearest || comparison == Comparison::kRegex ? nearest : NearestSpelling(wanted, values);
}

size_t EditDistance(std::string_view a, std::string_view b, size_t most) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  return row[b.size()];
}

}  // namespace spelk::engine
