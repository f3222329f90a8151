// What stands for a command whose subsearches have not run, where a plan is only shown.
#include "exec/core.h"

namespace spelk::exec {
namespace {

class Deferred final : public Sequential<NoState> {
 public:
  absl::StatusOr<NoState> NewState() const override { return NoState(); }
  absl::StatusOr<Demand> Process(Batch, NoState&, Output&) const override {
    return absl::InternalError("a command runs before its subsearches");
  }
};

class DeferredSource final : public SourceOperator {
 public:
  absl::Status Produce(Output&) const override {
    return absl::InternalError("a command runs before its subsearches");
  }
};

}  // namespace

OperatorPtr BuildDeferred(const plan::Node& node, const RunContext&) {
  if (plan::As<plan::DeferredNode>(node).generates) return std::make_unique<DeferredSource>();
  return std::make_unique<Deferred>();
}

}  // namespace spelk::exec
