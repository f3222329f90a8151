// The operator of chart and timechart: groups rows by both axes, chooses the series, makes the
// table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/check.h"
#include "base/status.h"
#include "base/string_map.h"
#include "commands/chart/chart.h"
#include "commands/chart/chart_rows.h"
#include "commands/chart/series_filter.h"
#include "commands/chart/shown_cells.h"
#include "exec/aggregate/aggregation.h"
#include "exec/column_setter.h"
#include "exec/spool.h"
#include "value/compare.h"
#include "value/json_type.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

using exec::Aggregation;

// What the groups go by, beside the fields of the rows.
constexpr FieldName kRowKeyName{"(row of a chart)", true};
constexpr FieldName kSeriesKeyName{"(series of a chart)", true};
constexpr Field kRowKey{&kRowKeyName};
constexpr Field kSeriesKey{&kSeriesKeyName};

// The range of time that the search has.
ChartRange RangeOfSearch(const exec::RunContext& run) {
  return {run.time_range.earliest, run.time_range.latest};
}

struct Axes {
  Axis row;
  Axis series;
  bool resolved() const { return row.resolved() && series.resolved(); }
};

struct ChartState {
  ChartState(Aggregation aggregation, std::string_view what, const exec::RunContext& run)
      : groups(std::move(aggregation)), rows(what, run) {}
  Aggregation groups;
  exec::Spool rows;  // Until the axes are resolved.
  AxisRange row_range;
  AxisRange series_range;
};

// How each row's key was written.
absl::StatusOr<Column> TypesOf(const Column& keys, const Batch& rows) {
  auto* types = rows.arena().AllocateArray<Value>(rows.physical_rows());
  SPELK_RETURN_IF_ERROR(rows.arena().status("chart"));
  for (size_t r = 0; r < rows.size(); ++r) {
    const size_t row = rows.physical(r);
    types[row] = Value::Integer(static_cast<int64_t>(JsonTypeOf(keys.At(row))));
  }
  return Column::Values({types, rows.physical_rows()});
}

// Whether all values of the rows are numbers, and how many there are.
class RowNumbers {
 public:
  static constexpr size_t kMost = 300;  // Splunk puts more into ranges.

  void See(const Value& value) {
    if (!all_ || numbers_.size() > kMost || value.is_null()) return;
    char buffer[kNumberText];
    all_ = !value.is_multi() && NumberOf(value).has_value();
    if (all_) numbers_.emplace(TextOf(value, buffer));
  }
  bool too_many() const { return all_ && numbers_.size() > kMost; }

 private:
  bool all_ = true;
  StringSet numbers_;
};

class ChartSink final : public exec::Sink<ChartState> {
 public:
  ChartSink(const ChartNode& node, const exec::RunContext& run);

  absl::StatusOr<ChartState> NewState() const override {
    SPELK_RETURN_IF_ERROR(plan_.status());
    SPELK_ASSIGN_OR_RETURN(Aggregation groups, Aggregation::Make(**plan_));
    return ChartState(std::move(groups), what(), run_);
  }
  absl::Status Update(ChartState& state, Batch batch, exec::Position at) const override;
  absl::Status Merge(ChartState& into, ChartState from) const override {
    into.row_range.Widen(from.row_range.low, from.row_range.high);
    into.series_range.Widen(from.series_range.low, from.series_range.high);
    SPELK_RETURN_IF_ERROR(into.rows.Merge(std::move(from.rows)));
    return into.groups.Merge(std::move(from.groups));
  }
  absl::Status Finish(ChartState state, exec::Output& out) const override;
  absl::Status Save(ChartState& state, ByteWriter& out) const override;
  absl::StatusOr<ChartState> Load(ByteReader& in) const override;

 private:
  class GroupFeed;
  bool has_fixed_range() const { return node_.is_timechart && node_.fixed_range; }
  bool gives_partial_rows() const { return node_.mode == plan::AggregateMode::kPartial; }
  std::string_view what() const {
    if (gives_partial_rows()) return node_.is_timechart ? "sitimechart" : "sichart";
    return node_.is_timechart ? "timechart" : "chart";
  }
  absl::Status EmitPartial(Aggregation& groups, exec::Output& out) const;
  absl::Status AddToGroups(Batch batch, exec::Position at, const Axes& axes,
                           Aggregation& groups) const;
  absl::Status AddSeriesKeys(const Axes& axes, Batch* batch) const;
  void Widen(const Batch& batch, Field field, const std::vector<Field>& range,
             AxisRange& into) const;
  void CheckSpans(const Batch& batch, const Axis& axis, const std::vector<Field>& range) const;
  absl::StatusOr<SeriesChoice> ChooseSeries(Aggregation& groups) const;
  absl::StatusOr<Aggregation> WithOthers(Aggregation groups, const SeriesChoice& choice) const;
  absl::Status EmitTable(Aggregation& groups, const SeriesChoice& choice, const Axes& axes,
                         ChartRange events, exec::Output& out) const;
  absl::Status AddCells(const Batch& cells, uint32_t row, size_t shown, ChartRows& rows) const;
  absl::StatusOr<std::vector<ShownColumn>> ShownColumns(const std::vector<Field>& fields,
                                                        Arena& arena) const;
  std::vector<std::string> InOrder(const StringSet& series, const Axis& axis) const;

  const ChartNode& node_;
  const exec::RunContext& run_;
  const ChartRange range_;  // Of the search.
  Axes axes_;
  std::vector<plan::AggregateCall> calls_;
  absl::StatusOr<std::unique_ptr<const exec::AggregationPlan>> plan_;
  size_t keys_ = 0;  // How many axes there are.
};

double AlignmentOfAxis(const ChartAxis& axis, const ChartRange& range,
                       const exec::RunContext& run) {
  const std::string& text = axis.bins.align_time;
  if (text.empty()) return 0;
  if (text == "earliest") return range.from.value_or(0);
  if (text == "latest") return range.to.value_or(0);
  const plan::RunConstants& constants = run.evaluation.constants;
  return ParseTimeModifier(text, constants.now, constants.zone).value_or(0);
}

ChartSink::ChartSink(const ChartNode& node, const exec::RunContext& run)
    : node_(node),
      run_(run),
      range_(RangeOfSearch(run)),
      axes_{Axis(node.row, node.is_timechart, node.is_timechart ? 100 : 300,
                 run.evaluation.constants.zone, AlignmentOfAxis(node.row, range_, run)),
            Axis(node.series, false, node.is_timechart ? 100 : 300, run.evaluation.constants.zone,
                 AlignmentOfAxis(node.series, range_, run))} {
  if (has_fixed_range() && range_.from && range_.to) {
    axes_.row.Resolve({*range_.from, *range_.to - 1e-6}, true);
  }
  std::vector<Field> by;
  if (node.row.field) by.push_back(kRowKey);
  if (node.series.field) by.push_back(kSeriesKey);
  keys_ = by.size();
  for (const plan::AggregateCall& call : node.calls) calls_.push_back(plan::CopyCall(call));
  plan_ = exec::AggregationPlan::Make(calls_, by, false, node.distinct_split_values, run, what(),
                                      {node.row.field, node.series.field},
                                      {node.partial_version, node.mode});
}

// ---------------------------------------------------------------- collecting

// A series without a value has a key of its own, and so has a value that is called like it.
absl::Status ChartSink::AddSeriesKeys(const Axes& axes, Batch* batch) const {
  const Column* column = batch->Find(node_.series.field);
  auto* keys = batch->arena().AllocateArray<Value>(batch->physical_rows());
  SPELK_RETURN_IF_ERROR(batch->arena().status(what()));
  const bool keeps_null = node_.use_null || gives_partial_rows();
  const Value absent = keeps_null ? Value::Text(kNullSeries) : Value::Null();
  const auto named = [&](const Value& key) {
    if (!key.is_text() || gives_partial_rows()) return key;
    if (node_.use_null && key.text() == node_.null_text) return Value::Text(kNullSeries);
    return node_.use_other && key.text() == node_.other_text ? Value::Text(kOtherSeries) : key;
  };
  for (size_t r = 0; r < batch->size(); ++r) {
    const size_t row = batch->physical(r);
    const Value value = column == nullptr ? Value::Null() : column->At(row);
    Value& key = keys[row];
    key = value.is_null() ? absent : axes.series.KeyOf(value, batch->arena());
    if (!key.is_multi()) {
      key = named(key);
      continue;
    }
    auto* each = batch->arena().AllocateArray<Value>(key.count());
    SPELK_RETURN_IF_ERROR(batch->arena().status(what()));
    for (size_t i = 0; i < key.count(); ++i) each[i] = named(key.each()[i]);
    key = Value::Multi({each, key.count()});
  }
  exec::ColumnSetter(kSeriesKey).Set(Column::Values({keys, batch->physical_rows()}), batch);
  return batch->arena().status(what());
}

absl::Status ChartSink::AddToGroups(Batch batch, exec::Position at, const Axes& axes,
                                    Aggregation& groups) const {
  CheckSpans(batch, axes.row, node_.row_range);
  CheckSpans(batch, axes.series, node_.series_range);
  if (node_.row.field) {
    const Column* column = batch.Find(node_.row.field);
    if (column == nullptr) return absl::OkStatus();
    auto* keys = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status(what()));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      keys[row] = axes.row.KeyOf(column->At(row), batch.arena());
    }
    exec::ColumnSetter(kRowKey).Set(Column::Values({keys, batch.physical_rows()}), &batch);
  }
  if (node_.series.field) SPELK_RETURN_IF_ERROR(AddSeriesKeys(axes, &batch));
  SPELK_RETURN_IF_ERROR(batch.arena().status(what()));
  return groups.Update(batch, at);
}

// Of a partial row the values that went into it count, not where its range begins.
void ChartSink::Widen(const Batch& batch, Field field, const std::vector<Field>& range,
                      AxisRange& into) const {
  const Column* column = batch.Find(field);
  const Column* versions = batch.Find(node_.partial_version);
  if (column != nullptr && versions == nullptr) return into.Widen(*column, batch);
  const auto widen = [&](const Column* from, size_t row) {
    const Value value = from == nullptr ? Value::Null() : from->At(row);
    for (const Value& each : value.each()) {
      const std::optional<Number> number = NumberOf(each);
      if (number && std::isfinite(number->value)) into.Widen(number->value, number->value);
    }
  };
  const Column* low = range.empty() ? nullptr : batch.Find(range[0]);
  const Column* high = range.empty() ? nullptr : batch.Find(range[1]);
  for (size_t r = 0; r < batch.size(); ++r) {
    const size_t row = batch.physical(r);
    const bool partial = versions != nullptr && !versions->At(row).is_null();
    if (!partial || low == nullptr || high == nullptr || low->At(row).is_null()) {
      widen(column, row);
      continue;
    }
    widen(low, row);
    widen(high, row);
  }
}

// A span that is finer than that of the partial rows puts all of a row into the first of its spans.
void ChartSink::CheckSpans(const Batch& batch, const Axis& axis,
                           const std::vector<Field>& range) const {
  const Column* versions = batch.Find(node_.partial_version);
  if (versions == nullptr || range.empty() || !axis.has_bins()) return;
  const Column* low = batch.Find(range[0]);
  const Column* high = batch.Find(range[1]);
  if (low == nullptr || high == nullptr) return;
  for (size_t r = 0; r < batch.size(); ++r) {
    const size_t row = batch.physical(r);
    if (versions->At(row).is_null()) continue;
    const Value from = axis.KeyOf(low->At(row), batch.arena());
    const Value to = axis.KeyOf(high->At(row), batch.arena());
    if (from.is_null() || to.is_null() || TextOf(from) == TextOf(to)) continue;
    run_.warnings->Add(ErrorCode::kDiffers,
                       fmt::format("{}: partial rows reach over several of these spans, and count "
                                   "in the first of them: the span must not be finer than that of "
                                   "what made the rows",
                                   what()));
    return;
  }
}

absl::Status ChartSink::Update(ChartState& state, Batch batch, exec::Position at) const {
  if (axes_.row.has_bins()) {
    Widen(batch, node_.row.field, node_.row_range, state.row_range);
  }
  if (axes_.series.has_bins()) {
    Widen(batch, node_.series.field, node_.series_range, state.series_range);
  }
  if (!axes_.resolved()) return state.rows.Add(std::move(batch), at);
  return AddToGroups(std::move(batch), at, axes_, state.groups);
}

absl::Status ChartSink::Save(ChartState& state, ByteWriter& out) const {
  for (const double end : {state.row_range.low, state.row_range.high, state.series_range.low,
                           state.series_range.high}) {
    out.Double(end);
  }
  SPELK_RETURN_IF_ERROR(state.rows.Save(out));
  return state.groups.Save(out);
}

absl::StatusOr<ChartState> ChartSink::Load(ByteReader& in) const {
  SPELK_ASSIGN_OR_RETURN(ChartState state, NewState());
  for (double* end : {&state.row_range.low, &state.row_range.high, &state.series_range.low,
                      &state.series_range.high}) {
    *end = in.Double();
  }
  SPELK_RETURN_IF_ERROR(state.rows.Load(in));
  SPELK_RETURN_IF_ERROR(state.groups.Load(in));
  return state;
}

// ---------------------------------------------------------------- series

absl::StatusOr<SeriesChoice> ChartSink::ChooseSeries(Aggregation& groups) const {
  const SeriesFilter& filter = node_.filter;
  if (!node_.series.field || filter.test == SeriesTest::kAll) {
    return SeriesChoice(filter, run_.budget);
  }
  const bool over_events = filter.over_events != 0;
  double number = 0;
  const plan::AggregateEntry* entry = run_.entries->Aggregate(
      over_events ? calls_[filter.over_events - 1].function : filter.over_cells, &number);
  SPELK_CHECK(entry != nullptr);
  SeriesScores scores(entry->ops(), number, run_, what());
  const auto ranked = [](std::string_view series) {
    return series != kNullSeries && series != kOtherSeries;
  };
  if (over_events) {
    const auto& calls = (*plan_)->calls();
    const auto call = std::find_if(calls.begin(), calls.end(), [&](const auto& each) {
      return each.call == &calls_[filter.over_events - 1];
    });
    SPELK_CHECK(call != calls.end());
    const size_t offset = (*plan_)->layout().offset(call->state);
    SPELK_RETURN_IF_ERROR(groups.table().ForEach([&](std::string_view key, char* states) {
      const std::string_view series = exec::SplitKey(key, keys_)[1];
      return ranked(series) ? scores.AddState(series, states + offset) : absl::OkStatus();
    }));
    return scores.Choose(filter);
  }
  ShownCells shown(node_, run_);
  const auto add = [&](const Batch& results) -> absl::Status {
    std::vector<Column> cells;
    SPELK_RETURN_IF_ERROR(shown.Of(results, keys_, &cells));
    for (size_t r = 0; r < results.size(); ++r) {
      const std::string_view series = results.At(1, r).text();
      if (!ranked(series)) continue;
      SPELK_RETURN_IF_ERROR(scores.AddCell(series, cells[0].At(results.physical(r))));
    }
    return absl::OkStatus();
  };
  SPELK_RETURN_IF_ERROR(groups.EmitRows(add));
  return scores.Choose(filter);
}

// The same groups, with those of all series that have no column in the series of the others.
absl::StatusOr<Aggregation> ChartSink::WithOthers(Aggregation groups,
                                                  const SeriesChoice& choice) const {
  SPELK_ASSIGN_OR_RETURN(Aggregation merged, Aggregation::Make(**plan_));
  const auto rename = [&](std::string_view key) {
    const std::vector<std::string_view> parts = exec::SplitKey(key, keys_);
    if (parts[1] == kNullSeries || parts[1] == kOtherSeries || choice.Keeps(parts[1])) {
      return std::string(key);
    }
    std::string other;
    exec::AppendKeyPart(parts[0], other);
    exec::AppendKeyPart(kOtherSeries, other);
    return other;
  };
  SPELK_RETURN_IF_ERROR(merged.MergeAs(groups, rename));
  return merged;
}

// ---------------------------------------------------------------- the table

// What columns show where there was no event: what the statistics say of nothing.
absl::StatusOr<std::vector<ShownColumn>> ChartSink::ShownColumns(const std::vector<Field>& fields,
                                                                 Arena& arena) const {
  exec::GroupTable nothing((*plan_)->layout(), run_, what());
  SPELK_ASSIGN_OR_RETURN(const uint32_t group, nothing.Group(""));
  const auto* states =
      static_cast<const char*>(nothing.State(group, 0)) - (*plan_)->layout().offset(0);
  std::vector<Field> names;
  std::vector<Column> columns;
  for (const exec::AggregationPlan::Call& call : (*plan_)->calls()) {
    names.push_back(call.call->output);
    columns.push_back(
        Column::Constant((*plan_)->ResultOf(call, (*plan_)->layout(), states, arena), 1));
  }
  const Batch empty(std::make_shared<Schema>(std::move(names)), std::move(columns), 1,
                    std::make_shared<BatchMemory>(run_.budget));
  ShownCells cells(node_, run_);
  std::vector<Column> values;
  SPELK_RETURN_IF_ERROR(cells.Of(empty, 0, &values));
  std::vector<ShownColumn> shown;
  for (const Field field : fields) {
    ShownColumn& column = shown.emplace_back();
    column.output = field;
    const auto& known = cells.fields();
    const auto found = std::find(known.begin(), known.end(), field);
    if (found != known.end()) {
      column.empty = CopyValue(values[static_cast<size_t>(found - known.begin())].At(0), arena);
    }
    for (const ChartColumn& each : node_.columns) {
      if (each.output == field) column.per_seconds = each.per_seconds;
    }
  }
  return shown;
}

// By name, binned ones by number and before texts; those without a value and the others come last.
std::vector<std::string> ChartSink::InOrder(const StringSet& series, const Axis& axis) const {
  struct Ordered {
    int last;
    bool is_text;
    double number;
    std::string key;
  };
  std::vector<Ordered> order;
  for (const std::string& key : series) {
    const int last = key == kNullSeries ? 1 : (key == kOtherSeries ? 2 : 0);
    const std::optional<Number> number =
        last == 0 && axis.has_bins() ? ParseNumber(key) : std::nullopt;
    order.push_back({last, !number, number ? number->value : 0, key});
  }
  std::sort(order.begin(), order.end(), [](const Ordered& a, const Ordered& b) {
    return std::tie(a.last, a.is_text, a.number, a.key) <
           std::tie(b.last, b.is_text, b.number, b.key);
  });
  std::vector<std::string> keys;
  for (Ordered& each : order) keys.push_back(std::move(each.key));
  return keys;
}

// Sorts the cells by their rows, then makes a row of each. A row whose series all lack a column
// stays.
absl::Status ChartSink::EmitTable(Aggregation& groups, const SeriesChoice& choice, const Axes& axes,
                                  ChartRange events, exec::Output& out) const {
  ShownCells shown(node_, run_);
  StringSet series;
  Reservation reservation(run_.budget);
  const auto see = [&](std::string_view key) -> absl::Status {
    if (!series.emplace(key).second) return absl::OkStatus();
    const size_t bytes = 2 * key.size() + 128;
    return reservation.Grow(bytes) ? absl::OkStatus() : run_.budget->Exhausted(what(), bytes);
  };
  exec::SorterOptions options;
  const Field row_field = run_.fields->Intern("0");
  const Field type_field = run_.fields->Intern("type");
  if (node_.row.field) {
    // A row whose groups wrote its value as text and as a number shows the text, as stats does.
    options.keys = {{row_field, plan::SortBy::kAuto, false},
                    {row_field, plan::SortBy::kText, false},
                    {type_field, plan::SortBy::kAuto, false}};
  }
  options.what = what();
  exec::Sorter sorter(std::move(options), run_);
  SchemaPtr schema;
  uint64_t batches = 0;
  if (keys_ == 0) SPELK_RETURN_IF_ERROR(groups.table().Group("").status());
  const bool counts = node_.row.field && !node_.is_timechart && !node_.row.bins.given();
  RowNumbers numbers;
  const auto add = [&](const Batch& results) -> absl::Status {
    for (size_t r = 0; counts && r < results.size(); ++r) numbers.See(results.At(0, r));
    std::vector<Column> cells;
    for (size_t k = 0; k < keys_; ++k) cells.push_back(results.column(k));
    SPELK_RETURN_IF_ERROR(shown.Of(results, keys_, &cells));
    if (schema == nullptr) {
      std::vector<Field> fields;
      for (size_t i = 0; i < cells.size(); ++i) {
        fields.push_back(run_.fields->Intern(std::to_string(i)));
      }
      fields.push_back(type_field);
      schema = std::make_shared<Schema>(std::move(fields));
    }
    Column types = Column::Constant(Value::Null(), results.physical_rows());
    if (node_.row.field) {
      SPELK_ASSIGN_OR_RETURN(types, TypesOf(cells.front(), results));
    }
    cells.push_back(std::move(types));
    for (size_t r = 0; node_.series.field && r < results.size(); ++r) {
      const std::string_view key = results.At(1, r).text();
      const bool kept = key == kNullSeries || key == kOtherSeries || choice.Keeps(key);
      if (kept) SPELK_RETURN_IF_ERROR(see(key));
    }
    return sorter.Add(Batch(schema, std::move(cells), results.physical_rows(), results.memory()),
                      exec::Position{batches++, 0});
  };
  SPELK_RETURN_IF_ERROR(groups.EmitRows(add));
  if (numbers.too_many()) {
    run_.warnings->Add(ErrorCode::kDiffers,
                       fmt::format("chart: '{}' has more than {} different numbers, which Splunk "
                                   "puts into ranges; span= or bins= does so here",
                                   node_.row.field.name(), RowNumbers::kMost));
  }
  if (schema == nullptr) return absl::OkStatus();
  Arena arena(run_.budget);
  ChartRows::Layout layout;
  SPELK_ASSIGN_OR_RETURN(layout.shown, ShownColumns(shown.fields(), arena));
  layout.series = InOrder(series, axes.series);
  if (has_fixed_range()) layout.fill = range_;
  if (!node_.partial) {
    layout.partial = {range_.from ? range_.from : events.from, range_.to ? range_.to : events.to};
  }
  SPELK_ASSIGN_OR_RETURN(
      const std::unique_ptr<ChartRows> rows,
      ChartRows::Make(node_, axes.row, axes.series, std::move(layout), run_, out));
  const auto take = [&](const Batch& batch, uint32_t row,
                        const exec::RowRank&) -> absl::StatusOr<exec::Demand> {
    if (out.enough()) return exec::Demand::kEnough;
    const auto at = [&](size_t cell) {
      return batch.Find((*schema)[cell])->At(batch.physical(row));
    };
    SPELK_RETURN_IF_ERROR(rows->Row(keys_ == 0 ? Value::Null() : at(0)));
    const std::string_view key = node_.series.field ? at(1).text() : std::string_view();
    for (size_t c = keys_; c + 1 < schema->size(); ++c) rows->Cell(key, c - keys_, at(c));
    return exec::Demand::kMore;
  };
  SPELK_RETURN_IF_ERROR(sorter.ForEach(take));
  return rows->Finish();
}

// A row for each group, in the order of the rows and then of the series, with their values instead
// of keys: a divided one is where its range begins.
absl::Status ChartSink::EmitPartial(Aggregation& groups, exec::Output& out) const {
  exec::SorterOptions options;
  std::vector<Field> axes;
  for (const Field field : {node_.row.field, node_.series.field}) {
    if (!field) continue;
    axes.push_back(field);
    options.keys.push_back({field, plan::SortBy::kAuto, false});
    options.keys.push_back({field, plan::SortBy::kText, false});
  }
  options.what = what();
  exec::Sorter sorter(std::move(options), run_);
  if (keys_ == 0) SPELK_RETURN_IF_ERROR(groups.table().Group("").status());
  uint64_t batches = 0;
  const auto add = [&](Batch rows) -> absl::Status {
    std::vector<Field> fields = axes;
    for (size_t c = keys_; c < rows.schema()->size(); ++c) fields.push_back((*rows.schema())[c]);
    std::vector<Column> columns = rows.columns();
    if (node_.series.field) {
      auto* values = rows.arena().AllocateArray<Value>(rows.physical_rows());
      SPELK_RETURN_IF_ERROR(rows.arena().status(what()));
      for (size_t r = 0; r < rows.physical_rows(); ++r) {
        values[r] = columns[1].At(r);
        if (values[r].text() == kNullSeries) values[r] = Value::Null();
      }
      columns[1] = Column::Values({values, rows.physical_rows()});
    }
    const size_t placed = std::min(rows.schema()->placed(), fields.size());
    rows.Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
    return sorter.Add(std::move(rows), exec::Position{batches++, 0});
  };
  SPELK_RETURN_IF_ERROR(groups.EmitRows(add));
  return sorter.Emit(out);
}

// Takes rows out of the spool into groups.
class ChartSink::GroupFeed final : public exec::Output {
 public:
  GroupFeed(const ChartSink& sink, const Axes& axes, Aggregation& groups)
      : sink_(sink), axes_(axes), groups_(groups) {}
  absl::Status Push(Batch batch) override {
    return sink_.AddToGroups(std::move(batch), exec::Position{batches_++, 0}, axes_, groups_);
  }

 private:
  const ChartSink& sink_;
  const Axes& axes_;
  Aggregation& groups_;
  uint64_t batches_ = 0;
};

absl::Status ChartSink::Finish(ChartState state, exec::Output& out) const {
  Axes axes = axes_;
  if (!axes.resolved()) {
    AxisRange rows = state.row_range;
    if (has_fixed_range() && rows.any()) {
      if (range_.from) rows.Widen(*range_.from, *range_.from);
      if (range_.to) rows.Widen(*range_.to - 1e-6, *range_.to - 1e-6);
    }
    axes.row.Resolve(rows, node_.is_timechart);
    axes.series.Resolve(state.series_range, false);
    GroupFeed feed(*this, axes, state.groups);
    SPELK_RETURN_IF_ERROR(state.rows.Emit(feed));
  }
  if (gives_partial_rows()) return EmitPartial(state.groups, out);
  ChartRange events;
  if (state.row_range.any()) events = {state.row_range.low, state.row_range.high};
  state.groups.KeepForAgain();
  SPELK_ASSIGN_OR_RETURN(const SeriesChoice choice, ChooseSeries(state.groups));
  if (!node_.series.field || !node_.use_other || choice.keeps_all()) {
    return EmitTable(state.groups, choice, axes, events, out);
  }
  SPELK_ASSIGN_OR_RETURN(Aggregation merged, WithOthers(std::move(state.groups), choice));
  return EmitTable(merged, choice, axes, events, out);
}

}  // namespace

exec::OperatorPtr BuildChart(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<ChartSink>(plan::As<ChartNode>(node), run);
}

}  // namespace spelk::commands
