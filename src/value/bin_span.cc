// Parsing spans and finding edges.
#include "value/bin_span.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "value/number.h"

namespace spelk {
namespace {

constexpr int kMostDecimals = 15;
constexpr int kMostPower = 300;

// The spans that Splunk chooses from (bin, "Bin options"), in seconds.
struct NiceSpan {
  int64_t count;
  TimeUnit unit;
};
constexpr std::array<NiceSpan, 11> kNiceTimes = {{{1, TimeUnit::kSecond},
                                                  {5, TimeUnit::kSecond},
                                                  {10, TimeUnit::kSecond},
                                                  {30, TimeUnit::kSecond},
                                                  {1, TimeUnit::kMinute},
                                                  {5, TimeUnit::kMinute},
                                                  {10, TimeUnit::kMinute},
                                                  {30, TimeUnit::kMinute},
                                                  {1, TimeUnit::kHour},
                                                  {1, TimeUnit::kDay},
                                                  {30, TimeUnit::kDay}}};

// How many bins of a width the values reach into; `start` and `end` are edges.
double BinsOf(double width, double low, double high, std::optional<double> start,
              std::optional<double> end) {
  double first = std::floor(low / width);
  double behind = std::floor(high / width) + 1;
  if (start) first = std::min(first, std::floor(*start / width));
  if (end) behind = std::max(behind, std::ceil(*end / width));
  return behind - first;
}

std::string NumberText(double value) {
  char buffer[kNumberText];
  return std::string(FormatDouble(value, buffer));
}

}  // namespace

BinSpan BinSpan::OfTime(const TimeSpan& span) {
  BinSpan made;
  made.kind_ = Kind::kTime;
  made.time_ = span;
  return made;
}

std::optional<BinSpan> BinSpan::Parse(std::string_view text, bool seconds) {
  BinSpan span;
  if (const size_t log = text.find("log"); log != std::string_view::npos) {
    span.kind_ = Kind::kLog;
    const std::optional<Number> coefficient = ParseNumber(text.substr(0, log));
    const std::optional<Number> base = ParseNumber(text.substr(log + 3));
    if ((log > 0 && !coefficient) || (log + 3 < text.size() && !base)) return std::nullopt;
    if (coefficient) span.coefficient_ = coefficient->value;
    if (base) span.base_ = base->value;
    // The coefficient is at least 1 and below the base, and the base above 1 (bin, "log-span").
    const bool good = span.base_ > 1 && span.coefficient_ >= 1 && span.coefficient_ < span.base_ &&
                      std::isfinite(span.base_);
    return good ? std::optional(span) : std::nullopt;
  }
  const std::optional<Number> number = ParseNumber(text);
  if (!number) {
    const std::optional<TimeSpan> time = ParseTimeSpan(text);
    // A second and more is written in seconds: span=1000ms is not allowed (bin, "Subsecond bin time
    // spans").
    const bool parts = time && time->unit < TimeUnit::kSecond;
    if (!time || (parts && time->seconds() >= 1)) return std::nullopt;
    return OfTime(*time);
  }
  if (!(number->value > 0) || !std::isfinite(number->value)) return std::nullopt;
  if (seconds) {
    const double micros = std::round(number->value * 1e6);
    if (micros < 1 || micros > 1e15) return std::nullopt;
    const bool whole = std::fmod(micros, 1e6) == 0;
    return OfTime({static_cast<int64_t>(whole ? micros / 1e6 : micros),
                   whole ? TimeUnit::kSecond : TimeUnit::kMicrosecond, 0});
  }
  const bool decimal = text.find_first_of("eE") == std::string_view::npos &&
                       number->decimals <= kMostDecimals && number->value < 1e15;
  span.scale_ = decimal ? std::pow(10.0, number->decimals) : 1;
  span.units_ = decimal ? std::round(number->value * span.scale_) : number->value;
  return span;
}

BinSpan BinSpan::Nice(double low, double high, std::optional<double> start,
                      std::optional<double> end, uint64_t bins, double least) {
  const double from = start ? std::min(low, *start) : low;
  const double to = end ? std::max(high, *end) : high;
  // A width below a bin's share of the range is too small in any case.
  const double share =
      std::max((to - from) / static_cast<double>(std::max<uint64_t>(bins, 1)), least);
  int power = share > 0 ? static_cast<int>(std::floor(std::log10(share))) - 1 : 0;
  power = std::clamp(power, -kMostDecimals, kMostPower);
  // Zero is an edge at any width, so values on both sides of it are in two bins at least.
  const bool around_zero = from < 0 && (high >= 0 || to > 0);
  const double most = static_cast<double>(around_zero ? std::max<uint64_t>(bins, 2) : bins);
  BinSpan span;
  for (; power < kMostPower; ++power) {
    span.scale_ = power < 0 ? std::pow(10.0, -power) : 1;
    span.units_ = power < 0 ? 1 : std::pow(10.0, power);
    if (span.width() < least) continue;
    if (BinsOf(span.width(), low, high, start, end) <= most) break;
  }
  return span;
}

BinSpan BinSpan::NiceTime(double low, double high, std::optional<double> start,
                          std::optional<double> end, uint64_t bins, double least) {
  TimeSpan span;
  for (const NiceSpan& nice : kNiceTimes) {
    span.count = nice.count;
    span.unit = nice.unit;
    if (span.seconds() < least) continue;
    if (BinsOf(span.seconds(), low, high, start, end) <= static_cast<double>(bins)) break;
  }
  return OfTime(span);
}

double BinSpan::width() const {
  switch (kind_) {
    case Kind::kWidth:
      return units_ / scale_;
    case Kind::kTime:
      return time_.seconds();
    case Kind::kLog:
      break;
  }
  return 0;
}

double BinSpan::Edge(double index) const { return index * units_ / scale_; }

BinSpan::Range BinSpan::LinearRange(double value) const {
  double index = std::floor(value / width());
  // The division may have been rounded across an edge.
  if (Edge(index + 1) <= value) index += 1;
  if (Edge(index) > value) index -= 1;
  return {Edge(index), Edge(index + 1)};
}

std::optional<BinSpan::Range> BinSpan::LogRange(double value) const {
  if (!(value > 0)) return std::nullopt;
  double index = std::floor(std::log(value / coefficient_) / std::log(base_));
  const auto edge = [this](double at) { return coefficient_ * std::pow(base_, at); };
  if (edge(index + 1) <= value) index += 1;
  if (edge(index) > value) index -= 1;
  return Range{edge(index), edge(index + 1)};
}

std::optional<BinSpan::Range> BinSpan::EdgesOf(double value) const {
  return kind_ == Kind::kLog ? LogRange(value) : std::optional(LinearRange(value));
}

std::optional<double> BinSpan::LowEdge(double value) const {
  const std::optional<Range> range = EdgesOf(value);
  return range ? std::optional(range->low) : std::nullopt;
}

std::optional<double> BinSpan::HighEdge(double value) const {
  const std::optional<Range> range = EdgesOf(value);
  return range ? std::optional(range->high) : std::nullopt;
}

std::optional<std::string> BinSpan::RangeOf(double value) const {
  const std::optional<Range> range = EdgesOf(value);
  return range ? std::optional(TextOf(*range)) : std::nullopt;
}

std::string BinSpan::TextOf(const Range& range) const {
  const std::string low = NumberText(range.low + 0.0);
  return is_time() ? low : low + "-" + NumberText(range.high + 0.0);
}

std::optional<BinSpan::Range> BinSpan::Around(double value, absl::TimeZone zone) const {
  if (kind_ == Kind::kLog) return LogRange(value);
  if (kind_ == Kind::kWidth) return LinearRange(value);
  const double start = StartOf(value, zone, 0);
  return Range{start, NextSpan(start, time_, zone)};
}

}  // namespace spelk
