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

// What is known of a field.
struct FieldStudy {
  Field field;
  std::vector<double> probability;  // Row by row; no number without a value.
  uint64_t count = 0;
  uint64_t distinct = 0;
  uint64_t anomalous = 0;
  bool numeric = false;
  bool used = false;
  double mean = 0;
  double stdev = 0;
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
      if (node_.action != AnomalyAction::kSummary && !study.used) continue;
      studies.push_back(std::move(study));
    }
    if (node_.action == AnomalyAction::kSummary) return Summarize(rows, studies, out);
    return Mark(rows, studies, out);
  }

  absl::Status Study(AllRows& rows, FieldStudy* study) const {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (sizeof(double) + sizeof(Value))));
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
      double probability = NAN;
      if (!value.is_null()) {
        probability = study->numeric ? Tail(NumberOf(value)->value, *study)
                                     : static_cast<double>(counts[TextOf(value)]) / count;
      }
      study->probability.push_back(probability);
      study->anomalous += probability < node_.threshold ? 1U : 0U;
    }
    study->used = IsUsed(*study, rows.size());
    return absl::OkStatus();
  }

  // How likely a number so far from the mean is, if they are spread normally.
  static double Tail(double number, const FieldStudy& study) {
    if (study.stdev == 0) return 1;
    return std::erfc(std::fabs(number - study.mean) / study.stdev / std::sqrt(2.0));
  }

  bool IsUsed(const FieldStudy& study, size_t rows) const {
    const auto count = static_cast<double>(study.count);
    const double anomalous = static_cast<double>(study.anomalous) / count;
    return study.count >= node_.least_count &&
           count / static_cast<double>(rows) >= node_.least_support &&
           anomalous <= node_.most_anomalous && 1 - anomalous >= node_.least_normal;
  }

  absl::Status Mark(AllRows& rows, const std::vector<FieldStudy>& studies,
                    exec::Output& out) const {
    std::vector<NewColumn> columns;
    std::vector<bool> kept(rows.size(), node_.action == AnomalyAction::kAnnotate);
    for (const FieldStudy& study : studies) {
      if (study.anomalous == 0) continue;
      SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * sizeof(Value)));
      const std::string_view form = study.numeric ? "Num" : "Cat";
      SPELK_ASSIGN_OR_RETURN(
          const Field field,
          run().fields->TryIntern(fmt::format("Anomaly_Score_{}({})", form, study.field.name())));
      NewColumn column{field, {}};
      for (size_t r = 0; r < rows.size(); ++r) {
        const bool anomalous = study.probability[r] < node_.threshold;
        column.values.push_back(anomalous ? NumberValue(study.probability[r]) : Value::Null());
        if (anomalous) kept[r] = true;
      }
      columns.push_back(std::move(column));
    }
    return rows.Emit(columns, &kept, out);
  }

  absl::Status Summarize(const AllRows& rows, const std::vector<FieldStudy>& studies,
                         exec::Output& out) const {
    std::vector<Field> columns;
    for (const std::string_view name :
         {"fieldname", "count", "distinct_count", "mean", "stdev", "isNum", "useCat", "useNum",
          "catAnoFreq%", "catNormFreq%", "numAnoFreq%", "numNormFreq%", "supportFreq%"}) {
      SPELK_ASSIGN_OR_RETURN(const Field field, run().fields->TryIntern(name));
      columns.push_back(field);
    }
    WideRows table(std::move(columns), run(), "anomalousvalue", out);
    for (const FieldStudy& study : studies) {
      const auto count = static_cast<double>(study.count);
      const double anomalous = 100 * static_cast<double>(study.anomalous) / count;
      const auto yes = [](bool is) { return Value::Text(is ? "YES" : "NO"); };
      SPELK_RETURN_IF_ERROR(table.Begin());
      table.Set(0, Value::Text(study.field.name()));
      table.Set(1, Value::Integer(static_cast<int64_t>(study.count)));
      table.Set(2, Value::Integer(static_cast<int64_t>(study.distinct)));
      if (study.numeric) {
        table.Set(3, NumberValue(study.mean));
        table.Set(4, NumberValue(study.stdev));
      }
      table.Set(5, yes(study.numeric));
      table.Set(6, yes(study.used && !study.numeric));
      table.Set(7, yes(study.used && study.numeric));
      table.Set(study.numeric ? 10 : 8, NumberValue(anomalous));
      table.Set(study.numeric ? 11 : 9, NumberValue(100 - anomalous));
      table.Set(12, NumberValue(100 * count / static_cast<double>(rows.size())));
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
