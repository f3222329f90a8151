// Frequencies of texts, distances of numbers from their mean.
#include "commands/study/anomalous_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "commands/chart/wide_rows.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

// One way to look for values of a field that are improbable.
struct Test {
  std::vector<double> probability;  // Row by row; no number without a value.
  uint64_t anomalous = 0;
  bool used = false;
};

// What is known of a field.
struct FieldStudy {
  Field field;
  uint64_t count = 0;
  uint64_t distinct = 0;
  bool numeric = false;  // All its values are numbers.
  double mean = 0;
  double stdev = 0;
  Test categories;  // By how often a value occurs,
  Test numbers;     // and by how far a number is from the mean.
};

class AnomalousValue final : public WholeSink {
 public:
  AnomalousValue(const AnomalousValueNode& node, const exec::RunContext& run)
      : WholeSink("anomalousvalue", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    std::vector<FieldStudy> studies;
    for (const Field field : fields) {
      if (!TakesField(node_.names, field)) continue;
      FieldStudy study;
      study.field = field;
      SPELK_RETURN_IF_ERROR(Study(rows, &study));
      if (study.count == 0) continue;
      const bool matters = study.categories.used || study.numbers.used;
      if (node_.action != AnomalyAction::kSummary && !matters) continue;
      studies.push_back(std::move(study));
    }
    if (node_.action == AnomalyAction::kSummary) return Summarize(rows, studies, out);
    return Mark(rows, studies, out);
  }

  absl::Status Study(AllRows& rows, FieldStudy* study) const {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (2 * sizeof(double) + sizeof(Value))));
    const std::vector<Value> values = rows.ValuesOf(study->field);
    absl::flat_hash_map<std::string, uint64_t> counts;
    ExactSum sum;
    ExactSum squares;
    study->numeric = true;
    for (const Value& value : values) {
      if (value.is_null()) continue;
      ++study->count;
      const std::optional<Number> number = NumberOf(value);
      study->numeric = study->numeric && number && std::isfinite(number->value);
      if (study->numeric) {
        sum.Add(number->value);
        squares.AddSquare(number->value);
      }
      std::string text = TextOf(value);
      const size_t bytes = 96 + text.size();
      if (++counts[std::move(text)] == 1) SPELK_RETURN_IF_ERROR(rows.Reserve(bytes));
    }
    study->distinct = counts.size();
    if (study->count == 0) return absl::OkStatus();
    const auto count = static_cast<double>(study->count);
    if (study->numeric) {
      const ScaledNumber away = ExactSum::Distances(study->count, sum, squares);
      const double distances = std::ldexp(away.mantissa, away.exponent);
      study->mean = sum.Result() / count;
      study->stdev = study->count > 1 ? std::sqrt(distances / (count * (count - 1))) : 0;
    }
    for (const Value& value : values) {
      const bool none = value.is_null();
      Note(none ? NAN : static_cast<double>(counts[TextOf(value)]) / count, &study->categories);
      if (study->numeric) {
        Note(none ? NAN : Tail(NumberOf(value)->value, *study), &study->numbers);
      }
    }
    study->categories.used = IsUsed(*study, study->categories, rows.size());
    study->numbers.used = study->numeric && IsUsed(*study, study->numbers, rows.size());
    return absl::OkStatus();
  }

  void Note(double probability, Test* test) const {
    test->probability.push_back(probability);
    test->anomalous += probability < node_.threshold ? 1U : 0U;
  }

  // How likely a number so far from the mean is, if they are spread normally.
  static double Tail(double number, const FieldStudy& study) {
    if (study.stdev == 0) return 1;
    return std::erfc(std::fabs(number - study.mean) / study.stdev / std::sqrt(2.0));
  }

  static double ShareOf(const FieldStudy& study, const Test& test) {
    return static_cast<double>(test.anomalous) / static_cast<double>(study.count);
  }

  bool IsUsed(const FieldStudy& study, const Test& test, size_t rows) const {
    const double support = static_cast<double>(study.count) / static_cast<double>(rows);
    const double share = ShareOf(study, test);
    return study.count >= node_.least_count && support >= node_.least_support &&
           share <= node_.most_anomalous && share >= node_.least_normal;
  }

  absl::Status Mark(AllRows& rows, const std::vector<FieldStudy>& studies,
                    exec::Output& out) const {
    std::vector<NewColumn> columns;
    std::vector<bool> kept(rows.size(), node_.action == AnomalyAction::kAnnotate);
    for (const FieldStudy& study : studies) {
      for (const Test* test : {&study.categories, &study.numbers}) {
        if (!test->used || test->anomalous == 0) continue;
        SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * sizeof(Value)));
        SPELK_ASSIGN_OR_RETURN(const Field field,
                               run().fields->TryIntern(fmt::format(
                                   "Anomaly_Score_{}({})", test == &study.numbers ? "Num" : "Cat",
                                   study.field.name())));
        NewColumn column{field, {}};
        for (size_t r = 0; r < rows.size(); ++r) {
          const bool anomalous = test->probability[r] < node_.threshold;
          column.values.push_back(anomalous ? NumberValue(test->probability[r]) : Value::Null());
          if (anomalous) kept[r] = true;
        }
        columns.push_back(std::move(column));
      }
    }
    return rows.Emit(columns, &kept, out);
  }

  absl::Status Summarize(const AllRows& rows, const std::vector<FieldStudy>& studies,
                         exec::Output& out) const {
    std::vector<Field> columns;
    for (const std::string_view name :
         {"fieldname", "count", "distinct_count", "mean", "catAnoFreq%", "catNormFreq%",
          "numAnoFreq%", "stdev", "supportFreq%", "useCat", "useNum", "isNum"}) {
      SPELK_ASSIGN_OR_RETURN(const Field field, run().fields->TryIntern(name));
      columns.push_back(field);
    }
    WideRows table(std::move(columns), run(), "anomalousvalue", out);
    for (const FieldStudy& study : studies) {
      const auto yes = [](bool is) { return Value::Text(is ? "YES" : "NO"); };
      const double rare = 100 * ShareOf(study, study.categories);
      SPELK_RETURN_IF_ERROR(table.Begin());
      table.Set(0, Value::Text(study.field.name()));
      table.Set(1, Value::Integer(static_cast<int64_t>(study.count)));
      table.Set(2, Value::Integer(static_cast<int64_t>(study.distinct)));
      table.Set(4, NumberValue(rare));
      table.Set(5, NumberValue(100 - rare));
      if (study.numeric) {
        table.Set(3, NumberValue(study.mean));
        table.Set(6, NumberValue(100 * ShareOf(study, study.numbers)));
        table.Set(7, NumberValue(study.stdev));
      }
      table.Set(8, NumberValue(100 * static_cast<double>(study.count) /
                               static_cast<double>(rows.size())));
      table.Set(9, yes(study.categories.used));
      table.Set(10, yes(study.numbers.used));
      table.Set(11, yes(study.numeric));
    }
    return table.Finish();
  }

  const AnomalousValueNode& node_;
};

}  // namespace

std::string_view NameOf(AnomalyAction action) {
  constexpr std::string_view kNames[] = {"filter", "annotate", "summary"};
  return kNames[static_cast<size_t>(action)];
}

AnomalyAction ActionOf(std::string_view name) {
  if (name == "annotate") return AnomalyAction::kAnnotate;
  return name == "summary" ? AnomalyAction::kSummary : AnomalyAction::kFilter;
}

namespace {

absl::StatusOr<double> ShareIn(const ast::CommandCall& call, std::string_view name, double fallback,
                               plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> share, binder.Decimal(call, name));
  if (!share) return fallback;
  if (*share >= 0 && *share <= 1) return *share;
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  return binder.BadOption(*option, binder.TextOf(option->value->span));
}

}  // namespace

absl::Status ReadAnomalousValue(const ast::CommandCall& call, plan::Binder& binder,
                                AnomalousValueNode* node) {
  SPELK_ASSIGN_OR_RETURN(node->threshold, ShareIn(call, "pthresh", 0.01, binder));
  SPELK_ASSIGN_OR_RETURN(node->most_anomalous, ShareIn(call, "maxanofreq", 0.05, binder));
  SPELK_ASSIGN_OR_RETURN(node->least_normal, ShareIn(call, "minnormfreq", 0.01, binder));
  SPELK_ASSIGN_OR_RETURN(node->least_support, ShareIn(call, "minsupfreq", 0.05, binder));
  SPELK_ASSIGN_OR_RETURN(const int64_t count, binder.Integer(call, "minsupcount", 1));
  node->least_count = static_cast<uint64_t>(count);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  return absl::OkStatus();
}

plan::Dataflow AnomalousValueNode::GetDataflow() const {
  plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kSink};
  flow.reads = ReadsOf(names);
  if (action == AnomalyAction::kSummary) {
    flow.order = Order::kNeeds;
    flow.passes = false;
    return flow;
  }
  flow.results = false;
  flow.writes.Clear();
  flow.writes.AddPattern("Anomaly_Score_*");
  return flow;
}

exec::OperatorPtr BuildAnomalousValue(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AnomalousValue>(plan::As<AnomalousValueNode>(node), run);
}

}  // namespace spelk::commands
