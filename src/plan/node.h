// Plan nodes: typed structs in a tree that say what happens to rows. Data only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/bytes.h"
#include "base/span.h"
#include "plan/describe.h"
#include "plan/expr.h"
#include "plan/field_set.h"
#include "plan/types.h"

namespace spelk::plan {

struct CommandEntry;
class Node;
// The name of the type of nodes that unite streams.
inline constexpr std::string_view kUniteType = "unite";
using NodePtr = std::unique_ptr<Node>;

// What a node does to fields and order. The optimizer and the order analysis know nodes by this
// alone. The default is the slow, safe one.
struct Dataflow {
  FieldSet reads = FieldSet::All();
  // Fields whose values may differ after the node: made, changed or removed. Open when not known.
  FieldSet writes = FieldSet::All();
  // Fields that are certainly made or changed on each row, for output; never patterns.
  std::vector<Field> makes = {};
  // Fields that are named to be kept: what is listed is shown, what is only read is not.
  std::vector<Field> lists = {};
  // False: only `columns` (or `writes`) come out; nothing passes through.
  bool passes = true;
  // The columns of the result, in order, if the plan knows them.
  std::optional<std::vector<Field>> columns = {};
  Order order = Order::kNeeds;
  // With Order::kNeeds: rows come out in the order in which they came in, whatever that was
  // (eventstats).
  bool keeps_order = false;
  Runs runs = Runs::kSequential;
  // Events after the node are results: table-like, no longer the input's objects.
  bool results = true;
  // The rows depend on the instant of the run, beyond what expressions ask of it.
  bool reads_clock = false;
  // The operator runs searches over the inputs of the run (Services::searches).
  bool runs_searches = false;
  // A lookup table that is written: searches of the same run that come later read it.
  std::string writes_table = {};

  // ---- rows that the node does not need; what is not said is not concluded

  // A row that lacks all fields of one of these sets leaves no trace: not itself, nor in others.
  std::vector<FieldSet> ignores_without = {};
  // A row that lacks one of these changes no other row.
  FieldSet no_effect_without = {};
  // Fields that are written, each null in the rows in which all fields of the set are null before.
  struct Sources {
    Field field;
    FieldSet of;
  };
  std::vector<Sources> sources = {};
};
// A set for each field.
std::vector<FieldSet> EachOf(const std::vector<Field>& fields);

// The functions over one node type, all made from its Describe.
struct NodeType {
  std::string_view name;
  NodePtr (*create)();
  std::string (*print)(const Node&);
  void (*save)(const Node&, ByteWriter&, SaveDetail);
  void (*load)(Node&, ByteReader&, LoadContext&);
  void (*visit)(Node&, const std::function<void(ExprPtr&)>&);
};

class Node {
 public:
  virtual ~Node() = default;

  // What this node, with its arguments, does: the one declaration of it. The default is the slow,
  // safe one.
  virtual Dataflow GetDataflow() const { return {}; }
  // The fields that the input must have, if `needed` is what is read after this node. The default
  // follows from the flow: what it reads, and of the rest what it passes on unchanged.
  virtual FieldSet InputNeeds(const FieldSet& needed) const;
  // The columns after the node, in order, if those before it are `before` and it can be told.
  virtual std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const;

  // False if the rows of this node, as far as somebody reads them, do not depend on the order of
  // its input. `needed` is what is read after it; `ignored`: nobody after it depends on their
  // order.
  virtual bool DependsOnOrder(const FieldSet& needed, bool ignored) const;

  // How many rows of each of `others` are kept for it; what is left out is worth a warning, which
  // says by which option or limit.
  virtual uint64_t MostOtherRows() const { return UINT64_MAX; }
  virtual std::string MostOtherRowsBy() const { return ""; }

  const NodeType& type() const { return *type_; }
  std::string Print() const { return type_->print(*this); }
  // Calls `take` with each expression of this node (not of its input).
  void VisitExpressions(const std::function<void(ExprPtr&)>& take) { type_->visit(*this, take); }

  // What messages call it: the command that made it, or the type of a node of the planner's own.
  std::string_view label() const;

  uint32_t id = 0;    // Unique within a plan and the plans it holds; 0 until NumberPlan.
  uint32_t from = 0;  // Of a node that the optimizer made: the node or expression it came from.
  Span span;
  // The stream of rows that feeds it; null for sources.
  NodePtr input;
  // Of a node that unites streams (plan::UniteNode): all of them. It has no `input` then.
  std::vector<NodePtr> streams;
  // Plans that run to their end first and are handed to the operator as rows (append, join).
  std::vector<NodePtr> others;
  // A plan over rows that the operator hands it (appendpipe); it begins with a RowsNode.
  NodePtr body;
  const CommandEntry* entry = nullptr;  // The command that made it; null for the planner's own.

 private:
  template <class T>
  friend const NodeType& TypeOf();
  template <class T>
  friend std::unique_ptr<T> Make(Span span);
  const NodeType* type_ = nullptr;
};

// The type of a node struct. T has `static constexpr std::string_view kName` and Describe().
template <class T>
const NodeType& TypeOf() {
  // Describe is written for changing visitors; printing and saving do not change the node.
  static constexpr NodeType kType = {
      .name = T::kName,
      .create = +[]() -> NodePtr {
        auto node = std::make_unique<T>();
        node->type_ = &TypeOf<T>();
        return node;
      },
      .print =
          +[](const Node& node) {
            PrintVisitor visitor;
            const_cast<T&>(static_cast<const T&>(node)).Describe(visitor);
            return visitor.text();
          },
      .save =
          +[](const Node& node, ByteWriter& out, SaveDetail detail) {
            SaveVisitor visitor(out, detail);
            const_cast<T&>(static_cast<const T&>(node)).Describe(visitor);
          },
      .load =
          +[](Node& node, ByteReader& in, LoadContext& context) {
            LoadVisitor visitor(in, context);
            static_cast<T&>(node).Describe(visitor);
            visitor.Check(static_cast<T&>(node));
          },
      .visit =
          +[](Node& node, const std::function<void(ExprPtr&)>& take) {
            ExprVisitor visitor(take);
            static_cast<T&>(node).Describe(visitor);
          },
  };
  return kType;
}

template <class T>
std::unique_ptr<T> Make(Span span) {
  auto node = std::make_unique<T>();
  node->type_ = &TypeOf<T>();
  node->span = span;
  return node;
}

// The node as its type; it must be one.
template <class T>
const T& As(const Node& node) {
  return static_cast<const T&>(node);
}
template <class T>
T* TryAs(Node* node) {
  return node != nullptr && &node->type() == &TypeOf<T>() ? static_cast<T*>(node) : nullptr;
}
template <class T>
const T* TryAs(const Node* node) {
  return node != nullptr && &node->type() == &TypeOf<T>() ? static_cast<const T*>(node) : nullptr;
}

// The one way to walk a plan. Calls `visit` with each node of it, sources first: the chain of
// inputs and, below a node that unites streams, these. Held plans are not entered.
void ForEachNode(Node& root, const std::function<void(Node&)>& visit);
void ForEachNode(const Node& root, const std::function<void(const Node&)>& visit);
// Calls `visit` with each plan that a node of this plan holds: others, bodies, and the subsearches
// of expressions. The plans that those hold are not entered.
enum class Held : uint8_t { kOther, kBody, kSubsearch };
void ForEachHeldPlan(Node& root, const std::function<void(Node& plan, Held how)>& visit);
void ForEachHeldPlan(const Node& root,
                     const std::function<void(const Node& plan, Held how)>& visit);
// Calls `visit` with the id of each node and expression, those of held plans too.
void ForEachId(const Node& root, const std::function<void(uint32_t id)>& visit);
// Gives an id to each node and expression that has none, in the held plans too.
void NumberPlan(Node& root);

// A whole plan: one line a node, the source first; streams and held plans are indented below the
// node that has them.
std::string PrintPlan(const Node& root);

// The binary form of a plan: versioned, little-endian. Load(Save(plan)) prints the same.
std::string SavePlan(const Node& root);
absl::StatusOr<NodePtr> LoadPlan(std::string_view bytes, LoadContext context);
// True if both do the same: ids and places in the text are not compared.
bool EqualPlans(const Node& a, const Node& b);
// A deep copy, ids and places included.
NodePtr CopyPlan(const Node& root, FieldTable& fields, const Registry& entries);

}  // namespace spelk::plan
