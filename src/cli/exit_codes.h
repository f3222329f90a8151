// How the program ends; see "Exit codes" in the README.
#pragma once

namespace spelk::cli {

inline constexpr int kDone = 0;
inline constexpr int kAnswerIsNo = 1;
inline constexpr int kUsage = 2;
inline constexpr int kInputProblem = 3;
inline constexpr int kOurBug = 4;
inline constexpr int kInterrupted = 130;

}  // namespace spelk::cli
