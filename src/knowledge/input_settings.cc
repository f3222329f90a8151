// From settings to how lines, events and columns are told apart: Admin Manual, props.conf.
#include "knowledge/input_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/string_map.h"
#include "value/ascii.h"
#include "value/regex.h"

namespace spelk::knowledge {
namespace {

constexpr std::string_view kFlagSettings[] = {"SHOULD_LINEMERGE", "BREAK_ONLY_BEFORE_DATE"};
constexpr std::string_view kExpressions[] = {
    "LINE_BREAKER",          "BREAK_ONLY_BEFORE", "MUST_BREAK_AFTER",  "MUST_NOT_BREAK_AFTER",
    "MUST_NOT_BREAK_BEFORE", "PREAMBLE_REGEX",    "FIELD_HEADER_REGEX"};
constexpr std::string_view kNumbers[] = {"MAX_EVENTS", "TRUNCATE", "HEADER_FIELD_LINE_NUMBER"};
constexpr std::string_view kDelimiters[] = {"FIELD_DELIMITER", "FIELD_QUOTE"};
constexpr std::string_view kTexts[] = {"FIELD_NAMES", "HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS"};
constexpr std::string_view kExtractions = "INDEXED_EXTRACTIONS";
constexpr std::string_view kSourcetype = "sourcetype";

template <size_t N>
bool Has(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::optional<bool> FlagOf(std::string_view text) {
  for (const std::string_view yes : {"true", "t", "1", "yes"}) {
    if (EqualsIgnoringCase(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "f", "0", "no"}) {
    if (EqualsIgnoringCase(text, no)) return false;
  }
  return std::nullopt;
}

std::optional<uint64_t> NumberOf(std::string_view text) {
  uint64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size()) return std::nullopt;
  return number;
}

// A character, or the name of one. Nothing for what is none; '\0' is "none" and whitespace.
std::optional<char> CharacterOf(std::string_view text) {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"space", ' '}, {"tab", '\t'},  {"\\t", '\t'},  {"fs", '\x1c'},       {"gs", '\x1d'},
      {"rs", '\x1e'}, {"us", '\x1f'}, {"none", '\0'}, {"whitespace", '\0'}, {"ws", '\0'}};
  for (const auto& [name, c] : kNamed) {
    if (EqualsIgnoringCase(text, name)) return c;
  }
  if (text.size() == 1) return text[0];
  int code = 0;
  if (text.size() != 4 || !text.starts_with("\\x")) return std::nullopt;
  const auto [at, error] = std::from_chars(text.data() + 2, text.data() + 4, code, 16);
  if (error != std::errc() || at != text.data() + 4 || code >= 0x80) return std::nullopt;
  return static_cast<char>(code);
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kAround = " \t\"";
  const size_t begin = std::min(text.find_first_not_of(kAround), text.size());
  const size_t end = text.find_last_not_of(kAround);
  return end == std::string_view::npos ? "" : text.substr(begin, end + 1 - begin);
}

// "a, b" or "[a, b]".
std::vector<std::string> ListedNames(std::string_view text) {
  std::vector<std::string> names;
  text = Trimmed(text);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    names.emplace_back(Trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

// Which settings are for one input: of each key the first.
class Chosen {
 public:
  Chosen(std::string_view sourcetype, std::string_view source)
      : sourcetype_(sourcetype), source_(source) {}

  absl::Status Add(const std::vector<plan::TextSetting>& settings) {
    for (const plan::TextSetting& each : settings) {
      if (each.builtin || values_.contains(each.key)) continue;
      SPELK_ASSIGN_OR_RETURN(const bool is_for, IsFor(each.where));
      if (!is_for) continue;
      const absl::Status status = InputSettings::Check(each.key, each.value);
      if (!status.ok()) {
        return absl::InvalidArgumentError(
            fmt::format("props.conf: [{}]: {}: {}", each.where.name, each.key, MessageOf(status)));
      }
      values_.emplace(each.key, &each.value);
    }
    return absl::OkStatus();
  }

  // Null if there is none, or it is empty.
  const std::string* Find(std::string_view key) const {
    const auto found = values_.find(key);
    return found == values_.end() || found->second->empty() ? nullptr : found->second;
  }
  std::string Text(std::string_view key) const {
    const std::string* value = Find(key);
    return value == nullptr ? "" : *value;
  }
  std::optional<bool> Flag(std::string_view key) const { return FlagOf(Text(key)); }
  size_t Number(std::string_view key, size_t otherwise) const {
    return static_cast<size_t>(NumberOf(Text(key)).value_or(otherwise));
  }

 private:
  // Which host an event is of, no input tells.
  absl::StatusOr<bool> IsFor(const plan::EventSet& where) const {
    if (where.pattern.empty()) return true;
    if (where.stanza == plan::StanzaKind::kHost) return false;
    const std::string_view name = where.stanza == plan::StanzaKind::kSource ? source_ : sourcetype_;
    if (!where.exact.empty()) return name == where.exact;
    SPELK_ASSIGN_OR_RETURN(const Regex regex, Regex::Compile(where.pattern));
    return RegexMatcher(regex).Match(name) == MatchResult::kYes;
  }

  const std::string_view sourcetype_;
  const std::string_view source_;
  StringMap<const std::string*> values_;
};

// Lines are put together where the settings ask for it or set something of it: with LINE_BREAKER
// alone, too, as SHOULD_LINEMERGE is true unless it is set.
std::optional<io::LineMerging> MergingOf(const Chosen& chosen) {
  const std::optional<bool> merges = chosen.Flag("SHOULD_LINEMERGE");
  if (merges == false) return std::nullopt;
  bool any = merges.has_value();
  for (const std::string_view key :
       {"LINE_BREAKER", "BREAK_ONLY_BEFORE", "BREAK_ONLY_BEFORE_DATE", "MUST_BREAK_AFTER",
        "MUST_NOT_BREAK_AFTER", "MUST_NOT_BREAK_BEFORE", "MAX_EVENTS"}) {
    any = any || chosen.Find(key) != nullptr;
  }
  if (!any) return std::nullopt;
  io::LineMerging merging;
  merging.break_only_before = chosen.Text("BREAK_ONLY_BEFORE");
  merging.break_before_date = chosen.Flag("BREAK_ONLY_BEFORE_DATE").value_or(true);
  merging.must_break_after = chosen.Text("MUST_BREAK_AFTER");
  merging.must_not_break_after = chosen.Text("MUST_NOT_BREAK_AFTER");
  merging.must_not_break_before = chosen.Text("MUST_NOT_BREAK_BEFORE");
  merging.most_lines = chosen.Number("MAX_EVENTS", merging.most_lines);
  merging.time_prefix = chosen.Text("TIME_PREFIX");
  merging.time_format = chosen.Text("TIME_FORMAT");
  const std::string lookahead = chosen.Text("MAX_TIMESTAMP_LOOKAHEAD");
  if (!lookahead.empty()) merging.lookahead = NumberOf(lookahead).value_or(0);  // Or -1.
  if (merging.lookahead == 0) merging.lookahead = SIZE_MAX;
  return merging;
}

std::optional<io::TableReading> TableOf(const Chosen& chosen) {
  const std::string kind = chosen.Text(kExtractions);
  const std::string* delimiter = chosen.Find("FIELD_DELIMITER");
  const bool of_objects = EqualsIgnoringCase(kind, "json") || EqualsIgnoringCase(kind, "hec");
  if (of_objects || (kind.empty() && delimiter == nullptr)) return std::nullopt;
  io::TableReading table;
  if (EqualsIgnoringCase(kind, "tsv")) table.separator = '\t';
  if (EqualsIgnoringCase(kind, "psv")) table.separator = '|';
  table.names = ListedNames(chosen.Text("FIELD_NAMES"));
  table.names_line = chosen.Number("HEADER_FIELD_LINE_NUMBER", 0);
  table.skipped = chosen.Text("PREAMBLE_REGEX");
  table.names_after = chosen.Text("FIELD_HEADER_REGEX");
  table.kept_in_names = "_" + chosen.Text("HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS");
  if (EqualsIgnoringCase(kind, "w3c")) {
    table.any_blanks = true;
    table.names_after = "^#Fields:";
    table.names_anew = true;
    table.skipped = "^#(?!Fields:)";
  }
  if (delimiter != nullptr) {
    const char c = CharacterOf(*delimiter).value_or(',');
    table.any_blanks = c == '\0';
    table.separator = c;
  }
  if (const std::string* quote = chosen.Find("FIELD_QUOTE")) {
    table.quote = CharacterOf(*quote);
    if (table.quote == '\0') table.quote = std::nullopt;
  }
  return table;
}

}  // namespace

bool InputSettings::Takes(std::string_view key) {
  return Has(kFlagSettings, key) || Has(kExpressions, key) || Has(kNumbers, key) ||
         Has(kDelimiters, key) || Has(kTexts, key) || key == kExtractions || key == kSourcetype;
}

absl::Status InputSettings::Check(std::string_view key, std::string_view value) {
  if (value.empty()) return absl::OkStatus();
  if (Has(kExpressions, key)) return Regex::Compile(value).status();
  if (Has(kFlagSettings, key) && !FlagOf(value))
    return absl::InvalidArgumentError("expected true or false");
  if (Has(kNumbers, key) && !NumberOf(value)) {
    return absl::InvalidArgumentError("expected a whole number");
  }
  if (Has(kDelimiters, key) && !CharacterOf(value)) {
    return absl::InvalidArgumentError("expected one character, or its name, such as tab");
  }
  if (key == kExtractions) {
    constexpr std::string_view kKinds[] = {"csv", "tsv", "psv", "w3c", "json", "hec"};
    const bool known =
        std::any_of(std::begin(kKinds), std::end(kKinds),
                    [&](std::string_view kind) { return EqualsIgnoringCase(value, kind); });
    if (!known) return absl::InvalidArgumentError("expected csv, tsv, psv, w3c, json or hec");
  }
  return absl::OkStatus();
}

absl::Status InputSettings::Apply(io::Input* input) const {
  if (settings_.empty()) return absl::OkStatus();
  const std::string& source = input->source.empty() ? input->path : input->source;
  if (input->sourcetype.empty()) {
    Chosen by_source("", source);
    SPELK_RETURN_IF_ERROR(by_source.Add(settings_));
    input->sourcetype = by_source.Text(kSourcetype);
  }
  Chosen chosen(input->sourcetype, source);
  SPELK_RETURN_IF_ERROR(chosen.Add(settings_));
  SPELK_RETURN_IF_ERROR(chosen.Add(times_));
  io::TextBreaks& breaks = input->format.text_breaks;
  breaks.line_breaker = chosen.Text("LINE_BREAKER");
  breaks.break_before_match = !breaks.line_breaker.empty();
  breaks.merging = MergingOf(chosen);
  breaks.longest_line = chosen.Number("TRUNCATE", 0);
  input->format.table = TableOf(chosen);
  return absl::OkStatus();
}

}  // namespace spelk::knowledge
