// spelk apps: what is read of app folders.
#pragma once

#include "cli/options.h"

namespace spelk::cli {

// Exit code 1 if something could not be read.
int Apps(const SearchArguments& arguments);

}  // namespace spelk::cli
