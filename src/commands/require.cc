// require: the search fails where nothing was found.
#include <utility>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

struct RequireNode final : plan::Node {
  static constexpr std::string_view kName = "require";

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(), .writes = plan::FieldSet()};
    flow.results = false;
    flow.order = Order::kKeeps;
    return flow;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor&) {}
};

struct RequireState {
  bool any = false;
};

class Require final : public exec::Sequential<RequireState> {
 public:
  absl::StatusOr<RequireState> NewState() const override { return RequireState(); }
  absl::StatusOr<exec::Demand> Process(Batch batch, RequireState& state,
                                       exec::Output& out) const override {
    state.any = state.any || !batch.empty();
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }
  absl::Status Finish(RequireState& state, exec::Output&) const override {
    if (state.any) return absl::OkStatus();
    return absl::FailedPreconditionError(
        "require: the search before it found no events and gave no results");
  }
};

absl::StatusOr<plan::NodePtr> BindRequire(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  return plan::Make<RequireNode>(call.span);
}

exec::OperatorPtr BuildRequire(const plan::Node&, const exec::RunContext&) {
  return std::make_unique<Require>();
}

constexpr std::string_view kRequireNotes[] = {
    "in a subsearch it fails the search around it, too, which would otherwise go on with nothing"};
constexpr Example kRequireExamples[] = {{.title = "Rows pass where there are any",
                                         .input = R"({"user":"ana"} {"user":"bo"})",
                                         .query = "search user=b* | require | table user",
                                         .output = R"({"user":"bo"})"}};

constexpr plan::NodeEntry kRequireNodes[] = {{&plan::TypeOf<RequireNode>, &BuildRequire}};

}  // namespace

extern constexpr CommandEntry kRequire = {
    .name = "require",
    .signature = "require",
    .summary = "Fails the search if nothing was found before it.",
    .kind = CommandKind::kOrchestrating,
    .shape = {Shape::kArguments, kNoClauses},
    .notes = kRequireNotes,
    .examples = kRequireExamples,
    .nodes = kRequireNodes,
    .bind = &BindRequire,
};

}  // namespace spelk::commands
