// The list of warnings.
#include "exec/run_context.h"

#include <algorithm>
#include <utility>

namespace spelk::exec {

void RunWarnings::Add(std::string message) {
  const std::lock_guard lock(mutex_);
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) {
    messages_.push_back(std::move(message));
  }
}

std::vector<std::string> RunWarnings::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

}  // namespace spelk::exec
