// One pass over inputs for several plans: order, workers, steps, and failures that stay alone.
#include "exec/driver.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/batches.h"

namespace spelk::exec {
namespace {

using tests::Collected;
using tests::TestRun;

using Texts = std::vector<std::string>;

// Takes so many batches, and then has enough or fails.
class LimitedOutput final : public Output {
 public:
  LimitedOutput(size_t most, absl::Status after) : most_(most), after_(std::move(after)) {}
  absl::Status Push(Batch batch) override {
    if (batches_ == most_) return after_;
    rows_ += batch.size();
    ++batches_;
    return absl::OkStatus();
  }
  bool enough() const override { return after_.ok() && batches_ == most_; }
  size_t rows() const { return rows_; }

 private:
  const size_t most_;
  const absl::Status after_;
  size_t batches_ = 0;
  size_t rows_ = 0;
};

class DriverTest : public testing::Test {
 protected:
  DriverTest() {
    run_.context().evaluation.counters = &counters_;
    run_.context().evaluation.constants.zone = absl::UTCTimeZone();
    settings_.shapes = &shapes_;
    options_.blocks.block_size = 100;
    options_.blocks.budget = &run_.budget();
  }

  // Events with n from `first` on.
  void AddInput(int first, int count) {
    std::string& text = *texts_.emplace_back(std::make_unique<std::string>());
    for (int i = first; i < first + count; ++i) {
      text += "{\"n\":" + std::to_string(i) + ",\"pad\":\"" +
              std::string(static_cast<size_t>(i % 50), 'x') + "\"}\n";
    }
    io::Input& input = settings_.inputs.emplace_back();
    input.kind = io::Input::Kind::kMemory;
    input.path = "events";
    input.memory = text;
  }

  void AddJob(Output& result) {
    plans_.push_back(plan::Make<plan::ScanNode>({}));
    plans_.back()->all_fields = false;
    plans_.back()->fields.push_back(run_.field("n"));
    auto pipeline = Pipeline::Build(*plans_.back(), run_.context());
    ASSERT_TRUE(pipeline.ok()) << pipeline.status().ToString();
    pipelines_.push_back(std::move(*pipeline));
    jobs_.push_back({pipelines_.back().get(), &result});
  }

  std::unique_ptr<Driver> Make() {
    auto driver = Driver::Make(jobs_, settings_, options_, run_.context(), report_);
    EXPECT_TRUE(driver.ok()) << driver.status().ToString();
    return std::move(*driver);
  }

  static Texts Numbers(int first, int count) {
    Texts rows;
    for (int i = first; i < first + count; ++i) rows.push_back("n=" + std::to_string(i));
    return rows;
  }

  TestRun run_;
  plan::EvalCounters counters_;
  std::vector<plan::EventLayout> shapes_;
  ScanSettings settings_;
  DriverOptions options_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::unique_ptr<plan::ScanNode>> plans_;
  std::vector<std::unique_ptr<const Pipeline>> pipelines_;
  std::vector<DriverJob> jobs_;
  ScanReport report_;
};

TEST_F(DriverTest, RowsComeInTheOrderOfTheInputsWithAnyWorkers) {
  AddInput(0, 500);
  AddInput(500, 300);
  for (const size_t threads : {1U, 2U, 7U}) {
    jobs_.clear();
    Collected one;
    Collected other;
    AddJob(one);
    AddJob(other);
    options_.threads = threads;
    ASSERT_TRUE(Make()->Run().ok());
    EXPECT_EQ(one.rows(), Numbers(0, 800)) << threads;
    EXPECT_EQ(other.rows(), one.rows()) << threads;
  }
}

TEST_F(DriverTest, StepsDoTheSame) {
  AddInput(0, 200);
  Collected rows;
  AddJob(rows);
  options_.threads = 4;
  const std::unique_ptr<Driver> driver = Make();
  size_t steps = 0;
  for (;; ++steps) {
    const absl::StatusOr<bool> more = driver->Step();
    ASSERT_TRUE(more.ok());
    if (!*more) break;
  }
  EXPECT_GT(steps, 20U);  // About a block each.
  EXPECT_EQ(rows.rows(), Numbers(0, 200));
  EXPECT_FALSE(*driver->Step());  // The end stays the end.
}

TEST_F(DriverTest, AStepMayBeTheFirstOfARun) {
  AddInput(0, 200);
  Collected rows;
  AddJob(rows);
  const std::unique_ptr<Driver> driver = Make();
  ASSERT_TRUE(*driver->Step());
  ASSERT_TRUE(driver->Run().ok());
  EXPECT_EQ(rows.rows(), Numbers(0, 200));
}

TEST_F(DriverTest, DealtBlocksStayInOrderWithoutASink) {
  AddInput(0, 300);
  Collected rows;
  AddJob(rows);
  options_.deal_states = 3;
  ASSERT_TRUE(Make()->Run().ok());
  EXPECT_EQ(rows.rows(), Numbers(0, 300));
}

TEST_F(DriverTest, AJobThatFailsFailsAlone) {
  AddInput(0, 400);
  for (const size_t threads : {1U, 4U}) {
    jobs_.clear();
    LimitedOutput broken(2, absl::ResourceExhaustedError("no more room"));
    Collected rows;
    AddJob(broken);
    AddJob(rows);
    options_.threads = threads;
    const std::unique_ptr<Driver> driver = Make();
    ASSERT_TRUE(driver->Run().ok());
    EXPECT_EQ(driver->status(0).message(), "no more room");
    EXPECT_TRUE(driver->status(1).ok());
    EXPECT_EQ(rows.rows(), Numbers(0, 400));
  }
}

TEST_F(DriverTest, WhoHasEnoughEndsTheReadingOnlyForItself) {
  AddInput(0, 400);
  LimitedOutput few(2, absl::OkStatus());
  AddJob(few);
  ASSERT_TRUE(Make()->Run().ok());
  const uint64_t read = report_.bytes;
  EXPECT_LT(read, texts_[0]->size() / 2);
  Collected rows;
  AddJob(rows);
  ASSERT_TRUE(Make()->Run().ok());
  EXPECT_EQ(report_.bytes - read, texts_[0]->size());
  EXPECT_EQ(rows.rows(), Numbers(0, 400));
}

TEST_F(DriverTest, AnInputThatIsNotThereIsToldAtTheEnd) {
  AddInput(0, 10);
  settings_.inputs.emplace_back().path = "nothing of the kind.ndjson";
  AddInput(10, 10);
  Collected rows;
  AddJob(rows);
  const std::unique_ptr<Driver> driver = Make();
  EXPECT_TRUE(absl::IsNotFound(driver->Run()));
  EXPECT_EQ(rows.rows(), Numbers(0, 20));
}

TEST_F(DriverTest, StoppedRunsFail) {
  AddInput(0, 400);
  Collected rows;
  AddJob(rows);
  const std::unique_ptr<Driver> driver = Make();
  ASSERT_TRUE(*driver->Step());
  run_.cancel().Stop();
  EXPECT_TRUE(absl::IsCancelled(driver->Run()));
  EXPECT_LT(rows.rows().size(), 400U);
}

}  // namespace
}  // namespace spelk::exec
