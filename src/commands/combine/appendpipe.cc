// appendpipe: what a pipeline makes of the rows, after the rows.
#include "base/status.h"
#include "commands/combine/subsearches.h"
#include "exec/row_sink.h"
#include "exec/serial_stages.h"
#include "exec/spool.h"

namespace spelk::commands {
namespace {

struct AppendPipeNode final : plan::Node {
  static constexpr std::string_view kName = "appendpipe";

  plan::Dataflow GetDataflow() const override { return {.runs = Runs::kSink, .results = true}; }
  plan::FieldSet InputNeeds(const plan::FieldSet&) const override { return plan::FieldSet::All(); }
  bool WellFormed(const plan::Registry&) const { return body != nullptr; }
  template <class Visitor>
  void Describe(Visitor&) {}
};

class AppendPipe final : public exec::SpoolSink {
 public:
  AppendPipe(const AppendPipeNode& node, const exec::RunContext& run)
      : SpoolSink("appendpipe", run), node_(node) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override {
    // The pipeline's own rows wait until those that are there have gone out.
    exec::Spool made("appendpipe", run());
    Keep keep(made);
    SPELK_ASSIGN_OR_RETURN(const auto pipeline, exec::Pipeline::Build(*node_.body, run()));
    SPELK_ASSIGN_OR_RETURN(const auto body, exec::SerialRun::Make(*pipeline, &keep));
    Both both(out, *body);
    SPELK_RETURN_IF_ERROR(spool.Emit(both));
    SPELK_RETURN_IF_ERROR(body->Finish());
    return made.Emit(out);
  }

 private:
  class Keep final : public exec::Output {
   public:
    explicit Keep(exec::Spool& rows) : rows_(rows) {}
    absl::Status Push(Batch batch) override {
      if (batch.empty()) return absl::OkStatus();
      batch.DropHidden();  // Their order is that in which they come.
      return rows_.Add(std::move(batch), exec::Position{batches_++, 0});
    }

   private:
    exec::Spool& rows_;
    uint64_t batches_ = 0;
  };
  class Both final : public exec::Output {
   public:
    Both(exec::Output& out, exec::SerialRun& body) : out_(out), body_(body) {}
    absl::Status Push(Batch batch) override {
      batch.DropHidden();  // From here on all rows stand in their order.
      if (!body_.enough()) SPELK_RETURN_IF_ERROR(body_.Push(batch));
      return out_.Push(std::move(batch));
    }

   private:
    exec::Output& out_;
    exec::SerialRun& body_;
  };

  const AppendPipeNode& node_;
};

absl::StatusOr<plan::NodePtr> BindAppendPipe(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<AppendPipeNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "run_in_preview").status());
  SPELK_ASSIGN_OR_RETURN(const ast::ArgumentSubsearch* bracket, TheBracket(call, binder));
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value) ||
        std::holds_alternative<ast::ArgumentSubsearch>(argument.value)) {
      continue;
    }
    return binder.Error(ErrorCode::kBadArgument, argument.span,
                        "unexpected \"" + std::string(binder.TextOf(argument.span)) + "\"");
  }
  SPELK_ASSIGN_OR_RETURN(node->body, binder.Body(*bracket->pipeline));
  return node;
}

exec::OperatorPtr BuildAppendPipe(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<AppendPipe>(plan::As<AppendPipeNode>(node), run);
}

constexpr Argument kAppendPipeArguments[] = {
    {.name = "subpipeline",
     .type = "[commands]",
     .fallback = "",
     .summary = "Commands in brackets, over the rows at hand."},
    {.name = "run_in_preview",
     .type = "bool",
     .fallback = "t",
     .summary = "Whether previews run it.",
     .is_option = true,
     .no_effect = true}};
constexpr Example kAppendPipeExamples[] = {
    {.title = "A row with the total",
     .input = R"({"host":"a"} {"host":"b"} {"host":"a"})",
     .query = R"(stats count by host | appendpipe [stats sum(count) AS count | eval host="all"])",
     .output = R"({"host":"a","count":2} {"host":"b","count":1} {"count":3,"host":"all"})"}};
constexpr plan::NodeEntry kAppendPipeNodes[] = {{&plan::TypeOf<AppendPipeNode>, &BuildAppendPipe}};

}  // namespace

extern constexpr CommandEntry kAppendPipe = {
    .name = "appendpipe",
    .signature = "appendpipe [run_in_preview=<bool>] [<subpipeline>]",
    .summary = "Adds what commands make of the rows after the rows.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kAppendPipeArguments,
    .examples = kAppendPipeExamples,
    .nodes = kAppendPipeNodes,
    .bind = &BindAppendPipe,
};

}  // namespace spelk::commands
