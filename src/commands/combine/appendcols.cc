// appendcols: the columns of another search, row by row.
#include <algorithm>

#include "base/status.h"
#include "commands/combine/options.h"
#include "commands/combine/subsearches.h"
#include "exec/column_setter.h"
#include "exec/row_table.h"

namespace spelk::commands {
namespace {

struct AppendColsNode final : plan::Node {
  static constexpr std::string_view kName = "appendcols";
  uint64_t most = 0;
  bool by_limit = false;
  bool override_values = false;

  plan::Dataflow GetDataflow() const override { return {.reads = plan::FieldSet()}; }
  uint64_t MostOtherRows() const override { return most; }
  std::string MostOtherRowsBy() const override { return MaxOutOrLimit(by_limit); }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    auto columns = ColumnsOf(*others[0]);
    if (columns) std::erase_if(*columns, [](Field field) { return field.internal(); });
    return UnionOfColumns(before, columns);
  }
  bool WellFormed(const plan::Registry&) const { return others.size() == 1; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("most", most);
    visit.Unprinted("by_limit", by_limit);
    visit("override", override_values);
  }
};

struct State {
  exec::RowTablePtr table;
  std::vector<exec::ColumnSetter> setters;
  size_t next = 0;  // Row of the table.
};

class AppendCols final : public exec::Sequential<State> {
 public:
  AppendCols(const AppendColsNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<State> NewState() const override { return State(); }

  absl::StatusOr<exec::Demand> Process(Batch batch, State& state,
                                       exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(Begin(state));
    for (exec::ColumnSetter& setter : state.setters) {
      Value* values = exec::CopyColumn(batch, setter.field());
      if (values == nullptr) return batch.arena().status("appendcols");
      for (size_t r = 0; r < batch.size() && state.next + r < state.table->size(); ++r) {
        Value& value = values[batch.physical(r)];
        if (!value.is_null() && !node_.override_values) continue;
        const Value other = state.table->At(state.next + r, setter.field());
        if (!other.is_null()) value = CopyValue(other, batch.arena());
      }
      SPELK_RETURN_IF_ERROR(batch.arena().status("appendcols"));
      setter.Set(Column::Values({values, batch.physical_rows()}), &batch);
    }
    state.next += batch.size();
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return out.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }

  // The rows that nothing stood beside.
  absl::Status Finish(State& state, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(Begin(state));
    while (state.next < state.table->size() && !out.enough()) {
      std::vector<size_t> rows;
      while (state.next < state.table->size() && rows.size() < run_.batch_rows) {
        rows.push_back(state.next++);
      }
      DropInternal visible(out);
      SPELK_RETURN_IF_ERROR(state.table->Push(rows, run_, visible));
    }
    return absl::OkStatus();
  }

 private:
  class DropInternal final : public exec::Output {
   public:
    explicit DropInternal(exec::Output& next) : next_(next) {}
    absl::Status Push(Batch batch) override {
      std::vector<Field> fields;
      std::vector<Column> columns;
      size_t placed = 0;
      for (size_t c = 0; c < batch.schema()->size(); ++c) {
        if ((*batch.schema())[c].internal()) continue;
        if (c < batch.schema()->placed()) ++placed;
        fields.push_back((*batch.schema())[c]);
        columns.push_back(batch.column(c));
      }
      batch.Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
      return next_.Push(std::move(batch));
    }

   private:
    exec::Output& next_;
  };

  absl::Status Begin(State& state) const {
    if (state.table != nullptr) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(state.table, exec::TakeTable(&node_.others[0], run_, "appendcols"));
    for (const Field field : state.table->fields()) {
      if (!field.internal()) state.setters.emplace_back(field);
    }
    return absl::OkStatus();
  }

  const AppendColsNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindAppendCols(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<AppendColsNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->override_values, binder.Flag(call, "override"));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most most, BindSubsearchOptions(call, binder));
  node->most = most.count;
  node->by_limit = most.by_limit;
  SPELK_ASSIGN_OR_RETURN(node->others, BindSubsearches(call, binder, 1, 1));
  return node;
}

exec::OperatorPtr BuildAppendCols(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AppendCols>(plan::As<AppendColsNode>(node), run);
}

constexpr Argument kAppendColsArguments[] = {
    kSubsearchArgument,
    {.name = "override",
     .type = "bool",
     .fallback = "f",
     .summary = "Values of the subsearch replace those that a row has.",
     .is_option = true},
    kMaxOutOption,
    kMaxTimeOption,
    kTimeoutOption,
    kExtendTimeRangeOption};
constexpr std::string_view kAppendColsNotes[] = {
    "fields of the subsearch that begin with _ are left out; its rows beyond those that are there "
    "come last"};
constexpr Example kAppendColsExamples[] = {
    {.title = "A count beside another one",
     .input = R"({"a":1} {"b":1} {"a":2})",
     .query = "search a=* | stats count AS a | appendcols [search b=* | stats count AS b]",
     .output = R"({"a":2,"b":1})"}};
constexpr plan::NodeEntry kAppendColsNodes[] = {{&plan::TypeOf<AppendColsNode>, &BuildAppendCols}};

}  // namespace

extern constexpr CommandEntry kAppendCols = {
    .name = "appendcols",
    .signature =
        "appendcols [override=<bool>] [maxout=<int>] [maxtime=<int>] [timeout=<int>] "
        "[extendtimerange=<bool>] [<subsearch>]",
    .summary = "Puts the columns of another search beside those that are there, row by row.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kAppendColsArguments,
    .notes = kAppendColsNotes,
    .examples = kAppendColsExamples,
    .nodes = kAppendColsNodes,
    .bind = &BindAppendCols,
};

}  // namespace spelk::commands
