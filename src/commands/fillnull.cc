// fillnull: puts a value where a field is absent.
#include <algorithm>
#include <utility>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "exec/row_sink.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct FillNullNode final : plan::Node {
  static constexpr std::string_view kName = "fillnull";
  std::string value;
  std::vector<Field> fields;  // None: every field of the result.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of(fields);
    if (fields.empty()) {
      flow.runs = Runs::kSink;
      return flow;
    }
    flow.writes = plan::FieldSet::Of(fields);
    flow.makes = fields;
    return flow;
  }
  // Whether some row has a field is told from that field alone, but where the event is written out
  // with all that changed, everything is.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = needed;
    needs.Add(plan::FieldSet::Of(fields));
    if (fields.empty() && needed.Has(hidden::kLine)) needs.AddAll();
    return needs;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return fields.empty() ? before : Node::OutputColumns(before);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("value", value);
    visit("fields", fields);
  }
};

// The value as a field of a row: a whole number where the text is one.
Value FillValue(const std::string& text) {
  int64_t integer = 0;
  return ParseCanonicalInteger(text, &integer) ? Value::Integer(integer) : Value::Text(text);
}

absl::Status FillColumn(const Value& fill, exec::ColumnSetter& setter, Batch* batch) {
  const Column* column = batch->Find(setter.field());
  if (column == nullptr || column->is_null_constant()) {
    setter.Set(Column::Constant(CopyValue(fill, batch->arena()), batch->physical_rows()), batch);
    return batch->arena().status("fillnull");
  }
  bool absent = false;
  for (size_t r = 0; r < batch->size() && !absent; ++r) {
    absent = column->At(batch->physical(r)).is_null();
  }
  if (!absent) return absl::OkStatus();
  const Value own = CopyValue(fill, batch->arena());
  const auto filled = [&](const Value& value) { return value.is_null() ? own : value; };
  return exec::MapColumn(setter.field(), setter, "fillnull", filled, batch);
}

absl::Status FillColumns(const Value& fill, std::vector<exec::ColumnSetter>& setters,
                         Batch* batch) {
  for (exec::ColumnSetter& setter : setters) {
    SPELK_RETURN_IF_ERROR(FillColumn(fill, setter, batch));
  }
  return absl::OkStatus();
}

// ---------------------------------------------------------------- listed fields

class FillListed final : public exec::Streaming<std::vector<exec::ColumnSetter>> {
 public:
  explicit FillListed(const FillNullNode& node) : value_(node.value), fields_(node.fields) {}
  absl::StatusOr<std::vector<exec::ColumnSetter>> NewState() const override {
    std::vector<exec::ColumnSetter> setters;
    for (const Field field : fields_) setters.emplace_back(field);
    return setters;
  }
  absl::Status Process(Batch batch, std::vector<exec::ColumnSetter>& setters,
                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(FillColumns(FillValue(value_), setters, &batch));
    return out.Push(std::move(batch));
  }

 private:
  const std::string value_;
  const std::vector<Field> fields_;
};

// ---------------------------------------------------------------- every field of the result

class FillAll final : public exec::SpoolSink {
 public:
  FillAll(const FillNullNode& node, const exec::RunContext& run)
      : SpoolSink("fillnull", run), value_(node.value) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override {
    std::vector<exec::ColumnSetter> setters;
    for (const Field field : spool.FieldsInOrder(nullptr)) {
      if (!field.internal()) setters.emplace_back(field);
    }
    exec::ChangedOutput filled(
        [&](Batch* batch) { return FillColumns(FillValue(value_), setters, batch); }, out);
    return spool.Emit(filled);
  }

 private:
  const std::string value_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<FillNullNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->value, binder.Text(call, "value"));
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields,
                         binder.FieldNames(binder.Positional(call)));
  for (const Field field : fields) {
    const bool known =
        std::find(node->fields.begin(), node->fields.end(), field) != node->fields.end();
    if (!known) node->fields.push_back(field);
  }
  return node;
}

exec::OperatorPtr Build(const plan::Node& node, const exec::RunContext& run) {
  const auto& fill = plan::As<FillNullNode>(node);
  if (fill.fields.empty()) return std::make_unique<FillAll>(fill, run);
  return std::make_unique<FillListed>(fill);
}

constexpr Argument kArguments[] = {
    {.name = "value",
     .type = "text",
     .fallback = "0",
     .summary = "What is put in.",
     .is_option = true},
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Where; a field that no row has is made. Without a list: every field that some row "
                "has."}};
constexpr std::string_view kNotes[] = {
    "an empty text is a value and stays",
    "without a list, fields whose names begin with _ are left alone, and all rows are collected "
    "before the first comes out"};
constexpr Example kExamples[] = {
    {.title = "Every field that some row has",
     .input = R"({"a":1} {"b":2})",
     .query = "fillnull value=none | table a b",
     .output = R"({"a":1,"b":"none"} {"a":"none","b":2})"},
    {.title = "Listed fields",
     .input = R"({"a":1} {"b":2})",
     .query = "fillnull a c | table a b c",
     .output = R"({"a":1,"c":0} {"a":0,"b":2,"c":0})"},
};

constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<FillNullNode>, &Build}};

}  // namespace

constexpr CommandEntry kFillNull = {
    .name = "fillnull",
    .signature = "fillnull [value=<text>] [<field>…]",
    .summary = "Puts a value where a field is absent.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
