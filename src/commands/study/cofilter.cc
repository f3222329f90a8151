// cofilter: pairs of items that users have in common.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "commands/chart/wide_rows.h"
#include "commands/entry.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kCofilterColumns[] = {"Item 1", "Item 1 user count", "Item 2",
                                                 "Item 2 user count", "Pair count"};

struct CofilterNode final : plan::Node {
  static constexpr std::string_view kName = "cofilter";
  Field user;
  Field item;
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false};
    flow.reads = plan::FieldSet::Of({user, item});
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() == std::size(kCofilterColumns);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("user", user);
    visit("item", item);
    visit("columns", columns);
  }
};

struct CofilterState {
  explicit CofilterState(MemoryBudget* budget) : reservation(budget) {}
  std::map<std::string, uint32_t, std::less<>> items;
  std::map<std::string, std::vector<uint32_t>, std::less<>> users;  // The items of each.
  size_t bytes = 0;
  Reservation reservation;
};

class Cofilter final : public exec::Sequential<CofilterState> {
 public:
  Cofilter(const CofilterNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<CofilterState> NewState() const override { return CofilterState(run_.budget); }

  absl::StatusOr<exec::Demand> Process(Batch batch, CofilterState& state,
                                       exec::Output&) const override {
    const Column* users = batch.Find(node_.user);
    const Column* items = batch.Find(node_.item);
    if (users == nullptr || items == nullptr) return exec::Demand::kMore;
    char user_text[kNumberText];
    char item_text[kNumberText];
    for (size_t r = 0; r < batch.size(); ++r) {
      const Value user = users->At(batch.physical(r));
      const Value item = items->At(batch.physical(r));
      for (const Value& each_user : user.each()) {
        for (const Value& each_item : item.each()) {
          Note(TextOf(each_user, user_text), TextOf(each_item, item_text), state);
        }
      }
      SPELK_RETURN_IF_ERROR(Reserve(state));
    }
    return exec::Demand::kMore;
  }

  absl::Status Finish(CofilterState& state, exec::Output& out) const override {
    std::vector<std::string_view> names(state.items.size());
    for (const auto& [name, id] : state.items) names[id] = name;
    std::vector<uint64_t> counts(names.size(), 0);
    absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint64_t> pairs;
    for (auto& [user, items] : state.users) {
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
      for (size_t a = 0; a < items.size(); ++a) {
        ++counts[items[a]];
        for (size_t b = a + 1; b < items.size(); ++b) {
          ++pairs[{items[a], items[b]}];  // As they came.
        }
        constexpr size_t kPair = 64;
        const size_t bytes = state.bytes + pairs.size() * kPair;
        if (bytes > state.reservation.bytes() && !state.reservation.Resize(2 * bytes)) {
          return run_.budget->Exhausted("cofilter", 2 * bytes);
        }
        SPELK_RETURN_IF_ERROR(run_.cancel->status());
      }
    }
    std::vector<std::pair<std::pair<uint32_t, uint32_t>, uint64_t>> sorted(pairs.begin(),
                                                                           pairs.end());
    std::sort(sorted.begin(), sorted.end());
    WideRows rows(node_.columns, run_, "cofilter", out);
    const auto number = [](uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); };
    for (const auto& [pair, count] : sorted) {
      SPELK_RETURN_IF_ERROR(rows.Begin());
      rows.Set(0, Value::Text(names[pair.first]));
      rows.Set(1, number(counts[pair.first]));
      rows.Set(2, Value::Text(names[pair.second]));
      rows.Set(3, number(counts[pair.second]));
      rows.Set(4, number(count));
    }
    return rows.Finish();
  }

 private:
  static void Note(std::string_view user, std::string_view item, CofilterState& state) {
    constexpr size_t kNode = 128;
    auto known = state.items.find(item);
    if (known == state.items.end()) {
      known = state.items.emplace(item, static_cast<uint32_t>(state.items.size())).first;
      state.bytes += kNode + item.size();
    }
    auto of_user = state.users.find(user);
    if (of_user == state.users.end()) {
      of_user = state.users.emplace(user, std::vector<uint32_t>()).first;
      state.bytes += kNode + user.size();
    }
    if (!of_user->second.empty() && of_user->second.back() == known->second) return;
    of_user->second.push_back(known->second);
    state.bytes += 2 * sizeof(uint32_t);
  }

  absl::Status Reserve(CofilterState& state) const {
    if (state.bytes <= state.reservation.bytes() || state.reservation.Resize(2 * state.bytes)) {
      return absl::OkStatus();
    }
    return run_.budget->Exhausted("cofilter", 2 * state.bytes);
  }

  const CofilterNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindCofilter(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<CofilterNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> fields,
                         binder.FieldNames(binder.Positional(call)));
  if (fields.size() != 2) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "it takes two fields",
                        {"usage: cofilter <user field> <item field>"});
  }
  node->user = fields[0];
  node->item = fields[1];
  for (const std::string_view column : kCofilterColumns)
    node->columns.push_back(binder.Intern(column));
  return node;
}

exec::OperatorPtr BuildCofilter(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Cofilter>(plan::As<CofilterNode>(node), run);
}

constexpr Argument kCofilterArguments[] = {
    {.name = "user item",
     .type = "field field",
     .fallback = "",
     .summary = "Two values of the second field are a pair for each value of the first that has "
                "both."}};
constexpr std::string_view kCofilterNotes[] = {
    "items stand in the order in which they came; each user counts once for an item"};
constexpr Example kCofilterExamples[] = {
    {.title = "What the same users buy",
     .input = R"({"u":"ann","i":"pen"} {"u":"ann","i":"ink"} {"u":"bob","i":"pen"} )"
              R"({"u":"bob","i":"ink"} {"u":"cyd","i":"pen"})",
     .query = "cofilter u i",
     .output = R"({"Item 1":"pen","Item 1 user count":3,"Item 2":"ink","Item 2 user count":2,)"
               R"("Pair count":2})"},
};

constexpr plan::NodeEntry kCofilterNodes[] = {{&plan::TypeOf<CofilterNode>, &BuildCofilter}};

}  // namespace

extern constexpr CommandEntry kCofilter = {
    .name = "cofilter",
    .signature = "cofilter <field> <field>",
    .summary = "Counts how many users have each two items.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kCofilterArguments,
    .notes = kCofilterNotes,
    .examples = kCofilterExamples,
    .nodes = kCofilterNodes,
    .bind = &BindCofilter,
};

}  // namespace spelk::commands
