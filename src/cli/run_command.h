// spelk run and spelk explain.
#pragma once

#include <string>

#include "cli/options.h"

namespace spelk::cli {

struct RunArguments {
  SearchArguments search;
  std::string format;  // -o
  std::string output;  // -O
  std::string colour = "auto";
  bool stats = false;
  bool fail_on_hits = false;
  bool fail_if_empty = false;
};

struct ExplainArguments {
  SearchArguments search;
  std::string stage = "optimized";
};

// Each returns the exit code; see design.md, "Output".
int Run(const RunArguments& arguments);
int Explain(const ExplainArguments& arguments);
// Parses a search without running it: syntax errors, and macros that nobody defines as warnings.
int Check(const SearchArguments& arguments);

inline constexpr int kDone = 0;
inline constexpr int kAnswerIsNo = 1;
inline constexpr int kUsage = 2;
inline constexpr int kInputProblem = 3;
inline constexpr int kOurBug = 4;
inline constexpr int kInterrupted = 130;

}  // namespace spelk::cli
