// Maps keyed by text that are looked up with std::string_view, without making a std::string.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/hash.h"

namespace spelk {

// Debian's Abseil knows its own string_view only, so its transparent hash does not take ours. The
// address makes the hash differ from run to run, so that nobody can choose keys that collide.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const {
    static const char kSalt = 0;
    return HashBytes(text, reinterpret_cast<uintptr_t>(&kSalt));
  }
};

template <class T>
using StringMap = absl::flat_hash_map<std::string, T, StringHash, std::equal_to<>>;
using StringSet = absl::flat_hash_set<std::string, StringHash, std::equal_to<>>;

}  // namespace spelk
