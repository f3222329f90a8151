// ChartNode: what chart and timechart are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/nodes.h"

namespace spelk::commands {

// span=, bins= … of one axis, as bin has them.
struct ChartBins {
  std::string span;   // Empty: chosen for the values, if anything is given.
  uint64_t bins = 0;  // 0: not given.
  std::string min_span;
  std::optional<double> start;
  std::optional<double> end;
  std::string align_time;

  bool given() const {
    return !span.empty() || bins != 0 || !min_span.empty() || start || end || !align_time.empty();
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("span", span);
    visit("bins", bins);
    visit("minspan", min_span);
    visit("start", start);
    visit("end", end);
    visit("aligntime", align_time);
  }
};

// The field that an axis is made of.
struct ChartAxis {
  Field field;           // Null if there is no such axis.
  bool is_time = false;  // The field is _time: spans without a unit are seconds.
  ChartBins bins;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit.MayBeNull("field", field);
    visit("is_time", is_time);
    visit("bins", bins);
  }
};

// A column of the result, or one for each series.
struct ChartColumn {
  Field output;
  plan::ExprPtr expression;  // Over the results of the statistics; null: the one named `output`.
  double per_seconds = 0;    // per_hour: the result is scaled to so many seconds; 0: it is not.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("output", output);
    visit.MayBeNull("expression", expression);
    visit("per_seconds", per_seconds);
  }
};

enum class SeriesTest : uint8_t { kAll, kHighest, kLowest, kAbove, kBelow };
constexpr size_t EnumSize(SeriesTest) { return 5; }
std::string_view NameOf(SeriesTest test);

// Which series have columns of their own.
struct SeriesFilter {
  SeriesTest test = SeriesTest::kHighest;
  bool negated = false;  // notin
  uint64_t count = 10;
  double threshold = 0;
  std::string over_cells;    // The score is this statistic of the series' cells …
  uint64_t over_events = 0;  // … or, if not 0, the call of that number, counted from 1.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("test", test);
    visit("negated", negated);
    visit("count", count);
    visit("threshold", threshold);
    visit("over_cells", over_cells);
    visit("over_events", over_events);
  }
};

struct ChartNode final : plan::Node {
  static constexpr std::string_view kName = "chart";
  bool is_timechart = false;
  plan::AggregateMode mode = plan::AggregateMode::kWhole;
  std::vector<plan::AggregateCall> calls;
  std::vector<ChartColumn> columns;
  ChartAxis row;
  ChartAxis series;
  SeriesFilter filter;
  bool use_null = true;
  bool use_other = true;
  std::string null_text;
  std::string other_text;
  std::string sep;
  std::string format;
  bool continuous = true;
  bool partial = true;
  bool fixed_range = true;
  bool distinct_split_values = false;
  bool needs_order = false;  // Some statistic keeps the order: first, last, list.
  Field time;                // _time, if something reads it.
  // By which partial rows are known, and the range of the row's and of the series' values in them,
  // where these are divided: least and greatest.
  Field partial_version;
  std::vector<Field> row_range;
  std::vector<Field> series_range;

  bool WellFormed(const plan::Registry& entries) const;
  plan::Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("is_timechart", is_timechart);
    visit("mode", mode);
    visit("calls", calls);
    visit("columns", columns);
    visit("row", row);
    visit("series", series);
    visit("filter", filter);
    visit("use_null", use_null);
    visit("use_other", use_other);
    visit("null_text", null_text);
    visit("other_text", other_text);
    visit("sep", sep);
    visit("format", format);
    visit("continuous", continuous);
    visit("partial", partial);
    visit("fixed_range", fixed_range);
    visit("distinct_split_values", distinct_split_values);
    visit("needs_order", needs_order);
    visit.MayBeNull("time", time);
    visit.Unprinted("partial_version", partial_version);
    visit.Unprinted("row_range", row_range);
    visit.Unprinted("series_range", series_range);
  }
};

}  // namespace spelk::commands
