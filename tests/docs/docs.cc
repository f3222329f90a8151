// The program that writes the reference, the tables of README.md and the support matrix out of the
// entries.
// spelk_docs reference | readme README.md | check README.md
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "commands/entry.h"
#include "engine/help.h"
#include "engine/impl.h"
#include "engine/support_matrix.h"
#include "functions/entry.h"
#include "spelk/engine.h"
#include "spelk/lint.h"

namespace spelk::tests {
namespace {

// The tables stand between these lines; the rest of the file is written by hand.
constexpr std::string_view kBegin = "<!-- begin: written by ./dev docs -->\n";
constexpr std::string_view kEnd = "<!-- end -->\n";

// Text of an entry as a cell of a table.
std::string Cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string Names(std::string_view name, std::span<const std::string_view> aliases) {
  std::string out = fmt::format("`{}`", name);
  for (const std::string_view alias : aliases) out += fmt::format(", `{}`", alias);
  return out;
}

template <class Entry>
std::string Row(const Entry& entry) {
  return fmt::format("| {} | {} |\n", Names(entry.name, entry.aliases), Cell(entry.summary));
}

std::string Commands(const plan::Registry& entries) {
  std::string out = "### Commands\n\n| command | what it does |\n|---|---|\n";
  for (const plan::CommandEntry* entry : entries.commands()) out += Row(*entry);
  return out;
}

// One table a page of Splunk's reference, in the order in which the pages first occur.
template <class Entry>
std::string ByPage(const std::vector<const Entry*>& entries, std::string_view heading) {
  std::vector<std::pair<std::string_view, std::string>> pages;
  for (const Entry* entry : entries) {
    auto page = pages.begin();
    while (page != pages.end() && page->first != entry->page) ++page;
    if (page == pages.end()) page = pages.insert(page, {entry->page, ""});
    page->second += Row(*entry);
  }
  std::string out = fmt::format("\n### {}\n", heading);
  for (const auto& [page, rows] : pages) {
    out += fmt::format("\n| {} | |\n|---|---|\n{}", page, rows);
  }
  return out;
}

std::string List(const std::vector<std::string_view>& names) {
  std::string out;
  for (const std::string_view name : names) {
    out += fmt::format("{}`{}`", out.empty() ? "" : ", ", name);
  }
  return out;
}

// What is refused by name.
std::string Unbuilt(const plan::Registry& entries) {
  std::vector<std::string_view> commands;
  for (const plan::UnbuiltCommand& command : commands::UnbuiltCommands()) {
    if (entries.Command(command.name) == nullptr) commands.push_back(command.name);
  }
  std::vector<std::string_view> functions;
  for (const std::string_view name : functions::UnbuiltFunctions()) {
    if (entries.Function(name) == nullptr) functions.push_back(name);
  }
  std::vector<std::string_view> statistics;
  double number = 0;
  for (const std::string_view name : functions::UnbuiltAggregates()) {
    if (entries.Aggregate(name, &number) == nullptr) statistics.push_back(name);
  }
  std::string out = "\n### Not built yet\n\nThese parse, and are refused by name.\n\n";
  const auto add = [&out](std::string_view what, const std::vector<std::string_view>& names) {
    if (!names.empty()) out += fmt::format("- {}: {}\n", what, List(names));
  };
  add("Commands", commands);
  add("Functions", functions);
  add("Statistics", statistics);
  return out;
}

std::string Rules() {
  std::string out =
      "\n### Rules of lint\n\n`spelk help ID` explains a rule. A star: `--fix` mends it.\n\n"
      "| rule | severity | what it finds |\n|---|---|---|\n";
  for (const LintRule& rule : LintRules()) {
    out += fmt::format("| {} `{}`{} | {} | {}{} |\n", rule.id, rule.name, rule.mends ? " \\*" : "",
                       NameOf(rule.severity), Cell(rule.title),
                       rule.profile.empty() ? "" : fmt::format(" (profile {})", rule.profile));
  }
  return out;
}

std::string Tables(const plan::Registry& entries) {
  return "\n" + Commands(entries) + ByPage(entries.functions(), "Functions of eval and where") +
         ByPage(entries.aggregates(), "Statistics of stats and its like") + Rules() +
         Unbuilt(entries) + "\n";
}

std::optional<std::string> Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  if (!in || !(text << in.rdbuf())) return std::nullopt;
  return text.str();
}

// The file with tables between the marks; nothing if it has no marks.
std::optional<std::string> WithTables(const std::string& text, const std::string& tables) {
  const size_t begin = text.find(kBegin);
  const size_t end = text.find(kEnd, begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return std::nullopt;
  return text.substr(0, begin + kBegin.size()) + tables + text.substr(end);
}

int Complain(std::string_view message) {
  fmt::print(stderr, "spelk_docs: {}\n", message);
  return 1;
}

// Writes what differs, or says that it does.
int Keep(const std::string& path, const std::optional<std::string>& text, const std::string& wanted,
         bool write) {
  if (text && wanted == *text) return 0;
  if (!write) return Complain(fmt::format("{} is out of date: ./dev docs", path));
  std::ofstream out(path, std::ios::binary);
  if (!(out << wanted << std::flush)) return Complain(fmt::format("cannot write {}", path));
  fmt::print("rewritten {}\n", path);
  return 0;
}

// The tables of README.md, and the support matrix that it links.
int Readme(const std::string& path, bool write, const plan::Registry& entries) {
  const std::optional<std::string> text = Read(path);
  if (!text) return Complain(fmt::format("cannot read {}", path));
  const std::optional<std::string> wanted = WithTables(*text, Tables(entries));
  if (!wanted) return Complain(fmt::format("{} lacks the marks of the tables", path));
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  const std::string matrix = folder + "src/support_matrix.md";
  const int tables = Keep(path, text, *wanted, write);
  return tables | Keep(matrix, Read(matrix), engine::SupportMatrix(entries), write);
}

int Main(const std::vector<std::string>& words) {
  const Engine engine;
  const plan::Registry& entries = engine.impl()->core.entries();
  if (words.size() == 1 && words[0] == "reference") {
    const std::string text = engine::Reference(entries);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
  }
  if (words.size() == 2 && (words[0] == "readme" || words[0] == "check")) {
    return Readme(words[1], words[0] == "readme", entries);
  }
  fmt::print(stderr, "spelk_docs reference | readme README.md | check README.md\n");
  return 2;
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main({argv + 1, argv + argc}); }
