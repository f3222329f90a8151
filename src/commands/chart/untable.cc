// untable: turns each cell of a table into a row of its own.
#include <algorithm>
#include <utility>

#include "commands/entry.h"
#include "exec/row_sink.h"
#include "exec/spool.h"

namespace spelk::commands {
namespace {

struct UntableNode final : plan::Node {
  static constexpr std::string_view kName = "untable";
  Field x;
  Field name;
  Field data;

  // Where the columns are known, their order is, and rows stream.
  bool knows_columns() const {
    return input != nullptr && plan::ShapeOf(*input).columns.has_value();
  }

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kKeeps};
    flow.runs = knows_columns() ? Runs::kStreaming : Runs::kSink;
    flow.columns = {x, name, data};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("x", x);
    visit("name", name);
    visit("data", data);
  }
};

// Makes the rows of one batch after another.
class Unfolder {
 public:
  Unfolder(const UntableNode& node, const std::vector<Field>& columns, const exec::RunContext& run)
      : x_(node.x),
        schema_(std::make_shared<Schema>(std::vector<Field>{node.x, node.name, node.data}, 3)),
        run_(run) {
    for (const Field field : columns) {
      if (field != x_ && !field.internal()) columns_.push_back(field);
    }
  }

  absl::Status Unfold(const Batch& batch, exec::Output& out) const {
    std::vector<const Column*> cells;
    for (const Field field : columns_) cells.push_back(batch.Find(field));
    const Column* x = batch.Find(x_);
    // Many columns make many rows: so many of the input's become one batch.
    const size_t step = std::max<size_t>(run_.batch_rows / std::max<size_t>(cells.size(), 1), 1);
    for (size_t begin = 0; begin < batch.size() && !out.enough(); begin += step) {
      auto memory = std::make_shared<BatchMemory>(run_.budget);
      memory->pins.push_back(batch.memory());
      const size_t rows = std::min(step, batch.size() - begin);
      auto* values = memory->arena.AllocateArray<Value>(3 * rows * cells.size());
      SPELK_RETURN_IF_ERROR(memory->arena.status("untable"));
      Value* names = values + rows * cells.size();
      Value* data = names + rows * cells.size();
      size_t made = 0;
      for (size_t r = begin; r < begin + rows; ++r) {
        const size_t row = batch.physical(r);
        for (size_t c = 0; c < cells.size(); ++c) {
          const Value cell = cells[c] == nullptr ? Value::Null() : cells[c]->At(row);
          if (cell.is_null()) continue;
          values[made] = x == nullptr ? Value::Null() : x->At(row);
          names[made] = Value::Text(columns_[c].name());
          data[made++] = cell;
        }
      }
      if (made == 0) continue;
      std::vector<Column> columns = {Column::Values({values, made}), Column::Values({names, made}),
                                     Column::Values({data, made})};
      SPELK_RETURN_IF_ERROR(out.Push(Batch(schema_, std::move(columns), made, std::move(memory))));
    }
    return absl::OkStatus();
  }

 private:
  const Field x_;
  const SchemaPtr schema_;
  const exec::RunContext& run_;
  std::vector<Field> columns_;
};

class UntableKnown final : public exec::Streaming<exec::NoState> {
 public:
  explicit UntableKnown(Unfolder unfolder) : unfolder_(std::move(unfolder)) {}
  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }
  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    return unfolder_.Unfold(batch, out);
  }

 private:
  const Unfolder unfolder_;
};

// Unfolds rows on their way out of the spool.
class UnfoldOutput final : public exec::Output {
 public:
  UnfoldOutput(const Unfolder& unfolder, exec::Output& next) : unfolder_(unfolder), next_(next) {}
  absl::Status Push(Batch batch) override { return unfolder_.Unfold(batch, next_); }
  bool enough() const override { return next_.enough(); }

 private:
  const Unfolder& unfolder_;
  exec::Output& next_;
};

// The order of the columns is that of the whole result.
class UntableFound final : public exec::SpoolSink {
 public:
  UntableFound(const UntableNode& node, const exec::RunContext& run)
      : SpoolSink("untable", run), node_(node), shape_(plan::ShapeOf(*node.input)) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override {
    std::vector<Field> columns = spool.FieldsInOrder(shape_.Stages());
    shape_.Arrange(&columns);
    const Unfolder unfolder(node_, columns, run());
    UnfoldOutput output(unfolder, out);
    return spool.Emit(output);
  }

 private:
  const UntableNode& node_;
  const plan::OutputShape shape_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindUntable(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<UntableNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields,
                         binder.FieldNames(binder.Positional(call)));
  if (fields.size() != 3) {
    return binder.Error(fields.size() < 3 ? ErrorCode::kMissingArgument : ErrorCode::kBadArgument,
                        call.name.span, "it takes three fields",
                        {"usage: untable <x> <field for the names> <field for the data>"});
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    if (std::count(fields.begin(), fields.end(), fields[i]) > 1) {
      return binder.Error(ErrorCode::kBadArgument, call.span,
                          "the field '" + std::string(fields[i].name()) + "' is repeated");
    }
  }
  node->x = fields[0];
  node->name = fields[1];
  node->data = fields[2];
  return node;
}

exec::OperatorPtr BuildUntable(const plan::Node& node, const exec::RunContext& run) {
  const auto& untable = plan::As<UntableNode>(node);
  const plan::OutputShape shape = plan::ShapeOf(*node.input);
  if (!shape.columns) return std::make_unique<UntableFound>(untable, run);
  return std::make_unique<UntableKnown>(Unfolder(untable, *shape.columns, run));
}

constexpr Argument kUntableArguments[] = {
    {.name = "x", .type = "field", .fallback = "", .summary = "Stays a column of its own."},
    {.name = "name",
     .type = "field",
     .fallback = "",
     .summary = "Gets the name of the column that the cell stood in."},
    {.name = "data", .type = "field", .fallback = "", .summary = "Gets the cell."}};
constexpr std::string_view kUntableNotes[] = {
    "an absent cell makes no row; fields whose names begin with _ make none either"};
constexpr Example kUntableExamples[] = {
    {.title = "What xyseries put together",
     .input = R"({"host":"a","200":4,"404":1} {"host":"b","200":2})",
     .query = "table host 200 404 | untable host code count",
     .output = R"({"host":"a","code":"200","count":4} {"host":"a","code":"404","count":1}
                  {"host":"b","code":"200","count":2})"},
};

constexpr plan::NodeEntry kUntableNodes[] = {{&plan::TypeOf<UntableNode>, &BuildUntable}};

}  // namespace

extern constexpr CommandEntry kUntable = {
    .name = "untable",
    .signature = "untable <x> <name> <data>",
    .summary = "Makes a row of each cell: the opposite of xyseries.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kUntableArguments,
    .notes = kUntableNotes,
    .examples = kUntableExamples,
    .nodes = kUntableNodes,
    .bind = &BindUntable,
};

}  // namespace spelk::commands
