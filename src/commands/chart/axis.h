// Axis: how the values of a chart's split field become rows or series.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "commands/chart/chart_node.h"
#include "value/batch.h"
#include "value/bin_span.h"

namespace spelk::commands {

// The least and the greatest number that an axis has to hold.
struct AxisRange {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  bool any() const { return low <= high; }
  void Widen(double from, double to);
  // By the numbers of a column.
  void Widen(const Column& column, const Batch& batch);
};

// An axis is resolved once its span is known. Its keys are texts or, if it has bins, also the
// numbers where these begin.
class Axis {
 public:
  // `most_bins` holds where no bins are given. A time axis always has bins.
  Axis(const ChartAxis& axis, bool always_binned, uint64_t most_bins, absl::TimeZone zone,
       double align);

  bool resolved() const { return !binned_ || span_.has_value(); }
  // Chooses the span for values in that range; nothing happens to a resolved axis.
  void Resolve(const AxisRange& range, bool months);

  bool has_bins() const { return binned_; }
  bool is_time() const { return binned_ && span_ && span_->is_time(); }
  // True if the bins can be counted: logarithmic ones cannot.
  bool has_steps() const { return binned_ && span_ && (span_->is_time() || span_->width() > 0); }
  // What the values of a row become; null where it has no place: outside of start and end, or no
  // time on a time axis.
  Value KeyOf(const Value& value, Arena& arena) const;
  // The bin of a number, and where the one after it begins.
  double StartOf(double number) const;
  double NextAfter(double start) const;
  // A key as the result shows it.
  std::string LabelOf(std::string_view key) const;

 private:
  std::optional<BinSpan> span_;
  bool binned_;
  bool is_time_;  // As chart's time, not by its spans.
  bool wants_time_;
  uint64_t most_bins_;
  double least_ = 0;
  std::optional<double> start_;
  std::optional<double> end_;
  absl::TimeZone zone_;
  double align_;
};

}  // namespace spelk::commands
