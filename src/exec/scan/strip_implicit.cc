// Taking back what events were given only for commands to read (hidden::kImplicit).
#include <utility>

#include "exec/column_setter.h"
#include "exec/core.h"
#include "exec/scan/implicit_fields.h"
#include "plan/entry.h"

namespace spelk::exec {
namespace {

struct StripImplicitState {
  std::vector<ColumnSetter> setters;
};

class StripImplicit final : public Streaming<StripImplicitState> {
 public:
  explicit StripImplicit(const plan::StripImplicitNode& node) : fields_(node.fields) {}

  absl::StatusOr<StripImplicitState> NewState() const override {
    StripImplicitState state;
    for (const Field field : fields_) state.setters.emplace_back(field);
    return state;
  }

  absl::Status Process(Batch batch, StripImplicitState& state, Output& out) const override {
    const Column* found = batch.Find(hidden::kImplicit);
    if (found == nullptr || found->is_null_constant()) return out.Push(std::move(batch));
    const Column implicit = *found;
    for (ColumnSetter& setter : state.setters) {
      const Column* now = batch.Find(setter.field());
      if (now == nullptr || now->is_null_constant()) continue;
      SPELK_ASSIGN_OR_RETURN(const Column kept, Keep(batch, *now, implicit, setter.field().name()));
      setter.Set(kept, &batch);
    }
    return out.Push(std::move(batch));
  }

 private:
  static absl::StatusOr<Column> Keep(const Batch& batch, const Column& now, const Column& implicit,
                                     std::string_view name) {
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("reading events"));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      values[row] = StripImplicitValue(implicit.At(row), name, now.At(row));
    }
    return Column::Values({values, batch.physical_rows()});
  }

  const std::vector<Field> fields_;
};

}  // namespace

OperatorPtr BuildStripImplicit(const plan::Node& node, const RunContext&) {
  return std::make_unique<StripImplicit>(plan::As<plan::StripImplicitNode>(node));
}

}  // namespace spelk::exec
