// Workspace: what searches of an editor are compiled with: engines, which are kept, by the apps and
// packs that a file lies in, and the fields of a feed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/lsp/json.h"
#include "spelk/assist.h"
#include "spelk/engine.h"
#include "spelk/lint.h"

namespace spelk::cli::lsp {

// As given on the command line, in initializationOptions or in the editor's settings.
struct Settings {
  EngineOptions engine;
  std::vector<std::string> data;  // Inputs whose fields completion knows.
  bool find_apps = true;          // Use the app or pack that a file lies in.
  bool lint = true;               // Say what is likely wrong, too.

  // Takes what an object of settings says: apps, lookups, macros, data, builtin, emptyTables,
  // findApps, lint. Names that mean nothing go to `unknown`.
  void Read(const Json& json, std::vector<std::string>* unknown);
};

class Workspace {
 public:
  explicit Workspace(Settings settings) : settings_(std::move(settings)) {}

  Settings& settings() { return settings_; }
  void SetRoots(std::vector<std::string> roots) { roots_ = std::move(roots); }
  // What was read of apps and feeds may have changed.
  void Forget();
  // For a file of that path. What cannot be read of its app or pack goes to problems().
  const Engine& EngineFor(const std::string& path);
  // With the fields of the feed, which is read when first asked for.
  const AssistOptions& options();
  // Which rules are on: .spelk-lint.yaml of the file's folder or one above it.
  const LintOptions& LintOptionsFor(const std::string& path);
  std::vector<std::string> TakeProblems() { return std::exchange(problems_, {}); }

 private:
  bool IsRoot(std::string_view folder) const;
  std::string HomeOf(const std::string& path) const;
  void ReadFeed();
  static std::string LintConfigOf(const std::string& path);

  Settings settings_;
  std::vector<std::string> roots_;
  std::map<std::string, std::unique_ptr<Engine>> engines_;  // By the app or pack.
  std::map<std::string, std::string> homes_;                // Of folders of files.
  bool read_feed_ = false;
  AssistOptions options_;
  std::shared_ptr<const LintFeed> feed_;             // Shared by the options of lint.
  std::map<std::string, LintOptions> lint_options_;  // Of folders of files.
  std::vector<std::string> problems_;
};

}  // namespace spelk::cli::lsp
