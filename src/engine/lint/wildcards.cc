// Wildcards of the wrong language: * in LIKE and in where, % in search; those that cost.
#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kWildcardsRules[] = {
    {.id = "L0101",
     .name = "star-in-like",
     .title = "* in a LIKE pattern",
     .explanation =
         "LIKE and like() take % for any text and _ for one character. An asterisk stands for "
         "itself, so that the pattern fits values with asterisks in them only.",
     .fix = "write % for *",
     .bad = "EventID=1 | where CommandLine LIKE \"*create*\"",
     .at = "\"*create*\"",
     .good = "EventID=1 | where CommandLine LIKE \"%create%\"",
     .mends = true,
     .on_run = true},
    {.id = "L0102",
     .name = "like-without-wildcard",
     .title = "LIKE without % or _",
     .explanation = "Such a pattern takes the equal value only, letter by letter.",
     .fix = "write = if that is meant, or % where any text may stand",
     .bad = "EventID=1 | where Image LIKE \"cmd.exe\"",
     .at = "\"cmd.exe\"",
     .good = "EventID=1 | where Image LIKE \"%cmd.exe\"",
     .on_run = true},
    {.id = "L0103",
     .name = "star-in-where",
     .title = "a value with * compared by = in where or eval",
     .explanation =
         "where and eval compare texts as they are; only the search command knows *. The "
         "condition holds for values with asterisks in them.",
     .fix = "write field LIKE \"%…\", or use search",
     .bad = "EventID=1 | where Image=\"*cmd.exe\"",
     .at = "Image=\"*cmd.exe\"",
     .good = "EventID=1 | where Image LIKE \"%cmd.exe\"",
     .mends = true,
     .on_run = true},
    {.id = "L0104",
     .name = "percent-in-search",
     .title = "% at the ends of a value of search",
     .explanation = "The search command takes * for any text; % stands for itself.",
     .fix = "write * for %",
     .bad = "CommandLine=\"%create%\"",
     .at = "\"%create%\"",
     .good = "CommandLine=\"*create*\"",
     .mends = true,
     .on_run = true},
    {.id = "L0105",
     .name = "leading-wildcard",
     .severity = kInfo,
     .title = "a word to look for that begins with *",
     .explanation =
         "An index finds words by their beginning. With * in front Splunk reads every event of the "
         "time range.",
     .fix = "leave the first * out, or compare a field",
     .bad = "index=main *mimikatz*",
     .at = "*mimikatz*",
     .good = "index=main mimikatz*"},
    {.id = "L0106",
     .name = "every-index",
     .severity = kInfo,
     .title = "index=*",
     .explanation = "It reads all indexes that the user may see.",
     .fix = "name the indexes, or a macro that does",
     .bad = "index=* EventID=1",
     .at = "index=*",
     .good = "index=main EventID=1"},
};

bool Has(std::string_view text, std::string_view any) {
  return text.find_first_of(any) != std::string_view::npos;
}

void CheckPattern(Visit& visit, const ast::Expr& subject, const ast::Expr& pattern) {
  const std::string* text = TextOf(pattern);
  if (text == nullptr || text->empty()) return;
  const std::string written(visit.TextOf(pattern.span));
  if (Has(*text, "*")) {
    // Beside % the asterisk may be meant, and alone; without % the pattern can only equal.
    const bool percent = Has(*text, "%");
    Report report{
        .rule = "L0101",
        .span = pattern.span,
        .message = fmt::format(
            "* means nothing in LIKE, so {} {}", Beginning(visit.TextOf(subject.span)),
            percent ? "must have an asterisk there"
                    : fmt::format("can only equal {}, never contain", Beginning(written)))};
    if (!percent) report.notes = {fmt::format("write {}", StarsToPercents(written))};
    if (!percent && *text != "*") {
      report.fix = "write % for *";
      report.edits = {{pattern.span, StarsToPercents(written)}};
    }
    visit.Add(std::move(report));
    return;
  }
  // A whole path is meant to be equal.
  const bool path = text->front() == '/' || (text->size() > 3 && (*text)[1] == ':');
  if (Has(*text, "%_") || path) return;
  visit.Add({.rule = "L0102",
             .span = pattern.span,
             .message = "LIKE without % or _ takes the equal value only",
             .notes = {fmt::format("write {}=\"{}\", or {} LIKE \"%{}%\" for a part of it",
                                   visit.TextOf(subject.span), Escaped(*text),
                                   visit.TextOf(subject.span), Escaped(*text))}});
}

// Only asterisks that stand where a wildcard would: not in 5*3, ** or a text of several words that
// are marked with them. One alone is a value of its own: policies allow "*".
bool LooksLikeWildcard(std::string_view text) {
  return text != "*" && text.find('*') != std::string_view::npos &&
         text.find("**") == std::string_view::npos;
}

// Whether LIKE takes of the text what was meant: % and _ stand for themselves in it.
bool FitsLike(std::string_view text) { return !Has(text, "%_"); }

void AddStar(Visit& visit, const ast::Expr& whole, const ast::Comparison& comparison,
             std::string_view text) {
  const bool equal = comparison.op == CompareOp::kEqual;
  const std::string_view field = visit.TextOf(comparison.left->span);
  const std::string like =
      fmt::format("{} LIKE {}", field, StarsToPercents(visit.TextOf(comparison.right->span)));
  Report report{.rule = "L0103",
                .span = whole.span,
                .message = fmt::format("* means nothing in {}: {} is compared letter by letter",
                                       visit.CommandName() == "where" ? "where" : "eval",
                                       Beginning(visit.TextOf(comparison.right->span)))};
  report.notes = {equal ? fmt::format("write {}", like)
                        : fmt::format("write (NOT {} AND isnotnull({}))", like, field)};
  if (!FitsLike(text)) report.notes.emplace_back("in LIKE % and _ are wildcards, too");
  if (equal && FitsLike(text) && NullIsFalse(visit)) {
    report.fix = "compare by LIKE";
    report.edits = {{whole.span, like}};
  }
  visit.Add(std::move(report));
}

void WildcardsExpression(Visit& visit, const ast::Expr& expr) {
  if (const auto* like = std::get_if<ast::LikeOperator>(&expr.node)) {
    return CheckPattern(visit, *like->left, *like->pattern);
  }
  if (const ast::FunctionCall* call = CallOf(expr, {"like"});
      call != nullptr && call->arguments.size() == 2) {
    return CheckPattern(visit, *call->arguments[0], *call->arguments[1]);
  }
  if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
    const bool equal = comparison->op == CompareOp::kEqual;
    if (!equal && comparison->op != CompareOp::kNotEqual) return;
    const std::string* text = TextOf(*comparison->right);
    // A value that is computed may well have asterisks.
    if (text == nullptr || FieldOf(*comparison->left) == nullptr || !LooksLikeWildcard(*text))
      return;
    return AddStar(visit, expr, *comparison, *text);
  }
  const auto* in = std::get_if<ast::InOperator>(&expr.node);
  if (in == nullptr || FieldOf(*in->operand) == nullptr) return;
  for (const ast::ExprPtr& value : in->values) {
    const std::string* text = TextOf(*value);
    if (text == nullptr || !LooksLikeWildcard(*text)) continue;
    // All of the list in one finding.
    std::string likes;
    bool all = true;
    for (const ast::ExprPtr& each : in->values) {
      const std::string* other = TextOf(*each);
      if (other == nullptr || (LooksLikeWildcard(*other) && !FitsLike(*other))) all = false;
      const bool star = other != nullptr && LooksLikeWildcard(*other);
      likes += fmt::format(
          "{}{}{}{}", likes.empty() ? "" : " OR ", visit.TextOf(in->operand->span),
          star ? " LIKE " : "=",
          star ? StarsToPercents(visit.TextOf(each->span)) : std::string(visit.TextOf(each->span)));
    }
    Report report{.rule = "L0103",
                  .span = value->span,
                  .message = fmt::format("* means nothing in IN of {}: {} is compared letter by "
                                         "letter",
                                         visit.CommandName() == "where" ? "where" : "eval",
                                         Beginning(visit.TextOf(value->span))),
                  .notes = {fmt::format("write {}{} LIKE {}", in->negated ? "NOT " : "",
                                        visit.TextOf(in->operand->span),
                                        StarsToPercents(visit.TextOf(value->span)))}};
    if (all && !in->negated && NullIsFalse(visit)) {
      report.fix = "compare by LIKE";
      report.edits = {{expr.span, fmt::format("({})", likes)}};
    }
    return visit.Add(std::move(report));
  }
}

// %SystemRoot% is a variable of Windows, %%1904 a message, %20 a blank of an address.
bool IsPercentPattern(std::string_view text) {
  constexpr std::string_view kVariables[] = {"allusersprofile",
                                             "appdata",
                                             "commonprogramfiles",
                                             "comspec",
                                             "homepath",
                                             "localappdata",
                                             "programdata",
                                             "programfiles",
                                             "public",
                                             "psmodulepath",
                                             "systemdrive",
                                             "systemroot",
                                             "temp",
                                             "tmp",
                                             "userprofile",
                                             "username",
                                             "windir"};
  if (text.size() < 3 || Has(text, "*")) return false;
  const bool begins = text.front() == '%';
  const auto count = std::count(text.begin(), text.end(), '%');
  if (begins && text.back() == '%' && count == 2) {
    const std::string inner = LowerAscii(text.substr(1, text.size() - 2));
    return std::find(std::begin(kVariables), std::end(kVariables), inner) == std::end(kVariables);
  }
  return begins && count == 1 && Has(text.substr(1, 1), "./\\");
}

void WildcardsTerms(Visit& visit, const ast::SearchExpr& terms) {
  if (const auto* term = std::get_if<ast::SearchTerm>(&terms.node)) {
    if (term->kind == ast::TermKind::kWord && !term->text.quoted && visit.base &&
        term->text.text.size() > 2 && term->text.text.front() == '*') {
      visit.Add({.rule = "L0105",
                 .span = terms.span,
                 .message = fmt::format("{} begins with *, so every event is read",
                                        Beginning(term->text.text))});
    }
    return;
  }
  ForEachValue(terms, [&](const ast::Name& field, CompareOp op, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    if (word == nullptr) return;
    if (visit.base && field.text == "index" && op == CompareOp::kEqual && word->text == "*") {
      return visit.Add({.rule = "L0106",
                        .span = terms.span,
                        .message = "index=* reads all indexes that the user may see"});
    }
    const bool equality = op == CompareOp::kEqual || op == CompareOp::kNotEqual;
    if (!equality || !IsPercentPattern(word->text)) return;
    std::string stars(visit.TextOf(value.span));
    std::replace(stars.begin(), stars.end(), '%', '*');
    visit.Add({.rule = "L0104",
               .span = value.span,
               .message = "% means nothing in search: * stands for any text",
               .notes = {fmt::format("write {}={}", field.text, stars)},
               .fix = "write * for %",
               .edits = {{value.span, stars}}});
  });
}

}  // namespace

const Family kWildcards = {
    .rules = kWildcardsRules, .expression = &WildcardsExpression, .terms = &WildcardsTerms};

}  // namespace spelk::engine::lint
