// mvexpand: one row for each value of a multivalue.
#include <algorithm>

#include "base/status.h"
#include "commands/entry.h"

namespace spelk::commands {
namespace {

struct MvExpandNode final : plan::Node {
  static constexpr std::string_view kName = "mvexpand";
  Field field;
  uint64_t limit = 0;  // Of the values of one row; 0: all.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({field});
    flow.makes = {field};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("limit", limit);
  }
};

// A row that is to come out: the row it is a copy of, and its value of the field.
struct Copied {
  uint32_t row = 0;
  Value value;
};

class MvExpand final : public exec::Streaming<exec::NoState> {
 public:
  MvExpand(const MvExpandNode& node, const exec::RunContext& run)
      : field_(node.field), limit_(node.limit == 0 ? SIZE_MAX : node.limit), run_(run) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const std::optional<size_t> index = batch.schema()->Find(field_);
    if (!index || !HasMulti(batch, *index)) return out.Push(std::move(batch));
    std::vector<Copied> copied;
    for (size_t r = 0; r < batch.size(); ++r) {
      const auto row = static_cast<uint32_t>(batch.physical(r));
      const Value value = batch.column(*index).At(row);
      if (value.is_null()) copied.push_back({row, value});  // Stays as it is.
      const std::span<const Value> values = value.each();
      for (const Value& each : values.first(std::min(limit_, values.size()))) {
        copied.push_back({row, each});
        if (copied.size() < run_.batch_rows) continue;
        SPELK_RETURN_IF_ERROR(PushRows(batch, *index, copied, out));
        if (out.enough()) return absl::OkStatus();
      }
    }
    return PushRows(batch, *index, copied, out);
  }

 private:
  static bool HasMulti(const Batch& batch, size_t column) {
    for (size_t r = 0; r < batch.size(); ++r) {
      if (batch.At(column, r).is_multi()) return true;
    }
    return false;
  }

  // The rows as a batch of their own, which keeps alive what the first one points to.
  absl::Status PushRows(const Batch& from, size_t index, std::vector<Copied>& copied,
                        exec::Output& out) const {
    if (copied.empty()) return absl::OkStatus();
    auto memory = std::make_shared<BatchMemory>(run_.budget);
    memory->pins.push_back(from.memory());
    std::vector<Column> columns;
    for (size_t c = 0; c < from.columns().size(); ++c) {
      const Column& column = from.column(c);
      if (c != index && column.encoding() == Column::Encoding::kConstant) {
        columns.push_back(Column::Constant(column.constant(), copied.size()));
        continue;
      }
      auto* values = memory->arena.AllocateArray<Value>(copied.size());
      SPELK_RETURN_IF_ERROR(memory->arena.status("mvexpand"));
      for (size_t i = 0; i < copied.size(); ++i) {
        values[i] = c == index ? copied[i].value : column.At(copied[i].row);
      }
      columns.push_back(Column::Values({values, copied.size()}));
    }
    Batch rows(from.schema(), std::move(columns), copied.size(), std::move(memory));
    copied.clear();
    return out.Push(std::move(rows));
  }

  const Field field_;
  const size_t limit_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindMvExpand(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MvExpandNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const int64_t limit, binder.Integer(call, "limit"));
  node->limit = static_cast<uint64_t>(limit);
  SPELK_ASSIGN_OR_RETURN(node->field, binder.OneField(call));
  if (node->field.internal()) {
    return binder.Error(ErrorCode::kBadArgument, binder.Positional(call)[0]->span,
                        "it does not apply to internal fields, whose names begin with _",
                        {"give the field another name first: rename _raw AS text | mvexpand text"});
  }
  return node;
}

exec::OperatorPtr BuildMvExpand(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<MvExpand>(plan::As<MvExpandNode>(node), run);
}

constexpr Argument kMvExpandArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "The field that is expanded."},
    {.name = "limit",
     .type = "int",
     .fallback = "0",
     .summary = "How many values of each row are used, the first ones; 0 is all.",
     .is_option = true}};
constexpr std::string_view kMvExpandNotes[] = {
    "a row without the field stays as it is",
    "Splunk cuts rows off when it needs more than 500 MB; spelk does not"};
constexpr Example kMvExpandExamples[] = {
    {.title = "One row for each value",
     .input = R"({"id":1,"tag":"a,b"} {"id":2,"tag":"c"})",
     .query = "makemv delim=\",\" tag | mvexpand tag | table id tag",
     .output = R"({"id":1,"tag":"a"} {"id":1,"tag":"b"} {"id":2,"tag":"c"})"},
    {.title = "The first values only",
     .input = R"({"id":1,"tag":"a,b,c"})",
     .query = "makemv delim=\",\" tag | mvexpand tag limit=2 | table id tag",
     .output = R"({"id":1,"tag":"a"} {"id":1,"tag":"b"})"},
};

constexpr plan::NodeEntry kMvExpandNodes[] = {{&plan::TypeOf<MvExpandNode>, &BuildMvExpand}};

}  // namespace

extern constexpr CommandEntry kMvExpand = {
    .name = "mvexpand",
    .signature = "mvexpand <field> [limit=<int>]",
    .summary = "Makes one row for each value of a multivalue field.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMvExpandArguments,
    .notes = kMvExpandNotes,
    .differs = "All rows are given; Splunk cuts them off at 500 MB.",
    .examples = kMvExpandExamples,
    .nodes = kMvExpandNodes,
    .bind = &BindMvExpand,
};

}  // namespace spelk::commands
