// Location paths that a function gets as arguments.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "io/json_path.h"
#include "plan/eval/call.h"

namespace spelk::functions {

// Each is parsed anew only when it changes from one row to the next.
class PathArguments final : public plan::Prepared {
 public:
  // For FunctionEntry::prepare.
  static absl::StatusOr<std::unique_ptr<plan::Prepared>> Make(
      std::span<const Value* const> constants) {
    auto paths = std::make_unique<PathArguments>();
    paths->known_.resize(constants.size());
    return paths;
  }

  // The path that an argument is.
  const io::LocationPath& Find(size_t argument, std::string_view text) {
    Known& known = known_[argument];
    if (!known.parsed || text != known.text) {
      known = {std::string(text), io::LocationPath(text), true};
    }
    return known.path;
  }

 private:
  struct Known {
    std::string text;
    io::LocationPath path;
    bool parsed = false;
  };
  std::vector<Known> known_;
};

}  // namespace spelk::functions
