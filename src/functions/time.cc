// Date and time functions. Times are seconds since the epoch; the zone is the run's.
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

#include "functions/entry.h"
#include "value/number.h"
#include "value/relative_time.h"
#include "value/time_format.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kTimePage = "Date and Time functions";

Value Now(Call& call, std::span<const Value>) {
  return Value::Integer(static_cast<int64_t>(std::floor(call.run().now)));
}

// As times out of texts are printed: with six decimals.
Value SixDecimals(double seconds, Call& call) {
  return Value::Text(call.arena().Copy(fmt::format("{:.6f}", seconds)), JsonType::kNumber);
}

Value Time(Call& call, std::span<const Value>) { return SixDecimals(call.run().now, call); }

// The specifier of the row before is kept: mostly it is constant.
struct Specifier final : Prepared {
  std::optional<std::string> text;
  std::optional<RelativeTime> parsed;
};

absl::StatusOr<std::unique_ptr<Prepared>> PrepareRelative(std::span<const Value* const>) {
  return std::make_unique<Specifier>();
}

Value Relative(Call& call, std::span<const Value> values) {
  auto& known = call.prepared<Specifier>();
  const std::string_view text = call.TextOf(values[1]);
  if (known.text != text) {
    known.text = text;
    known.parsed = RelativeTime::Parse(text);
  }
  const std::optional<Number> time = NumberOf(values[0]);
  if (!time || !known.parsed || !(std::fabs(time->value) < kFurthestTime)) return Value::Null();
  return Value::Double(known.parsed->Apply(time->value, call.run().zone));
}

Value StrfTime(Call& call, std::span<const Value> values) {
  const std::optional<Number> time = NumberOf(values[0]);
  if (!time) return Value::Null();
  const std::optional<std::string> text =
      FormatTime(time->value, call.TextOf(values[1]), call.run().zone);
  return text ? call.Text(*text) : Value::Null();
}

// Text after what the format describes is left alone.
Value StrpTime(Call& call, std::span<const Value> values) {
  const std::optional<double> seconds =
      ParseTime(call.TextOf(values[0]), call.TextOf(values[1]), call.run().zone, call.run().now,
                /*allow_rest=*/true);
  return seconds ? SixDecimals(*seconds, call) : Value::Null();
}

constexpr Example kNowExamples[] = {{.title = "One instant for the whole search",
                                     .input = R"({"n":1})",
                                     .query = R"(eval r=if(now()=now(), "same", "moving"))",
                                     .output = R"({"n":1,"r":"same"})"}};
constexpr Example kRelativeExamples[] = {{.title = "The start of the day before",
                                          .input = R"({"t":1700000000})",
                                          .query = R"(eval r=relative_time(t, "-1d@d"))",
                                          .output = R"({"t":1700000000,"r":1699833600})"}};
constexpr Example kStrfTimeExamples[] = {
    {.title = "Date and time",
     .input = R"({"t":1700000000.25})",
     .query = R"(eval r=strftime(t, "%Y-%m-%dT%H:%M:%S.%3N"))",
     .output = R"({"t":1700000000.25,"r":"2023-11-14T22:13:20.250"})"}};
constexpr Example kStrpTimeExamples[] = {
    {.title = "The way back",
     .input = R"({"t":"2023-11-14 22:13:20"} {"t":"yesterday"})",
     .query = R"(eval r=strptime(t, "%Y-%m-%d %H:%M:%S") | table r)",
     .output = R"({"r":1700000000} {})"}};
constexpr Example kSearchStartExamples[] = {
    {.title = "Not before the search began",
     .input = R"({"n":1})",
     .query = R"(eval r=if(time()>=now(), "later", "earlier"))",
     .output = R"({"n":1,"r":"later"})"}};

constexpr std::string_view kNowNotes[] = {
    "--now sets it; with --now data it is the time of the newest event"};
constexpr std::string_view kRelativeNotes[] = {
    "a specifier that cannot be read gives null",
    "months clip to the last day: a month before March 31 is the end of February"};
constexpr std::string_view kStrpTimeNotes[] = {
    "text that does not fit gives null, and so does a date without a day",
    "text behind what the format describes is left alone",
    "without a date it is the day of now(); without a zone, the time zone of the run"};
constexpr std::string_view kTimeNotes[] = {
    "the instant of now() with its fraction, the same for every event"};

constexpr FunctionEntry kTimeTable[] = {
    {.name = "now",
     .signature = "now()",
     .summary = "The time at which the search began, in whole seconds.",
     .page = kTimePage,
     .result = Type::kNumber,
     .stability = Stability::kRun,
     .call = &Now,
     .examples = kNowExamples,
     .notes = kNowNotes},
    {.name = "relative_time",
     .signature = "relative_time(<time>, \"<specifier>\")",
     .summary = "The time moved and snapped as the specifier says: -1d@d.",
     .page = kTimePage,
     .arity = {2, 2},
     .parameters = kAnyAndText,
     .result = Type::kNumber,
     .call = &Relative,
     .prepare = &PrepareRelative,
     .examples = kRelativeExamples,
     .notes = kRelativeNotes},
    {.name = "strftime",
     .signature = "strftime(<time>, \"<format>\")",
     .summary = "The time as text.",
     .page = kTimePage,
     .arity = {2, 2},
     .parameters = kAnyAndText,
     .result = Type::kString,
     .call = &StrfTime,
     .examples = kStrfTimeExamples},
    {.name = "strptime",
     .signature = "strptime(<text>, \"<format>\")",
     .summary = "The time that a text states, in seconds.",
     .page = kTimePage,
     .arity = {2, 2},
     .parameters = kTexts,
     .result = Type::kNumber,
     .stability = Stability::kRun,
     .call = &StrpTime,
     .examples = kStrpTimeExamples,
     .notes = kStrpTimeNotes},
    {.name = "time",
     .signature = "time()",
     .summary = "The time at which the search runs, with its fraction.",
     .page = kTimePage,
     .result = Type::kNumber,
     .stability = Stability::kRun,
     .call = &Time,
     .examples = kSearchStartExamples,
     .notes = kTimeNotes},
};

}  // namespace

std::span<const FunctionEntry> TimeFunctions() { return kTimeTable; }

}  // namespace spelk::functions
