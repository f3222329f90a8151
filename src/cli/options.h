// Options of the subcommands that run searches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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
  std::vector<std::string> macros;
  std::vector<std::string> lookups;
  std::string write_folder;
  std::string base_limits = "splunk";
  std::vector<std::string> limits;
  bool no_builtin = false;
  bool empty_tables = false;
  std::string zone = "UTC";
  std::string earliest;
  std::string latest;
  std::string now;
  std::string order = "auto";
  std::string sourcetype;
  std::string time_field;
  std::string time_format;
  std::string input_format = "auto";
  std::string line_breaker;
  std::string break_only_before;
  std::string geo_database;
  bool follow = false;
  bool strict = false;
  std::string threads;
  std::string memory;
  std::string max_line;
  std::string seed;
  std::vector<std::string> disabled_passes;
};

// Where knowledge comes from: options of `apps`, too.
void AddKnowledgeOptions(CLI::App& app, SearchArguments& arguments);
// How inputs are read and searches run: of `pack`, too.
void AddInputOptions(CLI::App& app, SearchArguments& arguments);
void AddSearchOptions(CLI::App& app, SearchArguments& arguments);
// `option` does not take `value`; `wanted` says what it takes.
Error BadOption(std::string_view option, std::string_view value, std::string_view wanted);
EngineOptions MakeEngineOptions(const SearchArguments& arguments);
// An error of kind kQuery says what is wrong with an option. Times are read as `engine` reads them.
Result<RunOptions> MakeRunOptions(const SearchArguments& arguments, const Engine& engine);

}  // namespace spelk::cli
