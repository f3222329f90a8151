// Lookup indexes: against asking every row, over random tables of all three kinds of matching.
#include "plan/lookup_index.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/status.h"
#include "plan/lookup.h"
#include "plan/table.h"
#include "value/case_fold.h"
#include "value/ip_address.h"
#include "value/wildcard.h"

namespace spelk::plan {
namespace {

TablePtr TableOf(const std::vector<std::string>& columns,
                 const std::vector<std::vector<std::string>>& rows) {
  TableBuilder builder(columns, nullptr, "test");
  for (const std::vector<std::string>& row : rows) {
    builder.AddRow();
    for (size_t c = 0; c < row.size(); ++c) builder.SetText(c, row[c]);
  }
  return *builder.Finish();
}

// What a cell of that kind takes, the slow way.
bool CellTakes(LookupMatch match, bool ignore_case, const std::string& cell,
               const std::string& text) {
  const auto fold = [&](const std::string& t) { return ignore_case ? FoldCase(t) : t; };
  switch (match) {
    case LookupMatch::kExact:
      return fold(cell) == fold(text);
    case LookupMatch::kWildcard:
      return Wildcard(fold(cell), Case::kExact).Matches(fold(text));
    case LookupMatch::kCidr: {
      const auto block = ParseCidr(cell);
      const auto address = ParseIpAddress(text);
      if (block) return address && block->Contains(*address);
      const auto own = ParseIpAddress(cell);
      return own ? address && *own == *address : fold(cell) == fold(text);
    }
  }
  return false;
}

class Random {
 public:
  std::string Text() { return Of("abA", 3); }
  std::string Pattern() { return Of("ab*A", 6); }
  std::string Block() {
    const std::string address = Address();
    switch (Below(4)) {
      case 0:
        return address;
      case 1:
        return "x";
      default:
        return address + "/" + std::to_string(Below(33));
    }
  }
  std::string Address() {
    return std::to_string(Below(2) * 128) + "." + std::to_string(Below(2)) + ".0." +
           std::to_string(Below(3));
  }
  size_t Below(size_t bound) { return engine_() % bound; }

 private:
  std::string Of(std::string_view letters, size_t most) {
    std::string text;
    for (size_t left = 1 + Below(most); left > 0; --left) text += letters[Below(letters.size())];
    return text;
  }
  std::mt19937_64 engine_{7};
};

TEST(LookupIndex, FindsWhatAskingEachRowFinds) {
  Random random;
  for (int round = 0; round < 60; ++round) {
    Lookup lookup;
    lookup.name = lookup.table = "t";
    lookup.max_matches = 1 + random.Below(4);
    lookup.ignore_case = random.Below(2) == 0;
    const std::vector<std::string> columns = {"e", "w", "c"};
    lookup.matches = {{"w", LookupMatch::kWildcard}, {"c", LookupMatch::kCidr}};
    std::vector<std::vector<std::string>> rows;
    for (size_t left = random.Below(120); left > 0; --left) {
      rows.push_back({random.Text(), random.Pattern(), random.Block()});
    }
    std::vector<std::string> asked;
    for (const std::string& column : columns) {
      if (random.Below(3) != 0) asked.push_back(column);
    }
    if (asked.empty()) asked = {"w"};
    const auto index =
        LookupIndex::Make(TableOf(columns, rows), lookup, asked, absl::UTCTimeZone(), nullptr);
    ASSERT_TRUE(index.ok()) << MessageOf(index.status());
    for (int question = 0; question < 40; ++question) {
      std::vector<std::string> texts;
      std::vector<Value> values;
      for (const std::string& column : asked) {
        texts.push_back(column == "c" ? random.Address() : random.Text());
      }
      for (const std::string& text : texts) values.push_back(Value::Text(text));
      std::vector<uint32_t> want;
      for (size_t row = 0; row < rows.size() && want.size() < lookup.max_matches; ++row) {
        bool all = true;
        for (size_t i = 0; i < asked.size(); ++i) {
          const auto column = static_cast<size_t>(
              std::find(columns.begin(), columns.end(), asked[i]) - columns.begin());
          all = all && CellTakes(lookup.MatchOf(asked[i]), lookup.ignore_case, rows[row][column],
                                 texts[i]);
        }
        if (all) want.push_back(static_cast<uint32_t>(row));
      }
      std::vector<uint32_t> got;
      (*index)->Find(values, std::nullopt, &got);
      EXPECT_EQ(got, want) << "round " << round;
    }
  }
}

TEST(LookupIndex, SaysWhenMemoryIsUsedUp) {
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < 20'000; ++i) rows.push_back({"key" + std::to_string(i)});
  const TablePtr table = TableOf({"k"}, rows);
  MemoryBudget budget(size_t{64} << 10U);
  Lookup lookup;
  lookup.max_matches = 1;
  const auto index = LookupIndex::Make(table, lookup, {"k"}, absl::UTCTimeZone(), &budget);
  EXPECT_EQ(index.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Table, SaysWhenMemoryIsUsedUp) {
  MemoryBudget budget(size_t{64} << 10U);
  std::string csv = "a,b\n";
  for (int i = 0; i < 20'000; ++i) csv += "some text,more text\n";
  const auto table = ReadCsvTable(csv, &budget, "the lookup table t");
  EXPECT_EQ(table.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Table, IsReadAsItWasWritten) {
  TableBuilder builder({"plain", "odd \"name\",", "list"}, nullptr, "test");
  const Value list[] = {Value::Text("a$b"), Value::Text("c;d"), Value::Integer(3)};
  builder.AddRow();
  builder.Set(0, Value::Text("x"));
  builder.Set(1, Value::Text("say \"hi\",\nyou"));
  builder.Set(2, Value::Multi(list));
  builder.AddRow();
  builder.Set(2, Value::Double(1.5));
  const TablePtr table = *builder.Finish();
  io::StringSink sink;
  ASSERT_TRUE(WriteCsvTable(*table, true, sink).ok());
  const auto again = ReadCsvTable(sink.text(), nullptr, "test");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->columns(), table->columns());
  ASSERT_EQ((*again)->rows(), 2U);
  EXPECT_EQ((*again)->At(1, 0).text(), "say \"hi\",\nyou");
  ASSERT_EQ((*again)->At(2, 0).count(), 3U);
  EXPECT_EQ((*again)->At(2, 0).each()[0].text(), "a$b");
  EXPECT_EQ((*again)->At(2, 0).each()[2].text(), "3");
  EXPECT_EQ((*again)->At(2, 1).text(), "1.5");
  EXPECT_TRUE((*again)->At(0, 1).is_null());
}

// Many stretches, and a column that comes late.
TEST(Table, GrowsByRowsAndColumns) {
  TableBuilder builder({"n"}, nullptr, "test");
  constexpr size_t kRows = 3 * Table::kStretch + 5;
  for (size_t row = 0; row < kRows; ++row) {
    builder.AddRow();
    builder.Set(0, Value::Integer(static_cast<int64_t>(row)));
    if (row == Table::kStretch) builder.Set(builder.ColumnOf("late"), Value::Text("here"));
  }
  builder.Keep({"late", "n", "never"});
  const TablePtr table = *builder.Finish();
  EXPECT_EQ(table->columns(), (std::vector<std::string>{"late", "n", "never"}));
  ASSERT_EQ(table->rows(), kRows);
  EXPECT_TRUE(table->At(0, 0).is_null());
  EXPECT_EQ(table->At(0, Table::kStretch).text(), "here");
  EXPECT_EQ(table->At(1, kRows - 1).text(), std::to_string(kRows - 1));
  EXPECT_TRUE(table->At(2, 7).is_null());
}

}  // namespace
}  // namespace spelk::plan
