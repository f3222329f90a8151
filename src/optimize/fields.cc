// Which fields the scan reads, what knowledge adds to them, and in which order events come.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "optimize/passes.h"
#include "plan/entry.h"

namespace spelk::optimize {

plan::FieldSet NeedsOfResult(const plan::Node& root, const OptimizeContext& context) {
  if (context.needs) return *context.needs;
  const plan::OutputShape shape = plan::ShapeOf(root);
  plan::FieldSet needs;
  if (context.form == ResultForm::kRaw) {
    needs.Add(context.fields->Intern("_raw"));
    return needs;
  }
  if (shape.events && context.form == ResultForm::kEventLines) {
    needs.Add(hidden::kLine);
    for (const Field field : shape.made) needs.Add(field);
    return needs;
  }
  if (shape.columns) return plan::FieldSet::Of(*shape.columns);
  needs.AddAll();
  return needs;
}

plan::FieldSet NeedsOfSource(const plan::Node& root, const OptimizeContext& context) {
  plan::FieldSet needs = NeedsOfResult(root, context);
  for (const plan::Node* node = &root; node->input != nullptr; node = node->input.get()) {
    needs = node->InputNeeds(needs);
  }
  return needs;
}

absl::Status AssignFields(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr) return absl::OkStatus();
  const plan::FieldSet needs = NeedsOfSource(**root, context);
  // Everything is read unless the projection pass narrows it; fields by name are listed all the
  // same, as knowledge may have to add them.
  for (const Field field : needs.fields()) {
    // Where fields are taken by pattern, whole events are gone through anyway.
    const bool apart = !needs.open() && field.name().starts_with(plan::kPartialPrefix);
    std::vector<Field>& fields = apart ? scan->partials : scan->fields;
    if (std::find(fields.begin(), fields.end(), field) == fields.end()) fields.push_back(field);
  }
  // Events whose fields may all have changed are compared with what was read of them: that must
  // not depend on the pass.
  const bool compared = needs.Has(hidden::kLine) && plan::ShapeOf(**root).open;
  scan->all_fields = !compared || needs.all();
  scan->patterns = needs.patterns();
  return absl::OkStatus();
}

absl::Status NarrowScan(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr) return absl::OkStatus();
  const plan::FieldSet needs = NeedsOfSource(**root, context);
  scan->all_fields = needs.all();
  scan->patterns = needs.patterns();
  return absl::OkStatus();
}

namespace {

// The fields of partial rows, which statistics read where there are any.
void RemovePartial(plan::FieldSet* set) {
  const std::vector<Field> fields = set->fields();
  for (const Field field : fields) {
    if (field.name().starts_with(plan::kPartialPrefix)) set->Remove(field);
  }
}

}  // namespace

absl::Status InlineKnowledge(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr || context.rules == nullptr) return absl::OkStatus();
  plan::FieldSet needs = NeedsOfSource(**root, context);
  RemovePartial(&needs);  // No knowledge makes them.
  for (const Field field : scan->fields) needs.Add(field);
  if (scan->predicate != nullptr) CollectMadeFields(*scan->predicate, &needs);
  SPELK_ASSIGN_OR_RETURN(scan->rules, context.rules->RulesFor(needs));
  for (const plan::ComputedColumns& rule : scan->rules) {
    for (const Field target : rule.listed) {
      const bool known =
          std::find(scan->fields.begin(), scan->fields.end(), target) != scan->fields.end();
      if (!known) scan->fields.push_back(target);
    }
  }
  return absl::OkStatus();
}

absl::Status MaterializeLate(plan::NodePtr* root, const OptimizeContext&) {
  if (plan::ScanNode* scan = plan::ScanOf(**root)) scan->late = true;
  return absl::OkStatus();
}

namespace {

// For each node from the root on, whether what is seen of its rows depends on the order of its
// input: computed backwards from the output.
std::vector<bool> OrderNeeds(const plan::Node& root, const OptimizeContext& context) {
  std::vector<bool> needs;
  plan::FieldSet needed = NeedsOfResult(root, context);
  bool ignored = false;
  for (const plan::Node* node = &root; node->input != nullptr; node = node->input.get()) {
    RemovePartial(&needed);  // That they may come is no reason to put all rows into an order.
    needs.push_back(node->DependsOnOrder(needed, ignored));
    const plan::Order order = node->GetDataflow().order;
    if (needs.back()) {
      ignored = false;
    } else if (order == plan::Order::kDestroys || order == plan::Order::kIgnores) {
      ignored = true;
    }
    needed = node->InputNeeds(needed);
  }
  return needs;
}

void ReadTime(plan::ScanNode* scan) {
  std::vector<Field>& fields = scan->fields;
  if (std::find(fields.begin(), fields.end(), hidden::kTime) == fields.end()) {
    fields.push_back(hidden::kTime);
  }
}

void PutNewestFirst(plan::NodePtr* above, Span span) {
  auto order = plan::Make<plan::TimeSortNode>(span);
  order->input = std::move(*above);
  *above = std::move(order);
}

}  // namespace

absl::StatusOr<OrderReport> ProvideOrder(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  OrderReport report;
  // In a sequence rows have their place; events have none until somebody needs it, and rows of
  // streams that unite have none but that of their streams.
  const bool unites = plan::TryAs<plan::UniteNode>(plan::ChainOf(**root).front()) != nullptr;
  bool sequence = !unites && (scan == nullptr || !context.feed->newest_first);
  std::vector<plan::NodePtr*> places;
  for (plan::NodePtr* at = root; *at != nullptr; at = &(*at)->input) places.push_back(at);
  const std::vector<bool> needs = OrderNeeds(**root, context);
  // From the source up; inserting a node above a place does not move the places above it.
  for (size_t i = places.size() - 1; i-- > 0;) {
    plan::Node& node = **places[i];
    if (auto* limit = plan::TryAs<plan::LimitNode>(&node)) {
      limit->ordered_input = sequence || !needs[i];
    }
    const plan::Dataflow flow = node.GetDataflow();
    if (flow.order == plan::Order::kKeeps) continue;
    if (needs[i] && !sequence) {
      if (!report.newest_first) {
        report = {true, std::string(node.label())};
      }
      if (scan != nullptr) ReadTime(scan);
      if (flow.keeps_order) continue;
      if (flow.runs != plan::Runs::kSink) PutNewestFirst(&node.input, node.span);
    }
    if (!flow.keeps_order) sequence = true;
  }
  if (!sequence && (context.feed->always_ordered || unites)) {
    if (scan != nullptr) ReadTime(scan);
    PutNewestFirst(root, (*root)->span);
    if (!report.newest_first) {
      report = {true,
                unites ? std::string(plan::ChainOf(**root).front()->label()) : "--order time"};
    }
  }
  return report;
}

absl::Status Verify(const plan::Node& root) {
  absl::Status status;
  plan::ForEachNode(root, [&](const plan::Node& node) {
    const bool is_source = node.GetDataflow().runs == plan::Runs::kSource;
    if (is_source != (node.input == nullptr)) {
      status.Update(CheckFailed("sources alone have no input", __FILE__, __LINE__));
    }
    const_cast<plan::Node&>(node).VisitExpressions([&](plan::ExprPtr& expr) {
      if (expr == nullptr) status.Update(CheckFailed("expressions are set", __FILE__, __LINE__));
    });
  });
  return status;
}

}  // namespace spelk::optimize
