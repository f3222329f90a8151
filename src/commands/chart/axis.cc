// Resolving spans and making keys.
#include "commands/chart/axis.h"

#include <algorithm>
#include <cmath>

#include "value/number.h"

namespace spelk::commands {

void AxisRange::Widen(double from, double to) {
  low = std::min(low, from);
  high = std::max(high, to);
}

void AxisRange::Widen(const Column& column, const Batch& batch) {
  for (size_t r = 0; r < batch.size(); ++r) {
    const Value value = column.At(batch.physical(r));
    for (const Value& each : value.each()) {
      const std::optional<Number> number = NumberOf(each);
      if (number && std::isfinite(number->value)) Widen(number->value, number->value);
    }
  }
}

Axis::Axis(const ChartAxis& axis, bool always_binned, uint64_t most_bins, absl::TimeZone zone,
           double align)
    : binned_(always_binned || axis.bins.given()),
      is_time_(axis.is_time),
      wants_time_(axis.is_time),
      most_bins_(axis.bins.bins != 0 ? axis.bins.bins : most_bins),
      start_(axis.bins.start),
      end_(axis.bins.end),
      zone_(zone),
      align_(align) {
  if (const auto least = BinSpan::Parse(axis.bins.min_span, axis.is_time)) {
    least_ = least->width();
    wants_time_ = wants_time_ || least->is_time();
  }
  if (!axis.bins.span.empty()) span_ = BinSpan::Parse(axis.bins.span, axis.is_time);
}

void Axis::Resolve(const AxisRange& range, bool months) {
  if (resolved()) return;
  const double low = range.any() ? range.low : 0;
  const double high = range.any() ? range.high : 0;
  if (!wants_time_) {
    span_ = BinSpan::Nice(low, high, start_, end_, most_bins_, least_);
    return;
  }
  span_ = BinSpan::NiceTime(low, high, start_, end_, most_bins_, least_);
  // timechart, "Default time spans": a year is divided into months.
  if (months && span_->time().unit == TimeUnit::kDay && span_->time().count > 1) {
    span_ = BinSpan::OfTime({1, TimeUnit::kMonth, 0});
  }
}

Value Axis::KeyOf(const Value& value, Arena& arena) const {
  if (value.is_multi()) {
    auto* keys = arena.AllocateArray<Value>(value.count());
    if (keys == nullptr) return Value::Null();
    size_t count = 0;
    for (const Value& each : value.each()) {
      const Value key = KeyOf(each, arena);
      if (!key.is_null()) keys[count++] = key;
    }
    return Value::Multi({keys, count});
  }
  if (!binned_) return value;
  const std::optional<Number> number = NumberOf(value);
  // A row without a time has no place on an axis of time; what splits stays as it is.
  if (!number || !std::isfinite(number->value)) return is_time_ ? Value::Null() : value;
  if ((start_ && number->value < *start_) || (end_ && number->value > *end_)) return Value::Null();
  if (!span_->is_time() && !span_->LowEdge(number->value)) return value;
  return Value::Double(StartOf(number->value));
}

double Axis::StartOf(double number) const {
  if (span_->is_time()) return span_->StartOf(number, zone_, align_);
  return span_->LowEdge(number).value_or(number) + 0.0;
}

double Axis::NextAfter(double start) const {
  if (span_->is_time()) return NextSpan(start, span_->time(), zone_);
  return span_->HighEdge(start).value_or(start) + 0.0;
}

std::string Axis::LabelOf(std::string_view key) const {
  if (!binned_ || span_->is_time()) return std::string(key);
  const std::optional<Number> number = ParseNumber(key);
  const std::optional<std::string> range =
      number ? span_->RangeOf(number->value) : std::optional<std::string>();
  return range ? *range : std::string(key);
}

}  // namespace spelk::commands
