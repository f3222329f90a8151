// Limits that cut rows, work that another command does better, stages that change nothing, old
// spellings, commands that reach beyond the search.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <variant>

#include "engine/lint/families.h"
#include "plan/entry.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kLimitsRules[] = {
    {.id = "L0901",
     .name = "sort-limit",
     .severity = kInfo,
     .title = "sort keeps 10,000 rows",
     .explanation = "Without a number sort gives the first 10,000 rows, and no more.",
     .fix = "write sort 0 for all rows",
     .bad = "EventID=1 | sort Image",
     .at = "sort",
     .good = "EventID=1 | sort 0 Image"},
    {.id = "L0902",
     .name = "subsearch-limit",
     .severity = kInfo,
     .title = "a subsearch whose rows are cut",
     .explanation =
         "A subsearch gives 10,000 rows as terms, and 50,000 to join, append and the like. Events "
         "beyond are left out without an error.",
     .fix = "search both kinds of events at once, and put them together by stats",
     .bad = "EventID=1 | join ProcessGuid [search EventID=3]",
     .at = "join",
     .good = "EventID=1 OR EventID=3 | stats values(Image) values(DestinationIp) by ProcessGuid"},
    {.id = "L0903",
     .name = "transaction-for-stats",
     .severity = kInfo,
     .title = "transaction where stats would do",
     .explanation =
         "transaction keeps whole events in memory and gives some away at a limit. Without a "
         "condition that begins or ends one, stats by the same fields gives count, first and last "
         "time in one pass.",
     .fix = "write stats count min(_time) max(_time) values(…) by the fields",
     .bad = "EventID=1 | transaction ProcessGuid",
     .at = "transaction",
     .good = "EventID=1 | stats count min(_time) AS begin max(_time) AS end by ProcessGuid"},
    {.id = "L0904",
     .name = "filter-late",
     .severity = kInfo,
     .title = "a search command that could be part of the base search",
     .explanation =
         "The base search can use the index; what comes after a pipe sees every event. spelk moves "
         "such conditions itself, Splunk does so for some only.",
     .fix = "put the terms into the base search",
     .bad = "index=main | search EventID=1",
     .at = "search",
     .good = "index=main EventID=1"},
    {.id = "L0905",
     .name = "head-before-sort",
     .title = "head before sort",
     .explanation =
         "head takes the first rows in the order they come, the newest events, and sort orders "
         "these alone. What is largest may be among the others.",
     .fix = "sort first, then head",
     .bad = "EventID=3 | stats count by Image | head 10 | sort -count",
     .at = "head",
     .good = "EventID=3 | stats count by Image | sort 0 -count | head 10"},
    {.id = "L0906",
     .name = "list-limit",
     .severity = kInfo,
     .title = "list() keeps 100 values",
     .explanation = "list() gives the first 100 values of each group; values() gives all.",
     .fix = "use values() where order and repetitions do not matter",
     .bad = "EventID=1 | stats list(CommandLine) by host",
     .at = "list(CommandLine)",
     .good = "EventID=1 | stats values(CommandLine) by host"},
    {.id = "L0907",
     .name = "map-limit",
     .severity = kInfo,
     .title = "map runs 10 searches",
     .explanation = "Without maxsearches map runs its search for 10 rows, and no more.",
     .fix = "write maxsearches=N, or join by stats",
     .bad = "EventID=1 | map search=\"search host=$host$\"",
     .at = "map",
     .good = "EventID=1 | map maxsearches=100 search=\"search host=$host$\""},
    {.id = "L1001",
     .name = "dead-stage",
     .title = "a stage that changes nothing",
     .explanation = "It keeps every row as it is.",
     .fix = "leave it out",
     .bad = "EventID=1 | eval Image=Image | table Image",
     .at = "eval Image=Image",
     .good = "EventID=1 | table Image"},
    {.id = "L1002",
     .name = "dead-sort",
     .severity = kInfo,
     .title = "rows are sorted, and their order is lost at once",
     .explanation = "The next command does not depend on the order, and makes rows of its own. "
                    "Without 0 the sort cuts rows besides.",
     .fix = "leave the sort out, or put it last",
     .bad = "EventID=1 | sort 0 Image | stats count by Image",
     .at = "sort",
     .good = "EventID=1 | stats count by Image | sort 0 Image"},
    {.id = "L1003",
     .name = "table-in-the-middle",
     .severity = kInfo,
     .title = "table before a command that makes rows of its own",
     .explanation =
         "table is for the end: in Splunk it brings all rows to the search head. fields does the "
         "same where the rows are.",
     .fix = "leave it out, or write fields",
     .bad = "EventID=1 | table Image host | stats count by Image",
     .at = "table",
     .good = "EventID=1 | fields Image host | stats count by Image",
     .mends = true},
    {.id = "L1101",
     .name = "old-command-name",
     .severity = kInfo,
     .title = "another name of a command",
     .explanation = "The Search Reference lists the command under its own name.",
     .fix = "use that name",
     .bad = "EventID=1 | bucket _time span=1h | stats count by _time",
     .at = "bucket",
     .good = "EventID=1 | bin _time span=1h | stats count by _time",
     .mends = true},
    {.id = "L1102",
     .name = "old-time-term",
     .severity = kInfo,
     .title = "a time term of old versions",
     .explanation = "Splunk keeps such terms for old searches only.",
     .fix = "write earliest= and latest=",
     .bad = "EventID=1 daysago=7",
     .at = "daysago=7",
     .good = "EventID=1 earliest=-7d"},
    {.id = "L1201",
     .name = "reaches-out",
     .severity = kInfo,
     .title = "a command that writes, sends or deletes",
     .explanation =
         "Splunk calls these commands risky: whoever runs the search, from a link for example, "
         "changes something outside of it.",
     .fix = "leave it to an action of the saved search, or review who may run it",
     .bad = "EventID=1 | stats count by Image | outputlookup seen.csv",
     .at = "outputlookup",
     .good = "EventID=1 | stats count by Image"},
    {.id = "L1202",
     .name = "deletes-or-runs",
     .title = "a command that deletes events or runs a program",
     .explanation = "delete makes events unfindable for good; script and run start programs.",
     .fix = "leave it out of a saved search",
     .bad = "index=main EventID=1 | delete",
     .at = "delete",
     .good = "index=main EventID=1"},
};

bool IsAnyOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string CommandOf(const ast::CommandCall& call) {
  return call.macro || call.broken ? "" : LowerAscii(call.name.text);
}

const ast::ArgumentOption* FindOption(const ast::CommandCall& call, std::string_view name) {
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option != nullptr && EqualsIgnoringCase(option->name.text, name)) return option;
  }
  return nullptr;
}

bool HasMacro(const ast::CommandCall& call) {
  return std::any_of(call.arguments.begin(), call.arguments.end(), [](const auto& argument) {
    return std::holds_alternative<ast::MacroCall>(argument.value);
  });
}

bool IsNumber(const ast::Argument& argument) {
  const auto* name = std::get_if<ast::Name>(&argument.value);
  return name != nullptr && !name->text.empty() &&
         std::all_of(name->text.begin(), name->text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool HasLimit(const ast::CommandCall& sort) {
  return std::any_of(sort.arguments.begin(), sort.arguments.end(), &IsNumber) ||
         FindOption(sort, "limit") != nullptr || HasMacro(sort);
}

// head of no more rows than sort keeps.
bool TakesFew(const ast::CommandCall& call) {
  if (CommandOf(call) != "head" || HasMacro(call)) return false;
  const bool plain =
      std::all_of(call.arguments.begin(), call.arguments.end(), [](const auto& each) {
        const auto* name = std::get_if<ast::Name>(&each.value);
        return IsNumber(each) && (name->text.size() < 5 || name->text == "10000");
      });
  return plain && !call.broken;
}

void CheckSort(Visit& visit, const ast::CommandCall& call) {
  if (HasLimit(call)) return;
  // After stats and the like rows are few, mostly; before any of them there is one for each event.
  const auto makes_few = [](const ast::CommandCall& each) {
    return IsAnyOf(CommandOf(each), {"top", "rare", "head", "tail", "timechart", "chart",
                                     "transpose", "fieldsummary", "makeresults"});
  };
  for (size_t c = 0; c < visit.position; ++c) {
    if (makes_few(visit.pipeline->commands[c])) return;
  }
  if (visit.position + 1 < visit.pipeline->commands.size() &&
      TakesFew(visit.pipeline->commands[visit.position + 1]))
    return;
  const Span after{call.name.span.end, call.name.span.end};
  visit.Add({.rule = "L0901",
             .span = call.name.span,
             .message = "sort keeps 10,000 rows",
             .notes = {"sort 0 keeps all"},
             .fix = "keep all rows",
             .edits = {{after, " 0"}}});
}

void CheckTransaction(Visit& visit, const ast::CommandCall& call) {
  for (const std::string_view option :
       {"startswith", "endswith", "maxpause", "maxspan", "maxevents", "keepevicted", "connected"}) {
    if (FindOption(call, option) != nullptr) return;
  }
  if (HasMacro(call)) return;
  visit.Add({.rule = "L0903",
             .span = call.name.span,
             .message = "stats by the same fields does it in one pass"});
}

bool IsPlainSearch(const ast::CommandCall& call) {
  return CommandOf(call) == "search" && call.search.has_value() && call.subsearches.empty();
}

// All terms of the kind field=value, which mean the same in a base search.
bool OnlyComparisons(const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    return std::all_of(all->operands.begin(), all->operands.end(), &OnlyComparisons);
  }
  if (const auto* any = std::get_if<ast::SearchOr>(&terms.node)) {
    return std::all_of(any->operands.begin(), any->operands.end(), &OnlyComparisons);
  }
  return std::holds_alternative<ast::SearchComparison>(terms.node) ||
         std::holds_alternative<ast::SearchIn>(terms.node);
}

bool TakesEverything(const ast::SearchExpr& terms) {
  if (const auto* all = std::get_if<ast::SearchAnd>(&terms.node)) {
    return all->operands.size() == 1 && TakesEverything(all->operands.front());
  }
  const auto* term = std::get_if<ast::SearchTerm>(&terms.node);
  return term != nullptr && term->text.text == "*";
}

void CheckSearch(Visit& visit, const ast::CommandCall& call) {
  if (call.implied || visit.position == 0 || !call.search) return;
  const ast::CommandCall& before = visit.pipeline->commands[visit.position - 1];
  const bool at_base = visit.position == 1 && !visit.pipeline->leading_pipe &&
                       (before.implied || CommandOf(before) == "search");
  if (at_base && IsPlainSearch(call) && !TakesEverything(*call.search) &&
      OnlyComparisons(*call.search)) {
    visit.Add({.rule = "L0904",
               .span = call.name.span,
               .message = "these terms can stand in the base search"});
  }
}

bool DependsOnOrder(const ast::CommandCall& call) {
  return std::any_of(call.arguments.begin(), call.arguments.end(), [](const auto& argument) {
    const auto* statistic = std::get_if<ast::ArgumentCall>(&argument.value);
    return std::holds_alternative<ast::MacroCall>(argument.value) ||
           (statistic != nullptr &&
            IsAnyOf(LowerAscii(statistic->name.text), {"first", "last", "list", "sparkline"}));
  });
}

// Whether a command that makes rows reads _raw, _time or the like, which table throws away and
// fields keeps.
bool ReadsInternal(const Visit& visit, const ast::CommandCall& call) {
  if (CommandOf(call) == "timechart" || HasMacro(call)) return true;
  const std::string text = LowerAscii(visit.TextOf(call.span));
  for (const std::string_view function : {"earliest", "latest", "rate", "sparkline", "per_day",
                                          "per_hour", "per_minute", "per_second", "searchmatch"}) {
    if (text.find(function) != std::string::npos) return true;
  }
  for (size_t at = text.find('_'); at != std::string::npos; at = text.find('_', at + 1)) {
    const char before = at == 0 ? ' ' : text[at - 1];
    if (std::strchr(" \t\r\n,(='\"", before) != nullptr) return true;
  }
  return false;
}

void CheckOrder(Visit& visit, const ast::CommandCall& call) {
  const std::string name = CommandOf(call);
  const auto& commands = visit.pipeline->commands;
  if (visit.position + 1 >= commands.size()) return;
  const ast::CommandCall& next = commands[visit.position + 1];
  const std::string follower = CommandOf(next);
  if (name == "head" && follower == "sort") {
    return visit.Add({.rule = "L0905",
                      .span = call.name.span,
                      .message = "head takes the first rows before they are sorted"});
  }
  const bool makes_rows = IsAnyOf(follower, {"stats", "chart", "timechart", "top", "rare"});
  if (!makes_rows || next.broken) return;
  const bool asks_for_few = std::any_of(call.arguments.begin(), call.arguments.end(), [](auto& a) {
    const auto* word = std::get_if<ast::Name>(&a.value);
    return IsNumber(a) && word != nullptr && word->text != "0";
  });
  if (name == "sort" && !asks_for_few && !DependsOnOrder(next) && !HasMacro(call)) {
    visit.Add({.rule = "L1002",
               .span = call.name.span,
               .message = fmt::format("{} does not depend on the order of rows", follower)});
  }
  if (name == "table" && !ReadsInternal(visit, next)) {
    visit.Add(
        {.rule = "L1003",
         .span = call.name.span,
         .message = fmt::format("table is for the end, and {} makes rows of its own", follower),
         .fix = "write fields",
         .edits = {{call.name.span, "fields"}}});
  }
}

void CheckNothing(Visit& visit, const ast::CommandCall& call) {
  const std::string name = CommandOf(call);
  if (name == "eval" && call.assignments.size() == 1) {
    const ast::Assignment& only = call.assignments.front();
    const std::string* field = only.value == nullptr ? nullptr : FieldOf(*only.value);
    if (field != nullptr && *field == only.target.text) {
      visit.Add({.rule = "L1001",
                 .span = call.span,
                 .message = fmt::format("{} is set to itself", *field)});
    }
  }
  if (name == "search" && !call.implied && visit.position > 0 && call.search &&
      TakesEverything(*call.search)) {
    visit.Add({.rule = "L1001", .span = call.span, .message = "search * keeps every row"});
  }
  if (name == "where" && call.expression != nullptr &&
      CallOf(*call.expression, {"true"}) != nullptr) {
    visit.Add({.rule = "L1001", .span = call.span, .message = "it keeps every row"});
  }
}

// A stage that the one behind it makes vain, or that says what the one before said.
void CheckRepeated(Visit& visit, const ast::CommandCall& call) {
  if (visit.position == 0 || HasMacro(call) || !call.subsearches.empty()) return;
  const ast::CommandCall& before = visit.pipeline->commands[visit.position - 1];
  const std::string name = CommandOf(call);
  if (name.empty() || CommandOf(before) != name) return;
  if (name == "head" && call.arguments.size() == 1 && before.arguments.size() == 1 &&
      IsNumber(call.arguments[0]) && IsNumber(before.arguments[0])) {
    const std::string_view fewer = visit.TextOf(before.arguments[0].span);
    const std::string_view more = visit.TextOf(call.arguments[0].span);
    if (fewer.size() < more.size() || (fewer.size() == more.size() && fewer <= more)) {
      visit.Add({.rule = "L1001",
                 .span = call.span,
                 .message = fmt::format("no more than {} rows are left", fewer)});
    }
    return;
  }
  const bool search = name == "search" && call.search && before.search;
  const bool same = search ? visit.TextOf(call.search->span) == visit.TextOf(before.search->span)
                           : visit.TextOf(call.span) == visit.TextOf(before.span);
  if (same && IsAnyOf(name, {"search", "where", "fields", "table", "dedup", "sort", "regex"})) {
    visit.Add({.rule = "L1001",
               .span = call.span,
               .message = fmt::format("it says what the {} before said", name)});
  }
}

// eval x=1 | eval x=2
void CheckOverwritten(Visit& visit, const ast::CommandCall& call) {
  if (visit.position == 0 || CommandOf(call) != "eval") return;
  const ast::CommandCall& before = visit.pipeline->commands[visit.position - 1];
  if (CommandOf(before) != "eval") return;
  for (const ast::Assignment& first : before.assignments) {
    for (const ast::Assignment& again : call.assignments) {
      // What reads it, or may.
      if (again.value == nullptr || first.value == nullptr ||
          visit.TextOf(again.value->span).find(first.target.text) != std::string_view::npos ||
          visit.TextOf(again.value->span).find('`') != std::string_view::npos ||
          first.target.text.find('{') != std::string_view::npos)
        break;
      if (again.target.text != first.target.text) continue;
      visit.Add(
          {.rule = "L1001",
           .span = first.target.span,
           .message = fmt::format("{} is computed anew in the next command", first.target.text)});
      break;
    }
  }
}

void CheckNames(Visit& visit, const ast::CommandCall& call) {
  const std::string name = CommandOf(call);
  const plan::CommandEntry* entry = visit.search.core.entries().Command(name);
  // kv and extract, sitop and the like are as good; bin is what the reference says.
  if (entry != nullptr && name == "bucket" && entry->name == "bin") {
    visit.Add({.rule = "L1101",
               .span = call.name.span,
               .message = fmt::format("the command is called {}", entry->name),
               .fix = fmt::format("write {}", entry->name),
               .edits = {{call.name.span, std::string(entry->name)}}});
  }
  if (IsAnyOf(name, {"collect", "mcollect", "meventcollect", "outputlookup", "outputcsv",
                     "sendemail", "sendalert", "dump", "tscollect", "stash"})) {
    visit.Add({.rule = "L1201",
               .span = call.name.span,
               .message = fmt::format("{} reaches beyond the search", name)});
  }
  if (IsAnyOf(name, {"delete", "script", "run", "runshellscript"})) {
    visit.Add({.rule = "L1202",
               .span = call.name.span,
               .message = fmt::format(
                   "{} {}", name,
                   name == "delete" ? "makes events unfindable for good" : "starts a program")});
  }
}

void LimitsCommand(Visit& visit, const ast::CommandCall& call) {
  const std::string name = CommandOf(call);
  if (name.empty()) return;
  CheckNames(visit, call);
  CheckNothing(visit, call);
  CheckRepeated(visit, call);
  CheckOverwritten(visit, call);
  CheckOrder(visit, call);
  if (name == "sort") CheckSort(visit, call);
  if (name == "transaction") CheckTransaction(visit, call);
  if (name == "search") CheckSearch(visit, call);
  if (name == "map" && FindOption(call, "maxsearches") == nullptr) {
    visit.Add(
        {.rule = "L0907", .span = call.name.span, .message = "map runs its search for 10 rows"});
  }
  const bool takes_rows = IsAnyOf(name, {"join", "append", "appendcols"});
  const bool reads_table =
      std::all_of(call.subsearches.begin(), call.subsearches.end(), [](const auto* subsearch) {
        return !subsearch->commands.empty() &&
               IsAnyOf(CommandOf(subsearch->commands.front()),
                       {"inputlookup", "makeresults", "inputcsv", "tstats", "rest"});
      });
  if (takes_rows && !call.subsearches.empty() && !reads_table) {
    visit.Add({.rule = "L0902",
               .span = call.name.span,
               .message = fmt::format("{} takes 50,000 rows of its subsearch", name)});
  }
  if (!IsAnyOf(name, {"stats", "eventstats", "streamstats", "chart", "timechart"})) return;
  for (const ast::Argument& argument : call.arguments) {
    const auto* statistic = std::get_if<ast::ArgumentCall>(&argument.value);
    if (statistic == nullptr || !EqualsIgnoringCase(statistic->name.text, "list")) continue;
    const Span span{
        argument.span.begin,
        argument.alias
            ? static_cast<uint32_t>(argument.span.begin + visit.TextOf(argument.span).find(')') + 1)
            : argument.span.end};
    visit.Add({.rule = "L0906", .span = span, .message = "list() keeps 100 values of each group"});
  }
}

void LimitsTerms(Visit& visit, const ast::SearchExpr& terms) {
  const auto* comparison = std::get_if<ast::SearchComparison>(&terms.node);
  if (comparison != nullptr && visit.base &&
      IsAnyOf(LowerAscii(comparison->field.text),
              {"daysago", "startdaysago", "enddaysago", "hoursago", "starthoursago", "endhoursago",
               "minutesago", "startminutesago", "endminutesago", "startmonthsago", "endmonthsago",
               "monthsago", "starttimeu", "endtimeu", "searchtimespandays", "searchtimespanhours",
               "searchtimespanminutes", "searchtimespanmonths"})) {
    visit.Add(
        {.rule = "L1102",
         .span = terms.span,
         .message = fmt::format("{} is a time term of old versions", comparison->field.text)});
  }
  // The rows of a subsearch as terms.
  const auto* subsearch = std::get_if<ast::SearchSubsearch>(&terms.node);
  if (subsearch == nullptr || subsearch->pipeline == nullptr ||
      subsearch->pipeline->commands.empty())
    return;
  const auto& commands = subsearch->pipeline->commands;
  const bool small =
      std::any_of(commands.begin(), commands.end(), [](const ast::CommandCall& each) {
        return IsAnyOf(CommandOf(each), {"inputlookup", "head", "top", "makeresults", "return",
                                         "tail", "rare", "inputcsv"});
      });
  if (small) return;
  visit.Add(
      {.rule = "L0902", .span = terms.span, .message = "a subsearch gives 10,000 rows as terms"});
}

}  // namespace

const Family kLimits = {.rules = kLimitsRules, .terms = &LimitsTerms, .command = &LimitsCommand};

}  // namespace spelk::engine::lint
