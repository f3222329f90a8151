// Which lines begin events: Getting Data In, Configure event line breaking.
#include "io/formats/line_merger.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "io/formats/transcoder.h"
#include "value/ascii.h"
#include "value/time_format.h"

namespace spelk::io {
namespace {

// Dates with a time of day, as logs have them: 2024-05-01T10:00, 05/01/2024 10:00,
// 01/May/2024:10:00, May  1 10:00, 1 May 2024 10:00; and seconds since the epoch, at the beginning.
constexpr std::string_view kDate =
    R"((?i)(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|)"
    R"(\d{1,2}[-/ ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ ]\d{2,4}|)"
    R"((?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? {1,2}\d{1,2},?(?: \d{4})?))"
    R"([T :,]{1,3}\d{1,2}:\d{2}|^\W?1\d{9}(?!\d))";

}  // namespace

absl::StatusOr<std::unique_ptr<LineMerger>> LineMerger::Make(const LineMerging& merging) {
  std::unique_ptr<LineMerger> made(new LineMerger(merging));
  SPELK_RETURN_IF_ERROR(made->before_.Set(merging.break_only_before));
  SPELK_RETURN_IF_ERROR(made->after_.Set(merging.must_break_after));
  SPELK_RETURN_IF_ERROR(made->not_after_.Set(merging.must_not_break_after));
  SPELK_RETURN_IF_ERROR(made->not_before_.Set(merging.must_not_break_before));
  SPELK_RETURN_IF_ERROR(made->prefix_.Set(merging.time_prefix));
  SPELK_RETURN_IF_ERROR(made->date_.Set(kDate));
  return made;
}

bool LineMerger::HasDate(std::string_view line) const {
  if (prefix_.set()) {
    if (!prefix_.Matches(line)) return false;
    line.remove_prefix(prefix_.end());
  }
  line = line.substr(0, merging_.lookahead);
  if (merging_.time_format.empty()) return date_.Matches(line);
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return ParseTime(line, merging_.time_format, absl::UTCTimeZone(), 0, true).has_value();
}

bool LineMerger::Begins(std::string_view line) const {
  if (merging_.most_lines > 0 && lines_ >= merging_.most_lines) return true;
  if (must_break_) return true;
  if (held_ || not_before_.Matches(line)) return false;
  if (before_.set()) return before_.Matches(line);
  return merging_.break_before_date && HasDate(line);
}

void LineMerger::Add(std::string_view line, const TakeEvent& take) {
  if (lines_ > 0) {
    const bool begins = Begins(line);
    const bool full = event_.size() + line.size() > kMostHeldEvent;
    if (begins) in_cut_ = false;
    if (full && !begins && !std::exchange(in_cut_, true)) ++cuts_;
    if (begins || full) Finish(take);
  }
  if (lines_++ > 0) event_ += '\n';
  event_ += line;
  must_break_ = after_.Matches(line);
  if (must_break_) {
    held_ = false;
  } else {
    held_ = held_ || not_after_.Matches(line);
  }
}

void LineMerger::Finish(const TakeEvent& take) {
  if (lines_ > 0) take(event_);
  event_.clear();
  lines_ = 0;
  must_break_ = false;
}

}  // namespace spelk::io
