// KV_MODE: the fields that the text in _raw names itself.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/string_map.h"
#include "exec/scan/rule_runner.h"
#include "io/fields/documents.h"
#include "io/fields/key_values.h"
#include "io/fields/text_fields.h"
#include "io/fields/text_table.h"
#include "io/fields/windows_event.h"
#include "io/json_flattener.h"
#include "value/ascii.h"
#include "value/batch.h"

namespace spelk::exec {
namespace {

enum class Format : uint8_t { kNone, kPairs, kJson, kXml, kTable, kWindows };

// How the text of an event is read.
struct Reading {
  Format format = Format::kPairs;
  bool json_too = true;  // AUTO_KV_JSON
  bool escapes = false;  // auto_escaped
  bool trim = true;      // KV_TRIM_SPACES
};

bool IsFalse(std::string_view text) {
  constexpr std::string_view kWords[] = {"false", "f", "0", "no", "n", "off"};
  return std::any_of(std::begin(kWords), std::end(kWords),
                     [text](std::string_view word) { return EqualsIgnoringCase(text, word); });
}

void SetMode(std::string_view mode, Reading* reading) {
  if (EqualsIgnoringCase(mode, "none")) reading->format = Format::kNone;
  if (EqualsIgnoringCase(mode, "json")) reading->format = Format::kJson;
  if (EqualsIgnoringCase(mode, "xml")) reading->format = Format::kXml;
  if (EqualsIgnoringCase(mode, "multi")) reading->format = Format::kTable;
  if (EqualsIgnoringCase(mode, "windows")) reading->format = Format::kWindows;
  reading->escapes = EqualsIgnoringCase(mode, "auto_escaped");
}

class AutomaticRunner final : public RuleRunner {
 public:
  AutomaticRunner(const plan::ComputedColumns& rule, const RunContext& run)
      : rule_(rule), flattener_(run.budget), scratch_(run.budget) {}

  absl::Status Prepare(KnownStanzas& stanzas, const Schema& schema) {
    source_ = *schema.Find(rule_.extraction.source);
    for (const Field target : rule_.targets) {
      by_name_.emplace(target.name(), targets_.size());
      targets_.push_back(*schema.Find(target));
    }
    for (const plan::TextSetting& setting : rule_.text) {
      SPELK_ASSIGN_OR_RETURN(StanzaEventsPtr events, stanzas.Find(setting.where));
      changing_ = changing_ || events->changing();
      settings_.push_back({&setting, std::move(events)});
    }
    return absl::OkStatus();
  }

  absl::Status Run(const std::vector<uint32_t>& rows, ScanColumns* columns) override {
    Arena& arena = columns->memory()->arena;
    std::vector<Value*> results;
    for (size_t t = 0; t < targets_.size(); ++t) {
      results.push_back(arena.AllocateArray<Value>(columns->physical_rows()));
    }
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    std::vector<std::vector<uint32_t>> changed(targets_.size());
    for (const uint32_t row : rows) {
      const auto take = [&](std::string_view name, const Value& value) {
        const auto target = by_name_.find(name);
        if (target == by_name_.end()) return;
        const size_t t = target->second;
        if (!columns->column(targets_[t]).At(row).is_null()) return;
        if (!changed[t].empty() && changed[t].back() == row) return;
        results[t][row] = CopyValue(value, arena);
        changed[t].push_back(row);
      };
      SPELK_RETURN_IF_ERROR(Read(row, columns, &by_name_, take));
      SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    }
    for (size_t t = 0; t < targets_.size(); ++t) {
      if (changed[t].empty()) continue;
      SPELK_RETURN_IF_ERROR(columns->Change(
          targets_[t], changed[t], Column::Values({results[t], columns->physical_rows()})));
    }
    return absl::OkStatus();
  }

  absl::Status AddAll(uint32_t row, ScanColumns* columns, OpenFields* fields) override {
    return Read(row, columns, nullptr, [fields](std::string_view name, const Value& value) {
      fields->Add(name, value, false);
    });
  }

 private:
  struct Setting {
    const plan::TextSetting* setting;
    StanzaEventsPtr events;
  };

  // Takes what the text of an event names, if it is wanted. What is handed over holds during the
  // call.
  template <class Take>
  absl::Status Read(uint32_t row, ScanColumns* columns, const StringMap<size_t>* wanted,
                    const Take& take) {
    SPELK_ASSIGN_OR_RETURN(const Reading reading, ReadingOf(row, columns));
    if (reading.format == Format::kNone) return absl::OkStatus();
    const Value value = columns->column(source_).At(row);  // Of which each() is a view.
    for (const Value& text : value.each()) {
      if (!text.is_text()) continue;
      scratch_.Reset();
      io::TextFields fields(scratch_, wanted);
      Find(text.text(), reading, fields);
      SPELK_RETURN_IF_ERROR(scratch_.status("reading events"));
      SPELK_RETURN_IF_ERROR(flattener_.status("reading events"));
      for (const io::TextField& field : fields.Finish()) take(field.name, field.value);
      SPELK_RETURN_IF_ERROR(scratch_.status("reading events"));
    }
    return absl::OkStatus();
  }

  void Find(std::string_view text, const Reading& reading, io::TextFields& fields) {
    switch (reading.format) {
      case Format::kNone:
        return;
      case Format::kJson:
        if (io::LooksLikeJson(text)) io::FindJsonFields(text, flattener_, fields);
        return;
      case Format::kXml:
        if (io::LooksLikeXml(text)) io::FindXmlFields(text, fields);
        return;
      case Format::kWindows:
        if (io::LooksLikeJson(text)) {
          io::FindJsonFields(text, flattener_, fields);
        } else {
          io::FindWindowsFields(text, fields);
        }
        return;
      case Format::kTable:
        io::FindTableFields(text, io::TextTableOptions(), fields);
        return;
      case Format::kPairs:
        break;
    }
    // Pairs are found beside the members, in the strings of the document, too.
    if (reading.json_too && io::LooksLikeJson(text)) io::FindJsonFields(text, flattener_, fields);
    io::KeyValueOptions options;
    options.escapes = reading.escapes;
    options.trim = reading.trim;
    io::FindKeyValues(text, options, fields);
  }

  absl::StatusOr<Reading> ReadingOf(uint32_t row, ScanColumns* columns) {
    if (settings_.empty()) return Reading();
    if (changing_) return Decide(row, columns);
    ScanEvents& events = columns->events();
    if (generation_ != events.names_generation()) known_.clear();
    generation_ = events.names_generation();
    const uint32_t names = events.NamesOf(row);
    if (names >= known_.size()) known_.resize(names + 1);
    if (!known_[names]) {
      SPELK_ASSIGN_OR_RETURN(known_[names], Decide(row, columns));
    }
    return *known_[names];
  }

  // Of each setting the first that is for the event.
  absl::StatusOr<Reading> Decide(uint32_t row, ScanColumns* columns) {
    Reading reading;
    std::vector<std::string_view> decided;
    for (const Setting& each : settings_) {
      const std::string_view key = each.setting->key;
      if (std::find(decided.begin(), decided.end(), key) != decided.end()) continue;
      SPELK_ASSIGN_OR_RETURN(const bool has, each.events->Has(row, columns));
      if (!has) continue;
      decided.push_back(key);
      if (key == "KV_MODE") SetMode(each.setting->value, &reading);
      if (key == "AUTO_KV_JSON") reading.json_too = !IsFalse(each.setting->value);
      if (key == "KV_TRIM_SPACES") reading.trim = !IsFalse(each.setting->value);
    }
    return reading;
  }

  const plan::ComputedColumns& rule_;
  io::JsonFlattener flattener_;
  Arena scratch_;  // Of one text.
  size_t source_ = 0;
  std::vector<size_t> targets_;
  StringMap<size_t> by_name_;  // Into targets_.
  std::vector<Setting> settings_;
  bool changing_ = false;                      // Some rule gives events other names.
  std::vector<std::optional<Reading>> known_;  // By the number of an event's names.
  uint64_t generation_ = 0;
};

}  // namespace

absl::StatusOr<RuleRunnerPtr> MakeAutomaticRunner(const plan::ComputedColumns& rule,
                                                  KnownStanzas& stanzas, const Schema& schema,
                                                  const RunContext& run) {
  auto runner = std::make_unique<AutomaticRunner>(rule, run);
  SPELK_RETURN_IF_ERROR(runner->Prepare(stanzas, schema));
  return runner;
}

}  // namespace spelk::exec
