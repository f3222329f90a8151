// spelk lsp: the language server, for editors.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace spelk::cli {

struct LspArguments {
  SearchArguments search;
  std::vector<std::string> data;
  bool stdio = false;
};

void AddLspOptions(CLI::App& command, LspArguments& arguments);
// Speaks the Language Server Protocol over standard input and output.
int RunLanguageServer(const LspArguments& arguments);

}  // namespace spelk::cli
