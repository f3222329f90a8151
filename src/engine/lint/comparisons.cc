// Conditions of where and eval that can never hold, always hold, or say something twice.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kComparisonsRules[] = {
    {.id = "L0202",
     .name = "constants-compared",
     .title = "two constants are compared",
     .explanation =
         "In where and eval a text in double quotes is a text. The condition is the same for every "
         "row.",
     .fix = "write the field without quotes, or in single ones",
     .bad = "EventID=1 | where \"Image\"=\"x\"",
     .at = "\"Image\"=\"x\"",
     .good = "EventID=1 | where 'Image'=\"x\"",
     .on_run = true},
    {.id = "L0203",
     .name = "compared-with-null",
     .title = "a comparison with null",
     .explanation =
         "null is read as the name of a field, which no row has; a comparison with a missing field "
         "is never true.",
     .fix = "use isnull() or isnotnull()",
     .bad = "EventID=1 | where User!=null",
     .at = "User!=null",
     .good = "EventID=1 | where isnotnull(User)",
     .mends = true,
     .on_run = true},
    {.id = "L0204",
     .name = "case-never-fits",
     .title = "a lower-case text compared with capitals",
     .explanation = "lower() gives no capitals, upper() no small letters, so both never are equal.",
     .fix = "write the constant in the same case",
     .bad = "EventID=1 | where lower(User)=\"SYSTEM\"",
     .at = "\"SYSTEM\"",
     .good = "EventID=1 | where lower(User)=\"system\"",
     .mends = true,
     .on_run = true},
    {.id = "L0208",
     .name = "always-true",
     .severity = kInfo,
     .title = "a condition that always holds",
     .explanation = "It keeps every row, or every row that has the field.",
     .fix = "leave it out, or use isnotnull()",
     .bad = "EventID=1 | where Image=Image",
     .at = "Image=Image",
     .good = "EventID=1 | where isnotnull(Image)"},
    {.id = "L0210",
     .name = "case-never-reached",
     .title = "an arm of case() that is never reached",
     .explanation =
         "case() takes the first condition that holds, and an earlier one holds whenever "
         "this one does.",
     .fix = "put the narrower condition first",
     .bad = "EventID=3 | eval risk=case(bytes > 5000, 8, bytes > 10000, 9)",
     .at = "bytes > 10000",
     .good = "EventID=3 | eval risk=case(bytes > 10000, 9, bytes > 5000, 8)",
     .on_run = true},
    {.id = "L0211",
     .name = "empty-range",
     .title = "bounds that no value is between",
     .explanation = "No number is above the one and below the other.",
     .fix = "turn a sign, or write OR",
     .bad = "EventID=3 | where bytes > 5000 AND bytes < 100",
     .at = "bytes < 100",
     .good = "EventID=3 | where bytes > 5000 OR bytes < 100",
     .on_run = true},
    {.id = "L0217",
     .name = "either-differs",
     .title = "!= two values with OR between",
     .explanation = "A field with one value differs from one of the two at least, so that every "
                    "event passes that has the field.",
     .fix = "write AND, or NOT field IN (…)",
     .bad = "EventID=1 | where User!=\"a\" OR User!=\"b\"",
     .at = "User!=\"a\" OR User!=\"b\"",
     .good = "EventID=1 | where User!=\"a\" AND User!=\"b\"",
     .on_run = true},
    {.id = "L0218",
     .name = "below-zero",
     .title = "a number that is never below zero",
     .explanation = "Lengths and counts begin at 0, so the condition never holds.",
     .fix = "turn the sign, or compare with 1",
     .bad = "EventID=1 | where len(CommandLine) < 0",
     .at = "len(CommandLine) < 0",
     .good = "EventID=1 | where len(CommandLine) > 0",
     .on_run = true},
};

bool IsNullWord(const ast::Expr& expr) {
  const std::string* field = FieldOf(expr);
  return field != nullptr && EqualsIgnoringCase(*field, "null");
}

bool IsConstantText(const ast::Expr& expr) {
  return TextOf(expr) != nullptr || NumberOf(expr).has_value();
}

// lower(x) with capitals, upper(x) with small letters.
void CheckCase(Visit& visit, const ast::Expr& folded, const ast::Expr& constant) {
  const ast::FunctionCall* call = CallOf(folded, {"lower", "upper"});
  const std::string* text = TextOf(constant);
  if (call == nullptr || text == nullptr) return;
  const bool lower = EqualsIgnoringCase(call->name.text, "lower");
  const bool fits = std::none_of(text->begin(), text->end(), [lower](char c) {
    return lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
  });
  if (fits) return;
  std::string written(visit.TextOf(constant.span));
  for (char& c : written) {
    if (lower) c = LowerAscii(c);
    if (!lower && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  visit.Add({.rule = "L0204",
             .span = constant.span,
             .message = fmt::format("{}() gives no {}, so this never fits", call->name.text,
                                    lower ? "capitals" : "small letters"),
             .notes = {fmt::format("write {}", written)},
             .fix = "write it in the same case",
             .edits = {{constant.span, written}}});
}

// len(user)<0; count<0, if a command of statistics made it.
void CheckBelowZero(Visit& visit, const ast::Expr& expr, const ast::Comparison& comparison) {
  const std::optional<double> number = NumberOf(*comparison.right);
  const bool never = number && ((comparison.op == CompareOp::kLess && *number <= 0) ||
                                (comparison.op == CompareOp::kLessEqual && *number < 0) ||
                                (comparison.op == CompareOp::kEqual && *number < 0));
  if (!never) return;
  const std::string* field = FieldOf(*comparison.left);
  const ast::CommandCall* before =
      visit.position == 0 ? nullptr : &visit.pipeline->commands[visit.position - 1];
  const bool counted =
      field != nullptr && *field == "count" && before != nullptr &&
      LowerAscii(before->name.text) == "stats" &&
      std::any_of(before->arguments.begin(), before->arguments.end(), [](const auto& argument) {
        const auto* name = std::get_if<ast::Name>(&argument.value);
        return name != nullptr && !argument.alias && EqualsIgnoringCase(name->text, "count");
      });
  if (!counted && CallOf(*comparison.left, {"len", "mvcount", "abs"}) == nullptr) return;
  visit.Add({.rule = "L0218",
             .span = expr.span,
             .message = fmt::format("{} is never below 0",
                                    Beginning(visit.TextOf(comparison.left->span)))});
}

// a!=1 OR a!=2
void CheckEitherDiffers(Visit& visit, const ast::Expr& expr, const ast::LogicalList& list) {
  std::vector<std::pair<const std::string*, const ast::Expr*>> differs;
  for (const ast::ExprPtr& operand : list.operands) {
    const auto* comparison = std::get_if<ast::Comparison>(&operand->node);
    if (comparison == nullptr || comparison->op != CompareOp::kNotEqual) continue;
    const std::string* field = FieldOf(*comparison->left);
    if (field == nullptr || !IsConstantText(*comparison->right)) continue;
    const std::string_view value = visit.TextOf(comparison->right->span);
    for (const auto& [name, other] : differs) {
      if (*name != *field || visit.TextOf(other->span) == value) continue;
      return visit.Add({.rule = "L0217",
                        .span = expr.span,
                        .message = fmt::format("{} differs from one of them always", *field),
                        .notes = {"AND leaves both out"}});
    }
    differs.emplace_back(field, comparison->right.get());
  }
}

void CheckComparison(Visit& visit, const ast::Expr& expr, const ast::Comparison& comparison) {
  CheckBelowZero(visit, expr, comparison);
  const bool equality = comparison.op == CompareOp::kEqual || comparison.op == CompareOp::kNotEqual;
  const ast::Expr& left = *comparison.left;
  const ast::Expr& right = *comparison.right;
  if (equality && (IsNullWord(left) || IsNullWord(right))) {
    const ast::Expr& subject = IsNullWord(left) ? right : left;
    const std::string call =
        fmt::format("{}({})", comparison.op == CompareOp::kEqual ? "isnull" : "isnotnull",
                    visit.TextOf(subject.span));
    return visit.Add({.rule = "L0203",
                      .span = expr.span,
                      .message = "null is read as a field, and no row has it",
                      .notes = {fmt::format("write {}", call)},
                      .fix = "ask whether the field is there",
                      .edits = {{expr.span, call}}});
  }
  // 1=1 is a way to write true.
  if (TextOf(left) != nullptr && IsConstantText(right)) {
    return visit.Add({.rule = "L0202",
                      .span = expr.span,
                      .message = std::string(kConstantsHint),
                      .notes = {fmt::format("write {}{}", InEval(*TextOf(left)),
                                            visit.TextOf({left.span.end, expr.span.end}))}});
  }
  const std::string* a = FieldOf(left);
  const std::string* b = FieldOf(right);
  if (a != nullptr && b != nullptr && *a == *b) {
    const bool holds = comparison.op == CompareOp::kEqual ||
                       comparison.op == CompareOp::kLessEqual ||
                       comparison.op == CompareOp::kGreaterEqual;
    return visit.Add({.rule = holds ? "L0208" : "L0201",
                      .span = expr.span,
                      .message = holds
                                     ? fmt::format("true wherever {} is there", *a)
                                     : fmt::format("{} is compared with itself: never true", *a)});
  }
  if (!equality) return;
  CheckCase(visit, left, right);
  CheckCase(visit, right, left);
}

// A comparison of a field with a number, the field on the left.
struct Bound {
  std::string field;
  CompareOp op = CompareOp::kEqual;
  double number = 0;
};

std::optional<Bound> BoundOf(const ast::Expr& expr) {
  const auto* comparison = std::get_if<ast::Comparison>(&expr.node);
  if (comparison == nullptr) return std::nullopt;
  const std::string* field = FieldOf(*comparison->left);
  const std::optional<double> number = NumberOf(*comparison->right);
  if (field == nullptr || !number) return std::nullopt;
  return Bound{*field, comparison->op, *number};
}

bool IsAbove(CompareOp op) { return op == CompareOp::kGreater || op == CompareOp::kGreaterEqual; }
bool IsBelow(CompareOp op) { return op == CompareOp::kLess || op == CompareOp::kLessEqual; }

// Whether the first one holds wherever the second one does.
bool Holds(const Bound& first, const Bound& second) {
  if (first.field != second.field) return false;
  if (IsAbove(first.op) && (IsAbove(second.op) || second.op == CompareOp::kEqual)) {
    return second.number > first.number ||
           (second.number == first.number &&
            (first.op == CompareOp::kGreaterEqual || second.op == CompareOp::kGreater));
  }
  if (IsBelow(first.op) && (IsBelow(second.op) || second.op == CompareOp::kEqual)) {
    return second.number < first.number ||
           (second.number == first.number &&
            (first.op == CompareOp::kLessEqual || second.op == CompareOp::kLess));
  }
  return first.op == CompareOp::kEqual && second.op == CompareOp::kEqual &&
         first.number == second.number;
}

bool ExcludesBound(const Bound& a, const Bound& b) {
  if (a.field != b.field) return false;
  if (IsBelow(a.op) && IsAbove(b.op)) return ExcludesBound(b, a);
  if (!IsAbove(a.op) || !IsBelow(b.op)) return false;
  const bool closed = a.op == CompareOp::kGreaterEqual && b.op == CompareOp::kLessEqual;
  return closed ? a.number > b.number : a.number >= b.number;
}

bool IsTrue(const ast::Expr& expr) {
  if (CallOf(expr, {"true"}) != nullptr) return true;
  if (const auto* boolean = std::get_if<ast::BooleanLiteral>(&expr.node)) return boolean->value;
  const auto* comparison = std::get_if<ast::Comparison>(&expr.node);
  if (comparison == nullptr || comparison->op != CompareOp::kEqual) return false;
  const std::optional<double> left = NumberOf(*comparison->left);
  const std::optional<double> right = NumberOf(*comparison->right);
  return left && right && *left == *right;
}

void CheckArms(Visit& visit, const ast::FunctionCall& call) {
  if (call.arguments.size() > kMostCompared) return;
  for (size_t later = 2; later + 1 < call.arguments.size(); later += 2) {
    const ast::Expr& arm = *call.arguments[later];
    for (size_t earlier = 0; earlier < later; earlier += 2) {
      const ast::Expr& before = *call.arguments[earlier];
      const std::optional<Bound> a = BoundOf(before);
      const std::optional<Bound> b = BoundOf(arm);
      const bool same = visit.TextOf(before.span) == visit.TextOf(arm.span);
      if (!IsTrue(before) && !same && !(a && b && Holds(*a, *b))) continue;
      visit.Add({.rule = "L0210",
                 .span = arm.span,
                 .message = fmt::format("never reached: {} holds first",
                                        Beginning(visit.TextOf(before.span)))});
      return;
    }
  }
}

void CheckAnd(Visit& visit, const ast::LogicalList& list) {
  std::vector<std::pair<std::string, const ast::Expr*>> equals;
  for (size_t i = 0; i < list.operands.size(); ++i) {
    const ast::Expr& operand = *list.operands[i];
    const std::optional<Bound> bound = BoundOf(operand);
    for (size_t j = 0; bound && j < i; ++j) {
      const std::optional<Bound> other = BoundOf(*list.operands[j]);
      if (!other || !ExcludesBound(*other, *bound)) continue;
      visit.Add({.rule = "L0211",
                 .span = operand.span,
                 .message = fmt::format("no number meets {} as well",
                                        Beginning(visit.TextOf(list.operands[j]->span)))});
      break;
    }
    const auto* comparison = std::get_if<ast::Comparison>(&operand.node);
    if (comparison == nullptr || comparison->op != CompareOp::kEqual) continue;
    const std::string* field = FieldOf(*comparison->left);
    if (field == nullptr || !IsConstantText(*comparison->right) || MayHaveSeveral(*field)) continue;
    for (const auto& [name, value] : equals) {
      const std::string* a = TextOf(*value);
      const std::string* b = TextOf(*comparison->right);
      const std::optional<double> x = NumberOf(*value);
      const std::optional<double> y = NumberOf(*comparison->right);
      const bool differ = a != nullptr && b != nullptr ? !SameValue(*a, *b) : x && y && *x != *y;
      if (name != *field || !differ) continue;
      visit.Add({.rule = "L0201",
                 .span = operand.span,
                 .message = fmt::format(
                     "{} equals another value already; with one value this never holds", *field)});
      break;
    }
    equals.emplace_back(*field, comparison->right.get());
  }
}

void CheckSame(Visit& visit, const ast::LogicalList& list) {
  for (size_t i = 1; i < list.operands.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const std::string_view text = visit.TextOf(list.operands[i]->span);
      if (text != visit.TextOf(list.operands[j]->span)) continue;
      visit.Add({.rule = "L0205",
                 .span = list.operands[i]->span,
                 .message = fmt::format("{} stands there twice", Beginning(text))});
      break;
    }
  }
}

void CheckMixed(Visit& visit, const ast::Expr& expr, const ast::LogicalList& list) {
  if (list.op != ast::LogicalOp::kOr) return;
  for (const ast::ExprPtr& operand : list.operands) {
    const auto* inner = std::get_if<ast::LogicalList>(&operand->node);
    if (inner == nullptr || inner->op != ast::LogicalOp::kAnd ||
        InParentheses(visit, operand->span))
      continue;
    visit.Add({.rule = "L0212",
               .span = expr.span,
               .message = fmt::format("here AND binds tighter than OR: {} is one condition",
                                      Beginning(visit.TextOf(operand->span)))});
    return;
  }
}

void ComparisonsExpression(Visit& visit, const ast::Expr& expr) {
  if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    return CheckComparison(visit, expr, *comparison);
  }
  if (const auto* like = std::get_if<ast::LikeOperator>(&expr.node)) {
    if (const std::string* text = TextOf(*like->pattern); text != nullptr && *text == "%") {
      visit.Add({.rule = "L0208", .span = expr.span, .message = "LIKE \"%\" takes every value"});
    }
    return CheckCase(visit, *like->left, *like->pattern);
  }
  if (const ast::FunctionCall* call = CallOf(expr, {"like"});
      call != nullptr && call->arguments.size() == 2) {
    if (const std::string* text = TextOf(*call->arguments[1]); text != nullptr && *text == "%") {
      visit.Add({.rule = "L0208", .span = expr.span, .message = "\"%\" takes every value"});
    }
    return CheckCase(visit, *call->arguments[0], *call->arguments[1]);
  }
  if (const ast::FunctionCall* call = CallOf(expr, {"case"})) return CheckArms(visit, *call);
  if (const auto* in = std::get_if<ast::InOperator>(&expr.node)) {
    for (const ast::ExprPtr& value : in->values) CheckCase(visit, *in->operand, *value);
    return;
  }
  const auto* list = std::get_if<ast::LogicalList>(&expr.node);
  if (list != nullptr && list->operands.size() <= kMostCompared) {
    if (list->op == ast::LogicalOp::kAnd && AmongEvents(visit)) CheckAnd(visit, *list);
    if (list->op == ast::LogicalOp::kOr) CheckEitherDiffers(visit, expr, *list);
    CheckSame(visit, *list);
    CheckMixed(visit, expr, *list);
  }
}

}  // namespace

const Family kComparisons = {.rules = kComparisonsRules, .expression = &ComparisonsExpression};

}  // namespace spelk::engine::lint
