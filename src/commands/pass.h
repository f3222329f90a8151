// What localop, noop and others share: commands that say where or how Splunk runs or shows a
// search, and change no row.
#pragma once

#include "commands/entry.h"

namespace spelk::commands {

struct PassNode final : plan::Node {
  static constexpr std::string_view kName = "pass";

  plan::Dataflow GetDataflow() const override;
  template <class Visitor>
  void Describe(Visitor&) {}
};

// Whatever the arguments are.
absl::StatusOr<plan::NodePtr> BindPass(const ast::CommandCall& call, plan::Binder& binder);
// Refuses arguments by place.
absl::StatusOr<plan::NodePtr> BindBarePass(const ast::CommandCall& call, plan::Binder& binder);
exec::OperatorPtr BuildPass(const plan::Node& node, const exec::RunContext& run);

inline constexpr std::string_view kPassNotes[] = {"it has no effect here: the rows pass unchanged"};
inline constexpr std::string_view kPassTitle = "Rows stay as they are";
inline constexpr std::string_view kPassRows = R"({"user":"ana"} {"user":"bo"})";

}  // namespace spelk::commands
