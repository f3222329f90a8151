// Reading the options of searches in brackets.
#include "commands/combine/options.h"

#include "base/status.h"

namespace spelk::commands {

absl::StatusOr<plan::Binder::Most> BindSubsearchOptions(const ast::CommandCall& call,
                                                        plan::Binder& binder, bool extends) {
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxtime", 0).status());
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "timeout", 0).status());
  if (extends) SPELK_RETURN_IF_ERROR(binder.Flag(call, "extendtimerange").status());
  SPELK_ASSIGN_OR_RETURN(plan::Binder::Most most,
                         binder.MostBy(call, "maxout", plan::kSearchResultsMaxRows));
  if (most.count == 0) most = {binder.MostOf(plan::kSearchResultsMaxRows), true};
  return most;
}

}  // namespace spelk::commands
