// Reading them.
#include "cli/packs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <set>
#include <utility>

#include "cli/home.h"
#include "cli/reports.h"
#include "cli/words.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

// One word as paths are, which as a search would be a strange one.
bool LooksLikePath(const std::string& word) {
  if (word.find_first_of(" \t\r\n=|\"'`<>()[]*?") != std::string::npos) return false;
  constexpr std::array<std::string_view, 7> kEndings = {".spl",  ".yml",   ".yaml",  ".conf",
                                                        ".json", ".jsonl", ".ndjson"};
  return word.find('/') != std::string::npos ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&word](std::string_view ending) { return word.ends_with(ending); });
}

// With a slash in front, without one at the end.
std::string WholePath(const std::string& path) {
  std::error_code error;
  fs::path whole = fs::absolute(path, error).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return whole.string();
}

template <class T>
void MoveTo(std::vector<T>& from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Result<QueryText> ReadStandardInput() {
  constexpr size_t kMostSearch = size_t{1} << 20U;
  QueryText query;
  query.name = "<stdin>";
  query.text.resize(kMostSearch + 1);
  std::cin.read(query.text.data(), static_cast<std::streamsize>(query.text.size()));
  query.text.resize(static_cast<size_t>(std::cin.gcount()));
  if (query.text.size() > kMostSearch) {
    return Error(ErrorKind::kQuery,
                 fmt::format("standard input is longer than {} bytes", kMostSearch));
  }
  return query;
}

// What the app or pack around a path brings; nothing if it is known. One that cannot be read brings
// nothing: what lacks then is told of the search.
Pack Around(const std::string& path, std::set<std::string>* known) {
  Pack brought;
  const std::string whole = WholePath(path);
  std::error_code error;
  const bool is_folder = fs::is_directory(whole, error);
  // Above a repository lies what has nothing to do with it.
  const std::string home = HomeOf(is_folder ? whole : fs::path(whole).parent_path().string(),
                                  [](const std::string& folder) {
                                    std::error_code missing;
                                    return fs::exists(fs::path(folder) / ".git", missing);
                                  });
  if (home.empty() || !known->insert(home).second) return brought;
  if (!IsPackFolder(home)) {
    brought.apps.push_back(home);
    return brought;
  }
  Result<Pack> read = ReadPack(home);
  if (!read.ok()) return brought;
  brought.apps = std::move(read->apps);
  brought.lookups = std::move(read->lookups);
  brought.stanzas = std::move(read->stanzas);
  return brought;
}

}  // namespace

std::string MissingFile(const std::vector<std::string>& words) {
  if (words.empty() || (!LooksLikePath(words.front()) && !LooksLikePack(words.front()))) return "";
  for (const std::string& word : words) {
    std::error_code error;
    if (!LooksLikePath(word) || fs::exists(word, error)) continue;
    return fmt::format("there is no file {}; to look for the word, write `search {}`",
                       Printable(word), Printable(word));
  }
  return "";
}

bool NamesPacks(const SearchArguments& arguments) {
  const std::vector<std::string>& words = arguments.positional;
  return arguments.file.empty() && !words.empty() &&
         std::all_of(words.begin(), words.end(), &LooksLikePack);
}

Result<Pack> PackOfQuery(const SearchArguments& arguments, std::string_view command) {
  const bool standard = arguments.file.empty() && arguments.positional.size() == 1 &&
                        arguments.positional.front() == "-";
  if (const std::string missing = MissingFile(arguments.positional);
      arguments.file.empty() && !missing.empty()) {
    return Error(ErrorKind::kQuery, missing);
  }
  const Result<QueryText> text = standard ? ReadStandardInput() : ReadQuery(arguments);
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
  std::set<std::string> known;  // These bring what they have themselves.
  for (const std::string& path : paths) known.insert(WholePath(path));
  for (const std::string& path : paths) {
    Result<Pack> read = ReadPack(path);
    if (!read.ok()) return read.error();
    Pack& pack = *read;
    Pack around = Around(path, &known);
    // What lies nearer counts.
    MoveTo(around.apps, &all.apps);
    MoveTo(around.lookups, &all.lookups);
    MoveTo(around.stanzas, &all.stanzas);
    all.kind = pack.kind;
    all.path += all.path.empty() ? pack.path : fmt::format(", {}", pack.path);
    MoveTo(pack.analytics, &all.analytics);
    MoveTo(pack.apps, &all.apps);
    MoveTo(pack.lookups, &all.lookups);
    MoveTo(pack.stanzas, &all.stanzas);
    MoveTo(pack.problems, &all.problems);
  }
  if (paths.size() > 1) all.kind = Pack().kind;
  return all;
}

}  // namespace spelk::cli
