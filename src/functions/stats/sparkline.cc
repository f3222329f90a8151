// sparkline: another statistic, span by span.
#include "functions/entry.h"
#include "plan/aggregate.h"

namespace spelk::functions {
namespace {

// Only for the entry: what is kept are the states of the other statistic (exec/aggregate).
struct NoState {
  void Add(const plan::AggregateInput&, plan::AggregateMemory&) {}
  void Merge(const NoState&, plan::AggregateMemory&) {}
  Value Result(plan::AggregateResult&) const { return Value::Null(); }
  void Save(ByteWriter&) const {}
  void Load(ByteReader&, plan::AggregateMemory&) {}
};

constexpr std::string_view kMadeOf[] = {"count", "dc",  "avg",   "stdev", "stdevp", "var",
                                        "varp",  "sum", "sumsq", "min",   "max",    "range"};
constexpr std::string_view kSparklineNotes[] = {
    "a multivalue: the text ##__SPARKLINE__##, then a number for each span from the first event to "
    "the last, at most the last 100; a span without events has 0",
    "without a span the range of time is divided into at most 100",
    "the word alone is sparkline(count)", "stats and chart have it"};
constexpr Example kSparklineExamples[] = {
    {.title = "Events of each hour",
     .input = R"({"_time":100,"h":"a"} {"_time":7300,"h":"a"} {"_time":7400,"h":"a"})",
     .query = "stats sparkline(count, 1h) AS trend by h",
     .output = R"json({"h":"a","trend":["##__SPARKLINE__##",1,0,2]})json"},
};

constexpr AggregateEntry kSparklineTable[] = {
    {.name = "sparkline",
     .signature = "sparkline[(count|<statistic>(<field>) [, <span>])]",
     .summary = "Another statistic of each span of time, for a small chart in a cell.",
     .page = "Time functions",
     .made_of = kMadeOf,
     .ops = &plan::OpsOf<NoState>,
     .examples = kSparklineExamples,
     .notes = kSparklineNotes},
};

}  // namespace

std::span<const AggregateEntry> SparklineStatistics() { return kSparklineTable; }

}  // namespace spelk::functions
