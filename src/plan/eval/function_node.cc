// Calling functions.
#include "plan/eval/function_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/entry.h"
#include "value/multivalue.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

// Calls a function row by row; the frame takes care of nulls and multivalues as the entry says.
class FunctionNode final : public EvalNode {
 public:
  FunctionNode(const Expr& expr, EvalFactory& factory)
      : entry_(*expr.function), arguments_(factory.MakeAll(expr.arguments)) {
    for (const ExprPtr& argument : expr.arguments) types_.push_back(argument->type);
    if (entry_.prepare == nullptr) return;
    std::vector<Value> values(expr.arguments.size());
    std::vector<const Value*> constants(expr.arguments.size(), nullptr);
    for (size_t i = 0; i < constants.size(); ++i) {
      if (expr.arguments[i]->kind != ExprKind::kLiteral) continue;
      values[i] = expr.arguments[i]->literal.value();
      constants[i] = &values[i];
    }
    absl::StatusOr<std::unique_ptr<Prepared>> prepared = entry_.prepare(constants);
    if (!prepared.ok()) {
      // What the query says itself was checked when it was bound. A constant that was computed is
      // no better than a field's value, which the function judges row by row.
      std::fill(constants.begin(), constants.end(), nullptr);
      prepared = entry_.prepare(constants);
    }
    if (prepared.ok()) {
      prepared_ = std::move(*prepared);
    } else {
      factory.Fail(prepared.status());
    }
  }

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Value* values = context.NewValues();
    if (values == nullptr) return context.arena().status("evaluating an expression");
    *out = Column::Values({values, context.physical_rows()});
    return CallForEach(context, rows,
                       [values](uint32_t row, const Value& value) { values[row] = value; });
  }

  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    return CallForEach(context, rows,
                       [truth](uint32_t row, const Value& value) { truth[row] = TruthOf(value); });
  }

 private:
  // Stops when memory is used up, naming the function.
  template <class Store>
  absl::Status CallForEach(const EvalContext& context, Rows rows, Store store) {
    SPELK_RETURN_IF_ERROR(EvaluateArguments(context, rows));
    Arena scratch(context.arena().budget());
    Call call(context.environment().constants, *context.environment().counters, context.arena(),
              scratch, types_, prepared_.get());
    const Cancellation* cancel = context.environment().cancel;
    for (const uint32_t row : rows) {
      if (cancel != nullptr && cancel->stopped()) [[unlikely]]
        return cancel->status();
      LoadRow(row);
      store(row, Dispatch(call));
      if (context.arena().exhausted() || scratch.exhausted()) [[unlikely]] {
        const std::string what = fmt::format("the '{}' function", entry_.name);
        SPELK_RETURN_IF_ERROR(scratch.status(what));
        return context.arena().status(what);
      }
      if (scratch.bytes() != 0) scratch.Reset();
    }
    return absl::OkStatus();
  }

  absl::Status EvaluateArguments(const EvalContext& context, Rows rows) {
    columns_.resize(arguments_.size());
    row_.resize(arguments_.size());
    for (size_t i = 0; i < arguments_.size(); ++i) {
      SPELK_RETURN_IF_ERROR(arguments_[i]->Evaluate(context, rows, &columns_[i]));
    }
    return absl::OkStatus();
  }
  void LoadRow(uint32_t row) {
    for (size_t i = 0; i < columns_.size(); ++i) row_[i] = columns_[i].At(row);
  }

  Value Dispatch(Call& call) {
    bool has_null = false;
    bool has_multi = false;  // Beyond the first argument.
    for (size_t i = 0; i < row_.size(); ++i) {
      has_null = has_null || row_[i].is_null();
      has_multi = has_multi || (i > 0 && row_[i].is_multi());
    }
    if (has_null && entry_.nulls == Nulls::kPropagate) return Value::Null();
    if (entry_.multi == Multi::kWhole) return entry_.call(call, row_);
    if (has_multi) return Value::Null();
    return !row_.empty() && row_[0].is_multi() ? ForEach(call) : entry_.call(call, row_);
  }

  Value ForEach(Call& call) {
    if (entry_.multi == Multi::kNull) return Value::Null();
    const std::span<const Value> each = row_[0].each();
    Value known = Value::Null();
    auto* results = call.arena().AllocateArray<Value>(each.size());
    if (results == nullptr) return Value::Null();
    size_t count = 0;
    for (const Value& value : each) {
      row_[0] = value;
      const Value result = entry_.call(call, row_);
      if (entry_.multi == Multi::kAny) {
        if (result.is_bool() && result.boolean()) return result;
        if (!result.is_null()) known = result;
      } else if (!result.is_null()) {
        results[count++] = result;
      }
    }
    return entry_.multi == Multi::kAny ? known : Value::Multi({results, count});
  }

  const FunctionEntry& entry_;
  std::vector<EvalNodePtr> arguments_;
  std::vector<Type> types_;
  std::unique_ptr<Prepared> prepared_;
  std::vector<Column> columns_;
  std::vector<Value> row_;
};

}  // namespace

EvalNodePtr MakeFunctionNode(const Expr& expr, EvalFactory& factory) {
  return std::make_unique<FunctionNode>(expr, factory);
}

Value Call::Multi(std::span<const Value> values) { return MakeMulti(values, arena_); }

std::string_view Call::TextOf(const Value& value) {
  if (value.is_text()) return value.text();
  char buffer[kNumberText];
  return arena_.Copy(spelk::TextOf(value, buffer));
}

}  // namespace spelk::plan
