// nomv: the values of a multivalue as one text.
#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct NoMvNode final : plan::Node {
  static constexpr std::string_view kName = "nomv";
  Field field;
  std::string delimiter;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.order = Order::kKeeps;
    flow.runs = Runs::kStreaming;
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({field});
    flow.makes = {field};
    return flow;
  }
  // A field that is not there is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("delimiter", delimiter);
  }
};

class NoMv final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit NoMv(const NoMvNode& node) : field_(node.field), delimiter_(node.delimiter) {}
  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(field_);
  }
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    if (batch.Find(field_) == nullptr) return out.Push(std::move(batch));
    const auto join = [&](const Value& value) { return Join(value, batch.arena()); };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, setter, "nomv", join, &batch));
    return out.Push(std::move(batch));
  }

 private:
  Value Join(const Value& value, Arena& arena) const {
    if (!value.is_multi()) return value;
    ArenaText text(arena);
    char buffer[kNumberText];
    for (size_t i = 0; i < value.count(); ++i) {
      if (i > 0) text.Add(std::string_view(delimiter_));
      text.Add(TextOf(value.each()[i], buffer));
    }
    return Value::Text(text.FinishText());
  }

  const Field field_;
  const std::string delimiter_;
};

absl::StatusOr<plan::NodePtr> BindNoMv(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<NoMvNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->field, binder.OneField(call));
  node->delimiter = binder.DelimiterOf(node->field).value_or("\n");
  return node;
}

exec::OperatorPtr BuildNoMv(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<NoMv>(plan::As<NoMvNode>(node));
}

constexpr Argument kNoMvArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "The field that is joined."}};
constexpr std::string_view kNoMvNotes[] = {
    "a newline stands between the values, unless mvcombine, makemv delim=… setsv=t or stats "
    "delim=… made the field: then their delimiter does"};
constexpr Example kNoMvExamples[] = {
    {.title = "One text of several values",
     .input = R"({"to":"ana,bo"})",
     .query = "makemv delim=\",\" to | nomv to | table to",
     .output = R"({"to":"ana\nbo"})"},
    {.title = "With the delimiter of mvcombine",
     .input = R"({"g":1,"to":"ana"} {"g":1,"to":"bo"})",
     .query = "table g to | mvcombine delim=\"; \" to | nomv to",
     .output = R"({"g":1,"to":"ana; bo"})"},
};

constexpr plan::NodeEntry kNoMvNodes[] = {{&plan::TypeOf<NoMvNode>, &BuildNoMv}};

}  // namespace

extern constexpr CommandEntry kNoMv = {
    .name = "nomv",
    .signature = "nomv <field>",
    .summary = "Joins the values of a multivalue field into one text.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kNoMvArguments,
    .notes = kNoMvNotes,
    .examples = kNoMvExamples,
    .nodes = kNoMvNodes,
    .bind = &BindNoMv,
};

}  // namespace spelk::commands
