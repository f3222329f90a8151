// xyseries (maketable): turns rows of x, name and data into one row for each x, with a column for
// each name.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "commands/chart/series_names.h"
#include "commands/chart/wide_rows.h"
#include "commands/entry.h"
#include "exec/aggregate/group_keys.h"
#include "exec/sorter.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct XySeriesNode final : plan::Node {
  static constexpr std::string_view kName = "xyseries";
  Field x;
  Field series;
  std::vector<Field> data;
  bool grouped = false;
  std::string sep;
  std::string format;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of(data), .passes = false, .runs = Runs::kSink};
    flow.reads.Add(x);
    flow.reads.Add(series);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("x", x);
    visit("series", series);
    visit("data", data);
    visit("grouped", grouped);
    visit("sep", sep);
    visit("format", format);
  }
};

// ---------------------------------------------------------------- collecting

struct XySeriesState {
  XySeriesState(exec::SorterOptions options, const exec::RunContext& run)
      : rows(std::move(options), run), reservation(run.budget) {}
  exec::Sorter rows;  // Of x, series and data.
  absl::flat_hash_set<Field> names;
  Reservation reservation;  // For names.
};

// The columns of a series: one for each field of data.
using ColumnsOfSeries = absl::flat_hash_map<Field, std::vector<size_t>>;

class XySeries final : public exec::Sink<XySeriesState> {
 public:
  XySeries(const XySeriesNode& node, const exec::RunContext& run) : node_(node), run_(run) {
    std::vector<Field> fields = {node.x, node.series};
    for (const Field field : node.data) {
      if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
    }
    schema_ = std::make_shared<Schema>(std::move(fields));
  }

  absl::StatusOr<XySeriesState> NewState() const override {
    exec::SorterOptions options;
    if (!node_.grouped) options.keys.push_back({node_.x, plan::SortBy::kAuto, false});
    options.what = "xyseries";
    return XySeriesState(std::move(options), run_);
  }
  absl::Status Update(XySeriesState& state, Batch batch, exec::Position at) const override;
  absl::Status Merge(XySeriesState& into, XySeriesState from) const override {
    for (const Field name : from.names) SPELK_RETURN_IF_ERROR(AddName(name, into));
    return into.rows.Merge(std::move(from.rows));
  }
  absl::Status Finish(XySeriesState state, exec::Output& out) const override;
  absl::Status Save(XySeriesState& state, ByteWriter& out) const override {
    out.Varint(state.names.size());
    for (const Field name : state.names) out.Text(name.name());
    return state.rows.Save(out);
  }
  absl::StatusOr<XySeriesState> Load(ByteReader& in) const override {
    SPELK_ASSIGN_OR_RETURN(XySeriesState state, NewState());
    for (size_t left = in.Count(); left > 0 && !in.failed(); --left) {
      SPELK_ASSIGN_OR_RETURN(const Field name, run_.fields->TryIntern(in.Text()));
      SPELK_RETURN_IF_ERROR(AddName(name, state));
    }
    SPELK_RETURN_IF_ERROR(state.rows.Load(in));
    return state;
  }

 private:
  static constexpr size_t kEntry = 32;

  absl::Status AddName(Field name, XySeriesState& state) const {
    if (!state.names.insert(name).second || state.reservation.Grow(kEntry)) {
      return absl::OkStatus();
    }
    return run_.budget->Exhausted("xyseries", kEntry);
  }
  absl::StatusOr<std::vector<Field>> MakeColumns(const XySeriesState& state,
                                                 ColumnsOfSeries* columns) const;

  const XySeriesNode& node_;
  const exec::RunContext& run_;
  SchemaPtr schema_;
};

// A row for each combination of the values of x and of the name; rows that lack one of them have no
// place in the result.
absl::Status XySeries::Update(XySeriesState& state, Batch batch, exec::Position at) const {
  const exec::BatchRanks ranks(batch, at);
  std::vector<exec::RowRank> kept_ranks;
  std::vector<std::vector<Value>> values(schema_->size());
  exec::GroupKeys keys(batch, {node_.x, node_.series}, false);
  for (size_t r = 0; r < batch.size(); ++r) {
    exec::RowRank rank = ranks.rank(r);
    const auto take = [&](std::string_view key, uint64_t types) -> absl::Status {
      const std::vector<std::string_view> parts = exec::SplitKey(key, 2);
      SPELK_ASSIGN_OR_RETURN(const Field name, run_.fields->TryIntern(parts[1]));
      SPELK_RETURN_IF_ERROR(AddName(name, state));
      values[0].push_back(Value::Text(batch.arena().Copy(parts[0]), exec::TypeFromBits(types, 0)));
      values[1].push_back(Value::Text(name.name()));
      for (size_t c = 2; c < schema_->size(); ++c) {
        const Column* column = batch.Find((*schema_)[c]);
        values[c].push_back(column == nullptr ? Value::Null() : column->At(batch.physical(r)));
      }
      kept_ranks.push_back(rank);
      ++rank.value;
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(keys.ForRow(r, take));
  }
  SPELK_RETURN_IF_ERROR(batch.arena().status("xyseries"));
  std::vector<Column> columns;
  for (const std::vector<Value>& column : values) columns.push_back(Column::Values(column));
  const Batch rows(schema_, std::move(columns), kept_ranks.size(), batch.memory());
  return state.rows.Add(rows, std::move(kept_ranks));
}

// x, then for each field of data the series in the order of their names.
absl::StatusOr<std::vector<Field>> XySeries::MakeColumns(const XySeriesState& state,
                                                         ColumnsOfSeries* columns) const {
  std::vector<Field> names(state.names.begin(), state.names.end());
  std::sort(names.begin(), names.end(), [](Field a, Field b) { return a.name() < b.name(); });
  const SeriesFormat format{node_.data.size() > 1, node_.sep, node_.format};
  std::vector<Field> fields = {node_.x};
  absl::flat_hash_map<Field, size_t> places;
  for (const Field data : node_.data) {
    for (const Field name : names) {
      const std::string label =
          SeriesLabel(format.NameOf(data.name(), name.name()), node_.x.name());
      SPELK_ASSIGN_OR_RETURN(const Field field, run_.fields->TryIntern(label));
      const auto [place, added] = places.emplace(field, fields.size());
      if (added) fields.push_back(field);
      (*columns)[name].push_back(place->second);
    }
  }
  return fields;
}

absl::Status XySeries::Finish(XySeriesState state, exec::Output& out) const {
  ColumnsOfSeries columns;
  SPELK_ASSIGN_OR_RETURN(std::vector<Field> fields, MakeColumns(state, &columns));
  WideRows rows(std::move(fields), run_, "xyseries", out);
  std::optional<std::string> x;  // Of the row that was begun.
  std::vector<size_t> data;      // Columns of the sorted rows.
  for (const Field field : node_.data) data.push_back(*schema_->Find(field));
  const auto take = [&](const Batch& batch, uint32_t row,
                        const exec::RowRank&) -> absl::StatusOr<exec::Demand> {
    const Value own = batch.Find(node_.x)->At(batch.physical(row));
    if (x != own.text()) {
      if (out.enough()) return exec::Demand::kEnough;
      SPELK_RETURN_IF_ERROR(rows.Begin());
      x = own.text();
      rows.Set(0, own);
    }
    const Value name = batch.Find(node_.series)->At(batch.physical(row));
    const std::vector<size_t>& places = columns[run_.fields->Find(name.text())];
    for (size_t d = 0; d < places.size(); ++d) {
      const Value cell = batch.Find((*schema_)[data[d]])->At(batch.physical(row));
      if (!cell.is_null()) rows.Set(places[d], cell);
    }
    return exec::Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(state.rows.ForEach(take));
  return rows.Finish();
}

// ---------------------------------------------------------------- binding

absl::StatusOr<plan::NodePtr> BindXySeries(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<XySeriesNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields,
                         binder.FieldNames(binder.Positional(call)));
  if (fields.size() < 3) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "it takes three fields or more",
                        {"usage: xyseries <x> <name of the series> <data>…"});
  }
  if (fields[0] == fields[1]) {
    return binder.Error(ErrorCode::kBadArgument, call.span,
                        "the field '" + std::string(fields[0].name()) + "' is repeated");
  }
  node->x = fields[0];
  node->series = fields[1];
  node->data.assign(fields.begin() + 2, fields.end());
  SPELK_ASSIGN_OR_RETURN(node->grouped, binder.Flag(call, "grouped"));
  SPELK_ASSIGN_OR_RETURN(node->sep, binder.Text(call, "sep"));
  SPELK_ASSIGN_OR_RETURN(node->format, binder.Text(call, "format"));
  return node;
}

exec::OperatorPtr BuildXySeries(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<XySeries>(plan::As<XySeriesNode>(node), run);
}

constexpr std::string_view kXySeriesAliases[] = {"maketable"};
constexpr Argument kXySeriesArguments[] = {
    {.name = "x",
     .type = "field",
     .fallback = "",
     .summary = "One row for each of its values, in their order: numbers, then text."},
    {.name = "series",
     .type = "field",
     .fallback = "",
     .summary = "One column for each of its values, in the order of their names."},
    {.name = "data",
     .type = "field…",
     .fallback = "",
     .summary = "What stands in the cells; of several rows for one cell the last counts."},
    {.name = "grouped",
     .type = "bool",
     .fallback = "f",
     .summary = "The rows are in order already: only neighbours with one x become one row.",
     .is_option = true},
    {.name = "sep",
     .type = "text",
     .fallback = ": ",
     .summary = "With several fields of data: what stands between the field and the series.",
     .is_option = true},
    {.name = "format",
     .type = "text",
     .fallback = "",
     .summary = "With several fields of data: the name of a column, with $AGG$ for the field and "
                "$VAL$ for the series; instead of sep.",
     .is_option = true}};
constexpr std::string_view kXySeriesNotes[] = {
    "rows without x or without a series are left out; each value of a multivalue counts by itself",
    "VALUE stands before a column's name that would be empty or that of x"};
constexpr Example kXySeriesExamples[] = {
    {.title = "A table of hosts and codes",
     .input = R"({"host":"a","code":"200"} {"host":"a","code":"404"} {"host":"b","code":"200"})",
     .query = "stats count by host code | xyseries host code count",
     .output = R"({"host":"a","200":1,"404":1} {"host":"b","200":1})"},
    {.title = "Several fields of data",
     .input = R"({"h":"a","k":"x","v":1,"w":5})",
     .query = "xyseries h k v, w format=\"$VAL$ $AGG$\"",
     .output = R"({"h":"a","x v":1,"x w":5})"},
};

constexpr plan::NodeEntry kXySeriesNodes[] = {{&plan::TypeOf<XySeriesNode>, &BuildXySeries}};

}  // namespace

extern constexpr CommandEntry kXySeries = {
    .name = "xyseries",
    .aliases = kXySeriesAliases,
    .signature = "xyseries [grouped=<bool>] <x> <series> <data>… [sep=<text>] [format=<text>]",
    .summary = "Turns rows into a table: one row for each x, one column for each series.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kXySeriesArguments,
    .notes = kXySeriesNotes,
    .examples = kXySeriesExamples,
    .nodes = kXySeriesNodes,
    .bind = &BindXySeries,
};

}  // namespace spelk::commands
