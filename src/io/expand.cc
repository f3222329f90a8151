// Directories, globs and INDEX:PATH as lists of inputs.
#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/status.h"
#include "io/compression.h"
#include "io/input.h"
#include "io/terminal_text.h"

namespace spelk::io {
namespace {

constexpr size_t kMostFiles = 1'000'000;
constexpr int kMostFolderDepth = 64;

bool Exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

bool IsDirectory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

bool IsLink(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

// Pipes, sockets and devices: read where they are named, but never found by looking around, as
// opening one may wait for ever.
bool IsSpecial(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

// The names in a directory, sorted by bytes; those that begin with a dot left out. Nothing if it
// cannot be read.
std::optional<std::vector<std::string>> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  DIR* open = ::opendir(directory.empty() ? "." : directory.c_str());
  if (open == nullptr) return std::nullopt;
  while (const dirent* entry = ::readdir(open)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Join(const std::string& directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  return directory.ends_with('/') ? directory + std::string(name)
                                  : fmt::format("{}/{}", directory, name);
}

// One [a-z] of a glob at pattern[*p]; moves *p after it.
bool MatchesClass(std::string_view pattern, size_t* p, char c) {
  const size_t close = pattern.find(']', *p + 2);
  if (close == std::string_view::npos) return pattern[(*p)++] == c;
  std::string_view members = pattern.substr(*p + 1, close - *p - 1);
  *p = close + 1;
  const bool negated = members.starts_with('!') || members.starts_with('^');
  if (negated) members.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < members.size(); ++i) {
    if (i + 2 < members.size() && members[i + 1] == '-') {
      found = found || (members[i] <= c && c <= members[i + 2]);
      i += 2;
    } else {
      found = found || members[i] == c;
    }
  }
  return found != negated;
}

// One component of a path: `*`, `?`, `[a-z]`.
bool MatchesGlob(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = n;
      continue;
    }
    size_t next = p;
    bool same = false;
    if (p < pattern.size() && pattern[p] == '[') {
      same = MatchesClass(pattern, &next, name[n]);
    } else if (p < pattern.size()) {
      same = pattern[p] == '?' || pattern[p] == name[n];
      ++next;
    }
    if (same) {
      p = next;
      ++n;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    n = ++resume;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool HasGlob(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

class Expansion {
 public:
  // All files below a directory.
  void Walk(const std::string& directory, int depth) {
    struct stat info {};
    // A directory that was seen (through a link) is not walked again.
    if (depth > kMostFolderDepth || ::stat(directory.c_str(), &info) != 0 ||
        !seen_.emplace(info.st_dev, info.st_ino).second) {
      return;
    }
    for (const std::string& name : Names(directory)) {
      const std::string path = Join(directory, name);
      if (IsDirectory(path)) {
        Walk(path, depth + 1);
      } else {
        Add(path);
      }
    }
  }

  // The paths that a pattern matches, component by component.
  void Glob(const std::string& base, std::string_view pattern, int depth) {
    if (depth > kMostFolderDepth) return;
    const size_t slash = pattern.find('/');
    const std::string_view component = pattern.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    const std::string_view rest = last ? std::string_view() : pattern.substr(slash + 1);
    if (component == "**") {
      if (!last) Glob(base, rest, depth + 1);
      for (const std::string& name : Names(base)) {
        const std::string path = Join(base, name);
        if (IsDirectory(path)) {
          if (!IsLink(path)) Glob(path, pattern, depth + 1);  // A link may lead back.
        } else if (last) {
          Add(path);
        }
      }
      return;
    }
    if (!HasGlob(component)) {
      const std::string path = component.empty() ? base + "/" : Join(base, component);
      if (last ? Exists(path) : IsDirectory(path)) Take(path, rest, last, depth);
      return;
    }
    for (const std::string& name : Names(base)) {
      if (MatchesGlob(component, name)) Take(Join(base, name), rest, last, depth);
    }
  }

  std::vector<std::string>& files() { return files_; }
  bool full() const { return files_.size() > kMostFiles; }

 private:
  void Take(const std::string& path, std::string_view rest, bool last, int depth) {
    if (!last) {
      if (IsDirectory(path)) Glob(path, rest, depth + 1);
    } else if (IsDirectory(path)) {
      Walk(path, depth + 1);
    } else {
      Add(path);
    }
  }
  // A directory that cannot be read stands among the files, so that reading it tells why.
  std::vector<std::string> Names(const std::string& directory) {
    std::optional<std::vector<std::string>> names = NamesIn(directory);
    if (names) return std::move(*names);
    Add(directory);
    return {};
  }
  void Add(std::string path) {
    if (!full() && !IsSpecial(path)) files_.push_back(std::move(path));
  }

  std::vector<std::string> files_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

// INDEX:PATH, unless a file has the whole name.
std::pair<std::string, std::string> SplitIndex(const std::string& argument) {
  const size_t colon = argument.find(':');
  const auto valid = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  const bool named =
      colon != std::string::npos && colon >= 2 &&
      std::all_of(argument.begin(), argument.begin() + static_cast<std::ptrdiff_t>(colon), valid);
  if (!named || Exists(argument)) return {"", argument};
  return {argument.substr(0, colon), argument.substr(colon + 1)};
}

}  // namespace

absl::StatusOr<std::vector<Input>> ExpandInputs(const std::vector<std::string>& arguments) {
  std::vector<Input> inputs;
  for (const std::string& argument : arguments) {
    const auto [index, path] = SplitIndex(argument);
    const auto add = [&inputs, &index = index](std::string name, Input::Kind kind) {
      Input input;
      input.kind = kind;
      input.path = std::move(name);
      input.index = index;
      inputs.push_back(std::move(input));
    };
    if (path == "-") {
      add("-", Input::Kind::kStandardInput);
      continue;
    }
    Expansion expansion;
    if (IsDirectory(path)) {
      expansion.Walk(path, 0);
    } else if (Exists(path)) {
      expansion.files().push_back(path);
    } else if (HasGlob(path)) {
      const bool absolute = path.starts_with('/');
      expansion.Glob(absolute ? "/" : "",
                     absolute ? std::string_view(path).substr(1) : std::string_view(path), 0);
    } else {
      return absl::NotFoundError(
          fmt::format("there is no file or directory \"{}\"", Printable(path)));
    }
    if (expansion.full()) {
      return absl::ResourceExhaustedError(
          fmt::format("\"{}\" names more than {} files", Printable(path), kMostFiles));
    }
    if (expansion.files().empty()) {
      return absl::NotFoundError(
          fmt::format(fmt::runtime(IsDirectory(path) ? "the directory \"{}\" holds no file"
                                                     : "\"{}\" matches no file"),
                      Printable(path)));
    }
    for (std::string& file : expansion.files()) add(std::move(file), Input::Kind::kFile);
  }
  return inputs;
}

}  // namespace spelk::io
