// Text, JSON, places.
#include "cli/mutant_report.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>

#include "cli/coverage_report.h"
#include "cli/test_row.h"
#include "spelk/embedded.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string ShortMutant(std::string text) {
  constexpr size_t kLongest = 60;
  text = Printable(text);
  if (text.size() <= kLongest) return text;
  size_t cut = kLongest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "…";
}

struct Sum {
  size_t mutants = 0;
  size_t noticed = 0;
};
Sum SumOf(const std::vector<MutatedSearch>& searches) {
  Sum sum;
  for (const MutatedSearch& search : searches) {
    sum.mutants += search.mutants;
    sum.noticed += search.noticed();
  }
  return sum;
}

}  // namespace

size_t MutationScore(const std::vector<MutatedSearch>& searches) {
  const Sum sum = SumOf(searches);
  return sum.mutants == 0 ? 100 : 100 * sum.noticed / sum.mutants;
}

std::string ChangeOf(const Mutant& mutant) {
  return fmt::format("{} -> {}", ShortMutant(mutant.written), ShortMutant(mutant.text));
}

std::string MutantsText(const std::vector<MutatedSearch>& searches, bool colour) {
  std::string out;
  for (const MutatedSearch& search : searches) {
    out += fmt::format("{}: {} of {} mutants noticed", Printable(search.name), search.noticed(),
                       search.mutants);
    if (search.left_out > 0) out += fmt::format("; {} more were not run", search.left_out);
    out += '\n';
    for (const Mutant& mutant : search.survivors) {
      const auto [line, column] = PlaceOf(search.text, mutant.offset);
      const std::string place = search.is_macro ? "" : fmt::format("{}:{}  ", line, column);
      const std::string text = fmt::format("  {}no test tells: {}", place, ChangeOf(mutant));
      out += (colour ? fmt::format("\x1b[33m{}\x1b[0m", text) : text) + "\n";
    }
  }
  const Sum sum = SumOf(searches);
  return out + fmt::format("mutants: {} of {} noticed\n", sum.noticed, sum.mutants);
}

std::string MutantsJson(const std::vector<MutatedSearch>& searches) {
  std::string out = "[";
  for (const MutatedSearch& search : searches) {
    out += fmt::format(
        "{}{{\"name\":{},\"mutants\":{},\"noticed\":{},\"left_out\":{},"
        "\"survivors\":[",
        out.size() > 1 ? ",\n" : "", JsonText(search.name), search.mutants, search.noticed(),
        search.left_out);
    for (size_t i = 0; i < search.survivors.size(); ++i) {
      const Mutant& mutant = search.survivors[i];
      const auto [line, column] = PlaceOf(search.text, mutant.offset);
      out += fmt::format(
          "{}\n {{\"kind\":\"{}\",\"line\":{},\"column\":{},\"text\":{},\"instead\":{}}}",
          i > 0 ? "," : "", NameOf(mutant.kind), line, column, JsonText(mutant.written),
          JsonText(mutant.text));
    }
    out += "]}";
  }
  return out + "]\n";
}

namespace {

// "my_app/default/macros.conf:3 `name`"
MutantPlace PlaceOfMacro(const std::string& name) {
  MutantPlace place{name.substr(0, name.rfind(" `")), 1, 1};
  const size_t colon = place.file.rfind(':');
  if (colon == std::string::npos) return place;
  const char* end = place.file.data() + place.file.size();
  const auto read = std::from_chars(place.file.data() + colon + 1, end, place.line);
  if (read.ec == std::errc() && read.ptr == end) place.file.resize(colon);
  return place;
}

}  // namespace

MutantPlace PlaceInFile(const MutatedSearch& search, const Mutant& mutant) {
  if (search.is_macro) return PlaceOfMacro(search.name);
  const auto at = [&search](const std::string& text, size_t offset) {
    const auto [line, column] = PlaceOf(text, offset);
    return MutantPlace{search.name, line, column};
  };
  std::ifstream in(search.name, std::ios::binary);
  std::stringstream read;
  read << in.rdbuf();
  const std::string text = read.str();
  if (FileKindOf(search.name) == FileKind::kYaml) {
    for (const EmbeddedSearch& each : FindSearches(text, FileKind::kYaml)) {
      if (each.text == search.text) return at(text, each.FileOffset(mutant.offset));
    }
  }
  const size_t begin = text.find(search.text);
  return begin == std::string::npos ? at(search.text, mutant.offset)
                                    : at(text, begin + mutant.offset);
}

}  // namespace spelk::cli
