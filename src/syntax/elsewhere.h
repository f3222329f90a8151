// Words of SQL, KQL, SPL2 and Lucene, and what SPL calls them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace spelk::syntax {

enum class ElsewhereKind : uint8_t { kCommand, kFunction, kStatistic, kOperator };

struct Elsewhere {
  ElsewhereKind kind;
  std::string_view word;    // In lower case.
  std::string_view advice;  // What runs stands between backticks.
};

// All of them.
std::span<const Elsewhere> AllElsewhere();
// What is said of a word, whatever its case; empty if it is none of them.
std::string_view AdviceOn(ElsewhereKind kind, std::string_view word);

}  // namespace spelk::syntax
