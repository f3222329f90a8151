// The list of warnings.
#include "exec/run_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/diagnostics.h"

namespace spelk::exec {

void RunWarnings::Add(std::string message) {
  const std::lock_guard lock(mutex_);
  if (std::find(messages_.begin(), messages_.end(), message) == messages_.end()) {
    messages_.push_back(std::move(message));
  }
}

void RunWarnings::Add(ErrorCode code, std::string_view message) {
  Add(fmt::format("warning {}: {}", CodeText(code), message));
}

std::vector<std::string> RunWarnings::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

std::vector<std::string> RunWarnings::messages() {
  const std::lock_guard lock(mutex_);
  return messages_;
}

}  // namespace spelk::exec
