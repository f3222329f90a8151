// In-memory sorting, runs in spill files, and their merge.
#include "exec/sorter.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/status.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

constexpr size_t kMergeFanIn = 32;
constexpr size_t kSortRecordRows = 256;
constexpr size_t kMostRecordBytes = 256U << 10U;
constexpr size_t kLeastRecordBytes = 1U << 10U;
constexpr size_t kLongRecord = 4U << 20U;

// While runs are merged a record of each is in memory, as a batch.
size_t RecordBytes(const MemoryBudget& budget) {
  return std::clamp(budget.limit() / (8 * kMergeFanIn), kLeastRecordBytes, kMostRecordBytes);
}

}  // namespace

// ---------------------------------------------------------------- keys

SortValue SortValue::Of(const Value& value, plan::SortBy by, Arena& arena) {
  SortValue key;
  if (value.is_null()) return key;
  const Value& first = value.is_multi() ? value.each().front() : value;
  if (first.is_text()) {
    key.text = first.text();
  } else {
    char buffer[kNumberText];
    key.text = arena.Copy(TextOf(first, buffer));
  }
  const std::optional<Number> number =
      by == plan::SortBy::kText || by == plan::SortBy::kAddress ? std::nullopt : NumberOf(first);
  if (number && !std::isnan(number->value)) {
    key.kind = Class::kNumber;
    key.number = number->value;
    return key;
  }
  if (by == plan::SortBy::kAuto || by == plan::SortBy::kAddress) {
    if (const std::optional<IpAddress> address = ParseIpAddress(key.text)) {
      key.kind = Class::kAddress;
      key.address = *address;
      return key;
    }
  }
  const bool text = by == plan::SortBy::kAuto || by == plan::SortBy::kText;
  key.kind = text ? Class::kText : Class::kNone;
  return key;
}

std::weak_ordering Compare(const SortValue& a, const SortValue& b, bool descending) {
  using enum SortValue::Class;
  if (a.kind == kNone || b.kind == kNone) {
    // Absent values are last either way (sort, "Usage").
    return (a.kind == kNone ? 1 : 0) <=> (b.kind == kNone ? 1 : 0);
  }
  std::weak_ordering order = a.kind <=> b.kind;
  if (order == 0) {
    switch (a.kind) {
      case kNumber:
        order = std::weak_order(a.number + 0.0, b.number + 0.0);
        break;
      case kAddress:
        order = a.address <=> b.address;
        break;
      default:
        order = a.text <=> b.text;
    }
  }
  return descending ? 0 <=> order : order;
}

std::vector<SortValue> Sorter::KeysOf(const Batch& batch, Arena& arena) const {
  const size_t width = options_.keys.size();
  std::vector<SortValue> keys(batch.size() * width);
  for (size_t k = 0; k < width; ++k) {
    const Column* column = batch.Find(options_.keys[k].field);
    if (column == nullptr) continue;
    for (size_t r = 0; r < batch.size(); ++r) {
      keys[r * width + k] =
          SortValue::Of(column->At(batch.physical(r)), options_.keys[k].by, arena);
    }
  }
  return keys;
}

bool Sorter::BeforeRows(const SortValue* a, const RowRank& a_rank, const SortValue* b,
                        const RowRank& b_rank) const {
  for (size_t k = 0; k < options_.keys.size(); ++k) {
    const std::weak_ordering order = Compare(a[k], b[k], options_.keys[k].descending);
    if (order != 0) return order < 0;
  }
  return options_.reverse_rank ? b_rank < a_rank : a_rank < b_rank;
}

bool Sorter::Before(const Entry& a, const Entry& b) const {
  return BeforeRows(keys_.data() + a.key, a.rank, keys_.data() + b.key, b.rank);
}

// ---------------------------------------------------------------- collecting

Sorter::Sorter(SorterOptions options, const RunContext& run)
    : options_(std::move(options)),
      run_(&run),
      key_arena_(std::make_unique<Arena>(run.budget)),
      reservation_(run.budget) {}

absl::Status Sorter::Add(Batch batch, Position at) {
  const BatchRanks ranks(batch, at);
  std::vector<RowRank> all(batch.size());
  for (size_t r = 0; r < all.size(); ++r) all[r] = ranks.rank(r);
  return Add(batch, std::move(all));
}

absl::Status Sorter::Add(const Batch& batch, std::vector<RowRank> ranks) {
  seen_ += batch.size();
  return AddRows(batch, std::move(ranks));
}

absl::Status Sorter::AddRows(const Batch& batch, std::vector<RowRank> ranks) {
  if (batch.empty() || options_.limit == 0U) return absl::OkStatus();
  Batch kept = batch;
  if (cut_) {
    // Rows that are worse than the worst kept are not even copied.
    Arena scratch;
    const std::vector<SortValue> keys = KeysOf(batch, scratch);
    const Entry& worst = entries_[*options_.limit - 1];
    std::vector<uint32_t> rows;
    std::vector<RowRank> kept_ranks;
    for (size_t r = 0; r < batch.size(); ++r) {
      if (!BeforeRows(keys.data() + r * options_.keys.size(), ranks[r], keys_.data() + worst.key,
                      worst.rank)) {
        continue;
      }
      rows.push_back(static_cast<uint32_t>(batch.physical(r)));
      kept_ranks.push_back(ranks[r]);
    }
    if (rows.empty()) return absl::OkStatus();
    kept.Select(std::move(rows));
    ranks = std::move(kept_ranks);
  }
  SPELK_RETURN_IF_ERROR(KeepOrSpill(kept, std::move(ranks)));
  const uint64_t limit = options_.limit.value_or(0);
  if (options_.limit && entries_.size() > 2 * limit + run_->batch_rows) {
    SPELK_RETURN_IF_ERROR(DropBeyondLimit());
  }
  return SpillUnderPressure();
}

// Makes room, and takes the rows in pieces if there is little of it.
absl::Status Sorter::KeepOrSpill(const Batch& batch, std::vector<RowRank> ranks) {
  absl::Status status = KeepBatch(batch, ranks);
  if (!absl::IsResourceExhausted(status)) return status;
  SPELK_RETURN_IF_ERROR(SpillAll());
  status = KeepBatch(batch, ranks);
  if (!absl::IsResourceExhausted(status) || ranks.size() < 2) return status;
  const size_t half = ranks.size() / 2;
  Batch first = batch;
  first.Slice(0, half);
  Batch second = batch;
  second.Slice(half, ranks.size());
  std::vector<RowRank> first_ranks(ranks.begin(),
                                   ranks.begin() + static_cast<std::ptrdiff_t>(half));
  ranks.erase(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(half));
  SPELK_RETURN_IF_ERROR(KeepOrSpill(first, std::move(first_ranks)));
  return KeepOrSpill(second, std::move(ranks));
}

// Leaves memory to others when it is short and much of it lies here.
absl::Status Sorter::SpillUnderPressure() {
  if (!run_->budget->under_pressure()) return absl::OkStatus();
  const size_t bytes = batch_bytes_ + reservation_.bytes() + key_arena_->bytes();
  return bytes > run_->budget->operator_share() ? SpillAll() : absl::OkStatus();
}

absl::Status Sorter::KeepBatch(Batch batch, std::vector<RowRank> ranks) {
  const size_t width = options_.keys.size();
  const size_t bytes =
      (entries_.size() + ranks.size()) * (sizeof(Entry) + width * sizeof(SortValue));
  // Vectors grow by doubling; both halves exist while they do.
  if (!reservation_.Resize(std::max(reservation_.bytes(), 3 * bytes))) {
    return run_->budget->Exhausted(options_.what, bytes);
  }
  SPELK_ASSIGN_OR_RETURN(Batch owned, batch.Own(run_->budget, options_.what));
  std::vector<SortValue> keys = KeysOf(owned, *key_arena_);
  SPELK_RETURN_IF_ERROR(key_arena_->status(options_.what));
  const auto index = static_cast<uint32_t>(batches_.size());
  for (size_t r = 0; r < ranks.size(); ++r) {
    entries_.push_back({index, static_cast<uint32_t>(r),
                        static_cast<uint32_t>(keys_.size() + r * width), ranks[r]});
  }
  keys_.insert(keys_.end(), keys.begin(), keys.end());
  batch_bytes_ += owned.arena().bytes();
  batches_.push_back(std::move(owned));
  return absl::OkStatus();
}

void Sorter::SortEntries() {
  std::sort(entries_.begin(), entries_.end(),
            [this](const Entry& a, const Entry& b) { return Before(a, b); });
}

absl::Status Sorter::DropBeyondLimit() {
  SortEntries();
  if (entries_.size() > *options_.limit) entries_.resize(*options_.limit);
  // Copy what is left, so that the memory of the rest is given back.
  std::deque<Batch> old_batches = std::exchange(batches_, {});
  std::vector<Entry> kept = std::exchange(entries_, {});
  keys_.clear();
  batch_bytes_ = 0;
  auto old_arena = std::exchange(key_arena_, std::make_unique<Arena>(run_->budget));
  BatchAssembler assembler(run_->budget, Field());
  std::vector<RowRank> ranks;
  const auto keep = [&]() -> absl::Status {
    SPELK_ASSIGN_OR_RETURN(const Batch rows, assembler.Take(options_.what));
    return KeepOrSpill(rows, std::exchange(ranks, {}));
  };
  for (const Entry& entry : kept) {
    const Batch& batch = old_batches[entry.batch];
    if (!assembler.Fits(batch)) SPELK_RETURN_IF_ERROR(keep());
    assembler.Add(batch, entry.row);
    ranks.push_back(entry.rank);
    if (assembler.full()) SPELK_RETURN_IF_ERROR(keep());
  }
  if (!ranks.empty()) SPELK_RETURN_IF_ERROR(keep());
  cut_ = !entries_.empty() && entries_.size() == *options_.limit;
  return absl::OkStatus();
}

void Sorter::ClearMemory() {
  batches_.clear();
  batch_bytes_ = 0;
  entries_ = {};
  keys_ = {};
  key_arena_ = std::make_unique<Arena>(run_->budget);
  reservation_.Clear();
  cut_ = false;
}

// ---------------------------------------------------------------- spilling

absl::Status Sorter::WriteRun(SpillFile& file) {
  SortEntries();
  if (options_.limit && entries_.size() > *options_.limit) entries_.resize(*options_.limit);
  const size_t most = RecordBytes(*run_->budget);
  // A record holds consecutive rows of one schema.
  std::string record;
  for (size_t begin = 0; begin < entries_.size();) {
    const Batch& first = batches_[entries_[begin].batch];
    record.clear();
    ByteWriter writer(record);
    size_t end = begin;
    BatchAssembler assembler(nullptr, Field());
    std::vector<RowRank> ranks;
    size_t bytes = 0;
    while (end < entries_.size() && end - begin < kSortRecordRows && bytes < most &&
           batches_[entries_[end].batch].schema() == first.schema()) {
      const Batch& batch = batches_[entries_[end].batch];
      assembler.Add(batch, entries_[end].row);
      for (size_t c = 0; c < batch.columns().size(); ++c) {
        bytes += ValueBytes(batch.At(c, entries_[end].row)) + sizeof(Value);
      }
      ranks.push_back(entries_[end].rank);
      ++end;
    }
    // A row that is long must exist beside its record for a moment.
    Reservation for_record(run_->budget);
    if (bytes > kLongRecord && !for_record.Grow(bytes)) {
      return run_->budget->Exhausted(options_.what, bytes);
    }
    SPELK_ASSIGN_OR_RETURN(const Batch rows, assembler.Take(options_.what));
    std::vector<uint32_t> all(rows.size());
    std::iota(all.begin(), all.end(), 0U);
    SaveRows(rows, all, ranks, writer);
    SPELK_RETURN_IF_ERROR(file.Append(record));
    begin = end;
  }
  return absl::OkStatus();
}

absl::Status Sorter::SpillAll() {
  if (entries_.empty()) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(std::unique_ptr<SpillFile> file,
                         SpillFile::Create(run_->spill_directory, run_->budget));
  SPELK_RETURN_IF_ERROR(WriteRun(*file));
  spilled_rows_ += entries_.size();
  runs_.push_back(std::move(file));
  ClearMemory();
  return runs_.size() > 2 * kMergeFanIn ? MergeRuns(kMergeFanIn) : absl::OkStatus();
}

// Reads one run, a record at a time.
class Sorter::RunCursor {
 public:
  RunCursor(SpillFile& file, const Sorter& sorter) : reader_(file), sorter_(sorter) {}

  // Moves to the next row; false at the end.
  absl::StatusOr<bool> Next() {
    if (++row_ < rows_.ranks.size()) return true;
    std::string_view record;
    SPELK_ASSIGN_OR_RETURN(const bool more, reader_.Next(&record));
    if (!more) return false;
    ByteReader in(record);
    arena_.Reset();
    SPELK_ASSIGN_OR_RETURN(
        rows_, LoadRows(in, *sorter_.run_->fields, sorter_.run_->budget, sorter_.options_.what));
    batch_ = std::make_shared<Batch>(rows_.batch);
    keys_ = sorter_.KeysOf(rows_.batch, arena_);
    row_ = 0;
    return !rows_.ranks.empty();
  }
  const std::shared_ptr<Batch>& batch() const { return batch_; }
  uint32_t row() const { return static_cast<uint32_t>(row_); }
  const RowRank& rank() const { return rows_.ranks[row_]; }
  const SortValue* keys() const { return keys_.data() + row_ * sorter_.options_.keys.size(); }

 private:
  SpillFile::Reader reader_;
  const Sorter& sorter_;
  RankedRows rows_;
  std::shared_ptr<Batch> batch_;  // Shared with the rows of it that are not pushed yet.
  Arena arena_;
  std::vector<SortValue> keys_;
  size_t row_ = SIZE_MAX - 1;
};

absl::Status Sorter::MergeInto(std::vector<std::unique_ptr<SpillFile>> runs, const Take& take) {
  std::vector<std::unique_ptr<RunCursor>> heap;
  for (const std::unique_ptr<SpillFile>& run : runs) {
    auto cursor = std::make_unique<RunCursor>(*run, *this);
    SPELK_ASSIGN_OR_RETURN(const bool more, cursor->Next());
    if (more) heap.push_back(std::move(cursor));
  }
  const auto later = [this](const std::unique_ptr<RunCursor>& a,
                            const std::unique_ptr<RunCursor>& b) {
    return BeforeRows(b->keys(), b->rank(), a->keys(), a->rank());
  };
  std::make_heap(heap.begin(), heap.end(), later);
  uint64_t taken = 0;
  while (!heap.empty() && (!options_.limit || taken < *options_.limit)) {
    SPELK_RETURN_IF_ERROR(run_->cancel->status());
    std::pop_heap(heap.begin(), heap.end(), later);
    RunCursor& cursor = *heap.back();
    SPELK_ASSIGN_OR_RETURN(const Demand demand, take(*cursor.batch(), cursor.row(), cursor.rank()));
    if (demand == Demand::kEnough) return absl::OkStatus();
    ++taken;
    SPELK_ASSIGN_OR_RETURN(const bool more, cursor.Next());
    if (more) {
      std::push_heap(heap.begin(), heap.end(), later);
    } else {
      heap.pop_back();
    }
  }
  return absl::OkStatus();
}

absl::Status Sorter::MergeRuns(size_t count) {
  std::vector<std::unique_ptr<SpillFile>> some;
  for (size_t i = 0; i < count; ++i) {
    some.push_back(std::move(runs_.front()));
    runs_.erase(runs_.begin());
  }
  SPELK_ASSIGN_OR_RETURN(std::unique_ptr<SpillFile> merged,
                         SpillFile::Create(run_->spill_directory, run_->budget));
  std::string record;
  const auto append = [&](const Batch& batch, uint32_t row,
                          const RowRank& rank) -> absl::StatusOr<Demand> {
    record.clear();
    ByteWriter writer(record);
    SaveRows(batch, {&row, 1}, {&rank, 1}, writer);
    SPELK_RETURN_IF_ERROR(merged->Append(record));
    return Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(MergeInto(std::move(some), append));
  runs_.push_back(std::move(merged));
  return absl::OkStatus();
}

absl::Status Sorter::Merge(Sorter other) {
  seen_ += std::exchange(other.seen_, 0);
  for (std::unique_ptr<SpillFile>& run : other.runs_) runs_.push_back(std::move(run));
  other.runs_.clear();
  spilled_rows_ += std::exchange(other.spilled_rows_, 0);
  while (runs_.size() > 2 * kMergeFanIn) SPELK_RETURN_IF_ERROR(MergeRuns(kMergeFanIn));
  if (other.entries_.empty()) return absl::OkStatus();
  if (entries_.empty()) {
    batches_ = std::move(other.batches_);
    key_arena_ = std::move(other.key_arena_);
    entries_ = std::move(other.entries_);
    keys_ = std::move(other.keys_);
    reservation_ = std::move(other.reservation_);
    batch_bytes_ = other.batch_bytes_;
    cut_ = other.cut_;
    return absl::OkStatus();
  }
  if (runs_.empty() && options_.limit) {
    // Few rows: as if added, which keeps to the limit.
    BatchAssembler assembler(run_->budget, Field());
    std::vector<RowRank> ranks;
    const auto add = [&]() -> absl::Status {
      SPELK_ASSIGN_OR_RETURN(const Batch rows, assembler.Take(options_.what));
      return AddRows(rows, std::exchange(ranks, {}));
    };
    for (const Entry& entry : other.entries_) {
      const Batch& batch = other.batches_[entry.batch];
      if (!assembler.Fits(batch)) SPELK_RETURN_IF_ERROR(add());
      assembler.Add(batch, entry.row);
      ranks.push_back(entry.rank);
      if (assembler.full()) SPELK_RETURN_IF_ERROR(add());
    }
    return ranks.empty() ? absl::OkStatus() : add();
  }
  const auto shift_batch = static_cast<uint32_t>(batches_.size());
  const auto shift_key = static_cast<uint32_t>(keys_.size());
  const size_t bytes = other.reservation_.bytes();
  if (!reservation_.Grow(bytes)) {
    SPELK_RETURN_IF_ERROR(SpillAll());
    return Merge(std::move(other));
  }
  for (Batch& batch : other.batches_) batches_.push_back(std::move(batch));
  batch_bytes_ += other.batch_bytes_;
  for (Entry entry : other.entries_) {
    entry.batch += shift_batch;
    entry.key += shift_key;
    entries_.push_back(entry);
  }
  keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
  // The texts of computed keys lie in the other's arena: it lives on in the first batch's memory.
  batches_.back().memory()->pins.push_back(
      std::shared_ptr<const Arena>(std::move(other.key_arena_)));
  cut_ = false;
  return absl::OkStatus();
}

// ---------------------------------------------------------------- emitting

absl::Status Sorter::ForEach(const Take& take) {
  if (!runs_.empty()) {
    SPELK_RETURN_IF_ERROR(SpillAll());
    while (runs_.size() > kMergeFanIn) SPELK_RETURN_IF_ERROR(MergeRuns(kMergeFanIn));
    return MergeInto(std::move(runs_), take);
  }
  SortEntries();
  if (options_.limit && entries_.size() > *options_.limit) entries_.resize(*options_.limit);
  for (const Entry& entry : entries_) {
    SPELK_ASSIGN_OR_RETURN(const Demand demand, take(batches_[entry.batch], entry.row, entry.rank));
    if (demand == Demand::kEnough) break;
  }
  return absl::OkStatus();
}

absl::Status Sorter::Emit(Output& out) {
  BatchAssembler assembler(run_->budget, options_.keep_time ? Field() : hidden::kTime);
  std::vector<std::shared_ptr<Batch>> alive;  // Sources of rows not pushed yet.
  const auto push = [&]() -> absl::Status {
    SPELK_ASSIGN_OR_RETURN(Batch rows, assembler.Take(options_.what));
    SPELK_RETURN_IF_ERROR(out.Push(std::move(rows)));
    return run_->cancel->status();
  };
  const bool spilled = !runs_.empty();
  const auto take = [&](const Batch& batch, uint32_t row,
                        const RowRank&) -> absl::StatusOr<Demand> {
    if (out.enough()) return Demand::kEnough;
    if (!assembler.Fits(batch)) SPELK_RETURN_IF_ERROR(push());
    // A cursor gives up its batch when it moves on; a copy of the handle keeps it.
    if (spilled && (alive.empty() || alive.back()->memory() != batch.memory())) {
      alive.push_back(std::make_shared<Batch>(batch));
    }
    assembler.Add(spilled ? *alive.back() : batch, row);
    // Of runs, each row keeps the whole record it came in until it is pushed.
    const bool tight =
        spilled && assembler.size() >= kRowsUnderPressure && run_->budget->under_pressure();
    if (assembler.size() >= run_->batch_rows || assembler.full() || tight) {
      SPELK_RETURN_IF_ERROR(push());
      alive.clear();
    }
    return Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(ForEach(take));
  if (assembler.size() > 0 && !out.enough()) SPELK_RETURN_IF_ERROR(push());
  ClearMemory();
  return absl::OkStatus();
}

// ---------------------------------------------------------------- saving

absl::Status Sorter::Save(ByteWriter& out) {
  std::vector<std::string> records;
  const auto append = [&](const Batch& batch, uint32_t row,
                          const RowRank& rank) -> absl::StatusOr<Demand> {
    std::string record;
    ByteWriter writer(record);
    SaveRows(batch, {&row, 1}, {&rank, 1}, writer);
    records.push_back(std::move(record));
    return Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(ForEach(append));
  out.Varint(seen_);
  out.Varint(records.size());
  for (const std::string& record : records) out.Text(record);
  ClearMemory();
  return absl::OkStatus();
}

absl::Status Sorter::Load(ByteReader& in) {
  seen_ = in.Varint();
  const size_t count = in.Count();
  for (size_t i = 0; i < count && !in.failed(); ++i) {
    ByteReader record(in.Text());
    SPELK_ASSIGN_OR_RETURN(RankedRows rows,
                           LoadRows(record, *run_->fields, run_->budget, options_.what));
    SPELK_RETURN_IF_ERROR(AddRows(rows.batch, std::move(rows.ranks)));
  }
  return in.status();
}

}  // namespace spelk::exec
