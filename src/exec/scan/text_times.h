// TextTimes: when events happened, out of their texts: TIME_PREFIX, TIME_FORMAT,
// MAX_TIMESTAMP_LOOKAHEAD and TZ of props.conf.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "exec/run_context.h"
#include "plan/computed_columns.h"
#include "value/regex.h"
#include "value/time_format.h"
#include "value/value.h"

namespace spelk::exec {

// Belongs to one worker.
class TextTimes {
 public:
  // How the time stands in the texts of some events.
  struct Reading {
    std::string prefix;  // As in TIME_PREFIX.
    std::unique_ptr<const Regex> regex;
    std::unique_ptr<RegexMatcher> matcher;
    std::string format;
    size_t lookahead = kLookahead;
    bool anywhere = false;  // No setting says where it stands: wherever it is found.
    absl::TimeZone zone;
    std::vector<std::string> fields;  // As in TIMESTAMP_FIELDS: they have the time together.
  };

  // The settings, of each key the one that decides first. They outlive this. `anywhere`: times of
  // events that no setting is for are looked for in the whole text.
  static absl::StatusOr<std::unique_ptr<TextTimes>> Make(
      const std::vector<plan::TextSetting>& settings, bool anywhere, const RunContext& run);

  // For events with these names (sourcetype, source, host); null if they have none. What it
  // points to stays. Is to be asked once for all events with the same names.
  absl::StatusOr<const Reading*> ReadingFor(std::span<const Value> names);
  // Nothing if there is no time where it should be.
  std::optional<Micros> Find(const Reading& reading, std::string_view text) const;
  // Likewise in the values of the reading's fields, with blanks between them.
  std::optional<Micros> FindInFields(const Reading& reading, std::string_view text) const;
  // All fields that settings name.
  static std::vector<std::string> FieldsOf(const std::vector<plan::TextSetting>& settings);

 private:
  static constexpr size_t kLookahead = 128;  // Admin Manual, MAX_TIMESTAMP_LOOKAHEAD.
  struct Setting {
    const plan::TextSetting* setting = nullptr;
    std::unique_ptr<const Regex> regex;  // Of the name that its stanza asks for.
    std::unique_ptr<RegexMatcher> matcher;
  };
  TextTimes(bool anywhere, const RunContext& run) : run_(run), anywhere_(anywhere) {}
  bool IsFor(const Setting& setting, std::span<const Value> names) const;

  const RunContext& run_;
  const bool anywhere_;
  std::vector<Setting> settings_;
  std::vector<std::unique_ptr<Reading>> readings_;
};

}  // namespace spelk::exec
