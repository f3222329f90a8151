// Rows of subsearches as predicates: `( ( a="1" AND b="x" ) OR ( … ) )` without going through text.
#include "engine/subsearch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/binder.h"
#include "value/number.h"

namespace spelk::engine {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

void Collect(plan::ExprPtr& expr, std::vector<ExprPtr*>& found) {
  if (expr->kind == ExprKind::kSubsearch) {
    found.push_back(&expr);
    return;
  }
  for (ExprPtr& argument : expr->arguments) Collect(argument, found);
}

bool IsTextField(Field field) { return field.name() == "search" || field.name() == "query"; }

// Names that a base search treats in its own way are compared one by one.
bool IsSpecial(Field field, bool base) {
  const std::string_view name = field.name();
  return base &&
         (name == "index" || name == "splunk_server" || name == "sourcetype" || name == "source");
}

}  // namespace

std::vector<ExprPtr*> SubsearchesOf(plan::Node& root) {
  std::vector<ExprPtr*> found;
  for (plan::Node* node : plan::ChainOf(root)) {
    node->VisitExpressions([&](ExprPtr& expr) { Collect(expr, found); });
  }
  return found;
}

bool HasScanningSubsearch(const plan::Node& root) {
  for (ExprPtr* place : SubsearchesOf(const_cast<plan::Node&>(root))) {  // Only looked at.
    const plan::Node& plan = *(*place)->plan;
    if (plan::ScanOf(plan) != nullptr || HasScanningSubsearch(plan)) return true;
  }
  return false;
}

absl::Status SubsearchRows::Take(const Batch& batch, MemoryBudget* budget) {
  if (reservation_.budget() == nullptr) reservation_ = Reservation(budget);
  for (size_t r = 0; r < batch.size(); ++r) {
    if (full()) {
      truncated_ = true;
      return absl::OkStatus();
    }
    Row row;
    size_t bytes = sizeof(Row);
    for (size_t c = 0; c < batch.schema()->size(); ++c) {
      const Field field = (*batch.schema())[c];
      if (field.hidden() || field.internal()) continue;
      const Value value = batch.At(c, r);
      if (value.is_null()) continue;
      Cell cell{field, {}};
      for (const Value& each : value.each()) cell.values.push_back(TextOf(each));
      bytes += sizeof(Cell) + sizeof(std::string) * cell.values.size() + ValueBytes(value);
      row.push_back(std::move(cell));
    }
    if (!reservation_.Grow(bytes)) return budget->Exhausted("the rows of a subsearch", bytes);
    // A row without a usable field says nothing.
    if (!row.empty()) rows_.push_back(std::move(row));
  }
  return absl::OkStatus();
}

absl::StatusOr<ExprPtr> SubsearchRows::BindRow(const Core& core, const Expr& subsearch,
                                               const Row& row) const {
  std::vector<ExprPtr> parts;
  for (const Cell& cell : row) {
    if (IsTextField(cell.field)) {
      for (const std::string& text : cell.values) {
        SPELK_ASSIGN_OR_RETURN(ExprPtr terms, CompileSearchTerms(core, text, subsearch.base_scope));
        parts.push_back(std::move(terms));
      }
      continue;
    }
    auto match = std::make_unique<Expr>();
    match->kind = ExprKind::kMatchAny;
    match->type = plan::Type::kBoolean;
    match->span = subsearch.span;
    match->field = cell.field;
    for (const std::string& value : cell.values) match->patterns.push_back({value, false});
    if (subsearch.base_scope) plan::ApplyBaseName(subsearch.negated_scope, match.get());
    parts.push_back(std::move(match));
  }
  return plan::MakeLogical(ExprKind::kAnd, std::move(parts));
}

// In an expression the text of `return` or `format` is an expression itself.
absl::StatusOr<ExprPtr> SubsearchRows::BindValue(const Core& core, const Expr& subsearch) const {
  if (rows_.size() == 1 && rows_[0].size() == 1 && IsTextField(rows_[0][0].field) &&
      rows_[0][0].values.size() == 1) {
    return CompileExpression(core, rows_[0][0].values[0]);
  }
  (void)subsearch;
  return absl::InvalidArgumentError(
      "a subsearch in an expression must give one value: end it with `return $field`");
}

absl::StatusOr<ExprPtr> SubsearchRows::Bind(const Core& core, const Expr& subsearch) const {
  if (subsearch.type != plan::Type::kBoolean) return BindValue(core, subsearch);
  if (rows_.empty()) return plan::MakeBoolean(false);  // NOT ( )
  // Rows of plain values over the same fields are one set; the others are predicates of their own.
  std::vector<std::unique_ptr<Expr>> sets;
  std::vector<ExprPtr> any;
  for (const Row& row : rows_) {
    const bool plain = std::all_of(row.begin(), row.end(), [&](const Cell& cell) {
      return cell.values.size() == 1 && !IsTextField(cell.field) &&
             !IsSpecial(cell.field, subsearch.base_scope);
    });
    if (!plain) {
      SPELK_ASSIGN_OR_RETURN(ExprPtr one, BindRow(core, subsearch, row));
      any.push_back(std::move(one));
      continue;
    }
    std::vector<Field> fields;
    std::vector<std::string> values;
    for (const Cell& cell : row) {
      fields.push_back(cell.field);
      values.push_back(cell.values[0]);
    }
    auto set = std::find_if(sets.begin(), sets.end(), [&](const std::unique_ptr<Expr>& s) {
      return s->row_fields == fields;
    });
    if (set == sets.end()) {
      sets.push_back(std::make_unique<Expr>());
      set = sets.end() - 1;
      (*set)->kind = ExprKind::kMatchRows;
      (*set)->type = plan::Type::kBoolean;
      (*set)->span = subsearch.span;
      (*set)->row_fields = std::move(fields);
    }
    (*set)->rows.push_back(std::move(values));
  }
  for (std::unique_ptr<Expr>& set : sets) any.push_back(std::move(set));
  return plan::MakeLogical(ExprKind::kOr, std::move(any));
}

}  // namespace spelk::engine
