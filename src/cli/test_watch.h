// spelk test --watch: what a file that changed concerns runs again.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/test_case.h"
#include "spelk/engine.h"

namespace spelk::cli {

// The files that tests depend on, as they were when they were last looked at.
class WatchedFiles {
 public:
  // `paths`: what was asked to be tested. Of folders all files of tests count.
  explicit WatchedFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {}

  // Looks at the files of tests, before they are read; what changes after this is a change.
  void BeforeLoading();
  // And at what the tests that were read depend on. Returns what has changed since the last time.
  std::set<std::string> AfterLoading(const TestFiles& files);
  // Waits until something changes, and then until it is quiet again. False: it was interrupted.
  bool Wait(const Cancel& cancel) const;
  size_t size() const { return seen_.size(); }

 private:
  using Stamps = std::map<std::string, std::string>;  // Of what is not there: empty.

  Stamps Look() const;

  const std::vector<std::string> paths_;
  std::set<std::string> others_;   // Files and folders that the tests name.
  std::set<std::string> beside_;   // Folders of files with problems.
  std::set<std::string> written_;  // Folders that tests write to: no change counts there.
  Stamps before_;
  Stamps seen_;
};

// Whether one of the files is what the test stands in, or reads.
bool DependsOn(const TestCase& test, const std::set<std::string>& files);

}  // namespace spelk::cli
