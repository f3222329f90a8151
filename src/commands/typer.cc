// typer: which event types events are of.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// Reads the field, so that what knowledge gives of it is there, and shows it, or those of its
// values that patterns take.
struct ShowNode final : plan::Node {
  static constexpr std::string_view kName = "show";
  Field field;
  std::vector<std::string> patterns;  // None: all.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of({field}),
                        .writes = patterns.empty() ? plan::FieldSet() : plan::FieldSet::Of({field}),
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    flow.makes = {field};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("eventtypes", patterns);
  }
};

class Show final : public exec::Streaming<exec::NoState> {
 public:
  explicit Show(const ShowNode& node) : field_(node.field), patterns_(node.patterns) {}
  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }
  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const Column* column = patterns_.empty() ? nullptr : batch.Find(field_);
    if (column == nullptr) return out.Push(std::move(batch));
    auto* kept = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("typer"));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = column->At(row);
      std::vector<Value> taken;
      for (const Value& each : value.each()) {
        if (Takes(each)) taken.push_back(each);
      }
      auto* values = batch.arena().AllocateArray<Value>(taken.size());
      SPELK_RETURN_IF_ERROR(batch.arena().status("typer"));
      std::copy(taken.begin(), taken.end(), values);
      kept[row] = taken.empty()       ? Value::Null()
                  : taken.size() == 1 ? taken[0]
                                      : Value::Multi({values, taken.size()});
    }
    exec::ColumnSetter(field_).Set(Column::Values({kept, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  bool Takes(const Value& type) const {
    char buffer[kNumberText];
    const std::string_view name = TextOf(type, buffer);
    return std::any_of(patterns_.begin(), patterns_.end(), [name](const std::string& pattern) {
      return plan::PatternTakes(pattern, name);
    });
  }

  const Field field_;
  const std::vector<std::string> patterns_;
};

// "web*, login"
std::vector<std::string> PatternsIn(std::string_view text) {
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view each = text.substr(0, comma);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (!each.empty()) patterns.emplace_back(each);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return patterns;
}

absl::StatusOr<plan::NodePtr> BindTyper(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxlen").status());
  auto node = plan::Make<ShowNode>(call.span);
  node->field = binder.Intern("eventtype");
  SPELK_ASSIGN_OR_RETURN(const std::string wanted, binder.Text(call, "eventtypes"));
  node->patterns = PatternsIn(wanted);
  return node;
}

exec::OperatorPtr BuildTyper(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<Show>(plan::As<ShowNode>(node));
}

constexpr Argument kTyperArguments[] = {
    {.name = "eventtypes",
     .type = "text",
     .fallback = "",
     .summary = "Event types that are shown, with commas between "
                "them; * stands for any text.",
     .is_option = true},
    {.name = "maxlen",
     .type = "int",
     .fallback = "10000",
     .summary = "How many characters of an event Splunk looks at.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kTyperNotes[] = {
    "event types come from the eventtypes.conf of --app, and those of spelk's own where their "
    "field "
    "is read; they are those of the event as it was read",
    "rows that are no events have none"};
constexpr Example kTyperExamples[] = {
    {.title = "Events that have a type already keep it",
     .input = R"({"a":1,"eventtype":"login"})",
     .query = "typer | table a eventtype",
     .output = R"({"a":1,"eventtype":"login"})"},
    {.title = "Only some of them",
     .input = R"({"a":1})",
     .query = "eval eventtype=split(\"login,web-get\", \",\") | typer eventtypes=\"web-*,mail\" | "
              "table a eventtype",
     .output = R"({"a":1,"eventtype":"web-get"})"},
};

constexpr plan::NodeEntry kTyperNodes[] = {{&plan::TypeOf<ShowNode>, &BuildTyper}};

}  // namespace

extern constexpr CommandEntry kTyper = {
    .name = "typer",
    .signature = "typer [eventtypes=<list>] [maxlen=<int>]",
    .summary = "Shows the event types of events, in the field eventtype.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTyperArguments,
    .notes = kTyperNotes,
    .examples = kTyperExamples,
    .nodes = kTyperNodes,
    .bind = &BindTyper,
};

}  // namespace spelk::commands
