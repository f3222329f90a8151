// Binding searches that stand in texts of their own: data sets, saved searches.
#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "plan/bind/binder.h"

namespace spelk::plan {
namespace {

constexpr size_t kMostTexts = 10;  // In each other.

void SetPlace(Span span, Expr* expr);  // Expressions and plans hold each other.

// Gives all of a plan one place: that of the text which holds it is none of the query.
void SetPlace(Span span, Node* root) {
  ForEachNode(*root, [span](Node& node) {
    node.span = span;
    node.VisitExpressions([span](ExprPtr& expr) { SetPlace(span, expr.get()); });
    for (const NodePtr& other : node.others) SetPlace(span, other.get());
    if (node.body != nullptr) SetPlace(span, node.body.get());
  });
}

void SetPlace(Span span, Expr* expr) {
  expr->span = span;
  for (const ExprPtr& argument : expr->arguments) SetPlace(span, argument.get());
  if (expr->plan != nullptr) SetPlace(span, expr->plan.get());
}

}  // namespace

absl::StatusOr<NodePtr> Binder::SearchIn(std::string_view text, Span span, std::string_view what) {
  return CommandsIn(text, span, what, nullptr);
}

absl::StatusOr<NodePtr> Binder::CommandsIn(std::string_view text, Span span, std::string_view what,
                                           NodePtr rows) {
  if (texts_ == kMostTexts) {
    return Error(
        ErrorCode::kTooDeep, span,
        fmt::format("{}: searches stand in each other more than {} deep", what, kMostTexts));
  }
  const Source source("<search>", std::string(text));
  Diagnostics diagnostics;
  const auto fail = [&](const absl::Status& status) {
    for (const Diagnostic& each : diagnostics.all()) {
      if (each.severity != Severity::kError) continue;
      return Error(each.code, span, fmt::format("{}: {}", what, each.message), each.notes);
    }
    return Error(ErrorCode::kSyntax, span, fmt::format("{}: {}", what, MessageOf(status)));
  };
  const absl::StatusOr<ast::Pipeline> pipeline =
      Parse(source, entries_, SyntaxLimits(), diagnostics);
  if (!pipeline.ok()) return fail(pipeline.status());
  Binder binder(source, entries_, fields_, diagnostics, services_);
  binder.texts_ = texts_ + 1;
  binder.commands_ = commands_;
  absl::StatusOr<NodePtr> bound = binder.BindNested(*pipeline, std::move(rows));
  if (!bound.ok()) return fail(bound.status());
  for (const Diagnostic& each : diagnostics.all()) {
    diagnostics_.Warn(each.code, span, fmt::format("{}: {}", what, each.message), each.notes);
  }
  SetPlace(span, bound->get());
  return bound;
}

}  // namespace spelk::plan
