// typer: which event types events are of.
#include <utility>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

// Reads the field, so that what knowledge gives of it is there, and shows it.
struct ShowNode final : plan::Node {
  static constexpr std::string_view kName = "show";
  Field field;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of({field}),
                        .writes = plan::FieldSet(),
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    flow.makes = {field};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
  }
};

struct NoState {};

class Show final : public exec::Streaming<NoState> {
 public:
  absl::StatusOr<NoState> NewState() const override { return NoState(); }
  absl::Status Process(Batch batch, NoState&, exec::Output& out) const override {
    return out.Push(std::move(batch));
  }
};

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxlen").status());
  auto node = plan::Make<ShowNode>(call.span);
  node->field = binder.Intern("eventtype");
  return node;
}

exec::OperatorPtr Build(const plan::Node&, const exec::RunContext&) {
  return std::make_unique<Show>();
}

constexpr Argument kArguments[] = {{.name = "maxlen",
                                    .type = "int",
                                    .fallback = "10000",
                                    .summary = "How many characters of an event Splunk looks at.",
                                    .is_option = true,
                                    .no_effect = true}};
constexpr std::string_view kNotes[] = {
    "event types come from the eventtypes.conf of --app, and those of spelk's own where their "
    "field "
    "is read; they are those of the event as it was read",
    "rows that are no events have none"};
constexpr Example kExamples[] = {
    {.title = "Events that have a type already keep it",
     .input = R"({"a":1,"eventtype":"login"})",
     .query = "typer | table a eventtype",
     .output = R"({"a":1,"eventtype":"login"})"},
};

constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<ShowNode>, &Build}};

}  // namespace

extern constexpr CommandEntry kTyper = {
    .name = "typer",
    .signature = "typer [maxlen=<int>]",
    .summary = "Shows the event types of events, in the field eventtype.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
