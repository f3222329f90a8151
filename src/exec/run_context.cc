// The list of warnings.
#include "exec/run_context.h"

#include <algorithm>
#include <utility>

namespace spelk::exec {

void RunWarnings::Add(ErrorCode code, std::string message, std::vector<std::string> notes) {
  Add({code, Severity::kWarning, Span(), std::move(message), std::move(notes)});
}

void RunWarnings::Add(Diagnostic warning) {
  const std::lock_guard lock(mutex_);
  const bool known =
      std::any_of(warnings_.begin(), warnings_.end(), [&warning](const Diagnostic& other) {
        return other.code == warning.code && other.message == warning.message;
      });
  if (!known) warnings_.push_back(std::move(warning));
}

std::vector<Diagnostic> RunWarnings::Take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

std::vector<Diagnostic> RunWarnings::all() {
  const std::lock_guard lock(mutex_);
  return warnings_;
}

}  // namespace spelk::exec
