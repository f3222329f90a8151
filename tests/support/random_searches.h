// Random searches over random events: every command, with its options.
#pragma once

#include <string>
#include <vector>

#include "support/choices.h"
#include "support/random_events.h"

namespace spelk::tests {

// A lookup table that the searches read as `made_up`, as CSV.
std::string RandomTable();

// The commands of a search, most of which bind. What depends on the order of rows is not left out:
// the order is defined.
std::vector<std::string> RandomSearch(Choices& choices, const RandomFeed& feed);

std::string JoinCommands(const std::vector<std::string>& commands);

}  // namespace spelk::tests
