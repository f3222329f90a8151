// The passes one by one, over plans made by hand out of searches. What each makes of a plan is
// shown in tests/plans; here is what holds of all of them.
#include <gtest/gtest.h>

#include <string>

#include "engine/impl.h"
#include "optimize/optimizer.h"
#include "optimize/passes.h"
#include "plan/nodes.h"

namespace spelk::optimize {
namespace {

using Pass = absl::Status (*)(plan::NodePtr*, const OptimizeContext&);

struct NamedPass {
  std::string_view name;
  Pass run;
};
constexpr NamedPass kPasses[] = {
    {"constant-folding", &FoldConstants},
    {"simplify", &Simplify},
    {"predicate-pushdown", &PushDownPredicates},
    {"unread-fields", &DropUnread},
    {"top-k", &TopK},
    {"early-stop", &StopEarly},
    {"projection", &NarrowScan},
    {"event-classes", &InlineClasses},
    {"late-materialization", &MaterializeLate},
    {"prefilter", &DerivePrefilter},
    {"presence", &RequireMembers},
};

constexpr std::string_view kOptimizedSearches[] = {
    "a=1",
    "a=1 OR a=2 OR a=3*",
    "eval x=1+2, y=x*3 | where y>4 AND b=1 | where true()",
    "eval a=b | rename a AS c | where c=1 | search d=2",
    "stats count by a | where count>1 AND a=2 | head 3",
    "sort - a | head 5 | table a b",
    "head 5 | where a=1",
    "fields a b | where c=1",
    "table a* | search a1=2 | dedup a2",
    "rex field=a \"(?<b>x)\" | where b=\"x\" AND c=1",
    "where like(a, \"%abc%\") AND match(b, \"def\") AND c IN (\"ghi\", \"jkl\")",
    "streamstats count | where count<3 | reverse | tail 2",
    "eval {a}=1 | search b=2",
    "[search a=1 | fields b] | stats count",
    "bin _time span=1h | stats count by _time | sort _time",
};

class PassesTest : public testing::Test {
 protected:
  PassesTest() : entries_(engine_.impl()->core.entries()), fields_(&engine_.impl()->core.fields()) {
    environment_.counters = &counters_;
    environment_.constants.zone = absl::UTCTimeZone();
    environment_.constants.commands = &entries_;
    context_.fields = &fields_;
    context_.entries = &entries_;
    context_.evaluation = &environment_;
    context_.feed = &feed_;
  }

  plan::NodePtr PlanOf(std::string_view text) {
    const Result<Query> query = engine_.Compile(text);
    EXPECT_TRUE(query.ok()) << query.error().Render();
    return plan::CopyPlan(*query->impl().compilation.plan, fields_, entries_);
  }
  plan::NodePtr CopyOf(const plan::Node& plan) { return plan::CopyPlan(plan, fields_, entries_); }

  const Engine engine_;
  const plan::Registry& entries_;
  FieldTable fields_;
  plan::EvalCounters counters_;
  plan::EvalEnvironment environment_;
  FeedFacts feed_;
  OptimizeContext context_;
};

// Each alone, on a plan that no other pass has seen, leaves a plan that is whole.
TEST_F(PassesTest, EachAloneLeavesAWholePlan) {
  for (const std::string_view text : kOptimizedSearches) {
    for (const NamedPass& pass : kPasses) {
      plan::NodePtr plan = PlanOf(text);
      ASSERT_TRUE(pass.run(&plan, context_).ok()) << text << " " << pass.name;
      EXPECT_TRUE(Verify(*plan).ok()) << text << " " << pass.name;
      const plan::NodePtr copy = CopyOf(*plan);
      ASSERT_NE(copy, nullptr) << text << " " << pass.name;
      EXPECT_TRUE(plan::EqualPlans(*plan, *copy)) << text << " " << pass.name;
    }
  }
}

// What a pass has done needs not be done again, nor does it undo what others did.
TEST_F(PassesTest, EachFindsNothingToDoInAnOptimizedPlan) {
  for (const std::string_view text : kOptimizedSearches) {
    if (text.starts_with('[')) continue;  // A subsearch is bound first.
    plan::NodePtr plan = PlanOf(text);
    ASSERT_TRUE(Optimize(&plan, context_).ok()) << text;
    for (const NamedPass& pass : kPasses) {
      if (pass.run == &DerivePrefilter) continue;  // Begins anew; others add to what it finds.
      plan::NodePtr again = CopyOf(*plan);
      ASSERT_TRUE(pass.run(&again, context_).ok()) << text << " " << pass.name;
      EXPECT_TRUE(plan::EqualPlans(*plan, *again)) << pass.name << ":\n"
                                                   << plan::PrintPlan(*plan) << "--\n"
                                                   << plan::PrintPlan(*again);
    }
  }
}

TEST_F(PassesTest, EachCanBeLeftOut) {
  for (const std::string_view text : kOptimizedSearches) {
    if (text.starts_with('[')) continue;
    for (const NamedPass& pass : kPasses) {
      plan::NodePtr plan = PlanOf(text);
      context_.disabled = {std::string(pass.name)};
      EXPECT_TRUE(Optimize(&plan, context_).ok()) << text << " " << pass.name;
    }
    context_.disabled.clear();
  }
  EXPECT_EQ(std::size(kPasses), Passes().size()) << "a pass is not tested here";
}

// Time and rows do not depend on how many fields, assignments or conditions there are but by their
// number.
TEST_F(PassesTest, ManyFieldsAreNoTrouble) {
  std::string table = "table", eval = "eval", where = "where";
  for (int i = 0; i < 3000; ++i) {
    const std::string name = "f" + std::to_string(i);
    table += " " + name;
    eval += (i == 0 ? " " : ", ") + name + "=1";
    where += (i == 0 ? " " : " AND ") + name + "=1";
  }
  for (const std::string& text : {"* | " + table, "* | " + eval + " | " + table,
                                  "* | " + eval + " | " + where, "* | " + where + " | " + table}) {
    plan::NodePtr plan = PlanOf(text);
    ASSERT_TRUE(Optimize(&plan, context_).ok());
  }
}

}  // namespace
}  // namespace spelk::optimize
