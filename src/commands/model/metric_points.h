// Measurements out of events: for mstats, which groups by metric and by time series.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/entry.h"

namespace spelk::commands {

inline constexpr std::string_view kMetricMember = "metric_name:";  // Then the name of a metric.

struct MetricPoints {
  bool single =
      false;  // A row for each measurement, as metric_name and _value; others are left out.
  bool series = false;  // _timeseries: the metrics of the row and its dimensions, as a JSON object.
};

plan::NodePtr MakeMetricPoints(Span span, const MetricPoints& points, plan::Binder& binder);

// Commands, as text, that make of measurements fields with the names of metrics.

// The search for events that have one of the metrics.
std::string SearchForMetrics(const std::vector<std::string>& metrics);
// Of events, which may have several; patterns are those of members: "metric_name:cpu.*".
std::string FieldsOfEvents(const std::vector<std::string>& metrics,
                           const std::vector<std::string>& patterns);
// Of rows that are one measurement each; others are left out.
std::string FieldsOfPoints(const std::vector<std::string>& metrics);
// The rate of each time series as a field, in the last row that the series has in a span; an empty
// span is the whole time.
std::string RateOf(const std::string& metric, std::string_view span);
std::string RateFieldOf(std::string_view metric);

extern const plan::NodeEntry kMetricPointsNode;  // For the entry of the command.

}  // namespace spelk::commands
