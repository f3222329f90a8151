// ChartRows: the rows of a chart, from cells that come in the order of the rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "commands/chart/axis.h"
#include "commands/chart/wide_rows.h"

namespace spelk::commands {

// What a column of the chart is called, and what stands in a cell without any event.
struct ShownColumn {
  Field output;
  Value empty;
  double per_seconds = 0;  // See ChartColumn.
};

// The instants between which a chart has rows, where the search or the events tell; a bin that
// reaches beyond is partial.
struct ChartRange {
  std::optional<double> from;
  std::optional<double> to;
};

class ChartRows {
 public:
  struct Layout {
    std::vector<ShownColumn> shown;
    std::vector<std::string> series;  // Keys, in the order of the columns; none without a split.
    ChartRange fill;                  // Rows are made for all bins from here to there.
    ChartRange partial;               // Bins beyond are left out.
  };
  // All but `layout` outlive the rows.
  static absl::StatusOr<std::unique_ptr<ChartRows>> Make(const ChartNode& node, const Axis& row,
                                                         const Axis& series, Layout layout,
                                                         const exec::RunContext& run,
                                                         exec::Output& out);

  // Begins the row of that key unless it is the one at hand; keys come in order.
  absl::Status Row(const Value& key);
  void Cell(std::string_view series, size_t shown, const Value& value);
  absl::Status Finish();

 private:
  ChartRows(const ChartNode& node, const Axis& axis, Layout layout, const exec::RunContext& run,
            exec::Output& out, std::vector<Field> columns, std::vector<size_t> places);

  absl::Status FillTo(double start);
  absl::Status Begin(const Value& key, std::optional<double> start);
  Value Scaled(const Value& value, const ShownColumn& column) const;

  const ChartNode& node_;
  const Axis& axis_;
  const Layout layout_;
  exec::Output& out_;
  const std::vector<size_t> places_;  // Columns of the statistics' series, one after another.
  WideRows rows_;
  StringMap<size_t> series_;  // Key to place.
  bool fills_;
  std::optional<std::string> key_;
  std::optional<double> next_;   // The bin that comes after the row at hand.
  std::optional<double> start_;  // Of the row at hand.
  bool skips_ = false;           // The row at hand is left out.
  uint64_t made_ = 0;            // Rows without any event.
};

}  // namespace spelk::commands
