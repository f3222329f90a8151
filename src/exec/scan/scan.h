// Scan: turns blocks of lines into batches of events, for one plan or several in one pass.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exec/operator.h"
#include "exec/scan/compiled_scan.h"
#include "exec/scan/layout_detector.h"
#include "exec/scan/prefilter_choice.h"
#include "exec/scan/scan_rows.h"
#include "io/block_source.h"
#include "io/json_flattener.h"
#include "io/json_reader.h"

namespace spelk::exec {

class DynamicColumns;
class LineMarks;
class OpenFields;
class ScanColumns;
class ColumnComputer;
class SharedScan;

inline constexpr char kLineTooLong[] = "longer than --max-line";

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

  // Lines that are kept for whoever asks afterwards why there were no rows.
  struct Kept {
    size_t input = 0;
    uint64_t offset = 0;
    std::string text;
  };

  void Add(Fault fault);
  std::vector<Fault> first() const;
  // Keeps lines of the block: the first of those that `most` bytes hold.
  void Keep(const io::Block& block, size_t most, MemoryBudget* budget);
  std::vector<Kept> kept() const;
  bool kept_all() const;  // Nothing that was to be kept was left out.

  // What a block held: lines that were events, and lines that were none.
  void AddLines(const io::Block& block, uint64_t events, uint64_t others);
  // Enough lines of the input were events to know that it is a feed.
  bool IsFeed(size_t input) const;
  // DataLoss names an input that is no feed of events, and what it seems to be. For inputs that
  // were read to the end.
  absl::Status JudgeInputs(const std::vector<io::Input>& inputs) const;

 private:
  struct Lines {
    bool AreOfFeed() const;

    uint64_t events = 0;
    uint64_t others = 0;
    std::shared_ptr<const std::string> odd_start;  // See io::Block.
  };

  mutable std::mutex mutex_;
  std::vector<Fault> first_;
  std::vector<Kept> kept_;
  size_t kept_bytes_ = 0;
  bool kept_all_ = true;
  std::vector<Reservation> kept_memory_;
  std::map<size_t, Lines> lines_;  // By input.
};

// Where the rows of one plan's scan go.
class ScanOutput : public Output {
 public:
  // The plan cannot go on: an error ends the scan for all plans, success leaves them theirs.
  virtual absl::Status Fail(const absl::Status& failure) = 0;
  // Around what is done for the plan alone.
  virtual void StartWork() {}
  virtual void EndWork() {}
};
// Of a worker: one for each plan.
using ScanOutputs = std::vector<ScanOutput*>;

class ScanWorker {
 public:
  static absl::StatusOr<std::unique_ptr<ScanWorker>> Make(const CompiledScan& scan,
                                                          ScanReport& report, bool count_lines);
  ~ScanWorker();

  // Pushes, for each plan, the events of the block that its scan keeps, in order.
  absl::Status Scan(const io::BlockPtr& block, const ScanOutputs& outputs);

 private:
  struct PlanState;
  ScanWorker(const CompiledScan& scan, ScanReport& report, bool count_lines);
  // `judge`: lines that no plan wants are looked at, too, to see whether they are events.
  absl::Status ScanAllLines(const io::BlockPtr& block, bool judge, const ScanOutputs& outputs);
  absl::Status LookAt(std::string_view line);
  absl::Status ScanBlock(const io::BlockPtr& block, const ScanOutputs& outputs);
  absl::Status ScanCandidates(const io::BlockPtr& block, const ScanOutputs& outputs);
  absl::Status ScanIndexed(const io::BlockPtr& block, const ScanOutputs& outputs);
  bool MeetsGroups(size_t plan, std::string_view line, size_t from) const;
  absl::Status AddLineAndFlush(std::string_view line, const std::vector<size_t>& plans,
                               const ScanOutputs& outputs);
  // Into slots_.
  io::LineVerdict ReadLine(std::string_view line, bool* faulty);
  absl::Status AddLine(std::string_view line, const std::vector<size_t>& plans,
                       const ScanOutputs& outputs);
  absl::Status AddObject(std::string_view object, const std::vector<size_t>& plans,
                         const ScanOutputs& outputs);
  absl::Status AddEvents(std::string_view line, const std::vector<size_t>& plans,
                         const ScanOutputs& outputs);
  // An event of slots_ out of what it is wrapped in, which was done `depth` times.
  absl::Status AddUnwrapped(std::string_view line, ScanRows::Row row, int depth,
                            const std::vector<size_t>& plans, const ScanOutputs& outputs);
  absl::Status AddList(std::string_view line, std::string_view list, size_t wrapper, int depth,
                       const std::vector<size_t>& plans, const ScanOutputs& outputs);
  // An event of slots_; `as_read`: nothing was written into them since.
  absl::Status AddRow(const ScanRows::Row& row, bool as_read, const std::vector<size_t>& plans);
  // Reads an event that a line wraps into slots_, and what it says besides from outer_. False if it
  // is none.
  absl::StatusOr<bool> ReadWrapped(std::string_view line, std::string_view event, size_t wrapper,
                                   size_t* shape);
  absl::StatusOr<bool> Unwrap(const io::RawValue& raw, std::string_view* event);
  absl::Status Reject(std::string_view line, std::string_view reason, bool fault);
  absl::Status Flush(const ScanOutputs& outputs);
  absl::Status FlushPlan(size_t plan, Output& output);
  absl::Status FlushSharing(size_t plan, Output& output);
  absl::Status PushKept(size_t plan, Batch batch, std::vector<Column> columns,
                        const std::vector<uint32_t>& kept, const BatchMemoryPtr& memory,
                        Output& output);
  // Says in hidden::kImplicit, if that is among the columns, what the rows were given only to be
  // read. `wide`, if it is known, has what they have themselves.
  absl::Status Lend(const CompiledScan::Plan& plan, std::span<const uint32_t> rows,
                    size_t physical_rows, const DynamicColumns* wide, Arena& arena,
                    std::vector<Column>* columns);
  absl::StatusOr<bool> AddWide(const ScanRows::Row& event, const OpenFields& open,
                               DynamicColumns& wide);
  // _time of the events here that have a member of that name: as everywhere, the event's time.
  absl::StatusOr<Column> OwnTimes(const CompiledScan::Plan& plan, std::span<const uint32_t> rows,
                                  const DynamicColumns& wide, Arena& arena);
  // What reads the fields that only texts name; no rules: nobody does.
  struct OpenReader {
    ColumnComputer* rules = nullptr;
    ScanColumns* columns = nullptr;
  };
  // Rows with every field that they have: in one batch, or several where the columns are sparse.
  absl::Status PushWide(const CompiledScan::Plan& plan, const std::vector<uint32_t>& rows,
                        const std::vector<Column>& columns, const OpenReader& reader,
                        const BatchMemoryPtr& memory, Output& output);

  const CompiledScan& scan_;
  ScanReport& report_;
  const bool count_lines_;
  io::JsonReader reader_;
  io::JsonFlattener flattener_;
  LayoutDetector shapes_;
  ScanRows rows_;
  std::vector<std::unique_ptr<PlanState>> plan_states_;
  std::unique_ptr<SharedScan> shared_;  // Null: nothing is computed for several plans at once.
  SchemaPtr wide_schema_;  // Of the last batch with all fields; the next one often has the same.
  bool ended_ = false;     // The input was ended within the block at hand.
  std::vector<io::RawValue> slots_;  // Of the event at hand.
  std::vector<io::RawValue> outer_;  // Of what it was wrapped in.
  std::vector<uint32_t> filled_;     // Scratch of AddRow.
  uint64_t events_ = 0;              // Lines of the block at hand that were events,
  uint64_t others_ = 0;              // and that were none.

  std::vector<PrefilterChoice> choices_;  // By plan.
  std::unique_ptr<LineMarks> marks_;      // Of many plans.
};

}  // namespace spelk::exec
