// Filling gaps, naming columns, placing cells.
#include "commands/chart/chart_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "commands/bin.h"
#include "commands/chart/series_filter.h"
#include "commands/chart/series_names.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// So many rows without any event are an answer that nobody wanted.
constexpr uint64_t kMostFilled = 1'000'000;

// timechart, "Prepending VALUE": no column of a series is an internal field.
std::string LabelOf(const ChartNode& node, std::string_view series) {
  std::string_view label = series;
  if (series == kNullSeries) label = node.null_text;
  if (series == kOtherSeries) label = node.other_text;
  return (label.starts_with('_') ? "VALUE" : "") + std::string(label);
}

// The columns of the result, and where the cells of each statistic and series stand. Names that
// turn out the same share a column.
absl::Status MakeColumns(const ChartNode& node, const Axis& series_axis,
                         const ChartRows::Layout& layout, const exec::RunContext& run,
                         std::vector<Field>* columns, std::vector<size_t>* places) {
  if (node.row.field) columns->push_back(node.row.field);
  const SeriesFormat format{layout.shown.size() > 1, node.sep, node.format};
  absl::flat_hash_map<Field, size_t> known;
  const auto add = [&](Field field) {
    const auto [place, added] = known.emplace(field, columns->size());
    if (added) columns->push_back(field);
    places->push_back(place->second);
  };
  for (const ShownColumn& shown : layout.shown) {
    if (!node.series.field) add(shown.output);
    for (const std::string& series : layout.series) {
      const std::string label = LabelOf(node, series_axis.LabelOf(series));
      SPELK_ASSIGN_OR_RETURN(const Field field, run.fields->TryIntern(SeriesLabel(
                                                    format.NameOf(shown.output.name(), label),
                                                    node.row.field.name())));
      add(field);
    }
  }
  return absl::OkStatus();
}

}  // namespace

ChartRows::ChartRows(const ChartNode& node, const Axis& axis, Layout layout,
                     const exec::RunContext& run, exec::Output& out, std::vector<Field> columns,
                     std::vector<size_t> places)
    : node_(node),
      axis_(axis),
      layout_(std::move(layout)),
      out_(out),
      places_(std::move(places)),
      rows_(std::move(columns), run, node.is_timechart ? "timechart" : "chart", out),
      fills_(node.continuous && axis.has_steps()) {
  for (size_t i = 0; i < layout_.series.size(); ++i) series_.emplace(layout_.series[i], i);
  if (fills_ && layout_.fill.from) next_ = axis_.StartOf(*layout_.fill.from);
}

absl::StatusOr<std::unique_ptr<ChartRows>> ChartRows::Make(const ChartNode& node, const Axis& row,
                                                           const Axis& series, Layout layout,
                                                           const exec::RunContext& run,
                                                           exec::Output& out) {
  std::vector<Field> columns;
  std::vector<size_t> places;
  SPELK_RETURN_IF_ERROR(MakeColumns(node, series, layout, run, &columns, &places));
  return std::unique_ptr<ChartRows>(
      new ChartRows(node, row, std::move(layout), run, out, std::move(columns), std::move(places)));
}

Value ChartRows::Scaled(const Value& value, const ShownColumn& column) const {
  const std::optional<Number> number =
      column.per_seconds == 0 || !start_ ? std::nullopt : NumberOf(value);
  if (!number) return value;
  const double length = axis_.NextAfter(*start_) - *start_;
  return Value::Double(number->value * column.per_seconds / length);
}

// A row in which nothing happened yet.
absl::Status ChartRows::Begin(const Value& key, std::optional<double> start) {
  start_ = start;
  skips_ = start && ((layout_.partial.from && *start < *layout_.partial.from) ||
                     (layout_.partial.to && axis_.NextAfter(*start) > *layout_.partial.to));
  if (skips_) return absl::OkStatus();
  SPELK_RETURN_IF_ERROR(rows_.Begin());
  if (node_.row.field) {
    if (start && axis_.is_time()) {
      rows_.Set(0, TimeValue(*start));
    } else if (axis_.has_bins()) {
      const std::string label = axis_.LabelOf(TextOf(key));
      rows_.Set(0, Value::Text(label));
    } else {
      rows_.Set(0, key);
    }
  }
  const size_t series = places_.size() / std::max<size_t>(layout_.shown.size(), 1);
  for (size_t i = 0; i < places_.size(); ++i) {
    const ShownColumn& shown = layout_.shown[i / series];
    rows_.Set(places_[i], Scaled(shown.empty, shown));
  }
  return absl::OkStatus();
}

// Rows for the bins before that one.
absl::Status ChartRows::FillTo(double start) {
  while (next_ && *next_ < start && !out_.enough()) {
    if (++made_ > kMostFilled) {
      return absl::ResourceExhaustedError(
          fmt::format("{}: there are more than {} bins without any event; a longer span makes "
                      "fewer, cont=f leaves them out",
                      node_.is_timechart ? "timechart" : "chart", kMostFilled));
    }
    const double at = *next_;
    SPELK_RETURN_IF_ERROR(Begin(Value::Double(at), at));
    const double next = axis_.NextAfter(at);
    if (!(next > at)) break;
    next_ = next;
  }
  return absl::OkStatus();
}

absl::Status ChartRows::Row(const Value& key) {
  std::string text = key.is_null() ? std::string() : TextOf(key);
  if (key_ == text) return absl::OkStatus();
  key_ = std::move(text);
  const std::optional<Number> number =
      axis_.has_steps() && !key.is_null() ? ParseNumber(*key_) : std::nullopt;
  const std::optional<double> start = number ? std::optional(number->value) : std::nullopt;
  if (fills_ && start) {
    SPELK_RETURN_IF_ERROR(FillTo(*start));
    next_ = axis_.NextAfter(*start);
  }
  return Begin(key, start);
}

void ChartRows::Cell(std::string_view series, size_t shown, const Value& value) {
  size_t place = shown;
  if (node_.series.field) {
    const auto found = series_.find(series);
    if (found == series_.end()) return;
    place = shown * layout_.series.size() + found->second;
  }
  if (!skips_) rows_.Set(places_[place], Scaled(value, layout_.shown[shown]));
}

absl::Status ChartRows::Finish() {
  if (fills_ && key_ && layout_.fill.to) SPELK_RETURN_IF_ERROR(FillTo(*layout_.fill.to));
  return rows_.Finish();
}

}  // namespace spelk::commands
