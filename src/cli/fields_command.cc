// One search in one pass: fieldsummary over all fields, made readable.
#include "cli/fields_command.h"

#include <utility>

#include "cli/exit_codes.h"
#include "cli/report.h"

namespace spelk::cli {
namespace {

// Where events come from stands first, then the fields that most events have.
constexpr std::string_view kSearch = R"spl(
  fieldsummary maxvals=5 * _time index host source sourcetype
  | eval rank=case(field=="_time", 0, field=="index", 1, field=="sourcetype", 2,
                   field=="source", 3, field=="host", 4, true(), 5)
  | sort 0 rank, -count, field
  | eval types=case(numeric_count==0, "text", numeric_count>=count, "number",
                    true(), "number and text"),
      min=if(field=="_time", strftime(min, "%Y-%m-%d %H:%M:%S"), min),
      max=if(field=="_time", strftime(max, "%Y-%m-%d %H:%M:%S"), max),
      values=if(field=="_time", null(),
                mvmap(json_array_to_mv('values'),
                      substr(json_extract('values', "value"), 1, 60)
                        ." (".json_extract('values', "count").")")),
      values=mvjoin('values', ", ")
  | table field count distinct_count types min max values
  | rename distinct_count AS distinct, values AS "most frequent")spl";

}  // namespace

int Fields(RunArguments arguments) {
  if (!arguments.search.file.empty()) {
    Complain("fields takes no search; -f is an option of spelk run");
    return kUsage;
  }
  arguments.search.positional.insert(arguments.search.positional.begin(), std::string(kSearch));
  return Run(arguments);
}

}  // namespace spelk::cli
