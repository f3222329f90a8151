// Taking back what events were given only for commands to read (hidden::kLent).
#include <utility>

#include "exec/column_setter.h"
#include "exec/core.h"
#include "exec/lent_fields.h"
#include "plan/entry.h"

namespace spelk::exec {
namespace {

struct TakeBackState {
  std::vector<ColumnSetter> setters;
};

class TakeBack final : public Streaming<TakeBackState> {
 public:
  explicit TakeBack(const plan::TakeBackNode& node) : fields_(node.fields) {}

  absl::StatusOr<TakeBackState> NewState() const override {
    TakeBackState state;
    for (const Field field : fields_) state.setters.emplace_back(field);
    return state;
  }

  absl::Status Process(Batch batch, TakeBackState& state, Output& out) const override {
    const Column* found = batch.Find(hidden::kLent);
    if (found == nullptr || found->is_null_constant()) return out.Push(std::move(batch));
    const Column lent = *found;
    for (ColumnSetter& setter : state.setters) {
      const Column* now = batch.Find(setter.field());
      if (now == nullptr || now->is_null_constant()) continue;
      SPELK_ASSIGN_OR_RETURN(const Column kept, Keep(batch, *now, lent, setter.field().name()));
      setter.Set(kept, &batch);
    }
    return out.Push(std::move(batch));
  }

 private:
  static absl::StatusOr<Column> Keep(const Batch& batch, const Column& now, const Column& lent,
                                     std::string_view name) {
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("reading events"));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      values[row] = TakenBack(lent.At(row), name, now.At(row));
    }
    return Column::Values({values, batch.physical_rows()});
  }

  const std::vector<Field> fields_;
};

}  // namespace

const plan::CommandEntry& TakeBackEntry() {
  static constexpr plan::CommandEntry kEntry = {
      .name = plan::kTakeBackEntry,
      .signature = "",
      .summary = "Hides fields that events lack and that commands only read.",
      .kind = plan::CommandKind::kDistributableStreaming,
      .runs = plan::Runs::kStreaming,
      .node = &plan::TypeOf<plan::TakeBackNode>,
      .build = +[](const plan::Node& node, const RunContext&) -> OperatorPtr {
        return std::make_unique<TakeBack>(plan::As<plan::TakeBackNode>(node));
      },
      .internal = true,
  };
  return kEntry;
}

}  // namespace spelk::exec
