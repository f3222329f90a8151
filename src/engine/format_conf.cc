// Searches of savedsearches.conf: values that a backslash at the end of a line takes to the next.
#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "engine/format.h"
#include "engine/impl.h"
#include "knowledge/conf.h"
#include "value/ascii.h"

namespace spelk::engine {
namespace {

using knowledge::Conf;
using knowledge::Stanza;

// The value of a setting `search` as it lies in the file.
struct SearchPlace {
  size_t line = 1;
  size_t begin = 0;
  size_t end = 0;
  std::string value;
};

// Goes through the lines as knowledge::Conf reads them.
class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {}

  std::vector<SearchPlace> Find() {
    std::vector<SearchPlace> places;
    while (at_ < text_.size()) {
      const size_t begin = at_;
      const size_t number = number_ + 1;
      const std::string_view line = Next();
      const std::string_view trimmed = TrimBlanks(line);
      if (trimmed.empty() || trimmed.front() == '#' || trimmed.front() == '[') continue;
      const size_t equals = line.find('=');
      SearchPlace place{number, begin, begin + line.size(), std::string(line)};
      while (place.value.ends_with('\\')) {
        place.value.pop_back();
        if (at_ >= text_.size()) break;
        const size_t next = at_;
        const std::string_view more = Next();
        place.value += '\n';
        place.value += more;
        place.end = next + more.size();
      }
      const bool search =
          equals != std::string_view::npos && TrimBlanks(line.substr(0, equals)) == "search";
      if (!search) continue;
      size_t value = equals + 1;
      while (value < line.size() && (line[value] == ' ' || line[value] == '\t')) ++value;
      place.begin += value;
      place.value.erase(0, value);
      if (!TrimBlanks(place.value).empty()) places.push_back(std::move(place));
    }
    return places;
  }

 private:
  // Without its end.
  std::string_view Next() {
    const size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t number_ = 0;
};

// A text over several lines, each of which takes the next one along.
std::string Continued(const Formatting& formatted, std::string_view line_end) {
  std::string out;
  size_t made = 0;
  for (size_t i = 0; i < formatted.text.size(); ++i) {
    const char c = formatted.text[i];
    if (c != '\n') {
      out += c;
      continue;
    }
    const bool ours = made < formatted.breaks.size() && formatted.breaks[made] == i;
    if (ours) ++made;
    if (out.ends_with('\r')) out.pop_back();
    out += ours ? " \\" : "\\";
    out += line_end;
  }
  return out;
}

bool SameStanza(const Stanza& a, const Stanza& b, const auto& same) {
  if (a.name != b.name || a.settings.size() != b.settings.size()) return false;
  for (size_t i = 0; i < a.settings.size(); ++i) {
    const knowledge::Setting& x = a.settings[i];
    const knowledge::Setting& y = b.settings[i];
    if (x.key != y.key) return false;
    if (x.value != y.value && !(x.key == "search" && same(x.value, y.value))) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Edits> EditsOfConf(const Core& core, std::string_view text, const std::string& file,
                                  const FormatOptions& options) {
  Conf before;
  std::vector<std::string> ignored;  // Lines that are no settings stay as they are.
  SPELK_RETURN_IF_ERROR(before.Add(text, file, &ignored));
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view line_end = first.ends_with('\r') ? "\r\n" : "\n";
  const auto same = [&](const std::string& a, const std::string& b) {
    return SameSearch(Source(file, a), Source(file, b), core.entries(), core.limits());
  };
  const auto proven = [&](const std::string& changed) {
    Conf after;
    std::vector<std::string> problems;
    if (!after.Add(changed, file, &problems).ok()) return false;
    if (after.stanzas().size() != before.stanzas().size()) return false;
    for (size_t i = 0; i < after.stanzas().size(); ++i) {
      if (!SameStanza(before.stanzas()[i], after.stanzas()[i], same)) return false;
    }
    return true;
  };
  Edits edits;
  std::vector<Proposal> proposals;
  for (const SearchPlace& place : Finder(text).Find()) {
    ++edits.searches;
    const Result<Formatting> formatted = FormatText(core, place.value, file, options);
    if (!formatted.ok()) {
      edits.problems.push_back({place.line, InFile(formatted.error(), file, place.line - 1, 0)});
      continue;
    }
    Change change{place.begin, place.end, Continued(*formatted, line_end)};
    if (change.text == text.substr(place.begin, place.end - place.begin)) continue;
    proposals.push_back({place.line, {std::move(change)}});
  }
  TakeProven(text, proposals, proven, &edits);
  return edits;
}

}  // namespace spelk::engine
