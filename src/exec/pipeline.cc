// Building operators and cutting them into stages.
#include "exec/pipeline.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/status.h"
#include "exec/core.h"

namespace spelk::exec {
namespace {

using plan::Runs;

std::string_view NameOf(Runs runs) {
  switch (runs) {
    case Runs::kStreaming:
      return "streaming";
    case Runs::kSink:
      return "sink";
    case Runs::kSequential:
      return "sequential";
    case Runs::kSource:
      return "source";
  }
  return "";
}

Runs KindOf(const Operator& made) {
  if (dynamic_cast<const StreamingOperator*>(&made) != nullptr) return Runs::kStreaming;
  if (dynamic_cast<const SinkOperator*>(&made) != nullptr) return Runs::kSink;
  if (dynamic_cast<const SequentialOperator*>(&made) != nullptr) return Runs::kSequential;
  return Runs::kSource;
}

}  // namespace

absl::StatusOr<const Operator*> Pipeline::Make(const plan::Node& node) {
  const plan::NodeEntry* entry = run_.entries->Node(node.type().name);
  SPELK_CHECK(entry != nullptr && entry->build != nullptr);
  OperatorPtr made = entry->build(node, run_);
  if (run_.wrapper != nullptr) made = run_.wrapper->Wrap(node, std::move(made), run_);
  operators_.push_back(std::move(made));
  return operators_.back().get();
}

absl::Status Pipeline::AddFronts(const plan::Node& source) {
  if (const auto* scan = plan::TryAs<plan::ScanNode>(&source)) {
    fronts_.push_back({scan, {}});
    return absl::OkStatus();
  }
  if (plan::TryAs<plan::RowsNode>(&source) != nullptr) return absl::OkStatus();
  if (plan::TryAs<plan::UniteNode>(&source) == nullptr) {
    SPELK_ASSIGN_OR_RETURN(const Operator* made, Make(source));
    source_ = {dynamic_cast<const SourceOperator*>(made), &source};
    SPELK_CHECK(source_.op != nullptr);
    return absl::OkStatus();
  }
  for (const plan::NodePtr& stream : source.streams) {
    Front front;
    for (const plan::Node* node : plan::ChainOf(*stream)) {
      if (const auto* scan = plan::TryAs<plan::ScanNode>(node)) {
        front.scan = scan;
        continue;
      }
      SPELK_ASSIGN_OR_RETURN(const Operator* made, Make(*node));
      const auto* streaming = dynamic_cast<const StreamingOperator*>(made);
      SPELK_CHECK(streaming != nullptr);  // The binder lets no others in.
      front.streaming.push_back({streaming, node});
    }
    SPELK_CHECK(front.scan != nullptr);
    fronts_.push_back(std::move(front));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const Pipeline>> Pipeline::Build(const plan::Node& root,
                                                                const RunContext& run) {
  std::unique_ptr<Pipeline> pipeline(new Pipeline(run));
  pipeline->stages_.emplace_back();
  std::optional<std::vector<Field>> columns;
  for (const plan::Node* node : plan::ChainOf(root)) {
    pipeline->nodes_.push_back(node);
    pipeline->PlaceKnownColumns(*node, &columns);
    if (node->input == nullptr) {
      SPELK_RETURN_IF_ERROR(pipeline->AddFronts(*node));
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(const Operator* made, pipeline->Make(*node));
    const Runs kind = KindOf(*made);
    // An operator that runs otherwise than its node says would get rows in an order, or on a
    // thread, that the plan has not provided for.
    SPELK_CHECK(kind == node->GetDataflow().runs);
    Stage& stage = pipeline->stages_.back();
    if (kind == Runs::kStreaming) {
      stage.streaming.push_back({static_cast<const StreamingOperator*>(made), node});
      continue;
    }
    if (kind == Runs::kSink) stage.sink = {static_cast<const SinkOperator*>(made), node};
    if (kind == Runs::kSequential) {
      stage.sequential = {static_cast<const SequentialOperator*>(made), node};
    }
    pipeline->stages_.emplace_back();
  }
  return std::unique_ptr<const Pipeline>(std::move(pipeline));
}

// Where a node adds columns that the plan does not know, those that it knows keep their places.
void Pipeline::PlaceKnownColumns(const plan::Node& node,
                                 std::optional<std::vector<Field>>* columns) {
  const bool known = columns->has_value();
  std::optional<std::vector<Field>> after = plan::ColumnsAfter(node, *columns);
  if (known && !after && node.GetDataflow().passes) {
    placers_.push_back(MakePlaceColumns(std::move(**columns)));
    stages_.back().streaming.push_back({placers_.back().get(), nullptr});
  }
  *columns = std::move(after);
}

std::string Pipeline::Print() const {
  std::string out;
  size_t stage = 1;
  for (const plan::Node* node : nodes_) {
    const Runs runs = node->GetDataflow().runs;
    for (const plan::NodePtr& stream : node->streams) {
      for (const plan::Node* each : plan::ChainOf(*stream)) {
        const std::string details = each->Print();
        out += fmt::format("stage {}  {:<10}  | {}{}{}\n", stage, NameOf(each->GetDataflow().runs),
                           each->type().name, details.empty() ? "" : "  ", details);
      }
    }
    const std::string details = node->Print();
    out += fmt::format("stage {}  {:<10}  {}{}{}\n", stage, NameOf(runs), node->type().name,
                       details.empty() ? "" : "  ", details);
    if (runs == Runs::kSink || runs == Runs::kSequential) ++stage;
  }
  return out;
}

}  // namespace spelk::exec
