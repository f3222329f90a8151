// Annotating rows when the results of all groups do not fit into memory.
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "base/hash.h"
#include "base/status.h"
#include "exec/aggregate/join_back.h"
#include "exec/row_codec.h"
#include "exec/spill_file.h"
#include "value/codec.h"

namespace spelk::exec {
namespace {

constexpr size_t kPartitions = 32;
constexpr size_t kJoinRecordRows = 256;

using Files = std::array<std::unique_ptr<SpillFile>, kPartitions>;

size_t PartitionOf(std::string_view key) { return HashBytes(key) % kPartitions; }

absl::Status CreateAll(const RunContext& run, Files* files) {
  for (std::unique_ptr<SpillFile>& file : *files) {
    SPELK_ASSIGN_OR_RETURN(file, SpillFile::Create(run.spill_directory, run.budget));
  }
  return absl::OkStatus();
}

// Rows are numbered in their order. They go to one file, their keys with their numbers to the
// partitions, and what a partition finds for them is sorted by number again.
class DiskJoin {
 public:
  explicit DiskJoin(const AggregationPlan& plan) : plan_(plan), run_(plan.run()) {}

  absl::Status Run(JoinBackState state, Output& out) {
    SPELK_ASSIGN_OR_RETURN(rows_, SpillFile::Create(run_.spill_directory, run_.budget));
    SPELK_RETURN_IF_ERROR(CreateAll(run_, &keys_));
    SPELK_RETURN_IF_ERROR(CreateAll(run_, &results_));
    SPELK_RETURN_IF_ERROR(WriteResults(std::move(state.groups)));
    SPELK_RETURN_IF_ERROR(WriteRows(std::move(state.rows)));
    Sorter found({.what = plan_.what()}, run_);
    for (size_t p = 0; p < kPartitions; ++p) {
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      SPELK_RETURN_IF_ERROR(JoinPartition(p, found));
    }
    return Emit(found, out);
  }

 private:
  class RowWriter;

  absl::Status WriteResults(Aggregation groups) {
    Arena arena(run_.budget);
    std::string record;
    return groups.ForEachGroup(
        arena, [&](std::string_view key, uint64_t, const std::vector<AggregateColumn>& results) {
          if (fields_.empty()) {
            for (const AggregateColumn& result : results) fields_.push_back(result.field);
          }
          record.clear();
          ByteWriter writer(record);
          writer.Text(key);
          for (const AggregateColumn& result : results) SaveValue(result.value, writer);
          arena.Reset();
          return results_[PartitionOf(key)]->Append(record);
        });
  }

  absl::Status WriteRows(Sorter rows);
  absl::Status LoadResults(size_t partition, GroupResults& results);
  absl::Status JoinPartition(size_t partition, Sorter& found);
  absl::StatusOr<bool> NextBatch(SpillFile::Reader& reader, RowJoiner& annotator);
  absl::Status Emit(Sorter& found, Output& out);

  const AggregationPlan& plan_;
  const RunContext& run_;
  std::vector<Field> fields_;
  std::unique_ptr<SpillFile> rows_;
  Files keys_;
  Files results_;
};

// Writes rows and keys down.
class DiskJoin::RowWriter final : public Output {
 public:
  explicit RowWriter(DiskJoin& join) : join_(join) {}

  absl::Status Push(Batch batch) override {
    GroupKeys keys(batch, join_.plan_.by(), false);
    for (size_t begin = 0; begin < batch.size(); begin += kJoinRecordRows) {
      std::vector<uint32_t> rows(std::min(kJoinRecordRows, batch.size() - begin));
      std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(begin));
      const std::vector<RowRank> ranks(rows.size());
      record_.clear();
      ByteWriter writer(record_);
      SaveRows(batch, rows, ranks, writer);
      SPELK_RETURN_IF_ERROR(join_.rows_->Append(record_));
    }
    for (size_t r = 0; r < batch.size(); ++r, ++number_) {
      uint64_t part = 0;
      SPELK_RETURN_IF_ERROR(keys.ForRow(r, [&](std::string_view key, uint64_t) {
        record_.clear();
        ByteWriter writer(record_);
        writer.Varint(number_);
        writer.Varint(part++);
        writer.Raw(key);
        return join_.keys_[PartitionOf(key)]->Append(record_);
      }));
    }
    return absl::OkStatus();
  }

 private:
  DiskJoin& join_;
  std::string record_;
  uint64_t number_ = 0;
};

absl::Status DiskJoin::WriteRows(Sorter rows) {
  RowWriter writer(*this);
  return rows.Emit(writer);
}

absl::Status DiskJoin::LoadResults(size_t partition, GroupResults& results) {
  SpillFile::Reader reader(*results_[partition]);
  std::string_view record;
  std::vector<Value> values(fields_.size());
  for (;;) {
    SPELK_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) return absl::OkStatus();
    ByteReader in(record);
    const std::string_view key = in.Text();
    for (Value& value : values) {
      Arena scratch;
      value = CopyValue(LoadValue(in, scratch), *results.arena());
    }
    SPELK_RETURN_IF_ERROR(in.status());
    SPELK_RETURN_IF_ERROR(results.Add(key, values));
  }
}

absl::Status DiskJoin::JoinPartition(size_t partition, Sorter& found) {
  GroupResults results(run_, plan_.what());
  SPELK_RETURN_IF_ERROR(LoadResults(partition, results));
  results_[partition].reset();
  const auto schema = std::make_shared<Schema>(fields_);
  std::vector<std::vector<Value>> columns(fields_.size());
  std::vector<RowRank> ranks;
  const auto add = [&]() -> absl::Status {
    if (ranks.empty()) return absl::OkStatus();
    std::vector<Column> views;
    for (const std::vector<Value>& column : columns) views.push_back(Column::Values(column));
    const Batch batch(schema, std::move(views), ranks.size(),
                      std::make_shared<BatchMemory>(run_.budget));
    SPELK_RETURN_IF_ERROR(found.Add(batch, std::exchange(ranks, {})));
    for (std::vector<Value>& column : columns) column.clear();
    return absl::OkStatus();
  };
  SpillFile::Reader reader(*keys_[partition]);
  std::string_view record;
  for (;;) {
    SPELK_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) break;
    ByteReader in(record);
    RowRank rank;
    rank.position.morsel = in.Varint();
    rank.value = static_cast<uint32_t>(in.Varint());
    const Value* values = results.Find(in.Raw(in.remaining()));
    if (values == nullptr) continue;
    for (size_t i = 0; i < columns.size(); ++i) columns[i].push_back(values[i]);
    ranks.push_back(rank);
    if (ranks.size() >= run_.batch_rows) SPELK_RETURN_IF_ERROR(add());
  }
  SPELK_RETURN_IF_ERROR(add());
  keys_[partition].reset();
  return absl::OkStatus();
}

absl::StatusOr<bool> DiskJoin::NextBatch(SpillFile::Reader& reader, RowJoiner& annotator) {
  std::string_view record;
  SPELK_ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
  if (!more) return false;
  ByteReader in(record);
  SPELK_ASSIGN_OR_RETURN(RankedRows rows, LoadRows(in, *run_.fields, run_.budget, plan_.what()));
  SPELK_RETURN_IF_ERROR(annotator.Start(std::move(rows.batch)));
  return true;
}

absl::Status DiskJoin::Emit(Sorter& found, Output& out) {
  SpillFile::Reader reader(*rows_);
  RowJoiner annotator(fields_, plan_.what());
  uint64_t first = 0;  // The number of the batch's first row.
  SPELK_ASSIGN_OR_RETURN(bool more, NextBatch(reader, annotator));
  const auto advance = [&]() -> absl::Status {
    first += annotator.batch().size();
    SPELK_RETURN_IF_ERROR(out.Push(annotator.Finish()));
    SPELK_ASSIGN_OR_RETURN(more, NextBatch(reader, annotator));
    return absl::OkStatus();
  };
  std::vector<Value> values(fields_.size());
  const auto take = [&](const Batch& batch, uint32_t row,
                        const RowRank& rank) -> absl::StatusOr<Demand> {
    if (out.enough()) return Demand::kEnough;
    const uint64_t number = rank.position.morsel;
    while (more && number >= first + annotator.batch().size()) {
      SPELK_RETURN_IF_ERROR(advance());
    }
    for (size_t i = 0; i < fields_.size(); ++i) {
      const Column* column = batch.Find(fields_[i]);
      values[i] = column == nullptr
                      ? Value::Null()
                      : CopyValue(column->At(batch.physical(row)), annotator.batch().arena());
    }
    SPELK_RETURN_IF_ERROR(annotator.Append(number - first, values));
    return Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(found.ForEach(take));
  while (more && !out.enough()) SPELK_RETURN_IF_ERROR(advance());
  return absl::OkStatus();
}

}  // namespace

absl::Status JoinBackOnDisk(JoinBackState state, const AggregationPlan& plan, Output& out) {
  return DiskJoin(plan).Run(std::move(state), out);
}

}  // namespace spelk::exec
