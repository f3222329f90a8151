// Whether an expression reads a field.
#pragma once

#include "plan/expr.h"

namespace spelk::optimize {

inline bool Reads(const plan::Expr& expr, Field field) {
  plan::FieldSet read;
  plan::CollectFields(expr, &read);
  return read.Has(field);
}

}  // namespace spelk::optimize
