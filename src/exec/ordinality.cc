// Row numbers: which row of the stream each one is.
#include "exec/column_setter.h"
#include "exec/core.h"
#include "plan/entry.h"

namespace spelk::exec {
namespace {

struct OrdinalityState {
  uint64_t next = 0;
  ColumnSetter setter{hidden::kRow};
};

class Ordinality final : public Sequential<OrdinalityState> {
 public:
  absl::StatusOr<OrdinalityState> NewState() const override { return OrdinalityState(); }

  absl::StatusOr<Demand> Process(Batch batch, OrdinalityState& state, Output& out) const override {
    auto* numbers = batch.arena().AllocateArray<int64_t>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("numbering rows"));
    for (size_t row = 0; row < batch.size(); ++row) {
      numbers[batch.physical(row)] = static_cast<int64_t>(state.next++);
    }
    state.setter.Set(Column::Integers({numbers, batch.physical_rows()}), &batch);
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return out.enough() ? Demand::kEnough : Demand::kMore;
  }
};

}  // namespace

OperatorPtr BuildOrdinality(const plan::Node&, const RunContext&) {
  return std::make_unique<Ordinality>();
}

}  // namespace spelk::exec
