// Commands as wholes: what stands before the first pipe and is no search, arguments that were
// written apart, clauses in the wrong place, conditions that an earlier command ruled out.
#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "engine/lint/conditions.h"
#include "engine/lint/families.h"
#include "engine/why/nearest.h"
#include "syntax/operands.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kStagesRules[] = {
    {.id = "L0215",
     .name = "ruled-out-before",
     .title = "a condition that the base search rules out",
     .explanation = "The base search asks for other values of the field, so that no event is left.",
     .fix = "ask for the same values in both, or leave one condition out",
     .bad = "EventCode=4624 LogonType=3 | search EventCode=4625",
     .at = "EventCode=4625",
     .good = "EventCode IN (4624, 4625) LogonType=3 | search EventCode=4625",
     .on_run = true},
    {.id = "L0216",
     .name = "dead-alternative",
     .severity = kInfo,
     .title = "an alternative that the base search rules out",
     .explanation = "The base search asks for other values of the field. This alternative or arm "
                    "never holds; the others may.",
     .fix = "let the base search ask for it, too, or leave it out",
     .bad = "EventCode=1 | eval kind=case(EventCode==1, \"process\", EventCode==3, \"network\")",
     .at = "EventCode==3",
     .good = "EventCode IN (1, 3) | eval kind=case(EventCode==1, \"process\", EventCode==3, "
             "\"network\")"},
    {.id = "L0022",
     .name = "missing-pipe",
     .title = "a command that makes its own rows, without a pipe before it",
     .explanation =
         "Splunk takes the words before the first pipe for a search unless the text begins with a "
         "pipe, and looks for them in events.",
     .fix = "begin with a pipe",
     .bad = "tstats count from datamodel=Endpoint.Processes by Processes.dest",
     .at = "tstats",
     .good = "| tstats count from datamodel=Endpoint.Processes by Processes.dest",
     .mends = true},
    {.id = "L0820",
     .name = "words-only",
     .severity = kInfo,
     .title = "nothing but words to look for",
     .explanation =
         "The search looks for these words in the text of every event, and names neither "
         "a source nor a field.",
     .fix = "name the field: CommandLine=\"*bitsadmin*\"",
     .bad = "bitsadmin.exe",
     .at = "bitsadmin.exe",
     .good = "CommandLine=\"*bitsadmin.exe*\""},
    {.id = "L0821",
     .name = "unit-apart",
     .title = "a unit of time apart from its number",
     .explanation = "The option takes the number, in seconds or without a unit, and the unit is "
                    "taken for the name of a field.",
     .fix = "write both together: maxspan=5m",
     .bad = "EventID=1 | transaction User maxspan=5 minutes",
     .at = "minutes",
     .good = "EventID=1 | transaction User maxspan=5m",
     .on_run = true},
    {.id = "L0822",
     .name = "misspelt-clause",
     .title = "a word that is nearly OUTPUT",
     .explanation = "It is taken for a field of the lookup table.",
     .fix = "write OUTPUT or OUTPUTNEW",
     .bad = "EventID=1 | lookup spelk_http_status status OUTPUTT description",
     .at = "OUTPUTT",
     .good = "EventID=1 | lookup spelk_http_status status OUTPUT description",
     .mends = true},
    {.id = "L0823",
     .name = "model-in-where",
     .title = "the data model among the conditions of tstats",
     .explanation = "After WHERE it is a condition on a field datamodel, which no event has.",
     .fix = "write from datamodel=… before WHERE",
     .bad = "| tstats count where datamodel=Endpoint.Processes by Processes.dest",
     .at = "datamodel=Endpoint.Processes",
     .good = "| tstats count from datamodel=Endpoint.Processes by Processes.dest"},
    {.id = "L0824",
     .name = "parenthesis-in-quotes",
     .title = "a closing parenthesis within the quotes of a value",
     .explanation = "It is a part of the value, so no file is called so.",
     .fix = "close the quote before the parenthesis",
     .bad = "EventID=1 Image=\"*\\\\cscript.exe)\"",
     .at = "\"*\\\\cscript.exe)\"",
     .good = "EventID=1 Image=\"*\\\\cscript.exe\"",
     .on_run = true},
};

// ---------------------------------------------------------------- the beginning

bool MakesRows(std::string_view command) {
  constexpr std::string_view kCommands[] = {"tstats",   "inputlookup", "makeresults", "inputcsv",
                                            "metadata", "rest",        "mstats",      "gentimes",
                                            "loadjob",  "datamodel",   "eventcount"};
  return std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands);
}

// All terms are bare words.
bool IsWordsOnly(const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    return !all->operands.empty() &&
           std::all_of(all->operands.begin(), all->operands.end(), &IsWordsOnly);
  }
  const auto* term = std::get_if<ast::SearchTerm>(&terms.node);
  return term != nullptr && term->kind == ast::TermKind::kWord &&
         term->text.text.find('*') == std::string::npos;
}

void CheckBeginning(Visit& visit, const ast::Pipeline& pipeline) {
  if (visit.depth > 0 || pipeline.leading_pipe || pipeline.commands.empty()) return;
  const ast::CommandCall& first = pipeline.commands.front();
  if (first.macro || first.broken) return;
  if (!first.implied && MakesRows(LowerAscii(first.name.text))) {
    visit.Add({.rule = "L0022",
               .span = first.name.span,
               .message = fmt::format("Splunk looks for the word {} here", first.name.text),
               .notes = {fmt::format("write | {}", first.name.text)},
               .fix = "begin with a pipe",
               .edits = {{{first.name.span.begin, first.name.span.begin}, "| "}}});
  }
  // Somebody begins to write it.
  constexpr size_t kLeastText = 4;
  if (pipeline.commands.size() == 1 && first.search && first.search->span.size() >= kLeastText &&
      IsWordsOnly(*first.search)) {
    visit.Add({.rule = "L0820",
               .span = first.search->span,
               .message = "these words are looked for in every event"});
  }
}

// ---------------------------------------------------------------- what the base search asks for

class LaterConditions {
 public:
  explicit LaterConditions(Visit* visit) : visit_(*visit) {}

  void Run(const ast::Pipeline& pipeline) {
    if (pipeline.leading_pipe || pipeline.commands.empty() || !pipeline.commands.front().search)
      return;
    AskedByAll(*pipeline.commands.front().search, &asked_);
    for (size_t c = 1; c < pipeline.commands.size() && !asked_.empty(); ++c) {
      const ast::CommandCall& call = pipeline.commands[c];
      if (!KeepsEvents(call)) return;
      if (c > 0 && call.search) StagesTerms(*call.search, true);
      if (call.expression != nullptr) Expression(*call.expression, true);
      for (const ast::Assignment& each : call.assignments) {
        if (each.value != nullptr) Expression(*each.value, false);
        // Computed anew it may hold anything.
        const std::string_view target = each.target.text;
        std::erase_if(asked_, [&](const Asked& asked) {
          return asked.field == target || target.find('{') != std::string_view::npos;
        });
      }
      const std::string name = LowerAscii(call.name.text);
      if (name == "rename" || name == "rex" || name == "bin" || name == "bucket") {
        std::erase_if(asked_, [&](const Asked& asked) {
          const std::string_view text = visit_.TextOf(call.span);
          return text.find(asked.field) != std::string_view::npos ||
                 text.find('*') != std::string_view::npos;
        });
      }
    }
  }

 private:
  bool IsRuledOut(const Asked& later) const {
    return std::any_of(asked_.begin(), asked_.end(),
                       [&](const Asked& asked) { return Excludes(later, asked); });
  }

  void Add(Span span, const std::string& field, bool needed) {
    visit_.Add({.rule = needed ? "L0215" : "L0216",
                .span = span,
                .message = fmt::format("the base search asks for other values of {}", field)});
  }

  // `needed`: no row is left unless the condition holds.
  void StagesTerms(const ast::SearchExpr& terms, bool needed) {
    if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
      for (const ast::SearchExpr& operand : all->operands) StagesTerms(operand, needed);
      return;
    }
    const std::optional<Asked> asked = AskedBy(terms);
    if (asked && IsRuledOut(*asked)) return Add(terms.span, asked->field, needed);
    if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
      for (const ast::SearchExpr& operand : any->operands) StagesTerms(operand, false);
    }
  }

  void Expression(const ast::Expr& expr, bool needed) {
    if (const auto* comparison = std::get_if<ast::Comparison>(&expr.node)) {
      const std::string* field = FieldOf(*comparison->left);
      const std::string* text = TextOf(*comparison->right);
      const auto* number = std::get_if<ast::NumberLiteral>(&comparison->right->node);
      if (field == nullptr || comparison->op != CompareOp::kEqual ||
          (text == nullptr && number == nullptr))
        return;
      const Asked asked{*field, {text != nullptr ? *text : number->text}};
      if (IsRuledOut(asked)) Add(expr.span, *field, needed);
      return;
    }
    const auto* list = std::get_if<ast::LogicalList>(&expr.node);
    const bool all = list != nullptr && list->op == ast::LogicalOp::kAnd;
    if (std::holds_alternative<ast::NotOperator>(expr.node)) return;
    ast::ForEachOperand(expr,
                        [&](const ast::Expr& operand) { Expression(operand, needed && all); });
  }

  Visit& visit_;
  std::vector<Asked> asked_;
};

void StagesPipeline(Visit& visit, const ast::Pipeline& pipeline) {
  CheckBeginning(visit, pipeline);
  LaterConditions(&visit).Run(pipeline);
}

// ---------------------------------------------------------------- arguments

bool IsUnit(std::string_view word) {
  constexpr std::string_view kUnits[] = {
      "s",  "sec", "secs", "second", "seconds", "m",   "min",  "mins", "minute", "minutes", "h",
      "hr", "hrs", "hour", "hours",  "d",       "day", "days", "w",    "week",   "weeks"};
  return std::find(std::begin(kUnits), std::end(kUnits), LowerAscii(word)) != std::end(kUnits);
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// maxspan=5 minutes
void CheckUnits(Visit& visit, const ast::CommandCall& call) {
  for (size_t i = 0; i + 1 < call.arguments.size(); ++i) {
    const auto* option = std::get_if<ast::ArgumentOption>(&call.arguments[i].value);
    const auto* word = std::get_if<ast::Name>(&call.arguments[i + 1].value);
    if (option == nullptr || option->value == nullptr || word == nullptr || word->quoted ||
        !IsUnit(word->text))
      continue;
    const auto* value = std::get_if<ast::Name>(&option->value->value);
    const std::string name = LowerAscii(option->name.text);
    if (value == nullptr || !IsDigits(value->text) ||
        (name != "span" && name != "maxspan" && name != "maxpause" && name != "time_window"))
      continue;
    visit.Add({.rule = "L0821",
               .span = word->span,
               .message = fmt::format("{} is the name of a field here", word->text),
               .notes = {fmt::format("write {}={}{}", option->name.text, value->text,
                                     word->text.substr(0, 1))}});
  }
}

void CheckLookup(Visit& visit, const ast::CommandCall& call) {
  for (const ast::Argument& argument : call.arguments) {
    const auto* word = std::get_if<ast::Name>(&argument.value);
    if (word == nullptr || word->quoted) continue;
    for (const std::string_view clause : {"OUTPUT", "OUTPUTNEW"}) {
      if (EditDistance(word->text, clause, 1) != 1) continue;
      visit.Add({.rule = "L0822",
                 .span = word->span,
                 .message = fmt::format("{} is taken for a field of the table", word->text),
                 .notes = {fmt::format("write {}", clause)},
                 .fix = fmt::format("write {}", clause),
                 .edits = {{word->span, std::string(clause)}}});
      return;
    }
  }
}

void StagesCommand(Visit& visit, const ast::CommandCall& call) {
  const std::string command = visit.CommandName();
  CheckUnits(visit, call);
  if (command == "lookup") CheckLookup(visit, call);
}

// ---------------------------------------------------------------- terms

// *\cscript.exe)
bool EndsInParenthesis(std::string_view text) {
  if (!text.ends_with(')') || text.find('(') != std::string_view::npos) return false;
  const std::string lower = LowerAscii(text.substr(0, text.size() - 1));
  for (const std::string_view end : {".exe", ".dll", ".ps1", ".bat", ".vbs", ".cmd"}) {
    if (lower.ends_with(end)) return true;
  }
  return false;
}

void StagesTerms(Visit& visit, const ast::SearchExpr& terms) {
  ForEachValue(terms, [&](const ast::Name& field, CompareOp, const ast::SearchValue& value) {
    const ast::Name* word = WordOf(value);
    if (word != nullptr && word->quoted && EndsInParenthesis(word->text)) {
      visit.Add({.rule = "L0824",
                 .span = value.span,
                 .message = "the parenthesis is a part of the value here"});
    }
    if (field.text == "datamodel" && visit.CommandName() == "tstats") {
      visit.Add({.rule = "L0823",
                 .span = terms.span,
                 .message = "datamodel is the name of a field here",
                 .notes = {fmt::format("write from {} before WHERE", visit.TextOf(terms.span))}});
    }
  });
}

}  // namespace

const Family kStages = {.rules = kStagesRules,
                        .terms = &StagesTerms,
                        .command = &StagesCommand,
                        .pipeline = &StagesPipeline};

}  // namespace spelk::engine::lint
