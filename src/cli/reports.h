// What `pack` and `check` share: options of reports, where they go, totals.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/pack.h"

namespace spelk::cli {

// A folder, or a file that may hold searches.
bool LooksLikePack(const std::string& path);
// By the name of the format, that of the file, or a table on a terminal and NDJSON elsewhere.
Result<PackWriteOptions> MakeReportOptions(const std::string& format, const std::string& colour,
                                           const std::string& output);
// To a file, which appears when it is complete, or to standard output.
std::optional<Error> WriteReport(const std::string& output,
                                 const std::function<Result<Flow>(Sink& sink)>& write);
// Of files that could not be read.
void ReportProblems(const Pack& pack);
// "883 searches: 870 run, …"
std::string TotalOf(const std::vector<AnalyticCheck>& checks);

}  // namespace spelk::cli
