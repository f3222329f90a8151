// contingency: how often the values of two fields occur together.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "commands/entry.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct ContingencyNode final : plan::Node {
  static constexpr std::string_view kName = "contingency";
  Field row;
  Field column;
  uint64_t most_rows = 0;
  uint64_t most_columns = 0;
  bool rows_by_limit = false;
  bool columns_by_limit = false;
  double row_cover = 1;  // The share of all rows that the values shown must cover.
  double column_cover = 1;
  bool totals = true;
  std::string total;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores};
    flow.reads = plan::FieldSet::Of({row, column});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("row", row);
    visit("column", column);
    visit("maxrows", most_rows);
    visit("maxcols", most_columns);
    visit.Unprinted("rows_by_limit", rows_by_limit);
    visit.Unprinted("columns_by_limit", columns_by_limit);
    visit("minrowcover", row_cover);
    visit("mincolcover", column_cover);
    visit("usetotal", totals);
    visit("totalstr", total);
  }
};

// How often a value occurs; counted from 0 in the order in which values appear.
struct ValueCount {
  size_t id = 0;
  uint64_t count = 0;
};
using Counts = std::map<std::string, ValueCount, std::less<>>;

struct ContingencyState {
  explicit ContingencyState(MemoryBudget* budget) : reservation(budget) {}
  absl::flat_hash_map<std::pair<size_t, size_t>, uint64_t> cells;  // By row and column.
  Counts rows;
  Counts columns;
  uint64_t all = 0;
  size_t bytes = 0;
  Reservation reservation;
};

// The values that occur most, so many that they cover the share asked for; ties by text.
std::vector<const Counts::value_type*> Chosen(const Counts& counts, uint64_t all, uint64_t most,
                                              double cover, bool* cut) {
  std::vector<const Counts::value_type*> chosen;
  for (const auto& each : counts) chosen.push_back(&each);
  // They come by text.
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const auto* a, const auto* b) { return a->second.count > b->second.count; });
  const double wanted = cover * static_cast<double>(all);
  double covered = 0;
  size_t count = 0;
  for (; count < chosen.size() && count < most && covered < wanted; ++count) {
    covered += static_cast<double>(chosen[count]->second.count);
  }
  *cut = count == most && count < chosen.size() && covered < wanted;
  chosen.resize(count);
  return chosen;
}

class Contingency final : public exec::Sequential<ContingencyState> {
 public:
  Contingency(const ContingencyNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<ContingencyState> NewState() const override {
    return ContingencyState(run_.budget);
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, ContingencyState& state,
                                       exec::Output&) const override {
    const Column* rows = batch.Find(node_.row);
    const Column* columns = batch.Find(node_.column);
    if (rows == nullptr || columns == nullptr) return exec::Demand::kMore;
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t physical = batch.physical(r);
      const Value row = rows->At(physical);
      const Value column = columns->At(physical);
      for (const Value& row_value : row.each()) {
        for (const Value& column_value : column.each()) Count(row_value, column_value, state);
        if (state.bytes > state.reservation.bytes() && !state.reservation.Resize(2 * state.bytes)) {
          return run_.budget->Exhausted("contingency", 2 * state.bytes);
        }
      }
    }
    return exec::Demand::kMore;
  }

  absl::Status Finish(ContingencyState& state, exec::Output& out) const override {
    bool rows_cut = false;
    bool columns_cut = false;
    const auto rows = Chosen(state.rows, state.all, node_.most_rows, node_.row_cover, &rows_cut);
    const auto columns =
        Chosen(state.columns, state.all, node_.most_columns, node_.column_cover, &columns_cut);
    if ((rows_cut && node_.rows_by_limit) || (columns_cut && node_.columns_by_limit)) {
      run_.warnings->Add(ErrorCode::kTruncated, "contingency: the rarest values were left out" +
                                                    plan::CutBy(plan::kCtableMaxValues));
    }
    const size_t made = rows.size() + (node_.totals ? 1 : 0);
    if (made == 0 || state.all == 0) return absl::OkStatus();
    auto memory = std::make_shared<BatchMemory>(run_.budget);
    std::vector<Field> fields;
    std::vector<Column> table;
    // `cell` gives the value of each row; the last one is that of the sums.
    const auto add = [&](Field field, const auto& cell) -> absl::Status {
      auto* values = memory->arena.AllocateArray<Value>(made);
      SPELK_RETURN_IF_ERROR(memory->arena.status("contingency"));
      for (size_t r = 0; r < made; ++r) values[r] = cell(r);
      fields.push_back(field);
      table.push_back(Column::Values({values, made}));
      return memory->arena.status("contingency");
    };
    SPELK_RETURN_IF_ERROR(add(node_.row, [&](size_t r) {
      return Value::Text(memory->arena.Copy(r < rows.size() ? rows[r]->first : node_.total));
    }));
    for (const auto* column : columns) {
      const std::string& name = column->first;
      SPELK_ASSIGN_OR_RETURN(const Field field, run_.fields->TryIntern(name));
      if (field == node_.row || (node_.totals && name == node_.total)) continue;
      SPELK_RETURN_IF_ERROR(run_.cancel->status());
      SPELK_RETURN_IF_ERROR(add(field, [&](size_t r) {
        if (r == rows.size()) return Number(column->second.count);
        const auto cell = state.cells.find({rows[r]->second.id, column->second.id});
        return Number(cell == state.cells.end() ? 0 : cell->second);
      }));
    }
    if (node_.totals && node_.total != node_.row.name()) {
      SPELK_ASSIGN_OR_RETURN(const Field field, run_.fields->TryIntern(node_.total));
      SPELK_RETURN_IF_ERROR(add(field, [&](size_t r) {
        return Number(r < rows.size() ? rows[r]->second.count : state.all);
      }));
    }
    const size_t placed = fields.size();
    auto schema = std::make_shared<Schema>(std::move(fields), placed);
    return out.Push(Batch(std::move(schema), std::move(table), made, std::move(memory)));
  }

 private:
  static size_t CountValue(const Value& value, Counts& counts, ContingencyState& state) {
    constexpr size_t kNode = 128;
    char buffer[kNumberText];
    std::string_view text = TextOf(value, buffer);
    if (text.empty()) text = "EMPTY_STR";
    auto place = counts.find(text);
    if (place == counts.end()) {
      place = counts.emplace(std::string(text), ValueCount{.id = counts.size()}).first;
      state.bytes += kNode + text.size();
    }
    ++place->second.count;
    return place->second.id;
  }

  static void Count(const Value& row, const Value& column, ContingencyState& state) {
    constexpr size_t kCell = 64;
    ++state.all;
    const size_t row_id = CountValue(row, state.rows, state);
    const size_t column_id = CountValue(column, state.columns, state);
    uint64_t& cell = state.cells[{row_id, column_id}];
    if (cell++ == 0) state.bytes += kCell;
  }

  static Value Number(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

  const ContingencyNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<double> Share(const ast::CommandCall& call, std::string_view name,
                             plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> share, binder.Decimal(call, name));
  if (!share) return 1;
  if (*share >= 0 && *share <= 1) return *share;
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  return binder.BadOption(*option, binder.TextOf(option->value->span));
}

absl::StatusOr<plan::NodePtr> BindContingency(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ContingencyNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most rows,
                         binder.MostBy(call, "maxrows", plan::kCtableMaxValues));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most columns,
                         binder.MostBy(call, "maxcols", plan::kCtableMaxValues));
  node->most_rows = rows.count == 0 ? UINT64_MAX : rows.count;
  node->most_columns = columns.count == 0 ? UINT64_MAX : columns.count;
  node->rows_by_limit = rows.by_limit;
  node->columns_by_limit = columns.by_limit;
  SPELK_ASSIGN_OR_RETURN(node->row_cover, Share(call, "minrowcover", binder));
  SPELK_ASSIGN_OR_RETURN(node->column_cover, Share(call, "mincolcover", binder));
  SPELK_ASSIGN_OR_RETURN(node->totals, binder.Flag(call, "usetotal"));
  SPELK_ASSIGN_OR_RETURN(node->total, binder.Text(call, "totalstr"));
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields,
                         binder.FieldNames(binder.Positional(call)));
  if (fields.size() != 2) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "it takes two fields",
                        {"usage: contingency [<options>] <field> <field>"});
  }
  node->row = fields[0];
  node->column = fields[1];
  return node;
}

exec::OperatorPtr BuildContingency(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Contingency>(plan::As<ContingencyNode>(node), run);
}

constexpr std::string_view kContingencyAliases[] = {"counttable", "ctable"};
constexpr Argument kContingencyArguments[] = {
    {.name = "field field",
     .type = "fields",
     .fallback = "",
     .summary = "The values of the first are rows, those of the second columns."},
    {.name = "maxrows",
     .type = "int",
     .fallback = "1000",
     .summary = "How many rows at most, those that occur most; 0 is all.",
     .is_option = true},
    {.name = "maxcols",
     .type = "int",
     .fallback = "1000",
     .summary = "How many columns at most; 0 is all.",
     .is_option = true},
    {.name = "minrowcover",
     .type = "number",
     .fallback = "1.0",
     .summary = "No more rows than cover this share of all events.",
     .is_option = true},
    {.name = "mincolcover",
     .type = "number",
     .fallback = "1.0",
     .summary = "No more columns than cover this share of all events.",
     .is_option = true},
    {.name = "usetotal",
     .type = "bool",
     .fallback = "true",
     .summary = "A row and a column with the sums.",
     .is_option = true},
    {.name = "totalstr",
     .type = "text",
     .fallback = "TOTAL",
     .summary = "What these are called.",
     .is_option = true}};
constexpr std::string_view kContingencyNotes[] = {
    "rows and columns stand by how often they occur, then by text; sums count what is not shown, "
    "too",
    "events that lack one of the fields do not count; a value of the second field that is the name "
    "of the first, or totalstr, has no column of its own"};
constexpr Example kContingencyExamples[] = {
    {.title = "Pairs of values",
     .input = R"({"h":"a","k":"x"} {"h":"a","k":"y"} {"h":"b","k":"x"})",
     .query = "contingency h k",
     .output = R"({"h":"a","x":1,"y":1,"TOTAL":2} {"h":"b","x":1,"y":0,"TOTAL":1} )"
               R"({"h":"TOTAL","x":2,"y":1,"TOTAL":3})"},
};

constexpr plan::NodeEntry kContingencyNodes[] = {
    {&plan::TypeOf<ContingencyNode>, &BuildContingency}};

}  // namespace

extern constexpr CommandEntry kContingency = {
    .name = "contingency",
    .aliases = kContingencyAliases,
    .signature =
        "contingency [maxrows=<int>] [maxcols=<int>] [minrowcover=<number>] "
        "[mincolcover=<number>] [usetotal=<bool>] [totalstr=<text>] <field> <field>",
    .summary = "Counts how often the values of two fields occur together.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kContingencyArguments,
    .notes = kContingencyNotes,
    .examples = kContingencyExamples,
    .nodes = kContingencyNodes,
    .bind = &BindContingency,
};

}  // namespace spelk::commands
