// SPELK_CHECK: what must hold if our own code is right. A broken check is an Internal error that
// names its place and asks for a report; it never ends the process.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace spelk {

// The Internal error of a broken check.
absl::Status CheckFailed(const char* condition, const char* file, int line);

}  // namespace spelk

#define SPELK_CHECK(condition)                                     \
  do {                                                             \
    if (!(condition)) [[unlikely]] {                               \
      return ::spelk::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                              \
  } while (false)
