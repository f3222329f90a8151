// Gathering names and texts out of a plan.
#include "engine/event_view.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace spelk::engine {
namespace {

// Shown first anyway, or the same for every event.
constexpr std::array<std::string_view, 8> kNotNamed = {
    "_time", "host", "index", "source", "sourcetype", "splunk_server", "_raw", "linecount"};

void AddPieces(std::string_view field, std::string_view pattern, std::vector<io::Light>* lights) {
  constexpr size_t kMostLights = 200;
  while (!pattern.empty() && lights->size() < kMostLights) {
    const size_t star = std::min(pattern.find('*'), pattern.size());
    if (star > 0) lights->push_back({std::string(field), std::string(pattern.substr(0, star))});
    pattern.remove_prefix(std::min(star + 1, pattern.size()));
  }
}

// What stands in an event that is found; what stands under a NOT does not.
void AddLights(const plan::Expr& expr, std::vector<io::Light>* lights) {
  switch (expr.kind) {
    case plan::ExprKind::kAnd:
    case plan::ExprKind::kOr:
      for (const plan::ExprPtr& argument : expr.arguments) AddLights(*argument, lights);
      return;
    case plan::ExprKind::kMatch:
    case plan::ExprKind::kMatchAny:
      if (expr.op != CompareOp::kEqual || expr.field.hidden()) return;
      for (const plan::Pattern& pattern : expr.patterns) {
        AddPieces(expr.field.name(), pattern.text, lights);
      }
      return;
    case plan::ExprKind::kTerm:
      for (const plan::Pattern& pattern : expr.patterns) AddPieces("", pattern.text, lights);
      return;
    default:
      return;
  }
}

// The fields that a plan names, from its source on.
std::vector<Field> NamedFields(const plan::Node& root) {
  plan::FieldSet named;
  for (const plan::Node* node : plan::ChainOf(root)) {
    const plan::ScanNode* scan = plan::TryAs<plan::ScanNode>(node);
    if (scan != nullptr && scan->predicate != nullptr) {
      plan::CollectFields(*scan->predicate, &named);
    }
    if (scan != nullptr) continue;
    const plan::Dataflow flow = node->GetDataflow();
    for (const Field field : flow.reads.fields()) named.Add(field);
    for (const Field field : flow.makes) named.Add(field);
  }
  return named.fields();
}

}  // namespace

namespace {

std::unique_ptr<plan::ProjectNode> NamedColumns(const Core& core, const plan::Node& plan) {
  auto project = plan::Make<plan::ProjectNode>(plan.span);
  for (const std::string_view name : {"_time", "host"}) {
    project->names.push_back(core.fields().Intern(name));
  }
  for (const Field field : NamedFields(plan)) {
    const bool known =
        std::find(kNotNamed.begin(), kNotNamed.end(), field.name()) != kNotNamed.end();
    if (!field.hidden() && !known) project->names.push_back(field);
  }
  return project;
}

}  // namespace

plan::NodePtr MakeNamedColumns(const Core& core, const plan::Node& plan) {
  std::unique_ptr<plan::ProjectNode> project = NamedColumns(core, plan);
  project->input = plan::CopyPlan(plan, core.fields(), core.entries());
  return project;
}

EventView MakeEventView(const Core& core, const plan::Node& plan) {
  EventView view;
  std::unique_ptr<plan::ProjectNode> project = NamedColumns(core, plan);
  for (const Field field : project->names) view.first.emplace_back(field.name());
  project->names.push_back(core.fields().Intern("*"));
  project->input = plan::CopyPlan(plan, core.fields(), core.entries());
  view.plan = std::move(project);
  const plan::ScanNode* scan = plan::ScanOf(plan);
  if (scan != nullptr && scan->predicate != nullptr) AddLights(*scan->predicate, &view.lights);
  return view;
}

}  // namespace spelk::engine
