// transpose: rows become columns, columns rows.
#include <charconv>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "commands/chart/wide_rows.h"
#include "commands/entry.h"
#include "exec/row_sink.h"
#include "exec/spool.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct TransposeNode final : plan::Node {
  static constexpr std::string_view kName = "transpose";
  uint64_t rows = 5;  // 0: all.
  Field column;       // Gets the names of the fields.
  Field header;       // Gives the new columns' names; may be null.
  bool include_empty = true;

  plan::Dataflow GetDataflow() const override { return {.passes = false, .runs = Runs::kSink}; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("rows", rows);
    visit("column_name", column);
    visit.MayBeNull("header_field", header);
    visit("include_empty", include_empty);
  }
};

// Keeps the first rows that come out of the spool.
class FirstRows final : public exec::Output {
 public:
  FirstRows(uint64_t limit, const exec::RunContext& run) : limit_(limit), run_(run) {}

  absl::Status Push(Batch batch) override {
    if (limit_ != 0 && batch.size() > limit_ - rows_) batch.Slice(0, limit_ - rows_);
    rows_ += batch.size();
    SPELK_ASSIGN_OR_RETURN(Batch owned, batch.Own(run_.budget, "transpose"));
    batches_.push_back(std::move(owned));
    return absl::OkStatus();
  }
  bool enough() const override { return limit_ != 0 && rows_ == limit_; }

  uint64_t size() const { return rows_; }
  // Calls take(row, value) for the rows that have a value.
  template <class Take>
  void ForEachValue(Field field, Take take) const {
    size_t at = 0;
    for (const Batch& batch : batches_) {
      const Column* column = batch.Find(field);
      for (size_t r = 0; r < batch.size(); ++r, ++at) {
        const Value value = column == nullptr ? Value::Null() : column->At(batch.physical(r));
        if (!value.is_null()) take(at, value);
      }
    }
  }

 private:
  const uint64_t limit_;
  const exec::RunContext& run_;
  uint64_t rows_ = 0;
  std::vector<Batch> batches_;
};

class Transpose final : public exec::SpoolSink {
 public:
  Transpose(const TransposeNode& node, const exec::RunContext& run)
      : SpoolSink("transpose", run), node_(node), shape_(plan::ShapeOf(*node.input)) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override;

 private:
  std::vector<Field> FieldsOf(const exec::Spool& spool) const;
  absl::StatusOr<std::vector<Field>> ColumnsFor(const FirstRows& rows) const;

  const TransposeNode& node_;
  const plan::OutputShape shape_;
};

// The fields that become rows.
std::vector<Field> Transpose::FieldsOf(const exec::Spool& spool) const {
  std::vector<Field> fields;
  if (shape_.columns) {
    fields = *shape_.columns;
  } else {
    fields = spool.FieldsInOrder(shape_.Stages());
    shape_.Arrange(&fields);
  }
  std::erase_if(fields, [this](Field field) { return field.internal() || field == node_.header; });
  return fields;
}

// A row whose header is absent, empty or another column's keeps the name that it has without one.
absl::StatusOr<std::vector<Field>> Transpose::ColumnsFor(const FirstRows& rows) const {
  std::vector<std::string> names(rows.size());
  if (node_.header) {
    rows.ForEachValue(node_.header,
                      [&](size_t row, const Value& value) { names[row] = TextOf(value); });
  }
  std::vector<Field> columns = {node_.column};
  absl::flat_hash_set<Field> taken = {node_.column};
  for (size_t row = 0; row < names.size(); ++row) {
    const std::string number = "row " + std::to_string(row + 1);
    SPELK_ASSIGN_OR_RETURN(Field column,
                           run().fields->TryIntern(names[row].empty() ? number : names[row]));
    if (taken.contains(column)) {
      SPELK_ASSIGN_OR_RETURN(column, run().fields->TryIntern(number));
    }
    taken.insert(column);
    columns.push_back(column);
  }
  return columns;
}

absl::Status Transpose::Finish(exec::Spool spool, exec::Output& out) const {
  const std::vector<Field> fields = FieldsOf(spool);
  FirstRows kept(node_.rows, run());
  SPELK_RETURN_IF_ERROR(spool.Emit(kept));
  if (kept.size() == 0) return absl::OkStatus();
  Reservation names(run().budget);
  constexpr size_t kName = 96;
  if (!names.Grow(kept.size() * kName)) {
    return run().budget->Exhausted("transpose", kept.size() * kName);
  }
  SPELK_ASSIGN_OR_RETURN(std::vector<Field> columns, ColumnsFor(kept));
  WideRows rows(std::move(columns), run(), "transpose", out);
  for (const Field field : fields) {
    if (out.enough()) break;
    bool empty = true;
    if (!node_.include_empty) {
      kept.ForEachValue(field, [&](size_t, const Value&) { empty = false; });
      if (empty) continue;
    }
    SPELK_RETURN_IF_ERROR(rows.Begin());
    rows.Set(0, Value::Text(field.name()));
    kept.ForEachValue(field, [&](size_t row, const Value& value) { rows.Set(row + 1, value); });
  }
  return rows.Finish();
}

// ---------------------------------------------------------------- binding

absl::StatusOr<Field> NamedField(const ast::CommandCall& call, std::string_view option,
                                 plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::string name, binder.Text(call, option));
  if (!name.empty()) return binder.Intern(name);
  const ast::ArgumentOption* given = binder.FindOption(call, option);
  if (given == nullptr) return Field();
  return binder.Error(ErrorCode::kBadOptionValue, given->value->span, "a field name is empty");
}

absl::StatusOr<plan::NodePtr> BindTranspose(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<TransposeNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->rows, binder.Count(call, "int"));
  SPELK_ASSIGN_OR_RETURN(node->column, NamedField(call, "column_name", binder));
  SPELK_ASSIGN_OR_RETURN(node->header, NamedField(call, "header_field", binder));
  SPELK_ASSIGN_OR_RETURN(node->include_empty, binder.Flag(call, "include_empty"));
  return node;
}

exec::OperatorPtr BuildTranspose(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Transpose>(plan::As<TransposeNode>(node), run);
}

constexpr Argument kTransposeArguments[] = {
    {.name = "int",
     .type = "int",
     .fallback = "5",
     .summary = "How many rows become columns; 0 is all of them."},
    {.name = "column_name",
     .type = "field",
     .fallback = "column",
     .summary = "The first column, which has the names of the fields.",
     .is_option = true},
    {.name = "header_field",
     .type = "field",
     .fallback = "",
     .summary = "A field whose values name the new columns; otherwise these are row 1, row 2 …",
     .is_option = true},
    {.name = "include_empty",
     .type = "bool",
     .fallback = "t",
     .summary = "Also shows fields that none of these rows has.",
     .is_option = true}};
constexpr std::string_view kTransposeNotes[] = {
    "fields whose names begin with _ are left out",
    "a row whose header is absent, empty or the name of another column is called by its number"};
constexpr Example kTransposeExamples[] = {
    {.title = "Two rows become two columns",
     .input = R"({"host":"a"} {"host":"b"} {"host":"a"})",
     .query = "stats count by host | transpose",
     .output = R"({"column":"host","row 1":"a","row 2":"b"}
                  {"column":"count","row 1":2,"row 2":1})"},
    {.title = "Columns that are named by a field",
     .input = R"({"host":"a"} {"host":"b"} {"host":"a"})",
     .query = "stats count by host | transpose 0 header_field=host column_name=what",
     .output = R"({"what":"count","a":2,"b":1})"},
};

constexpr plan::NodeEntry kTransposeNodes[] = {{&plan::TypeOf<TransposeNode>, &BuildTranspose}};

}  // namespace

extern constexpr CommandEntry kTranspose = {
    .name = "transpose",
    .signature =
        "transpose [<int>] [column_name=<field>] [header_field=<field>] "
        "[include_empty=<bool>]",
    .summary = "Shows rows as columns.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTransposeArguments,
    .notes = kTransposeNotes,
    .examples = kTransposeExamples,
    .nodes = kTransposeNodes,
    .bind = &BindTranspose,
};

}  // namespace spelk::commands
