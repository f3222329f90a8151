// spelk fields: what the events of the inputs hold.
#pragma once

#include "cli/run_command.h"

namespace spelk::cli {

// Returns the exit code. The positional words are inputs.
int Fields(RunArguments arguments);

}  // namespace spelk::cli
