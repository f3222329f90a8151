// The sentences.
#include "engine/why/hints.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "engine/why/findings.h"
#include "plan/entry.h"
#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/ip_address.h"
#include "value/number.h"

namespace spelk::engine {
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string InEval(std::string_view field) {
  const bool plain = std::all_of(field.begin(), field.end(), [](char c) {
    const char lower = LowerAscii(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '(' ||
           c == ')';
  });
  return plain ? std::string(field) : fmt::format("'{}'", field);
}

std::string StarsToPercents(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '*', '%');
  return out;
}

namespace {

std::string ForPart(std::string_view field, std::string_view wanted, Comparison comparison,
                    std::string_view before, std::string_view after) {
  if (comparison == Comparison::kSearch) {
    return fmt::format("write {}=\"{}{}{}\"", field, before.empty() ? "" : "*", Escaped(wanted),
                       after.empty() ? "" : "*");
  }
  std::string plain;
  for (const char c : wanted) {
    if (c != '*' && c != '%') plain += c;
  }
  return fmt::format("write {} LIKE \"{}{}{}\"", InEval(field), before, Escaped(plain), after);
}

std::string ForCase(std::string_view field, std::string_view wanted, Comparison comparison) {
  const std::string name = InEval(field);
  switch (comparison) {
    case Comparison::kLike:
      return fmt::format("LIKE minds case: write lower({}) LIKE \"{}\"", name,
                         Escaped(ToLower(wanted)));
    case Comparison::kRegex:
      return "match() minds case: begin the expression with (?i)";
    case Comparison::kEval:
      if (field.starts_with("lower(")) {
        return fmt::format("lower() gives small letters: write \"{}\"", Escaped(ToLower(wanted)));
      }
      return fmt::format("case differs: write lower({})=\"{}\"", name, Escaped(ToLower(wanted)));
    case Comparison::kSearch:
      break;
  }
  return "case differs";
}

std::string ForStars(std::string_view field, std::string_view wanted, Comparison comparison) {
  const std::string percents = Escaped(StarsToPercents(wanted));
  if (comparison == Comparison::kLike) {
    return fmt::format("* means nothing in LIKE: write \"{}\"", percents);
  }
  return fmt::format("* means nothing here: write {} LIKE \"{}\", or | search {}=\"{}\"",
                     InEval(field), percents, field, Escaped(wanted));
}

}  // namespace

std::string HintFor(std::string_view field, std::string_view wanted, Comparison comparison,
                    Difference difference) {
  switch (difference) {
    case Difference::kCase:
      return ForCase(field, wanted, comparison);
    case Difference::kStars:
      return ForStars(field, wanted, comparison);
    case Difference::kQuestions:
      return comparison == Comparison::kSearch ? "? means nothing here: * stands for any text"
             : comparison == Comparison::kLike
                 ? "? means nothing in LIKE: _ stands for any character"
                 : "? means nothing here: LIKE has _ for any character";
    case Difference::kAnchors:
      return "^ and $ stand for the ends of the value: without them it would match";
    case Difference::kPercents:
      return comparison == Comparison::kSearch
                 ? "% means nothing here: * stands for any text"
                 : fmt::format("% means something in LIKE only: write {} LIKE \"{}\"",
                               InEval(field), Escaped(wanted));
    case Difference::kMarks:
      return fmt::format(
          "{} is a part of the value here; quotes are double ones",
          wanted.substr(wanted.front() == '\'' || wanted.front() == '`' ? 0 : wanted.size() - 1,
                        1));
    case Difference::kPath: {
      const std::string slash = comparison == Comparison::kSearch ? "*" : "%";
      return "values are full paths: " + ForPart(field, wanted, comparison, slash, "");
    }
    case Difference::kFileName:
      return "values have no path before the name";
    case Difference::kContains:
      return "it is a part of the value: " + ForPart(field, wanted, comparison, "%", "%");
    case Difference::kBackslashes:
      return "the backslashes differ: within double quotes \\\\ stands for one";
    case Difference::kBlanks:
      return "blanks differ; trim() takes those at the ends away";
    case Difference::kNumber:
      return comparison == Comparison::kSearch || comparison == Comparison::kLike
                 ? "the number is the same, its text is not"
                 : "";
    case Difference::kRegexText:
      return fmt::format(
          "as plain text it would match: a backslash of the text is \\\\\\\\ "
          "in a regular expression in quotes, a dot \\.");
    case Difference::kSpelling:
      return "";
  }
  return "";
}

std::string HintForPattern(std::string_view pattern, Comparison comparison) {
  if (comparison == Comparison::kLike) {
    const bool any = pattern.find('%') != std::string_view::npos;
    if (pattern.find('*') != std::string_view::npos) {
      return fmt::format("* means nothing in LIKE: write \"{}\"",
                         Escaped(StarsToPercents(pattern)));
    }
    if (!any && pattern.find('_') == std::string_view::npos) {
      return "LIKE without % and _ takes equal values only";
    }
    return "";
  }
  if (comparison != Comparison::kRegex) return "";
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (pattern[i] != '\\') continue;
    const bool class_of_letters =
        std::string_view("WSDwsdPBHVNKRXCUE").find(pattern[i + 1]) != std::string_view::npos;
    const bool word = i + 2 < pattern.size() && LowerAscii(pattern[i + 2]) >= 'a' &&
                      LowerAscii(pattern[i + 2]) <= 'z' && i > 0 && pattern[i - 1] != '\\';
    if (class_of_letters && word) {
      return fmt::format(
          "\\{} is a class of characters there: a backslash of the text is \\\\\\\\ "
          "in quotes",
          pattern[i + 1]);
    }
    ++i;
  }
  return "";
}

std::string HintForBareWord(std::string_view word) {
  if (EqualsIgnoringCase(word, "null") || EqualsIgnoringCase(word, "nil")) {
    return "it is read as a field: isnull() and isnotnull() ask for null";
  }
  if (EqualsIgnoringCase(word, "true") || EqualsIgnoringCase(word, "false")) {
    return "it is read as a field: a text stands in double quotes";
  }
  return "a word without double quotes is a field";
}

std::string HintForOrder(std::string_view field, const Value& bound, const FieldValues& values) {
  const bool wants_number = NumberOf(bound).has_value();
  if (wants_number && values.numbers == 0) {
    return "these are no numbers, so texts were compared; tonumber(), replace() or convert makes "
           "some";
  }
  if (!wants_number && values.numbers > 0) {
    return field == "_time" ? "_time is a number of seconds: strptime() makes one of a text"
                            : "a number and a text compare as texts";
  }
  return "";
}

std::string HintForCall(const plan::Expr& call, const FieldValues& values) {
  if (call.function->name != "cidrmatch") return "";
  const bool any = std::any_of(values.values.begin(), values.values.end(), [](const auto& value) {
    return ParseIpAddress(value.first).has_value();
  });
  return any ? "" : "cidrmatch: no value is an address";
}

namespace {

constexpr std::array<std::string_view, 9> kComparisonOperators = {
    "like", "contains", "matches", "between", "&&", "||", "==", "startswith", "endswith"};

// The field and value of `EventID=1`, `"EventID":1`, `<EventID>1<`.
struct Pair {
  std::string key;
  std::string value;
};

std::string Bare(std::string_view text) {
  constexpr std::string_view kAround = " \t\"'<>*{},;";
  const size_t begin = text.find_first_not_of(kAround);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kAround) - begin + 1));
}

std::optional<Pair> PairOf(std::string_view text) {
  const bool xml = text.find('<') != std::string_view::npos;
  size_t at = xml ? text.find('>') : text.find_first_of("=:");
  if (at == std::string_view::npos || at == 0) return std::nullopt;
  std::string_view key = text.substr(0, at);
  std::string_view value = text.substr(at + 1);
  // <Data Name="Image">…
  const size_t name = key.find("Name=");
  if (xml && name != std::string_view::npos) key.remove_prefix(name + 5);
  if (xml) value = value.substr(0, value.find('<'));
  Pair pair{Bare(key), Bare(value)};
  if (pair.key.empty() || pair.key.find(' ') != std::string::npos) return std::nullopt;
  return pair;
}

// A name, a colon, and what follows after a blank or on the next line.
bool IsClassic(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view after = text.substr(colon + 1);
  return after.empty() || after.front() == ' ' || after.front() == '\t';
}

// How the events are written. Lines of text, and XML, have their text as a field.
std::string_view FormOf(const FieldProfile& events) {
  const FieldValues* raw = events.Find("_raw");
  if (raw == nullptr || raw->values.empty()) return "JSON";
  const std::string& text = raw->values.begin()->first;
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text[first] == '{') return "JSON";
  return text[first] == '<' ? "XML" : "plain text";
}

// A field that has the text, or a part of it, as its value.
std::string FieldWith(std::string_view text, const FieldProfile& events) {
  const std::string folded = FoldCase(text);
  for (const std::string_view name : events.names()) {
    if (!name.empty() && name.front() == '_') continue;
    for (const auto& [value, rows] : events.Find(name)->values) {
      if (FoldCase(value).find(folded) != std::string::npos) return std::string(name);
    }
  }
  return "";
}

}  // namespace

bool IsRelativeTime(std::string_view text) {
  return !text.empty() && (std::string_view("+-@").find(text.front()) != std::string_view::npos ||
                           text.starts_with("now"));
}

std::string HintForTerm(std::string_view text, ast::TermKind kind, const FieldProfile& events) {
  for (const std::string_view op : kComparisonOperators) {
    if (!EqualsIgnoringCase(text, op)) continue;
    if (op == "&&") return "it is a word to look for here: the operator is AND";
    if (op == "||") return "it is a word to look for here: the operator is OR";
    return "it is a word to look for here, no operator: * stands for any text, and | where has "
           "LIKE and match()";
  }
  if (text.starts_with('#') || text.starts_with("//") || text.starts_with("--") ||
      text.starts_with("/*")) {
    return "it is a word to look for here: comments are ``` … ```";
  }
  const std::string_view written = FormOf(events);
  const std::string_view form = text.find('<') != std::string_view::npos     ? "XML"
                                : text.find("\":") != std::string_view::npos ? "JSON"
                                : IsClassic(text) ? "the classic text of events"
                                                  : "key=value text";
  const std::optional<Pair> pair = PairOf(text);
  const bool other =
      form != written && (written != "plain text" || form == "XML" || form == "JSON");
  if (pair && other) {
    if (events.Find(pair->key) != nullptr) {
      return fmt::format("that is {}, and the events are {}: search the field, {}=\"{}\"", form,
                         written, pair->key, Escaped(pair->value));
    }
    if (form != "key=value text") {
      return fmt::format("that is {}, and the events are {}: search a field", form, written);
    }
  }
  // "New Process Name:"
  if (IsClassic(text) && form != "XML" && other) {
    std::string key(text.substr(0, text.find(':')));
    std::erase(key, ' ');
    std::vector<std::string> names = SimilarNames(key, events.names());
    if (events.Find(key) != nullptr) names.insert(names.begin(), key);
    return fmt::format("that is the classic text of events, and the events are {}: search {}",
                       written,
                       names.empty() ? "a field" : fmt::format("the field {}", names.front()));
  }
  if (text.find_first_of("\\\"") != std::string_view::npos) {
    const std::string field = FieldWith(text, events);
    if (!field.empty()) {
      return fmt::format(
          "backslashes and quotes are escaped in JSON: search the field, {}=\"*{}*\"", field,
          Escaped(text));
    }
  }
  if (kind == ast::TermKind::kCase) {
    const std::string field = FieldWith(text, events);
    if (!field.empty()) return fmt::format("CASE() minds case; {} has it in another", field);
  }
  if (kind == ast::TermKind::kTerm) {
    const std::string field = FieldWith(text, events);
    if (!field.empty()) {
      return fmt::format("TERM() takes it between major breakers only; {} has it inside of a value",
                         field);
    }
  }
  return "";
}

bool SameButForCase(std::string_view a, std::string_view b) { return EqualsIgnoringCase(a, b); }

std::string ListOfNames(const std::vector<std::string_view>& names) {
  constexpr size_t kMost = 6;
  std::string out;
  for (size_t i = 0; i < names.size() && i < kMost; ++i) {
    out += i > 0 ? ", " : "";
    out += names[i];
  }
  if (names.size() > kMost) out += fmt::format(" and {} more", names.size() - kMost);
  return out.empty() ? "nothing" : out;
}

std::string InstantText(double seconds, absl::TimeZone zone) {
  if (!std::isfinite(seconds) || std::abs(seconds) > 2.5e11) return "?";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S%Ez",
                          absl::FromUnixMicros(static_cast<int64_t>(std::llround(seconds * 1e6))),
                          zone);
}

}  // namespace spelk::engine
