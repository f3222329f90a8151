// LimitSettings: what the limits.conf of apps, and options, make of the limits.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "knowledge/conf.h"
#include "plan/limits.h"

namespace spelk::knowledge {

class LimitSettings final : public plan::Limits {
 public:
  LimitSettings();

  // Settings of limits that are known; 0 lifts one. InvalidArgument, with file and line, for one
  // that is no whole number.
  absl::Status Load(const Conf& conf);
  void LiftAll() { values_.fill(plan::kNoLimit); }
  // "join.subsearch_maxout=100"; 0 or none lifts it. InvalidArgument for other texts, names that
  // are not known, with the nearest, and limits that are not applied.
  absl::Status Set(const std::string& setting);
  int64_t Get(const plan::Limit& limit) const override {
    return values_[static_cast<size_t>(limit.id)];
  }

 private:
  std::array<int64_t, plan::kLimits.size()> values_;
};

}  // namespace spelk::knowledge
