// What is said on standard error about a search and its run.
#pragma once

#include <string_view>
#include <vector>

#include "spelk/engine.h"

namespace spelk::cli {

// "spelk: MESSAGE", on one line, without control characters.
void Complain(std::string_view message);
// Says what went wrong; the exit code that it means. A macro that is not there is the query's
// fault, a file that is not there the input's.
int Fail(const Error& error, bool compiling = false);

// With their places in the search.
void ReportWarnings(const Query& query);
// What the rules of lint find that need no data to be certain.
void ReportCertainFaults(const Query& query);
// Of a run: warnings, and lines that were no events.
void ReportWarnings(const Summary& summary);
// Why there are none.
void ReportNoRows(const Why& why);
void ReportStats(const Summary& summary, double seconds);
void ReportInterrupt(const Summary& summary);

}  // namespace spelk::cli
