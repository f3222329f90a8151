// Candidates are made of a pattern for the value and of what may stand before and after it, from
// the most telling one to none; the first that takes all examples is the answer.
#include "commands/study/learned_regex.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "value/regex.h"

namespace spelk::commands {
namespace {

enum class Kind : unsigned char { kDigits, kLetters, kBlanks, kOther };

Kind KindOf(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c >= '0' && c <= '9') return Kind::kDigits;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (byte & 0x80U) != 0)
    return Kind::kLetters;
  return c == ' ' || (c >= '\t' && c <= '\r') ? Kind::kBlanks : Kind::kOther;
}
bool IsWord(char c) {
  return KindOf(c) == Kind::kDigits || KindOf(c) == Kind::kLetters || c == '_';
}

// A run of characters of one kind; of other ones each stands alone.
struct Run {
  Kind kind;
  std::string text;
};

std::vector<Run> RunsOf(std::string_view text) {
  std::vector<Run> runs;
  for (const char c : text) {
    const Kind kind = KindOf(c);
    if (runs.empty() || runs.back().kind != kind || kind == Kind::kOther)
      runs.push_back({kind, ""});
    runs.back().text += c;
  }
  return runs;
}

// The text itself, as an expression.
std::string Escaped(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (!IsWord(c) && c != ' ' && c != '"' && c != '=' && c != ':' && c != ',' && c != '@') {
      pattern += '\\';
    }
    if (c == '\n' || c == '\r' || c == '\t') {
      pattern += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else {
      pattern += c;
    }
  }
  return pattern;
}

// ---------------------------------------------------------------- the value

std::string PatternOf(Kind kind) {
  return kind == Kind::kDigits   ? "\\d+"
         : kind == Kind::kBlanks ? "\\s+"
                                 : "[A-Za-z\\x80-\\x{10FFFF}]+";
}

// How many characters there are of each kind in a row, beside which kinds.
enum class Lengths { kAny, kSame, kBetween };

std::string Repeated(Kind kind, size_t least, size_t most, Lengths lengths) {
  std::string pattern = PatternOf(kind);
  if (lengths == Lengths::kAny || (lengths == Lengths::kSame && least != most)) return pattern;
  pattern.pop_back();
  return pattern +
         (least == most ? fmt::format("{{{}}}", least) : fmt::format("{{{},{}}}", least, most));
}

// Characters, of UTF-8.
size_t LengthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// Values of one shape, kind by kind: port 3351 and port 3768 are letters that are the same, a
// blank, digits; where lengths count, four of them.
std::optional<std::string> SameShape(const std::vector<std::string>& values, Lengths lengths) {
  const std::vector<Run> first = RunsOf(values[0]);
  std::vector<bool> same(first.size(), true);
  std::vector<size_t> least(first.size(), SIZE_MAX);
  std::vector<size_t> most(first.size(), 0);
  for (const std::string& value : values) {
    const std::vector<Run> runs = RunsOf(value);
    if (runs.size() != first.size()) return std::nullopt;
    for (size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].kind != first[i].kind) return std::nullopt;
      same[i] = same[i] && runs[i].text == first[i].text;
      least[i] = std::min(least[i], LengthOf(runs[i].text));
      most[i] = std::max(most[i], LengthOf(runs[i].text));
      if (!same[i] && runs[i].kind == Kind::kOther) return std::nullopt;
    }
  }
  std::string pattern;
  for (size_t i = 0; i < first.size(); ++i) {
    const bool literal = first[i].kind == Kind::kOther ||
                         (first[i].kind == Kind::kLetters && same[i] && first.size() > 1);
    pattern +=
        literal ? Escaped(first[i].text) : Repeated(first[i].kind, least[i], most[i], lengths);
  }
  // It must not end within a word because that is longer.
  const bool ends_in_word =
      first.back().kind == Kind::kDigits || first.back().kind == Kind::kLetters;
  if (lengths != Lengths::kAny && ends_in_word) pattern += "(?!\\w)";
  return pattern;
}

// A set that holds all characters of the values.
std::string SetOf(const std::vector<std::string>& values) {
  bool blanks = false;
  std::string others;
  for (const std::string& value : values) {
    for (const char c : value) {
      blanks = blanks || KindOf(c) == Kind::kBlanks;
      if (IsWord(c) || KindOf(c) == Kind::kBlanks) continue;
      if (others.find(c) == std::string::npos) others += c;
    }
  }
  std::sort(others.begin(), others.end());
  std::string set = "[\\w\\x80-\\x{10FFFF}";
  if (blanks) set += "\\s";
  for (const char c : others) {
    set += '\\';
    set += c;
  }
  return set + "]+";
}

// ---------------------------------------------------------------- what stands around it

std::string_view Before(const Trainer& trainer) {
  return std::string_view(trainer.text).substr(0, trainer.begin);
}
std::string_view After(const Trainer& trainer) {
  return std::string_view(trainer.text).substr(trainer.end);
}

constexpr size_t kMostAround = 40;

// The last word before the value with what stands between them, digits left out: `user=`, `for `.
// Nothing after a digit or at the start.
std::string_view LastToken(std::string_view before) {
  size_t begin = before.size();
  while (begin > 0 && !IsWord(before[begin - 1]) && before.size() - begin < kMostAround) --begin;
  while (begin > 0 && IsWord(before[begin - 1]) && before.size() - begin < kMostAround) --begin;
  const std::string_view token = before.substr(begin);
  const bool digit =
      std::any_of(token.begin(), token.end(), [](char c) { return KindOf(c) == Kind::kDigits; });
  return digit ? std::string_view() : token;
}

// What all texts end in, as whole words.
std::string_view CommonEnd(const std::vector<std::string_view>& texts) {
  size_t length = kMostAround;
  for (const std::string_view text : texts) {
    size_t same = 0;
    while (same < std::min({length, text.size(), texts[0].size()}) &&
           text[text.size() - 1 - same] == texts[0][texts[0].size() - 1 - same]) {
      ++same;
    }
    length = std::min(length, same);
  }
  std::string_view end = texts[0].substr(texts[0].size() - std::min(length, texts[0].size()));
  const bool cut = end.size() < texts[0].size() && !end.empty() && IsWord(end.front()) &&
                   IsWord(texts[0][texts[0].size() - end.size() - 1]);
  while (cut && !end.empty() && IsWord(end.front())) end.remove_prefix(1);
  return end;
}

std::string_view CommonStart(const std::vector<std::string_view>& texts) {
  size_t length = kMostAround;
  for (const std::string_view text : texts) {
    size_t same = 0;
    while (same < std::min({length, text.size(), texts[0].size()}) &&
           text[same] == texts[0][same]) {
      ++same;
    }
    length = std::min(length, same);
  }
  return texts[0].substr(0, length);
}

// How many blanks stand before the value, if that is the same for all: then it is the word of that
// number in its line.
std::optional<size_t> SameColumn(const std::vector<Trainer>& trainers) {
  std::optional<size_t> column;
  for (const Trainer& trainer : trainers) {
    const std::string_view before = Before(trainer);
    if (!before.empty() && KindOf(before.back()) != Kind::kBlanks) return std::nullopt;
    size_t words = 0;
    for (size_t i = 0; i < before.size(); ++i) {
      const bool ends = KindOf(before[i]) == Kind::kBlanks &&
                        (i + 1 == before.size() || KindOf(before[i + 1]) != Kind::kBlanks);
      words += ends ? 1U : 0U;
    }
    if (column && *column != words) return std::nullopt;
    column = words;
  }
  constexpr size_t kMostColumns = 50;
  return column && *column <= kMostColumns ? column : std::nullopt;
}

// The expressions for what stands before the value, the most telling first.
std::vector<std::string> StartsOf(const std::vector<Trainer>& trainers) {
  std::vector<std::string> starts;
  std::vector<std::string_view> before;
  std::map<std::string_view, size_t> tokens;
  bool at_start = true;
  for (const Trainer& trainer : trainers) {
    before.push_back(Before(trainer));
    ++tokens[LastToken(before.back())];
    at_start = at_start && trainer.begin == 0;
  }
  const std::string_view common = CommonEnd(before);
  const auto bounded = [](std::string_view text) {
    return (!text.empty() && IsWord(text.front()) ? "\\b" : "") + Escaped(text);
  };
  if (LastToken(common).size() > 1) starts.push_back(bounded(LastToken(common)));
  if (common.size() > 1) starts.push_back(bounded(common));
  if (at_start) starts.emplace_back("^");
  if (const std::optional<size_t> column = SameColumn(trainers); column && *column > 0) {
    starts.push_back(fmt::format("^(?:\\S+\\s+){{{}}}", *column));
  }
  // Examples that stand elsewhere, too, are told by the words most of them come after.
  std::vector<std::pair<size_t, std::string_view>> often;
  for (const auto& [token, count] : tokens) often.emplace_back(count, token);
  std::stable_sort(often.begin(), often.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  constexpr size_t kMostTokens = 6;
  for (size_t i = 0; i < std::min(often.size(), kMostTokens); ++i) {
    if (often[i].second.size() > 1) starts.push_back(bounded(often[i].second));
  }
  if (common.size() == 1) starts.push_back(Escaped(common));
  starts.emplace_back("");
  return starts;
}

// Likewise after it.
std::vector<std::string> EndsOf(const std::vector<Trainer>& trainers) {
  std::vector<std::string_view> after;
  bool at_end = true;
  for (const Trainer& trainer : trainers) {
    after.push_back(After(trainer));
    at_end = at_end && after.back().empty();
  }
  std::vector<std::string> ends = {""};
  const std::string_view common = CommonStart(after);
  if (!common.empty()) ends.push_back(Escaped(common.substr(0, 1)));
  if (common.size() > 1) ends.push_back(Escaped(common));
  if (at_end) ends.emplace_back("$");
  return ends;
}

// ---------------------------------------------------------------- which is right

// How many trainers it takes the example of; nothing if it takes a counterexample, or is none.
std::optional<size_t> Rate(const std::string& pattern, const std::vector<Trainer>& trainers,
                           const std::vector<std::string>& others,
                           const std::vector<std::string>& counterexamples) {
  const absl::StatusOr<Regex> regex = Regex::Compile(pattern);
  if (!regex.ok() || regex->groups().empty()) return std::nullopt;
  RegexMatcher matcher(*regex);
  const size_t group = regex->groups()[0].index;
  for (const std::string& other : others) {
    if (matcher.Match(other) != MatchResult::kYes) continue;
    const std::optional<std::string_view> found = matcher.Group(other, group);
    if (found && std::find(counterexamples.begin(), counterexamples.end(), *found) !=
                     counterexamples.end()) {
      return std::nullopt;
    }
  }
  size_t right = 0;
  for (const Trainer& trainer : trainers) {
    if (matcher.Match(trainer.text) != MatchResult::kYes) continue;
    const std::optional<std::string_view> found = matcher.Group(trainer.text, group);
    if (!found) continue;
    if (std::find(counterexamples.begin(), counterexamples.end(), *found) !=
        counterexamples.end()) {
      return std::nullopt;
    }
    const std::string_view meant =
        std::string_view(trainer.text).substr(trainer.begin, trainer.end - trainer.begin);
    right += *found == meant ? 1U : 0U;
  }
  return right;
}

}  // namespace

absl::StatusOr<std::string> LearnRegex(const std::vector<Trainer>& trainers,
                                       const std::vector<std::string>& others,
                                       const std::vector<std::string>& counterexamples,
                                       std::string_view group) {
  std::vector<std::string> values;
  for (const Trainer& trainer : trainers) {
    std::string value = trainer.text.substr(trainer.begin, trainer.end - trainer.begin);
    if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(std::move(value));
    }
  }
  std::vector<std::string> shapes;
  for (const Lengths lengths : {Lengths::kAny, Lengths::kSame, Lengths::kBetween}) {
    if (std::optional<std::string> same = SameShape(values, lengths)) {
      if (shapes.empty() || shapes.back() != *same) shapes.push_back(*std::move(same));
    }
  }
  shapes.push_back(SetOf(values));
  const std::vector<std::string> ends = EndsOf(trainers);
  std::string best;
  size_t most = 0;
  for (const std::string& start : StartsOf(trainers)) {
    for (const std::string& shape : shapes) {
      for (const std::string& end : ends) {
        // Without anything around it, it must be a word of its own.
        const bool alone = start.empty();
        const std::string pattern =
            fmt::format("{}{}(?<{}>{}){}", start, alone ? "(?<!\\w)" : "", group, shape,
                        alone && end.empty() ? "(?!\\w)" : end);
        const std::optional<size_t> right = Rate(pattern, trainers, others, counterexamples);
        if (!right || *right <= most) continue;
        most = *right;
        best = pattern;
        if (most == trainers.size()) return best;
      }
    }
  }
  if (most == 0) return absl::NotFoundError("no expression takes the examples alone");
  return best;
}

}  // namespace spelk::commands
