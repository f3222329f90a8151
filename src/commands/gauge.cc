// gauge: one number and the ranges of a gauge that shows it.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "commands/entry.h"
#include "exec/batch_builder.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

// A number, or the field that holds it.
struct GaugePart {
  Field field;
  double number = 0;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit.MayBeNull("field", field);
    visit("number", number);
  }
};

struct GaugeNode final : plan::Node {
  static constexpr std::string_view kName = "gauge";
  std::vector<GaugePart> parts;  // The value, then the ends of the ranges.
  std::vector<Field> columns;    // x, y1, y2 …

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(), .passes = false};
    for (const GaugePart& part : parts) {
      if (part.field) flow.reads.Add(part.field);
    }
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return parts.size() == columns.size(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("parts", parts);
    visit("columns", columns);
  }
};

struct GaugeState {
  explicit GaugeState(MemoryBudget* budget) : arena(std::make_unique<Arena>(budget)) {}
  std::unique_ptr<Arena> arena;
  std::vector<Value> values;  // Of the parts; null until found.
  size_t missing = 0;
};

class Gauge final : public exec::Sequential<GaugeState> {
 public:
  Gauge(const GaugeNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<GaugeState> NewState() const override {
    GaugeState state(run_.budget);
    for (const GaugePart& part : node_.parts) {
      state.values.push_back(part.field ? Value::Null() : NumberValue(part.number));
      state.missing += part.field ? 1U : 0U;
    }
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, GaugeState& state,
                                       exec::Output&) const override {
    for (size_t p = 0; p < node_.parts.size(); ++p) {
      const Column* column = state.values[p].is_null() ? batch.Find(node_.parts[p].field) : nullptr;
      for (size_t r = 0; column != nullptr && r < batch.size(); ++r) {
        const Value value = column->At(batch.physical(r));
        if (value.is_null()) continue;
        state.values[p] = CopyValue(value.each().front(), *state.arena);
        --state.missing;
        break;
      }
    }
    SPELK_RETURN_IF_ERROR(state.arena->status("gauge"));
    return state.missing == 0 ? exec::Demand::kEnough : exec::Demand::kMore;
  }

  absl::Status Finish(GaugeState& state, exec::Output& out) const override {
    exec::BatchBuilder rows(std::make_shared<Schema>(node_.columns, node_.columns.size()), "gauge",
                            run_);
    SPELK_RETURN_IF_ERROR(rows.Add(state.values));
    SPELK_ASSIGN_OR_RETURN(Batch batch, rows.Take());
    return out.Push(std::move(batch));
  }

 private:
  const GaugeNode& node_;
  const exec::RunContext& run_;
};

// A sign stands before a number; -x is no field.
absl::StatusOr<GaugePart> PartOf(const ast::Argument& argument, bool negative,
                                 plan::Binder& binder) {
  const auto* word = std::get_if<ast::Name>(&argument.value);
  const std::optional<Number> number =
      word == nullptr || word->quoted ? std::nullopt : ParseNumber(word->text);
  GaugePart part;
  if (number) {
    part.number = negative ? -number->value : number->value;
    return part;
  }
  if (negative) return binder.Unexpected(argument, {"a number follows -"});
  SPELK_ASSIGN_OR_RETURN(part.field, binder.FieldName(argument));
  return part;
}

absl::StatusOr<plan::NodePtr> BindGauge(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<GaugeNode>(call.span);
  bool negative = false;
  for (const ast::Argument& argument : call.arguments) {
    if (const auto* sign = std::get_if<ast::ArgumentSign>(&argument.value)) {
      negative = sign->sign == '-';
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(GaugePart part,
                           PartOf(argument, std::exchange(negative, false), binder));
    node->parts.push_back(part);
  }
  constexpr std::string_view kUsage = "usage: gauge <value> [<number> <number>…]";
  if (node->parts.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the value is missing",
                        {std::string(kUsage)});
  }
  if (node->parts.size() == 2) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "a range has two ends",
                        {std::string(kUsage)});
  }
  if (node->parts.size() == 1) {
    node->parts.push_back({Field(), 0});
    node->parts.push_back({Field(), 100});
  }
  node->columns.push_back(binder.Intern("x"));
  for (size_t p = 1; p < node->parts.size(); ++p) {
    node->columns.push_back(binder.Intern(fmt::format("y{}", p)));
  }
  return node;
}

exec::OperatorPtr BuildGauge(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Gauge>(plan::As<GaugeNode>(node), run);
}

constexpr Argument kGaugeArguments[] = {
    {.name = "value",
     .type = "field or number",
     .fallback = "",
     .summary = "What the gauge shows: the first value of the field."},
    {.name = "range",
     .type = "field or number…",
     .fallback = "0 100",
     .summary = "Where the ranges begin and end, two or more of them."}};
constexpr std::string_view kGaugeNotes[] = {
    "of a field the first value in the order of the rows counts; without any its column is empty"};
constexpr Example kGaugeExamples[] = {
    {.title = "A count with its ranges",
     .input = R"({"a":1} {"a":2})",
     .query = "stats count | gauge count 0 10 20",
     .output = R"({"x":2,"y1":0,"y2":10,"y3":20})"},
};

constexpr plan::NodeEntry kGaugeNodes[] = {{&plan::TypeOf<GaugeNode>, &BuildGauge}};

}  // namespace

extern constexpr CommandEntry kGauge = {
    .name = "gauge",
    .signature = "gauge <value> [<range>…]",
    .summary = "Gives one number and the ranges of a gauge.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kGaugeArguments,
    .notes = kGaugeNotes,
    .examples = kGaugeExamples,
    .nodes = kGaugeNodes,
    .bind = &BindGauge,
};

}  // namespace spelk::commands
