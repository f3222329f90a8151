// The optimizer: named passes in a fixed order, each of which can be switched off without changing
// the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "plan/eval/evaluator.h"
#include "plan/event_layout.h"
#include "plan/nodes.h"

namespace spelk::optimize {

// What is known of the feed when a plan is optimized for a run.
struct FeedFacts {
  const std::vector<plan::EventLayout>* shapes = nullptr;
  std::vector<std::string>
      sources;  // What an event's `source` may be if it has none: the inputs' paths.
  std::vector<std::string> sourcetypes;  // Likewise; none: such events have none.
  bool renames_sourcetypes = false;      // Some are shown under another name.
  bool newest_first = true;              // The order of events; false: as they come.
  bool always_ordered = false;           // Even where nothing in the plan depends on it.
  bool known = false;  // False before the inputs are known: nothing may be concluded from them.
};

// Gives the rules by which knowledge adds some fields, and the fields these read, in the order of
// application.
class KnowledgeColumns {
 public:
  virtual ~KnowledgeColumns() = default;
  virtual absl::StatusOr<plan::ComputedColumnsList> RulesFor(const plan::FieldSet& needs) const = 0;
  // The conditions, each with a text that tells it from others, under which rules give an event an
  // event type or a tag (fields eventtype, tag, tag::FIELD) that the pattern takes.
  virtual absl::StatusOr<std::vector<std::pair<std::string, plan::ExprPtr>>> ConditionsOf(
      std::string_view field, std::string_view pattern) const = 0;
};

// What a target of events wants: their lines, all their fields as columns, or `_raw` alone. Results
// are always columns.
enum class ResultForm : uint8_t { kEventLines, kColumns, kRaw };

struct OptimizeContext {
  FieldTable* fields = nullptr;
  const plan::Registry* entries = nullptr;
  const plan::EvalEnvironment* evaluation = nullptr;
  const FeedFacts* feed = nullptr;
  const KnowledgeColumns* rules = nullptr;  // May be null.
  ResultForm form = ResultForm::kEventLines;
  std::vector<std::string> disabled;  // Names of passes to leave out.
  // What is read after the plan's root, where the plan is a part of another: a stream that is
  // united with others, a body.
  std::optional<plan::FieldSet> needs;
};

struct PassInfo {
  std::string_view name;
  std::string_view summary;
};
// The optional passes, in the order in which they run.
const std::vector<PassInfo>& Passes();

// How the result is ordered, and which command needs that.
struct OrderReport {
  bool newest_first = false;
  std::string needed_by;
};

// Makes a plan ready to build: fields are assigned to the scan, knowledge is inlined, order is
// provided where it is needed, and the optional passes run. Internal if a pass breaks the plan.
absl::StatusOr<OrderReport> Optimize(plan::NodePtr* root, const OptimizeContext& context);

}  // namespace spelk::optimize
