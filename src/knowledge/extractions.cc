// Reading what extracts fields.
#include "knowledge/extractions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/status.h"
#include "value/ascii.h"
#include "value/regex.h"

namespace spelk::knowledge {
namespace {

constexpr std::string_view kRegexFlags = "(?ms)";  // Admin Manual, props.conf, EXTRACT-.

bool IsFieldCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '{' || c == '}' || c == ':' || c == '-' || c == '@';
}

plan::ExtractedText OfGroup(uint64_t group) { return {{"", ""}, {group}}; }

// The value of a named group; of a name that several groups have, whichever takes part.
void AddGroup(const Regex::Group& group, NamedExtraction* made) {
  std::vector<std::string>& targets = made->targets;
  const auto known = std::find(targets.begin(), targets.end(), group.name);
  if (known == targets.end()) {
    targets.push_back(group.name);
    made->extraction.values.push_back(OfGroup(group.index));
    return;
  }
  plan::ExtractedText& value =
      made->extraction.values[static_cast<size_t>(known - targets.begin())];
  value.groups.push_back(group.index);
  value.texts.emplace_back();
}

// The groups of a regular expression.
struct Groups {
  std::vector<Regex::Group> named;  // In order of their number.
  size_t count = 0;
};

// Where a set [...] ends.
size_t AfterSet(std::string_view regex, size_t at) {
  ++at;
  if (at < regex.size() && regex[at] == '^') ++at;
  if (at < regex.size() && regex[at] == ']') ++at;
  for (; at < regex.size() && regex[at] != ']'; ++at) {
    if (regex[at] == '\\') {
      ++at;
    } else if (regex.substr(at).starts_with("[:")) {
      at = std::min(regex.find(":]", at), regex.size() - 1) + 1;
    }
  }
  return std::min(at + 1, regex.size());
}

// Counts groups without compiling. What spelk's own knowledge does not use is not known here:
// branch resets, comments, \Q…\E.
Groups ScanGroups(std::string_view regex) {
  Groups groups;
  for (size_t at = 0; at < regex.size();) {
    if (regex[at] == '\\') {
      at += 2;
      continue;
    }
    if (regex[at] == '[') {
      at = AfterSet(regex, at);
      continue;
    }
    if (regex[at++] != '(') continue;
    std::string_view rest = regex.substr(at);
    if (!rest.starts_with('?')) {
      if (!rest.starts_with('*')) ++groups.count;
      continue;
    }
    rest.remove_prefix(rest.starts_with("?P<") ? 2 : 1);
    const bool looks_behind = rest.starts_with("<=") || rest.starts_with("<!");
    if (!rest.starts_with('<') || looks_behind) continue;
    ++groups.count;
    groups.named.push_back({std::string(rest.substr(1, rest.find('>') - 1)), groups.count});
  }
  return groups;
}

absl::StatusOr<Groups> GroupsOf(std::string_view regex, RegexCheck check) {
  if (check == RegexCheck::kTrust) return ScanGroups(regex);
  SPELK_ASSIGN_OR_RETURN(const Regex compiled, Regex::Compile(regex));
  return Groups{compiled.groups(), compiled.capture_count()};
}

// Named groups are fields; _KEY_x and _VAL_x are a field's name and its value.
void AddGroups(const Groups& groups, NamedExtraction* made) {
  constexpr std::string_view kKeyGroup = "_KEY_";
  constexpr std::string_view kValueGroup = "_VAL_";
  for (const Regex::Group& group : groups.named) {
    if (group.name.starts_with(kValueGroup)) continue;
    if (!group.name.starts_with(kKeyGroup)) {
      AddGroup(group, made);
      continue;
    }
    const std::string value = std::string(kValueGroup) + group.name.substr(kKeyGroup.size());
    for (const Regex::Group& other : groups.named) {
      if (other.name != value) continue;
      made->extraction.names.push_back(OfGroup(group.index));
      made->extraction.named_values.push_back(OfGroup(other.index));
      made->names_in_text = true;
    }
  }
}

// Tokens with blanks between them; quotes keep blanks and are dropped.
std::vector<std::string> FormatTokens(std::string_view format) {
  std::vector<std::string> tokens;
  bool quoted = false;
  bool open = false;
  for (const char c : format) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (c == '"') {
      quoted = !quoted;
    } else if (blank && !quoted) {
      open = false;
      continue;
    }
    if (!open) tokens.emplace_back();
    open = true;
    if (c != '"') tokens.back() += c;
  }
  return tokens;
}

// A text or a group: "allowed", "$1". Nothing for a text around groups.
std::optional<plan::ExtractedText> ParseText(std::string_view text) {
  const size_t dollar = text.find('$');
  if (dollar == std::string_view::npos) return plan::ExtractedText{{std::string(text)}, {}};
  uint64_t group = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, group);
  if (dollar != 0 || error != std::errc() || at != end) return std::nullopt;
  return OfGroup(group);
}

absl::Status ReadFormat(std::string_view format, const Groups& groups, NamedExtraction* made) {
  for (const std::string& token : FormatTokens(format)) {
    const size_t colons = token.find("::");
    if (colons == std::string::npos || colons == 0) {
      return absl::InvalidArgumentError(fmt::format("FORMAT takes name::value, not \"{}\"", token));
    }
    const auto name = ParseText(std::string_view(token).substr(0, colons));
    const auto value = ParseText(std::string_view(token).substr(colons + 2));
    if (!name || !value) {
      return absl::UnimplementedError("a FORMAT with text around a group");
    }
    for (const plan::ExtractedText* part : {&*name, &*value}) {
      if (!part->groups.empty() && part->groups[0] > groups.count) {
        return absl::InvalidArgumentError(fmt::format("FORMAT names ${}, and REGEX has {} groups",
                                                      part->groups[0], groups.count));
      }
    }
    const bool constant = name->groups.empty();
    const bool known = constant && std::find(made->targets.begin(), made->targets.end(),
                                             name->texts[0]) != made->targets.end();
    if (constant && !known) {
      made->targets.push_back(name->texts[0]);
      made->extraction.values.push_back(*value);
      continue;
    }
    made->names_in_text = made->names_in_text || !constant;
    made->extraction.names.push_back(*name);
    made->extraction.named_values.push_back(*value);
  }
  return absl::OkStatus();
}

bool IsOn(const Stanza& stanza, std::string_view key, bool fallback) {
  const Setting* setting = stanza.Find(key);
  return setting == nullptr || setting->value.empty() ? fallback : IsTrue(setting->value);
}

absl::Status ReadRegex(const Stanza& stanza, std::string_view regex, RegexCheck check,
                       NamedExtraction* made) {
  made->extraction.regex = regex;
  absl::StatusOr<Groups> groups = GroupsOf(regex, check);
  if (!groups.ok()) {
    return absl::InvalidArgumentError(fmt::format("REGEX: {}", MessageOf(groups.status())));
  }
  const std::string_view format = stanza.Text("FORMAT");
  if (!format.empty()) {
    SPELK_RETURN_IF_ERROR(ReadFormat(format, *groups, made));
  } else {
    AddGroups(*groups, made);
  }
  made->extraction.repeat = made->names_in_text || made->extraction.add;
  return absl::OkStatus();
}

absl::Status ReadDelimiters(const Stanza& stanza, NamedExtraction* made) {
  const std::vector<std::string> sets = QuotedList(stanza.Text("DELIMS"));
  if (sets.empty() || sets.size() > 2) {
    return absl::InvalidArgumentError("DELIMS takes one or two sets of characters in quotes");
  }
  made->extraction.delimiters = sets[0];
  if (sets.size() == 2) made->extraction.pair_delimiters = sets[1];
  if (sets.size() == 1) made->extraction.columns = QuotedList(stanza.Text("FIELDS"));
  made->names_in_text = made->extraction.columns.empty();
  for (const std::string& column : made->extraction.columns) {
    const bool known =
        std::find(made->targets.begin(), made->targets.end(), column) != made->targets.end();
    if (!known) made->targets.push_back(column);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> QuotedList(std::string_view text) {
  std::vector<std::string> words;
  bool quoted = false;
  bool open = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool between = c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!quoted && between) {
      open = false;
      continue;
    }
    if (!open) words.emplace_back();
    open = true;
    if (c == '"') {
      quoted = !quoted;
      continue;
    }
    if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      if (quoted) c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
    }
    words.back() += c;
  }
  return words;
}

namespace {

// The regular expression of "regex in field", and the field.
std::string_view RegexOf(std::string_view value, NamedExtraction* made) {
  constexpr std::string_view kIn = " in ";
  const size_t in = value.rfind(kIn);
  if (in == std::string_view::npos) return value;
  const std::string_view field = TrimBlanks(value.substr(in + kIn.size()));
  if (field.empty() || !std::all_of(field.begin(), field.end(), &IsFieldCharacter)) return value;
  made->source = field;
  return TrimBlanks(value.substr(0, in));
}

}  // namespace

absl::StatusOr<NamedExtraction> ParseExtract(std::string_view value, RegexCheck check) {
  NamedExtraction made;
  const std::string_view regex = RegexOf(value, &made);
  made.extraction.regex = fmt::format("{}{}", kRegexFlags, regex);
  SPELK_ASSIGN_OR_RETURN(const Groups groups, GroupsOf(made.extraction.regex, check));
  AddGroups(groups, &made);
  made.extraction.repeat = made.names_in_text;
  return made;
}

absl::StatusOr<std::optional<NamedExtraction>> ParseTransform(const Stanza& stanza,
                                                              RegexCheck check) {
  const std::string_view regex = stanza.Text("REGEX");
  const bool cuts = !stanza.Text("DELIMS").empty();
  if (regex.empty() && !cuts) return std::nullopt;
  NamedExtraction made;
  if (std::string_view name = stanza.Text("SOURCE_KEY"); !name.empty()) {
    constexpr std::string_view kField = "field:";
    if (name.starts_with(kField)) name.remove_prefix(kField.size());
    made.source = name;
  }
  made.extraction.add = IsOn(stanza, "MV_ADD", false);
  made.extraction.clean_names = IsOn(stanza, "CLEAN_KEYS", true);
  made.extraction.keep_empty = IsOn(stanza, "KEEP_EMPTY_VALS", false);
  if (cuts) {
    SPELK_RETURN_IF_ERROR(ReadDelimiters(stanza, &made));
  } else {
    SPELK_RETURN_IF_ERROR(ReadRegex(stanza, regex, check, &made));
  }
  return made;
}

}  // namespace spelk::knowledge
