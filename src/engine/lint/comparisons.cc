// Conditions that can never hold, always hold, or say something twice.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <variant>

#include "engine/lint/families.h"
#include "engine/why/hints.h"
#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/number.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kRules[] = {
    {.id = "L0201",
     .name = "contradiction",
     .title = "two conditions that cannot hold together",
     .explanation =
         "A field with one value cannot equal two. In search OR binds tighter than AND, which also "
         "stands between terms without a word: a=1 b=2 OR c=3 is a=1 AND (b=2 OR c=3).",
     .fix = "put each of the alternatives into parentheses of its own",
     .bad = "source=Security EventCode=4657 OR source=Sysmon EventCode=13",
     .at = "EventCode=4657 OR source=Sysmon",
     .good = "(source=Security EventCode=4657) OR (source=Sysmon EventCode=13)",
     .on_run = true},
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
    {.id = "L0205",
     .name = "duplicate-clause",
     .severity = kInfo,
     .title = "the same condition twice",
     .explanation = "The second one changes nothing; another field or value may have been meant.",
     .fix = "leave it out, or mend it",
     .bad = "Image=a OR Image=b OR Image=a",
     .at = "Image=a",
     .good = "Image=a OR Image=b",
     .on_run = false},
    {.id = "L0206",
     .name = "not-equal-drops-nulls",
     .severity = kInfo,
     .title = "!= in a search over several kinds of events",
     .explanation =
         "field!=value takes events that have the field; NOT field=value takes those without it, "
         "too. Where several kinds of events are searched together, some of them may lack it.",
     .fix = "write NOT field=value if events without the field are wanted",
     .bad = "(source=a EventCode=1) OR (source=b EventCode=4688) User!=\"x\"",
     .at = "User!=\"x\"",
     .good = "(source=a EventCode=1) OR (source=b EventCode=4688) NOT User=\"x\""},
    {.id = "L0207",
     .name = "bare-alternative",
     .title = "a number as an alternative to a comparison",
     .explanation =
         "EventID=1 OR 3 looks for the number 3 anywhere in an event's text: a time or a port "
         "will do.",
     .fix = "write EventID IN (1, 3)",
     .bad = "EventID=1 OR 3",
     .at = "3",
     .good = "EventID=1 OR EventID=3",
     .mends = true,
     .on_run = true},
    {.id = "L0208",
     .name = "always-true",
     .title = "a condition that always holds",
     .explanation = "It keeps every row, or every row that has the field.",
     .fix = "leave it out, or use isnotnull()",
     .bad = "EventID=1 | where Image=Image",
     .at = "Image=Image",
     .good = "EventID=1 | where isnotnull(Image)"},
    {.id = "L0209",
     .name = "covered-alternative",
     .severity = kInfo,
     .title = "an alternative that another one covers",
     .explanation = "All that it takes is taken by the other one already.",
     .fix = "leave it out",
     .bad = "CommandLine=\"*powershell*\" OR CommandLine=\"*powershell -enc*\"",
     .at = "CommandLine=\"*powershell -enc*\"",
     .good = "CommandLine=\"*powershell*\""},
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
    {.id = "L0212",
     .name = "mixed-and-or",
     .severity = kInfo,
     .title = "AND and OR without parentheses",
     .explanation = "In search OR binds tighter than AND; in where and eval AND binds tighter than "
                    "OR. Readers "
                    "take it for the other one easily.",
     .fix = "say it with parentheses",
     .bad = "EventID=1 AND Image=a OR Image=b",
     .at = "EventID=1 AND Image=a OR Image=b",
     .good = "EventID=1 AND (Image=a OR Image=b)"},
};

bool IsPlainWord(const ast::Name& word) {
  return word.text.find('*') == std::string::npos && !word.text.empty();
}

// Fields that often have several values in one event.
bool MayHaveSeveral(std::string_view field) {
  constexpr std::string_view kNames[] = {
      "tag",         "eventtype",  "account_name", "user",    "logon_id",   "account_domain",
      "security_id", "message",    "src",          "dest",    "sourcetype", "host",
      "object_name", "permission", "privileges",   "category"};
  const std::string lower = LowerAscii(field);
  return lower.find("{}") != std::string::npos || lower.ends_with("s") ||
         std::find(std::begin(kNames), std::end(kNames), lower) != std::end(kNames);
}

bool SameValue(std::string_view a, std::string_view b) {
  if (FoldCase(a) == FoldCase(b)) return true;
  const std::optional<Number> x = ParseNumber(a);
  const std::optional<Number> y = ParseNumber(b);
  return x && y && x->value == y->value;
}

// ---------------------------------------------------------------- search terms

// The plain values that a term asks of a field; nothing for other terms.
struct Asked {
  std::string field;
  std::vector<std::string> values;
};

std::optional<Asked> AskedBy(const ast::SearchExpr& terms) {
  if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    Asked all;
    for (const ast::SearchExpr& operand : any->operands) {
      const std::optional<Asked> one = AskedBy(operand);
      if (!one || (!all.field.empty() && one->field != all.field)) return std::nullopt;
      all.field = one->field;
      all.values.insert(all.values.end(), one->values.begin(), one->values.end());
    }
    return all;
  }
  Asked asked;
  bool plain = true;
  ForEachValue(terms, [&](const ast::Name& field, CompareOp op, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    plain = plain && op == CompareOp::kEqual && word != nullptr && IsPlainWord(*word);
    asked.field = field.text;
    if (plain) asked.values.push_back(word->text);
  });
  if (!plain || asked.field.empty()) return std::nullopt;
  return asked;
}

// Commands before which each field has the values of one event.
bool KeepsEvents(const ast::CommandCall& call) {
  constexpr std::string_view kCommands[] = {"search", "where",  "eval", "fields", "bin",
                                            "bucket", "rename", "rex",  "regex",  "sort"};
  return !call.macro && std::find(std::begin(kCommands), std::end(kCommands),
                                  LowerAscii(call.name.text)) != std::end(kCommands);
}

bool AmongEvents(const Visit& visit) {
  const auto& commands = visit.pipeline->commands;
  return !visit.pipeline->leading_pipe &&
         std::all_of(commands.begin(),
                     commands.begin() + static_cast<std::ptrdiff_t>(visit.position), &KeepsEvents);
}

void Flatten(const ast::SearchExpr& terms, std::vector<const ast::SearchExpr*>* operands);

bool Excludes(const Asked& a, const Asked& b) {
  if (a.field != b.field) return false;
  return std::none_of(a.values.begin(), a.values.end(), [&b](const std::string& v) {
    return std::any_of(b.values.begin(), b.values.end(),
                       [&v](const std::string& w) { return SameValue(v, w); });
  });
}

// Each alternative of an OR asks for what another condition beside it rules out.
void CheckAlternativesBeside(Visit& visit, const ast::SearchExpr& terms, const ast::SearchOr& any,
                             const std::vector<const ast::SearchExpr*>& beside) {
  std::vector<Asked> asked;
  for (const ast::SearchExpr* operand : beside) {
    std::optional<Asked> one = operand == &terms ? std::nullopt : AskedBy(*operand);
    if (one && (!MayHaveSeveral(one->field) || one->field == "sourcetype"))
      asked.push_back(std::move(*one));
  }
  const bool never =
      std::all_of(any.operands.begin(), any.operands.end(), [&](const ast::SearchExpr& each) {
        std::vector<const ast::SearchExpr*> parts;
        Flatten(each, &parts);
        return std::any_of(parts.begin(), parts.end(), [&](const ast::SearchExpr* part) {
          const std::optional<Asked> one = AskedBy(*part);
          return one && std::any_of(asked.begin(), asked.end(),
                                    [&one](const Asked& other) { return Excludes(*one, other); });
        });
      });
  if (!never) return;
  visit.Add({.rule = "L0201",
             .span = terms.span,
             .message = "none of these alternatives can hold beside the other conditions",
             .notes = {"in search OR binds tighter than AND: put each alternative into "
                       "parentheses"}});
}

void CheckTogether(Visit& visit, const std::vector<const ast::SearchExpr*>& operands) {
  std::vector<std::pair<Asked, const ast::SearchExpr*>> known;
  for (const ast::SearchExpr* operand : operands) {
    std::optional<Asked> asked = AskedBy(*operand);
    if (const auto* any = std::get_if<ast::SearchOr>(&operand->node); any != nullptr && !asked) {
      CheckAlternativesBeside(visit, *operand, *any, operands);
    }
    if (!asked || MayHaveSeveral(asked->field)) continue;
    for (const auto& [other, terms] : known) {
      if (other.field != asked->field) continue;
      if (!Excludes(*asked, other)) continue;
      std::vector<std::string> notes;
      const size_t line = visit.search.source.Locate(terms->span.begin).line;
      const bool mixed = std::any_of(operands.begin(), operands.end(), [](const auto* each) {
        return std::holds_alternative<ast::SearchOr>(each->node);
      });
      if (mixed) {
        notes.emplace_back(
            "in search OR binds tighter than AND: put each alternative into parentheses");
      }
      visit.Add({.rule = "L0201",
                 .span = operand->span,
                 .message = fmt::format("{} and {}{} never hold together",
                                        Beginning(visit.TextOf(operand->span)),
                                        Beginning(visit.TextOf(terms->span)),
                                        line == visit.search.source.Locate(operand->span.begin).line
                                            ? ""
                                            : fmt::format(" of line {}", line)),
                 .notes = std::move(notes)});
      return;
    }
    known.emplace_back(std::move(*asked), operand);
  }
}

// All operands of nested ANDs.
void Flatten(const ast::SearchExpr& terms, std::vector<const ast::SearchExpr*>* operands) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    for (const ast::SearchExpr& operand : all->operands) Flatten(operand, operands);
  } else {
    operands->push_back(&terms);
  }
}

// Whether all that the second pattern takes is taken by the first one.
bool Covers(std::string_view wide, std::string_view narrow) {
  if (!wide.starts_with('*') || !wide.ends_with('*') || wide.size() < 4) return false;
  const std::string middle = FoldCase(wide.substr(1, wide.size() - 2));
  return middle.find('*') == std::string::npos &&
         FoldCase(narrow).find(middle) != std::string::npos;
}

void CheckAlternatives(Visit& visit, const std::vector<ast::SearchExpr>& operands) {
  struct Pattern {
    std::string field;
    std::string text;
    const ast::SearchExpr* terms;
  };
  std::vector<Pattern> patterns;
  for (const ast::SearchExpr& operand : operands) {
    const auto* comparison = std::get_if<ast::SearchComparison>(&operand.node);
    if (comparison == nullptr || comparison->op != CompareOp::kEqual) continue;
    const ast::Name* word = WordOf(comparison->value);
    if (word == nullptr) continue;
    for (const Pattern& other : patterns) {
      if (other.field != comparison->field.text) continue;
      if (FoldCase(other.text) == FoldCase(word->text)) {
        visit.Add({.rule = "L0205",
                   .span = operand.span,
                   .message = fmt::format("{} stands there twice",
                                          Beginning(visit.TextOf(operand.span)))});
        break;
      }
      if (Covers(other.text, word->text) || Covers(word->text, other.text)) {
        const bool first = Covers(other.text, word->text);
        const ast::SearchExpr* covered = first ? &operand : other.terms;
        const ast::SearchExpr* covering = first ? other.terms : &operand;
        visit.Add({.rule = "L0209",
                   .span = covered->span,
                   .message =
                       fmt::format("{} takes all of it", Beginning(visit.TextOf(covering->span)))});
        break;
      }
    }
    patterns.push_back({comparison->field.text, word->text, &operand});
  }
}

void CheckList(Visit& visit, const ast::SearchIn& in) {
  for (size_t v = 0; v < in.values.size(); ++v) {
    const ast::Name* word = WordOf(in.values[v]);
    if (word == nullptr) continue;
    for (size_t w = 0; w < in.values.size(); ++w) {
      const ast::Name* other = WordOf(in.values[w]);
      if (w == v || other == nullptr) continue;
      const bool equal = FoldCase(other->text) == FoldCase(word->text);
      if (equal ? w < v : Covers(other->text, word->text)) {
        visit.Add({.rule = equal ? "L0205" : "L0209",
                   .span = in.values[v].span,
                   .message = equal ? fmt::format("{} stands there twice",
                                                  Beginning(visit.TextOf(in.values[v].span)))
                                    : fmt::format("{} takes all of it",
                                                  Beginning(visit.TextOf(in.values[w].span)))});
        break;
      }
    }
  }
}

void CheckBareNumbers(Visit& visit, const ast::SearchOr& any) {
  const auto* first = std::get_if<ast::SearchComparison>(&any.operands.front().node);
  if (first == nullptr || first->op != CompareOp::kEqual) return;
  for (size_t i = 1; i < any.operands.size(); ++i) {
    const auto* term = std::get_if<ast::SearchTerm>(&any.operands[i].node);
    const bool digits = term != nullptr && term->kind == ast::TermKind::kWord &&
                        !term->text.text.empty() &&
                        std::all_of(term->text.text.begin(), term->text.text.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) continue;
    const std::string written =
        fmt::format("{}={}", visit.TextOf(first->field.span), term->text.text);
    visit.Add(
        {.rule = "L0207",
         .span = any.operands[i].span,
         .message = fmt::format("{} is a number to look for anywhere in the event's text",
                                term->text.text),
         .notes = {fmt::format("write {}, or {} IN (…)", written, visit.TextOf(first->field.span))},
         .fix = "name the field",
         .edits = {{any.operands[i].span, written}}});
  }
}

bool InParentheses(const Visit& visit, Span span) {
  const std::string_view text = visit.search.text();
  const size_t before =
      span.begin == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", span.begin - 1);
  const size_t after = text.find_first_not_of(" \t\r\n", span.end);
  return before != std::string_view::npos && after != std::string_view::npos &&
         text[before] == '(' && text[after] == ')';
}

// A written AND beside an OR without parentheses; terms without a word between them are how filters
// of events stand.
void CheckMixedTerms(Visit& visit, const ast::SearchExpr& terms, const ast::SearchAnd& all) {
  for (size_t i = 0; i < all.operands.size(); ++i) {
    const ast::SearchExpr& operand = all.operands[i];
    const auto* any = std::get_if<ast::SearchOr>(&operand.node);
    if (any == nullptr || InParentheses(visit, operand.span)) continue;
    const auto between = [&](size_t a) {
      const Span gap{all.operands[a].span.end, all.operands[a + 1].span.begin};
      return gap.end > gap.begin && visit.TextOf(gap).find("AND") != std::string_view::npos;
    };
    const bool before = i > 0 && between(i - 1);
    const bool after = i + 1 < all.operands.size() && between(i);
    if (!before && !after) continue;
    // (…) OR (…) AND x is how it is read, too.
    const bool grouped = std::all_of(
        any->operands.begin(), any->operands.end(), [&visit](const ast::SearchExpr& each) {
          return InParentheses(visit, each.span) || std::get_if<ast::SearchAnd>(&each.node);
        });
    if (grouped) continue;
    visit.Add({.rule = "L0212",
               .span = terms.span,
               .message = fmt::format("here OR binds tighter than AND: {} is one condition",
                                      Beginning(visit.TextOf(operand.span)))});
    return;
  }
}

bool SearchesSeveralKinds(const ast::SearchExpr& terms) {
  const auto* all = std::get_if<ast::SearchAnd>(&terms.node);
  if (all == nullptr) return false;
  return std::any_of(all->operands.begin(), all->operands.end(), [](const ast::SearchExpr& each) {
    const auto* any = std::get_if<ast::SearchOr>(&each.node);
    if (any == nullptr) return false;
    size_t kinds = 0;
    for (const ast::SearchExpr& operand : any->operands) {
      const auto* group = std::get_if<ast::SearchAnd>(&operand.node);
      if (group == nullptr) continue;
      kinds += std::any_of(group->operands.begin(), group->operands.end(),
                           [](const ast::SearchExpr& term) {
                             const auto* one = std::get_if<ast::SearchComparison>(&term.node);
                             return one != nullptr &&
                                    (one->field.text == "source" ||
                                     one->field.text == "sourcetype" || one->field.text == "index");
                           })
                   ? 1U
                   : 0U;
    }
    return kinds > 1;
  });
}

void Terms(Visit& visit, const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    CheckMixedTerms(visit, terms, *all);
    std::vector<const ast::SearchExpr*> operands;
    Flatten(terms, &operands);
    if (AmongEvents(visit)) CheckTogether(visit, operands);
    if (visit.base && SearchesSeveralKinds(terms)) {
      for (const ast::SearchExpr& operand : all->operands) {
        const auto* one = std::get_if<ast::SearchComparison>(&operand.node);
        if (one == nullptr || one->op != CompareOp::kNotEqual) continue;
        visit.Add({.rule = "L0206",
                   .span = operand.span,
                   .message = fmt::format("{} leaves out events that have no {}",
                                          Beginning(visit.TextOf(operand.span)), one->field.text),
                   .notes = {"NOT does without the field, != does not"}});
      }
    }
    return;
  }
  if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    CheckAlternatives(visit, any->operands);
    CheckBareNumbers(visit, *any);
  } else if (const auto* in = std::get_if<ast::SearchIn>(&terms.node)) {
    CheckList(visit, *in);
  }
}

// ---------------------------------------------------------------- where and eval

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

void CheckComparison(Visit& visit, const ast::Expr& expr, const ast::Comparison& comparison) {
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

bool Excludes(const Bound& a, const Bound& b) {
  if (a.field != b.field) return false;
  if (IsBelow(a.op) && IsAbove(b.op)) return Excludes(b, a);
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
      if (!other || !Excludes(*other, *bound)) continue;
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
      visit.Add(
          {.rule = "L0201",
           .span = operand.span,
           .message = fmt::format("{} equals another value already, so this never holds", *field)});
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

void Expression(Visit& visit, const ast::Expr& expr) {
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
    return CheckCase(visit, *call->arguments[0], *call->arguments[1]);
  }
  if (const ast::FunctionCall* call = CallOf(expr, {"case"})) return CheckArms(visit, *call);
  if (const auto* in = std::get_if<ast::InOperator>(&expr.node)) {
    for (const ast::ExprPtr& value : in->values) CheckCase(visit, *in->operand, *value);
    return;
  }
  if (const auto* list = std::get_if<ast::LogicalList>(&expr.node)) {
    if (list->op == ast::LogicalOp::kAnd && AmongEvents(visit)) CheckAnd(visit, *list);
    CheckSame(visit, *list);
    CheckMixed(visit, expr, *list);
  }
}

}  // namespace

const Family kComparisons = {.rules = kRules, .expression = &Expression, .terms = &Terms};

}  // namespace spelk::engine::lint
