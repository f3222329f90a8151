// Telling searches and files apart.
#include "cli/words.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "spelk/text.h"

namespace spelk::cli {
namespace {

bool Exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

// An input that is there: a path, INDEX:PATH, or standard input.
bool IsInput(const std::string& word) {
  const size_t colon = word.find(':');
  return word == "-" || Exists(word) ||
         (colon != std::string::npos && Exists(word.substr(colon + 1)));
}

bool LooksLikeSearch(const std::string& word) {
  return word.find_first_of("=|\"<> ()") != std::string::npos;
}

Error BadWords(std::string message) { return {ErrorKind::kQuery, std::move(message)}; }

// In quotes of the shell.
std::string ForShell(const std::string& word) {
  std::string quoted = "'";
  for (const char c : Printable(word)) {
    if (c == '\'') quoted += "'\\'";
    quoted += c;
  }
  return quoted + "'";
}

// A file where the search should be. Nothing if the first word may well be one.
std::string FileInsteadOfSearch(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (!Exists(first)) return "";
  const std::string shown = Printable(first);
  if (first.ends_with(".spl")) {
    return fmt::format("{} is a file; `-f {}` reads the search from it", shown, shown);
  }
  if (words.size() == 1) {
    return fmt::format(
        "{} is a file, and no search was given; the search comes first: `'EventID=1 | stats count' "
        "{}`. To look for the word, write `'search {}'`",
        shown, shown, shown);
  }
  const bool others = std::any_of(words.begin() + 1, words.end(),
                                  [](const std::string& word) { return IsInput(word); });
  if (others) return "";
  return fmt::format("{} is a file, and {} is none; the search comes first: `{} {}`", shown,
                     Printable(words[1]), ForShell(words[1]), shown);
}

Result<std::string> ReadSearchFile(const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const auto unreadable = [&path](std::string_view reason) {
    return BadWords(fmt::format("cannot read the search from {}: {}", Printable(path), reason));
  };
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return unreadable(std::strerror(EISDIR));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(std::strerror(errno));
  // What has no end (a device, a pipe) is not read to its end.
  constexpr size_t kMostSearch = size_t{1} << 20U;
  std::string text(kMostSearch + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return unreadable(std::strerror(EIO));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMostSearch) {
    return unreadable(fmt::format("it is longer than {} bytes", kMostSearch));
  }
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  // As editors and PowerShell on Windows may write it: UTF-16 has a zero in every second byte.
  if (text.find('\0') != std::string::npos) return unreadable("it is not UTF-8");
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin != std::string::npos && text[begin] == '{') {
    return unreadable("it holds events; -f names a file with a search, and inputs follow it");
  }
  return text;
}

}  // namespace

Result<QueryText> ReadQuery(const SearchArguments& arguments) {
  QueryText query;
  query.inputs = arguments.positional;
  if (!arguments.file.empty()) {
    query.name = arguments.file;
    Result<std::string> text = ReadSearchFile(arguments.file);
    if (!text.ok()) return text.error();
    query.text = std::move(text).value();
    return query;
  }
  if (query.inputs.empty()) {
    return BadWords(
        "no search was given; example: spelk run 'EventID=1 | stats count by Image' "
        "events.ndjson");
  }
  const std::string mixed_up = FileInsteadOfSearch(query.inputs);
  if (!mixed_up.empty()) return BadWords(mixed_up);
  query.name = "<query>";
  query.text = query.inputs.front();
  query.inputs.erase(query.inputs.begin());
  return query;
}

std::string HintForInputs(const SearchArguments& arguments) {
  const bool from_file = !arguments.file.empty();
  for (size_t i = from_file ? 0 : 1; i < arguments.positional.size(); ++i) {
    const std::string& word = arguments.positional[i];
    if (IsInput(word) || !LooksLikeSearch(word)) continue;
    if (from_file) return fmt::format("the search is that of {}", Printable(arguments.file));
    return fmt::format("if {} belongs to the search, put the whole search in quotes",
                       Printable(word));
  }
  return "";
}

}  // namespace spelk::cli
