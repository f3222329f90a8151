// Bounds: over all values of the fields, what is needed is true wherever the condition is, and what
// is enough nowhere else.
#include "exec/scan/kind_bounds.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "value/field.h"

namespace spelk::exec {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::ExprPtr;

constexpr unsigned kFields = 6;
constexpr unsigned kKnown = 3;  // The kind tells the first so many.

class Conditions {
 public:
  explicit Conditions(uint32_t seed) : random_(seed) {
    for (unsigned f = 0; f < kFields; ++f) {
      fields_.push_back(table_.Intern(std::string(1, static_cast<char>('a' + f))));
    }
  }

  ExprPtr Make(int depth) {
    const unsigned choice = Below(depth == 0 ? 1 : 4);
    if (choice == 0) return plan::MakeField(fields_[Below(kFields)]);
    if (choice == 1) return plan::MakeNot(Make(depth - 1));
    std::vector<ExprPtr> operands;
    for (unsigned i = 0; i < 2 + Below(2); ++i) operands.push_back(Make(depth - 1));
    return plan::MakeLogical(choice == 2 ? ExprKind::kAnd : ExprKind::kOr, std::move(operands));
  }

  bool IsKnown(const Expr& expr) const {
    return expr.kind == ExprKind::kField && NumberOf(expr) < kKnown;
  }

  // `values`: a bit for each field.
  bool IsTrue(const Expr& expr, unsigned values) const {
    switch (expr.kind) {
      case ExprKind::kField:
        return (values >> NumberOf(expr) & 1U) != 0;
      case ExprKind::kNot:
        return !IsTrue(*expr.arguments[0], values);
      default:
        break;
    }
    const bool decides = expr.kind == ExprKind::kOr;
    for (const ExprPtr& argument : expr.arguments) {
      if (IsTrue(*argument, values) == decides) return decides;
    }
    return !decides;
  }

 private:
  unsigned Below(unsigned count) { return static_cast<unsigned>(random_() % count); }
  static unsigned NumberOf(const Expr& field) {
    return static_cast<unsigned>(field.field.name().front() - 'a');
  }

  FieldTable table_;
  std::vector<Field> fields_;
  std::mt19937 random_;
};

TEST(KindBounds, ImplyAndAreImplied) {
  Conditions conditions(7);
  int needed_bounds = 0;
  int enough_bounds = 0;
  for (int round = 0; round < 500; ++round) {
    const ExprPtr condition = conditions.Make(4);
    const IsExact is_known = [&](const Expr& expr) { return conditions.IsKnown(expr); };
    const ExprPtr needed = BoundOf(*condition, Bound::kNeeded, is_known);
    const ExprPtr enough = BoundOf(*condition, Bound::kEnough, is_known);
    needed_bounds += needed == nullptr ? 0 : 1;
    enough_bounds += enough == nullptr ? 0 : 1;
    for (unsigned values = 0; values < 1U << kFields; ++values) {
      const bool holds = conditions.IsTrue(*condition, values);
      const unsigned known = values & ((1U << kKnown) - 1);  // They read nothing else.
      if (needed != nullptr && holds) {
        ASSERT_TRUE(conditions.IsTrue(*needed, known)) << plan::Print(*condition);
      }
      if (enough != nullptr && !holds) {
        ASSERT_FALSE(conditions.IsTrue(*enough, known)) << plan::Print(*condition);
      }
    }
  }
  EXPECT_GT(needed_bounds, 50);
  EXPECT_GT(enough_bounds, 50);
}

// Where the kind tells all of a condition, the bounds are the condition.
TEST(KindBounds, OfKnownFieldsAreTheCondition) {
  FieldTable table;
  const auto field = [&](std::string_view name) { return plan::MakeField(table.Intern(name)); };
  std::vector<ExprPtr> operands;
  operands.push_back(field("a"));
  operands.push_back(plan::MakeNot(field("b")));
  const ExprPtr condition = plan::MakeLogical(ExprKind::kAnd, std::move(operands));
  const IsExact all = [](const Expr& expr) { return expr.kind == ExprKind::kField; };
  for (const Bound bound : {Bound::kNeeded, Bound::kEnough}) {
    const ExprPtr made = BoundOf(*condition, bound, all);
    ASSERT_NE(made, nullptr);
    EXPECT_TRUE(plan::Equal(*made, *condition));
  }
  const IsExact none = [](const Expr&) { return false; };
  EXPECT_EQ(BoundOf(*condition, Bound::kNeeded, none), nullptr);
  EXPECT_EQ(BoundOf(*condition, Bound::kEnough, none), nullptr);
}

}  // namespace
}  // namespace spelk::exec
