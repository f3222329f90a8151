// Plan nodes: typed structs, chained by `input`, that say what happens to rows. Data only.
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
using NodePtr = std::unique_ptr<Node>;

// What a node does to fields and order. The optimizer and the order analysis know nodes by this
// alone. The default is the slow, safe one.
struct Dataflow {
  FieldSet reads = FieldSet::All();
  // Fields whose values may differ behind the node: made, changed or removed. Open when not known.
  FieldSet writes = FieldSet::All();
  // Fields that are certainly made or changed on each row, for output; never patterns.
  std::vector<Field> makes;
  // Fields that are named to be kept: what is listed is shown, what is only read is not.
  std::vector<Field> lists;
  // False: only `columns` (or `writes`) come out; nothing passes through.
  bool passes = true;
  // The columns of the result, in order, if the plan knows them.
  std::optional<std::vector<Field>> columns;
  Order order = Order::kNeeds;
  // With Order::kNeeds: rows come out in the order in which they came in, whatever that was
  // (eventstats).
  bool keeps_order = false;
  Runs runs = Runs::kSequential;
  // Events behind the node are results: table-like, no longer the input's objects.
  bool results = true;
  // The rows depend on the instant of the run, beyond what expressions ask of it.
  bool reads_clock = false;
};

// The functions over one node type, all made from its Describe.
struct NodeType {
  std::string_view name;
  NodePtr (*create)();
  std::string (*print)(const Node&);
  void (*save)(const Node&, ByteWriter&);
  void (*load)(Node&, ByteReader&, LoadContext&);
  void (*visit)(Node&, const std::function<void(ExprPtr&)>&);
};

class Node {
 public:
  virtual ~Node() = default;

  // What this node, with its arguments, does. The default comes from the command's entry.
  virtual Dataflow GetDataflow() const;
  // The fields that the input must have, if `needed` is what is read behind this node. The default
  // follows from the flow: what it reads, and of the rest what it passes on unchanged.
  virtual FieldSet InputNeeds(const FieldSet& needed) const;
  // The columns behind the node, in order, if those before it are `before` and it can be told.
  virtual std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const;

  // False if the rows of this node, as far as somebody reads them, do not depend on the order of
  // its input. `needed` is what is read behind it; `ignored`: nobody behind it depends on their
  // order.
  virtual bool DependsOnOrder(const FieldSet& needed, bool ignored) const;

  const NodeType& type() const { return *type_; }
  std::string Print() const { return type_->print(*this); }
  // Calls `take` with each expression of this node (not of its input).
  void VisitExpressions(const std::function<void(ExprPtr&)>& take) { type_->visit(*this, take); }

  Span span;
  NodePtr input;                        // Null for sources.
  const CommandEntry* entry = nullptr;  // The command that made it; how it is built.

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
          +[](const Node& node, ByteWriter& out) {
            SaveVisitor visitor(out);
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

// A whole plan: one line a node, the source first, subsearches indented below the node that holds
// them.
std::string PrintPlan(const Node& root);

// The binary form of a plan: versioned, little-endian. Load(Save(plan)) prints the same.
std::string SavePlan(const Node& root);
absl::StatusOr<NodePtr> LoadPlan(std::string_view bytes, LoadContext context);
// A deep copy.
NodePtr CopyPlan(const Node& root, FieldTable& fields, const Registry& entries);

}  // namespace spelk::plan
