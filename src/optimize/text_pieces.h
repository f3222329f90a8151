// Which expressions give nothing but pieces of the texts of fields.
#pragma once

#include <functional>

#include "plan/expr.h"

namespace spelk::optimize {

// True if every value of the expression is null, or a stretch of the text of a field that it reads,
// as it stands there: coalesce(a, b), if(c, a, b), replace(a, "^.*\\\\", ""). What a value must
// contain, such a field's text must then contain, too. `is_text`: whether a field counts.
bool GivesPiecesOfFields(const plan::Expr& expr, const std::function<bool(Field)>& is_text);

// True if a call of replace() leaves a stretch of its text as it is, and nothing else.
bool CutsTextOut(const plan::Expr& replace);

}  // namespace spelk::optimize
