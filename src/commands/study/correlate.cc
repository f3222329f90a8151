// correlate: how often fields occur in the same rows.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "commands/chart/wide_rows.h"
#include "commands/entry.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

struct CorrelateNode final : plan::Node {
  static constexpr std::string_view kName = "correlate";
  Field label;  // The first column.

  plan::Dataflow GetDataflow() const override { return {.passes = false}; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("label", label);
  }
};

struct CorrelateState {
  explicit CorrelateState(MemoryBudget* budget) : reservation(budget) {}
  uint64_t rows = 0;
  std::vector<Field> fields;
  absl::flat_hash_map<Field, uint32_t> ids;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint64_t> both;  // The smaller id first.
  Reservation reservation;
};

class Correlate final : public exec::Sequential<CorrelateState> {
 public:
  Correlate(const CorrelateNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<CorrelateState> NewState() const override { return CorrelateState(run_.budget); }

  absl::StatusOr<exec::Demand> Process(Batch batch, CorrelateState& state,
                                       exec::Output&) const override {
    std::vector<size_t> columns;
    for (size_t c = 0; c < batch.columns().size(); ++c) {
      const Field field = batch.schema()->fields()[c];
      if (!field.hidden() && !field.internal()) columns.push_back(c);
    }
    std::vector<Field> present;
    for (size_t r = 0; r < batch.size(); ++r) {
      ++state.rows;
      present.clear();
      for (const size_t c : columns) {
        if (!batch.At(c, r).is_null()) present.push_back(batch.schema()->fields()[c]);
      }
      Count(present, state);
      SPELK_RETURN_IF_ERROR(Reserve(state));
    }
    return exec::Demand::kMore;
  }

  absl::Status Finish(CorrelateState& state, exec::Output& out) const override {
    std::vector<uint32_t> order;
    for (uint32_t id = 0; id < state.fields.size(); ++id) {
      if (state.both.contains({id, id})) order.push_back(id);
    }
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return state.fields[a].name() < state.fields[b].name();
    });
    std::vector<Field> columns = {node_.label};
    for (const uint32_t id : order) columns.push_back(state.fields[id]);
    WideRows rows(std::move(columns), run_, "correlate", out);
    for (const uint32_t row : order) {
      SPELK_RETURN_IF_ERROR(rows.Begin());
      rows.Set(0, Value::Text(state.fields[row].name()));
      for (size_t c = 0; c < order.size(); ++c) {
        const auto found = state.both.find(std::minmax(row, order[c]));
        const uint64_t both = found == state.both.end() ? 0 : found->second;
        if (state.fields[order[c]] == node_.label) continue;
        rows.Set(c + 1, NumberValue(static_cast<double>(both) / static_cast<double>(state.rows)));
      }
    }
    return rows.Finish();
  }

 private:
  // Of the fields of a row those count that were there before, and new ones by name.
  void Count(std::vector<Field>& present, CorrelateState& state) const {
    std::vector<Field> added;
    for (const Field field : present) {
      if (!state.ids.contains(field)) added.push_back(field);
    }
    std::sort(added.begin(), added.end(), [](Field a, Field b) { return a.name() < b.name(); });
    for (const Field field : added) {
      if (state.fields.size() >= most_fields_) {
        run_.warnings->Add(ErrorCode::kTruncated,
                           fmt::format("correlate: input fields limit ({}) reached. Some fields "
                                       "may have been ignored.{}",
                                       most_fields_, plan::CutBy(plan::kCorrelateMaxFields)));
        break;
      }
      state.ids.emplace(field, static_cast<uint32_t>(state.fields.size()));
      state.fields.push_back(field);
    }
    std::vector<uint32_t> ids;
    for (const Field field : present) {
      if (const auto known = state.ids.find(field); known != state.ids.end()) {
        ids.push_back(known->second);
      }
    }
    for (size_t a = 0; a < ids.size(); ++a) {
      for (size_t b = a; b < ids.size(); ++b) ++state.both[std::minmax(ids[a], ids[b])];
    }
  }

  absl::Status Reserve(CorrelateState& state) const {
    constexpr size_t kPair = 48;
    const size_t bytes = state.both.size() * kPair + state.fields.size() * kPair;
    if (bytes <= state.reservation.bytes() || state.reservation.Resize(2 * bytes)) {
      return absl::OkStatus();
    }
    return run_.budget->Exhausted("correlate", 2 * bytes);
  }

  const CorrelateNode& node_;
  const exec::RunContext& run_;
  const uint64_t most_fields_ = plan::MostOf(run_.services.limits, plan::kCorrelateMaxFields);
};

absl::StatusOr<plan::NodePtr> BindCorrelate(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<CorrelateNode>(call.span);
  node->label = binder.Intern("RowField");
  return node;
}

exec::OperatorPtr BuildCorrelate(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Correlate>(plan::As<CorrelateNode>(node), run);
}

constexpr std::string_view kCorrelateNotes[] = {
    "a cell is the share of all rows that have both fields, from 0 to 1",
    "fields stand by name; those whose names begin with _ are left out, and those after the first "
    "1000"};
constexpr Example kCorrelateExamples[] = {
    {.title = "Two fields that are rarely together",
     .input = R"({"a":1,"b":1} {"a":1} {"a":1} {"b":2})",
     .query = "table a b | correlate",
     .output = R"({"RowField":"a","a":0.75,"b":0.25} {"RowField":"b","a":0.25,"b":0.5})"},
};

constexpr plan::NodeEntry kCorrelateNodes[] = {{&plan::TypeOf<CorrelateNode>, &BuildCorrelate}};

}  // namespace

extern constexpr CommandEntry kCorrelate = {
    .name = "correlate",
    .signature = "correlate",
    .summary = "Shows how often each two fields are in the same row.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .notes = kCorrelateNotes,
    .examples = kCorrelateExamples,
    .nodes = kCorrelateNodes,
    .bind = &BindCorrelate,
};

}  // namespace spelk::commands
