// Looking through expressions for what makes them null.
#include "optimize/null_sources.h"

#include <algorithm>
#include <utility>

#include "plan/entry.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::FieldSet;

using Sources = std::optional<FieldSet>;

// Any of several arguments may be the value: every second one from `first` on, or each.
Sources OfAnyArgument(const Expr& expr, size_t first, size_t step) {
  FieldSet all;
  for (size_t i = first; i < expr.arguments.size(); i += step) {
    const Sources sources = NotNullSources(*expr.arguments[i]);
    if (!sources) return std::nullopt;
    all.Add(*sources);
  }
  return all;
}

// One null argument is enough; the one that needs the fewest fields says most.
Sources OfEveryArgument(const Expr& expr) {
  Sources best;
  for (const plan::ExprPtr& argument : expr.arguments) {
    Sources sources = NotNullSources(*argument);
    if (!sources) continue;
    if (!best || sources->fields().size() < best->fields().size()) best = std::move(sources);
  }
  return best;
}

Sources SourcesOfCall(const Expr& expr) {
  const std::string_view name = expr.function->name;
  if (name == "null") return FieldSet();
  if (name == "if") return OfAnyArgument(expr, 1, 1);
  if (name == "case") return OfAnyArgument(expr, 1, 2);
  if (name == "coalesce") return OfAnyArgument(expr, 0, 1);
  return expr.function->nulls == plan::Nulls::kPropagate ? OfEveryArgument(expr) : std::nullopt;
}

void AddIfKnown(Sources sources, std::vector<FieldSet>* all) {
  if (sources) all->push_back(std::move(*sources));
}

// A set for the whole of an OR: the best one of each operand, together.
std::vector<FieldSet> TrueSourcesOfOr(const Expr& expr) {
  FieldSet together;
  for (const plan::ExprPtr& argument : expr.arguments) {
    const std::vector<FieldSet> sets = TrueSources(*argument);
    if (sets.empty()) return {};
    together.Add(*std::min_element(sets.begin(), sets.end(), [](const auto& a, const auto& b) {
      return a.fields().size() < b.fields().size();
    }));
  }
  return {together};
}

}  // namespace

Sources NotNullSources(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kField:
      return FieldSet::Of({expr.field});
    case ExprKind::kLiteral:
      return expr.literal.value().is_null() ? Sources(FieldSet()) : std::nullopt;
    case ExprKind::kCall:
      return SourcesOfCall(expr);
    case ExprKind::kArithmetic:
    case ExprKind::kNegate:
    case ExprKind::kCompare:
      return OfEveryArgument(expr);
    case ExprKind::kIn:
      return NotNullSources(*expr.arguments[0]);
    default:
      return std::nullopt;
  }
}

std::vector<FieldSet> TrueSources(const Expr& expr) {
  std::vector<FieldSet> all;
  switch (expr.kind) {
    case ExprKind::kAnd:
      for (const plan::ExprPtr& argument : expr.arguments) {
        for (FieldSet& set : TrueSources(*argument)) all.push_back(std::move(set));
      }
      return all;
    case ExprKind::kOr:
      return TrueSourcesOfOr(expr);
    case ExprKind::kMatch:
    case ExprKind::kMatchAny:
      if (expr.unset != plan::Unset::kTrue) all.push_back(FieldSet::Of({expr.field}));
      return all;
    case ExprKind::kTupleIn:
      for (const Field field : expr.row_fields) all.push_back(FieldSet::Of({field}));
      return all;
    case ExprKind::kCompare:
      for (const plan::ExprPtr& argument : expr.arguments) {
        AddIfKnown(NotNullSources(*argument), &all);
      }
      return all;
    case ExprKind::kCall:
      if (expr.function->name == "isnotnull" && expr.arguments.size() == 1) {
        AddIfKnown(NotNullSources(*expr.arguments[0]), &all);
        return all;
      }
      AddIfKnown(NotNullSources(expr), &all);
      return all;
    default:
      AddIfKnown(NotNullSources(expr), &all);
      return all;
  }
}

bool IsDerivedField(Field field) {
  const std::string_view name = field.name();
  return field.hidden() || name == "_raw" || name == "_time" || name == "index" || name == "host" ||
         name == "source" || name == "sourcetype" || name == "linecount";
}

}  // namespace spelk::optimize
