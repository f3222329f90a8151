// What a chart does to fields and order.
#include "commands/chart/chart_node.h"

#include <algorithm>

namespace spelk::commands {

std::string_view NameOf(SeriesTest test) {
  switch (test) {
    case SeriesTest::kAll:
      return "all";
    case SeriesTest::kTop:
      return "top";
    case SeriesTest::kBottom:
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
  if (!known) return flow;
  flow.columns.emplace();
  if (row.field) flow.columns->push_back(row.field);
  for (const ChartColumn& column : columns) flow.columns->push_back(column.output);
  return flow;
}

}  // namespace spelk::commands
