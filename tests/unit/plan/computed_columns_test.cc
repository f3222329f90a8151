// Plans as the optimizer leaves them: what a scan was given is saved in full.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/impl.h"
#include "plan/nodes.h"
#include "support/plan_dump.h"

namespace spelk::plan {
namespace {

ExprPtr Placed(ExprPtr expr, uint32_t begin) {
  expr->span = {begin, begin + 5};
  expr->id = 7 + begin;
  expr->from = 3;
  return expr;
}

NodePtr OptimizedScan(FieldTable& fields) {
  auto scan = Make<ScanNode>({4, 9});
  scan->id = 2;
  scan->from = 1;
  scan->all_fields = false;
  scan->fields = {fields.Intern("a"), hidden::kTime, fields.Intern("b c")};
  scan->patterns = {"d*", "*"};
  scan->implicit = {fields.Intern("a")};
  scan->predicate = Placed(MakeField(fields.Intern("a")), 20);
  scan->prefilter = {{{"abc", "def"}, true}, {{"ghi"}, false}};
  scan->late = true;
  ComputedColumns rule;
  rule.where = {StanzaKind::kSource, "x|y", "", "source::x"};
  rule.except = {{StanzaKind::kHost, "h", "", "host::h"}, {StanzaKind::kSourcetype, "s", "s", "s"}};
  rule.text = {{rule.where, "KV_MODE", "xml"}};
  rule.text_source = fields.Intern("_raw");
  rule.open = true;
  rule.name = "EVAL-user";
  rule.targets = {fields.Intern("user")};
  rule.value = Placed(MakeLogical(ExprKind::kOr,
                                  [&] {
                                    std::vector<ExprPtr> operands;
                                    operands.push_back(Placed(MakeField(fields.Intern("u")), 30));
                                    operands.push_back(Placed(MakeBoolean(true), 40));
                                    return operands;
                                  }()),
                      30);
  rule.only_missing = true;
  rule.listed = {fields.Intern("user")};
  rule.parallel_before = true;
  scan->rules.emplace_back(std::move(rule));
  return scan;
}

TEST(ComputedColumns, ComeBackWithTheirPlaces) {
  const Engine engine;
  const Registry& entries = engine.impl()->core.entries();
  FieldTable fields;
  const NodePtr scan = OptimizedScan(fields);
  const absl::StatusOr<NodePtr> loaded = LoadPlan(SavePlan(*scan), {&fields, &entries, 0});
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  const std::string dump = tests::DumpPlan(*scan);
  EXPECT_EQ(tests::DumpPlan(**loaded), dump);
  EXPECT_NE(dump.find("EVAL-user"), std::string::npos) << dump;
  const NodePtr copy = CopyPlan(*scan, fields, entries);
  ASSERT_NE(copy, nullptr);
  EXPECT_EQ(tests::DumpPlan(*copy), dump);
}

}  // namespace
}  // namespace spelk::plan
