// The searches that `check` and `lint` look at: one of the command line, or those of files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/options.h"
#include "spelk/pack.h"

namespace spelk::cli {

// Whether the words of a command line name files and folders, not a search.
bool NamesPacks(const SearchArguments& arguments);
// A search of the command line, or of standard input for -, as a pack of one; `command` says in
// messages who reads no input.
Result<Pack> PackOfQuery(const SearchArguments& arguments, std::string_view command);
// What is wrong with words that look like files, of which one is not there; empty: nothing.
std::string MissingFile(const std::vector<std::string>& words);
// What is wrong with the call itself.
inline Error BadCall(std::string message) { return {ErrorKind::kQuery, std::move(message)}; }
// Several packs as one. Each has what the app or pack brings that it lies in.
Result<Pack> PackOfPaths(const std::vector<std::string>& paths);

}  // namespace spelk::cli
