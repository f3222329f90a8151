// One table, but for the formats, which the library names.
#include "cli/choices.h"

#include <algorithm>
#include <utility>

#include "spelk/pack.h"
#include "spelk/read.h"
#include "spelk/write.h"

namespace spelk::cli {
namespace {

constexpr std::pair<std::string_view, std::string_view> kChoices[] = {
    {"--color", "auto, always or never"},
    {"--limits", "splunk or none"},
    {"--order", "auto, time or input"},
    {"--mutation", "clause, negation, threshold, wildcard or field"},
    {"action", "list, show, check or run"},
    {"--stage", "tokens, ast, plan, optimized or pipeline"},
    {"diff --format", "table, ndjson, json or markdown"},
    {"test --format", "text, junit, tap, json or github"},
    {"why --format", "text or json"},
    {"lint --format", "text, json, sarif or github"},
    {"shell", "bash, zsh or fish"}};

std::string_view ListFor(std::string_view option) {
  if (option == "--input-format") return InputFormatNames();
  if (option == "--format") return FormatNames();
  if (option == "pack --format") return RunFormatNames();
  if (option == "check --format") return CheckFormatNames();
  const auto* found = std::find_if(std::begin(kChoices), std::end(kChoices),
                                   [&](const auto& entry) { return entry.first == option; });
  return found == std::end(kChoices) ? std::string_view() : found->second;
}

}  // namespace

std::vector<std::string_view> ChoicesOf(std::string_view option) {
  constexpr std::string_view kComma = ", ";
  constexpr std::string_view kOr = " or ";
  std::vector<std::string_view> words;
  std::string_view left = ListFor(option);
  while (!left.empty()) {
    const size_t comma = left.find(kComma);
    const size_t end = std::min({comma, left.find(kOr), left.size()});
    words.push_back(left.substr(0, end));
    left.remove_prefix(std::min(left.size(), end + (end == comma ? kComma.size() : kOr.size())));
  }
  return words;
}

bool IsChoice(std::string_view option, std::string_view word) {
  const std::vector<std::string_view> words = ChoicesOf(option);
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string ListOfChoices(std::string_view option) { return std::string(ListFor(option)); }

}  // namespace spelk::cli
