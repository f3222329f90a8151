// Naming partial rows.
#include "plan/partial.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/entry.h"

namespace spelk::plan {
namespace {

// The code of counts; one of rows has another, and no field.
constexpr std::string_view kCount = "ct";
constexpr std::string_view kRowCount = "gc";
// How many values were no numbers, for allnum.
constexpr std::string_view kTexts = "tc";
constexpr std::string_view kSparkline = "sp";

// What a statistic reads, as partial rows name it: the same however the call was written.
std::string ArgumentOf(const AggregateCall& call, const AggregateEntry& entry) {
  std::string argument;
  if (call.field) argument = call.field.name();
  if (call.expression != nullptr) argument = fmt::format("eval({})", Print(*call.expression));
  if (!call.is_sparkline) return argument;
  return fmt::format("{}({}){}{}", entry.name, argument, call.spark_span.empty() ? "" : ",",
                     call.spark_span);
}

bool SamePartials(const AggregateCall& a, const AggregateCall& b) {
  return a.pattern == b.pattern && a.partials == b.partials &&
         (a.pattern.empty() || a.function == b.function);
}

}  // namespace

std::string_view NameOf(AggregateMode mode) {
  return mode == AggregateMode::kPartial ? "partial" : "";
}

std::string PartialName(std::string_view code, std::string_view argument) {
  if (argument.empty() && code == kCount) return fmt::format("{}{}", kPartialPrefix, kRowCount);
  return fmt::format("{}{}_{}", kPartialPrefix, code, argument);
}

void NamePartials(const Registry& entries, bool all_numbers, FieldTable& fields,
                  AggregateCall* call) {
  call->partials.clear();
  if (!call->pattern.empty()) return;
  double number = 0;
  const AggregateEntry* entry = entries.Aggregate(call->function, &number);
  const std::string argument = ArgumentOf(*call, *entry);
  const auto add = [&](std::string_view code) {
    call->partials.push_back(fields.Intern(PartialName(code, argument)));
  };
  if (call->is_sparkline) return add(kSparkline);
  if (all_numbers && entry->numeric) add(kTexts);
  for (const std::string_view code : entry->ops().partial.codes) add(code);
}

std::vector<AggregateCall> PartialCalls(const std::vector<AggregateCall>& calls,
                                        const Registry& entries, bool all_numbers,
                                        FieldTable& fields) {
  std::vector<AggregateCall> kept;
  for (const AggregateCall& each : calls) {
    AggregateCall call = CopyCall(each);
    double number = 0;
    const AggregateEntry* entry = entries.Aggregate(call.function, &number);
    if (!entry->kept_as.empty() && !call.is_sparkline) {
      call.function = entry->kept_as;
      call.number = 0;
    }
    NamePartials(entries, all_numbers, fields, &call);
    entry = entries.Aggregate(call.function, &number);
    const PartialForm& form = entry->ops().partial;
    const size_t unwritten = form.codes.size() - form.written;
    if (call.pattern.empty() && !call.is_sparkline) {
      call.partials.resize(call.partials.size() - unwritten);
    }
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const AggregateCall& other) {
      return SamePartials(other, call);
    });
    if (!known) kept.push_back(std::move(call));
  }
  // Where two give the same field the first counts; what others say of the least and the greatest
  // number is more than a range does.
  std::stable_partition(kept.begin(), kept.end(), [&](const AggregateCall& call) {
    double number = 0;
    return entries.Aggregate(call.function, &number)->name != "range";
  });
  return kept;
}

void AddPartialReads(Field version, const std::vector<AggregateCall>& calls, FieldSet* reads) {
  if (!version) return;
  reads->Add(version);
  for (const AggregateCall& call : calls) {
    for (const Field field : call.partials) reads->Add(field);
    if (!call.pattern.empty())
      reads->AddPattern(fmt::format("{}*_{}", kPartialPrefix, call.pattern));
  }
}

bool AddPartialColumns(Field version, const std::vector<AggregateCall>& calls,
                       std::vector<Field>* columns) {
  const auto add = [columns](Field field) {
    if (std::find(columns->begin(), columns->end(), field) == columns->end()) {
      columns->push_back(field);
    }
  };
  add(version);
  for (const AggregateCall& call : calls) {
    if (!call.pattern.empty()) return false;
    for (const Field field : call.partials) add(field);
  }
  return true;
}

}  // namespace spelk::plan
