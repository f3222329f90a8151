// What a node does by its dataflow, and the walk over plans.
#include "plan/node.h"

#include <algorithm>

#include "plan/entry.h"

namespace spelk::plan {
namespace {

void ForEachExpr(Expr& expr, const std::function<void(Expr&)>& visit) {
  visit(expr);
  for (const ExprPtr& argument : expr.arguments) ForEachExpr(*argument, visit);
}

// With the expressions of the nodes, and of the plans that these hold.
void ForEachPart(Node& root, const std::function<void(Node&)>& visit_node,
                 const std::function<void(Expr&)>& visit_expr) {
  ForEachNode(root, [&](Node& node) {
    visit_node(node);
    node.VisitExpressions([&](ExprPtr& expr) { ForEachExpr(*expr, visit_expr); });
  });
  ForEachHeldPlan(root, [&](Node& plan, Held) { ForEachPart(plan, visit_node, visit_expr); });
}

}  // namespace

std::vector<FieldSet> EachOf(const std::vector<Field>& fields) {
  std::vector<FieldSet> sets;
  for (const Field field : fields) sets.push_back(FieldSet::Of({field}));
  return sets;
}

std::string_view Node::label() const { return entry == nullptr ? type().name : entry->name; }

void ForEachNode(Node& root, const std::function<void(Node&)>& visit) {
  std::vector<Node*> chain;
  for (Node* node = &root; node != nullptr; node = node->input.get()) chain.push_back(node);
  for (const NodePtr& stream : chain.back()->streams) ForEachNode(*stream, visit);
  for (size_t i = chain.size(); i-- > 0;) visit(*chain[i]);
}

void ForEachNode(const Node& root, const std::function<void(const Node&)>& visit) {
  ForEachNode(const_cast<Node&>(root), [&](Node& node) { visit(node); });
}

void ForEachHeldPlan(Node& root, const std::function<void(Node& plan, Held how)>& visit) {
  ForEachNode(root, [&](Node& node) {
    node.VisitExpressions([&](ExprPtr& top) {
      ForEachExpr(*top, [&](Expr& expr) {
        if (expr.plan != nullptr) visit(*expr.plan, Held::kSubsearch);
      });
    });
    for (const NodePtr& other : node.others) visit(*other, Held::kOther);
    if (node.body != nullptr) visit(*node.body, Held::kBody);
  });
}

void ForEachHeldPlan(const Node& root,
                     const std::function<void(const Node& plan, Held how)>& visit) {
  ForEachHeldPlan(const_cast<Node&>(root), [&](Node& plan, Held how) { visit(plan, how); });
}

void ForEachId(const Node& root, const std::function<void(uint32_t id)>& visit) {
  ForEachPart(
      const_cast<Node&>(root), [&](Node& node) { visit(node.id); },
      [&](Expr& expr) { visit(expr.id); });
}

void NumberPlan(Node& root) {
  uint32_t last = 0;
  ForEachId(root, [&](uint32_t id) { last = std::max(last, id); });
  const auto number = [&](uint32_t& id) {
    if (id == 0) id = ++last;
  };
  ForEachPart(
      root, [&](Node& node) { number(node.id); }, [&](Expr& expr) { number(expr.id); });
}

FieldSet Node::InputNeeds(const FieldSet& needed) const {
  const Dataflow flow = GetDataflow();
  if (!flow.passes) return flow.reads;
  FieldSet needs = needed;
  // What is overwritten on every row need not come from below; `reads` adds it back where it must.
  needs.Remove(flow.makes);
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
  FieldSet removed = flow.writes;
  removed.Remove(flow.makes);
  FieldSet columns = FieldSet::Of(*before);
  columns.Remove(removed.fields());
  columns.Add(FieldSet::Of(flow.makes));
  return columns.fields();
}

}  // namespace spelk::plan
