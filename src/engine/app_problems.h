// What of app folders will fail a search that asks for it.
#pragma once

#include <string>
#include <vector>

#include "engine/compile.h"

namespace spelk::engine {

// Settings of props.conf and eventtypes.conf, lookups and data models of apps that mean nothing,
// with their places. A search finds them out when it needs them; whoever lists apps asks for all.
std::vector<std::string> FindAppProblems(const Core& core);

}  // namespace spelk::engine
