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

absl::Status FillColumn(const Value& fill, size_t field, const exec::ColumnsSetter& setter,
                        Batch* batch) {
  const Column& column = setter.column(field, *batch);
  if (column.is_null_constant()) {
    setter.Set(field, Column::Constant(fill, batch->physical_rows()), batch);
    return absl::OkStatus();
  }
  std::vector<size_t> absent;
  for (size_t r = 0; r < batch->size(); ++r) {
    const size_t row = batch->physical(r);
    if (column.At(row).is_null()) absent.push_back(row);
  }
  if (absent.empty()) return absl::OkStatus();
  Value* values = exec::CopyColumn(*batch, setter.fields()[field]);
  if (values == nullptr) return batch->arena().status("fillnull");
  for (const size_t row : absent) values[row] = fill;
  setter.Set(field, Column::Values({values, batch->physical_rows()}), batch);
  return absl::OkStatus();
}

// The text of the value lives as long as the batch.
absl::Status Fill(const Value& fill, exec::ColumnsSetter& setter, Batch* batch) {
  SPELK_RETURN_IF_ERROR(setter.Prepare("fillnull", batch));
  const Value own = CopyValue(fill, batch->arena());
  for (size_t field = 0; field < setter.fields().size(); ++field) {
    SPELK_RETURN_IF_ERROR(FillColumn(own, field, setter, batch));
  }
  return batch->arena().status("fillnull");
}

// ---------------------------------------------------------------- listed fields

class FillListed final : public exec::Streaming<exec::ColumnsSetter> {
 public:
  explicit FillListed(const FillNullNode& node) : value_(node.value), fields_(node.fields) {}
  absl::StatusOr<exec::ColumnsSetter> NewState() const override {
    return exec::ColumnsSetter(fields_);
  }
  absl::Status Process(Batch batch, exec::ColumnsSetter& setter, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(Fill(FillValue(value_), setter, &batch));
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
    std::vector<Field> fields = spool.FieldsInOrder(nullptr);
    std::erase_if(fields, [](Field field) { return field.internal(); });
    exec::ColumnsSetter setter(std::move(fields));
    const Value fill = FillValue(value_);
    exec::ChangedOutput filled([&](Batch* batch) { return Fill(fill, setter, batch); }, out);
    return spool.Emit(filled);
  }

 private:
  const std::string value_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindFillNull(const ast::CommandCall& call, plan::Binder& binder) {
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

exec::OperatorPtr BuildFillNull(const plan::Node& node, const exec::RunContext& run) {
  const auto& fill = plan::As<FillNullNode>(node);
  if (fill.fields.empty()) return std::make_unique<FillAll>(fill, run);
  return std::make_unique<FillListed>(fill);
}

constexpr Argument kFillNullArguments[] = {
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
constexpr std::string_view kFillNullNotes[] = {
    "an empty text is a value and stays",
    "without a list, fields whose names begin with _ are left alone, and all rows are collected "
    "before the first comes out"};
constexpr Example kFillNullExamples[] = {
    {.title = "Every field that some row has",
     .input = R"({"a":1} {"b":2})",
     .query = "fillnull value=none | table a b",
     .output = R"({"a":1,"b":"none"} {"a":"none","b":2})"},
    {.title = "Listed fields",
     .input = R"({"a":1} {"b":2})",
     .query = "fillnull a c | table a b c",
     .output = R"({"a":1,"c":0} {"a":0,"b":2,"c":0})"},
};

constexpr plan::NodeEntry kFillNullNodes[] = {{&plan::TypeOf<FillNullNode>, &BuildFillNull}};

}  // namespace

extern constexpr CommandEntry kFillNull = {
    .name = "fillnull",
    .signature = "fillnull [value=<text>] [<field>…]",
    .summary = "Puts a value where a field is absent.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFillNullArguments,
    .notes = kFillNullNotes,
    .examples = kFillNullExamples,
    .nodes = kFillNullNodes,
    .bind = &BindFillNull,
};

}  // namespace spelk::commands
