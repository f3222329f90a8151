// Counting rows on their way, and telling of them at the end.
#include "commands/action.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"

namespace spelk::commands {
namespace {

struct RowCount {
  uint64_t rows = 0;
};

class Action final : public exec::Sequential<RowCount> {
 public:
  Action(const ActionNode& node, const exec::RunContext& run)
      : what_(node.what), one_(node.one), many_(node.many), command_(node.label()), run_(run) {}

  bool wants_all_rows() const override { return true; }
  absl::StatusOr<RowCount> NewState() const override { return RowCount(); }
  absl::StatusOr<exec::Demand> Process(Batch batch, RowCount& count,
                                       exec::Output& out) const override {
    count.rows += batch.size();
    if (!out.enough()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }
  absl::Status Finish(RowCount& count, exec::Output&) const override {
    const std::string rows = count.rows == 1 ? one_ : fmt::format("{} {}", count.rows, many_);
    const size_t place = what_.find("{}");
    const std::string done =
        place == std::string::npos ? what_ : std::string(what_).replace(place, 2, rows);
    run_.warnings->Add(
        ErrorCode::kDiffers,
        fmt::format("{}: Splunk would {}; here the rows only pass on", command_, done));
    return absl::OkStatus();
  }

 private:
  const std::string what_;
  const std::string one_;
  const std::string many_;
  const std::string command_;
  const exec::RunContext& run_;
};

}  // namespace

plan::Dataflow ActionNode::GetDataflow() const {
  plan::Dataflow flow{.reads = plan::FieldSet(), .writes = plan::FieldSet()};
  flow.results = false;
  flow.order = Order::kKeeps;
  return flow;
}

plan::NodePtr MakeAction(const ast::CommandCall& call, std::string what, std::string_view one,
                         std::string_view many) {
  auto node = plan::Make<ActionNode>(call.span);
  node->what = std::move(what);
  node->one = one;
  node->many = many;
  return node;
}

absl::StatusOr<std::string> TextOfFreeOption(const ast::CommandCall& call, std::string_view name,
                                             plan::Binder& binder) {
  std::string text;
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr) continue;
    SPELK_ASSIGN_OR_RETURN(const std::string value, binder.OptionText(*option));
    if (option->name.text == name) text = value;
  }
  return text;
}

absl::StatusOr<plan::NodePtr> BindDataPoints(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(binder.FieldNames(binder.Positional(call)).status());
  SPELK_ASSIGN_OR_RETURN(const std::string index, binder.Text(call, "index"));
  if (index.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a metrics index is missing",
                        {fmt::format("usage: {} index=metrics", call.name.text)});
  }
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "split").status());
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "spool").status());
  return MakeAction(call, fmt::format("write {{}} to the metrics index {}", index), "1 data point",
                    "data points");
}

exec::OperatorPtr BuildAction(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Action>(plan::As<ActionNode>(node), run);
}

}  // namespace spelk::commands
