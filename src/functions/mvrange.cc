// The two kinds of ranges. What they hold is reserved before it is made.
#include "functions/mvrange.h"

#include <cmath>
#include <optional>

#include "base/arena_builder.h"
#include "functions/arguments.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/time_span.h"

namespace spelk::functions {
namespace {

using plan::Call;

// start, start+step … as long as they are before the end.
Value NumberRange(Call& call, double start, double end, double step) {
  if (step == 0 || std::isnan(step)) return Value::Null();
  const double steps = std::ceil((end - start) / step);
  if (!(steps > 0)) return Value::Null();
  constexpr double kMost = 4294967295.0;  // Of a value's values.
  const size_t room = steps > kMost ? SIZE_MAX : static_cast<size_t>(steps);
  auto* values = call.arena().AllocateArray<Value>(room);
  if (values == nullptr) return Value::Null();
  size_t count = 0;
  while (count < room) {
    const double number = start + static_cast<double>(count) * step;
    if (step > 0 ? number >= end : number <= end) break;
    values[count++] = NumberValue(number);
  }
  (void)call.arena().TryResize(values, room * sizeof(Value), count * sizeof(Value));
  return Value::Multi({values, count});
}

// The same along the local calendar; beyond the year 9999 there is none.
Value CalendarRange(Call& call, double start, double end, const TimeSpan& span) {
  constexpr double kLastTime = 253402300800.0;
  constexpr double kHour = 3600;  // A day may be an hour short.
  if (std::fabs(start) > kLastTime || std::fabs(end) > kLastTime) return Value::Null();
  ArenaBuilder<Value> times(call.arena());
  double time = start;
  for (int64_t i = 1; time < end && !call.arena().exhausted(); ++i) {
    times.Add(NumberValue(time));
    const double next = AddUnits(start, i * span.count, span.unit, call.run().zone);
    if (next < time + kHour) break;
    time = next;
  }
  return Value::Multi(times.Finish());
}

}  // namespace

Value Mvrange(Call& call, std::span<const Value> arguments) {
  const std::optional<Number> start = NumberOf(arguments[0]);
  const std::optional<Number> end = NumberOf(arguments[1]);
  if (!start || !end || !std::isfinite(start->value) || !std::isfinite(end->value)) {
    return Value::Null();
  }
  if (arguments.size() < 3) return NumberRange(call, start->value, end->value, 1);
  if (const std::optional<Number> step = NumberOf(arguments[2])) {
    return NumberRange(call, start->value, end->value, step->value);
  }
  const std::optional<TimeSpan> span = ParseTimeSpan(call.TextOf(arguments[2]));
  if (!span) return Value::Null();
  if (span->is_calendar()) return CalendarRange(call, start->value, end->value, *span);
  return NumberRange(call, start->value, end->value, span->seconds());
}

}  // namespace spelk::functions
