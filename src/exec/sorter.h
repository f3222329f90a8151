// Sorter: puts rows in order, in memory while the budget lasts and through spill files beyond.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "exec/operator.h"
#include "exec/row_codec.h"
#include "exec/spill_file.h"
#include "plan/nodes.h"
#include "value/ip_address.h"

namespace spelk::exec {

// So many rows come out at once where memory is short.
inline constexpr size_t kRowsUnderPressure = 64;

struct SorterOptions {
  std::vector<plan::SortKey> keys = {};  // None: by rank alone.
  bool reverse_rank = false;             // Last in rank first; ties of keys too.
  std::optional<uint64_t> limit = {};    // Only the first rows are kept.
  bool keep_time = false;          // hidden::kTime stays a column: the order of the input is kept.
  bool warn_when_cut = false;      // Rows beyond the limit are worth a warning.
  std::string_view what = "sort";  // In messages about memory.
};

// The comparable form of one key of one row. Numbers come before addresses, addresses before other
// text, and rows without a value last, so that the order is total whatever is mixed.
struct SortValue {
  enum class Class : uint8_t { kNumber, kAddress, kText, kNone };
  Class kind = Class::kNone;
  double number = 0;
  IpAddress address;
  std::string_view text;  // A view of the row's value, or of `digits` for computed numbers.

  static SortValue Of(const Value& value, plan::SortBy by, Arena& arena);
};
std::weak_ordering Compare(const SortValue& a, const SortValue& b, bool descending);

// The rows of one worker; merged with those of the others, then emitted once. Ties of the keys go
// by rank. Not thread-safe.
class Sorter {
 public:
  Sorter(SorterOptions options, const RunContext& run);
  Sorter(Sorter&&) noexcept = default;

  absl::Status Add(Batch batch, Position at);
  absl::Status Add(const Batch& batch, std::vector<RowRank> ranks);
  absl::Status Merge(Sorter other);
  // Moves all rows to disk, to make room for whatever shares the budget.
  absl::Status Spill() { return SpillAll(); }
  // Pushes all rows in order, batch by batch; nothing is left.
  absl::Status Emit(Output& out);
  // The same for callers that want the ranks: stops early if `take` answers kEnough.
  using Take =
      std::function<absl::StatusOr<Demand>(const Batch& batch, uint32_t row, const RowRank&)>;
  absl::Status ForEach(const Take& take);

  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

  uint64_t size() const { return entries_.size() + spilled_rows_; }
  // How many rows were added, those beyond the limit included.
  uint64_t seen() const { return seen_; }

 private:
  struct Entry {
    uint32_t batch;
    uint32_t row;
    uint32_t key;  // Index of the first of its values in keys_.
    RowRank rank;
  };
  class RunCursor;

  bool Before(const Entry& a, const Entry& b) const;
  bool BeforeRows(const SortValue* a, const RowRank& a_rank, const SortValue* b,
                  const RowRank& b_rank) const;
  std::vector<SortValue> KeysOf(const Batch& batch, Arena& arena) const;
  absl::Status DropBeyondLimit();
  absl::Status SpillUnderPressure();
  absl::Status KeepOrSpill(const Batch& batch, std::vector<RowRank> ranks);
  void SortEntries();
  absl::Status SpillAll();
  absl::Status WriteRun(SpillFile& file);
  absl::Status MergeRuns(size_t count);
  absl::Status MergeInto(std::vector<std::unique_ptr<SpillFile>> runs, const Take& take);
  void ClearMemory();
  absl::Status AddRows(const Batch& batch, std::vector<RowRank> ranks);
  absl::Status KeepBatch(Batch batch, std::vector<RowRank> ranks);

  SorterOptions options_;
  const RunContext* run_;
  std::deque<Batch> batches_;  // Owned copies; entries point into them.
  std::unique_ptr<Arena> key_arena_;
  std::vector<Entry> entries_;
  std::vector<SortValue> keys_;
  Reservation reservation_;  // For entries_ and keys_.
  size_t batch_bytes_ = 0;   // What batches_ take.
  // entries_ were cut to the limit: the one there is the worst kept; newer ones stand after it.
  bool cut_ = false;
  std::vector<std::unique_ptr<SpillFile>> runs_;
  uint64_t spilled_rows_ = 0;
  uint64_t seen_ = 0;
};

}  // namespace spelk::exec
