// rangemap: the names of the ranges that a number lies in.
#include <algorithm>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/ascii.h"
#include "value/multivalue.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct NamedRange {
  std::string name;
  double low = 0;
  double high = 0;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("name", name);
    visit("low", low);
    visit("high", high);
  }
};

struct RangeMapNode final : plan::Node {
  static constexpr std::string_view kName = "rangemap";
  Field field;
  std::vector<NamedRange> ranges;
  std::string otherwise;
  Field target;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.order = Order::kKeeps;
    flow.runs = Runs::kStreaming;
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("ranges", ranges);
    visit("default", otherwise);
    visit("as", target);
  }
};

class RangeMap final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit RangeMap(const RangeMapNode& node)
      : field_(node.field),
        ranges_(node.ranges),
        otherwise_(node.otherwise),
        target_(node.target) {}

  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(target_);
  }
  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    const auto name = [&](const Value& value) { return NamesOf(value, batch.arena()); };
    SPELK_RETURN_IF_ERROR(exec::MapColumn(field_, setter, "rangemap", name, &batch));
    return out.Push(std::move(batch));
  }

 private:
  // The texts are the plan's: they are copied, as batches may outlive it.
  Value NamesOf(const Value& value, Arena& arena) const {
    std::vector<Value> names;
    const std::optional<Number> number = NumberOf(value);
    for (const NamedRange& range : ranges_) {
      if (!number || number->value < range.low || number->value > range.high) continue;
      names.push_back(Value::Text(arena.Copy(range.name)));
    }
    return names.empty() ? Value::Text(arena.Copy(otherwise_)) : MakeMulti(names, arena);
  }

  const Field field_;
  const std::vector<NamedRange> ranges_;
  const std::string otherwise_;
  const Field target_;
};

// "1-30", "-5--1", "0.5-1.5": the dash between the numbers is the first that ends a number.
std::optional<NamedRange> ParseRange(std::string_view text) {
  for (size_t dash = text.find('-', 1); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    const std::optional<Number> low = ParseNumber(text.substr(0, dash));
    const std::optional<Number> high = ParseNumber(text.substr(dash + 1));
    if (low && high && low->value <= high->value) return NamedRange{"", low->value, high->value};
  }
  return std::nullopt;
}

absl::StatusOr<plan::NodePtr> BindRangeMap(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<RangeMapNode>(call.span);
  node->target = binder.Intern("range");
  node->otherwise = "None";
  for (const ast::Argument& argument : call.arguments) {
    const auto* option = std::get_if<ast::ArgumentOption>(&argument.value);
    if (option == nullptr || option->op != CompareOp::kEqual || argument.alias) {
      return binder.Unexpected(argument, {"it takes field=…, name=low-high and default=…"});
    }
    SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*option));
    if (EqualsIgnoringCase(option->name.text, "field")) {
      SPELK_ASSIGN_OR_RETURN(node->field, binder.FieldName(*option->value));
      continue;
    }
    if (EqualsIgnoringCase(option->name.text, "default")) {
      node->otherwise = text;
      continue;
    }
    std::optional<NamedRange> range = ParseRange(text);
    if (!range) {
      return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                          "\"" + text + "\" is no range of numbers",
                          {"it takes low-high, such as 1-30 or -5--1"});
    }
    range->name = option->name.text;
    node->ranges.push_back(*std::move(range));
  }
  if (!node->field) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "field=… is missing");
  }
  return node;
}

exec::OperatorPtr BuildRangeMap(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<RangeMap>(plan::As<RangeMapNode>(node));
}

constexpr Argument kRangeMapArguments[] = {
    {.name = "field",
     .type = "field",
     .fallback = "",
     .summary = "Whose numbers are looked at.",
     .is_option = true},
    {.name = "name=low-high",
     .type = "range of numbers…",
     .fallback = "",
     .summary = "The name of a range, and its ends, which belong to it."},
    {.name = "default",
     .type = "text",
     .fallback = "None",
     .summary = "The name where no range holds the value, or it is no number.",
     .is_option = true}};
constexpr std::string_view kRangeMapNotes[] = {
    "the names go to the field range; a number in several ranges gives a multivalue"};
constexpr Example kRangeMapExamples[] = {
    {.title = "Names for numbers",
     .input = R"({"n":0} {"n":7} {"n":300})",
     .query = "rangemap field=n low=0-0 elevated=1-100 default=severe",
     .output = R"({"n":0,"range":"low"} {"n":7,"range":"elevated"} {"n":300,"range":"severe"})"},
    {.title = "Ranges that overlap, and negative numbers",
     .input = R"({"n":-3} {"n":7})",
     .query = "rangemap field=n below=-5--1 low=0-10 mid=5-15",
     .output = R"({"n":-3,"range":"below"} {"n":7,"range":["low","mid"]})"},
};

constexpr plan::NodeEntry kRangeMapNodes[] = {{&plan::TypeOf<RangeMapNode>, &BuildRangeMap}};

}  // namespace

extern constexpr CommandEntry kRangeMap = {
    .name = "rangemap",
    .signature = "rangemap field=<field> <name>=<low>-<high>… [default=<text>]",
    .summary = "Names the ranges that a number lies in, in the field range.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kRangeMapArguments,
    .notes = kRangeMapNotes,
    .examples = kRangeMapExamples,
    .nodes = kRangeMapNodes,
    .bind = &BindRangeMap,
};

}  // namespace spelk::commands
