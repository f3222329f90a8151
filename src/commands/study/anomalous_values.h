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
  double least_normal = 0.01;    // minnormfreq: of anomalous ones, as its page has it.
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

// Reads the options of anomalousvalue but action.
absl::Status ReadAnomalousValue(const ast::CommandCall& call, plan::Binder& binder,
                                AnomalousValueNode* node);
inline constexpr Argument kAnomalousValueOptions[] = {
    {.name = "maxanofreq",
     .type = "number from 0 to 1",
     .fallback = "0.05",
     .summary = "A field more of whose values are anomalous is left out.",
     .is_option = true},
    {.name = "minnormfreq",
     .type = "number from 0 to 1",
     .fallback = "0.01",
     .summary = "So is one fewer of whose values are,",
     .is_option = true},
    {.name = "minsupfreq",
     .type = "number from 0 to 1",
     .fallback = "0.05",
     .summary = "one that is in a smaller share of the rows,",
     .is_option = true},
    {.name = "minsupcount",
     .type = "int",
     .fallback = "100",
     .summary = "and one that is in fewer rows.",
     .is_option = true}};

exec::OperatorPtr BuildAnomalousValue(const plan::Node& node, const exec::RunContext& run);

}  // namespace spelk::commands
