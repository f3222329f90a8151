// Running nodes of search predicates: patterns, sets, rows of subsearches, terms, time ranges.
#include "plan/eval/search_nodes.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/hash/hash.h"
#include "base/status.h"
#include "plan/eval/search_matcher.h"
#include "plan/eval/term_matcher.h"
#include "plan/eval/tuple_set.h"
#include "value/number.h"
#include "value/relative_time.h"

namespace spelk::plan {
namespace {

Truth ToTruth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

// Asks once for a constant column, once for each entry of a dictionary, otherwise for each row.
// Rows may have a value in common: the names of events are few.
class ColumnTester {
 public:
  template <class Ask>
  void Test(const Column& column, Rows rows, Truth* truth, Ask ask) {
    switch (column.encoding()) {
      case Column::Encoding::kConstant: {
        const Truth answer = ToTruth(ask(column.constant()));
        for (const uint32_t row : rows) truth[row] = answer;
        return;
      }
      case Column::Encoding::kDictionary: {
        memo_.assign(column.dictionary().size(), Truth::kNull);
        for (const uint32_t row : rows) {
          Truth& known = memo_[column.codes()[row]];
          if (known == Truth::kNull) known = ToTruth(ask(column.At(row)));
          truth[row] = known;
        }
        return;
      }
      default:
        TestEach(column, rows, truth, ask);
    }
  }

 private:
  // What was answered for the values that stand at some places.
  struct Known {
    const void* place = nullptr;
    size_t size = 0;
    Truth answer = Truth::kNull;
  };
  static constexpr size_t kKnown = 16;

  template <class Ask>
  void TestEach(const Column& column, Rows rows, Truth* truth, Ask ask) {
    std::array<Known, kKnown> known;
    for (const uint32_t row : rows) {
      const Value value = column.At(row);
      const void* place = value.is_text()    ? value.text().data()
                          : value.is_multi() ? static_cast<const void*>(value.each().data())
                                             : nullptr;
      if (place == nullptr) {
        truth[row] = ToTruth(ask(value));
        continue;
      }
      const size_t size = value.is_text() ? value.text().size() : value.each().size();
      Known& entry = known[absl::HashOf(place) % kKnown];
      if (entry.place != place || entry.size != size) {
        entry = {place, size, ToTruth(ask(value))};
      }
      truth[row] = entry.answer;
    }
  }

  std::vector<Truth> memo_;
};

Column ColumnOf(const EvalContext& context, Field field) {
  const Column* column = context.batch().Find(field);
  return column == nullptr ? Column::Null(context.physical_rows()) : *column;
}

class MatchNode final : public EvalNode {
 public:
  explicit MatchNode(const Expr& expr)
      : field_(expr.field),
        matcher_(expr.all_names ? CompareOp::kEqual : expr.op, expr.patterns.front()),
        unset_(expr.unset),
        none_(expr.all_names && expr.op == CompareOp::kNotEqual) {}

  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    tester_.Test(ColumnOf(context, field_), rows, truth, [this](const Value& value) {
      if (value.is_null()) return unset_ == Unset::kTrue;
      return matcher_.Matches(value) != none_;
    });
    return absl::OkStatus();
  }

 private:
  const Field field_;
  const PatternMatcher matcher_;
  const Unset unset_;
  const bool none_;
  ColumnTester tester_;
};

class MatchAnyNode final : public EvalNode {
 public:
  explicit MatchAnyNode(const Expr& expr)
      : field_(expr.field), set_(expr.patterns), unset_(expr.unset) {}
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    tester_.Test(ColumnOf(context, field_), rows, truth, [this](const Value& value) {
      return value.is_null() ? unset_ == Unset::kTrue : set_.Matches(value);
    });
    return absl::OkStatus();
  }

 private:
  const Field field_;
  const PatternSet set_;
  const Unset unset_;
  ColumnTester tester_;
};

class TupleInNode final : public EvalNode {
 public:
  explicit TupleInNode(const Expr& expr)
      : fields_(expr.row_fields), set_(expr.row_fields.size(), expr.rows) {}

  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    std::vector<Column> columns;
    for (const Field field : fields_) columns.push_back(ColumnOf(context, field));
    std::vector<Value> values(columns.size());
    for (const uint32_t row : rows) {
      for (size_t f = 0; f < columns.size(); ++f) values[f] = columns[f].At(row);
      truth[row] = ToTruth(set_.Matches(values));
    }
    return absl::OkStatus();
  }

 private:
  const std::vector<Field> fields_;
  TupleSet set_;
};

class TermNode final : public EvalNode {
 public:
  explicit TermNode(const Expr& expr)
      : field_(expr.field), matcher_(expr.patterns.front().text, expr.term) {}
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    const Column raw = ColumnOf(context, field_);
    for (const uint32_t row : rows) {
      const Value value = raw.At(row);
      const std::span<const Value> each = value.each();
      truth[row] = ToTruth(std::any_of(each.begin(), each.end(), [this](const Value& one) {
        char buffer[kNumberText];
        return matcher_.Matches(TextOf(one, buffer));
      }));
    }
    return absl::OkStatus();
  }

 private:
  const Field field_;
  const TermMatcher matcher_;
};

// earliest inclusive, latest exclusive; an event without a time is outside of every range. A
// missing latest is now (Search Manual, time modifiers), unless no event is newer than that.
class TimeRangeNode final : public EvalNode {
 public:
  TimeRangeNode(const Expr& expr, const EvalEnvironment& environment) : field_(expr.field) {
    const RunConstants& run = environment.constants;
    if (!expr.earliest.empty()) earliest_ = ParseTimeModifier(expr.earliest, run.now, run.zone);
    if (!expr.latest.empty()) latest_ = ParseTimeModifier(expr.latest, run.now, run.zone);
    if (expr.latest.empty() && !run.now_is_newest) latest_ = run.now;
  }
  absl::Status Test(const EvalContext& context, Rows rows, Truth* truth) override {
    const Column times = ColumnOf(context, field_);
    uint64_t inside = 0;
    uint64_t timeless = 0;
    for (const uint32_t row : rows) {
      const std::optional<Number> time = NumberOf(times.At(row));
      timeless += time ? 0 : 1;
      const bool in =
          time && (!earliest_ || time->value >= *earliest_) && (!latest_ || time->value < *latest_);
      truth[row] = ToTruth(in);
      inside += in ? 1 : 0;
    }
    EvalCounters& counters = *context.environment().counters;
    counters.inside_time_range.fetch_add(inside, std::memory_order_relaxed);
    counters.without_time.fetch_add(timeless, std::memory_order_relaxed);
    counters.outside_time_range.fetch_add(rows.size() - inside, std::memory_order_relaxed);
    return absl::OkStatus();
  }

 private:
  const Field field_;
  std::optional<double> earliest_;
  std::optional<double> latest_;
};

}  // namespace

EvalNodePtr MakeSearchNode(const Expr& expr, EvalFactory& factory) {
  switch (expr.kind) {
    case ExprKind::kMatch:
      return std::make_unique<MatchNode>(expr);
    case ExprKind::kMatchAny:
      return std::make_unique<MatchAnyNode>(expr);
    case ExprKind::kTupleIn:
      return std::make_unique<TupleInNode>(expr);
    case ExprKind::kTerm:
      return std::make_unique<TermNode>(expr);
    default:
      return std::make_unique<TimeRangeNode>(expr, factory.environment());
  }
}

}  // namespace spelk::plan
