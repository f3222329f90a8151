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
    kRow,        // A row of a lookup table, which should be found.
  };
  Kind kind = Kind::kStage;
  size_t offset = 0;  // In the search; of what a macro made, that of its call.
  size_t length = 0;
  std::string text;            // What stands there; of what a macro made, that.
  std::string macro;           // Its name,
  std::string place;           // and where it is defined.
  size_t call = 0;             // Which stretch of a macro it is in; 0: none.
  size_t which = 0;            // Of the same texts in one stretch.
  size_t expanded_offset = 0;  // In the search with its macros put in.
  size_t expanded_length = 0;
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

// A search, or a macro, which all searches that call it cover together.
struct CoveredSearch {
  std::string name;  // Of a macro: "my_app/default/macros.conf:3 `name`".
  std::string text;  // Of a macro: empty.
  bool is_macro = false;
  std::vector<Branch> branches;  // Those that a run told of, in their order.
  size_t wanted() const;
  size_t reached() const;
};

// Counts over many runs, by several threads.
class Coverage {
 public:
  // What runs instead of the search, with its macros put in, and each value of IN as a condition of
  // its own.
  struct Counted {
    std::string key;  // For Add.
    std::string text;
  };
  // All that run the same text are one search, which has the first of their names. An error: the
  // macros cannot be put in.
  Result<Counted> TextToCount(const Engine& engine, const std::string& name,
                              const std::string& text);
  // Options for that run.
  static RunOptions Counting(const Engine& engine, RunOptions options);
  void Add(const std::string& key, const Summary& summary);
  // By name. What `foreach` does for each field, and `map` for each row, counts together.
  std::vector<CoveredSearch> Searches() const;

 private:
  struct Lookup {
    std::string name;
    Branch branch;  // Of each of its rows.
    std::vector<Branch> rows;
  };
  struct Entry {
    std::string name;
    std::string text;
    std::string expanded;
    std::string counted;
    std::vector<Branch> branches;
    std::vector<Lookup> lookups;
  };
  static void AddRows(const std::vector<LookupCount>& counts, Lookup* lookup);
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // By the text, without its macros and with them.
};

}  // namespace spelk::cli
