// Building operators and cutting them into stages.
#include "exec/pipeline.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/status.h"

namespace spelk::exec {

absl::StatusOr<std::unique_ptr<const Pipeline>> Pipeline::Build(const plan::Node& root,
                                                                const RunContext& run) {
  auto pipeline = std::make_unique<Pipeline>();
  pipeline->stages_.emplace_back();
  for (const plan::Node* node : plan::ChainOf(root)) {
    pipeline->nodes_.push_back(node);
    if (const auto* scan = plan::TryAs<plan::ScanNode>(node)) {
      pipeline->scan_ = scan;
      continue;
    }
    const plan::NodeEntry* entry = run.entries->Node(node->type().name);
    SPELK_CHECK(entry != nullptr && entry->build != nullptr);
    pipeline->operators_.push_back(entry->build(*node, run));
    const Operator* made = pipeline->operators_.back().get();
    Stage& stage = pipeline->stages_.back();
    if (const auto* streaming = dynamic_cast<const StreamingOperator*>(made)) {
      stage.streaming.push_back(streaming);
    } else if (const auto* sink = dynamic_cast<const SinkOperator*>(made)) {
      stage.sink = sink;
      pipeline->stages_.emplace_back();
    } else if (const auto* sequential = dynamic_cast<const SequentialOperator*>(made)) {
      stage.sequential = sequential;
      pipeline->stages_.emplace_back();
    } else {
      pipeline->source_ = dynamic_cast<const SourceOperator*>(made);
      SPELK_CHECK(pipeline->source_ != nullptr && node->input == nullptr);
    }
  }
  SPELK_CHECK((pipeline->scan_ != nullptr) != (pipeline->source_ != nullptr));
  return std::unique_ptr<const Pipeline>(std::move(pipeline));
}

std::string Pipeline::Print() const {
  std::string out;
  size_t stage = 1;
  size_t built = 0;
  for (const plan::Node* node : nodes_) {
    const char* kind = "source";
    bool ends = false;
    if (plan::TryAs<plan::ScanNode>(node) == nullptr) {
      const Operator* made = operators_[built++].get();
      if (dynamic_cast<const StreamingOperator*>(made) != nullptr) kind = "streaming";
      if (dynamic_cast<const SinkOperator*>(made) != nullptr) {
        kind = "sink";
        ends = true;
      }
      if (dynamic_cast<const SequentialOperator*>(made) != nullptr) {
        kind = "sequential";
        ends = true;
      }
    }
    const std::string details = node->Print();
    out += fmt::format("stage {}  {:<10}  {}{}{}\n", stage, kind, node->type().name,
                       details.empty() ? "" : "  ", details);
    if (ends) ++stage;
  }
  return out;
}

}  // namespace spelk::exec
