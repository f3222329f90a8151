// outlier: what lies far from the other values of a field.
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "base/arena_builder.h"
#include "commands/entry.h"
#include "commands/quantile.h"
#include "exec/column_setter.h"
#include "exec/spool.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct OutlierNode final : plan::Node {
  static constexpr std::string_view kName = "outlier";
  std::vector<Field> names;  // Patterns are interned like names; none: all.
  bool removes = false;      // Rows are left out; otherwise values are cut at the bound.
  double factor = 2.5;
  bool lower = false;  // Values below the others, too.
  bool marks = false;  // A value that was cut gets 000 before it.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kSink};
    flow.results = false;
    const bool open = names.empty() || std::any_of(names.begin(), names.end(), [](Field name) {
                        return plan::IsPattern(name.name());
                      });
    if (open) return flow;
    flow.reads = plan::FieldSet::Of(names);
    flow.writes = plan::FieldSet::Of(names);
    flow.makes = names;
    return flow;
  }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("remove", removes);
    visit("param", factor);
    visit("uselower", lower);
    visit("mark", marks);
  }
};

// All rows, and the numbers of the fields.
struct OutlierState {
  OutlierState(const exec::RunContext& run)  // NOLINT(google-explicit-constructor): as Spool
      : spool("outlier", run), reservation(run.budget) {}
  exec::Spool spool;
  std::map<std::string, std::vector<double>, std::less<>> numbers;
  size_t count = 0;
  Reservation reservation;
};

struct Bounds {
  double least = -INFINITY;
  double most = INFINITY;
};
using FieldBounds = std::map<std::string, Bounds, std::less<>>;

// Cuts or leaves out on the way.
class OutlierOutput final : public exec::Output {
 public:
  OutlierOutput(const OutlierNode& node, const FieldBounds& bounds, exec::Output& next)
      : node_(node), bounds_(bounds), next_(next) {}

  absl::Status Push(Batch batch) override {
    if (node_.removes) return next_.Push(Remove(std::move(batch)));
    const std::vector<Field> fields = batch.schema()->fields();
    for (size_t c = 0; c < fields.size(); ++c) {
      const Bounds* bounds = Find(fields[c]);
      if (bounds != nullptr) SPELK_RETURN_IF_ERROR(Cut(*bounds, fields[c], c, &batch));
    }
    return next_.Push(std::move(batch));
  }
  bool enough() const override { return next_.enough(); }

 private:
  const Bounds* Find(Field field) const {
    if (field.hidden()) return nullptr;
    const auto found = bounds_.find(field.name());
    return found == bounds_.end() ? nullptr : &found->second;
  }

  static bool IsBeyond(const Value& value, const Bounds& bounds) {
    const std::optional<Number> number = NumberOf(value);
    return number && (number->value < bounds.least || number->value > bounds.most);
  }

  Batch Remove(Batch batch) const {
    std::vector<uint32_t> kept;
    for (size_t r = 0; r < batch.size(); ++r) {
      bool beyond = false;
      for (size_t c = 0; c < batch.columns().size() && !beyond; ++c) {
        const Bounds* bounds = Find(batch.schema()->fields()[c]);
        beyond = bounds != nullptr && IsBeyond(batch.At(c, r), *bounds);
      }
      if (!beyond) kept.push_back(static_cast<uint32_t>(batch.physical(r)));
    }
    batch.Select(std::move(kept));
    return batch;
  }

  absl::Status Cut(const Bounds& bounds, Field field, size_t column, Batch* batch) const {
    Value* values = exec::CopyColumn(*batch, field);
    SPELK_RETURN_IF_ERROR(batch->arena().status("outlier"));
    for (size_t r = 0; r < batch->size(); ++r) {
      Value& value = values[batch->physical(r)];
      if (!IsBeyond(value, bounds)) continue;
      const double bound = NumberOf(value)->value > bounds.most ? bounds.most : bounds.least;
      value = NumberValue(bound);
      if (!node_.marks) continue;
      char buffer[kNumberText];
      ArenaText text(batch->arena());
      text.Add(std::string_view("000"));
      text.Add(TextOf(value, buffer));
      value = Value::Text(text.FinishText());
    }
    batch->SetColumn(column, Column::Values({values, batch->physical_rows()}));
    return batch->arena().status("outlier");
  }

  const OutlierNode& node_;
  const FieldBounds& bounds_;
  exec::Output& next_;
};

class Outlier final : public exec::Sink<OutlierState> {
 public:
  Outlier(const OutlierNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<OutlierState> NewState() const override { return OutlierState(run_); }

  absl::Status Update(OutlierState& state, Batch batch, exec::Position at) const override {
    for (size_t c = 0; c < batch.columns().size(); ++c) {
      const Field field = batch.schema()->fields()[c];
      if (field.hidden() || !IsWanted(field)) continue;
      for (size_t r = 0; r < batch.size(); ++r) {
        const std::optional<Number> number = NumberOf(batch.At(c, r));
        if (!number || !std::isfinite(number->value)) continue;
        SPELK_RETURN_IF_ERROR(Reserve(1, state));
        state.numbers[std::string(field.name())].push_back(number->value);
      }
    }
    return state.spool.Add(std::move(batch), at);
  }
  absl::Status Merge(OutlierState& into, OutlierState from) const override {
    for (const auto& [name, numbers] : from.numbers) {
      SPELK_RETURN_IF_ERROR(Reserve(numbers.size(), into));
      std::vector<double>& all = into.numbers[name];
      all.insert(all.end(), numbers.begin(), numbers.end());
    }
    return into.spool.Merge(std::move(from.spool));
  }
  absl::Status Finish(OutlierState state, exec::Output& out) const override {
    FieldBounds bounds;
    for (auto& [name, numbers] : state.numbers) {
      std::sort(numbers.begin(), numbers.end());
      const double low = Quantile(numbers, 0.25);
      const double high = Quantile(numbers, 0.75);
      const double reach = node_.factor * (high - low);
      bounds[name] = {node_.lower ? low - reach : -INFINITY, high + reach};
    }
    OutlierOutput output(node_, bounds, out);
    return state.spool.Emit(output);
  }
  absl::Status Save(OutlierState& state, ByteWriter& out) const override {
    out.Varint(state.numbers.size());
    for (const auto& [name, numbers] : state.numbers) {
      out.Text(name);
      out.Varint(numbers.size());
      for (const double number : numbers) out.Double(number);
    }
    return state.spool.Save(out);
  }
  absl::StatusOr<OutlierState> Load(ByteReader& in) const override {
    OutlierState state(run_);
    for (uint64_t fields = in.Varint(); fields > 0 && !in.failed(); --fields) {
      const std::string name(in.Text());
      for (uint64_t count = in.Varint(); count > 0 && !in.failed(); --count) {
        SPELK_RETURN_IF_ERROR(Reserve(1, state));
        state.numbers[name].push_back(in.Double());
      }
    }
    SPELK_RETURN_IF_ERROR(state.spool.Load(in));
    return state;
  }

 private:
  bool IsWanted(Field field) const {
    if (node_.names.empty()) return !field.internal();
    return std::any_of(node_.names.begin(), node_.names.end(),
                       [field](Field name) { return plan::PatternTakes(name.name(), field); });
  }

  absl::Status Reserve(size_t more, OutlierState& state) const {
    state.count += more;
    const size_t bytes = state.count * 2 * sizeof(double);
    if (bytes <= state.reservation.bytes() || state.reservation.Resize(2 * bytes)) {
      return absl::OkStatus();
    }
    return run_.budget->Exhausted("outlier", 2 * bytes);
  }

  const OutlierNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindOutlier(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<OutlierNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "type").status());
  SPELK_ASSIGN_OR_RETURN(const std::string action, binder.Choice(call, "action"));
  node->removes = action == "rm" || action == "remove";
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> factor, binder.Decimal(call, "param"));
  node->factor = factor.value_or(2.5);
  SPELK_ASSIGN_OR_RETURN(node->lower, binder.Flag(call, "uselower"));
  SPELK_ASSIGN_OR_RETURN(node->marks, binder.Flag(call, "mark"));
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  return node;
}

exec::OperatorPtr BuildOutlier(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Outlier>(plan::As<OutlierNode>(node), run);
}

constexpr Argument kOutlierArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Fields whose numbers are looked at, each by itself."},
    {.name = "action",
     .type = "one of tf|transform|rm|remove",
     .fallback = "tf",
     .summary = "transform cuts a value at the bound; remove leaves the row out.",
     .is_option = true},
    {.name = "param",
     .type = "number",
     .fallback = "2.5",
     .summary = "How many times the distance of the quartiles a value may lie beyond them.",
     .is_option = true},
    {.name = "uselower",
     .type = "bool",
     .fallback = "false",
     .summary = "Values that are too low are looked for, too.",
     .is_option = true},
    {.name = "mark",
     .type = "bool",
     .fallback = "false",
     .summary = "A value that was cut gets 000 before it.",
     .is_option = true},
    {.name = "type",
     .type = "one of iqr",
     .fallback = "iqr",
     .summary = "By the distance of the quartiles, the only way there is.",
     .is_option = true}};
constexpr std::string_view kOutlierNotes[] = {
    "quartiles are interpolated between the numbers around them",
    "a value that is no number is left as it is"};
constexpr Example kOutlierExamples[] = {
    {.title = "A value is cut at the bound",
     .input = R"({"n":1} {"n":2} {"n":3} {"n":4} {"n":100})",
     .query = "outlier n | table n",
     .output = R"({"n":1} {"n":2} {"n":3} {"n":4} {"n":9})"},
    {.title = "Its row is left out",
     .input = R"({"n":1} {"n":2} {"n":3} {"n":4} {"n":100})",
     .query = "outlier action=rm n | table n",
     .output = R"({"n":1} {"n":2} {"n":3} {"n":4})"},
};

constexpr plan::NodeEntry kOutlierNodes[] = {{&plan::TypeOf<OutlierNode>, &BuildOutlier}};

}  // namespace

extern constexpr CommandEntry kOutlier = {
    .name = "outlier",
    .signature =
        "outlier [action=<text>] [param=<number>] [uselower=<bool>] [mark=<bool>] "
        "[type=iqr] [<field>…]",
    .summary = "Cuts or leaves out values that lie far from the others.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kOutlierArguments,
    .notes = kOutlierNotes,
    .examples = kOutlierExamples,
    .nodes = kOutlierNodes,
    .bind = &BindOutlier,
};

}  // namespace spelk::commands
