// Trials: plans that run over the same events, in one pass, for what they tell.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "engine/run.h"
#include "engine/why/field_profile.h"

namespace spelk::engine {

class Trials {
 public:
  // The request and the core outlive it.
  Trials(const Core& core, const RunRequest& request);

  // Adds a plan to the next pass; what is returned names the trial. Its rows are counted, and those
  // of its stages and expressions.
  size_t Count(plan::NodePtr plan);
  // Likewise; which fields and values its rows have is kept.
  size_t Profile(plan::NodePtr plan, bool keep_first_row = false);

  // Runs those that were added since. Each may fail by itself.
  absl::Status Run();
  const absl::Status& status(size_t trial) const { return trials_[trial].status; }
  const Summary& summary(size_t trial) const { return trials_[trial].summary; }
  std::unique_ptr<FieldProfile> TakeProfile(size_t trial);
  // Runs plans that come in pairs, which have the same rows with other fields; into the places from
  // 1 on: what both of a pair tell, null where one of them fails.
  void ProfilePairs(std::vector<plan::NodePtr> plans,
                    std::vector<std::unique_ptr<FieldProfile>>* profiles);

 private:
  struct Trial {
    plan::NodePtr plan;
    std::unique_ptr<FieldProfile> profile;  // Null for those that count.
    std::unique_ptr<RowSink> counter;
    Summary summary;
    absl::Status status;
  };

  const Core& core_;
  RunRequest request_;
  std::deque<Trial> trials_;
  size_t run_ = 0;  // How many of them were run.
};

}  // namespace spelk::engine
