// Limits: what Splunk cuts or refuses by number. The one table of them; commands get their values
// from the services of a plan and name a limit that cut something.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plan/services.h"

namespace spelk::plan {

enum class LimitId : uint8_t {
#define SPELK_LIMIT(Id, stanza, name, fallback, cuts, page) k##Id,
#include "plan/limits.inc"
#undef SPELK_LIMIT
  kCount,
};

struct Limit {
  LimitId id;
  std::string_view stanza;  // Of limits.conf; for the default of an argument the command.
  std::string_view name;
  int64_t fallback = 0;   // What holds where nobody sets it; 0: no limit.
  std::string_view cuts;  // What it does, for people.
  std::string_view page;  // Where Splunk documents it.
};

#define SPELK_LIMIT(Id, stanza, name, fallback, cuts, page) \
  inline constexpr Limit k##Id{LimitId::k##Id, stanza, name, fallback, cuts, page};
#include "plan/limits.inc"
#undef SPELK_LIMIT

// All of them, by LimitId.
inline constexpr std::array<Limit, static_cast<size_t>(LimitId::kCount)> kLimits = {{
#define SPELK_LIMIT(Id, stanza, name, fallback, cuts, page) k##Id,
#include "plan/limits.inc"
#undef SPELK_LIMIT
}};

// A limit of Splunk's that nothing here applies, and why.
struct UnappliedLimit {
  std::string_view stanza;
  std::string_view name;
  std::string_view why;
};
inline constexpr UnappliedLimit kUnappliedLimits[] = {
#define SPELK_UNAPPLIED_LIMIT(stanza, name, why) {stanza, name, why},
#include "plan/unapplied_limits.inc"
#undef SPELK_UNAPPLIED_LIMIT
};

// The value of a limit that is lifted.
inline constexpr int64_t kNoLimit = INT64_MAX;

// What holds for the queries of an engine. Immutable, shared between threads.
class Limits {
 public:
  virtual ~Limits() = default;
  // Never negative; kNoLimit where there is none.
  virtual int64_t Get(const Limit& limit) const = 0;
};

// The value as a number of rows and the like; UINT64_MAX where there is no limit. Without a service
// the fallback holds.
inline uint64_t MostOf(const Limits* limits, const Limit& limit) {
  int64_t most = limit.fallback == 0 ? kNoLimit : limit.fallback;
  if (limits != nullptr) most = limits->Get(limit);
  return most == kNoLimit ? UINT64_MAX : static_cast<uint64_t>(most);
}

// "join.subsearch_maxout": what options and warnings call it.
inline std::string NameOf(const Limit& limit) {
  return std::string(limit.stanza) + "." + std::string(limit.name);
}
// " (limit join.subsearch_maxout)": the end of a warning.
inline std::string CutBy(const Limit& limit) { return " (limit " + NameOf(limit) + ")"; }

}  // namespace spelk::plan
