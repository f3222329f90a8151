// The message of a broken check.
#include "base/check.h"

#include <fmt/format.h>

#include <string_view>

namespace spelk {

absl::Status CheckFailed(const char* condition, const char* file, int line) {
  std::string_view path(file);
  if (const size_t src = path.rfind("src/"); src != std::string_view::npos) path.remove_prefix(src);
  return absl::InternalError(fmt::format(
      "this is a bug in spelk, please report it: {} does not hold ({}:{})", condition, path, line));
}

}  // namespace spelk
