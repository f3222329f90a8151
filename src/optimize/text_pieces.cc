// Looking through conditional functions, and through replacements that only cut.
#include "optimize/text_pieces.h"

#include <string_view>

#include "plan/entry.h"
#include "value/value.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;

// True if the pattern has a choice that is not within a group.
bool HasOpenChoice(std::string_view pattern) {
  int depth = 0;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      // A bracket that comes first stands for itself.
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') ++i;
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') ++i;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : -1;
    } else if (c == '|' && depth == 0) {
      return true;
    }
  }
  return false;
}

// A pattern that can match once at most, at the beginning: `^` comes first, after flags.
bool IsAnchored(std::string_view pattern) {
  // What is quoted may hold brackets.
  if (pattern.find("\\Q") != std::string_view::npos || HasOpenChoice(pattern)) return false;
  for (const std::string_view flags : {"(?s)", "(?i)", "(?is)", "(?si)"}) {
    if (pattern.starts_with(flags)) pattern.remove_prefix(flags.size());
  }
  return pattern.starts_with('^') && pattern.find("(?m") == std::string_view::npos &&
         pattern.find("(?-") == std::string_view::npos;
}

std::string_view TextOfLiteral(const Expr& expr) {
  const Value value = expr.literal.value();
  return expr.kind == ExprKind::kLiteral && value.is_text() ? value.text() : std::string_view();
}

}  // namespace

// replace(x, "^…", "") leaves what follows the match; replace(x, "^…(…)…$", "\1") one group.
bool CutsTextOut(const Expr& replace) {
  if (replace.arguments.size() != 3) return false;
  const std::string_view pattern = TextOfLiteral(*replace.arguments[1]);
  if (!IsAnchored(pattern) || replace.arguments[2]->kind != ExprKind::kLiteral) return false;
  const std::string_view put = TextOfLiteral(*replace.arguments[2]);
  if (put.empty()) return replace.arguments[2]->literal.value().is_text();
  return put.size() == 2 && put[0] == '\\' && put[1] >= '1' && put[1] <= '9' &&
         pattern.ends_with('$') && !pattern.ends_with("\\$");
}

bool GivesPiecesOfFields(const Expr& expr, const std::function<bool(Field)>& is_text) {
  if (expr.kind == ExprKind::kField) return is_text(expr.field);
  if (expr.kind == ExprKind::kLiteral) return expr.literal.value().is_null();
  if (expr.kind != ExprKind::kCall) return false;
  const std::string_view name = expr.function->name;
  const auto gives = [&](size_t argument) {
    return argument < expr.arguments.size() &&
           GivesPiecesOfFields(*expr.arguments[argument], is_text);
  };
  if (name == "null") return true;
  if (name == "if") return gives(1) && gives(2);
  if (name == "replace") return CutsTextOut(expr) && gives(0);
  const size_t step = name == "case" ? 2 : 1;
  if (name != "case" && name != "coalesce") return false;
  for (size_t argument = step - 1; argument < expr.arguments.size(); argument += step) {
    if (!gives(argument)) return false;
  }
  return true;
}

}  // namespace spelk::optimize
