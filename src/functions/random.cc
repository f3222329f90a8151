// random(): numbers that only the seed and the row decide.
#include "base/hash.h"
#include "functions/entry.h"
#include "plan/bind/binder.h"
#include "plan/eval/evaluator.h"

namespace spelk::functions {
namespace {

// Every call in a search has numbers of its own: its place in the text goes into them, as an
// argument that only the plan has.
absl::StatusOr<plan::ExprPtr> BindRandom(const ast::Expr& expr, const ast::FunctionCall& call,
                                         plan::Binder& binder) {
  if (!call.arguments.empty()) {
    return binder.Error(ErrorCode::kArgumentCount, expr.span,
                        "the arguments to the 'random' function are invalid", {"it takes none"});
  }
  auto bound = std::make_unique<plan::Expr>();
  bound->kind = plan::ExprKind::kCall;
  bound->type = Type::kNumber;
  bound->span = expr.span;
  bound->function = binder.entries().Function("random");
  bound->arguments.push_back(plan::MakeLiteral(plan::Literal::Of(Value::Integer(expr.span.begin)),
                                               Type::kNumber, expr.span));
  return bound;
}

class RandomNode final : public plan::EvalNode {
 public:
  RandomNode(uint64_t seed, int64_t place)
      : seed_(HashCombine(seed, static_cast<uint64_t>(place))) {}

  absl::Status Evaluate(const plan::EvalContext& context, plan::Rows rows, Column* out) override {
    constexpr uint64_t kMost = 0x7FFF'FFFF;
    auto* numbers = context.arena().AllocateArray<int64_t>(context.physical_rows());
    if (numbers == nullptr) return context.arena().status("the 'random' function");
    const Column* counted = context.batch().Find(hidden::kRow);
    for (const uint32_t row : rows) {
      const Value number = counted == nullptr ? Value::Integer(row) : counted->At(row);
      numbers[row] =
          static_cast<int64_t>(HashCombine(seed_, static_cast<uint64_t>(number.integer())) & kMost);
    }
    *out = Column::Integers({numbers, context.physical_rows()});
    return absl::OkStatus();
  }

 private:
  const uint64_t seed_;
};

plan::EvalNodePtr MakeRandom(const plan::Expr& expr, plan::EvalFactory& factory) {
  const Value place = expr.arguments.empty() ? Value() : expr.arguments[0]->literal.value();
  return std::make_unique<RandomNode>(factory.environment().constants.seed,
                                      place.is_integer() ? place.integer() : 0);
}

constexpr Example kRandomExamples[] = {
    {.title = "A number from 0 to 2^31-1",
     .input = R"({"n":1})",
     .query = R"(eval r=random(), s=if(r>=0 AND r<2147483648, "fits", "no") | table s)",
     .output = R"({"s":"fits"})"}};
constexpr std::string_view kRandomNotes[] = {
    "the same search over the same rows gives the same numbers; --seed gives others"};

constexpr FunctionEntry kRandomTable[] = {
    {.name = "random",
     .signature = "random()",
     .summary = "A random integer from 0 to 2^31-1.",
     .page = "Statistical eval functions",
     .arity = {0, 1},
     .result = Type::kNumber,
     .stability = Stability::kRow,
     .make = &MakeRandom,
     .bind = &BindRandom,
     .examples = kRandomExamples,
     .notes = kRandomNotes},
};

}  // namespace

std::span<const FunctionEntry> RandomFunctions() { return kRandomTable; }

}  // namespace spelk::functions
