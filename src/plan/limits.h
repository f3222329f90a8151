// Limits: the settings of limits.conf that spelk knows, with what holds where nobody sets them.
#pragma once

#include <cstdint>
#include <string_view>

namespace spelk::plan {

struct Limit {
  std::string_view stanza;
  std::string_view name;
  int64_t fallback = 0;
};

// The one table of defaults: Admin Manual, limits.conf.
#define SPELK_LIMIT(Name, stanza, name, fallback) \
  inline constexpr Limit k##Name{stanza, name, fallback};
#include "plan/limits.inc"
#undef SPELK_LIMIT

// What app folders make of the limits. Immutable, shared between threads.
class Limits {
 public:
  virtual ~Limits() = default;
  virtual int64_t Get(const Limit& limit) const = 0;
};

}  // namespace spelk::plan
