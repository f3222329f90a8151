// Formatting searches that people wrote: nothing fails, twice is the same as once, at several
// widths, and the tree and the words stay. Of files .spl and .test, and of JSON lines with a search
// each. spelk_format_tests PATH…
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/impl.h"
#include "spelk/format.h"
#include "support/json.h"
#include "support/require.h"
#include "support/test_file.h"
#include "syntax/format.h"

namespace spelk::tests {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  Require(static_cast<bool>(in), path.string());
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// Long texts are the limits of the language; they are tested elsewhere.
constexpr size_t kMostText = 20'000;

class FormatTest {
 public:
  void File(const fs::path& path) {
    const std::string name = path.filename().string();
    if (name.ends_with(".spl")) {
      Search(ReadAll(path), name);
    } else if (name.ends_with(".test")) {
      for (const Case& each : ParseTestFile(name, ReadAll(path)).cases)
        Search(each.query, fmt::format("{}: {}", name, each.name));
    } else if (name.ends_with(".jsonl")) {
      Lines(path);
    }
  }

  bool Finish() const {
    fmt::print("{} passed, {} failed ({} do not parse)\n", passed_, failed_, refused_);
    return failed_ == 0 && passed_ > 0;
  }

 private:
  void Lines(const fs::path& path) {
    std::ifstream in(path);
    size_t number = 0;
    for (std::string line; std::getline(in, line);) {
      ++number;
      const std::optional<Json> record = ParseJson(line);
      if (!record) continue;
      for (const char* key : {"search", "query"}) {
        const Json* text = record->Find(key);
        if (text != nullptr && text->kind == Json::Kind::kText) {
          Search(text->text, fmt::format("{}:{}", path.filename().string(), number));
        }
      }
    }
  }

  void Search(const std::string& text, const std::string& name) {
    if (text.size() > kMostText) return;
    if (!engine_.Parse(text).diagnostics.empty()) {
      const Result<std::string> formatted = FormatSearch(engine_, text);
      if (!formatted.ok()) {
        ++refused_;
        if (formatted.error().kind() == ErrorKind::kInternal)
          Fail(name, text, formatted.error().Render());
        return;
      }
    }
    for (const size_t width : {100U, 30U}) {
      if (!AtWidth(text, name, width)) return;
    }
    ++passed_;
  }

  bool AtWidth(const std::string& text, const std::string& name, size_t width) {
    const engine::Core& core = engine_.impl()->core;
    const Result<std::string> once = FormatSearch(engine_, text, {.width = width});
    if (!once.ok()) return Fail(name, text, once.error().Render());
    const Result<std::string> twice = FormatSearch(engine_, *once, {.width = width});
    if (!twice.ok()) return Fail(name, *once, twice.error().Render());
    if (*once != *twice)
      return Fail(name, *once, fmt::format("at {} it becomes\n{}", width, *twice));
    // What the library proves of itself, once more from outside.
    if (!SameSearch(Source(name, text), Source(name, *once), core.entries(), core.limits()))
      return Fail(name, text, "it is another search: " + *once);
    std::istringstream lines(*once);
    for (std::string line; std::getline(lines, line);) {
      const bool blank = line.ends_with(' ') && text.find(line) == std::string::npos &&
                         once->find('"') == std::string::npos;
      if (blank) return Fail(name, *once, "a blank ends this line: " + line);
    }
    return true;
  }

  bool Fail(const std::string& name, const std::string& text, const std::string& why) {
    ++failed_;
    fmt::print("FAIL {}\n{}\n{}\n", name, text, why);
    return false;
  }

  const Engine engine_;
  size_t passed_ = 0;
  size_t failed_ = 0;
  size_t refused_ = 0;
};

int Main(int argc, char** argv) {
  FormatTest test;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      test.File(argv[i]);
      continue;
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const fs::path& path : files) test.File(path);
  }
  return test.Finish() ? 0 : 1;
}

}  // namespace
}  // namespace spelk::tests

int main(int argc, char** argv) { return spelk::tests::Main(argc, argv); }
