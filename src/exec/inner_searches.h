// InnerSearches: what runs texts for map and foreach, where it is to be known what of the search
// stands where in them: their work is counted by that.
#pragma once

#include "absl/status/statusor.h"
#include "exec/run_context.h"
#include "plan/filled_text.h"
#include "plan/node.h"
#include "plan/services.h"

namespace spelk::exec {

class InnerSearches : public plan::SearchRunner {
 public:
  virtual absl::Status RunFilled(const plan::FilledText& text, const plan::TakeBatch& take) = 0;
  struct Body {
    plan::NodePtr plan;
    const RunContext* run = nullptr;  // What its operators are built with.
  };
  virtual absl::StatusOr<Body> BindFilled(const plan::FilledText& text) = 0;
};

// That of the run. All runs have one.
inline InnerSearches& InnerSearchesOf(const RunContext& run) {
  return static_cast<InnerSearches&>(*run.services.searches);
}

}  // namespace spelk::exec
