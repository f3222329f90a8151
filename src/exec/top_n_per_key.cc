// Keeping the first rows of each key within the budget.
#include "exec/top_n_per_key.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"

namespace spelk::exec {
namespace {

const GroupLayout& Layout() {
  static const GroupLayout kLayout({&plan::OpsOf<TopNPerKeyOfKey>()});
  return kLayout;
}

}  // namespace

// ---------------------------------------------------------------- one key

void TopNPerKeyOfKey::Keep(Row row, uint64_t limit, plan::AggregateMemory& memory) {
  limit_ = limit;
  if (!Wants(row.rank, limit)) return;
  const auto before = [](const Row& a, const Row& b) { return a.rank < b.rank; };
  const auto place = std::upper_bound(rows_.begin(), rows_.end(), row, before);
  memory.grown += static_cast<int64_t>(2 * sizeof(Row) + row.bytes.size());
  rows_.insert(place, std::move(row));
  if (rows_.size() <= limit) return;
  memory.grown -= static_cast<int64_t>(2 * sizeof(Row) + rows_.back().bytes.size());
  rows_.pop_back();
}

void TopNPerKeyOfKey::Merge(const TopNPerKeyOfKey& other, plan::AggregateMemory& memory) {
  for (const Row& row : other.rows_) Keep(row, other.limit_, memory);
}

void TopNPerKeyOfKey::Save(ByteWriter& out) const {
  out.Fixed(limit_);
  out.Varint(rows_.size());
  for (const Row& row : rows_) {
    row.rank.Save(out);
    if (row.batch == nullptr) {
      out.Text(row.bytes);
      continue;
    }
    std::string bytes;
    ByteWriter writer(bytes);
    SaveRows(*row.batch, {&row.row, 1}, {&row.rank, 1}, writer);
    out.Text(bytes);
  }
}

void TopNPerKeyOfKey::Load(ByteReader& in, plan::AggregateMemory& memory) {
  const auto limit = in.Fixed<uint64_t>();
  const size_t count = in.Count();
  for (size_t i = 0; i < count && !in.failed(); ++i) {
    Row row;
    row.rank = RowRank::Load(in);
    row.bytes = std::string(in.Text());
    Keep(std::move(row), std::max<uint64_t>(limit, 1), memory);
  }
}

// ---------------------------------------------------------------- all keys

TopNPerKey::TopNPerKey(uint64_t limit, std::string_view what, const RunContext& run)
    : limit_(limit),
      what_(what),
      run_(&run),
      groups_(Layout(), run, what),
      rows_({.what = what}, run) {}

absl::Status TopNPerKey::MakeRoom() {
  SPELK_RETURN_IF_ERROR(groups_.Spill());
  return rows_.Spill();
}

absl::Status TopNPerKey::AddKeyless(const Batch& batch, const KeyOf& key_of,
                                    const std::vector<RowRank>& ranks) {
  std::vector<uint32_t> rows;
  std::vector<RowRank> kept;
  std::string key;
  for (size_t r = 0; r < ranks.size(); ++r) {
    key.clear();
    if (key_of(r, key)) continue;
    rows.push_back(static_cast<uint32_t>(batch.physical(r)));
    kept.push_back(ranks[r]);
  }
  if (rows.empty()) return absl::OkStatus();
  Batch keyless = batch;
  keyless.Select(std::move(rows));
  absl::Status status = rows_.Add(keyless, kept);
  if (!absl::IsResourceExhausted(status)) return status;
  SPELK_RETURN_IF_ERROR(MakeRoom());
  return rows_.Add(keyless, std::move(kept));
}

// Which rows may be kept. Of one key only the best of the batch is, if one row is wanted.
absl::StatusOr<std::vector<TopNPerKey::Candidate>> TopNPerKey::Candidates(
    const KeyOf& key_of, const std::vector<RowRank>& ranks) {
  std::vector<Candidate> candidates;
  absl::flat_hash_map<uint32_t, size_t> best;
  std::string key;
  for (uint32_t r = 0; r < ranks.size(); ++r) {
    key.clear();
    if (!key_of(r, key)) continue;
    SPELK_ASSIGN_OR_RETURN(const uint32_t group, groups_.Group(key));
    if (!StateOf(group).Wants(ranks[r], limit_)) continue;
    if (limit_ == 1) {
      const auto [known, added] = best.emplace(group, candidates.size());
      if (!added) {
        Candidate& other = candidates[known->second];
        if (ranks[r] < ranks[other.row]) other.row = r;
        continue;
      }
    }
    candidates.push_back({group, r});
  }
  return candidates;
}

absl::Status TopNPerKey::AddOnce(const Batch& batch, const KeyOf& key_of,
                                 const std::vector<RowRank>& ranks) {
  SPELK_ASSIGN_OR_RETURN(const std::vector<Candidate> candidates, Candidates(key_of, ranks));
  if (candidates.empty()) return absl::OkStatus();
  std::vector<uint32_t> rows;
  for (const Candidate& candidate : candidates) {
    rows.push_back(static_cast<uint32_t>(batch.physical(candidate.row)));
  }
  Batch kept = batch;
  kept.Select(std::move(rows));
  SPELK_ASSIGN_OR_RETURN(Batch owned, kept.Own(run_->budget, what_));
  const auto shared = std::make_shared<const Batch>(std::move(owned));
  plan::AggregateMemory memory;
  for (uint32_t i = 0; i < candidates.size(); ++i) {
    StateOf(candidates[i].group).Keep({ranks[candidates[i].row], shared, i, ""}, limit_, memory);
  }
  absl::Status status = groups_.Account(memory);
  // The rows are in already: all that is missing is the room.
  return absl::IsResourceExhausted(status) ? MakeRoom() : status;
}

absl::Status TopNPerKey::Add(const Batch& batch, Position at, const KeyOf& key_of,
                             bool keep_without_key) {
  const BatchRanks batch_ranks(batch, at);
  std::vector<RowRank> ranks(batch.size());
  for (size_t r = 0; r < ranks.size(); ++r) ranks[r] = batch_ranks.rank(r);
  if (keep_without_key) SPELK_RETURN_IF_ERROR(AddKeyless(batch, key_of, ranks));
  absl::Status status = AddOnce(batch, key_of, ranks);
  if (absl::IsResourceExhausted(status)) {
    SPELK_RETURN_IF_ERROR(MakeRoom());
    status = AddOnce(batch, key_of, ranks);
  }
  SPELK_RETURN_IF_ERROR(status);
  return groups_.SpillUnderPressure();
}

absl::Status TopNPerKey::Merge(TopNPerKey other) {
  SPELK_RETURN_IF_ERROR(rows_.Merge(std::move(other.rows_)));
  return groups_.Merge(std::move(other.groups_));
}

// ---------------------------------------------------------------- the result

absl::Status TopNPerKey::MoveGroupsToRows() {
  BatchAssembler assembler(run_->budget, Field());
  std::vector<RowRank> ranks;
  std::vector<std::shared_ptr<const Batch>> alive;  // Sources of rows not taken yet.
  const auto flush = [&]() -> absl::Status {
    SPELK_ASSIGN_OR_RETURN(const Batch batch, assembler.Take(what_));
    SPELK_RETURN_IF_ERROR(rows_.Add(batch, std::exchange(ranks, {})));
    alive.clear();
    return run_->cancel->status();
  };
  const auto take = [&](std::string_view, char* states) -> absl::Status {
    for (const TopNPerKeyOfKey::Row& row : reinterpret_cast<TopNPerKeyOfKey*>(states)->rows()) {
      std::shared_ptr<const Batch> batch = row.batch;
      if (batch == nullptr) {
        ByteReader in(row.bytes);
        SPELK_ASSIGN_OR_RETURN(RankedRows loaded, LoadRows(in, *run_->fields, run_->budget, what_));
        if (loaded.batch.size() != 1) return absl::DataLossError("damaged rows");
        batch = std::make_shared<const Batch>(std::move(loaded.batch));
      }
      if (!assembler.Fits(*batch)) SPELK_RETURN_IF_ERROR(flush());
      assembler.Add(*batch, row.batch == nullptr ? 0 : row.row);
      ranks.push_back(row.rank);
      alive.push_back(std::move(batch));
      const bool tight = ranks.size() >= kRowsUnderPressure && run_->budget->under_pressure();
      const bool enough = ranks.size() >= run_->batch_rows || assembler.full() || tight;
      if (enough) SPELK_RETURN_IF_ERROR(flush());
    }
    return absl::OkStatus();
  };
  SPELK_RETURN_IF_ERROR(groups_.ForEach(take));
  return ranks.empty() ? absl::OkStatus() : flush();
}

absl::Status TopNPerKey::Emit(Output& out) {
  SPELK_RETURN_IF_ERROR(MoveGroupsToRows());
  return rows_.Emit(out);
}

absl::Status TopNPerKey::Save(ByteWriter& out) {
  SPELK_RETURN_IF_ERROR(groups_.Save(out));
  return rows_.Save(out);
}

absl::Status TopNPerKey::Load(ByteReader& in) {
  SPELK_RETURN_IF_ERROR(groups_.Load(in));
  return rows_.Load(in);
}

}  // namespace spelk::exec
