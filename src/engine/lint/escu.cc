// The conventions of Splunk's security content: a profile.
#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "engine/lint/families.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kEscuRules[] = {
    {.id = "L1301",
     .name = "escu-filter-last",
     .title = "the filter macro of the detection is not its last command",
     .explanation =
         "Each detection ends with a macro of its own, its name in small letters with underscores "
         "and _filter, where a site puts its exceptions.",
     .fix = "end the search with | `name_of_the_detection_filter`",
     .bad = "`sysmon` EventID=1 | stats count by Image",
     .at = "stats count by Image",
     .good = "`comment(\"x\")` EventID=1 | stats count by Image | `my_detection_filter`",
     .profile = "escu"},
    {.id = "L1302",
     .name = "escu-ctime",
     .title = "firstTime and lastTime are left as seconds",
     .explanation = "Both are shown to analysts, as security_content_ctime writes them.",
     .fix = "write | `security_content_ctime(firstTime)` after the command that makes it",
     .bad = "EventID=1 | stats min(_time) as firstTime by Image | `my_detection_filter`",
     .at = "firstTime",
     .good = "EventID=1 | stats min(_time) as first by Image | `my_detection_filter`",
     .profile = "escu"},
    {.id = "L1303",
     .name = "escu-summariesonly",
     .title = "tstats over a data model without the macro for summaries",
     .explanation =
         "`security_content_summariesonly` lets a site choose whether data that is not summarized "
         "yet is searched.",
     .fix = "write | tstats `security_content_summariesonly` …",
     .bad = "| tstats count from datamodel=Endpoint.Processes by Processes.dest | "
            "`my_detection_filter`",
     .at = "tstats",
     .good = "EventID=1 | stats count by dest | `my_detection_filter`",
     .profile = "escu"},
    {.id = "L1304",
     .name = "escu-index-named",
     .severity = kInfo,
     .title = "an index or sourcetype named in the detection",
     .explanation = "Sites keep data elsewhere; a macro names the data in one place for all.",
     .fix = "use the macro of the data source",
     .bad = "index=win EventID=1 | `my_detection_filter`",
     .at = "index=win",
     .good = "EventID=1 | `my_detection_filter`",
     .profile = "escu"},
    {.id = "L1305",
     .name = "escu-object-name",
     .severity = kInfo,
     .title = "fields keep the name of their data set",
     .explanation = "Alerts have fields without it, as drop_dm_object_name gives them.",
     .fix = "write | `drop_dm_object_name(Processes)`",
     .bad = "| tstats count from datamodel=Endpoint.Processes by Processes.dest | "
            "`my_detection_filter`",
     .at = "Processes.dest",
     .good = "EventID=1 | stats count by dest | `my_detection_filter`",
     .profile = "escu"},
};

// The name of a macro that is a command of its own.
std::string_view MacroOf(const ast::CommandCall& call) {
  return call.macro ? std::string_view(call.macro->name.text) : std::string_view();
}

void CheckFilter(Visit& visit, const ast::Pipeline& tree) {
  if (tree.commands.empty()) return;
  const ast::CommandCall& last = tree.commands.back();
  const std::string_view macro = MacroOf(last);
  const std::string wanted = FilterOf(visit.search.options.analytic);
  const bool any_name = visit.search.options.analytic.empty();
  if (any_name ? macro.ends_with("_filter") : macro == wanted) return;
  visit.Add({.rule = "L1301",
             .span = last.span,
             .message = any_name ? "the search does not end with a filter macro"
                                 : fmt::format("the search does not end with `{}`", wanted)});
}

void CheckTimes(Visit& visit, const ast::Pipeline& tree) {
  for (size_t c = 0; c < tree.commands.size(); ++c) {
    for (const ast::Argument& argument : tree.commands[c].arguments) {
      if (!argument.alias ||
          (argument.alias->text != "firstTime" && argument.alias->text != "lastTime"))
        continue;
      const std::string& field = argument.alias->text;
      const bool written = std::any_of(tree.commands.begin() + static_cast<std::ptrdiff_t>(c),
                                       tree.commands.end(), [&field](const ast::CommandCall& each) {
                                         return MacroOf(each) == "security_content_ctime" &&
                                                !each.macro->arguments.empty() &&
                                                each.macro->arguments.front().text == field;
                                       });
      if (written) continue;
      visit.Add({.rule = "L1302",
                 .span = argument.alias->span,
                 .message = fmt::format("{} is left as seconds", field),
                 .notes = {fmt::format("write | `security_content_ctime({})`", field)}});
    }
  }
}

void CheckModel(Visit& visit, const ast::Pipeline& tree) {
  bool drops = false;
  for (const ast::CommandCall& call : tree.commands) {
    drops = drops || MacroOf(call) == "drop_dm_object_name" ||
            EqualsIgnoringCase(call.name.text, "rename");
  }
  for (const ast::CommandCall& call : tree.commands) {
    if (!EqualsIgnoringCase(call.name.text, "tstats") || call.broken) continue;
    const std::string_view text = visit.TextOf(call.span);
    if (text.find("datamodel") == std::string_view::npos) continue;
    if (text.find("summariesonly") == std::string_view::npos) {
      visit.Add({.rule = "L1303",
                 .span = call.name.span,
                 .message = "tstats does not ask `security_content_summariesonly`"});
    }
    if (drops) continue;
    for (const ast::Clause& clause : call.clauses) {
      if (clause.word != ast::ClauseWord::kBy) continue;
      for (const ast::Argument& argument : clause.arguments) {
        const auto* name = std::get_if<ast::Name>(&argument.value);
        if (name == nullptr || name->text.find('.') == std::string::npos) continue;
        visit.Add({.rule = "L1305",
                   .span = name->span,
                   .message = fmt::format("{} keeps the name of its data set", name->text)});
        break;
      }
    }
  }
}

void EscuWhole(Visit& visit) {
  const ast::Pipeline& tree = visit.search.tree;
  CheckFilter(visit, tree);
  CheckTimes(visit, tree);
  CheckModel(visit, tree);
}

void EscuTerms(Visit& visit, const ast::SearchExpr& terms) {
  if (!visit.base || visit.depth > 0) return;
  const auto* comparison = std::get_if<ast::SearchComparison>(&terms.node);
  if (comparison == nullptr ||
      (comparison->field.text != "index" && comparison->field.text != "sourcetype"))
    return;
  visit.Add(
      {.rule = "L1304",
       .span = terms.span,
       .message = fmt::format("{} names where one site keeps its data", visit.TextOf(terms.span))});
}

}  // namespace

const Family kEscu = {.rules = kEscuRules, .terms = &EscuTerms, .whole = &EscuWhole};

}  // namespace spelk::engine::lint
