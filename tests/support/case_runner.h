// Runs the cases of .test files.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "spelk/engine.h"
#include "support/test_file.h"

namespace spelk::tests {

// A folder that goes away with its contents.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  // Creates the folders above the file.
  void Write(const std::string& name, std::string_view text) const;

 private:
  std::string path_;
};

struct RunnerOptions {
  bool update = false;        // Fill golden sections in, instead of comparing them.
  bool whole_matrix = false;  // Run each case in all ways of law 1, not in a few.
};

class CaseRunner {
 public:
  explicit CaseRunner(RunnerOptions options) : options_(options) {}

  // What is wrong; nothing if the case passes. With `update`, golden sections take what came out.
  std::vector<std::string> Run(Case& test);

 private:
  struct Setup;
  class OneCase;
  std::shared_ptr<const Setup> SetupFor(const Case& test, std::string* problem);

  RunnerOptions options_;
  std::map<std::string, std::shared_ptr<const Setup>> setups_;  // By files and options.
};

// The file with its golden sections as they are now.
std::string Rewritten(const TestFile& file);

}  // namespace spelk::tests
