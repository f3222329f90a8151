// Search terms that can never hold together, that say something twice, or bind otherwise than they
// read.
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

constexpr LintRule kTermsRules[] = {
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
    {.id = "L0209",
     .name = "covered-alternative",
     .severity = kInfo,
     .title = "an alternative that another one covers",
     .explanation = "All that it takes is taken by the other one already.",
     .fix = "leave it out",
     .bad = "CommandLine=\"*powershell*\" OR CommandLine=\"*powershell -enc*\"",
     .at = "CommandLine=\"*powershell -enc*\"",
     .good = "CommandLine=\"*powershell*\""},
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
    {.id = "L0219",
     .name = "double-negation",
     .severity = kInfo,
     .title = "NOT before field!=value",
     .explanation = "It takes events in which the field has the value, and those without the "
                    "field, which field!=value leaves out.",
     .fix = "write field=value if events without the field are not wanted",
     .bad = "EventID=1 NOT User!=admin",
     .at = "NOT User!=admin",
     .good = "EventID=1 User=admin"},
};

// ---------------------------------------------------------------- search terms

void Flatten(const ast::SearchExpr& terms, std::vector<const ast::SearchExpr*>* operands);

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
             .message = "none of these alternatives can hold beside the other conditions where "
                        "fields have one value",
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
                 .message = fmt::format(
                     "{} and {}{} never hold together for a field with one value",
                     Beginning(visit.TextOf(operand->span)), Beginning(visit.TextOf(terms->span)),
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
  if (operands.size() > kMostCompared) return;
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

// a!=1 OR a!=2
void CheckEitherTermDiffers(Visit& visit, const ast::SearchExpr& terms, const ast::SearchOr& any) {
  if (any.operands.size() > kMostCompared) return;
  std::vector<const ast::SearchComparison*> differs;
  for (const ast::SearchExpr& operand : any.operands) {
    const auto* one = std::get_if<ast::SearchComparison>(&operand.node);
    const ast::Name* word = one == nullptr ? nullptr : WordOf(one->value);
    if (word == nullptr || one->op != CompareOp::kNotEqual) continue;
    for (const ast::SearchComparison* other : differs) {
      if (other->field.text != one->field.text || SameValue(WordOf(other->value)->text, word->text))
        continue;
      return visit.Add(
          {.rule = "L0217",
           .span = terms.span,
           .message = fmt::format("{} differs from one of them always", one->field.text),
           .notes = {"AND leaves both out"}});
    }
    differs.push_back(one);
  }
}

void CheckList(Visit& visit, const ast::SearchIn& in) {
  if (in.values.size() > kMostCompared) return;
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

void TermsTerms(Visit& visit, const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    CheckMixedTerms(visit, terms, *all);
    std::vector<const ast::SearchExpr*> operands;
    Flatten(terms, &operands);
    if (operands.size() <= kMostCompared && AmongEvents(visit)) CheckTogether(visit, operands);
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
  if (const auto* negation = std::get_if<ast::SearchNot>(&terms.node)) {
    const auto* one = std::get_if<ast::SearchComparison>(&negation->operand->node);
    if (one == nullptr || one->op != CompareOp::kNotEqual || WordOf(one->value) == nullptr ||
        WordOf(one->value)->text == "*")
      return;
    return visit.Add(
        {.rule = "L0219",
         .span = terms.span,
         .message = fmt::format("this takes events without {}, too", one->field.text),
         .notes = {fmt::format("write {}={}", one->field.text, visit.TextOf(one->value.span))}});
  }
  if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    CheckAlternatives(visit, any->operands);
    CheckBareNumbers(visit, *any);
    CheckEitherTermDiffers(visit, terms, *any);
  } else if (const auto* in = std::get_if<ast::SearchIn>(&terms.node)) {
    CheckList(visit, *in);
  }
}

}  // namespace

const Family kTerms = {.rules = kTermsRules, .terms = &TermsTerms};

}  // namespace spelk::engine::lint
