// Mutants: searches with one thing changed, which tests should notice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/test_run.h"

namespace spelk::cli {

struct Mutant {
  enum class Kind : uint8_t { kClause, kNegation, kThreshold, kWildcard, kField };
  Kind kind = Kind::kClause;
  size_t offset = 0;  // Of what is changed, in the search.
  size_t length = 0;
  std::string text;     // What stands there instead.
  std::string written;  // What stands there.
};

// "clause", "negation", "threshold", "wildcard" or "field".
std::string_view NameOf(Mutant::Kind kind);
std::optional<Mutant::Kind> MutantKindOf(std::string_view name);

// A clause that always holds or never does, or says the opposite; a threshold moved by one; a
// wildcard that takes more or less, of like() too; the field of another clause. Calls of macros
// stay.
std::vector<Mutant> MutantsOf(const SyntaxNode& tree, const std::string& search);

// A search, or a macro, which is changed wherever it is called.
struct MutatedSearch {
  std::string name;  // Of a macro: "my_app/default/macros.conf:3 `name`".
  std::string text;  // Of a macro: empty.
  bool is_macro = false;
  size_t mutants = 0;             // That were run.
  size_t left_out = 0;            // Beyond the most that are.
  std::vector<Mutant> survivors;  // Of which no test tells.

  size_t noticed() const { return mutants - survivors.size(); }
};

// Runs the cases that passed with each mutant of their search, of these kinds; of all if none is
// named.
std::vector<MutatedSearch> RunMutants(const std::vector<TestCase>& cases,
                                      const std::vector<TestResult>& results,
                                      const std::vector<Mutant::Kind>& kinds,
                                      const TestRunOptions& options);

}  // namespace spelk::cli
