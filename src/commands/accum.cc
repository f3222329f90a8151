// accum: the running sum of a field.
#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct AccumNode final : plan::Node {
  static constexpr std::string_view kName = "accum";
  Field field;
  Field target;  // The field itself without AS.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("as", target);
  }
};

struct AccumState {
  exec::ColumnSetter setter;
  ExactSum sum;
};

class Accum final : public exec::Sequential<AccumState> {
 public:
  explicit Accum(const AccumNode& node) : field_(node.field), target_(node.target) {}

  absl::StatusOr<AccumState> NewState() const override {
    return AccumState{exec::ColumnSetter(target_), {}};
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, AccumState& state,
                                       exec::Output& out) const override {
    const auto add = [&](const Value& value) { return Add(value, state.sum); };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, state.setter, "accum", add, &batch));
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  // A row without a number has no sum, and keeps what it has in the field itself.
  Value Add(const Value& value, ExactSum& sum) const {
    if (sum.AddNumber(value)) return NumberValue(sum.Result());
    return target_ == field_ ? value : Value::Null();
  }

  const Field field_;
  const Field target_;
};

absl::StatusOr<plan::NodePtr> BindAccum(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<AccumNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Named named, binder.OneNamedField(call));
  node->field = named.field;
  node->target = named.alias ? named.alias : named.field;
  return node;
}

exec::OperatorPtr BuildAccum(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<Accum>(plan::As<AccumNode>(node));
}

constexpr Argument kAccumArguments[] = {
    {.name = "field AS name",
     .type = "field",
     .fallback = "",
     .summary = "What is summed up; AS keeps it and gives the sum a name of its own."}};
constexpr std::string_view kAccumNotes[] = {
    "events come newest first unless they are sorted before",
    "a row whose value is no number is left as it is and adds nothing; AS gives it no sum"};
constexpr Example kAccumExamples[] = {
    {.title = "A running sum with a name of its own",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "accum n AS total | table n total",
     .output = R"({"n":1,"total":1} {"n":5,"total":6} {"n":3,"total":9})"},
    {.title = "In the place of the field",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "accum n | table n",
     .output = R"({"n":1} {"n":6} {"n":9})"},
};

constexpr plan::NodeEntry kAccumNodes[] = {{&plan::TypeOf<AccumNode>, &BuildAccum}};

}  // namespace

extern constexpr CommandEntry kAccum = {
    .name = "accum",
    .signature = "accum <field> [AS <field>]",
    .summary = "Computes the running sum of a field.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .alias_behind_options = true,
    .arguments = kAccumArguments,
    .notes = kAccumNotes,
    .examples = kAccumExamples,
    .nodes = kAccumNodes,
    .bind = &BindAccum,
};

}  // namespace spelk::commands
