// Options of the language server.
#include "cli/lsp_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "cli/lsp/server.h"

namespace spelk::cli {

void AddLspOptions(CLI::App& command, LspArguments& arguments) {
  AddKnowledgeOptions(command, arguments.search);
  command
      .add_option("--data", arguments.data,
                  "Events whose fields are proposed: a file, directory or glob; may be given "
                  "several times")
      ->type_name("PATH")
      ->take_all()
      ->allow_extra_args(false);
  // Editors add it by themselves; there is no other way.
  command.add_flag("--stdio", arguments.stdio,
                   "Speak over standard input and output, which is the only way");
}

int RunLanguageServer(const LspArguments& arguments) {
  lsp::Settings settings;
  settings.engine = MakeEngineOptions(arguments.search);
  settings.data = arguments.data;
  return lsp::Serve(std::move(settings), STDIN_FILENO, STDOUT_FILENO);
}

}  // namespace spelk::cli
