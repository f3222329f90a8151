// The nodes of running expressions: fields, literals, arithmetic, comparison, logic.
#include "plan/eval/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "plan/entry.h"
#include "plan/eval/function_node.h"
#include "plan/eval/search_nodes.h"
#include "value/multivalue.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

absl::Status OutOfMemory(const EvalContext& context) {
  return context.arena().status("evaluating an expression");
}

class LiteralNode final : public EvalNode {
 public:
  explicit LiteralNode(const Expr& expr) : literal_(expr.literal) {}
  absl::Status Evaluate(const EvalContext& context, Rows, Column* out) override {
    *out = Column::Constant(literal_.value(), context.physical_rows());
    return absl::OkStatus();
  }

 private:
  const Literal literal_;
};

class FieldNode final : public EvalNode {
 public:
  explicit FieldNode(Field field) : field_(field) {}
  absl::Status Evaluate(const EvalContext& context, Rows, Column* out) override {
    const Column* column = context.batch().Find(field_);
    *out = column == nullptr ? Column::Null(context.physical_rows()) : *column;
    return absl::OkStatus();
  }

 private:
  const Field field_;
};

Value JoinTexts(const Value& left, const Value& right, Call& call) {
  if (left.is_multi() || right.is_multi()) return Value::Null();
  const std::string_view a = call.TextOf(left);
  const std::string_view b = call.TextOf(right);
  char* joined = call.arena().AllocateText(a.size() + b.size());
  if (joined == nullptr) return Value::Null();
  std::copy(a.begin(), a.end(), joined);
  std::copy(b.begin(), b.end(), joined + a.size());
  return Value::Text({joined, a.size() + b.size()});
}

// The least precise decimal operand limits the result (eval, "Rounding"); whole numbers are exact.
uint8_t LeastFigures(const Number& a, const Number& b) {
  if (a.significant_digits == 0) return b.significant_digits;
  return b.significant_digits == 0 ? a.significant_digits
                                   : std::min(a.significant_digits, b.significant_digits);
}

// How many decimals an operand of a sum is known to; nothing if it is exact.
std::optional<uint8_t> KnownDecimals(const Value& value, const Number& number) {
  if (!value.is_double()) {
    return number.significant_digits == 0 ? std::nullopt : std::optional(number.decimals);
  }
  if (value.significant_digits() == 0) return value.sum_decimals();
  if (!std::isfinite(number.value) || number.value == 0) return std::nullopt;
  return static_cast<uint8_t>(
      std::clamp(DecimalsFor(number.value, value.significant_digits()), 0, 254));
}

// Addition and subtraction do not round; only sigfig() asks for the least decimals.
Value Sum(double sum, std::optional<uint8_t> a, std::optional<uint8_t> b) {
  if (!a && !b) return Value::Double(sum);
  return Value::Sum(sum, a && b ? std::min(*a, *b) : a ? *a : *b);
}

struct Operand {
  Value value;
  Type type;
};

// One operator of a chain, applied to two values.
Value Apply(ast::ArithmeticOp op, const Operand& left, const Operand& right, Call& call) {
  using enum ast::ArithmeticOp;
  if (left.value.is_null() || right.value.is_null()) return Value::Null();
  if (op == kConcatenate) return JoinTexts(left.value, right.value, call);
  const std::optional<Number> a = NumberOf(left.value);
  const std::optional<Number> b = NumberOf(right.value);
  if (op == kAdd) {
    // Text that no field's reading turns into a number joins; so does a field's text beside one
    // that is no number.
    const bool texts = left.type == Type::kString || right.type == Type::kString || !a || !b;
    const bool number = left.type == Type::kNumber || right.type == Type::kNumber;
    if (texts) return number ? Value::Null() : JoinTexts(left.value, right.value, call);
  }
  if (!a || !b) return Value::Null();
  switch (op) {
    case kAdd:
      return Sum(a->value + b->value, KnownDecimals(left.value, *a),
                 KnownDecimals(right.value, *b));
    case kSubtract:
      return Sum(a->value - b->value, KnownDecimals(left.value, *a),
                 KnownDecimals(right.value, *b));
    case kRemainder:
      return b->value == 0 ? Value::Null() : Value::Double(std::fmod(a->value, b->value));
    case kMultiply:
      return Value::Double(a->value * b->value, LeastFigures(*a, *b));
    case kDivide:
      if (b->value == 0) return Value::Null();
      return Value::Double(a->value / b->value, LeastFigures(*a, *b));
    case kConcatenate:
      break;
  }
  return Value::Null();
}

class ArithmeticNode final : public EvalNode {
 public:
  ArithmeticNode(const Expr& expr, EvalFactory& factory)
      : operands_(factory.MakeAll(expr.arguments)), operators_(expr.operators) {
    for (const ExprPtr& argument : expr.arguments) types_.push_back(argument->type);
  }

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Column left;
    SPELK_RETURN_IF_ERROR(operands_[0]->Evaluate(context, rows, &left));
    Type type = types_[0];
    Call call(context.environment().constants, *context.environment().counters, context.arena(),
              context.arena(), {}, nullptr);
    for (size_t i = 0; i < operators_.size(); ++i) {
      Column right;
      SPELK_RETURN_IF_ERROR(operands_[i + 1]->Evaluate(context, rows, &right));
      Value* values = context.NewValues();
      if (values == nullptr) return OutOfMemory(context);
      for (const uint32_t row : rows) {
        values[row] =
            Apply(operators_[i], {left.At(row), type}, {right.At(row), types_[i + 1]}, call);
      }
      left = Column::Values({values, context.physical_rows()});
      type = ResultType(operators_[i], type, types_[i + 1]);
    }
    *out = left;
    return OutOfMemory(context);
  }

 private:
  std::vector<EvalNodePtr> operands_;
  std::vector<ast::ArithmeticOp> operators_;
  std::vector<Type> types_;
};

// The sign does not change what is known of a number.
Value Negated(const Value& value, const Number& number) {
  if (value.is_integer() && value.integer() != std::numeric_limits<int64_t>::min()) {
    return Value::Integer(-value.integer());
  }
  if (const std::optional<uint8_t> decimals = value.sum_decimals()) {
    return Value::Sum(-number.value, *decimals);
  }
  return Value::Double(-number.value, number.significant_digits);
}

class NegateNode final : public EvalNode {
 public:
  NegateNode(const Expr& expr, EvalFactory& factory) : operand_(factory.Make(*expr.arguments[0])) {}
  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Column operand;
    SPELK_RETURN_IF_ERROR(operand_->Evaluate(context, rows, &operand));
    Value* values = context.NewValues();
    if (values == nullptr) return OutOfMemory(context);
    for (const uint32_t row : rows) {
      const std::optional<Number> number = NumberOf(operand.At(row));
      values[row] = number ? Negated(operand.At(row), *number) : Value::Null();
    }
    *out = Column::Values({values, context.physical_rows()});
    return absl::OkStatus();
  }

 private:
  EvalNodePtr operand_;
};

// Fills truth[row] by asking once where one answer serves for many rows.
template <class Ask>
void TestColumn(const Column& column, Rows rows, Truth* truth, std::vector<uint8_t>& memo,
                Ask ask) {
  if (column.encoding() == Column::Encoding::kConstant) {
    const Truth answer = ask(column.constant());
    for (const uint32_t row : rows) truth[row] = answer;
  } else if (column.encoding() == Column::Encoding::kDictionary) {
    constexpr uint8_t kUnknown = 0xFF;
    memo.assign(column.dictionary().size(), kUnknown);
    for (const uint32_t row : rows) {
      uint8_t& known = memo[column.codes()[row]];
      if (known == kUnknown) known = static_cast<uint8_t>(ask(column.At(row)));
      truth[row] = static_cast<Truth>(known);
    }
  } else {
    for (const uint32_t row : rows) truth[row] = ask(column.At(row));
  }
}

class CompareNode final : public EvalNode {
 public:
  CompareNode(const Expr& expr, EvalFactory& factory)
      : left_(factory.Make(*expr.arguments[0])),
        right_(factory.Make(*expr.arguments[1])),
        op_(expr.op) {
    const Expr& right = *expr.arguments[1];
    if (right.kind == ExprKind::kLiteral) {
      constant_ = right.literal;
      has_constant_ = true;
    }
  }
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    Column left;
    SPELK_RETURN_IF_ERROR(left_->Evaluate(context, rows, &left));
    if (has_constant_) {
      const Value constant = constant_.value();
      TestColumn(left, rows, truth, memo_,
                 [&](const Value& value) { return CompareForEval(op_, value, constant); });
      return absl::OkStatus();
    }
    Column right;
    SPELK_RETURN_IF_ERROR(right_->Evaluate(context, rows, &right));
    for (const uint32_t row : rows) truth[row] = CompareForEval(op_, left.At(row), right.At(row));
    return absl::OkStatus();
  }

 private:
  EvalNodePtr left_;
  EvalNodePtr right_;
  const CompareOp op_;
  Literal constant_;
  bool has_constant_ = false;
  std::vector<uint8_t> memo_;
};

// x IN (a, b): true if any equals, null if none does and x or one of them is null.
class InNode final : public EvalNode {
 public:
  InNode(const Expr& expr, EvalFactory& factory) : operands_(factory.MakeAll(expr.arguments)) {}
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    Column subject;
    SPELK_RETURN_IF_ERROR(operands_[0]->Evaluate(context, rows, &subject));
    for (const uint32_t row : rows) truth[row] = Truth::kFalse;
    for (size_t i = 1; i < operands_.size(); ++i) {
      Column candidate;
      SPELK_RETURN_IF_ERROR(operands_[i]->Evaluate(context, rows, &candidate));
      for (const uint32_t row : rows) {
        if (truth[row] == Truth::kTrue) continue;
        const Truth one = CompareForEval(CompareOp::kEqual, subject.At(row), candidate.At(row));
        if (one != Truth::kFalse) truth[row] = one;
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<EvalNodePtr> operands_;
};

// True of what is not true: of false and of null.
class NotNode final : public EvalNode {
 public:
  NotNode(const Expr& expr, EvalFactory& factory) : operand_(factory.Make(*expr.arguments[0])) {}
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    SPELK_RETURN_IF_ERROR(operand_->Test(context, rows, truth));
    for (const uint32_t row : rows) {
      truth[row] = truth[row] == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    }
    return absl::OkStatus();
  }

 private:
  EvalNodePtr operand_;
};

// AND and OR in three-valued logic. An operand is asked only about the rows that it can still
// decide.
class AndOrNode final : public EvalNode {
 public:
  AndOrNode(const Expr& expr, EvalFactory& factory)
      : operands_(factory.MakeAll(expr.arguments)),
        decisive_(expr.kind == ExprKind::kAnd ? Truth::kFalse : Truth::kTrue) {}

  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    SPELK_RETURN_IF_ERROR(operands_[0]->Test(context, rows, truth));
    std::vector<uint32_t> open(rows.begin(), rows.end());
    Truth* next = nullptr;
    for (size_t i = 1; i < operands_.size(); ++i) {
      std::erase_if(open, [&](uint32_t row) { return truth[row] == decisive_; });
      if (open.empty()) break;
      if (next == nullptr && (next = context.NewTruths()) == nullptr) return OutOfMemory(context);
      SPELK_RETURN_IF_ERROR(operands_[i]->Test(context, open, next));
      for (const uint32_t row : open) {
        if (next[row] == decisive_ || next[row] == Truth::kNull) truth[row] = next[row];
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<EvalNodePtr> operands_;
  const Truth decisive_;
};

// As with NOT, null counts as not true: a XOR b is (a AND NOT b) OR (NOT a AND b).
class XorNode final : public EvalNode {
 public:
  XorNode(const Expr& expr, EvalFactory& factory) : operands_(factory.MakeAll(expr.arguments)) {}
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    SPELK_RETURN_IF_ERROR(operands_[0]->Test(context, rows, truth));
    Truth* next = context.NewTruths();
    if (next == nullptr) return OutOfMemory(context);
    for (size_t i = 1; i < operands_.size(); ++i) {
      SPELK_RETURN_IF_ERROR(operands_[i]->Test(context, rows, next));
      for (const uint32_t row : rows) {
        const bool differ = (truth[row] == Truth::kTrue) != (next[row] == Truth::kTrue);
        truth[row] = differ ? Truth::kTrue : Truth::kFalse;
      }
    }
    return absl::OkStatus();
  }

 private:
  std::vector<EvalNodePtr> operands_;
};

}  // namespace

Truth TruthOf(const Value& value) {
  if (value.is_bool()) return value.boolean() ? Truth::kTrue : Truth::kFalse;
  if (!value.is_text() || value.json_type() != JsonType::kLiteral) return Truth::kNull;
  return value.text() == "true"    ? Truth::kTrue
         : value.text() == "false" ? Truth::kFalse
                                   : Truth::kNull;
}

absl::Status EvalNode::Evaluate(const EvalContext& context, Rows rows, Column* out) {
  Truth* truth = context.NewTruths();
  Value* values = context.NewValues();
  if (truth == nullptr || values == nullptr) return OutOfMemory(context);
  SPELK_RETURN_IF_ERROR(Test(context, rows, truth));
  for (const uint32_t row : rows) {
    values[row] =
        truth[row] == Truth::kNull ? Value::Null() : Value::Bool(truth[row] == Truth::kTrue);
  }
  *out = Column::Values({values, context.physical_rows()});
  return absl::OkStatus();
}

absl::Status EvalNode::Test(const EvalContext& context, Rows rows, Truth* truth) {
  Column column;
  SPELK_RETURN_IF_ERROR(Evaluate(context, rows, &column));
  for (const uint32_t row : rows) {
    const Value value = column.At(row);
    truth[row] = TruthOf(value);
  }
  return absl::OkStatus();
}

namespace {

// Counts what the node gives.
class CountingNode final : public EvalNode {
 public:
  CountingNode(EvalNodePtr node, ExprCount& count) : node_(std::move(node)), count_(count) {}
  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    SPELK_RETURN_IF_ERROR(node_->Evaluate(context, rows, out));
    uint64_t is_true = 0;
    uint64_t is_false = 0;
    for (const uint32_t row : rows) {
      const Value value = out->At(row);
      if (value.is_bool()) ++(value.boolean() ? is_true : is_false);
    }
    Add(rows.size(), is_true, is_false);
    return absl::OkStatus();
  }
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    SPELK_RETURN_IF_ERROR(node_->Test(context, rows, truth));
    uint64_t is_true = 0;
    uint64_t is_false = 0;
    for (const uint32_t row : rows) {
      is_true += truth[row] == Truth::kTrue ? 1 : 0;
      is_false += truth[row] == Truth::kFalse ? 1 : 0;
    }
    Add(rows.size(), is_true, is_false);
    return absl::OkStatus();
  }

 private:
  void Add(uint64_t rows, uint64_t is_true, uint64_t is_false) {
    count_.rows.fetch_add(rows, std::memory_order_relaxed);
    count_.is_true.fetch_add(is_true, std::memory_order_relaxed);
    count_.is_false.fetch_add(is_false, std::memory_order_relaxed);
  }

  EvalNodePtr node_;
  ExprCount& count_;
};

}  // namespace

EvalNodePtr EvalFactory::Make(const Expr& expr) {
  EvalNodePtr node = MakeUncounted(expr);
  if (environment_.expr_counts == nullptr || node == nullptr) return node;
  return std::make_unique<CountingNode>(std::move(node), environment_.expr_counts->Of(expr.id));
}

EvalNodePtr EvalFactory::MakeUncounted(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return std::make_unique<LiteralNode>(expr);
    case ExprKind::kField:
      return std::make_unique<FieldNode>(expr.field);
    case ExprKind::kCall:
      if (expr.function->make != nullptr) return expr.function->make(expr, *this);
      return MakeFunctionNode(expr, *this);
    case ExprKind::kArithmetic:
      return std::make_unique<ArithmeticNode>(expr, *this);
    case ExprKind::kNegate:
      return std::make_unique<NegateNode>(expr, *this);
    case ExprKind::kCompare:
      return std::make_unique<CompareNode>(expr, *this);
    case ExprKind::kIn:
      return std::make_unique<InNode>(expr, *this);
    case ExprKind::kNot:
      return std::make_unique<NotNode>(expr, *this);
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return std::make_unique<AndOrNode>(expr, *this);
    case ExprKind::kXor:
      return std::make_unique<XorNode>(expr, *this);
    case ExprKind::kMatch:
    case ExprKind::kMatchAny:
    case ExprKind::kTupleIn:
    case ExprKind::kTerm:
    case ExprKind::kTimeRange:
      return MakeSearchNode(expr, *this);
    case ExprKind::kSubsearch:
    case ExprKind::kSubstituted:
      break;
  }
  Fail(CheckFailed("a subsearch is bound before its parent runs", __FILE__, __LINE__));
  return std::make_unique<LiteralNode>(Expr());
}

std::vector<EvalNodePtr> EvalFactory::MakeAll(const std::vector<ExprPtr>& exprs) {
  std::vector<EvalNodePtr> nodes;
  nodes.reserve(exprs.size());
  for (const ExprPtr& expr : exprs) nodes.push_back(Make(*expr));
  return nodes;
}

namespace {

// Whether the values of an expression may be something that only lives inside expressions.
bool MayNeedSettling(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kField:
    case ExprKind::kLiteral:
      return false;
    case ExprKind::kCall:
      return expr.type != Type::kString;
    default:
      return true;
  }
}

bool IsRounded(const Value& value) {
  if (value.is_multi()) {
    return std::all_of(value.each().begin(), value.each().end(), &IsRounded);
  }
  return !value.is_bool() && value.significant_digits() == 0 && !value.sum_decimals();
}

// The value as a field holds it: a number limited to its digits is the text of that, a Boolean the
// text that tostring() gives.
Value RoundOnAssignment(const Value& value, Arena& arena) {
  if (IsRounded(value)) return value;
  if (value.is_multi()) {
    return MapEach(value, arena,
                   [&arena](const Value& each) { return RoundOnAssignment(each, arena); });
  }
  char buffer[kNumberText];
  if (value.is_bool()) return Value::Text(arena.Copy(TextOf(value, buffer)));
  if (value.significant_digits() == 0 || !std::isfinite(value.number()))
    return Value::Double(value.number());
  return Value::Text(arena.Copy(TextOf(value, buffer)), JsonType::kNumber);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Evaluator>> Evaluator::Make(const Expr& expr,
                                                           const EvalEnvironment& environment) {
  std::unique_ptr<Evaluator> evaluator(new Evaluator(environment));
  EvalFactory factory(environment);
  evaluator->root_ = factory.Make(expr);
  SPELK_RETURN_IF_ERROR(factory.status());
  evaluator->settles_ = MayNeedSettling(expr);
  return evaluator;
}

Rows Evaluator::SelectedRows(const Batch& batch) {
  if (batch.selection()) return *batch.selection();
  const size_t old_size = identity_.size();
  if (old_size < batch.physical_rows()) {
    identity_.resize(batch.physical_rows());
    std::iota(identity_.begin() + static_cast<std::ptrdiff_t>(old_size), identity_.end(),
              static_cast<uint32_t>(old_size));
  }
  return Rows(identity_).first(batch.physical_rows());
}

absl::Status Evaluator::Evaluate(const Batch& batch, Column* out) {
  const EvalContext context(batch, environment_);
  return root_->Evaluate(context, SelectedRows(batch), out);
}

absl::Status Evaluator::EvaluateAssigned(const Batch& batch, Column* out) {
  SPELK_RETURN_IF_ERROR(Evaluate(batch, out));
  if (!settles_) return absl::OkStatus();
  const Rows rows = SelectedRows(batch);
  if (std::all_of(rows.begin(), rows.end(),
                  [out](uint32_t row) { return IsRounded(out->At(row)); })) {
    return absl::OkStatus();
  }
  const EvalContext context(batch, environment_);
  Value* values = context.NewValues();
  if (values == nullptr) return OutOfMemory(context);
  for (const uint32_t row : rows) values[row] = RoundOnAssignment(out->At(row), context.arena());
  *out = Column::Values({values, context.physical_rows()});
  return OutOfMemory(context);
}

absl::Status Evaluator::Filter(Batch* batch) {
  const EvalContext context(*batch, environment_);
  const Rows rows = SelectedRows(*batch);
  if (rows.empty()) return absl::OkStatus();
  Truth* truth = context.NewTruths();
  if (truth == nullptr) return OutOfMemory(context);
  SPELK_RETURN_IF_ERROR(root_->Test(context, rows, truth));
  std::vector<uint32_t> kept;
  kept.reserve(rows.size());
  for (const uint32_t row : rows) {
    if (truth[row] == Truth::kTrue) kept.push_back(row);
  }
  if (kept.size() != rows.size()) batch->Select(std::move(kept));
  return absl::OkStatus();
}

absl::StatusOr<Value> EvaluateConstant(const Expr& expr, const EvalEnvironment& environment,
                                       Arena& arena) {
  constexpr size_t kMemory = size_t{1} << 20U;
  MemoryBudget budget(kMemory);
  SPELK_ASSIGN_OR_RETURN(const std::unique_ptr<Evaluator> evaluator,
                         Evaluator::Make(expr, environment));
  const Batch batch(std::make_shared<Schema>(std::vector<Field>()), {}, 1,
                    std::make_shared<BatchMemory>(&budget));
  Column column;
  SPELK_RETURN_IF_ERROR(evaluator->Evaluate(batch, &column));
  return CopyValue(column.At(0), arena);
}

}  // namespace spelk::plan
