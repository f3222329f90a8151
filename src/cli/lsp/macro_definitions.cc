// Line by line.
#include "cli/lsp/macro_definitions.h"

#include <algorithm>
#include <fstream>

namespace spelk::cli::lsp {
namespace {

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n\"'";
  const size_t begin = text.find_first_not_of(kAround);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kAround) + 1 - begin);
}

// "a, b"
void AddNames(std::string_view list, std::vector<std::string>* names) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = Trimmed(list.substr(0, comma));
    if (!name.empty()) names->emplace_back(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Calls `take` with the lines of a text, each without its end, and where it begins.
template <class Take>
void ForEachLine(std::string_view text, const Take& take) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    take(text.substr(begin, end - begin), begin);
    begin = end + 1;
  }
}

// The last setting of the stanza holds, wherever it stands.
std::vector<std::string> InConf(std::string_view file, size_t place) {
  std::vector<std::string> names;
  bool here = false;
  bool over = false;
  ForEachLine(file, [&](std::string_view line, size_t begin) {
    if (over) return;
    if (line.starts_with('[')) {
      over = begin > place;
      if (over) return;
      names.clear();
      here = true;
    }
    const size_t equals = line.find('=');
    if (!here || equals == std::string_view::npos || Trimmed(line.substr(0, equals)) != "args") {
      return;
    }
    names.clear();
    AddNames(line.substr(equals + 1), &names);
  });
  return names;
}

// arguments: [a, b], or a list below it.
std::vector<std::string> InYaml(std::string_view file) {
  std::vector<std::string> names;
  bool listed = false;
  ForEachLine(file, [&](std::string_view line, size_t) {
    constexpr std::string_view kKey = "arguments:";
    if (line.starts_with(kKey)) {
      std::string_view list = Trimmed(line.substr(kKey.size()));
      listed = list.empty();
      if (list.starts_with('[')) list.remove_prefix(1);
      AddNames(list.substr(0, list.find(']')), &names);
      return;
    }
    const std::string_view item = Trimmed(line);
    if (listed && item.starts_with("- ")) {
      AddNames(item.substr(2), &names);
    } else if (!item.empty()) {
      listed = false;
    }
  });
  return names;
}

}  // namespace

std::vector<Reading> ReadingsOf(const Document& document, const EmbeddedSearch& search) {
  std::vector<Reading> readings = {{search.text, 0}};
  const bool pipe = search.text.find_first_not_of(" \t\r\n") == search.text.find('|');
  if (!document.has_pieces() || pipe) return readings;
  for (const std::string_view beginning : {"* | ", "* | eval x="}) {
    readings.push_back({std::string(beginning) + search.text, beginning.size()});
  }
  return readings;
}

size_t LineOfStanza(const DefinitionPlace& place) {
  std::ifstream file(place.file);
  std::string line;
  size_t number = 0;
  size_t stanza = 0;
  while (number < place.line && std::getline(file, line)) {
    ++number;
    if (line.starts_with('[')) stanza = number;
  }
  return stanza == 0 ? place.line : stanza;
}

std::vector<std::string> MacroArgumentsAt(std::string_view file, FileKind kind, size_t place) {
  return kind == FileKind::kYaml ? InYaml(file) : InConf(file, place);
}

size_t ArgumentBegin(std::string_view definition, size_t place) {
  const std::string_view before = definition.substr(0, place);
  size_t begin = before.size();
  while (begin > 0 && IsNameCharacter(before[begin - 1])) --begin;
  if (begin == 0 || before[begin - 1] != '$') return std::string_view::npos;
  const auto dollars = std::count(before.begin(), before.end(), '$');
  return dollars % 2 == 1 ? begin : std::string_view::npos;
}

}  // namespace spelk::cli::lsp
