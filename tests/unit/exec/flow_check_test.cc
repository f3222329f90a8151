// Operators that do other than their nodes say are caught by the check that every case runs under.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "exec/operator.h"
#include "support/batches.h"
#include "support/flow_check.h"

namespace spelk::tests {
namespace {

// What a node of a test says, and what its operator does.
struct SaysNode final : plan::Node {
  static constexpr std::string_view kName = "says";
  plan::Dataflow flow;
  plan::Dataflow GetDataflow() const override { return flow; }
  template <class Visitor>
  void Describe(Visitor&) {}
};

using Rows = std::vector<std::vector<Value>>;

class Does final : public exec::Streaming<int> {
 public:
  explicit Does(std::function<Batch(Batch)> change) : change_(std::move(change)) {}
  absl::StatusOr<int> NewState() const override { return 0; }
  absl::Status Process(Batch batch, int&, exec::Output& out) const override {
    return out.Push(change_(std::move(batch)));
  }

 private:
  const std::function<Batch(Batch)> change_;
};

class Nowhere final : public exec::Output {
 public:
  absl::Status Push(Batch batch) override {
    rows += batch.size();
    return absl::OkStatus();
  }
  size_t rows = 0;
};

FieldTable& Names() {
  static FieldTable names;
  return names;
}
Field A() { return Names().Intern("a"); }
Field B() { return Names().Intern("b"); }

Batch Input() {
  auto memory = std::make_shared<BatchMemory>();
  auto* values = memory->arena.AllocateArray<Value>(3);
  for (int i = 0; i < 3; ++i) values[i] = Value::Integer(i);
  return Batch(std::make_shared<Schema>(std::vector<Field>{A()}), {Column::Values({values, 3})}, 3,
               memory);
}

Batch With(Batch batch, Field field, const Value& value) {
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    if ((*batch.schema())[c] == field) continue;
    fields.push_back((*batch.schema())[c]);
    columns.push_back(batch.column(c));
  }
  fields.push_back(field);
  columns.push_back(Column::Constant(value, batch.physical_rows()));
  batch.Reshape(std::make_shared<Schema>(std::move(fields)), std::move(columns));
  return batch;
}

// What the operators do that are made beside the one that is checked.
std::function<Batch(Batch)>& SecondChange() {
  static std::function<Batch(Batch)> change;
  return change;
}
exec::OperatorPtr BuildSecond(const plan::Node&, const exec::RunContext&) {
  return std::make_unique<Does>(SecondChange());
}
constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<SaysNode>, &BuildSecond}};

class FlowCheckTest : public testing::Test {
 protected:
  FlowCheckTest() {
    honest_.flow.reads = plan::FieldSet();
    honest_.flow.writes = plan::FieldSet::Of({B()});
    honest_.flow.makes = {B()};
    honest_.flow.order = plan::Order::kKeeps;
    honest_.flow.runs = plan::Runs::kStreaming;
    honest_.flow.results = false;
    run_.entries = &entries_;
  }

  std::string Violation(const SaysNode& node, std::function<Batch(Batch)> change) {
    node_ = plan::Make<SaysNode>({});
    node_->flow = node.flow;
    SecondChange() = change;
    const FlowChecker checker;
    const exec::OperatorPtr op =
        checker.Wrap(*node_, std::make_unique<Does>(std::move(change)), run_);
    const auto& streaming = dynamic_cast<const exec::StreamingOperator&>(*op);
    absl::StatusOr<exec::OperatorStatePtr> state = streaming.NewAnyState();
    EXPECT_TRUE(state.ok());
    Nowhere out;
    EXPECT_TRUE(streaming.ProcessAny(Input(), **state, out).ok());
    return checker.violations().empty() ? "" : checker.violations()[0];
  }

  SaysNode honest_;
  std::unique_ptr<SaysNode> node_;
  plan::Registry entries_{{}, kNodes, {}, {}, {}, {}, {}};
  exec::RunContext run_;
};

TEST_F(FlowCheckTest, LetsHonestOperatorsPass) {
  EXPECT_EQ(Violation(honest_,
                      [](Batch batch) { return With(std::move(batch), B(), Value::Integer(7)); }),
            "");
}

TEST_F(FlowCheckTest, SeesAFieldThatIsNotDeclaredToBeWritten) {
  const std::string seen = Violation(honest_, [](Batch batch) {
    return With(With(std::move(batch), B(), Value::Integer(7)), A(), Value::Integer(9));
  });
  EXPECT_NE(seen.find("changes a from '0' to '9' and does not write it"), std::string::npos)
      << seen;
}

TEST_F(FlowCheckTest, SeesAFieldThatIsNotMade) {
  const std::string seen = Violation(honest_, [](Batch batch) { return batch; });
  EXPECT_NE(seen.find("does not make b"), std::string::npos) << seen;
}

TEST_F(FlowCheckTest, SeesAFieldThatIsTakenAway) {
  const std::string seen = Violation(honest_, [](Batch batch) {
    Batch made = With(std::move(batch), B(), Value::Integer(7));
    return With(std::move(made), A(), Value::Null());
  });
  EXPECT_NE(seen.find("changes a from '0' to null"), std::string::npos) << seen;
}

TEST_F(FlowCheckTest, SeesRowsThatChangePlaces) {
  const std::string seen = Violation(honest_, [](Batch batch) {
    Batch made = With(std::move(batch), B(), Value::Integer(7));
    made.Select({2, 0, 1});
    return made;
  });
  EXPECT_NE(seen.find("does not keep the order of rows"), std::string::npos) << seen;
}

TEST_F(FlowCheckTest, SeesColumnsBesideTheKnownOnes) {
  SaysNode node;
  node.flow = honest_.flow;
  node.flow.passes = false;
  node.flow.columns = std::vector<Field>{B()};
  const std::string seen =
      Violation(node, [](Batch batch) { return With(std::move(batch), B(), Value::Integer(7)); });
  EXPECT_NE(seen.find("gives the column a, which is none of its columns"), std::string::npos)
      << seen;
}

TEST_F(FlowCheckTest, SeesAFieldThatIsNotDeclaredToBeRead) {
  const auto copy_of_a = [](Batch batch) {
    const Column* a = batch.Find(A());
    const Column copied =
        a == nullptr ? Column::Constant(Value::Null(), batch.physical_rows()) : *a;
    std::vector<Field> fields = batch.schema()->fields();
    std::vector<Column> columns = batch.columns();
    fields.push_back(B());
    columns.push_back(copied);
    batch.Reshape(std::make_shared<Schema>(std::move(fields)), std::move(columns));
    return batch;
  };
  const std::string seen = Violation(honest_, copy_of_a);
  EXPECT_NE(seen.find("gives another row where it gets only the fields that it needs"),
            std::string::npos)
      << seen;
  SaysNode node;
  node.flow = honest_.flow;
  node.flow.reads.Add(A());
  EXPECT_EQ(Violation(node, copy_of_a), "");
}

TEST_F(FlowCheckTest, SeesEventsThatAreNoneOfTheInput) {
  const std::string seen =
      Violation(honest_, [](const Batch&) { return With(Input(), B(), Value::Integer(7)); });
  EXPECT_NE(seen.find("gives a row that is none of those it got"), std::string::npos) << seen;
}

}  // namespace
}  // namespace spelk::tests
