// Where the rows of plans go that others wait for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "engine/subsearch.h"
#include "exec/operator.h"
#include "exec/spool.h"
#include "plan/services.h"

namespace spelk::engine {

class SubsearchOutput final : public exec::Output {
 public:
  SubsearchOutput(uint64_t most, MemoryBudget* budget) : rows_(most, budget) {}
  absl::Status Push(Batch batch) override { return rows_.Take(batch); }
  bool enough() const override { return rows_.truncated(); }
  SubsearchRows& rows() { return rows_; }

 private:
  SubsearchRows rows_;
};

// Keeps rows for the operator that is handed them.
class SpoolOutput final : public exec::Output {
 public:
  SpoolOutput(const exec::RunContext& run, uint64_t most)
      : rows_(std::make_unique<exec::Spool>("the rows of a subsearch", run)), left_(most) {}
  // They come in their order; without their time, their place alone is their rank.
  absl::Status Push(Batch batch) override {
    if (batch.empty()) return absl::OkStatus();
    if (batch.size() > left_) {
      truncated_ = true;
      batch.Slice(0, left_);
    }
    left_ -= batch.size();
    batch.DropHidden();
    return rows_->Add(std::move(batch), exec::Position{batches_++, 0});
  }
  bool enough() const override { return truncated_; }
  bool truncated() const { return truncated_; }
  std::unique_ptr<exec::Spool> TakeRows() { return std::move(rows_); }

 private:
  std::unique_ptr<exec::Spool> rows_;
  uint64_t left_;
  bool truncated_ = false;
  uint64_t batches_ = 0;
};

// The newest time of the events that a scan gives.
class NewestOutput final : public exec::Output {
 public:
  absl::Status Push(Batch batch) override {
    const Column* times = batch.Find(hidden::kTime);
    for (size_t r = 0; times != nullptr && r < batch.size(); ++r) {
      const Value time = times->At(batch.physical(r));
      if (time.is_integer()) newest_ = std::max(newest_, time.integer());
    }
    return absl::OkStatus();
  }
  int64_t newest() const { return newest_; }

 private:
  int64_t newest_ = 0;
};

class FunctionOutput final : public exec::Output {
 public:
  explicit FunctionOutput(const plan::TakeBatch& take) : take_(take) {}
  absl::Status Push(Batch batch) override { return take_(std::move(batch)); }

 private:
  const plan::TakeBatch& take_;
};

}  // namespace spelk::engine
