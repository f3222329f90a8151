// LimitSettings: what the limits.conf of apps make of spelk's limits.
#pragma once

#include "absl/status/status.h"
#include "base/string_map.h"
#include "knowledge/conf.h"
#include "plan/limits.h"

namespace spelk::knowledge {

class LimitSettings final : public plan::Limits {
 public:
  // InvalidArgument, with file and line, for a known limit that is no whole number.
  absl::Status Load(const Conf& conf);
  int64_t Get(const plan::Limit& limit) const override;

 private:
  StringMap<int64_t> by_name_;  // "stanza/name"
};

}  // namespace spelk::knowledge
