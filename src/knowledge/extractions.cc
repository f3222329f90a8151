// Reading what extracts fields.
#include "knowledge/extractions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/status.h"
#include "value/regex.h"

namespace spelk::knowledge {
namespace {

constexpr std::string_view kFlags = "(?ms)";  // Admin Manual, props.conf, EXTRACT-.

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

// Named groups are fields; _KEY_x and _VAL_x are a field's name and its value.
void AddGroups(const Regex& regex, NamedExtraction* made) {
  constexpr std::string_view kKey = "_KEY_";
  constexpr std::string_view kValue = "_VAL_";
  for (const Regex::Group& group : regex.groups()) {
    if (group.name.starts_with(kValue)) continue;
    if (!group.name.starts_with(kKey)) {
      AddGroup(group, made);
      continue;
    }
    const std::string value = std::string(kValue) + group.name.substr(kKey.size());
    for (const Regex::Group& other : regex.groups()) {
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

absl::Status ReadFormat(std::string_view format, const Regex& regex, NamedExtraction* made) {
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
      if (!part->groups.empty() && part->groups[0] > regex.capture_count()) {
        return absl::InvalidArgumentError(fmt::format("FORMAT names ${}, and REGEX has {} groups",
                                                      part->groups[0], regex.capture_count()));
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
  return setting == nullptr ? fallback : IsTrue(setting->value);
}

absl::Status ReadRegex(const Stanza& stanza, std::string_view regex, NamedExtraction* made) {
  made->extraction.regex = regex;
  absl::StatusOr<Regex> compiled = Regex::Compile(regex);
  if (!compiled.ok()) {
    return absl::InvalidArgumentError(fmt::format("REGEX: {}", MessageOf(compiled.status())));
  }
  const std::string_view format = stanza.Text("FORMAT");
  if (!format.empty()) {
    SPELK_RETURN_IF_ERROR(ReadFormat(format, *compiled, made));
  } else {
    AddGroups(*compiled, made);
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

void ReadSource(const Stanza& stanza, NamedExtraction* made) {
  const Setting* source = stanza.Find("SOURCE_KEY");
  if (source == nullptr) return;
  constexpr std::string_view kField = "field:";
  std::string_view name = source->value;
  if (name.starts_with(kField)) name.remove_prefix(kField.size());
  made->source = name;
}

void AddTarget(std::string_view name, NamedExtraction* made) {
  const auto& targets = made->targets;
  if (std::find(targets.begin(), targets.end(), name) == targets.end()) {
    made->targets.emplace_back(name);
  }
}

// The names of groups: "(?<name>…", "(?P<name>…".
void OutlineGroups(std::string_view regex, NamedExtraction* made) {
  for (size_t at = regex.find('<'); at != std::string_view::npos; at = regex.find('<', at + 1)) {
    const std::string_view before = regex.substr(0, at);
    const size_t end = regex.find('>', at);
    const bool group = before.ends_with("(?") || before.ends_with("(?P");
    if (!group || end == std::string_view::npos) continue;
    const std::string_view name = regex.substr(at + 1, end - at - 1);
    if (name.starts_with("_KEY_")) made->names_in_text = true;
    if (name.starts_with("_KEY_") || name.starts_with("_VAL_")) continue;
    if (!name.empty() && name.front() != '=' && name.front() != '!') AddTarget(name, made);
  }
}

}  // namespace

NamedExtraction OutlineExtract(std::string_view value) {
  NamedExtraction made;
  OutlineGroups(RegexOf(value, &made), &made);
  return made;
}

std::optional<NamedExtraction> OutlineTransform(const Stanza& stanza) {
  const bool cuts = !stanza.Text("DELIMS").empty();
  if (stanza.Text("REGEX").empty() && !cuts) return std::nullopt;
  NamedExtraction made;
  ReadSource(stanza, &made);
  if (cuts) {
    const std::vector<std::string> sets = QuotedList(stanza.Text("DELIMS"));
    if (sets.size() == 1) {
      for (const std::string& column : QuotedList(stanza.Text("FIELDS"))) AddTarget(column, &made);
    }
    made.names_in_text = made.targets.empty();
  } else if (stanza.Text("FORMAT").empty()) {
    OutlineGroups(stanza.Text("REGEX"), &made);
  } else {
    for (const std::string& token : FormatTokens(stanza.Text("FORMAT"))) {
      const std::string_view name = std::string_view(token).substr(0, token.find("::"));
      if (name.starts_with('$')) made.names_in_text = true;
      if (!name.starts_with('$')) AddTarget(name, &made);
    }
  }
  return made;
}

absl::StatusOr<NamedExtraction> ParseExtract(std::string_view value) {
  NamedExtraction made;
  const std::string_view regex = RegexOf(value, &made);
  made.extraction.regex = fmt::format("{}{}", kFlags, regex);
  SPELK_ASSIGN_OR_RETURN(const Regex compiled, Regex::Compile(made.extraction.regex));
  AddGroups(compiled, &made);
  made.extraction.repeat = made.names_in_text;
  return made;
}

absl::StatusOr<std::optional<NamedExtraction>> ParseTransform(const Stanza& stanza) {
  const std::string_view regex = stanza.Text("REGEX");
  const bool cuts = !stanza.Text("DELIMS").empty();
  if (regex.empty() && !cuts) return std::nullopt;
  NamedExtraction made;
  ReadSource(stanza, &made);
  made.extraction.add = IsOn(stanza, "MV_ADD", false);
  made.extraction.clean_names = IsOn(stanza, "CLEAN_KEYS", true);
  made.extraction.keep_empty = IsOn(stanza, "KEEP_EMPTY_VALS", false);
  if (cuts) {
    SPELK_RETURN_IF_ERROR(ReadDelimiters(stanza, &made));
  } else {
    SPELK_RETURN_IF_ERROR(ReadRegex(stanza, regex, &made));
  }
  return made;
}

}  // namespace spelk::knowledge
