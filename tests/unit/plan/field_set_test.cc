// Sets of fields, short ones and long ones.
#include "plan/field_set.h"

#include <gtest/gtest.h>

#include <string>

namespace spelk::plan {
namespace {

class FieldSetTest : public testing::TestWithParam<size_t> {
 protected:
  // f0, f1 …
  std::vector<Field> Fields() {
    std::vector<Field> fields;
    for (size_t i = 0; i < GetParam(); ++i)
      fields.push_back(table_.Intern("f" + std::to_string(i)));
    return fields;
  }
  FieldTable table_;
};

TEST_P(FieldSetTest, KeepsTheOrderInWhichNamesWereAdded) {
  const std::vector<Field> fields = Fields();
  FieldSet set = FieldSet::Of(fields);
  set.Add(set);
  EXPECT_EQ(set.fields(), fields);
  for (const Field field : fields) EXPECT_TRUE(set.Names(field) && set.Has(field));
  EXPECT_FALSE(set.Names(table_.Intern("other")));
}

TEST_P(FieldSetTest, TakesOutOneOrMany) {
  std::vector<Field> fields = Fields();
  FieldSet set = FieldSet::Of(fields);
  std::vector<Field> gone, left;
  for (size_t i = 0; i < fields.size(); ++i) (i % 3 == 0 ? gone : left).push_back(fields[i]);
  gone.push_back(table_.Intern("other"));
  set.Remove(gone);
  EXPECT_EQ(set.fields(), left);
  EXPECT_FALSE(set.Has(fields[0]));
  set.Remove(left.back());
  EXPECT_FALSE(set.Names(left.back()));
  left.pop_back();
  EXPECT_EQ(set.fields(), left);
  set.Add(fields[0]);  // Comes last now.
  EXPECT_EQ(set.fields().back(), fields[0]);
}

TEST_P(FieldSetTest, PatternsAndAllAreNoNames) {
  FieldSet set = FieldSet::Of(Fields());
  const Field other = table_.Intern("abc");
  set.AddPattern("a*");
  EXPECT_TRUE(set.Has(other));
  EXPECT_FALSE(set.Names(other));
  EXPECT_TRUE(set.open());
  set.AddAll();
  set.Remove(other);
  EXPECT_TRUE(set.Has(other));
}

TEST_P(FieldSetTest, OverlapsWhereAFieldIsInBoth) {
  const FieldSet set = FieldSet::Of(Fields());
  FieldSet other = FieldSet::Of({table_.Intern("x"), table_.Intern("y")});
  EXPECT_FALSE(set.MayOverlap(other));
  other.Add(Fields().back());
  EXPECT_TRUE(set.MayOverlap(other));
}

INSTANTIATE_TEST_SUITE_P(Sizes, FieldSetTest, testing::Values(2, 16, 17, 100));

// A name has one handle within a run, whatever the engine gets to know meanwhile.
TEST(FieldTable, NamesKeepTheirHandles) {
  FieldTable engine;
  const Field known = engine.Intern("known");
  FieldTable run(&engine);
  EXPECT_EQ(run.Intern("known"), known);
  const Field own = run.Intern("own");
  EXPECT_NE(engine.Intern("own"), own);
  EXPECT_EQ(run.Intern("own"), own);
  EXPECT_EQ(run.Find("own"), own);
}

// Data asks the budget; a query, which is limited in length, does not.
TEST(FieldTable, OnlyNamesOutOfDataAreCounted) {
  MemoryBudget budget(1);
  FieldTable table(nullptr, &budget);
  EXPECT_TRUE(absl::IsResourceExhausted(table.TryIntern("a").status()));
  EXPECT_TRUE(static_cast<bool>(table.Intern("a")));
  EXPECT_TRUE(table.TryIntern("a").ok());
}

}  // namespace
}  // namespace spelk::plan
