// fieldformat: how values are shown, without changing them.
#include "commands/fieldformat.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "plan/eval/evaluator.h"

namespace spelk::commands {

plan::Dataflow FieldFormatNode::GetDataflow() const {
  plan::Dataflow flow{.reads = plan::FieldSet(),
                      .writes = plan::FieldSet(),
                      .order = Order::kKeeps,
                      .runs = Runs::kStreaming,
                      .results = false};
  for (const plan::NamedExpr& format : formats) {
    flow.reads.Add(format.target);
    plan::CollectFields(*format.value, &flow.reads);
    if (!applies) continue;
    flow.writes.Add(format.target);
    flow.makes.push_back(format.target);
  }
  return flow;
}

namespace {

bool Holds(const std::vector<Field>& fields, Field field) {
  return std::find(fields.begin(), fields.end(), field) != fields.end();
}

// Of several formats of a field the last one counts.
void AddFormat(const plan::NamedExpr& format, std::vector<plan::NamedExpr>* formats) {
  std::erase_if(*formats, [&format](const auto& each) { return each.target == format.target; });
  plan::NamedExpr copy;
  copy.target = format.target;
  copy.value = plan::Copy(*format.value);
  formats->push_back(std::move(copy));
}

}  // namespace

plan::NodePtr FormatsOf(const plan::Node& plan) {
  auto shown = plan::Make<FieldFormatNode>(plan.span);
  shown->applies = true;
  std::optional<std::vector<Field>> columns;  // With those that a format alone has made.
  for (const plan::Node* node : plan::ChainOf(plan)) {
    columns = plan::ColumnsAfter(*node, columns);
    const auto* formatted = plan::TryAs<FieldFormatNode>(node);
    if (formatted == nullptr) continue;
    for (const plan::NamedExpr& format : formatted->formats) {
      AddFormat(format, &shown->formats);
      if (columns && !Holds(*columns, format.target)) columns->push_back(format.target);
    }
  }
  if (columns) {
    std::erase_if(shown->formats,
                  [&columns](const auto& each) { return !Holds(*columns, each.target); });
  }
  if (shown->formats.empty()) return nullptr;
  return shown;
}

namespace {

struct FormatState {
  std::vector<std::unique_ptr<plan::Evaluator>> evaluators;
  std::unique_ptr<exec::ColumnsSetter> setter;
};

class FormatFields final : public exec::Streaming<FormatState> {
 public:
  FormatFields(const FieldFormatNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<FormatState> NewState() const override {
    FormatState state;
    if (!node_.applies) return state;
    std::vector<Field> targets;
    for (const plan::NamedExpr& format : node_.formats) {
      SPELK_ASSIGN_OR_RETURN(std::unique_ptr<plan::Evaluator> evaluator,
                             plan::Evaluator::Make(*format.value, run_.evaluation));
      state.evaluators.push_back(std::move(evaluator));
      targets.push_back(format.target);
    }
    state.setter = std::make_unique<exec::ColumnsSetter>(std::move(targets));
    return state;
  }

  // Formats see the values, not what another format makes of them.
  absl::Status Process(Batch batch, FormatState& state, exec::Output& out) const override {
    if (!node_.applies) return out.Push(std::move(batch));
    std::vector<Column> columns(state.evaluators.size());
    for (size_t i = 0; i < columns.size(); ++i) {
      SPELK_RETURN_IF_ERROR(state.evaluators[i]->EvaluateAssigned(batch, &columns[i]));
    }
    SPELK_RETURN_IF_ERROR(state.setter->Prepare("fieldformat", &batch));
    for (size_t i = 0; i < columns.size(); ++i) state.setter->Set(i, columns[i], &batch);
    return out.Push(std::move(batch));
  }

 private:
  const FieldFormatNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindFieldFormat(const ast::CommandCall& call, plan::Binder& binder) {
  if (call.assignments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "arguments are missing",
                        {"usage: fieldformat <field>=<expression>"});
  }
  auto node = plan::Make<FieldFormatNode>(call.span);
  for (const ast::Assignment& assignment : call.assignments) {
    if (assignment.macro) {
      return binder.Error(ErrorCode::kUnknownMacro, assignment.macro->name.span,
                          "the search specifies a macro '" + assignment.macro->name.text +
                              "' that cannot be found");
    }
    plan::NamedExpr format;
    format.target = binder.Intern(assignment.target.text);
    SPELK_ASSIGN_OR_RETURN(format.value, binder.Expression(*assignment.value));
    node->formats.push_back(std::move(format));
  }
  return node;
}

exec::OperatorPtr BuildFieldFormat(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<FormatFields>(plan::As<FieldFormatNode>(node), run);
}

constexpr Argument kFieldFormatArguments[] = {
    {.name = "field=expression",
     .type = "assignment",
     .fallback = "",
     .summary = "What is shown in place of the field's value."}};
constexpr std::string_view kFieldFormatNotes[] = {
    "table, markdown and vertical output show it, computed from the rows as they are at the end; "
    "every other output and all commands see the value itself",
    "of several formats of a field the last one counts; a field that is renamed loses its format"};
constexpr Example kFieldFormatExamples[] = {
    {.title = "The value stays a number",
     .input = R"({"n":1} {"n":2})",
     .query = "fieldformat n=n.\" KB\" | stats sum(n) AS sum",
     .output = R"({"sum":3})"},
};

constexpr plan::NodeEntry kFieldFormatNodes[] = {
    {&plan::TypeOf<FieldFormatNode>, &BuildFieldFormat}};

}  // namespace

extern constexpr CommandEntry kFieldFormat = {
    .name = "fieldformat",
    .signature = "fieldformat <field>=<expression> [, <field>=<expression>]…",
    .summary = "Says how the values of a field are shown, without changing them.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kAssignments, kNoClauses},
    .arguments = kFieldFormatArguments,
    .notes = kFieldFormatNotes,
    .differs = "Tables, markdown and vertical output show the format; all else has the values.",
    .examples = kFieldFormatExamples,
    .nodes = kFieldFormatNodes,
    .bind = &BindFieldFormat,
};

}  // namespace spelk::commands
