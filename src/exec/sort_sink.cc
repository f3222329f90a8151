// Sort, newest-first and limit.
#include <fmt/format.h>

#include "exec/core.h"
#include "exec/row_sink.h"
#include "plan/limits.h"

namespace spelk::exec {
namespace {

// All that put rows in order and cut are a Sorter with other options.
class SortSink final : public SorterSink {
 public:
  using SorterSink::SorterSink;
  absl::Status Finish(Sorter sorter, Output& out) const override {
    if (options().warn_when_cut && sorter.seen() > options().limit) {
      run().warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("{0}: kept the first {1} of {2} rows; {0} 0 keeps all{3}", options().what,
                      *options().limit, sorter.seen(), plan::CutBy(plan::kSortCount)));
    }
    return sorter.Emit(out);
  }
};

struct LimitState {
  uint64_t left = 0;
};

// The first rows of a stream that is in order already.
class Limit final : public Sequential<LimitState> {
 public:
  explicit Limit(uint64_t count) : count_(count) {}
  absl::StatusOr<LimitState> NewState() const override { return LimitState{count_}; }
  absl::StatusOr<Demand> Process(Batch batch, LimitState& state, Output& out) const override {
    if (batch.size() > state.left) batch.Slice(0, state.left);
    state.left -= batch.size();
    if (!batch.empty()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return state.left == 0 ? Demand::kEnough : Demand::kMore;
  }

 private:
  const uint64_t count_;
};

}  // namespace

OperatorPtr BuildSorter(SorterOptions options, const RunContext& run) {
  return std::make_unique<SortSink>(std::move(options), run);
}

OperatorPtr BuildSort(const plan::Node& node, const RunContext& run) {
  const auto& sort = plan::As<plan::SortNode>(node);
  return BuildSorter(
      {.keys = sort.keys, .limit = sort.limit, .warn_when_cut = sort.default_limit, .what = "sort"},
      run);
}

OperatorPtr BuildLimit(const plan::Node& node, const RunContext& run) {
  const auto& limit = plan::As<plan::LimitNode>(node);
  if (limit.in_order) return std::make_unique<Limit>(limit.count);
  return BuildSorter({.limit = limit.count, .what = "head"}, run);
}

OperatorPtr BuildTimeSort(const plan::Node&, const RunContext& run) {
  return BuildSorter({.what = "newest-first order"}, run);
}

}  // namespace spelk::exec
