// How bin divides values: by a number, by a logarithm, or by a length of time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "value/time_span.h"
#include "value/value.h"

namespace spelk {

// span= of bin, chart and their like, parsed.
class BinSpan {
 public:
  // "10", "0.5", "2log5", "log2", "5m". A number means seconds if `seconds` is set (the field is
  // _time). Nothing for other text.
  static std::optional<BinSpan> Parse(std::string_view text, bool seconds);
  static BinSpan OfTime(const TimeSpan& span);

  bool is_time() const { return kind_ == Kind::kTime; }
  const TimeSpan& time() const { return time_; }
  // The smallest width that is a power of ten and at least `least` (0: any) of which at most `bins`
  // cover the values from `low` to `high` and what lies from `start` to `end`.
  static BinSpan Nice(double low, double high, std::optional<double> start,
                      std::optional<double> end, uint64_t bins, double least);
  // The smallest of 1s 5s 10s 30s 1m 5m 10m 30m 1h 1d 30d that does so.
  static BinSpan NiceTime(double low, double high, std::optional<double> start,
                          std::optional<double> end, uint64_t bins, double least);

  // Values from `low` on and below `high`.
  struct Range {
    double low;
    double high;
  };
  // The range that holds a finite value; the one that begins at an edge holds it. A logarithm has
  // no place for 0 and less: nothing.
  std::optional<Range> Around(double value, absl::TimeZone zone) const;
  // What stands for the numbers of a range: "10-20", or the start of the span of time.
  std::string TextOf(const Range& range) const;

  // The width in the unit of the values; 0 for logarithms.
  double width() const;
  // What stands for a number: "10-20" (the lower end belongs to it), or the start of the span of
  // time. A logarithm has no place for 0 and less: nothing.
  std::optional<std::string> RangeOf(double value) const;
  // The ends of that range.
  std::optional<double> LowEdge(double value) const;
  std::optional<double> HighEdge(double value) const;
  double StartOf(double seconds, absl::TimeZone zone, double align) const {
    return FloorToSpan(seconds, time_, zone, align);
  }

 private:
  enum class Kind : unsigned char { kWidth, kLog, kTime };
  std::optional<Range> EdgesOf(double value) const;
  Range LinearRange(double value) const;
  std::optional<Range> LogRange(double value) const;
  double Edge(double index) const;

  Kind kind_ = Kind::kWidth;
  // The width is units_ / scale_, both whole, so that edges are the doubles nearest to what decimal
  // arithmetic gives.
  double units_ = 1;
  double scale_ = 1;
  double coefficient_ = 1;
  double base_ = 10;
  TimeSpan time_;
};

}  // namespace spelk
