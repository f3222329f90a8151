// How operators are written.
#pragma once

#include <string_view>

#include "syntax/ast.h"

namespace spelk::plan {

constexpr std::string_view Spelling(ast::ArithmeticOp op) {
  switch (op) {
    case ast::ArithmeticOp::kAdd:
      return "+";
    case ast::ArithmeticOp::kSubtract:
      return "-";
    case ast::ArithmeticOp::kConcatenate:
      return ".";
    case ast::ArithmeticOp::kMultiply:
      return "*";
    case ast::ArithmeticOp::kDivide:
      return "/";
    case ast::ArithmeticOp::kRemainder:
      return "%";
  }
  return "";
}

}  // namespace spelk::plan
