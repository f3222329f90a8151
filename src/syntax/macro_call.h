// Macro calls, taken apart.
#pragma once

#include <string_view>

#include "base/span.h"
#include "syntax/ast.h"

namespace spelk::syntax {

// The words of a call `name(a, b)` between its backquotes, split at the commas that separate its
// arguments. Outer quotes of an argument stay.
ast::MacroCall SplitMacro(std::string_view text, Span call);

}  // namespace spelk::syntax
