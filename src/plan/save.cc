// The binary form of expressions and plans.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/describe.h"
#include "plan/entry.h"
#include "plan/node.h"
#include "value/codec.h"

namespace spelk::plan {
namespace {

constexpr std::string_view kMagic = "SPELKPL2";  // The last character is the version.
constexpr int kMaxDepth = 2000;
constexpr auto kLastExprKind = static_cast<uint8_t>(ExprKind::kSubstituted);
constexpr auto kLastType = static_cast<uint8_t>(Type::kNull);

void SaveNodes(const std::vector<NodePtr>& nodes, ByteWriter& out, SaveDetail detail);

void SaveNode(const Node& node, ByteWriter& out, SaveDetail detail) {
  out.Bool(node.input != nullptr);
  if (node.input != nullptr) SaveNode(*node.input, out, detail);
  SaveNodes(node.streams, out, detail);
  SaveNodes(node.others, out, detail);
  out.Bool(node.body != nullptr);
  if (node.body != nullptr) SaveNode(*node.body, out, detail);
  out.Text(node.entry == nullptr ? "" : node.entry->name);
  out.Text(node.type().name);
  SaveVisitor visitor(out, detail);
  visitor.Identity(node);
  node.type().save(node, out, detail);
}

void SaveNodes(const std::vector<NodePtr>& nodes, ByteWriter& out, SaveDetail detail) {
  out.Varint(nodes.size());
  for (const NodePtr& node : nodes) SaveNode(*node, out, detail);
}

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(fmt::format("cannot load the plan: {}", what));
}

absl::StatusOr<NodePtr> LoadNode(ByteReader& in, LoadContext& context);

absl::Status LoadNodes(ByteReader& in, LoadContext& context, std::vector<NodePtr>* nodes) {
  const size_t count = in.Count();
  for (size_t i = 0; i < count; ++i) {
    SPELK_ASSIGN_OR_RETURN(NodePtr node, LoadNode(in, context));
    nodes->push_back(std::move(node));
  }
  return in.status();
}

// The parts of a tree that loading must find where the type says so.
bool FitsType(const Node& node) {
  const bool unites = node.type().name == kUniteType;
  if (unites != !node.streams.empty()) return false;
  const bool source = node.GetDataflow().runs == Runs::kSource;
  return source == (node.input == nullptr);
}

absl::StatusOr<NodePtr> LoadNode(ByteReader& in, LoadContext& context) {
  if (++context.depth > kMaxDepth) return Damaged("it is nested too deeply");
  NodePtr input;
  if (in.Bool()) {
    SPELK_ASSIGN_OR_RETURN(input, LoadNode(in, context));
  }
  std::vector<NodePtr> streams;
  SPELK_RETURN_IF_ERROR(LoadNodes(in, context, &streams));
  std::vector<NodePtr> others;
  SPELK_RETURN_IF_ERROR(LoadNodes(in, context, &others));
  NodePtr body;
  if (in.Bool()) {
    SPELK_ASSIGN_OR_RETURN(body, LoadNode(in, context));
  }
  const std::string_view command = in.Text();
  const std::string_view type = in.Text();
  const CommandEntry* entry = command.empty() ? nullptr : context.entries->Command(command);
  if (in.failed() || (entry == nullptr && !command.empty())) {
    return Damaged(fmt::format("it has an unknown command \"{}\"", command));
  }
  const NodeEntry* node_entry = context.entries->Node(type);
  if (node_entry == nullptr) {
    return Damaged(fmt::format("it has an unknown node \"{}\"", type));
  }
  const NodeType& node_type = node_entry->type();
  NodePtr node = node_type.create();
  node->entry = entry;
  node->input = std::move(input);
  node->streams = std::move(streams);
  node->others = std::move(others);
  node->body = std::move(body);
  LoadVisitor visitor(in, context);
  visitor.Identity(*node);
  node_type.load(*node, in, context);
  --context.depth;
  SPELK_RETURN_IF_ERROR(in.status());
  if (!FitsType(*node)) return Damaged(fmt::format("its \"{}\" node has not its inputs", type));
  return node;
}

// What of an expression is plain data; saved and loaded alike.
template <class Visitor>
void DescribeData(Expr& expr, Visitor& visit) {
  visit.MayBeNull("field", expr.field);
  visit.Identity(expr);
  visit("patterns", expr.patterns);
  visit("all_names", expr.all_names);
  visit("row_fields", expr.row_fields);
  visit("rows", expr.rows);
  visit("earliest", expr.earliest);
  visit("latest", expr.latest);
  visit("as_terms", expr.as_terms);
  visit("texts", expr.texts);
  visit("negated_scope", expr.negated_scope);
  visit("base_scope", expr.base_scope);
}

template <class E>
E LoadEnum(ByteReader& in, E last) {
  const uint8_t value = in.Byte();
  if (value > static_cast<uint8_t>(last)) in.Fail();
  return static_cast<E>(std::min(value, static_cast<uint8_t>(last)));
}

void LoadArguments(ByteReader& in, LoadContext& context, Expr& expr) {
  const size_t arguments = in.Count();
  for (size_t i = 0; i < arguments && !in.failed(); ++i) {
    ExprPtr argument = LoadExpr(in, context);
    if (argument == nullptr) return;
    expr.arguments.push_back(std::move(argument));
  }
  const size_t operators = in.Count();
  for (size_t i = 0; i < operators && !in.failed(); ++i) {
    expr.operators.push_back(LoadEnum(in, ast::ArithmeticOp::kRemainder));
  }
}

// A loaded tree is as well formed as a bound one, whatever the bytes were.
bool WellFormed(const Expr& expr) {
  const size_t n = expr.arguments.size();
  switch (expr.kind) {
    case ExprKind::kCall:
      return expr.function != nullptr && n >= expr.function->arranged &&
             n - expr.function->arranged >= expr.function->arity.least &&
             n - expr.function->arranged <= expr.function->arity.most;
    case ExprKind::kArithmetic:
      return n >= 2 && expr.operators.size() == n - 1;
    case ExprKind::kNegate:
    case ExprKind::kNot:
      return n == 1;
    case ExprKind::kCompare:
      return n == 2;
    case ExprKind::kIn:
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kXor:
      return n >= 1;
    case ExprKind::kField:
      return static_cast<bool>(expr.field);
    case ExprKind::kMatch:
    case ExprKind::kTerm:
      return static_cast<bool>(expr.field) && expr.patterns.size() == 1;
    case ExprKind::kMatchAny:
    case ExprKind::kTimeRange:
      return static_cast<bool>(expr.field);
    case ExprKind::kTupleIn:
      return std::all_of(expr.rows.begin(), expr.rows.end(),
                         [&](const auto& row) { return row.size() == expr.row_fields.size(); });
    case ExprKind::kLiteral:
      return true;
    case ExprKind::kSubsearch:
      return expr.plan != nullptr;
    case ExprKind::kSubstituted:
      return expr.texts.size() == n + 1 &&
             std::all_of(expr.arguments.begin(), expr.arguments.end(),
                         [](const ExprPtr& part) { return part->kind == ExprKind::kSubsearch; });
  }
  return false;
}

}  // namespace

Field HiddenField(std::string_view name) {
  for (const Field field : hidden::kAll) {
    if (field.name() == name) return field;
  }
  for (const FieldName& value : hidden::kValueNames) {
    if (value.name == name) return Field(&value);
  }
  return {};
}

void SaveExpr(const Expr& expr, ByteWriter& out, SaveDetail detail) {
  out.Byte(static_cast<uint8_t>(expr.kind));
  out.Byte(static_cast<uint8_t>(expr.type));
  SaveValue(expr.literal.value(), out);
  out.Text(expr.function == nullptr ? "" : expr.function->name);
  out.Varint(expr.arguments.size());
  for (const ExprPtr& argument : expr.arguments) SaveExpr(*argument, out, detail);
  out.Varint(expr.operators.size());
  for (const ast::ArithmeticOp op : expr.operators) out.Byte(static_cast<uint8_t>(op));
  out.Byte(static_cast<uint8_t>(expr.op));
  out.Byte(static_cast<uint8_t>(expr.unset));
  out.Byte(static_cast<uint8_t>(expr.term));
  SaveVisitor visitor(out, detail);
  DescribeData(const_cast<Expr&>(expr), visitor);  // Saving changes nothing.
  out.Bool(expr.plan != nullptr);
  if (expr.plan != nullptr) SaveNode(*expr.plan, out, detail);
}

ExprPtr LoadExpr(ByteReader& in, LoadContext& context) {
  if (++context.depth > kMaxDepth) in.Fail();
  auto expr = std::make_unique<Expr>();
  expr->kind = LoadEnum(in, static_cast<ExprKind>(kLastExprKind));
  expr->type = LoadEnum(in, static_cast<Type>(kLastType));
  Arena arena;
  expr->literal = Literal::Of(LoadValue(in, arena));
  const std::string_view function = in.Text();
  if (!function.empty()) expr->function = context.entries->Function(function);
  LoadArguments(in, context, *expr);
  expr->op = LoadEnum(in, CompareOp::kGreaterEqual);
  expr->unset = LoadEnum(in, Unset::kTrue);
  expr->term = LoadEnum(in, ast::TermKind::kTerm);
  LoadVisitor visitor(in, context);
  DescribeData(*expr, visitor);
  if (in.Bool()) {
    absl::StatusOr<NodePtr> plan = LoadNode(in, context);
    if (plan.ok()) expr->plan = std::move(*plan);
  }
  --context.depth;
  if (!in.failed() && WellFormed(*expr)) return expr;
  in.Fail();
  return nullptr;
}

std::string SavePlan(const Node& root) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Raw(kMagic);
  SaveNode(root, out, SaveDetail::kAll);
  return bytes;
}

bool EqualPlans(const Node& a, const Node& b) {
  const auto bytes_of = [](const Node& root) {
    std::string bytes;
    ByteWriter out(bytes);
    SaveNode(root, out, SaveDetail::kWithoutIdentity);
    return bytes;
  };
  return bytes_of(a) == bytes_of(b);
}

absl::StatusOr<NodePtr> LoadPlan(std::string_view bytes, LoadContext context) {
  ByteReader in(bytes);
  if (in.Raw(kMagic.size()) != kMagic) return Damaged("it is no plan of this version");
  SPELK_ASSIGN_OR_RETURN(NodePtr root, LoadNode(in, context));
  if (!in.at_end()) return Damaged("bytes are left over");
  return root;
}

NodePtr CopyPlan(const Node& root, FieldTable& fields, const Registry& entries) {
  absl::StatusOr<NodePtr> copy = LoadPlan(SavePlan(root), {&fields, &entries, 0});
  return copy.ok() ? std::move(*copy) : nullptr;
}

}  // namespace spelk::plan
