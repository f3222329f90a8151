// Rows of subsearches as predicates: `( ( a="1" AND b="x" ) OR ( … ) )`, as data where they are
// plain, through the parser where they are text.
#include "engine/subsearch.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/status.h"
#include "io/terminal_text.h"
#include "plan/bind/binder.h"
#include "value/ascii.h"

namespace spelk::engine {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

// What is made of a row's memory: the row itself, its place in the plan, folded text for probes.
constexpr size_t kCopies = 4;

void Collect(ExprPtr& expr, std::vector<SubsearchPlace>& found) {
  if (expr->kind == ExprKind::kSubsearch) {
    found.push_back({&expr, nullptr, {expr.get()}});
    return;
  }
  SubsearchPlace place{&expr, nullptr, {}};
  for (size_t i = 0; i < expr->arguments.size(); ++i) {
    const bool part =
        expr->kind == ExprKind::kSubstituted || (expr->kind == ExprKind::kIn && i > 0);
    if (part && expr->arguments[i]->kind == ExprKind::kSubsearch) {
      place.subsearches.push_back(expr->arguments[i].get());
    } else {
      Collect(expr->arguments[i], found);
    }
  }
  if (!place.subsearches.empty()) found.push_back(std::move(place));
}

// Without the parentheses around the whole of it: what `format "(" … ")"` gives for a list.
std::string_view WithoutParentheses(std::string_view text) {
  const std::string_view trimmed = TrimBlanks(text);
  if (!trimmed.starts_with('(')) return text;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < trimmed.size(); ++i) {
    if (trimmed[i] == '\\') {
      ++i;
    } else if (trimmed[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && trimmed[i] == '(') {
      ++depth;
    } else if (!quoted && trimmed[i] == ')' && --depth == 0) {
      return i + 1 == trimmed.size() ? trimmed.substr(1, i - 1) : text;
    }
  }
  return text;
}

// An error of text that no one has written by hand; says what the text was.
absl::Status BadText(std::string_view text, std::string_view wanted, const absl::Status& status) {
  constexpr size_t kShown = 200;
  const std::string_view cut = text.size() > kShown ? "…" : "";
  return absl::InvalidArgumentError(fmt::format("a subsearch gave \"{}{}\", which is no {}: {}",
                                                io::Printable(text.substr(0, kShown)), cut, wanted,
                                                MessageOf(status)));
}

// The same with the place of the subsearch; limits are no fault of the text.
absl::Status AtPlace(const absl::Status& status, Span span) {
  if (!absl::IsInvalidArgument(status)) return status;
  return ErrorAt(ErrorCode::kSubsearchText, span, std::string(MessageOf(status)));
}

ast::SearchExpr MakeTerms(std::vector<ast::SearchExpr> operands, bool all) {
  ast::SearchExpr terms;
  if (operands.size() == 1) return std::move(operands[0]);
  if (all) {
    terms.node = ast::SearchAnd{std::move(operands)};
  } else {
    terms.node = ast::SearchOr{std::move(operands)};
  }
  return terms;
}

// Rows of plain values over the same fields, as a set.
class RowSets {
 public:
  void Add(const exec::TextRow& row) {
    std::vector<Field> fields;
    std::vector<std::string> values;
    for (const exec::TextCell& cell : row) {
      fields.push_back(cell.field);
      values.push_back(cell.values[0]);
    }
    const auto known = std::find_if(sets_.begin(), sets_.end(),
                                    [&](const ExprPtr& set) { return set->row_fields == fields; });
    if (known != sets_.end()) {
      (*known)->rows.push_back(std::move(values));
      return;
    }
    auto set = std::make_unique<Expr>();
    set->kind = ExprKind::kTupleIn;
    set->type = plan::Type::kBoolean;
    set->row_fields = std::move(fields);
    set->rows.push_back(std::move(values));
    sets_.push_back(std::move(set));
  }
  std::vector<ExprPtr> Take() { return std::move(sets_); }

 private:
  std::vector<ExprPtr> sets_;
};

// Sources first: a command that is replaced then takes no place along that is still to come.
void CollectPlaces(plan::NodePtr& node, std::vector<SubsearchPlace>* found) {
  if (node == nullptr) return;
  CollectPlaces(node->input, found);
  for (plan::NodePtr& stream : node->streams) CollectPlaces(stream, found);
  CollectPlaces(node->body, found);
  if (const auto* deferred = plan::TryAs<plan::DeferredNode>(node.get())) {
    SubsearchPlace& place = found->emplace_back();
    place.command = &node;
    for (const ExprPtr& each : deferred->subsearches) place.subsearches.push_back(each.get());
    return;
  }
  node->VisitExpressions([&](ExprPtr& expr) { Collect(expr, *found); });
}

}  // namespace

std::vector<SubsearchPlace> SubsearchesOf(plan::NodePtr& root) {
  std::vector<SubsearchPlace> found;
  CollectPlaces(root, &found);
  return found;
}

std::vector<OtherPlace> OthersOf(plan::Node& root) {
  std::vector<OtherPlace> found;
  const std::function<void(plan::Node&)> visit = [&](plan::Node& node) {
    for (plan::NodePtr& other : node.others) found.push_back({&other, &node});
    if (node.body != nullptr) plan::ForEachNode(*node.body, visit);
  };
  plan::ForEachNode(root, visit);
  return found;
}

bool ReadsEvents(const plan::Node& root) {
  bool reads = !plan::ScansOf(root).empty();
  plan::ForEachNode(
      root, [&](const plan::Node& node) { reads = reads || node.GetDataflow().runs_searches; });
  return reads || HeldPlanReadsEvents(root);
}

bool HeldPlanReadsEvents(const plan::Node& root) {
  bool reads = false;
  plan::ForEachHeldPlan(
      root, [&](const plan::Node& held, plan::Held) { reads = reads || ReadsEvents(held); });
  return reads;
}

absl::Status SubsearchRows::Take(const Batch& batch) {
  for (size_t r = 0; r < batch.size(); ++r) {
    exec::TextRow row = exec::TextRowOf(batch, r);
    if (row.empty()) continue;  // A row without a usable field says nothing.
    if (rows_.size() >= most_) {
      truncated_ = true;
      return absl::OkStatus();
    }
    const size_t bytes = kCopies * exec::BytesOf(row);
    if (!reservation_.Grow(bytes)) {
      return reservation_.budget()->Exhausted("the rows of a subsearch", bytes);
    }
    rows_.push_back(std::move(row));
  }
  return absl::OkStatus();
}

// A row that is more than plain values, as it would be written.
absl::StatusOr<ast::SearchExpr> SubsearchRows::TermsOfRow(const Core& core,
                                                          const exec::TextRow& row) const {
  std::vector<ast::SearchExpr> all;
  for (const exec::TextCell& cell : row) {
    std::vector<ast::SearchExpr> any;
    if (exec::IsRawText(cell.field)) {
      for (size_t i = 0; i < exec::RawTextValues(cell); ++i) {
        absl::StatusOr<ast::SearchExpr> terms = ParseTerms(core, cell.values[i]);
        if (!terms.ok()) return BadText(cell.values[i], "search", terms.status());
        any.push_back(std::move(*terms));
      }
    } else {
      for (const std::string& value : cell.values) {
        ast::SearchComparison comparison;
        comparison.field = {std::string(cell.field.name()), {}, true};
        comparison.value.value = ast::Name{value, {}, true};
        any.emplace_back().node = std::move(comparison);
      }
    }
    all.push_back(MakeTerms(std::move(any), false));
  }
  return MakeTerms(std::move(all), true);
}

absl::StatusOr<ExprPtr> SubsearchRows::Terms(const Core& core, FieldTable& fields,
                                             TermsScope scope) const {
  RowSets sets;
  std::vector<ExprPtr> others;
  for (const exec::TextRow& row : rows_) {
    const bool plain = std::all_of(row.begin(), row.end(), [&](const exec::TextCell& cell) {
      return cell.values.size() == 1 && !exec::IsRawText(cell.field) &&
             !plan::IsSpecialName(cell.field.name(), scope.base);
    });
    if (plain) {
      sets.Add(row);
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(const ast::SearchExpr terms, TermsOfRow(core, row));
    absl::StatusOr<ExprPtr> bound = CompileTerms(core, fields, terms, scope);
    if (!bound.ok()) return BadText(Text(false), "search", bound.status());
    others.push_back(std::move(*bound));
  }
  std::vector<ExprPtr> any = sets.Take();
  for (ExprPtr& other : others) any.push_back(std::move(other));
  return plan::MakeLogical(ExprKind::kOr, std::move(any));
}

std::string SubsearchRows::Text(bool expression) const {
  if (rows_.size() == 1 && rows_[0].size() == 1 && exec::IsRawText(rows_[0][0].field) &&
      exec::RawTextValues(rows_[0][0]) == 1) {
    return rows_[0][0].values[0];
  }
  exec::SearchTextStyle style;
  style.expression = expression;
  exec::SearchText text(std::move(style));
  for (const exec::TextRow& row : rows_) text.Add(row);
  return text.Finish();
}

namespace {

absl::StatusOr<ExprPtr> BindTerms(const Core& core, FieldTable& fields, const Expr& spliced,
                                  const std::vector<const SubsearchRows*>& results) {
  std::string text = spliced.texts[0];
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string result = results[i]->Text(false);
    text += WithoutParentheses(result);
    text += spliced.texts[i + 1];
  }
  absl::StatusOr<ExprPtr> bound;
  const absl::StatusOr<ast::SearchExpr> terms = ParseTerms(core, text);
  bound = terms.ok()
              ? CompileTerms(core, fields, *terms, {spliced.base_scope, spliced.negated_scope})
              : absl::StatusOr<ExprPtr>(terms.status());
  if (!bound.ok()) return BadText(text, "search", bound.status());
  return bound;
}

// Splunk puts the text into the expression's; a text that is no expression by itself is refused.
absl::StatusOr<ExprPtr> BindExpression(const Core& core, FieldTable& fields, const Expr& subsearch,
                                       const SubsearchRows& rows) {
  const bool boolean = subsearch.type == plan::Type::kBoolean;
  const std::string text = rows.Text(true);
  if (boolean && text == exec::SearchTextStyle().empty) return plan::MakeBoolean(false);
  if (TrimBlanks(text).empty()) {
    return absl::InvalidArgumentError(
        "a subsearch in an expression gave nothing; end it with return $field, and see that it "
        "finds a row");
  }
  absl::StatusOr<ExprPtr> bound = CompileExpression(core, fields, text);
  if (!bound.ok()) return BadText(text, "expression", bound.status());
  if (boolean && !plan::MayBeBoolean(**bound)) {
    return BadText(text, "condition", absl::InvalidArgumentError("it is not true or false"));
  }
  if (!boolean && (*bound)->type == plan::Type::kBoolean) {
    return BadText(text, "value",
                   absl::InvalidArgumentError("end the subsearch with return $field"));
  }
  return bound;
}

// x IN (…, [ … ], …): the text may be a list.
absl::Status BindList(const Core& core, FieldTable& fields, Expr* in,
                      const std::vector<const SubsearchRows*>& results) {
  std::vector<ExprPtr> arguments;
  size_t next = 0;
  for (ExprPtr& argument : in->arguments) {
    if (arguments.empty() || argument->kind != ExprKind::kSubsearch) {
      arguments.push_back(std::move(argument));
      continue;
    }
    const std::string result = results[next++]->Text(true);
    const std::string_view list = WithoutParentheses(result);
    if (TrimBlanks(list).empty()) continue;  // No values.
    absl::StatusOr<std::vector<ExprPtr>> values = CompileList(core, fields, list);
    if (!values.ok()) return BadText(result, "list of values", values.status());
    for (ExprPtr& value : *values) {
      if (value->type == plan::Type::kBoolean) {
        return BadText(result, "list of values",
                       absl::InvalidArgumentError("write the values with commas between them"));
      }
      arguments.push_back(std::move(value));
    }
  }
  in->arguments = std::move(arguments);
  return absl::OkStatus();
}

}  // namespace

absl::Status BindSubsearches(const Core& core, FieldTable& fields, const SubsearchPlace& place,
                             const std::vector<const SubsearchRows*>& results,
                             exec::RunWarnings& warnings) {
  if (place.command != nullptr) {
    std::vector<std::string> texts;
    for (const SubsearchRows* rows : results) texts.push_back(rows->Text(false));
    return BindDeferred(core, fields, place.command, texts, warnings);
  }
  Expr& expr = **place.place;
  const Span span = place.subsearches[0]->span;
  if (expr.kind == ExprKind::kIn) return AtPlace(BindList(core, fields, &expr, results), span);
  absl::StatusOr<ExprPtr> bound;
  if (expr.kind == ExprKind::kSubstituted) {
    bound = BindTerms(core, fields, expr, results);
  } else if (expr.as_terms) {
    bound = results[0]->Terms(core, fields, {expr.base_scope, expr.negated_scope});
  } else {
    bound = BindExpression(core, fields, expr, *results[0]);
  }
  if (!bound.ok()) return AtPlace(bound.status(), span);
  (*bound)->span = expr.span;
  *place.place = std::move(*bound);
  return absl::OkStatus();
}

}  // namespace spelk::engine
