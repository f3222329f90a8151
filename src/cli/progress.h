// ProgressLine: one line on a terminal that says how far a run is.
#pragma once

#include <mutex>

#include "spelk/engine.h"

namespace spelk::cli {

// Shows nothing in the first second, and nothing at all without a terminal.
class ProgressLine {
 public:
  explicit ProgressLine(bool enabled);
  void Show(const Progress& progress);
  // Wipes the line, so that what follows stands alone. May be called by another thread than Show.
  void Clear();

 private:
  const bool enabled_;
  const double start_;
  std::mutex mutex_;
  double shown_ = 0;
  bool visible_ = false;
};

}  // namespace spelk::cli
