// Server: the language server: one editor, one connection, one message after the other.
#pragma once

#include "cli/lsp/workspace.h"

namespace spelk::cli::lsp {

// Serves until the other side says exit or closes; the exit code of the program.
int Serve(Settings settings, int input, int output);

}  // namespace spelk::cli::lsp
