// Maps keyed by text that are looked up with std::string_view, without making a std::string.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace spelk {

// Debian's Abseil knows its own string_view only, so its transparent hash does not take ours.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    return absl::Hash<std::pair<size_t, std::u8string_view>>{}(
        {text.size(), {reinterpret_cast<const char8_t*>(text.data()), text.size()}});
  }
};

template <class T>
using StringMap = absl::flat_hash_map<std::string, T, StringHash, std::equal_to<>>;
using StringSet = absl::flat_hash_set<std::string, StringHash, std::equal_to<>>;

}  // namespace spelk
