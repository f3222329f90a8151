// What collect, sendemail and sendalert share: what Splunk would do with the rows is told, and the
// rows pass on.
#pragma once

#include <string>

#include "commands/entry.h"

namespace spelk::commands {

struct ActionNode final : plan::Node {
  static constexpr std::string_view kName = "action";
  std::string what;  // "write {} to the index summary"
  std::string one;   // What stands there for a single row, "1 row",
  std::string many;  // and what the rows are called otherwise.

  plan::Dataflow GetDataflow() const override;
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("what", what);
    visit("one", one);
    visit("many", many);
  }
};

plan::NodePtr MakeAction(const ast::CommandCall& call, std::string what, std::string_view one,
                         std::string_view many);
// What an option that the command does not know by itself says; empty without it. All options must
// have a text.
absl::StatusOr<std::string> TextOfFreeOption(const ast::CommandCall& call, std::string_view name,
                                             plan::Binder& binder);
// mcollect and meventcollect: rows become data points of a metrics index.
absl::StatusOr<plan::NodePtr> BindDataPoints(const ast::CommandCall& call, plan::Binder& binder);
exec::OperatorPtr BuildAction(const plan::Node& node, const exec::RunContext& run);

inline constexpr std::string_view kActionNotes[] = {
    "nothing is written, sent or run: a warning says what Splunk would do"};

}  // namespace spelk::commands
