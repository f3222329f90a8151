// Reading them.
#include "cli/packs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/reports.h"
#include "cli/words.h"
#include "spelk/text.h"

namespace spelk::cli {

bool NamesPacks(const SearchArguments& arguments) {
  const std::vector<std::string>& words = arguments.positional;
  return arguments.file.empty() && !words.empty() &&
         std::all_of(words.begin(), words.end(), &LooksLikePack);
}

Result<Pack> PackOfQuery(const SearchArguments& arguments, std::string_view command) {
  const Result<QueryText> text = ReadQuery(arguments);
  if (!text.ok()) return text.error();
  if (!text->inputs.empty()) {
    return Error(ErrorKind::kQuery, fmt::format("unexpected \"{}\"; {} reads no input",
                                                Printable(text->inputs.front()), command));
  }
  Analytic analytic;
  analytic.name = analytic.id = analytic.file = text->name;
  analytic.search = text->text;
  Pack pack;
  pack.path = text->name;
  pack.kind = PackKind::kFile;
  pack.analytics.push_back(std::move(analytic));
  return pack;
}

Result<Pack> PackOfPaths(const std::vector<std::string>& paths) {
  Pack all;
  for (const std::string& path : paths) {
    Result<Pack> read = ReadPack(path);
    if (!read.ok()) return read.error();
    Pack& pack = *read;
    if (paths.size() == 1) return read;
    all.path += all.path.empty() ? path : fmt::format(", {}", path);
    const auto move = [](auto& from, auto* to) {
      to->insert(to->end(), std::make_move_iterator(from.begin()),
                 std::make_move_iterator(from.end()));
    };
    move(pack.analytics, &all.analytics);
    move(pack.apps, &all.apps);
    move(pack.lookups, &all.lookups);
    move(pack.stanzas, &all.stanzas);
    move(pack.problems, &all.problems);
  }
  return all;
}

}  // namespace spelk::cli
