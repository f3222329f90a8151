// What the planner's own nodes do to fields and order.
#include "plan/nodes.h"

#include <algorithm>
#include <utility>

#include "plan/entry.h"

namespace spelk::plan {
namespace {

// A node that works row by row and passes everything.
Dataflow RowFlow() {
  Dataflow flow;
  flow.reads = FieldSet();
  flow.writes = FieldSet();
  flow.order = Order::kKeeps;
  flow.runs = Runs::kStreaming;
  flow.results = false;
  return flow;
}

void AddName(Field name, FieldSet* set) {
  if (IsPattern(name.name())) {
    set->AddPattern(std::string(name.name()));
  } else {
    set->Add(name);
  }
}

}  // namespace

AggregateCall CopyCall(const AggregateCall& call) {
  AggregateCall copy;
  copy.function = call.function;
  copy.number = call.number;
  copy.field = call.field;
  if (call.expression != nullptr) copy.expression = Copy(*call.expression);
  copy.pattern = call.pattern;
  copy.output = call.output;
  copy.output_pattern = call.output_pattern;
  copy.is_sparkline = call.is_sparkline;
  copy.spark_span = call.spark_span;
  copy.partials = call.partials;
  copy.span = call.span;
  return copy;
}

std::string_view NameOf(ProjectMode mode) {
  switch (mode) {
    case ProjectMode::kKeep:
      return "keep";
    case ProjectMode::kRemove:
      return "remove";
    case ProjectMode::kTable:
      return "table";
  }
  return "";
}

std::string_view NameOf(SortBy by) {
  switch (by) {
    case SortBy::kAuto:
      return "auto";
    case SortBy::kNumber:
      return "num";
    case SortBy::kText:
      return "str";
    case SortBy::kAddress:
      return "ip";
  }
  return "";
}

Dataflow ScanNode::GetDataflow() const {
  Dataflow flow;
  flow.reads = FieldSet();
  flow.passes = false;
  flow.order = Order::kKeeps;
  flow.runs = Runs::kSource;
  flow.results = false;
  return flow;
}

Dataflow RowsNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.runs = Runs::kSource;
  return flow;
}

Dataflow UniteNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.runs = Runs::kSource;
  return flow;
}

Dataflow TimeSortNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.reads.Add(hidden::kTime);
  flow.order = Order::kDestroys;
  flow.runs = Runs::kSink;
  return flow;
}

Dataflow OrdinalityNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.writes.Add(hidden::kRow);
  flow.runs = Runs::kSequential;
  return flow;
}

Dataflow StripImplicitNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.reads.Add(hidden::kImplicit);
  flow.writes = FieldSet::Of(fields);
  return flow;
}

Dataflow FilterNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  CollectFields(*predicate, &flow.reads);
  return flow;
}

bool ExtendNode::WellFormed(const Registry&) const {
  return std::all_of(assignments.begin(), assignments.end(), [](const NamedExpr& each) {
    return each.name_fields.empty() ? static_cast<bool>(each.target)
                                    : each.name_texts.size() == each.name_fields.size() + 1;
  });
}

Dataflow ExtendNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  FieldSet made;
  for (const NamedExpr& assignment : assignments) {
    FieldSet read = FieldSet::Of(assignment.name_fields);
    CollectFields(*assignment.value, &read);
    for (const Field field : assignment.name_fields) read.Add(field);
    for (const Field field : read.fields()) {
      if (!made.Has(field)) flow.reads.Add(field);  // Earlier assignments give the others.
    }
    if (assignment.name_fields.empty()) {
      if (!made.Names(assignment.target)) flow.makes.push_back(assignment.target);
      made.Add(assignment.target);
      flow.writes.Add(assignment.target);
      continue;
    }
    flow.writes.AddAll();
  }
  return flow;
}

Dataflow ProjectNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.results = !names.empty();
  for (const Field name : names) {
    if (mode == ProjectMode::kRemove) AddName(name, &flow.writes);
  }
  if (mode != ProjectMode::kRemove) flow.lists = names;
  if (mode != ProjectMode::kTable) return flow;
  flow.passes = false;
  flow.writes.AddAll();
  for (const Field name : names) AddName(name, &flow.reads);
  const bool known =
      std::none_of(names.begin(), names.end(), [](Field name) { return IsPattern(name.name()); });
  if (known) {
    flow.columns = FieldSet::Of(names).fields();
  }
  return flow;
}

FieldSet ProjectNode::InputNeeds(const FieldSet& needed) const {
  if (mode == ProjectMode::kTable) return Node::InputNeeds(needed);
  FieldSet named;
  for (const Field name : names) AddName(name, &named);
  FieldSet needs;
  if (mode == ProjectMode::kRemove) {
    needs = needed;
    for (const Field field : named.fields()) needs.Remove(field);
    return needs;
  }
  if (needed.open()) {
    needs = named;
    needs.AddPattern("_*");
  }
  for (const Field field : needed.fields()) {
    if (field.hidden() || field.internal() || named.Has(field)) needs.Add(field);
  }
  return needs;
}

std::optional<std::vector<Field>> ProjectNode::OutputColumns(
    const std::optional<std::vector<Field>>& before) const {
  if (mode == ProjectMode::kTable || !before) return Node::OutputColumns(std::nullopt);
  std::vector<Field> columns;
  const auto named = [this](Field field) {
    return std::any_of(names.begin(), names.end(),
                       [&](Field name) { return PatternTakes(name.name(), field); });
  };
  if (mode == ProjectMode::kRemove) {
    for (const Field field : *before) {
      if (!named(field)) columns.push_back(field);
    }
    return columns;
  }
  return KeptInOrder(*before);
}

std::vector<Field> ProjectNode::KeptInOrder(const std::vector<Field>& before) const {
  FieldSet kept;
  const FieldSet known = FieldSet::Of(before);
  for (const Field name : names) {
    if (!IsPattern(name.name())) {
      if (known.Names(name)) kept.Add(name);
      continue;
    }
    for (const Field field : before) {
      if (PatternTakes(name.name(), field)) kept.Add(field);
    }
  }
  for (const Field field : before) {
    if (field.hidden() || field.internal()) kept.Add(field);
  }
  return kept.fields();
}

std::optional<std::vector<Field>> RenameNode::OutputColumns(
    const std::optional<std::vector<Field>>& before) const {
  if (!before || GetDataflow().writes.open()) return std::nullopt;
  std::vector<Field> columns = *before;
  for (size_t i = 0; i < from.size(); ++i) {
    const auto place = std::find(columns.begin(), columns.end(), from[i]);
    if (place == columns.end()) {
      std::erase(columns, to[i]);
      continue;
    }
    if (from[i] == to[i]) continue;
    *place = Field();
    std::erase(columns, to[i]);
    std::replace(columns.begin(), columns.end(), Field(), to[i]);
  }
  return columns;
}

bool RenameNode::WellFormed(const Registry&) const {
  if (from.size() != pairs.size() || to.size() != pairs.size()) return false;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto stars = std::count(pairs[i].from.begin(), pairs[i].from.end(), '*');
    if (std::count(pairs[i].to.begin(), pairs[i].to.end(), '*') != stars) return false;
    if (stars == 0 && (!from[i] || !to[i])) return false;
  }
  return true;
}

Dataflow RenameNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!from[i]) {
      flow.writes.AddAll();
      flow.writes.AddPattern(pairs[i].from);  // Names that are gone.
      flow.reads.AddPattern(pairs[i].from);
      continue;
    }
    flow.reads.Add(from[i]);
    flow.writes.Add(from[i]);
    flow.writes.Add(to[i]);
    flow.makes.push_back(to[i]);
  }
  return flow;
}

FieldSet RenameNode::InputNeeds(const FieldSet& needed) const {
  const Dataflow flow = GetDataflow();
  if (flow.writes.all()) {
    // With stars any field may get a needed name.
    FieldSet needs = needed;
    if (needed.empty()) return needs;
    needs.AddAll();
    needs.Add(flow.reads);
    return needs;
  }
  // Backwards: before a pair, what is called `to` after it is called `from`.
  FieldSet needs = needed;
  for (size_t i = pairs.size(); i-- > 0;) {
    const bool wanted = needs.Has(to[i]);
    needs.Remove(to[i]);
    if (wanted) needs.Add(from[i]);
    // "Renaming a field that does not exist" makes the target null; whether it exists is asked
    // below.
    if (wanted && needed.open()) needs.Add(to[i]);
  }
  return needs;
}

Dataflow SortNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  for (const SortKey& key : keys) flow.reads.Add(key.field);
  // Ties keep the order of the input, which ranking provides.
  flow.order = Order::kNeeds;
  flow.runs = Runs::kSink;
  return flow;
}

// What comes out of a sort depends on the order of its input by ties alone; and which of them a
// limit cuts does not show in how many are left.
bool SortNode::DependsOnOrder(const FieldSet& needed, bool ignored) const {
  return !ignored || (limit && !needed.empty());
}

Dataflow LimitNode::GetDataflow() const {
  Dataflow flow = RowFlow();
  flow.order = Order::kNeeds;
  flow.runs = in_order ? Runs::kSequential : Runs::kSink;
  return flow;
}

// Of which rows are kept only their number is the same in every order.
bool LimitNode::DependsOnOrder(const FieldSet& needed, bool ignored) const {
  return !ignored || !needed.empty();
}

bool AggregateCall::WellFormed(const Registry& entries) const {
  double in_name = 0;
  const AggregateEntry* entry = entries.Aggregate(function, &in_name);
  return entry != nullptr && in_name == number && (static_cast<bool>(output) || !pattern.empty());
}

bool AggregateNode::WellFormed(const Registry&) const {
  return (!needs_time || static_cast<bool>(time)) &&
         (mode == AggregateMode::kWhole || static_cast<bool>(partial_version));
}

Dataflow AggregateNode::GetDataflow() const {
  Dataflow flow;
  flow.reads = FieldSet::Of(by);
  flow.passes = false;
  flow.order = needs_order ? Order::kNeeds : Order::kIgnores;
  flow.runs = Runs::kSink;
  if (needs_time) flow.reads.Add(time);
  flow.columns = by;
  for (const AggregateCall& call : aggregates) {
    if (call.field) flow.reads.Add(call.field);
    if (call.expression != nullptr) CollectFields(*call.expression, &flow.reads);
    if (!call.pattern.empty()) {
      flow.reads.AddPattern(call.pattern);
      flow.columns.reset();
    }
    if (flow.columns) flow.columns->push_back(call.output);
  }
  AddPartialReads(partial_version, aggregates, &flow.reads);
  if (mode == AggregateMode::kPartial) {
    flow.columns = by;
    if (!AddPartialColumns(partial_version, aggregates, &*flow.columns)) flow.columns.reset();
  }
  return flow;
}

void MakePartial(const Registry& entries, FieldTable& fields, AggregateNode* node) {
  node->mode = AggregateMode::kPartial;
  node->partial_version = fields.Intern(kPartialVersion);
  node->aggregates = PartialCalls(node->aggregates, entries, node->all_numbers, fields);
  for (const AggregateCall& call : node->aggregates) {
    double number = 0;
    const AggregateNeeds needs = entries.Aggregate(call.function, &number)->needs;
    node->needs_order = node->needs_order || needs != AggregateNeeds::kValue;
  }
}

bool DeferredNode::WellFormed(const Registry&) const {
  return texts.size() == subsearches.size() + 1 &&
         std::all_of(subsearches.begin(), subsearches.end(),
                     [](const ExprPtr& each) { return each->kind == ExprKind::kSubsearch; });
}

// Nothing is known before it is bound; the default is what is slow and safe.
Dataflow DeferredNode::GetDataflow() const {
  Dataflow flow;
  flow.reads_clock = true;
  if (generates) flow.runs = Runs::kSource;
  return flow;
}

std::vector<const Node*> ChainOf(const Node& root) {
  std::vector<const Node*> chain;
  for (const Node* node = &root; node != nullptr; node = node->input.get()) chain.push_back(node);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

std::vector<Node*> ChainOf(Node& root) {
  std::vector<Node*> chain;
  for (Node* node = &root; node != nullptr; node = node->input.get()) chain.push_back(node);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

ScanNode* ScanOf(Node& root) { return TryAs<ScanNode>(ChainOf(root).front()); }
const ScanNode* ScanOf(const Node& root) { return TryAs<ScanNode>(ChainOf(root).front()); }

std::vector<ScanNode*> ScansOf(Node& root) {
  std::vector<ScanNode*> scans;
  ForEachNode(root, [&](Node& node) {
    if (auto* scan = TryAs<ScanNode>(&node)) scans.push_back(scan);
  });
  return scans;
}

std::vector<const ScanNode*> ScansOf(const Node& root) {
  std::vector<const ScanNode*> scans;
  ForEachNode(root, [&](const Node& node) {
    if (const auto* scan = TryAs<ScanNode>(&node)) scans.push_back(scan);
  });
  return scans;
}

namespace {

// Behind what is listed come unlisted fields, then those that were made later.
size_t ListedPlace(const OutputShape& shape, Field field) {
  const std::vector<Field>& later = shape.made_later;
  const auto made = std::find(later.begin(), later.end(), field);
  const size_t listed = shape.order.size();
  if (made != later.end()) return listed + 1 + static_cast<size_t>(made - later.begin());
  size_t at = 0;
  while (at < listed && !PatternTakes(shape.order[at].name(), field)) ++at;
  return at;
}

}  // namespace

FieldStage OutputShape::Stages() const {
  return [shape = *this](Field field) -> size_t {
    if (!shape.order.empty()) return ListedPlace(shape, field);
    const auto found = std::find(shape.made.begin(), shape.made.end(), field);
    return found == shape.made.end() ? 0 : static_cast<size_t>(found - shape.made.begin()) + 1;
  };
}

void OutputShape::Arrange(std::vector<Field>* found) const {
  std::stable_sort(found->begin(), found->end(), [&](Field a, Field b) {
    const size_t a_place = ListedPlace(*this, a);
    const size_t b_place = ListedPlace(*this, b);
    if (a_place != b_place) return a_place < b_place;
    return order_by_name && a_place < order.size() && a.name() < b.name();
  });
}

namespace {

// What a node does to the order of columns that are not known one by one.
void ArrangeBehind(const Node& node, const Dataflow& flow, OutputShape* shape) {
  if (const auto* project = TryAs<ProjectNode>(&node)) {
    if (project->mode == ProjectMode::kRemove) return;
    shape->order = project->names;
    shape->order_by_name = project->mode == ProjectMode::kTable;
    shape->made_later.clear();
    return;
  }
  if (!flow.passes) {
    shape->order.clear();
    shape->made_later.clear();
  }
  if (shape->order.empty()) return;
  if (const auto* rename = TryAs<RenameNode>(&node)) {
    for (size_t i = 0; i < rename->pairs.size(); ++i) {
      if (!rename->from[i]) shape->order.clear();
      std::replace(shape->order.begin(), shape->order.end(), rename->from[i], rename->to[i]);
    }
    return;
  }
  for (const Field made : flow.makes) {
    // What a node makes of a field that it reads has its place already.
    const auto& order = shape->order;
    const auto& later = shape->made_later;
    const bool placed = flow.reads.Has(made) ||
                        std::find(order.begin(), order.end(), made) != order.end() ||
                        std::find(later.begin(), later.end(), made) != later.end();
    if (!placed) shape->made_later.push_back(made);
  }
}

}  // namespace

namespace {

// What streams are together: events if all of them are.
OutputShape ShapeOfStreams(const Node& unite) {
  OutputShape shape;
  shape.events = true;
  for (const NodePtr& stream : unite.streams) {
    const OutputShape each = ShapeOf(*stream);
    shape.events = shape.events && each.events;
    shape.open = shape.open || each.open;
    shape.removed.Add(each.removed);
    for (const Field field : each.made) {
      if (std::find(shape.made.begin(), shape.made.end(), field) == shape.made.end()) {
        shape.made.push_back(field);
      }
    }
  }
  return shape;
}

}  // namespace

std::optional<std::vector<Field>> ColumnsAfter(const Node& node,
                                               const std::optional<std::vector<Field>>& before) {
  return node.input == nullptr ? node.GetDataflow().columns : node.OutputColumns(before);
}

OutputShape ShapeOf(const Node& root) {
  OutputShape shape;
  FieldSet made;
  for (const Node* node : ChainOf(root)) {
    const Dataflow flow = node->GetDataflow();
    if (node->input == nullptr) {
      shape = node->streams.empty() ? OutputShape() : ShapeOfStreams(*node);
      if (node->streams.empty()) {
        shape.events = TryAs<ScanNode>(node) != nullptr;
        shape.columns = flow.columns;
      }
      continue;
    }
    if (flow.results) shape.events = false;
    shape.columns = ColumnsAfter(*node, shape.columns);
    ArrangeBehind(*node, flow, &shape);
    if (flow.writes.all()) shape.open = true;
    shape.removed.Add(flow.writes);
    made.Add(FieldSet::Of(flow.makes));
  }
  shape.made = made.fields();
  return shape;
}

}  // namespace spelk::plan
