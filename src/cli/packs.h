// The searches that `check` and `lint` look at: one of the command line, or those of files.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "spelk/pack.h"

namespace spelk::cli {

// Whether the words of a command line name files and folders, not a search.
bool NamesPacks(const SearchArguments& arguments);
// A search of the command line as a pack of one; `command` says in messages who reads no input.
Result<Pack> PackOfQuery(const SearchArguments& arguments, std::string_view command);
// Several packs as one.
Result<Pack> PackOfPaths(const std::vector<std::string>& paths);

}  // namespace spelk::cli
