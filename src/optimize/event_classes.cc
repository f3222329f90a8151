// Event classes: `tag=x` and `eventtype=x` as the conditions of the event types and tags that give
// events such a value. So a search by tags is the search that its event types stand for: the
// prefilter sees it, and no event is given all its types only to be asked for one.
#include <algorithm>
#include <string>
#include <utility>

#include "base/status.h"
#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

constexpr size_t kMostDepth = 10;      // Event types that ask for others.
constexpr size_t kMostTerms = 20'000;  // Of all conditions together.

// How a condition on the event's own values is told from one on all: both are false where there are
// none.
constexpr plan::Unset kOwn = plan::Unset::kFalse;

bool IsClass(Field field) {
  const std::string_view name = field.name();
  return name == "eventtype" || name == "tag" || name.starts_with("tag::");
}

// Asks for a value of the field; anything else needs all of its values.
bool IsAsked(const Expr& expr) {
  const bool equal = expr.kind == ExprKind::kMatch && expr.op == CompareOp::kEqual;
  return (equal || expr.kind == ExprKind::kMatchAny) && IsClass(expr.field) &&
         expr.unset == plan::Unset::kNoMatch;
}

// The class fields that a predicate reads other than by asking.
void CollectRead(const Expr& expr, plan::FieldSet* read) {
  if (IsAsked(expr)) return;
  if (expr.arguments.empty()) {
    plan::CollectFields(expr, read);
  } else if (expr.field) {
    read->Add(expr.field);
  }
  for (const ExprPtr& argument : expr.arguments) CollectRead(*argument, read);
}

// One way to be true, and what tells it from others.
struct Way {
  std::string key;
  ExprPtr condition;
};
using Ways = std::vector<Way>;

ExprPtr AnyOf(Ways ways) {
  std::vector<ExprPtr> any;
  for (Way& way : ways) any.push_back(std::move(way.condition));
  return plan::MakeLogical(ExprKind::kOr, std::move(any));
}

class Inliner {
 public:
  Inliner(const KnowledgeColumns& rules, const plan::FieldSet& kept) : rules_(rules), kept_(kept) {}

  // It would have grown beyond a limit; then what Inline gave is spoilt.
  bool failed() const { return failed_; }
  bool inlined() const { return inlined_; }

  absl::StatusOr<ExprPtr> Inline(ExprPtr expr, size_t depth) {
    if (failed_ || ++terms_ > kMostTerms || depth > kMostDepth) {
      failed_ = true;
      return expr;
    }
    if (IsInlined(*expr)) {
      SPELK_ASSIGN_OR_RETURN(Ways ways, WaysOf(std::move(expr), depth));
      return AnyOf(std::move(ways));
    }
    if (expr->kind == ExprKind::kAnd) return InlineAnd(std::move(expr), depth);
    for (ExprPtr& argument : expr->arguments) {
      SPELK_ASSIGN_OR_RETURN(argument, Inline(std::move(argument), depth));
    }
    return expr;
  }

 private:
  bool IsInlined(const Expr& expr) const { return IsAsked(expr) && !kept_.Has(expr.field); }

  // The event's own value, or what knowledge gives.
  absl::StatusOr<Ways> WaysOf(ExprPtr asked, size_t depth) {
    inlined_ = true;
    Ways ways;
    const Field field = asked->field;
    const std::vector<plan::Pattern> patterns = asked->patterns;
    const Expr& source = *asked;
    std::vector<std::pair<std::string, ExprPtr>> conditions;
    for (const plan::Pattern& pattern : patterns) {
      SPELK_ASSIGN_OR_RETURN(auto more, rules_.ConditionsOf(field.name(), pattern.text));
      for (auto& each : more) conditions.push_back(std::move(each));
    }
    for (auto& [key, condition] : conditions) {
      const bool known = std::any_of(ways.begin(), ways.end(),
                                     [&key = key](const Way& way) { return way.key == key; });
      if (known) continue;
      ExprPtr made = plan::MadeFrom(source, std::move(condition));
      SPELK_ASSIGN_OR_RETURN(made, Inline(std::move(made), depth + 1));
      ways.push_back({std::move(key), std::move(made)});
    }
    asked->unset = kOwn;
    ways.insert(ways.begin(), Way{"", std::move(asked)});
    return ways;
  }

  // Several tags of the same events: what gives all of them is asked once.
  absl::StatusOr<ExprPtr> InlineAnd(ExprPtr expr, size_t depth) {
    std::vector<ExprPtr> all;
    std::vector<Ways> asked;
    for (ExprPtr& argument : expr->arguments) {
      if (IsInlined(*argument)) {
        SPELK_ASSIGN_OR_RETURN(Ways ways, WaysOf(std::move(argument), depth));
        asked.push_back(std::move(ways));
        continue;
      }
      SPELK_ASSIGN_OR_RETURN(ExprPtr made, Inline(std::move(argument), depth));
      all.push_back(std::move(made));
    }
    if (asked.size() == 1) all.push_back(AnyOf(std::move(asked.front())));
    if (asked.size() > 1) all.push_back(AllOf(std::move(asked)));
    const ExprPtr whole = std::move(expr);
    ExprPtr made = plan::MakeLogical(ExprKind::kAnd, std::move(all));
    return made->id == 0 ? plan::MadeFrom(*whole, std::move(made)) : std::move(made);
  }

  // (C OR X) AND (C OR Y) is C OR (X AND Y).
  static ExprPtr AllOf(std::vector<Ways> asked) {
    Ways common;
    for (Way& way : asked.front()) {
      const bool everywhere =
          !way.key.empty() && std::all_of(asked.begin() + 1, asked.end(), [&](const Ways& others) {
            return std::any_of(others.begin(), others.end(),
                               [&](const Way& other) { return other.key == way.key; });
          });
      if (everywhere) common.push_back({way.key, std::move(way.condition)});
    }
    std::vector<ExprPtr> rest;
    for (Ways& ways : asked) {
      std::erase_if(ways, [&](const Way& way) {
        return std::any_of(common.begin(), common.end(),
                           [&](const Way& other) { return other.key == way.key; });
      });
      rest.push_back(AnyOf(std::move(ways)));
    }
    common.push_back({"", plan::MakeLogical(ExprKind::kAnd, std::move(rest))});
    return AnyOf(std::move(common));
  }

  const KnowledgeColumns& rules_;
  const plan::FieldSet& kept_;
  bool inlined_ = false;
  size_t terms_ = 0;
  bool failed_ = false;
};

}  // namespace

absl::Status InlineClasses(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr || scan->predicate == nullptr || context.rules == nullptr) {
    return absl::OkStatus();
  }
  // Fields whose values somebody wants to have are made in any case.
  plan::FieldSet kept = NeedsOfSource(**root, context);
  for (const Field field : scan->fields) kept.Add(field);
  CollectRead(*scan->predicate, &kept);
  Inliner inliner(*context.rules, kept);
  SPELK_ASSIGN_OR_RETURN(ExprPtr inlined, inliner.Inline(plan::Copy(*scan->predicate), 0));
  if (inliner.failed() || !inliner.inlined()) return absl::OkStatus();
  scan->predicate = std::move(inlined);
  SimplifyExpression(&scan->predicate);
  return absl::OkStatus();
}

void CollectMadeFields(const plan::Expr& expr, plan::FieldSet* fields) {
  const bool match = expr.kind == ExprKind::kMatch || expr.kind == ExprKind::kMatchAny;
  if (match && IsClass(expr.field) && expr.unset == kOwn) return;
  if (expr.arguments.empty()) {
    plan::CollectFields(expr, fields);
    return;
  }
  if (expr.field) fields->Add(expr.field);
  for (const ExprPtr& argument : expr.arguments) CollectMadeFields(*argument, fields);
}

}  // namespace spelk::optimize
