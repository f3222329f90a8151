// FlowChecker: wraps each operator of a run and holds it to what its node declares
// (plan::Dataflow).
//
// Each row gets a mark on its way in, by which it is known again on its way out. So it shows which
// fields changed though the node does not write them, which are missing though it makes them, and
// whether rows kept their order. A second operator of the same kind gets only the fields that the
// node says it needs, and must give the same; a third, if order is said not to matter, gets the
// rows the other way round.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "engine/test_hooks.h"
#include "exec/operator.h"
#include "plan/node.h"

namespace spelk::tests {

// For runs on one thread, with memory enough that nothing is spilled. Outlives the run.
class FlowChecker final : public exec::OperatorWrapper {
 public:
  exec::OperatorPtr Wrap(const plan::Node& node, exec::OperatorPtr made,
                         const exec::RunContext& run) const override;

  // What was found, each thing once.
  std::vector<std::string> violations() const;
  // Thread-safe.
  void Report(const plan::Node& node, const std::string& what) const;

 private:
  mutable std::mutex mutex_;
  mutable std::vector<std::string> violations_;
};

}  // namespace spelk::tests
