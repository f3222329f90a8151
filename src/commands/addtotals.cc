// addtotals: sums of rows and of columns.
#include "commands/addtotals.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "exec/batch_builder.h"
#include "exec/column_setter.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

// ---------------------------------------------------------------- running

// Which columns of a batch are summed.
std::vector<size_t> Summed(const Schema& schema, const std::vector<Field>& names) {
  std::vector<size_t> columns;
  for (size_t c = 0; c < schema.size(); ++c) {
    if (schema[c].hidden() || schema[c].internal()) continue;
    const bool named = std::any_of(names.begin(), names.end(), [&](Field name) {
      return plan::PatternTakes(name.name(), schema[c]);
    });
    if (named) columns.push_back(c);
  }
  return columns;
}

absl::Status AddRowTotals(const std::vector<Field>& names, exec::ColumnSetter& setter,
                          Batch* batch) {
  auto* totals = batch->arena().AllocateArray<Value>(batch->physical_rows());
  SPELK_RETURN_IF_ERROR(batch->arena().status("addtotals"));
  const std::vector<size_t> columns = Summed(*batch->schema(), names);
  for (size_t r = 0; r < batch->size(); ++r) {
    ExactSum sum;
    for (const size_t c : columns) (void)sum.AddNumber(batch->At(c, r));
    totals[batch->physical(r)] = NumberValue(sum.Result());
  }
  setter.Set(Column::Values({totals, batch->physical_rows()}), batch);
  return absl::OkStatus();
}

class RowTotals final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit RowTotals(const TotalsNode& node) : names_(node.names), total_(node.row_total) {}
  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(total_);
  }
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(AddRowTotals(names_, setter, &batch));
    return out.Push(std::move(batch));
  }

 private:
  const std::vector<Field> names_;
  const Field total_;
};

struct FieldTotal {
  Field field;
  ExactSum sum;
};

struct TotalsState {
  exec::ColumnSetter setter;
  std::vector<FieldTotal> totals;  // Of fields that have a number, in order of appearance.
  absl::flat_hash_map<Field, size_t> index;
  Reservation reservation;
  bool any_row = false;
};

// Passes the rows on, with their own totals if asked for, and a row with the sums of the columns
// after them.
class ColumnTotals final : public exec::Sequential<TotalsState> {
 public:
  ColumnTotals(const TotalsNode& node, const exec::RunContext& run)
      : names_(node.names),
        total_(node.row_total),
        label_field_(node.label_field),
        label_(node.label),
        run_(run) {}

  absl::StatusOr<TotalsState> NewState() const override {
    return TotalsState{exec::ColumnSetter(total_), {}, {}, Reservation(run_.budget), false};
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, TotalsState& state,
                                       exec::Output& out) const override {
    if (total_) SPELK_RETURN_IF_ERROR(AddRowTotals(names_, state.setter, &batch));
    std::vector<Field> names = names_;
    if (total_) names.push_back(total_);
    for (const size_t c : Summed(*batch.schema(), names)) {
      SPELK_RETURN_IF_ERROR(AddColumn(batch, c, state));
    }
    state.any_row = true;
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

  absl::Status Finish(TotalsState& state, exec::Output& out) const override {
    if (!state.any_row) return absl::OkStatus();
    std::vector<Field> fields;
    std::vector<Value> row;
    for (const FieldTotal& total : state.totals) {
      if (total.field == label_field_) continue;
      fields.push_back(total.field);
      row.push_back(NumberValue(total.sum.Result()));
    }
    if (label_field_) {
      fields.push_back(label_field_);
      row.push_back(Value::Text(label_));
    }
    exec::BatchBuilder builder(std::make_shared<Schema>(std::move(fields)), "addtotals", run_);
    SPELK_RETURN_IF_ERROR(builder.Add(row));
    SPELK_ASSIGN_OR_RETURN(Batch batch, builder.Take());
    return out.Push(std::move(batch));
  }

 private:
  absl::Status AddColumn(const Batch& batch, size_t column, TotalsState& state) const {
    const Field field = (*batch.schema())[column];
    ExactSum sum;
    bool any = false;
    for (size_t r = 0; r < batch.size(); ++r) any |= sum.AddNumber(batch.At(column, r));
    if (!any) return absl::OkStatus();
    const auto [known, added] = state.index.emplace(field, state.totals.size());
    if (added) {
      constexpr size_t kTotalEntry = 1024;  // An exact sum, and its places in the two lists.
      if (!state.reservation.Grow(kTotalEntry))
        return run_.budget->Exhausted("addtotals", kTotalEntry);
      state.totals.push_back({field, {}});
    }
    state.totals[known->second].sum.Merge(sum);
    return absl::OkStatus();
  }

  const std::vector<Field> names_;
  const Field total_;
  const Field label_field_;
  const std::string label_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

// The field that an option names.
absl::StatusOr<Field> FieldOption(const ast::CommandCall& call, std::string_view name,
                                  plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.Text(call, name));
  if (!text.empty()) return binder.Intern(text);
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr) return Field();
  return binder.Error(ErrorCode::kBadOptionValue, option->value->span, "a field name is empty");
}

absl::Status Refuse(const ast::CommandCall& call, std::string_view option, std::string_view without,
                    plan::Binder& binder) {
  const ast::ArgumentOption* given = binder.FindOption(call, option);
  if (given == nullptr) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadArgument, given->name.span,
                      fmt::format("{} has no meaning without {}", option, without));
}

absl::StatusOr<plan::NodePtr> BindAddTotals(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(std::unique_ptr<TotalsNode> node, BindTotals(call, binder));
  SPELK_ASSIGN_OR_RETURN(const bool rows, binder.Flag(call, "row"));
  SPELK_ASSIGN_OR_RETURN(node->columns, binder.Flag(call, "col"));
  if (rows) {
    SPELK_ASSIGN_OR_RETURN(node->row_total, FieldOption(call, "fieldname", binder));
  } else {
    SPELK_RETURN_IF_ERROR(Refuse(call, "fieldname", "row=t", binder));
  }
  if (!node->columns) {
    SPELK_RETURN_IF_ERROR(Refuse(call, "labelfield", "col=t", binder));
    SPELK_RETURN_IF_ERROR(Refuse(call, "label", "col=t", binder));
  }
  if (!rows && !node->columns) return plan::NodePtr();  // Adds nothing.
  return node;
}

constexpr Argument kAddTotalsArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "What is summed; * is any run of characters."},
    {.name = "row",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether each row gets the sum of its fields.",
     .is_option = true},
    {.name = "col",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether a last row gets the sum of each field over all rows.",
     .is_option = true},
    {.name = "fieldname",
     .type = "field",
     .fallback = "Total",
     .summary = "The name of the sum of a row.",
     .is_option = true},
    {.name = "labelfield",
     .type = "field",
     .fallback = "",
     .summary = "With col=t: where the last row has its label; made if no row has it.",
     .is_option = true},
    {.name = "label",
     .type = "text",
     .fallback = "Total",
     .summary = "The label; without labelfield there is none.",
     .is_option = true}};
constexpr std::string_view kAddTotalsNotes[] = {
    "absent values, multivalues and texts that are no numbers count as nothing; a row without any "
    "number has the sum 0",
    "fields whose names begin with _ are never summed",
    "the last row sums the sums of the rows too, and has no value where no row has a number; "
    "without rows there is none"};
constexpr Example kAddTotalsExamples[] = {
    {.title = "The sum of each row",
     .input = R"({"h":"x","a":1,"b":2} {"h":"y","a":3})",
     .query = "table h a b | addtotals",
     .output = R"({"h":"x","a":1,"b":2,"Total":3} {"h":"y","a":3,"Total":3})"},
    {.title = "Sums of rows and columns, with a label",
     .input = R"({"h":"x","a":1,"b":2} {"h":"y","a":3})",
     .query = "table h a b | addtotals col=t labelfield=h label=ALL fieldname=sum",
     .output = R"({"h":"x","a":1,"b":2,"sum":3} {"h":"y","a":3,"sum":3}
                  {"h":"ALL","a":4,"b":2,"sum":6})"},
};

constexpr plan::NodeEntry kAddTotalsNodes[] = {{&plan::TypeOf<TotalsNode>, &BuildTotals}};

}  // namespace

plan::Dataflow TotalsNode::GetDataflow() const {
  plan::Dataflow flow;
  flow.reads = plan::FieldSet();
  flow.writes = plan::FieldSet();
  for (const Field name : names) {
    if (plan::IsPattern(name.name())) {
      flow.reads.AddPattern(std::string(name.name()));
    } else {
      flow.reads.Add(name);
    }
  }
  if (row_total) {
    flow.writes.Add(row_total);
    flow.makes = {row_total};
  }
  if (columns) flow.writes.AddAll();
  // The row of sums has no place in the order of time: the rows before it are put in theirs.
  flow.order = columns ? Order::kNeeds : Order::kKeeps;
  flow.runs = columns ? Runs::kSequential : Runs::kStreaming;
  flow.results = columns;
  return flow;
}

std::optional<std::vector<Field>> TotalsNode::OutputColumns(
    const std::optional<std::vector<Field>>& before) const {
  std::optional<std::vector<Field>> after = before;
  for (const Field made : {row_total, label_field}) {
    if (!after || !made || std::find(after->begin(), after->end(), made) != after->end()) continue;
    after->push_back(made);
  }
  return after;
}

absl::StatusOr<std::unique_ptr<TotalsNode>> BindTotals(const ast::CommandCall& call,
                                                       plan::Binder& binder) {
  auto node = plan::Make<TotalsNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(arguments, true));
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!node->names[i].internal()) continue;
    return binder.Error(ErrorCode::kBadArgument, arguments[i]->span,
                        "it does not sum internal fields, whose names begin with _",
                        {"copy the field first: eval time=_time"});
  }
  if (node->names.empty()) node->names.push_back(binder.Intern("*"));
  SPELK_ASSIGN_OR_RETURN(node->label_field, FieldOption(call, "labelfield", binder));
  SPELK_ASSIGN_OR_RETURN(node->label, binder.Text(call, "label"));
  return node;
}

exec::OperatorPtr BuildTotals(const plan::Node& node, const exec::RunContext& run) {
  const auto& totals = plan::As<TotalsNode>(node);
  if (totals.columns) return std::make_unique<ColumnTotals>(totals, run);
  return std::make_unique<RowTotals>(totals);
}

extern constexpr CommandEntry kAddTotals = {
    .name = "addtotals",
    .signature =
        "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<text>] "
        "[fieldname=<field>] [<field>…]",
    .summary = "Adds sums of rows, and of columns.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAddTotalsArguments,
    .notes = kAddTotalsNotes,
    .examples = kAddTotalsExamples,
    .nodes = kAddTotalsNodes,
    .bind = &BindAddTotals,
};

}  // namespace spelk::commands
