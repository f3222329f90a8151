// What anomalousvalue and anomalydetection method=zscore do: values that are improbable among those
// of their field.
#pragma once

#include "commands/all_rows.h"

namespace spelk::commands {

enum class AnomalyAction : uint8_t { kFilter, kAnnotate, kSummary };
constexpr size_t EnumSize(AnomalyAction) { return 3; }
std::string_view NameOf(AnomalyAction action);
// Of an option `action`.
AnomalyAction ActionOf(std::string_view name);

struct AnomalousValueNode final : plan::Node {
  static constexpr std::string_view kName = "anomalous-value";
  std::vector<Field> names;
  AnomalyAction action = AnomalyAction::kFilter;
  double threshold = 0.01;
  double most_anomalous = 0.05;  // Shares of the values of a field.
  double least_normal = 0.01;
  double least_support = 0.05;
  uint64_t least_count = 100;

  plan::Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("action", action);
    visit("pthresh", threshold);
    visit("maxanofreq", most_anomalous);
    visit("minnormfreq", least_normal);
    visit("minsupfreq", least_support);
    visit("minsupcount", least_count);
  }
};

exec::OperatorPtr BuildAnomalousValue(const plan::Node& node, const exec::RunContext& run);

}  // namespace spelk::commands
