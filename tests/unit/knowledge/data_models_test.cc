// Reading data models: what is refused, and how a data set becomes a search.
#include "knowledge/data_model_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "knowledge/builtin.h"
#include "plan/bind/dataset_search.h"

namespace spelk::knowledge {
namespace {

absl::StatusOr<plan::DataModelPtr> ReadModel(std::string_view objects) {
  return ReadDataModel("M", fmt::format(R"({{"modelName": "M", "objects": [{}]}})", objects),
                       "app/M.json");
}

std::string MessageOfRead(std::string_view objects) {
  const absl::StatusOr<plan::DataModelPtr> model = ReadModel(objects);
  return model.ok() ? "ok" : std::string(MessageOf(model.status()));
}

TEST(DataModelReader, RefusesWhatIsNoModel) {
  EXPECT_FALSE(ReadDataModel("M", "", "m").ok());
  EXPECT_FALSE(ReadDataModel("M", "[]", "m").ok());
  EXPECT_FALSE(ReadDataModel("M", R"({"objects": 1})", "m").ok());
  EXPECT_FALSE(ReadDataModel("M", std::string(100'000, '['), "m").ok());
  EXPECT_EQ(MessageOfRead("1"), "app/M.json: \"objects\" holds something that is no object");
  EXPECT_EQ(MessageOfRead("{}"), "app/M.json: a data set has no \"objectName\"");
}

TEST(DataModelReader, RefusesTreesThatAreNone) {
  EXPECT_EQ(MessageOfRead(R"({"objectName": "A", "parentName": "B"})"),
            "app/M.json: the data set A has a parent that is not there: \"B\"");
  EXPECT_EQ(MessageOfRead(R"({"objectName": "A", "parentName": "B"},
                             {"objectName": "B", "parentName": "A"})"),
            "app/M.json: the data set A has more than 32 ancestors, or is one of its own");
  EXPECT_EQ(MessageOfRead(R"({"objectName": "A", "parentName": "A"})"),
            "app/M.json: the data set A has more than 32 ancestors, or is one of its own");
  EXPECT_EQ(MessageOfRead(R"({"objectName": "A", "parentName": "BaseEvent"},
                             {"objectName": "A", "parentName": "BaseEvent"})"),
            "app/M.json: the data set A is there twice");
}

TEST(DataModelReader, HasLimits) {
  std::string many;
  for (int i = 0; i < 1'001; ++i) {
    many += fmt::format(R"({}{{"objectName": "A{}", "parentName": "BaseEvent"}})",
                        i == 0 ? "" : ",", i);
  }
  EXPECT_EQ(MessageOfRead(many), "app/M.json: a data model has more than 1000 data sets");
  EXPECT_EQ(ReadDataModel("M", std::string(kMostModelBytes + 1, ' '), "m").status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(DatasetSearch, MakesOnlyWhatIsNeeded) {
  const absl::StatusOr<plan::DataModelPtr> model = ReadModel(R"json(
      {"objectName": "R", "parentName": "BaseEvent", "constraints": [{"search": "k=1"}],
       "fields": [{"fieldName": "a"}, {"fieldName": "_time"}],
       "calculations": [
         {"calculationID": "2", "calculationType": "Eval", "expression": "b.\"x\"",
          "outputFields": [{"fieldName": "c"}]},
         {"calculationID": "1", "calculationType": "Eval", "expression": "len(a)",
          "outputFields": [{"fieldName": "b"}]},
         {"calculationID": "3", "calculationType": "Eval", "expression": "1",
          "outputFields": [{"fieldName": "d"}]}]
},
      {"objectName": "C", "parentName": "R", "constraints": [{"search": "m=2"}],
       "fields": [{"fieldName": "own"}]})json");
  ASSERT_TRUE(model.ok()) << MessageOf(model.status());
  const plan::Dataset& root = *(*model)->Find("R");
  plan::DatasetSearch search(**model, root);
  search.NeedNothingElse();
  search.Need("R.c");
  EXPECT_EQ(search.Text(plan::DatasetNames::kPrefixed),
            "search (k=1) | eval \"b\"=len(a), \"c\"=b.\"x\" | rename \"c\" AS \"R.c\"");
  search.Need("R.C.own");
  EXPECT_EQ(search.Text(plan::DatasetNames::kPrefixed),
            "search (k=1) | eval \"R.is_C\"=if(searchmatch(\"(m=2)\"),1,0) | eval "
            "\"b\"=len(a), \"c\"=b.\"x\" | eval \"R.C.own\"=if('R.is_C'==1,'own',null()) | rename "
            "\"c\" AS \"R.c\"");
  EXPECT_EQ(search.Resolve("R.is_not_C").kind, plan::DatasetField::Kind::kFlag);
  EXPECT_EQ(search.Resolve("_time").kind, plan::DatasetField::Kind::kEvent);
  EXPECT_EQ(search.Resolve("R.own").kind, plan::DatasetField::Kind::kUnknown);
  EXPECT_EQ(plan::DatasetSearch(**model, *(*model)->Find("R.C")).Text(plan::DatasetNames::kBare),
            "search (k=1) (m=2) | eval \"b\"=len(a), \"c\"=b.\"x\", \"d\"=1");
}

TEST(DataModels, BuiltInOnesCanBeRead) {
  size_t models = 0;
  for (const std::string_view file : BuiltinFiles()) {
    if (!file.ends_with(".json")) continue;
    ++models;
    const absl::StatusOr<plan::DataModelPtr> model =
        ReadDataModel("M", BuiltinFile(file), std::string(file));
    EXPECT_TRUE(model.ok()) << MessageOf(model.status());
  }
  EXPECT_EQ(models, 17U);
}

}  // namespace
}  // namespace spelk::knowledge
