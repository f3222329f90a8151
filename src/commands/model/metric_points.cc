#include "commands/model/metric_points.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/arena_builder.h"
#include "exec/column_setter.h"
#include "io/json_text.h"
#include "syntax/unescape.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

using syntax::Quote;
using syntax::QuoteField;

struct MetricPointsNode final : plan::Node {
  static constexpr std::string_view kName = "metric-points";
  bool single = false;
  Field metric;
  Field value;
  Field series;  // Null: not made.

  // Which members an event has, and which dimensions, its fields tell.
  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = true};
    flow.writes = plan::FieldSet();
    if (single) flow.makes = {metric, value};
    if (series) flow.makes.push_back(series);
    flow.writes.Add(plan::FieldSet::Of(flow.makes));
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("single", single);
    visit("metric", metric);
    visit("value", value);
    visit.MayBeNull("series", series);
  }
};

// A column of the batch, by the part of its name that counts.
struct NamedColumn {
  std::string name;
  size_t column = 0;
};

// By name: the order of columns is not known before the last row.
std::vector<NamedColumn> InOrder(std::vector<NamedColumn> columns) {
  std::sort(columns.begin(), columns.end(),
            [](const NamedColumn& a, const NamedColumn& b) { return a.name < b.name; });
  return columns;
}

std::vector<NamedColumn> MetricsOf(const Schema& schema) {
  std::vector<NamedColumn> metrics;
  for (size_t c = 0; c < schema.fields().size(); ++c) {
    const std::string_view name = schema.fields()[c].name();
    if (schema.fields()[c].hidden() || !name.starts_with(kMetricMember)) continue;
    metrics.push_back({std::string(name.substr(kMetricMember.size())), c});
  }
  return InOrder(std::move(metrics));
}

// What is no dimension (mstats, "Time dimensions").
bool IsOfTime(std::string_view name) {
  constexpr std::array<std::string_view, 13> kNames = {
      "date_hour", "date_mday",    "date_minute", "date_month", "date_second",
      "date_wday", "date_year",    "date_zone",   "time",       "metric_timestamp",
      "timestamp", "timestartpos", "timeendpos"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::vector<NamedColumn> DimensionsOf(const Schema& schema) {
  std::vector<NamedColumn> dimensions;
  for (size_t c = 0; c < schema.fields().size(); ++c) {
    const Field field = schema.fields()[c];
    if (field.hidden() || field.internal() || IsOfTime(field.name())) continue;
    if (field.name().starts_with("metric_name")) continue;
    dimensions.push_back({std::string(field.name()), c});
  }
  return InOrder(std::move(dimensions));
}

class SeriesWriter {
 public:
  explicit SeriesWriter(Arena& arena) : out_(arena) {}

  void Member(std::string_view name, std::span<const Value> values) {
    out_.Add(empty_ ? '{' : ',');
    empty_ = false;
    String(name);
    out_.Add(':');
    if (values.size() != 1) out_.Add('[');
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_.Add(',');
      char buffer[kNumberText];
      String(TextOf(values[i], buffer));
    }
    if (values.size() != 1) out_.Add(']');
  }
  Value Finish() {
    out_.Add(empty_ ? std::string_view("{}") : std::string_view("}"));
    return Value::Text(out_.FinishText());
  }

 private:
  void String(std::string_view text) {
    io::EmitJsonString(text, [this](std::string_view piece) { out_.Add(piece); });
  }

  ArenaText out_;
  bool empty_ = true;
};

struct PointsState {
  exec::ColumnSetter metric;
  exec::ColumnSetter value;
  exec::ColumnSetter series;
};

class PointsOperator final : public exec::Streaming<PointsState> {
 public:
  PointsOperator(const MetricPointsNode& node, const exec::RunContext& run)
      : node_(node), run_(run) {}

  absl::StatusOr<PointsState> NewState() const override {
    return PointsState{exec::ColumnSetter(node_.metric), exec::ColumnSetter(node_.value),
                       exec::ColumnSetter(node_.series)};
  }

  absl::Status Process(Batch batch, PointsState& state, exec::Output& out) const override {
    if (!node_.single) return PushWithSeries(std::move(batch), state, out);
    const std::vector<NamedColumn> metrics = MetricsOf(*batch.schema());
    const Column* metric = batch.Find(node_.metric);
    const Column* value = batch.Find(node_.value);
    std::vector<Point> points;
    for (size_t r = 0; r < batch.size(); ++r) {
      const auto row = static_cast<uint32_t>(batch.physical(r));
      if (metric != nullptr && value != nullptr && !metric->At(row).is_null() &&
          !value->At(row).is_null()) {
        points.push_back({row, metric->At(row), value->At(row)});
      }
      for (const NamedColumn& each : metrics) {
        const Value measured = batch.column(each.column).At(row);
        if (measured.is_null()) continue;
        points.push_back({row, Value::Text(batch.arena().Copy(each.name)), measured});
      }
      if (points.size() < run_.batch_rows) continue;
      SPELK_RETURN_IF_ERROR(PushPoints(batch, points, state, out));
      if (out.enough()) return absl::OkStatus();
    }
    return PushPoints(batch, points, state, out);
  }

 private:
  struct Point {
    uint32_t row = 0;
    Value metric;
    Value value;
  };

  // The rows as a batch of their own, which keeps alive what the first one points to.
  absl::Status PushPoints(const Batch& from, std::vector<Point>& points, PointsState& state,
                          exec::Output& out) const {
    if (points.empty()) return absl::OkStatus();
    auto memory = std::make_shared<BatchMemory>(run_.budget);
    memory->pins.push_back(from.memory());
    std::vector<Column> columns;
    const size_t rows = points.size();
    for (size_t c = 0; c < from.columns().size(); ++c) {
      auto* values = memory->arena.AllocateArray<Value>(rows);
      SPELK_RETURN_IF_ERROR(memory->arena.status("mstats"));
      for (size_t i = 0; i < rows; ++i) values[i] = from.column(c).At(points[i].row);
      columns.push_back(Column::Values({values, rows}));
    }
    auto* metrics = memory->arena.AllocateArray<Value>(rows);
    auto* measured = memory->arena.AllocateArray<Value>(rows);
    SPELK_RETURN_IF_ERROR(memory->arena.status("mstats"));
    for (size_t i = 0; i < rows; ++i) {
      metrics[i] = points[i].metric;
      measured[i] = points[i].value;
    }
    SPELK_RETURN_IF_ERROR(from.arena().status("mstats"));
    Batch made(from.schema(), std::move(columns), rows, std::move(memory));
    state.metric.Set(Column::Values({metrics, rows}), &made);
    state.value.Set(Column::Values({measured, rows}), &made);
    points.clear();
    return PushWithSeries(std::move(made), state, out);
  }

  absl::Status PushWithSeries(Batch batch, PointsState& state, exec::Output& out) const {
    if (!node_.series) return out.Push(std::move(batch));
    std::vector<NamedColumn> metrics;
    if (!node_.single) metrics = MetricsOf(*batch.schema());
    const std::vector<NamedColumn> dimensions = DimensionsOf(*batch.schema());
    const Column* metric = batch.Find(node_.metric);
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("mstats"));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      SeriesWriter series(batch.arena());
      std::vector<Value> names;
      if (metric != nullptr && !metric->At(row).is_null()) names.push_back(metric->At(row));
      for (const NamedColumn& each : metrics) {
        if (!batch.column(each.column).At(row).is_null()) names.push_back(Value::Text(each.name));
      }
      series.Member(node_.metric.name(), names);
      for (const NamedColumn& each : dimensions) {
        const Value value = batch.column(each.column).At(row);
        if (!value.is_null()) series.Member(each.name, value.each());
      }
      values[row] = series.Finish();
      SPELK_RETURN_IF_ERROR(batch.arena().status("mstats"));
    }
    state.series.Set(Column::Values({values, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

  const MetricPointsNode& node_;
  const exec::RunContext& run_;
};

exec::OperatorPtr BuildMetricPoints(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<PointsOperator>(plan::As<MetricPointsNode>(node), run);
}

}  // namespace

std::string SearchForMetrics(const std::vector<std::string>& metrics) {
  std::string any;
  for (const std::string& metric : metrics) {
    if (!any.empty()) any += " OR ";
    any += fmt::format("{}=* OR (metric_name={} _value=*)",
                       Quote(fmt::format("{}{}", kMetricMember, metric)), Quote(metric));
  }
  return fmt::format("search ({})", any);
}

std::string FieldsOfEvents(const std::vector<std::string>& metrics,
                           const std::vector<std::string>& patterns) {
  std::string fields;
  for (const std::string& metric : metrics) {
    fields += fmt::format("{}{}=coalesce({},if(metric_name=={},_value,null()))",
                          fields.empty() ? "| eval " : ", ", Quote(metric),
                          QuoteField(fmt::format("{}{}", kMetricMember, metric)), Quote(metric));
  }
  if (patterns.empty()) return fields;
  std::string names;
  for (const std::string& pattern : patterns) names += fmt::format(" {}", Quote(pattern));
  std::string others;
  for (const std::string& metric : metrics) {
    others += fmt::format(" OR isnotnull({})", QuoteField(metric));
  }
  // Which metrics a pattern takes is known only when all fields of an event are: a measurement
  // becomes a member like the others, then events that have one of them stay. Metrics have no text
  // but their line, which names them.
  return fmt::format(
      "| eval mstats_name=\"{}\".metric_name | eval {{mstats_name}}=_value {} "
      "| foreach{} [eval mstats_any=if(isnotnull('<<FIELD>>'),1,mstats_any)] "
      "| where mstats_any=1{}",
      kMetricMember, fields, names, others);
}

std::string FieldsOfPoints(const std::vector<std::string>& metrics) {
  std::string fields;
  std::string any;
  for (const std::string& metric : metrics) {
    fields += fmt::format("{}{}=if(metric_name=={},_value,null())",
                          fields.empty() ? "| eval " : ", ", Quote(metric), Quote(metric));
    any += fmt::format("{}metric_name=={}", any.empty() ? " | where " : " OR ", Quote(metric));
  }
  return fields + any;
}

std::string RateFieldOf(std::string_view metric) { return fmt::format("mstats_rate {}", metric); }

// The rate is counted from the latest measurement of the spans before, else from the first one
// (rate_avg, Usage).
std::string RateOf(const std::string& metric, std::string_view span) {
  const std::string_view by = span.empty() ? "" : ", mstats_span";
  const std::string bin =
      span.empty() ? "" : fmt::format(" | bin _time span={} AS mstats_span", Quote(span));
  return fmt::format(
      "| sort 0 _time | eval mstats_now=if(isnotnull({0}),_time,null()){1} "
      "| streamstats current=f last({2}) AS mstats_value last(mstats_now) AS mstats_time "
      "BY _timeseries "
      "| streamstats first(mstats_value) AS mstats_from first(mstats_time) AS mstats_since "
      "count({2}) AS mstats_n BY _timeseries{3} "
      "| eventstats count({2}) AS mstats_all BY _timeseries{3} "
      "| eval {4}=if(isnotnull({0}) AND mstats_n=mstats_all AND mstats_now>mstats_since,"
      "({0}-mstats_from)/(mstats_now-mstats_since),null())",
      QuoteField(metric), bin, Quote(metric), by, Quote(RateFieldOf(metric)));
}

const plan::NodeEntry kMetricPointsNode = {&plan::TypeOf<MetricPointsNode>, &BuildMetricPoints};

plan::NodePtr MakeMetricPoints(Span span, const MetricPoints& points, plan::Binder& binder) {
  auto node = plan::Make<MetricPointsNode>(span);
  node->single = points.single;
  node->metric = binder.Intern("metric_name");
  node->value = binder.Intern("_value");
  if (points.series) node->series = binder.Intern("_timeseries");
  return node;
}

}  // namespace spelk::commands
