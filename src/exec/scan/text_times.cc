// Looking for a time where the settings say that it stands.
#include "exec/scan/text_times.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "value/ascii.h"
#include "value/timestamp.h"
#include "value/timestamp_search.h"

namespace spelk::exec {
namespace {

// Behind blanks.
std::string_view TrimmedFront(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// The longest beginning of a few words that is a time in a form that feeds write.
std::optional<Micros> FirstTimestamp(std::string_view text, absl::TimeZone zone) {
  constexpr size_t kMostWords = 3;
  constexpr std::string_view kAround = "[]()<>{}\"'|,;=";
  text = text.substr(std::min(text.find_first_not_of(kAround), text.size()));
  std::vector<size_t> ends;
  for (size_t at = 0; at < text.size() && ends.size() < kMostWords;) {
    const size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    ends.push_back(end);
    at = std::min(text.find_first_not_of(kBlanks, end), text.size());
  }
  for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
    std::string_view candidate = text.substr(0, *end);
    if (const auto time = ParseTimestamp(candidate, zone)) return time;
    candidate = candidate.substr(0, candidate.find_first_of(kAround));
    while (!candidate.empty() && (candidate.back() == ':' || candidate.back() == '.')) {
      candidate.remove_suffix(1);
    }
    if (const auto time = ParseTimestamp(candidate, zone)) return time;
  }
  return std::nullopt;
}

constexpr std::string_view kFields = "TIMESTAMP_FIELDS";
constexpr std::string_view kSystemTime = "SystemTime=";
constexpr std::string_view kConfig = "DATETIME_CONFIG";

// "a, b", with or without quotes.
std::vector<std::string> ListOf(std::string_view text) {
  constexpr std::string_view kAround = " \t\"[]";
  std::vector<std::string> names;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, comma);
    const size_t begin = name.find_first_not_of(kAround);
    const size_t end = name.find_last_not_of(kAround);
    if (begin != std::string_view::npos) names.emplace_back(name.substr(begin, end + 1 - begin));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return names;
}

}  // namespace

std::vector<std::string> TextTimes::FieldsOf(const std::vector<plan::TextSetting>& settings) {
  std::vector<std::string> fields;
  for (const plan::TextSetting& setting : settings) {
    if (setting.key != kFields) continue;
    for (std::string& name : ListOf(setting.value)) {
      if (std::find(fields.begin(), fields.end(), name) == fields.end()) {
        fields.push_back(std::move(name));
      }
    }
  }
  return fields;
}

absl::StatusOr<std::unique_ptr<TextTimes>> TextTimes::Make(
    const std::vector<plan::TextSetting>& settings, bool anywhere, const RunContext& run) {
  std::unique_ptr<TextTimes> made(new TextTimes(anywhere, run));
  for (const plan::TextSetting& each : settings) {
    Setting& setting = made->settings_.emplace_back();
    setting.setting = &each;
    if (each.where.pattern.empty() || !each.where.exact.empty()) continue;
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(each.where.pattern));
    setting.regex = std::make_unique<const Regex>(std::move(regex));
    setting.matcher = std::make_unique<RegexMatcher>(*setting.regex);
  }
  return made;
}

bool TextTimes::IsFor(const Setting& setting, std::span<const Value> names) const {
  const plan::EventSet& where = setting.setting->where;
  if (where.pattern.empty()) return true;
  const Value& name = names[static_cast<size_t>(where.stanza)];
  if (name.is_null()) return false;
  const Value& first = name.is_multi() ? name.each().front() : name;
  if (!first.is_text()) return false;
  if (!where.exact.empty()) return first.text() == where.exact;
  return setting.matcher->Match(first.text()) == MatchResult::kYes;
}

absl::StatusOr<const TextTimes::Reading*> TextTimes::ReadingFor(std::span<const Value> names) {
  auto reading = std::make_unique<Reading>();
  reading->anywhere = anywhere_;
  reading->zone = run_.evaluation.constants.zone;
  std::vector<std::string_view> decided;
  for (const Setting& each : settings_) {
    const std::string_view key = each.setting->key;
    const std::string& value = each.setting->value;
    const bool is_decided = std::find(decided.begin(), decided.end(), key) != decided.end();
    if (is_decided || !IsFor(each, names)) continue;
    decided.push_back(key);
    if (key == kConfig &&
        (EqualsIgnoringCase(value, "none") || EqualsIgnoringCase(value, "current"))) {
      reading->anywhere = false;
    }
    if (key == kFields) reading->fields = ListOf(value);
    if (key == "TIME_PREFIX") reading->prefix = value;
    if (key == "TIME_FORMAT") reading->format = value;
    if (key == "TZ" && !value.empty()) {
      SPELK_ASSIGN_OR_RETURN(reading->zone, LoadZone(value));
    }
    if (key == "MAX_TIMESTAMP_LOOKAHEAD") {
      int64_t most = 0;
      std::from_chars(value.data(), value.data() + value.size(), most);
      reading->lookahead = most <= 0 ? SIZE_MAX : static_cast<size_t>(most);
    }
  }
  const bool told =
      !reading->prefix.empty() || !reading->format.empty() || !reading->fields.empty();
  if (told) reading->anywhere = false;
  if (!told && !reading->anywhere) return nullptr;
  for (const std::unique_ptr<Reading>& known : readings_) {
    const bool same = known->prefix == reading->prefix && known->format == reading->format &&
                      known->lookahead == reading->lookahead && known->zone == reading->zone &&
                      known->anywhere == reading->anywhere && known->fields == reading->fields;
    if (same) return known.get();
  }
  if (!reading->prefix.empty()) {
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(reading->prefix));
    reading->regex = std::make_unique<const Regex>(std::move(regex));
    reading->matcher = std::make_unique<RegexMatcher>(*reading->regex);
  }
  readings_.push_back(std::move(reading));
  return readings_.back().get();
}

std::optional<Micros> TextTimes::Find(const Reading& reading, std::string_view text) const {
  if (reading.anywhere) {
    // Of JSON the members count, whose names say which of them is the time.
    if (TrimmedFront(text).starts_with('{')) return std::nullopt;
    // Windows events as XML have it behind names of any length.
    const size_t system = text.starts_with("<Event") ? text.find(kSystemTime) : 0;
    if (system != 0 && system != std::string_view::npos) text.remove_prefix(system);
    text = text.substr(0, reading.lookahead);
    return FindTimestamp(text, reading.zone, run_.evaluation.constants.now);
  }
  if (reading.matcher != nullptr) {
    if (reading.matcher->Match(text) != MatchResult::kYes) return std::nullopt;
    const std::optional<std::string_view> prefix = reading.matcher->Group(text, 0);
    if (!prefix) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(prefix->data() + prefix->size() - text.data()));
  }
  if (reading.prefix.empty() && reading.format.empty()) return std::nullopt;
  return FindInFields(reading, text.substr(0, reading.lookahead));
}

std::optional<Micros> TextTimes::FindInFields(const Reading& reading, std::string_view text) const {
  text = TrimmedFront(text);
  const double now = run_.evaluation.constants.now;
  if (reading.format.empty()) {
    if (const auto first = FirstTimestamp(text, reading.zone)) return first;
    return FindTimestamp(text, reading.zone, now);
  }
  const std::optional<double> seconds = ParseTime(text, reading.format, reading.zone, now, true);
  if (!seconds) return std::nullopt;
  return static_cast<Micros>(std::llround(*seconds * static_cast<double>(kMicrosPerSecond)));
}

}  // namespace spelk::exec
