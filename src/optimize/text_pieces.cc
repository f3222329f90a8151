// Looking through conditional functions, and through replacements that only cut.
#include "optimize/text_pieces.h"

#include <string_view>

#include "plan/entry.h"
#include "value/value.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;

// A pattern that can match once at most, at the beginning: `^` comes first, behind flags.
bool IsAnchored(std::string_view pattern) {
  if (pattern.find('|') != std::string_view::npos) return false;
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

// replace(x, "^…", "") leaves what follows the match; replace(x, "^…(…)…$", "\1") one group.
bool OnlyCuts(const Expr& replace) {
  const std::string_view pattern = TextOfLiteral(*replace.arguments[1]);
  if (!IsAnchored(pattern) || replace.arguments[2]->kind != ExprKind::kLiteral) return false;
  const std::string_view put = TextOfLiteral(*replace.arguments[2]);
  if (put.empty()) return replace.arguments[2]->literal.value().is_text();
  return put.size() == 2 && put[0] == '\\' && put[1] >= '1' && put[1] <= '9' &&
         pattern.ends_with('$') && !pattern.ends_with("\\$");
}

}  // namespace

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
  if (name == "replace") return expr.arguments.size() == 3 && OnlyCuts(expr) && gives(0);
  const size_t step = name == "case" ? 2 : 1;
  if (name != "case" && name != "coalesce") return false;
  for (size_t argument = step - 1; argument < expr.arguments.size(); argument += step) {
    if (!gives(argument)) return false;
  }
  return true;
}

}  // namespace spelk::optimize
