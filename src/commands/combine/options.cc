// Reading the options of searches in brackets.
#include "commands/combine/options.h"

#include "base/status.h"
#include "commands/combine/subsearches.h"

namespace spelk::commands {

absl::StatusOr<uint64_t> BindSubsearchOptions(const ast::CommandCall& call, plan::Binder& binder,
                                              bool extends) {
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxtime", 0).status());
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "timeout", 0).status());
  if (extends) SPELK_RETURN_IF_ERROR(binder.Flag(call, "extendtimerange").status());
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "maxout", 0));
  return most == 0 ? kMostSubsearchRows : static_cast<uint64_t>(most);
}

}  // namespace spelk::commands
