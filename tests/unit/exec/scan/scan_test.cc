// Blocks of lines become batches of events.
#include "exec/scan/scan.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "support/batches.h"

namespace spelk::exec {
namespace {

using tests::Collected;
using tests::TestRun;

io::BlockPtr BlockOf(std::string_view text) {
  auto block = std::make_shared<io::Block>();
  auto buffer = std::make_shared<std::string>(text);
  buffer->append(io::kSlack, '\n');
  block->text = std::string_view(*buffer).substr(0, text.size());
  auto counts = std::make_shared<io::LineCounts>();
  block->number = counts->NewBlock();
  block->counts = counts;
  block->buffer = buffer;
  return block;
}

// Keeps the rows of a scan; its failure is that of the run.
class RowCounter final : public ScanOutput {
 public:
  absl::Status Push(Batch batch) override { return collected_.Push(std::move(batch)); }
  absl::Status Fail(const absl::Status& failure) override { return failure; }
  const std::vector<std::string>& rows() const { return collected_.rows(); }
  size_t batches() const { return collected_.batches(); }

 private:
  Collected collected_;
};

class ScanTest : public testing::Test {
 protected:
  ScanTest() {
    run_.context().evaluation.counters = &counters_;
    run_.context().evaluation.constants.zone = absl::UTCTimeZone();
    settings_.shapes = &shapes_;
    settings_.inputs.emplace_back().path = "feed";
  }

  // A scan of some fields; none: of all.
  plan::ScanNode& AddScan(const std::vector<std::string_view>& names) {
    plans_.push_back(plan::Make<plan::ScanNode>({}));
    plan::ScanNode& scan = *plans_.back();
    scan.all_fields = names.empty();
    for (const std::string_view name : names) scan.fields.push_back(run_.field(name));
    return scan;
  }

  // The rows of each scan.
  std::vector<RowCounter> Scan(const std::vector<std::string_view>& blocks) {
    std::vector<ScanPlan> scans;
    for (const auto& plan : plans_) scans.push_back({plan.get(), &run_.context()});
    std::vector<RowCounter> collected(scans.size());
    ScanOutputs outputs;
    for (RowCounter& each : collected) outputs.push_back(&each);
    const auto compiled = CompiledScan::Make(scans, settings_, run_.context());
    EXPECT_TRUE(compiled.ok()) << compiled.status().ToString();
    auto worker = ScanWorker::Make(**compiled, report_, true);
    EXPECT_TRUE(worker.ok()) << worker.status().ToString();
    for (const std::string_view block : blocks) {
      status_ = (*worker)->Scan(BlockOf(block), outputs);
      if (!status_.ok()) break;
    }
    return collected;
  }

  plan::ExprPtr Equals(std::string_view field, std::string text) {
    auto expr = std::make_unique<plan::Expr>();
    expr->kind = plan::ExprKind::kMatch;
    expr->type = plan::Type::kBoolean;
    expr->field = run_.field(field);
    expr->patterns.push_back({std::move(text)});
    return expr;
  }

  TestRun run_;
  plan::EvalCounters counters_;
  std::vector<plan::EventLayout> shapes_;
  ScanSettings settings_;
  std::vector<std::unique_ptr<plan::ScanNode>> plans_;
  ScanReport report_;
  absl::Status status_;
};

TEST_F(ScanTest, GivesTheFieldsThatAreAskedFor) {
  AddScan({"b", "a"});
  const auto rows = Scan({"{\"a\":1,\"b\":\"x\"}\n{\"c\":3}\r\n", "{\"b\":null,\"a\":[1,2]}"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"b=x a=1", "", "b=null"}));
  EXPECT_EQ(report_.looked_at, 3U);
  EXPECT_EQ(report_.lines, 3U);
}

TEST_F(ScanTest, EachPlanHasItsOwnRows) {
  AddScan({"a"}).predicate = Equals("b", "x");
  AddScan({"b"}).predicate = Equals("a", "2*");
  AddScan({"a"});
  const auto rows =
      Scan({"{\"a\":1,\"b\":\"x\"}\n{\"a\":22,\"b\":\"y\"}\n{\"a\":2,\"b\":\"X\"}\n"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"a=1", "a=2"}));
  EXPECT_EQ(rows[1].rows(), (std::vector<std::string>{"b=y", "b=X"}));
  EXPECT_EQ(rows[2].rows(), (std::vector<std::string>{"a=1", "a=22", "a=2"}));
}

TEST_F(ScanTest, PrefilterPassesOverLinesUnread) {
  plan::ScanNode& scan = AddScan({"a"});
  scan.predicate = Equals("b", "needle");
  scan.prefilter = {{{"needle"}, true}};
  const auto rows =
      Scan({"{\"a\":1,\"b\":\"hay\"}\nno json\n{\"a\":2,\"b\":\"NEEDLE\"}\n"
            "{\"a\":3,\"c\":\"needle\"}\n"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"a=2"}));
  EXPECT_EQ(report_.looked_at, 2U);
  EXPECT_EQ(report_.rejected, 0U);
}

TEST_F(ScanTest, BrokenLinesAreCountedWithTheirPlace) {
  AddScan({"a", "c"});  // Nothing is read beyond what is asked for.
  const auto rows = Scan({"{\"a\":1}\nno json\n\n{\"a\":2,\"b\":tru}\n"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"a=1", "a=2"}));
  EXPECT_EQ(report_.rejected, 1U);
  EXPECT_EQ(report_.faulty, 1U);
  const auto faults = report_.first();
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].line, 2U);
  EXPECT_EQ(faults[0].offset, 8U);
  EXPECT_EQ(faults[1].line, 4U);
}

// In the order in which they were first met; where they stand in a result is for FieldOrder.
TEST_F(ScanTest, AllFieldsComeInOneBatch) {
  AddScan({});
  const auto rows = Scan({"{\"b\":1,\"a\":2}\n{\"a\":3,\"b\":4}\n{\"b\":5,\"c\":6,\"a\":7}\n"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"b=1 a=2", "b=4 a=3", "b=5 a=7 c=6"}));
}

TEST_F(ScanTest, EmptyNamesAreNames) {
  AddScan({});
  const auto rows = Scan({"{\"\":1,\"a\":2}\n"});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows(), (std::vector<std::string>{"=1 a=2"}));
}

// Events of many different fields come in batches of few rows.
TEST_F(ScanTest, SparseEventsNeedNoMemoryForWhatTheyLack) {
  AddScan({});
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "{\"k" + std::to_string(i) + "\":1}\n";
  const auto rows = Scan({text});
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_EQ(rows[0].rows().size(), 2000U);
  EXPECT_EQ(rows[0].rows()[1999], "k1999=1");
  EXPECT_GT(rows[0].batches(), 2U);
  EXPECT_LT(run_.budget().peak(), size_t{8} << 20U);
}

// What was not looked at when the input was ended counts as not read.
TEST_F(ScanTest, EndedInputEndsWithinABlock) {
  AddScan({"a"});
  run_.context().batch_rows = 10;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "{\"a\":1}\n";
  EXPECT_TRUE(run_.cancel().before_end_of_input());
  run_.cancel().EndInput();
  EXPECT_EQ(Scan({text})[0].rows().size(), 10U);
  ASSERT_TRUE(status_.ok()) << status_.ToString();
  EXPECT_FALSE(run_.cancel().before_end_of_input());
}

TEST_F(ScanTest, StoppingFails) {
  AddScan({"a"});
  run_.context().batch_rows = 1;
  run_.cancel().Stop();
  (void)Scan({"{\"a\":1}\n{\"a\":2}\n"});
  EXPECT_TRUE(absl::IsCancelled(status_)) << status_.ToString();
}

}  // namespace
}  // namespace spelk::exec
