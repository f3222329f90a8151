// fieldsummary: a row for each field, with statistics of its values.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/arena_builder.h"
#include "commands/all_rows.h"
#include "io/json_text.h"
#include "value/exact_sum.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kFieldSummaryColumns[] = {
    "field", "count", "distinct_count", "is_exact", "max",
    "mean",  "min",   "numeric_count",  "stdev",    "values"};

struct FieldSummaryNode final : plan::Node {
  static constexpr std::string_view kName = "fieldsummary";
  uint64_t most_values = 0;
  std::vector<Field> names;    // Patterns are interned like names; none: all.
  std::vector<Field> columns;  // Of the result, as kFieldSummaryColumns has them.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores};
    flow.reads = ReadsOf(names);
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() == std::size(kFieldSummaryColumns);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("maxvals", most_values);
    visit("names", names);
    visit("columns", columns);
  }
};

struct FieldState {
  uint64_t count = 0;
  uint64_t numbers = 0;
  ExactSum sum;
  ExactSum squares;
  double least = 0;
  double most = 0;
  std::map<std::string, uint64_t, std::less<>> values;
};

struct SummaryState {
  explicit SummaryState(MemoryBudget* budget) : reservation(budget) {}
  std::map<std::string, FieldState, std::less<>> fields;
  size_t bytes = 0;
  Reservation reservation;
};

class FieldSummary final : public exec::Sequential<SummaryState> {
 public:
  FieldSummary(const FieldSummaryNode& node, const exec::RunContext& run)
      : node_(node), run_(run) {}

  absl::StatusOr<SummaryState> NewState() const override { return SummaryState(run_.budget); }

  absl::StatusOr<exec::Demand> Process(Batch batch, SummaryState& state,
                                       exec::Output&) const override {
    for (size_t c = 0; c < batch.columns().size(); ++c) {
      const Field field = batch.schema()->fields()[c];
      if (!field.hidden() && IsWanted(field)) {
        SPELK_RETURN_IF_ERROR(AddColumn(batch, c, field, state));
      }
    }
    return exec::Demand::kMore;
  }

  absl::Status Finish(SummaryState& state, exec::Output& out) const override {
    const size_t rows = state.fields.size();
    if (rows == 0) return absl::OkStatus();
    auto memory = std::make_shared<BatchMemory>(run_.budget);
    std::vector<Value*> columns;
    for (size_t c = 0; c < node_.columns.size(); ++c) {
      columns.push_back(memory->arena.AllocateArray<Value>(rows));
      SPELK_RETURN_IF_ERROR(memory->arena.status("fieldsummary"));
    }
    size_t row = 0;
    for (const auto& [name, field] : state.fields) {
      SPELK_RETURN_IF_ERROR(Row(name, field, row++, columns, memory->arena));
    }
    std::vector<Column> made;
    for (Value* values : columns) made.push_back(Column::Values({values, rows}));
    auto schema = std::make_shared<Schema>(node_.columns, node_.columns.size());
    return out.Push(Batch(std::move(schema), std::move(made), rows, std::move(memory)));
  }

 private:
  bool IsWanted(Field field) const {
    if (node_.names.empty()) return !field.internal();
    return std::any_of(node_.names.begin(), node_.names.end(),
                       [field](Field name) { return plan::PatternTakes(name.name(), field); });
  }

  absl::Status AddColumn(const Batch& batch, size_t column, Field field,
                         SummaryState& state) const {
    FieldState* found = nullptr;
    for (size_t r = 0; r < batch.size(); ++r) {
      const Value value = batch.At(column, r);
      if (value.is_null()) continue;
      if (found == nullptr) found = Find(field, state);
      ++found->count;
      for (const Value& each : value.each()) state.bytes += Add(each, *found);
      if (state.bytes > state.reservation.bytes() && !state.reservation.Resize(2 * state.bytes)) {
        return run_.budget->Exhausted("fieldsummary", 2 * state.bytes);
      }
    }
    return absl::OkStatus();
  }

  static FieldState* Find(Field field, SummaryState& state) {
    const auto known = state.fields.find(field.name());
    if (known != state.fields.end()) return &known->second;
    state.bytes += sizeof(FieldState) + field.name().size() + 1200;  // The sums, when wide.
    return &state.fields[std::string(field.name())];
  }

  // Gives the bytes that it took.
  static size_t Add(const Value& value, FieldState& field) {
    if (const std::optional<Number> number = NumberOf(value);
        number && !std::isnan(number->value)) {
      field.least = field.numbers == 0 ? number->value : std::min(field.least, number->value);
      field.most = field.numbers == 0 ? number->value : std::max(field.most, number->value);
      ++field.numbers;
      field.sum.Add(number->value);
      field.squares.AddSquare(number->value);
    }
    char buffer[kNumberText];
    const std::string_view text = TextOf(value, buffer);
    const auto known = field.values.find(text);
    if (known != field.values.end()) {
      ++known->second;
      return 0;
    }
    constexpr size_t kNode = 96;
    field.values.emplace(std::string(text), 1);
    return kNode + text.size();
  }

  absl::Status Row(std::string_view name, const FieldState& field, size_t row,
                   const std::vector<Value*>& columns, Arena& arena) const {
    const auto number = [](uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); };
    const auto count = static_cast<double>(field.numbers);
    Value stdev = Value::Null();
    if (field.numbers > 1) {
      const ScaledNumber distances = ExactSum::Distances(field.numbers, field.sum, field.squares);
      stdev = NumberValue(
          std::sqrt(std::ldexp(distances.mantissa, distances.exponent) / (count * (count - 1))));
    } else if (field.numbers == 1) {
      stdev = Value::Integer(0);
    }
    const bool numeric = field.numbers > 0;
    const Value cells[] = {Value::Text(arena.Copy(name)),
                           number(field.count),
                           number(field.values.size()),
                           Value::Integer(1),
                           numeric ? NumberValue(field.most) : Value::Null(),
                           numeric ? NumberValue(field.sum.Result() / count) : Value::Null(),
                           numeric ? NumberValue(field.least) : Value::Null(),
                           number(field.numbers),
                           stdev,
                           Values(field, arena)};
    for (size_t c = 0; c < columns.size(); ++c) columns[c][row] = cells[c];
    return arena.status("fieldsummary");
  }

  // [{"value":"x","count":2},…], the most frequent first, then by text.
  Value Values(const FieldState& field, Arena& arena) const {
    std::vector<std::pair<uint64_t, std::string_view>> sorted;
    for (const auto& [text, count] : field.values) sorted.emplace_back(count, text);
    const size_t shown = std::min<size_t>(sorted.size(), node_.most_values);
    std::partial_sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(shown),
                      sorted.end(), [](const auto& a, const auto& b) {
                        return a.first != b.first ? a.first > b.first : a.second < b.second;
                      });
    ArenaText out(arena);
    out.Add('[');
    for (size_t i = 0; i < shown; ++i) {
      if (i > 0) out.Add(',');
      out.Add(std::string_view("{\"value\":"));
      io::EmitJsonString(sorted[i].second, [&out](std::string_view piece) { out.Add(piece); });
      char digits[kNumberText];
      out.Add(std::string_view(",\"count\":"));
      out.Add(FormatInteger(static_cast<int64_t>(sorted[i].first), digits));
      out.Add('}');
    }
    out.Add(']');
    return Value::Text(out.FinishText());
  }

  const FieldSummaryNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindFieldSummary(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<FieldSummaryNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "maxvals"));
  node->most_values = most == 0 ? UINT64_MAX : static_cast<uint64_t>(most);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  for (const std::string_view column : kFieldSummaryColumns)
    node->columns.push_back(binder.Intern(column));
  return node;
}

exec::OperatorPtr BuildFieldSummary(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<FieldSummary>(plan::As<FieldSummaryNode>(node), run);
}

constexpr Argument kFieldSummaryArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Which fields; * is any run of characters."},
    {.name = "maxvals",
     .type = "int",
     .fallback = "100",
     .summary = "How many values are listed, the most frequent ones; 0 is all.",
     .is_option = true}};
constexpr std::string_view kFieldSummaryNotes[] = {
    "fields stand by name; values are counted exactly, so is_exact is always 1",
    "max, mean, min and stdev are those of the values that are numbers",
    "without names, fields whose names begin with _ are left out"};
constexpr Example kFieldSummaryExamples[] = {
    {.title = "What there is in two fields",
     .input = R"({"a":1,"k":"x"} {"a":3,"k":"x"})",
     .query = "table a k | fieldsummary | table field count distinct_count max mean min values",
     .output = R"({"field":"a","count":2,"distinct_count":2,"max":3,"mean":2,"min":1,)"
               R"("values":"[{\"value\":\"1\",\"count\":1},{\"value\":\"3\",\"count\":1}]"} )"
               R"({"field":"k","count":2,"distinct_count":1,)"
               R"("values":"[{\"value\":\"x\",\"count\":2}]"})"},
};

constexpr plan::NodeEntry kFieldSummaryNodes[] = {
    {&plan::TypeOf<FieldSummaryNode>, &BuildFieldSummary}};

}  // namespace

extern constexpr CommandEntry kFieldSummary = {
    .name = "fieldsummary",
    .signature = "fieldsummary [maxvals=<int>] [<field>…]",
    .summary = "Computes statistics of the values of each field.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFieldSummaryArguments,
    .notes = kFieldSummaryNotes,
    .differs = "Counts are exact always; what memory does not hold is an error.",
    .examples = kFieldSummaryExamples,
    .nodes = kFieldSummaryNodes,
    .bind = &BindFieldSummary,
};

}  // namespace spelk::commands
