// Open addressing over keys in an arena, and partitions on disk.
#include "exec/group_table.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/hash.h"
#include "base/status.h"

namespace spelk::exec {
namespace {

constexpr size_t kFirstSlots = 64;
constexpr unsigned kMaxLevel = 8;
// Tables of partitions of partitions hold little; there it would not help.
constexpr unsigned kMaxSpillLevel = 3;
constexpr size_t kSmallRecord = 4U << 20U;
// A table has so much from the beginning: however little is left, a few groups can be made, and
// spilled.
constexpr size_t kFirstMemory = 32U << 10U;
constexpr size_t kMergedBetweenReliefs = 128;

}  // namespace

GroupLayout::GroupLayout(std::vector<const plan::AggregateOps*> aggregates,
                         const plan::AggregateMost& most)
    : aggregates_(std::move(aggregates)), most_(most) {
  for (const plan::AggregateOps* ops : aggregates_) {
    bytes_ = (bytes_ + ops->alignment - 1) & ~(ops->alignment - 1);
    offsets_.push_back(bytes_);
    bytes_ += ops->size;
    limits_ = limits_ || ops->limit != nullptr;
  }
  bytes_ = std::max<size_t>((bytes_ + 15) & ~size_t{15}, 16);
}

void GroupLayout::Construct(char* states) const {
  for (size_t i = 0; i < aggregates_.size(); ++i) aggregates_[i]->construct(states + offsets_[i]);
  for (size_t i = 0; limits_ && i < aggregates_.size(); ++i) {
    if (aggregates_[i]->limit != nullptr) aggregates_[i]->limit(states + offsets_[i], most_);
  }
}

void GroupLayout::Destroy(char* states) const {
  for (size_t i = 0; i < aggregates_.size(); ++i) aggregates_[i]->destroy(states + offsets_[i]);
}

GroupTable::GroupTable(const GroupLayout& layout, const RunContext& run, std::string_view what,
                       unsigned level)
    : layout_(&layout),
      run_(&run),
      what_(what),
      level_(level),
      arena_(std::make_unique<Arena>(run.budget)),
      table_reservation_(run.budget),
      heap_reservation_(run.budget) {
  Prepare();
}

// What cannot be had now is asked for again when it is needed.
void GroupTable::Prepare() {
  (void)arena_->Allocate(std::min(kFirstMemory, run_->budget->limit() / 64));
  arena_->Reset();
  (void)Grow();
}

GroupTable::~GroupTable() {
  for (const Entry& entry : groups_) layout_->Destroy(entry.states);
}

// The seed differs from run to run, so that nobody can choose keys that collide.
uint64_t GroupTable::HashOf(std::string_view key) const {
  return HashBytes(key, reinterpret_cast<uintptr_t>(run_));
}

absl::Status GroupTable::Exhausted(size_t bytes) const {
  return run_->budget->Exhausted(what_, bytes);
}

absl::Status GroupTable::Grow() {
  const size_t size = slots_.empty() ? kFirstSlots : slots_.size() * 2;
  // The old arrays exist until the new ones are filled.
  const size_t bytes = size * sizeof(uint32_t) + size * sizeof(Entry);
  Reservation old = std::move(table_reservation_);
  table_reservation_ = Reservation(run_->budget);
  if (!table_reservation_.Resize(bytes)) {
    table_reservation_ = std::move(old);
    return Exhausted(bytes);
  }
  std::vector<uint32_t> slots(size, 0);
  groups_.reserve(size);
  for (uint32_t g = 0; g < groups_.size(); ++g) {
    size_t at = groups_[g].hash & (size - 1);
    while (slots[at] != 0) at = (at + 1) & (size - 1);
    slots[at] = g + 1;
  }
  slots_ = std::move(slots);
  return absl::OkStatus();
}

size_t GroupTable::SlotOf(std::string_view key, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  size_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const Entry& entry = groups_[slots_[at] - 1];
    if (entry.hash == hash && entry.key == key) break;
  }
  return at;
}

absl::StatusOr<uint32_t> GroupTable::Group(std::string_view key) {
  const uint64_t hash = HashOf(key);
  if (!slots_.empty()) {
    if (const uint32_t found = slots_[SlotOf(key, hash)]; found != 0) return found - 1;
  }
  if (groups_.size() * 2 >= slots_.size()) SPELK_RETURN_IF_ERROR(Grow());
  char* states = static_cast<char*>(arena_->Allocate(layout_->bytes(), 16));
  const std::string_view copy = states == nullptr ? std::string_view() : arena_->Copy(key);
  SPELK_RETURN_IF_ERROR(arena_->status(what_));
  layout_->Construct(states);
  groups_.push_back({hash, copy, states});
  slots_[SlotOf(key, hash)] = static_cast<uint32_t>(groups_.size());
  return static_cast<uint32_t>(groups_.size() - 1);
}

const char* GroupTable::Find(std::string_view key) const {
  if (slots_.empty()) return nullptr;
  const uint32_t found = slots_[SlotOf(key, HashOf(key))];
  return found == 0 ? nullptr : groups_[found - 1].states;
}

absl::Status GroupTable::Account(const plan::AggregateMemory& memory) {
  const int64_t total = static_cast<int64_t>(heap_reservation_.bytes()) + memory.grown;
  const auto bytes = static_cast<size_t>(std::max<int64_t>(0, total));
  return heap_reservation_.Resize(bytes) ? absl::OkStatus() : Exhausted(bytes);
}

void GroupTable::Clear() {
  for (const Entry& entry : groups_) layout_->Destroy(entry.states);
  groups_ = {};
  slots_ = {};
  arena_ = std::make_unique<Arena>(run_->budget);
  table_reservation_.Clear();
  heap_reservation_.Clear();
  Prepare();
}

// ---------------------------------------------------------------- disk

void GroupTable::SaveEntry(const Entry& entry, std::string& record) const {
  record.clear();
  ByteWriter writer(record);
  writer.Text(entry.key);
  for (size_t i = 0; i < layout_->size(); ++i) {
    layout_->ops(i).save(entry.states + layout_->offset(i), writer);
  }
}

size_t GroupTable::HeapBytes(const Entry& entry) const {
  size_t bytes = 0;
  for (size_t i = 0; i < layout_->size(); ++i) {
    bytes += layout_->ops(i).heap_bytes(entry.states + layout_->offset(i));
  }
  return bytes;
}

absl::Status GroupTable::Spill() {
  if (groups_.empty()) return absl::OkStatus();
  if (level_ >= kMaxLevel) return Exhausted(arena_->bytes());
  // A group is written as one record, which must exist beside it for a moment.
  size_t largest = 0;
  for (const Entry& entry : groups_) largest = std::max(largest, HeapBytes(entry));
  Reservation for_record(run_->budget);
  if (largest > kSmallRecord && !for_record.Grow(2 * largest)) return Exhausted(2 * largest);
  if (partitions_.empty()) {
    partitions_.emplace_back();
    for (std::unique_ptr<SpillFile>& file : partitions_.back()) {
      SPELK_ASSIGN_OR_RETURN(file, SpillFile::Create(run_->spill_directory, run_->budget));
    }
  }
  std::string record;
  for (const Entry& entry : groups_) {
    SaveEntry(entry, record);
    const size_t partition = (entry.hash >> (60 - 4 * level_)) % kPartitions;
    SPELK_RETURN_IF_ERROR(partitions_.front()[partition]->Append(record));
  }
  Clear();
  return absl::OkStatus();
}

absl::Status GroupTable::SpillUnderPressure() {
  if (!run_->budget->under_pressure() || level_ >= kMaxSpillLevel) return absl::OkStatus();
  const size_t bytes = arena_->bytes() + table_reservation_.bytes() + heap_reservation_.bytes();
  if (bytes <= run_->budget->operator_share()) return absl::OkStatus();
  const absl::Status status = Spill();
  return absl::IsResourceExhausted(status) ? absl::OkStatus() : status;
}

absl::Status GroupTable::LoadRecord(std::string_view record) {
  ByteReader in(record);
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, Group(in.Text()));
  // Loaded beside the group's states, then merged into them.
  const size_t bytes = layout_->bytes();
  auto loaded = std::make_unique<char[]>(bytes + 16);
  auto* states =
      reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(loaded.get()) + 15) & ~uintptr_t{15});
  layout_->Construct(states);
  plan::AggregateMemory scratch;
  plan::AggregateMemory memory;
  for (size_t i = 0; i < layout_->size(); ++i) {
    layout_->ops(i).load(states + layout_->offset(i), in, scratch);
    layout_->ops(i).merge(State(group, i), states + layout_->offset(i), memory);
  }
  layout_->Destroy(states);
  SPELK_RETURN_IF_ERROR(in.status());
  return Account(memory);
}

absl::Status GroupTable::AddRecord(std::string_view record) {
  const size_t before = groups_.size();
  absl::Status status = LoadRecord(record);
  if (!absl::IsResourceExhausted(status) || groups_.empty()) return status;
  // A record whose group was found is merged already when only the accounting failed; the group
  // then goes to disk with it. Otherwise the record is loaded into the emptied table.
  const bool merged = groups_.size() > before || Find(ByteReader(record).Text()) != nullptr;
  SPELK_RETURN_IF_ERROR(Spill());
  return merged ? absl::OkStatus() : LoadRecord(record);
}

absl::Status GroupTable::MergeEntry(const Entry& from) {
  absl::StatusOr<uint32_t> group = Group(from.key);
  if (absl::IsResourceExhausted(group.status()) && !groups_.empty()) {
    SPELK_RETURN_IF_ERROR(Spill());
    group = Group(from.key);
  }
  SPELK_RETURN_IF_ERROR(group.status());
  plan::AggregateMemory memory;
  for (size_t i = 0; i < layout_->size(); ++i) {
    layout_->ops(i).merge(State(*group, i), from.states + layout_->offset(i), memory);
  }
  const absl::Status status = Account(memory);
  return absl::IsResourceExhausted(status) ? Spill() : status;
}

absl::Status GroupTable::MergeStates(std::string_view key, char* states) {
  SPELK_RETURN_IF_ERROR(MergeEntry({HashOf(key), key, states}));
  return groups_.size() % kMergedBetweenReliefs == 0 ? SpillUnderPressure() : absl::OkStatus();
}

absl::Status GroupTable::Merge(GroupTable other) {
  for (Partitions& partitions : other.partitions_) partitions_.push_back(std::move(partitions));
  other.partitions_.clear();
  size_t merged = 0;
  for (const Entry& entry : other.groups_) {
    SPELK_RETURN_IF_ERROR(MergeEntry(entry));
    if (++merged % kMergedBetweenReliefs == 0) SPELK_RETURN_IF_ERROR(SpillUnderPressure());
  }
  return absl::OkStatus();
}

absl::Status GroupTable::ForEachInMemory(const Take& take) {
  for (const Entry& entry : groups_) SPELK_RETURN_IF_ERROR(take(entry.key, entry.states));
  return absl::OkStatus();
}

absl::Status GroupTable::ForEachPartition(const Take& take) {
  for (size_t p = 0; p < kPartitions; ++p) {
    GroupTable table(*layout_, *run_, what_, level_ + 1);
    size_t loaded = 0;
    for (Partitions& partitions : partitions_) {
      SpillFile::Reader reader(*partitions[p]);
      std::string_view record;
      for (;;) {
        SPELK_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
        if (!more) break;
        SPELK_RETURN_IF_ERROR(table.AddRecord(record));
        if (++loaded % kMergedBetweenReliefs == 0)
          SPELK_RETURN_IF_ERROR(table.SpillUnderPressure());
      }
      if (!keep_) partitions[p].reset();
    }
    SPELK_RETURN_IF_ERROR(run_->cancel->status());
    SPELK_RETURN_IF_ERROR(table.ForEach(take));
  }
  if (!keep_) partitions_.clear();
  return absl::OkStatus();
}

absl::Status GroupTable::ForEach(const Take& take) {
  if (partitions_.empty()) return ForEachInMemory(take);
  SPELK_RETURN_IF_ERROR(Spill());
  return ForEachPartition(take);
}

absl::Status GroupTable::Save(ByteWriter& out) {
  std::vector<std::string> records;
  SPELK_RETURN_IF_ERROR(ForEach([&](std::string_view key, char* states) {
    std::string record;
    SaveEntry({0, key, states}, record);
    records.push_back(std::move(record));
    return absl::OkStatus();
  }));
  out.Varint(records.size());
  for (const std::string& record : records) out.Text(record);
  return absl::OkStatus();
}

absl::Status GroupTable::Load(ByteReader& in) {
  const size_t count = in.Count();
  for (size_t i = 0; i < count && !in.failed(); ++i) SPELK_RETURN_IF_ERROR(AddRecord(in.Text()));
  return in.status();
}

}  // namespace spelk::exec
