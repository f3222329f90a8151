// Operands of expressions: texts in single quotes, names with dots that are two fields and a dot,
// numbers compared with texts, fields that are asked for and asked away.
#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kOperandsRules[] = {
    {.id = "L0213",
     .name = "number-against-text",
     .title = "a number compared with a text that is none",
     .explanation = "The function gives numbers only; none equals the text, and which of them is "
                    "greater follows their letters.",
     .fix = "compare with a number",
     .bad = "EventID=1 | where len(CommandLine) > \"long\"",
     .at = "\"long\"",
     .good = "EventID=1 | where len(CommandLine) > 1000",
     .on_run = true},
    {.id = "L0214",
     .name = "null-and-compared",
     .title = "a field that must be missing and must have a value",
     .explanation = "A comparison with a missing field never holds.",
     .fix = "write OR, or leave one of them out",
     .bad = "EventID=1 | where isnull(User) AND User=\"x\"",
     .at = "User=\"x\"",
     .good = "EventID=1 | where isnull(User) OR User=\"x\"",
     .on_run = true},
    {.id = "L0817",
     .name = "single-quoted-text",
     .title = "a text in single quotes in eval or where",
     .explanation = "Single quotes hold the name of a field there. No field is called so, which "
                    "makes the comparison null.",
     .fix = "write double quotes",
     .bad = "EventID=1 | where CommandLine LIKE '%mimikatz%'",
     .at = "'%mimikatz%'",
     .good = "EventID=1 | where CommandLine LIKE \"%mimikatz%\"",
     .mends = true,
     .on_run = true},
    {.id = "L0818",
     .name = "single-quoted-word",
     .severity = kInfo,
     .title = "a word in single quotes that a field is compared with",
     .explanation = "Single quotes hold the name of a field. If a text was meant, it stands in "
                    "double quotes.",
     .fix = "write double quotes for a text",
     .bad = "EventID=1 | where User='admin'",
     .at = "'admin'",
     .good = "EventID=1 | where User=\"admin\""},
    {.id = "L0819",
     .name = "dotted-name-unquoted",
     .title = "a field's name with a dot in it, without quotes, in eval or where",
     .explanation = "Outside of single quotes a dot joins two texts: userIdentity.arn is what the "
                    "fields userIdentity and arn hold, one after the other.",
     .fix = "put the name into single quotes",
     .bad = "EventID=1 | stats count by id.orig_h | where id.orig_h=\"10.0.0.1\"",
     .at = "id.orig_h",
     .good = "EventID=1 | stats count by id.orig_h | where 'id.orig_h'=\"10.0.0.1\"",
     .mends = true,
     .on_run = true},
};

bool IsDottedNameByte(char c) {
  const char lower = LowerAscii(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

// Whether the name stands among these words by itself.
bool IsNameIn(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || !IsDottedNameByte(text[at - 1])) &&
        (end == text.size() || !IsDottedNameByte(text[end])))
      return true;
  }
  return false;
}

// ---------------------------------------------------------------- single quotes

// Patterns, paths, files, what begins or ends with a blank: no names of fields.
bool IsText(std::string_view inner) {
  if (inner.empty()) return false;
  if (inner.front() == ' ' || inner.back() == ' ' || inner.find('\\') != std::string_view::npos ||
      inner.front() == '%' || inner.back() == '%' || inner.front() == '*' || inner.back() == '*' ||
      inner.front() == '/' || inner.front() == '^')
    return true;
  const std::string lower = LowerAscii(inner);
  for (const std::string_view end : {".exe", ".dll", ".ps1", ".bat", ".vbs", ".cmd", ".sys"}) {
    if (lower.ends_with(end)) return true;
  }
  return false;
}

bool IsWordText(std::string_view inner) {
  return std::all_of(inner.begin(), inner.end(), [](char c) {
    const char lower = LowerAscii(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
  });
}

// Where a text stands as a rule: the right side of a comparison, a value of IN, a pattern.
void CheckQuotes(Visit& visit, const ast::Expr& expr, bool value) {
  if (FieldOf(expr) == nullptr) return;
  const std::string_view written = visit.TextOf(expr.span);
  if (written.size() < 3 || written.front() != '\'' || written.back() != '\'') return;
  const std::string_view inner = written.substr(1, written.size() - 2);
  const std::string_view before = visit.search.text().substr(0, expr.span.begin);
  // A command before may have made it, or a template fills it in.
  if (before.find(inner) != std::string_view::npos || inner.find("<<") != std::string_view::npos)
    return;
  const bool text = IsText(inner);
  if (!text && !(value && IsWordText(inner))) return;
  const std::string better = fmt::format("\"{}\"", inner);
  Report report{.rule = text ? "L0817" : "L0818",
                .span = expr.span,
                .message = fmt::format("{} is the name of a field here", written),
                .notes = {fmt::format("write {} for a text", better)}};
  if (text && inner.find('"') == std::string_view::npos) {
    report.fix = "write double quotes";
    report.edits = {{expr.span, better}};
  }
  visit.Add(std::move(report));
}

// ---------------------------------------------------------------- dots

// a.b written without blanks, where another command names the field a.b.
void CheckDots(Visit& visit, const ast::Expr& expr, const ast::ArithmeticChain& chain) {
  for (size_t i = 0; i + 1 < chain.operands.size(); ++i) {
    size_t end = i;
    while (end + 1 < chain.operands.size() &&
           chain.operators[end] == ast::ArithmeticOp::kConcatenate)
      ++end;
    if (end == i) continue;
    const Span span{chain.operands[i]->span.begin, chain.operands[end]->span.end};
    const bool fields =
        std::all_of(chain.operands.begin() + static_cast<std::ptrdiff_t>(i),
                    chain.operands.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                    [](const ast::ExprPtr& each) { return FieldOf(*each) != nullptr; });
    const std::string_view name = visit.TextOf(span);
    i = end;
    if (!fields || !std::all_of(name.begin(), name.end(), &IsDottedNameByte)) continue;
    const auto& commands = visit.pipeline->commands;
    const bool named =
        std::any_of(commands.begin(), commands.end(), [&](const ast::CommandCall& each) {
          const bool outside = each.span.end <= expr.span.begin || each.span.begin >= expr.span.end;
          return outside && each.expression == nullptr && each.assignments.empty() &&
                 IsNameIn(visit.TextOf(each.span), name);
        });
    if (!named) continue;
    const std::string better = fmt::format("'{}'", name);
    visit.Add({.rule = "L0819",
               .span = span,
               .message = fmt::format("{} joins the values of two fields here", name),
               .notes = {fmt::format("write {} for the field", better)},
               .fix = "put the name into single quotes",
               .edits = {{span, better}}});
  }
}

// ---------------------------------------------------------------- types

void CheckNumber(Visit& visit, const ast::Expr& number, const ast::Expr& constant) {
  const ast::FunctionCall* call =
      CallOf(number, {"len", "tonumber", "mvcount", "round", "abs", "floor", "ceil", "ceiling",
                      "now", "time", "strptime", "relative_time"});
  const std::string* text = TextOf(constant);
  if (call == nullptr || text == nullptr || ParseNumber(*text)) return;
  visit.Add({.rule = "L0213",
             .span = constant.span,
             .message = fmt::format("{}() gives numbers, and this is none", call->name.text)});
}

void CheckNulls(Visit& visit, const ast::LogicalList& all) {
  if (all.op != ast::LogicalOp::kAnd || all.operands.size() > kMostCompared) return;
  for (const ast::ExprPtr& operand : all.operands) {
    const ast::FunctionCall* call = CallOf(*operand, {"isnull"});
    const std::string* missing = call != nullptr && call->arguments.size() == 1
                                     ? FieldOf(*call->arguments.front())
                                     : nullptr;
    if (missing == nullptr) continue;
    for (const ast::ExprPtr& other : all.operands) {
      const auto* comparison = std::get_if<ast::Comparison>(&other->node);
      const std::string* field = comparison == nullptr ? nullptr : FieldOf(*comparison->left);
      if (field == nullptr || *field != *missing) continue;
      visit.Add({.rule = "L0214",
                 .span = other->span,
                 .message = fmt::format("{} is missing where {} holds", *missing,
                                        visit.TextOf(operand->span))});
      break;
    }
  }
}

void OperandsExpression(Visit& visit, const ast::Expr& expr) {
  if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    CheckQuotes(visit, *comparison->left, false);
    CheckQuotes(visit, *comparison->right, true);
    CheckNumber(visit, *comparison->left, *comparison->right);
    CheckNumber(visit, *comparison->right, *comparison->left);
  } else if (const auto* like = std::get_if<ast::LikeOperator>(&expr.node)) {
    CheckQuotes(visit, *like->pattern, true);
  } else if (const auto* in = std::get_if<ast::InOperator>(&expr.node)) {
    for (const ast::ExprPtr& value : in->values) CheckQuotes(visit, *value, true);
  } else if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    for (const ast::ExprPtr& argument : call->arguments) CheckQuotes(visit, *argument, false);
  } else if (const auto* chain = std::get_if<ast::ArithmeticChain>(&expr.node)) {
    for (const ast::ExprPtr& operand : chain->operands) CheckQuotes(visit, *operand, false);
    CheckDots(visit, expr, *chain);
  } else if (const auto* list = std::get_if<ast::LogicalList>(&expr.node)) {
    CheckNulls(visit, *list);
  }
}

}  // namespace

const Family kOperands = {.rules = kOperandsRules, .expression = &OperandsExpression};

}  // namespace spelk::engine::lint
