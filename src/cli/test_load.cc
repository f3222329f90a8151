// Finding the files of tests.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/test_case.h"

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

enum class Kind { kNone, kTest, kYaml };

Kind KindOf(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending == ".test") return Kind::kTest;
  return ending == ".yml" || ending == ".yaml" ? Kind::kYaml : Kind::kNone;
}

void LoadFile(const fs::path& path, bool named, const TestSources& sources, TestFiles* files) {
  constexpr std::uintmax_t kMost = std::uintmax_t{64} << 20U;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  if (error || size > kMost || !in || (size > 0 && !(text << in.rdbuf()))) {
    files->problems.push_back({path.string(), 0, "cannot be read, or is longer than 64 MB"});
    return;
  }
  if (KindOf(path) == Kind::kTest) {
    LoadTestFile(path.string(), text.str(), files);
  } else {
    LoadYaml(path.string(), text.str(), named, sources, files);
  }
}

}  // namespace

bool IsTestFile(const std::string& path) { return KindOf(path) != Kind::kNone; }

void LoadTests(const std::vector<std::string>& paths, const TestSources& sources,
               TestFiles* files) {
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      files->problems.push_back({path, 0, "there is no such file or folder"});
    } else if (!fs::is_directory(path, error)) {
      if (KindOf(path) == Kind::kNone) {
        files->problems.push_back({path, 0, "tests stand in files .test, .yml and .yaml"});
      } else {
        LoadFile(path, true, sources, files);
      }
    } else {
      std::vector<fs::path> found;
      fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied,
                                          error);
      for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const bool hidden = at->path().filename().string().starts_with('.');
        if (hidden && at->is_directory(error)) at.disable_recursion_pending();
        if (!hidden && at->is_regular_file(error) && KindOf(at->path()) != Kind::kNone) {
          found.push_back(at->path());
        }
      }
      std::sort(found.begin(), found.end());
      for (const fs::path& file : found) LoadFile(file, false, sources, files);
    }
  }
}

}  // namespace spelk::cli
