// Files are looked at a few times a second: this needs nothing of the system, and works on every
// kind of file system.
#include "cli/test_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

constexpr long kBetweenLooks = 200'000'000;  // Nanoseconds.

std::string StampOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "";
  return fmt::format("{} {} {}.{} {}.{}", status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

// "INDEX:PATH" is an input, too, and a glob one of a folder.
std::string FileOfInput(const std::string& input) {
  std::error_code ignored;
  const size_t colon = input.find(':');
  if (colon != std::string::npos && !fs::exists(input, ignored)) {
    return FileOfInput(input.substr(colon + 1));
  }
  const size_t wild = input.find_first_of("*?[");
  if (wild == std::string::npos || fs::exists(input, ignored)) return input;
  const std::string folder = input.substr(0, wild);
  return fs::path(folder).parent_path().string();
}

std::vector<std::string> DependenciesOf(const TestCase& test) {
  std::vector<std::string> all = {test.file};
  all.insert(all.end(), test.reads.begin(), test.reads.end());
  for (const std::string& file : test.files) all.push_back(FileOfInput(file));
  const SearchArguments& arguments = test.arguments;
  all.insert(all.end(), arguments.apps.begin(), arguments.apps.end());
  for (const std::string& lookup : arguments.lookups) {
    const size_t equals = lookup.find('=');
    all.push_back(equals == std::string::npos ? lookup : lookup.substr(equals + 1));
  }
  for (const std::string& file : {test.expects.snapshot, arguments.geo_database}) {
    if (!file.empty()) all.push_back(file);
  }
  if (!test.pack.empty()) {
    all.push_back(test.pack + "/macros");
    all.push_back(test.pack + "/lookups");
  }
  return all;
}

// What is hidden counts for neither tests nor apps.
template <typename Take>
void ForEachFile(const std::string& folder, bool deep, const Take& take) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const bool hidden = at->path().filename().string().starts_with('.');
    std::error_code ignored;
    const bool is_folder = at->is_directory(ignored);
    if (is_folder && (hidden || !deep)) at.disable_recursion_pending();
    if (!is_folder && !hidden) take(at->path().string());
  }
}

}  // namespace

bool DependsOn(const TestCase& test, const std::set<std::string>& files) {
  for (const std::string& path : DependenciesOf(test)) {
    if (files.contains(path)) return true;
    const std::string folder = path.ends_with('/') ? path : path + "/";
    const auto inside = files.lower_bound(folder);
    if (inside != files.end() && inside->starts_with(folder)) return true;
  }
  return false;
}

WatchedFiles::Stamps WatchedFiles::Look() const {
  Stamps stamps;
  const auto look = [&](const std::string& path) {
    const auto holds = [&path](const std::string& folder) { return path.starts_with(folder); };
    if (std::none_of(written_.begin(), written_.end(), holds)) stamps[path] = StampOf(path);
  };
  std::error_code error;
  for (const std::string& path : paths_) {
    if (!fs::is_directory(path, error)) {
      look(path);
      continue;
    }
    ForEachFile(path, true, [&](const std::string& file) {
      if (IsTestFile(file)) look(file);
    });
  }
  for (const std::string& path : others_) {
    fs::is_directory(path, error) ? ForEachFile(path, true, look) : look(path);
  }
  for (const std::string& folder : beside_) ForEachFile(folder, false, look);
  return stamps;
}

void WatchedFiles::BeforeLoading() { before_ = Look(); }

std::set<std::string> WatchedFiles::AfterLoading(const TestFiles& files) {
  others_.clear();
  beside_.clear();
  written_.clear();
  for (const TestCase& test : files.cases) {
    for (std::string& path : DependenciesOf(test)) others_.insert(std::move(path));
    const std::string& written = test.arguments.write_folder;
    if (!written.empty()) written_.insert(written.ends_with('/') ? written : written + "/");
  }
  // What a file lacks may come.
  for (const TestProblem& problem : files.problems) {
    const std::string folder = fs::path(problem.file).parent_path().string();
    beside_.insert(folder.empty() ? "." : folder);
  }
  Stamps now = Look();
  for (auto& [path, stamp] : now) {
    // What changed while the tests were read is a change of the next time.
    if (const auto before = before_.find(path); before != before_.end()) stamp = before->second;
  }
  std::set<std::string> changed;
  for (const auto& [path, stamp] : now) {
    const auto last = seen_.find(path);
    if (last == seen_.end() || last->second != stamp) changed.insert(path);
  }
  for (const auto& [path, stamp] : seen_) {
    if (!now.contains(path)) changed.insert(path);
  }
  seen_ = std::move(now);
  return changed;
}

bool WatchedFiles::Wait(const Cancel& cancel) const {
  Stamps last = seen_;
  while (!cancel.input_ended()) {
    // A signal ends the sleep.
    const struct timespec pause = {0, kBetweenLooks};
    ::nanosleep(&pause, nullptr);
    Stamps now = Look();
    const bool quiet = now == last;
    if (quiet && now != seen_) return !cancel.input_ended();
    last = std::move(now);
  }
  return false;
}

}  // namespace spelk::cli
