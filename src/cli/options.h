// Options of the subcommands that run searches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "spelk/engine.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace spelk::cli {

// As given on the command line; checked by the functions below.
struct SearchArguments {
  std::string file;                     // -f
  std::vector<std::string> positional;  // The query unless -f gives it, then the inputs.
  std::vector<std::string> apps;
  std::vector<std::string> lookups;
  std::string write_folder;
  bool no_builtin = false;
  std::string zone = "UTC";
  std::string earliest;
  std::string latest;
  std::string now;
  std::string order = "auto";
  std::string sourcetype;
  std::string time_field;
  std::string time_format;
  bool strict = false;
  std::string threads;
  std::string memory;
  std::string max_line;
  std::string seed;
  std::vector<std::string> disabled_passes;
};

// What the query is and where it came from.
struct QueryText {
  std::string name;
  std::string text;
  std::vector<std::string> inputs;
};

void AddSearchOptions(CLI::App& app, SearchArguments& arguments);
// `option` does not take `value`; `wanted` says what it takes.
absl::Status BadOption(std::string_view option, std::string_view value, std::string_view wanted);
// InvalidArgument says what is wrong with an option.
absl::StatusOr<QueryText> ReadQuery(const SearchArguments& arguments);
absl::StatusOr<RunOptions> MakeRunOptions(const SearchArguments& arguments);
EngineOptions MakeEngineOptions(const SearchArguments& arguments);

}  // namespace spelk::cli
