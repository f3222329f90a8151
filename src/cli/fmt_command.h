// spelk fmt.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace spelk::cli {

struct FmtArguments {
  std::vector<std::string> words;  // Files and folders, one search, or -.
  std::string width = "100";
  std::string colour = "auto";
  bool check = false;
  bool diff = false;
};

void AddFmtOptions(CLI::App& command, FmtArguments& format);
// Returns the exit code.
int Fmt(const FmtArguments& arguments);

}  // namespace spelk::cli
