// The values of the rows of a batch become the rows of other batches, over which the expression
// runs.
#include "functions/each_value.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/arena_builder.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/status.h"
#include "plan/field_set.h"

namespace spelk::functions {
namespace {

using plan::EvalContext;
using plan::EvalFactory;
using plan::EvalNode;
using plan::EvalNodePtr;
using plan::Evaluator;
using plan::Expr;
using plan::ExprPtr;
using plan::FieldSet;
using plan::Rows;

constexpr size_t kMostRows = 4096;  // Of a batch of values.

absl::Status OutOfMemory(const EvalContext& context, std::string_view function) {
  return context.arena().status(function);
}

// The one field that an expression reads; none if there are several. The bare word null is no
// field.
Field OnlyField(const Expr& expr) {
  FieldSet read;
  plan::CollectFields(expr, &read);
  Field only;
  for (const Field field : read.fields()) {
    if (field.name() == "null" || field.name() == "NULL") continue;
    if (only) return {};
    only = field;
  }
  return read.open() ? Field() : only;
}

// How many of hidden::kValueNames the expression uses already.
size_t UsedValues(const Expr& expr) {
  size_t used = 0;
  if (expr.field && expr.field.parameter()) {
    const auto* const begin = std::begin(hidden::kValueNames);
    const auto* const found =
        std::find_if(begin, std::end(hidden::kValueNames),
                     [&](const FieldName& name) { return Field(&name) == expr.field; });
    used = static_cast<size_t>(found - begin) + 1;
  }
  for (const ExprPtr& argument : expr.arguments) used = std::max(used, UsedValues(*argument));
  return used;
}

// Puts `by` in the place of a field, wherever the expression names it.
void ReplaceField(Field field, Field by, Expr* expr) {
  if (expr->field == field) expr->field = by;
  std::replace(expr->row_fields.begin(), expr->row_fields.end(), field, by);
  for (ExprPtr& argument : expr->arguments) ReplaceField(field, by, argument.get());
}

// Makes the field a parameter of the expression: what the optimizer does to fields leaves it alone.
ExprPtr TakeAsParameter(Field field, Expr* expr) {
  const Field value(&hidden::kValueNames[UsedValues(*expr)]);
  ReplaceField(field, value, expr);
  return plan::MakeField(value, expr->span);
}

std::string CheckNesting(const Expr& expr) {
  return UsedValues(expr) < std::size(hidden::kValueNames) ? "" : "it is nested too deep";
}

Column ColumnOf(const EvalContext& context, Field field) {
  const Column* column = context.batch().Find(field);
  return column == nullptr ? Column::Null(context.physical_rows()) : *column;
}

// Adds the parameters that the expression names: those of the calls around it, and its own.
void CollectParameters(const Expr& expr, FieldSet* fields) {
  if (expr.field && expr.field.parameter()) fields->Add(expr.field);
  for (const ExprPtr& argument : expr.arguments) CollectParameters(*argument, fields);
}

// Evaluates an expression in which `parameter` stands for each of many values.
class Body {
 public:
  Body(const Expr& expr, const Expr& parameter, EvalFactory& factory) {
    if (!parameter.field || !parameter.field.parameter()) {
      factory.Fail(CheckFailed("a parameter is a field", __FILE__, __LINE__));
      return;
    }
    absl::StatusOr<std::unique_ptr<Evaluator>> made = Evaluator::Make(expr, factory.environment());
    if (!made.ok()) {
      factory.Fail(made.status());
      return;
    }
    evaluator_ = *std::move(made);
    FieldSet read;
    plan::CollectFields(expr, &read);
    CollectParameters(expr, &read);
    read.Remove(parameter.field);
    std::vector<Field> fields = {parameter.field};
    fields.insert(fields.end(), read.fields().begin(), read.fields().end());
    schema_ = std::make_shared<Schema>(fields);
    fields.push_back(hidden::kRow);
    numbered_schema_ = std::make_shared<Schema>(std::move(fields));
  }

  // Calls use(batch, owners) for batches of values of the rows, in order; `owners` says which row
  // each of them belongs to. The values are column 0.
  template <class Use>
  absl::Status Run(const EvalContext& context, Rows rows, const Column& source, Use use) {
    size_t next = 0;
    size_t offset = 0;  // Of the first value of row `next` that was not taken yet.
    while (next < rows.size()) {
      owners_.clear();
      places_.clear();
      ArenaBuilder<Value> values(context.arena());
      for (; next < rows.size() && owners_.size() < kMostRows; ++next) {
        const Value value = source.At(rows[next]);
        const std::span<const Value> rest = value.each().subspan(offset);
        const size_t taken = std::min(rest.size(), kMostRows - owners_.size());
        values.Add(rest.first(taken));
        owners_.insert(owners_.end(), taken, rows[next]);
        for (size_t i = 0; i < taken; ++i) places_.push_back(offset + i);
        offset = taken < rest.size() ? offset + taken : 0;
        if (offset != 0) break;
      }
      if (owners_.empty()) break;
      std::vector<Column> columns = {Column::Values(values.Finish())};
      for (size_t i = 1; i < schema_->fields().size(); ++i) {
        columns.push_back(Spread(context, ColumnOf(context, schema_->fields()[i])));
      }
      const Column* numbers = context.batch().Find(hidden::kRow);
      if (numbers != nullptr) columns.push_back(Number(context, *numbers));
      if (context.arena().exhausted()) break;
      SPELK_RETURN_IF_ERROR(
          use(Batch(numbers == nullptr ? schema_ : numbered_schema_, std::move(columns),
                    owners_.size(), context.batch().memory())));
    }
    return absl::OkStatus();
  }

  Evaluator& evaluator() { return *evaluator_; }
  uint32_t owner(size_t row) const { return owners_[row]; }

 private:
  // A column of the rows, with an entry for each value.
  Column Spread(const EvalContext& context, const Column& column) const {
    if (column.encoding() == Column::Encoding::kConstant) {
      return Column::Constant(column.constant(), owners_.size());
    }
    auto* spread = context.arena().AllocateArray<Value>(owners_.size());
    if (spread == nullptr) return Column::Null(owners_.size());
    std::transform(owners_.begin(), owners_.end(), spread,
                   [&column](uint32_t row) { return column.At(row); });
    return Column::Values({spread, owners_.size()});
  }

  // For random(), which goes by the row's number: one for each value of a row.
  Column Number(const EvalContext& context, const Column& numbers) const {
    auto* made = context.arena().AllocateArray<int64_t>(owners_.size());
    if (made == nullptr) return Column::Null(owners_.size());
    for (size_t i = 0; i < owners_.size(); ++i) {
      const Value number = numbers.At(owners_[i]);
      const auto row = number.is_integer() ? static_cast<uint64_t>(number.integer()) : 0;
      made[i] = static_cast<int64_t>(HashCombine(row, places_[i]));
    }
    return Column::Integers({made, owners_.size()});
  }

  std::unique_ptr<Evaluator> evaluator_;
  SchemaPtr schema_;
  SchemaPtr numbered_schema_;     // With hidden::kRow.
  std::vector<uint32_t> owners_;  // Of each value of the batch, its row, and
  std::vector<uint64_t> places_;  // which of the row's values it is.
};

// Makes multivalues out of values that come row by row.
class Collector {
 public:
  Collector(const EvalContext& context, Rows rows, Value* results)
      : values_(context.arena()), results_(results) {
    for (const uint32_t row : rows) results_[row] = Value::Null();
  }
  void Add(uint32_t row, const Value& value) {
    if (row != row_) Finish();
    row_ = row;
    values_.Add(value);
  }
  void Finish() {
    if (values_.size() != 0) results_[row_] = Value::Multi(values_.Finish());
  }

 private:
  ArenaBuilder<Value> values_;
  Value* results_;
  uint32_t row_ = 0;
};

// Both have three arguments: what gives the values, the expression, and its parameter.
class FilterNode final : public EvalNode {
 public:
  FilterNode(const Expr& call, EvalFactory& factory)
      : source_(factory.Make(*call.arguments[0])),
        body_(*call.arguments[1], *call.arguments[2], factory) {}

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Column source;
    SPELK_RETURN_IF_ERROR(source_->Evaluate(context, rows, &source));
    Value* results = context.NewValues();
    if (results == nullptr) return OutOfMemory(context, "the 'mvfilter' function");
    Collector collector(context, rows, results);
    const auto keep = [&](Batch values) -> absl::Status {
      SPELK_RETURN_IF_ERROR(body_.evaluator().Filter(&values));
      for (size_t i = 0; i < values.size(); ++i) {
        collector.Add(body_.owner(values.physical(i)), values.At(0, i));
      }
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(body_.Run(context, rows, source, keep));
    collector.Finish();
    *out = Column::Values({results, context.physical_rows()});
    return OutOfMemory(context, "the 'mvfilter' function");
  }

 private:
  EvalNodePtr source_;
  Body body_;
};

class MapNode final : public EvalNode {
 public:
  MapNode(const Expr& call, EvalFactory& factory)
      : source_(factory.Make(*call.arguments[0])),
        body_(*call.arguments[1], *call.arguments[2], factory) {}

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Column source;
    SPELK_RETURN_IF_ERROR(source_->Evaluate(context, rows, &source));
    Value* results = context.NewValues();
    if (results == nullptr) return OutOfMemory(context, "the 'mvmap' function");
    Collector collector(context, rows, results);
    const auto collect = [&](const Batch& values) -> absl::Status {
      Column made;
      SPELK_RETURN_IF_ERROR(body_.evaluator().EvaluateAssigned(values, &made));
      for (size_t i = 0; i < values.size(); ++i) {
        const Value one = made.At(i);
        for (const Value& value : one.each()) collector.Add(body_.owner(i), value);
      }
      return absl::OkStatus();
    };
    SPELK_RETURN_IF_ERROR(body_.Run(context, rows, source, collect));
    collector.Finish();
    *out = Column::Values({results, context.physical_rows()});
    return OutOfMemory(context, "the 'mvmap' function");
  }

 private:
  EvalNodePtr source_;
  Body body_;
};

}  // namespace

std::string CheckMvfilter(std::span<const ExprPtr> arguments) {
  if (!OnlyField(*arguments[0])) return "the predicate must read exactly one field";
  return CheckNesting(*arguments[0]);
}

void ArrangeMvfilter(std::vector<ExprPtr>* arguments) {
  Expr* predicate = (*arguments)[0].get();
  const Field field = OnlyField(*predicate);
  arguments->push_back(TakeAsParameter(field, predicate));
  arguments->insert(arguments->begin(), plan::MakeField(field, predicate->span));
}

EvalNodePtr MakeMvfilter(const Expr& call, EvalFactory& factory) {
  return std::make_unique<FilterNode>(call, factory);
}

std::string CheckMvmap(std::span<const ExprPtr> arguments) {
  if (!OnlyField(*arguments[0])) {
    return "the first argument must be a field, or computed from exactly one";
  }
  if (arguments[1]->type == plan::Type::kBoolean) return "the expression must not be a Boolean";
  return CheckNesting(*arguments[1]);
}

void ArrangeMvmap(std::vector<ExprPtr>* arguments) {
  const Field field = OnlyField(*(*arguments)[0]);
  arguments->push_back(TakeAsParameter(field, (*arguments)[1].get()));
}

EvalNodePtr MakeMvmap(const Expr& call, EvalFactory& factory) {
  return std::make_unique<MapNode>(call, factory);
}

}  // namespace spelk::functions
