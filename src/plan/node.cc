// The flow that a node has if it says nothing of its own.
#include "plan/node.h"

#include <algorithm>

#include "plan/entry.h"

namespace spelk::plan {
namespace {

FieldSet SetOf(Fields fields) { return fields == Fields::kNone ? FieldSet() : FieldSet::All(); }

}  // namespace

Dataflow Node::GetDataflow() const {
  Dataflow flow;
  if (entry == nullptr) return flow;
  flow.reads = SetOf(entry->flow.reads);
  flow.writes = SetOf(entry->flow.writes);
  flow.passes = entry->flow.passes;
  flow.order = entry->flow.order;
  flow.runs = entry->runs;
  flow.results = entry->flow.results;
  return flow;
}

FieldSet Node::InputNeeds(const FieldSet& needed) const {
  const Dataflow flow = GetDataflow();
  if (!flow.passes) return flow.reads;
  FieldSet needs = needed;
  // What is overwritten on every row need not come from below; `reads` adds it back where it must.
  for (const Field field : flow.makes) needs.Remove(field);
  needs.Add(flow.reads);
  return needs;
}

bool Node::DependsOnOrder(const FieldSet&, bool) const {
  return GetDataflow().order == Order::kNeeds;
}

std::optional<std::vector<Field>> Node::OutputColumns(
    const std::optional<std::vector<Field>>& before) const {
  const Dataflow flow = GetDataflow();
  if (flow.columns || !flow.passes) return flow.columns;
  if (!before || flow.writes.open()) return std::nullopt;
  std::vector<Field> columns = *before;
  for (const Field field : flow.writes.fields()) {
    const bool made = std::find(flow.makes.begin(), flow.makes.end(), field) != flow.makes.end();
    if (!made) std::erase(columns, field);
  }
  for (const Field field : flow.makes) {
    if (std::find(columns.begin(), columns.end(), field) == columns.end()) columns.push_back(field);
  }
  return columns;
}

}  // namespace spelk::plan
