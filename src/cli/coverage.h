// Coverage: which stages and conditions of searches the events of tests reached, and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "spelk/engine.h"

namespace spelk::cli {

// A place of a search that tests should reach.
struct Branch {
  enum class Kind : uint8_t {
    kStage,      // A command, which should give a row.
    kCondition,  // Should be true of a row, and not true of another.
    kValue,      // One of the values of IN, or the last condition of case(): should be true.
  };
  Kind kind = Kind::kStage;
  size_t offset = 0;  // In the search.
  size_t length = 0;
  size_t counted_offset = 0;  // In the text that is counted.
  size_t counted_length = 0;
  bool known = false;      // The run tells of it.
  uint64_t rows = 0;       // That it was asked of; of a stage, that it gave.
  uint64_t true_rows = 0;  // Of which it was true.

  bool misses_true() const { return kind == Kind::kStage ? rows == 0 : true_rows == 0; }
  bool misses_false() const { return kind == Kind::kCondition && true_rows == rows; }
  // What there is to reach: a row; true and not true.
  size_t wanted() const { return kind == Kind::kCondition ? 2 : 1; }
  size_t reached() const {
    const size_t first = misses_true() ? 0 : 1;
    return kind == Kind::kCondition ? first + (misses_false() ? 0U : 1U) : first;
  }
};

struct CoveredSearch {
  std::string name;
  std::string text;
  std::vector<Branch> branches;  // Those that a run told of, in the order of the text.
  size_t wanted() const;
  size_t reached() const;
};

// Counts over many runs, by several threads.
class Coverage {
 public:
  // The text to run instead of the search, where each value of IN is a condition of its own. All
  // that run the same text are one search, which has the first of their names.
  std::string TextToCount(const Engine& engine, const std::string& name, const std::string& text);
  // Options for that run.
  static RunOptions Counting(const Engine& engine, RunOptions options);
  void Add(const std::string& text, const Summary& summary);
  // By name. Subsearches, and what macros stand for, are not told of.
  std::vector<CoveredSearch> Searches() const;

 private:
  struct Entry {
    std::string name;
    std::string counted;
    std::vector<Branch> branches;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // By text.
};

}  // namespace spelk::cli
