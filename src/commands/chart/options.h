// The options that chart and timechart have in common, for their entries.
#pragma once

#include <array>
#include <cstddef>

#include "plan/entry.h"

namespace spelk::commands {

inline constexpr plan::Argument kSeriesOptions[] = {
    {.name = "limit",
     .type = "int, which top or bottom may stand before",
     .fallback = "top10",
     .summary = "How many series have columns of their own, by agg; 0 is all.",
     .is_option = true},
    {.name = "agg",
     .type = "statistic",
     .fallback = "",
     .summary = "What limit goes by: a statistic of the cells (max) or of the events (max(x)); "
                "without it the sum of the cells, or with several statistics the number of events.",
     .is_option = true},
    {.name = "where",
     .type = "statistic in|notin top<n>|bottom<n>, or statistic <|> number",
     .fallback = "",
     .summary =
         "Chooses the series instead of limit and agg: where max in top5, where count > 10."},
    {.name = "usenull",
     .type = "bool",
     .fallback = "t",
     .summary = "Rows without the series field make a series.",
     .is_option = true},
    {.name = "nullstr",
     .type = "text",
     .fallback = "NULL",
     .summary = "What that series is called.",
     .is_option = true},
    {.name = "useother",
     .type = "bool",
     .fallback = "t",
     .summary = "The series that were not chosen make one together.",
     .is_option = true},
    {.name = "otherstr",
     .type = "text",
     .fallback = "OTHER",
     .summary = "What that series is called.",
     .is_option = true},
    {.name = "sep",
     .type = "text",
     .fallback = ": ",
     .summary = "With several statistics: what stands between statistic and series.",
     .is_option = true},
    {.name = "format",
     .type = "text",
     .fallback = "",
     .summary = "With several statistics: the name of a column, with $AGG$ for the statistic and "
                "$VAL$ for the series; instead of sep.",
     .is_option = true},
    {.name = "cont",
     .type = "bool",
     .fallback = "t",
     .summary = "Ranges without any row are rows, too.",
     .is_option = true},
    {.name = "dedup_splitvals",
     .type = "bool",
     .fallback = "f",
     .summary = "A value that a multivalue split field holds twice counts once.",
     .is_option = true}};

inline constexpr plan::Argument kRangeOptions[] = {
    {.name = "span",
     .type = "number, time or logarithm",
     .fallback = "",
     .summary = "The width of ranges: 10, 5m, 1d, 1mon, 1w@w1, 2log10.",
     .is_option = true},
    {.name = "minspan",
     .type = "number or time",
     .fallback = "",
     .summary = "Without a span: the smallest width.",
     .is_option = true},
    {.name = "start",
     .type = "number",
     .fallback = "",
     .summary = "Where ranges of numbers begin; what is less is left out.",
     .is_option = true},
    {.name = "end",
     .type = "number",
     .fallback = "",
     .summary = "Where ranges of numbers end; what is more is left out.",
     .is_option = true},
    {.name = "aligntime",
     .type = "earliest, latest or a time",
     .fallback = "",
     .summary = "Where a range of time begins, instead of the epoch.",
     .is_option = true}};

// One list of several.
template <size_t... kSizes>
constexpr auto JoinArguments(const plan::Argument (&... lists)[kSizes]) {
  std::array<plan::Argument, (kSizes + ...)> all;
  size_t next = 0;
  const auto add = [&](const auto& list) {
    for (const plan::Argument& argument : list) all[next++] = argument;
  };
  (add(lists), ...);
  return all;
}

// All of each command, which its form for summaries takes as well.
inline constexpr plan::Argument kChartOwnOptions[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "count, dc(field), avg(eval(…)) AS name …, or eval(…) over statistics, such as "
                "eval(avg(size)/max(delay)) AS ratio."},
    {.name = "OVER",
     .type = "field",
     .fallback = "",
     .summary = "The first column: one row for each value."},
    {.name = "BY",
     .type = "field…",
     .fallback = "",
     .summary = "Without OVER the first column, then the field whose values become columns."},
    {.name = "bins",
     .type = "int",
     .fallback = "300",
     .summary = "Without a span: the most ranges.",
     .is_option = true}};
inline constexpr auto kChartArguments =
    JoinArguments(kChartOwnOptions, kSeriesOptions, kRangeOptions);

inline constexpr plan::Argument kTimechartOwnOptions[] = {
    {.name = "statistic",
     .type = "statistic…",
     .fallback = "",
     .summary = "count, dc(field), per_hour(field), avg(eval(…)) AS name …, or eval(…) over "
                "statistics, such as eval(avg(size)/max(delay))."},
    {.name = "BY", .type = "field", .fallback = "", .summary = "Its values become columns."},
    {.name = "bins",
     .type = "int",
     .fallback = "100",
     .summary = "Without a span: the most ranges.",
     .is_option = true},
    {.name = "partial",
     .type = "bool",
     .fallback = "t",
     .summary = "The first and the last span stay even if the range of time has only part of them.",
     .is_option = true},
    {.name = "fixedrange",
     .type = "bool",
     .fallback = "t",
     .summary = "The rows reach over the search's range of time, where it has one, not only from "
                "the first event to the last.",
     .is_option = true}};
inline constexpr auto kTimechartArguments =
    JoinArguments(kTimechartOwnOptions, kSeriesOptions, kRangeOptions);

}  // namespace spelk::commands
