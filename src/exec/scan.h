// Scan: turns blocks of lines into batches of events, for one plan or several in one pass.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "io/block_source.h"
#include "io/json_reader.h"
#include "plan/nodes.h"
#include "plan/shape.h"
#include "value/literal_search.h"
#include "value/wildcard.h"

namespace spelk::exec {

// What is known of the inputs beside their text.
struct ScanSettings {
  const std::vector<plan::Shape>* shapes = nullptr;  // In order of precedence; may be empty.
  std::vector<io::Input> inputs;
  std::string sourcetype;      // Of events without one: --sourcetype.
  std::string time_field;      // --time-field; empty: the shape's members.
  std::string time_format;     // --time-format
  bool strict = false;         // Every line is looked at in full; a fault ends the run.
  size_t max_line = SIZE_MAX;  // Longer lines are no events.
};

// What the scan met. Thread-safe.
class ScanReport {
 public:
  struct Fault {
    uint64_t sequence = 0;  // Of the block.
    uint64_t offset = 0;    // Of the line in its input.
    uint64_t line = 0;      // From 1; 0 if it is not known.
    size_t input = 0;
    std::string reason;
  };
  static constexpr size_t kShown = 3;

  std::atomic<uint64_t> lines{0};      // Counted in full only when asked for.
  std::atomic<uint64_t> looked_at{0};  // Lines that were parsed.
  std::atomic<uint64_t> rejected{0};   // No events.
  std::atomic<uint64_t> faulty{0};     // Events, with members after a fault left out.
  std::atomic<uint64_t> matched{0};    // Events that passed the scan's predicate.
  std::atomic<uint64_t> bytes{0};      // Read, after decompression.

  void Add(Fault fault);
  std::vector<Fault> first() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> first_;
};

// The scans of several plans over the same inputs, compiled into one. Immutable; workers have a
// ScanWorker each.
class SharedScan {
 public:
  // The nodes outlive the scan.
  static absl::StatusOr<std::unique_ptr<const SharedScan>> Make(
      const std::vector<const plan::ScanNode*>& nodes, const ScanSettings& settings,
      const RunContext& run);

  size_t plans() const { return plans_.size(); }
  const ScanSettings& settings() const { return *settings_; }
  const RunContext& run() const { return *run_; }

 private:
  friend class ScanWorker;
  friend class ScanCompiler;

  // How the value of one field is found in the slots of a line.
  struct FieldSource {
    enum class Kind : uint8_t {
      kMember,
      kRaw,
      kTime,
      kOrderTime,
      kLine,
      kIndex,
      kGivenIndex,
      kHost,
      kSourcetype,
      kSource,
      kSourcetypes,
      kSources,
      kLineCount,
    };
    Field field;
    Kind kind = Kind::kMember;
    size_t slot = SIZE_MAX;                       // Where the event itself has it.
    std::vector<std::vector<size_t>> candidates;  // By shape: where else it may be, in order.
  };
  struct Template {
    std::vector<std::string> texts;  // One more than slots.
    std::vector<size_t> slots;
    bool empty() const { return slots.empty() && (texts.empty() || texts[0].empty()); }
  };
  struct TimeSlot {
    size_t slot;
    absl::TimeZone zone;
  };
  struct CompiledShape {
    const plan::Shape* shape;
    uint64_t members = 0;  // Bits of markers that must be there, and of those that must not.
    uint64_t without = 0;
    std::vector<std::pair<size_t, Wildcard>> values;
    std::vector<size_t> envelope;  // Slots in which the wrapping wins over what it wraps.
    size_t unwrap = SIZE_MAX;
    bool unwrap_list = false;
    std::vector<TimeSlot> times;
    Template host;
    Template sourcetype;
    Template source;
    std::vector<Template> also_sourcetypes;
    std::vector<Template> also_sources;
  };
  struct Plan {
    const plan::ScanNode* node;
    std::vector<LiteralSet> groups;  // The prefilter, best group first; with "\u00", see the .cc.
    std::vector<size_t> columns;     // Into fields_: what comes out, in order.
    std::vector<size_t> early;       // Into fields_: what rules and predicate read or write.
    SchemaPtr schema;                // Of what comes out, unless all fields do.
    SchemaPtr early_schema;
    bool flatten = false;
  };

  std::vector<Plan> plans_;
  std::vector<FieldSource> fields_;  // The union over all plans.
  std::unique_ptr<io::PathTree> tree_;
  std::vector<size_t> marker_slots_;  // Bit i of a layout is marker_slots_[i].
  bool shapes_look_at_values_ = false;
  std::vector<CompiledShape> shapes_;
  std::vector<TimeSlot> fallback_times_;
  bool needs_shape_ = false;
  const ScanSettings* settings_ = nullptr;
  const RunContext* run_ = nullptr;
};

// Where a worker's batches go: one output for each plan.
using ScanOutputs = std::vector<Output*>;

class ScanWorker {
 public:
  static absl::StatusOr<std::unique_ptr<ScanWorker>> Make(const SharedScan& scan,
                                                          ScanReport& report, bool count_lines);
  ~ScanWorker();

  // Pushes, for each plan, the events of the block that its scan keeps, in order.
  absl::Status Scan(const io::BlockPtr& block, const ScanOutputs& outputs);

 private:
  class Rows;
  struct PlanState;

  ScanWorker(const SharedScan& scan, ScanReport& report, bool count_lines);
  absl::Status ScanAllLines(const io::BlockPtr& block, const ScanOutputs& outputs);
  absl::Status ScanCandidates(const io::BlockPtr& block, const ScanOutputs& outputs);
  absl::Status AddLineAndFlush(const io::BlockPtr& block, std::string_view line,
                               const std::vector<size_t>& plans, const ScanOutputs& outputs);
  absl::Status AddLine(const io::Block& block, std::string_view line,
                       const std::vector<size_t>& plans);
  absl::Status AddEvents(std::string_view line, size_t shape, const std::vector<size_t>& plans);
  absl::Status AddRow(std::string_view line, size_t shape, const std::vector<size_t>& plans);
  bool Unwrap(const io::RawValue& raw, std::string_view* event);
  absl::Status Reject(const io::Block& block, std::string_view line, std::string_view reason,
                      bool fault);
  absl::Status Flush(const ScanOutputs& outputs);
  // Rows with every field that they have: as many batches as there are orders of fields in a row.
  absl::Status PushWide(const SharedScan::Plan& plan, const std::vector<uint32_t>& rows,
                        const std::vector<Column>& columns, const BatchMemoryPtr& memory,
                        Output& output);
  absl::Status FlushPlan(size_t plan, Output& output);
  bool MeetsGroups(const SharedScan::Plan& plan, std::string_view line, size_t from) const;
  size_t ShapeOf(const io::RawValue* slots) const;

  const SharedScan& scan_;
  ScanReport& report_;
  const bool count_lines_;
  io::JsonReader reader_;
  io::JsonFlattener flattener_;
  std::unique_ptr<Rows> rows_;
  std::vector<std::unique_ptr<PlanState>> plan_states_;
  std::vector<io::RawValue> slots_;  // Of the event at hand.
  std::vector<io::RawValue> outer_;  // Of what it was wrapped in.
  uint64_t last_layout_ = ~uint64_t{0};
  size_t last_shape_ = 0;
};

}  // namespace spelk::exec
