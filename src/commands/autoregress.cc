// autoregress: copies the values of earlier rows into each row.
#include <fmt/format.h>

#include <algorithm>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "exec/lag.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

// Where the limits are lifted.
constexpr uint64_t kMostAutoregressRows = 100'000'000;
constexpr uint64_t kMostFields = 100'000;

struct AutoregressNode final : plan::Node {
  static constexpr std::string_view kName = "autoregress";
  Field field;
  uint64_t nearest = 1;        // How many rows back the first of the targets looks.
  std::vector<Field> targets;  // Each looks one row further back than the one before.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet::Of({field});
    flow.writes = plan::FieldSet::Of(targets);
    flow.makes = targets;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return nearest > 0 && nearest <= kMostAutoregressRows && targets.size() <= kMostFields;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("p", nearest);
    visit("as", targets);
  }
};

struct AutoregressState {
  std::vector<exec::ColumnSetter> setters;
  exec::Lag lag;
};

class Autoregress final : public exec::Sequential<AutoregressState> {
 public:
  Autoregress(const AutoregressNode& node, const exec::RunContext& run)
      : field_(node.field), nearest_(node.nearest), targets_(node.targets), run_(run) {}

  absl::StatusOr<AutoregressState> NewState() const override {
    AutoregressState state{{},
                           exec::Lag(field_, nearest_ + targets_.size() - 1, "autoregress", run_)};
    for (const Field target : targets_) state.setters.emplace_back(target);
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, AutoregressState& state,
                                       exec::Output& out) const override {
    std::vector<Value*> columns;
    for (size_t t = 0; t < targets_.size(); ++t) {
      auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
      SPELK_RETURN_IF_ERROR(batch.arena().status("autoregress"));
      for (size_t r = 0; r < batch.size(); ++r) {
        values[batch.physical(r)] = state.lag.Before(batch, r, nearest_ + t);
      }
      columns.push_back(values);
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("autoregress"));
    SPELK_RETURN_IF_ERROR(state.lag.Advance(batch));
    for (size_t t = 0; t < targets_.size(); ++t) {
      state.setters[t].Set(Column::Values({columns[t], batch.physical_rows()}), &batch);
    }
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  const Field field_;
  const size_t nearest_;
  const std::vector<Field> targets_;
  const exec::RunContext& run_;
};

struct Rows {
  uint64_t nearest = 1;
  uint64_t farthest = 1;
};

// "3" or "2-4".
std::optional<Rows> ParseRows(std::string_view text, uint64_t most_back, uint64_t most_fields) {
  const size_t dash = text.find('-');
  const auto nearest = ParseWholeNumber(text.substr(0, dash));
  const auto farthest =
      dash == std::string_view::npos ? nearest : ParseWholeNumber(text.substr(dash + 1));
  const bool good = nearest && farthest && *nearest > 0 && *nearest <= *farthest &&
                    *farthest <= most_back && *farthest - *nearest < most_fields;
  return good ? std::optional(Rows{*nearest, *farthest}) : std::nullopt;
}

absl::StatusOr<plan::NodePtr> BindAutoregress(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<AutoregressNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Named named, binder.OneNamedField(call));
  node->field = named.field;
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.Text(call, "p"));
  const std::optional<Rows> rows =
      ParseRows(text, std::min(kMostAutoregressRows, binder.MostOf(plan::kAutoregressMaxP)),
                std::min(kMostFields, binder.MostOf(plan::kAutoregressMaxRange)));
  if (!rows) return binder.BadOption(*binder.FindOption(call, "p"), text);
  node->nearest = rows->nearest;
  if (named.alias && rows->nearest != rows->farthest) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "AS names one field, and p is a range",
                        {"the fields of a range are called field_p1, field_p2 …"});
  }
  for (uint64_t row = rows->nearest; row <= rows->farthest; ++row) {
    const std::string name = fmt::format("{}_p{}", named.field.name(), row);
    node->targets.push_back(named.alias ? named.alias : binder.Intern(name));
  }
  return node;
}

exec::OperatorPtr BuildAutoregress(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Autoregress>(plan::As<AutoregressNode>(node), run);
}

constexpr Argument kAutoregressArguments[] = {
    {.name = "field AS name",
     .type = "field",
     .fallback = "",
     .summary = "What is copied; without AS into field_p1 and so on, with the number of rows."},
    {.name = "p",
     .type = "int, or a range such as 2-4 of at most 1000 numbers; 1 to 10000",
     .fallback = "1",
     .summary = "How many rows before the row to copy from stands.",
     .is_option = true}};
constexpr std::string_view kAutoregressNotes[] = {
    "events come newest first unless they are sorted before",
    "the first rows, which have no row so far before them, get no value"};
constexpr Example kAutoregressExamples[] = {
    {.title = "The value of the row before",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "autoregress n AS before | table n before",
     .output = R"({"n":1} {"n":5,"before":1} {"n":3,"before":5})"},
    {.title = "Those of the last two rows",
     .input = R"({"n":1} {"n":5} {"n":3})",
     .query = "autoregress n p=1-2 | table n n_p1 n_p2",
     .output = R"({"n":1} {"n":5,"n_p1":1} {"n":3,"n_p1":5,"n_p2":1})"},
};

constexpr plan::NodeEntry kAutoregressNodes[] = {
    {&plan::TypeOf<AutoregressNode>, &BuildAutoregress}};

}  // namespace

extern constexpr CommandEntry kAutoregress = {
    .name = "autoregress",
    .signature = "autoregress <field> [AS <field>] [p=<int> | p=<int>-<int>]",
    .summary = "Copies the values of earlier rows into each row.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .alias_behind_options = true,
    .arguments = kAutoregressArguments,
    .notes = kAutoregressNotes,
    .examples = kAutoregressExamples,
    .nodes = kAutoregressNodes,
    .bind = &BindAutoregress,
};

}  // namespace spelk::commands
