// What a chart does to fields and order.
#include "commands/chart/chart_node.h"

#include <algorithm>

namespace spelk::commands {

std::string_view NameOf(SeriesTest test) {
  switch (test) {
    case SeriesTest::kAll:
      return "all";
    case SeriesTest::kHighest:
      return "top";
    case SeriesTest::kLowest:
      return "bottom";
    case SeriesTest::kAbove:
      return "above";
    case SeriesTest::kBelow:
      return "below";
  }
  return "";
}

bool ChartNode::WellFormed(const plan::Registry&) const {
  const bool outputs =
      std::all_of(columns.begin(), columns.end(), [this](const ChartColumn& column) {
        return column.expression != nullptr ||
               std::any_of(calls.begin(), calls.end(), [&](const plan::AggregateCall& call) {
                 return !call.pattern.empty() || call.output == column.output;
               });
      });
  const auto range = [](const std::vector<Field>& fields) {
    return (fields.empty() || fields.size() == 2) &&
           std::all_of(fields.begin(), fields.end(), [](Field field) { return !!field; });
  };
  if (!range(row_range) || !range(series_range)) return false;
  if (mode == plan::AggregateMode::kPartial && !partial_version) return false;
  return outputs && filter.over_events <= calls.size() && (row.field || !series.field) &&
         (!is_timechart || row.field);
}

plan::Dataflow ChartNode::GetDataflow() const {
  plan::Dataflow flow;
  flow.reads = plan::FieldSet();
  flow.passes = false;
  flow.order = needs_order ? plan::Order::kNeeds : plan::Order::kIgnores;
  flow.runs = plan::Runs::kSink;
  for (const Field field : {row.field, series.field, time}) {
    if (field) flow.reads.Add(field);
  }
  bool known = !series.field;
  for (const plan::AggregateCall& call : calls) {
    if (call.field) flow.reads.Add(call.field);
    if (call.expression != nullptr) CollectFields(*call.expression, &flow.reads);
    if (call.pattern.empty()) continue;
    flow.reads.AddPattern(call.pattern);
    known = false;
  }
  plan::AddPartialReads(partial_version, calls, &flow.reads);
  if (partial_version) {
    for (const Field field : row_range) flow.reads.Add(field);
    for (const Field field : series_range) flow.reads.Add(field);
  }
  if (mode == plan::AggregateMode::kPartial) {
    flow.columns.emplace();
    for (const Field field : {row.field, series.field}) {
      if (field) flow.columns->push_back(field);
    }
    if (!plan::AddPartialColumns(partial_version, calls, &*flow.columns)) flow.columns.reset();
    return flow;
  }
  if (!known) return flow;
  flow.columns.emplace();
  if (row.field) flow.columns->push_back(row.field);
  for (const ChartColumn& column : columns) flow.columns->push_back(column.output);
  return flow;
}

}  // namespace spelk::commands
