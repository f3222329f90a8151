// delta: how much a field differs from what it was some rows before.
#include <fmt/format.h>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "exec/lag.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr int64_t kMostDeltaRows = 10'000;

struct DeltaNode final : plan::Node {
  static constexpr std::string_view kName = "delta";
  Field field;
  Field target;
  uint64_t back = 1;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return back > 0 && back <= kMostDeltaRows; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("as", target);
    visit("p", back);
  }
};

struct DeltaState {
  exec::ColumnSetter setter;
  exec::Lag lag;
};

class Delta final : public exec::Sequential<DeltaState> {
 public:
  Delta(const DeltaNode& node, const exec::RunContext& run)
      : field_(node.field), target_(node.target), back_(node.back), run_(run) {}

  absl::StatusOr<DeltaState> NewState() const override {
    return DeltaState{exec::ColumnSetter(target_), exec::Lag(field_, back_, "delta", run_)};
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, DeltaState& state,
                                       exec::Output& out) const override {
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("delta"));
    const Column* column = batch.Find(field_);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = column == nullptr ? Value::Null() : column->At(row);
      values[row] = Difference(value, state.lag.Before(batch, r, back_));
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("delta"));
    SPELK_RETURN_IF_ERROR(state.lag.Advance(batch));
    state.setter.Set(Column::Values({values, batch.physical_rows()}), &batch);
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  static Value Difference(const Value& value, const Value& before) {
    int64_t whole = 0;
    if (value.is_integer() && before.is_integer() &&
        !__builtin_sub_overflow(value.integer(), before.integer(), &whole)) {
      return Value::Integer(whole);
    }
    const std::optional<Number> a = NumberOf(value);
    const std::optional<Number> b = NumberOf(before);
    return a && b ? NumberValue(a->value - b->value) : Value::Null();
  }

  const Field field_;
  const Field target_;
  const size_t back_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindDelta(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<DeltaNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Named named, binder.OneNamedField(call));
  node->field = named.field;
  node->target =
      named.alias ? named.alias : binder.Intern(fmt::format("delta({})", named.field.name()));
  SPELK_ASSIGN_OR_RETURN(const int64_t back, binder.Integer(call, "p", 1, kMostDeltaRows));
  node->back = static_cast<uint64_t>(back);
  return node;
}

exec::OperatorPtr BuildDelta(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Delta>(plan::As<DeltaNode>(node), run);
}

constexpr Argument kDeltaArguments[] = {
    {.name = "field AS name",
     .type = "field",
     .fallback = "",
     .summary = "What is compared; without AS the difference is called delta(field)."},
    {.name = "p",
     .type = "int, 1 to 10000",
     .fallback = "1",
     .summary = "How many rows before the row to compare with stands.",
     .is_option = true}};
constexpr std::string_view kDeltaNotes[] = {
    "events come newest first unless they are sorted before: what grows with time gives negative "
    "differences",
    "there is no difference in the first rows, nor where one of the two values is no number"};
constexpr Example kDeltaExamples[] = {
    {.title = "The difference from the row before",
     .input = R"({"n":10} {"n":15} {"n":11})",
     .query = "delta n | table n delta(n)",
     .output = R"x({"n":10} {"n":15,"delta(n)":5} {"n":11,"delta(n)":-4})x"},
    {.title = "From two rows before, with a name of its own",
     .input = R"({"n":10} {"n":15} {"n":11})",
     .query = "delta n AS d p=2 | table n d",
     .output = R"({"n":10} {"n":15} {"n":11,"d":1})"},
};

constexpr plan::NodeEntry kDeltaNodes[] = {{&plan::TypeOf<DeltaNode>, &BuildDelta}};

}  // namespace

extern constexpr CommandEntry kDelta = {
    .name = "delta",
    .signature = "delta <field> [AS <field>] [p=<int>]",
    .summary = "Computes the difference from the value some rows before.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .alias_behind_options = true,
    .arguments = kDeltaArguments,
    .notes = kDeltaNotes,
    .examples = kDeltaExamples,
    .nodes = kDeltaNodes,
    .bind = &BindDelta,
};

}  // namespace spelk::commands
