// A server for each test, and folders of files.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lsp/client.h"

namespace spelk::tests {

namespace fs = std::filesystem;

inline constexpr std::string_view kUri = "file:///searches/a.spl";

inline std::string Program() { return std::getenv("SPELK"); }

inline bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Lsp : public ::testing::Test {
 protected:
  Lsp() : client_(Program()) { client_.Initialize(); }
  ~Lsp() override { EXPECT_EQ(client_.Leave(), 0); }

  std::vector<std::string> Completions(std::string_view marked, std::string_view uri = kUri) {
    const Json answer = client_.Ask("textDocument/completion", uri, marked);
    return EachText(At(answer, "result.items"), "label");
  }
  std::string Hover(std::string_view marked) {
    return TextAt(client_.Ask("textDocument/hover", kUri, marked), "result.contents.value");
  }
  void Change(int version, std::string_view changes) {
    client_.Notify("textDocument/didChange",
                   fmt::format(R"({{"textDocument":{{"uri":"{}","version":{}}},)"
                               R"("contentChanges":{}}})",
                               kUri, version, changes));
  }
  Json Diagnostics() {
    const auto params = client_.Await("textDocument/publishDiagnostics");
    return params ? *params : Json();
  }

  LspClient client_;
};

// A folder of files that goes away.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "spelk-lsp-XXXXXX").string();
    path_ = ::mkdtemp(name.data()) == nullptr ? "" : name;
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  std::string Write(const std::string& name, std::string_view text) const {
    const fs::path path = path_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return "file://" + path.string();
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace spelk::tests
