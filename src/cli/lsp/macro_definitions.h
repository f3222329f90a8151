// Definitions of macros as editors have them open, which may be half written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/lsp/document.h"
#include "spelk/assist.h"
#include "spelk/embedded.h"

namespace spelk::cli::lsp {

// A search, or what a macro may stand for: a piece of one, commands, a part of an expression. Each
// is the text after a beginning with which it would be a search.
struct Reading {
  std::string text;
  size_t added = 0;
};
std::vector<Reading> ReadingsOf(const Document& document, const EmbeddedSearch& search);

// The stanza's own line stands before its first setting.
size_t LineOfStanza(const DefinitionPlace& place);

// Those of the macro that is defined around a place of the file: `args` of its stanza in
// macros.conf, `arguments` in YAML.
std::vector<std::string> MacroArgumentsAt(std::string_view file, FileKind kind, size_t place);

// Where the name of an argument begins that is being written at a place of a definition: after a
// dollar sign that no other one closes. npos if none is.
size_t ArgumentBegin(std::string_view definition, size_t place);

}  // namespace spelk::cli::lsp
