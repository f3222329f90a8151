// Entries as tables of yes, no and differs.
#include "engine/support_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "commands/entry.h"
#include "functions/entry.h"

namespace spelk::engine {
namespace {

// Text of an entry as a cell of a table.
std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string NamesOf(std::string_view name, std::span<const std::string_view> aliases) {
  std::string out = fmt::format("`{}`", name);
  for (const std::string_view alias : aliases) out += fmt::format(", `{}`", alias);
  return out;
}

std::string_view Support(std::string_view differs) { return differs.empty() ? "yes" : "differs"; }

struct Tally {
  size_t yes = 0;
  size_t no = 0;
  size_t differs = 0;

  std::string_view Count(std::string_view support) {
    ++(support == "yes" ? yes : support == "no" ? no : differs);
    return support;
  }
  std::string Text(std::string_view what) const {
    return fmt::format("| {} | {} | {} | {} |\n", what, yes, differs, no);
  }
};

void AddArguments(const plan::CommandEntry& entry, Tally* tally, std::string* out) {
  for (const plan::Argument& argument : entry.arguments) {
    const std::string_view support = tally->Count(argument.refused     ? "no"
                                                  : argument.no_effect ? "differs"
                                                                       : "yes");
    *out += fmt::format("| | `{}{}` | {} | {}{} |\n", argument.name, argument.is_option ? "=" : "",
                        support, Cell(argument.summary),
                        argument.no_effect ? " Accepted, without effect here." : "");
  }
}

std::string Commands(const plan::Registry& entries, Tally* commands, Tally* arguments) {
  struct Row {
    std::string_view name;
    std::string text;
  };
  std::vector<Row> rows;
  for (const plan::CommandEntry* entry : entries.commands()) {
    std::string text = fmt::format("| {} | | {} | {} |\n", NamesOf(entry->name, entry->aliases),
                                   commands->Count(Support(entry->differs)),
                                   Cell(entry->differs.empty() ? entry->summary : entry->differs));
    AddArguments(*entry, arguments, &text);
    rows.push_back({entry->name, std::move(text)});
  }
  for (const plan::UnbuiltCommand& command : commands::UnbuiltCommands()) {
    if (entries.Command(command.name) != nullptr) continue;
    rows.push_back({command.name,
                    fmt::format("| `{}` | | {} | {}; instead: {} |\n", command.name,
                                commands->Count("no"), Cell(command.why), Cell(command.instead))});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
  std::string out = "| command | argument | here | |\n|---|---|---|---|\n";
  for (const Row& row : rows) out += row.text;
  return out;
}

template <class Entry>
std::string Functions(const std::vector<const Entry*>& entries,
                      std::span<const std::string_view> unbuilt, Tally* tally) {
  std::string out = "| function | here | |\n|---|---|---|\n";
  for (const Entry* entry : entries) {
    out += fmt::format("| {} | {} | {} |\n", NamesOf(entry->name, entry->aliases),
                       tally->Count(Support(entry->differs)),
                       Cell(entry->differs.empty() ? entry->summary : entry->differs));
  }
  for (const std::string_view name : unbuilt) {
    out += fmt::format("| `{}` | {} | Not built yet. |\n", name, tally->Count("no"));
  }
  return out;
}

}  // namespace

std::string SupportMatrix(const plan::Registry& entries) {
  Tally commands;
  Tally arguments;
  Tally functions;
  Tally statistics;
  const std::string command_table = Commands(entries, &commands, &arguments);
  const std::string function_table =
      Functions(entries.functions(), functions::UnbuiltFunctions(), &functions);
  const std::string statistic_table =
      Functions(entries.aggregates(), functions::UnbuiltAggregates(), &statistics);
  return fmt::format(
      "# Support matrix\n\nWhat of Splunk's language runs here: yes; differs: it runs, and the "
      "answer is not Splunk's\nin what the text says; no: it is refused by name. `spelk help "
      "--matrix` prints this page, written\nout of the entries by `./dev docs`.\n\n"
      "| | yes | differs | no |\n|---|---|---|---|\n{}{}{}{}\n## Commands\n\n{}\n"
      "## Functions of eval and where\n\n{}\n## Statistics of stats and its like\n\n{}",
      commands.Text("commands"), arguments.Text("their arguments and options"),
      functions.Text("functions of eval and where"), statistics.Text("statistics"), command_table,
      function_table, statistic_table);
}

}  // namespace spelk::engine
