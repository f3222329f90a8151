// EventSets: which events the stanzas of props.conf are for, told once for all events that have the
// same names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/string_map.h"
#include "exec/run_context.h"
#include "plan/computed_columns.h"
#include "value/regex.h"
#include "value/schema.h"
#include "value/value.h"

namespace spelk::exec {

class ScanColumns;

// The names (sourcetype, source and host) of the rows of a batch, by number.
struct BatchNames {
  struct Names {
    uint32_t number = 0;
    uint32_t row = 0;  // One that has them.
  };
  std::vector<uint32_t> of_row;  // By physical row.
  std::vector<Names> distinct;

  static BatchNames Of(const std::vector<uint32_t>& rows, ScanColumns* columns);
};

// The events of one stanza. Belongs to one worker.
class StanzaEvents {
 public:
  // `rules`: all of the scan, of which some may give events other names. `schema` has the name that
  // the stanza asks for.
  static absl::StatusOr<StanzaEvents> Make(const plan::EventSet& events,
                                           const plan::ComputedColumnsList& rules,
                                           const Schema& schema, const RunContext& run);

  // Every event is one of them.
  bool all() const { return pattern_.empty() && exact_.empty(); }
  // Some rule gives events other names, so that rows with the same number may differ.
  bool changing() const { return changing_; }
  absl::StatusOr<bool> Has(uint32_t row, ScanColumns* columns);

 private:
  StanzaEvents() = default;
  absl::StatusOr<bool> Matches(const Value& name);

  std::string exact_;    // The whole name; empty: the pattern says.
  std::string pattern_;  // A regular expression, compiled when it is first asked for.
  std::unique_ptr<const Regex> regex_;
  std::unique_ptr<RegexMatcher> matcher_;
  size_t column_ = 0;
  bool changing_ = false;
  // By the number of an event's names: whether it is one of them, if that is known.
  std::vector<std::optional<bool>> known_;
  uint64_t generation_ = 0;
};

// Stanzas that several rules name.
using StanzaEventsPtr = std::shared_ptr<StanzaEvents>;  // Shared by the rules of a worker.
class KnownStanzas {
 public:
  KnownStanzas(const plan::ComputedColumnsList& rules, const Schema& schema, const RunContext& run)
      : rules_(rules), schema_(schema), run_(run) {}
  absl::StatusOr<StanzaEventsPtr> Find(const plan::EventSet& events);

 private:
  const plan::ComputedColumnsList& rules_;
  const Schema& schema_;
  const RunContext& run_;
  StringMap<StanzaEventsPtr> by_pattern_;
};

// The events that a rule is for: those of a stanza that are none of others. Belongs to one worker.
class RuleEvents {
 public:
  static absl::StatusOr<RuleEvents> Make(const plan::ComputedColumns& rule, KnownStanzas& stanzas);
  bool all() const { return where_.empty() && except_.empty(); }
  // True if no row of the batch is one of them; false if that is not known.
  absl::StatusOr<bool> AreAbsent(const BatchNames& names, ScanColumns* columns);
  // Leaves the rows that the rule is for.
  absl::Status Keep(const BatchNames& names, ScanColumns* columns, std::vector<uint32_t>* rows);

 private:
  enum Known : uint8_t { kUnknown, kYes, kNo };
  absl::StatusOr<bool> Has(uint32_t row, ScanColumns* columns);
  // How many of the names in the batch its events have. For events that no rule renames.
  absl::StatusOr<size_t> CountNames(const BatchNames& names, ScanColumns* columns);

  std::vector<StanzaEventsPtr> where_;  // One, or none: every event.
  std::vector<StanzaEventsPtr> except_;
  bool changing_ = false;
  std::vector<Known> known_;  // By the number of an event's names.
  uint64_t generation_ = 0;
};

}  // namespace spelk::exec
