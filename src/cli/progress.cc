// The line itself: share, bytes, rate, time left.
#include "cli/progress.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "cli/terminal.h"

namespace spelk::cli {
namespace {

constexpr double kQuiet = 1;       // Seconds before the first line.
constexpr double kInterval = 0.2;  // Seconds between lines.

std::string ReadableSeconds(double seconds) {
  const long whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

ProgressLine::ProgressLine(bool enabled) : enabled_(enabled), start_(MonotonicClock()) {}

void ProgressLine::Show(const Progress& progress) {
  const double now = MonotonicClock();
  const std::lock_guard lock(mutex_);
  if (!enabled_ || now - start_ < kQuiet || now - shown_ < kInterval) return;
  shown_ = now;
  visible_ = true;
  const double rate = static_cast<double>(progress.bytes_read) / (now - start_);
  std::string line = fmt::format(
      "{} at {}/s", ReadableBytes(static_cast<double>(progress.bytes_read)), ReadableBytes(rate));
  if (progress.bytes_total > 0 && rate > 0) {
    const auto total = static_cast<double>(progress.bytes_total);
    const double left = (total - static_cast<double>(progress.bytes_read)) / rate;
    line = fmt::format("{:3.0f} %  {} of {}, {} left",
                       100 * static_cast<double>(progress.bytes_read) / total, line,
                       ReadableBytes(total), ReadableSeconds(std::max(0.0, left)));
  }
  Say(fmt::format("\r\x1b[K{}", line));
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  const std::lock_guard lock(mutex_);
  if (!visible_) return;
  Say("\r\x1b[K");
  std::fflush(stderr);
  visible_ = false;
}

}  // namespace spelk::cli
