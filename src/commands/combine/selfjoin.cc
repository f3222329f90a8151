// selfjoin: joins rows of one result that have the same values in some fields.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "exec/row_table.h"

namespace spelk::commands {
namespace {

struct SelfJoinNode final : plan::Node {
  static constexpr std::string_view kName = "selfjoin";
  std::vector<Field> keys;
  bool overwrites = true;
  uint64_t most = 1;  // Rows that one row is joined with; 0: any number.
  bool keeps_single = false;

  plan::Dataflow GetDataflow() const override { return {.passes = false, .runs = Runs::kSink}; }
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("keys", keys);
    visit("overwrite", overwrites);
    visit("max", most);
    visit("keepsingle", keeps_single);
  }
};

class SelfJoin final : public WholeSink {
 public:
  SelfJoin(const SelfJoinNode& node, const exec::RunContext& run)
      : WholeSink("selfjoin", node, run), node_(node) {}

 private:
  using Group = std::vector<size_t>;  // Rows, in order.

  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    std::vector<Group> groups;
    std::vector<Place> places;  // Of each row.
    SPELK_RETURN_IF_ERROR(Divide(rows, &groups, &places));
    WideRows joined(fields, run(), "selfjoin", out);
    for (size_t r = 0; r < places.size() && !out.enough(); ++r) {
      const Group& group = groups[places[r].group];
      const size_t behind = group.size() - places[r].place - 1;
      const size_t others = node_.most == 0 ? behind : std::min<size_t>(behind, node_.most);
      for (size_t other = 1; other <= others; ++other) {
        SPELK_RETURN_IF_ERROR(Write(rows, r, group[places[r].place + other], fields, joined));
      }
      if (group.size() == 1 && node_.keeps_single) {
        SPELK_RETURN_IF_ERROR(Write(rows, r, r, fields, joined));
      }
    }
    return joined.Finish();
  }

  struct Place {
    size_t group;
    size_t place;  // In the group.
  };

  absl::Status Divide(AllRows& rows, std::vector<Group>* groups, std::vector<Place>* places) const {
    absl::flat_hash_map<std::string, size_t> known;
    std::vector<std::vector<Value>> columns;
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * node_.keys.size() * sizeof(Value)));
    for (const Field key : node_.keys) columns.push_back(rows.ValuesOf(key));
    std::vector<Value> values(columns.size());
    const uint64_t most = plan::MostOf(run().services.limits, plan::kSelfJoinMaxRows);
    for (size_t r = 0; r < std::min<uint64_t>(rows.size(), most); ++r) {
      for (size_t c = 0; c < columns.size(); ++c) values[c] = columns[c][r];
      std::string key;
      const bool whole = exec::AppendRowKey(values, key);
      constexpr size_t kGroup = 192;
      SPELK_RETURN_IF_ERROR(rows.Reserve(kGroup + key.size()));
      size_t group = groups->size();
      if (whole) group = known.emplace(std::move(key), group).first->second;
      if (group == groups->size()) groups->emplace_back();
      places->push_back({group, (*groups)[group].size()});
      (*groups)[group].push_back(r);
    }
    if (rows.size() > most) {
      run().warnings->Add(ErrorCode::kTruncated,
                          fmt::format("selfjoin: only the first {} rows were joined{}", most,
                                      plan::CutBy(plan::kSelfJoinMaxRows)));
    }
    return absl::OkStatus();
  }

  absl::Status Write(const AllRows& rows, size_t main, size_t other,
                     const std::vector<Field>& fields, WideRows& joined) const {
    SPELK_RETURN_IF_ERROR(joined.Begin());
    for (size_t c = 0; c < fields.size(); ++c) {
      const Value of_main = rows.At(main, fields[c]);
      const Value of_other = rows.At(other, fields[c]);
      const bool takes_other = of_main.is_null() || (node_.overwrites && !of_other.is_null());
      joined.Set(c, takes_other ? of_other : of_main);
    }
    return run().cancel->status();
  }

  const SelfJoinNode& node_;
};

absl::StatusOr<plan::NodePtr> BindSelfJoin(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<SelfJoinNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->overwrites, binder.Flag(call, "overwrite"));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "max"));
  node->most = static_cast<uint64_t>(most);
  SPELK_ASSIGN_OR_RETURN(node->keeps_single, binder.Flag(call, "keepsingle"));
  SPELK_ASSIGN_OR_RETURN(node->keys, binder.FieldNames(binder.Positional(call)));
  if (!node->keys.empty()) return node;
  return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a field is missing",
                      {"usage: selfjoin [<options>] <field>…"});
}

exec::OperatorPtr BuildSelfJoin(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<SelfJoin>(plan::As<SelfJoinNode>(node), run);
}

constexpr Argument kSelfJoinArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "The fields whose values must be the same."},
    {.name = "overwrite",
     .type = "bool",
     .fallback = "true",
     .summary = "Whether values of the later row replace those of the earlier one.",
     .is_option = true},
    {.name = "max",
     .type = "int",
     .fallback = "1",
     .summary = "How many later rows a row is joined with; 0 is all.",
     .is_option = true},
    {.name = "keepsingle",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether a row without a partner stays.",
     .is_option = true}};
constexpr std::string_view kSelfJoinNotes[] = {
    "each row is joined with the next max rows that have the same values, each time into a row of "
    "its own; the values of the later row win",
    "a row that lacks one of the fields has no partner"};
constexpr Example kSelfJoinExamples[] = {
    {.title = "What two rows say of the same id",
     .input = R"({"id":1,"name":"aka"} {"id":2,"name":"ao"} {"id":1,"owner":"x"})",
     .query = "table id name owner | selfjoin id",
     .output = R"({"id":1,"name":"aka","owner":"x"})"},
    {.title = "With the rows that stand alone",
     .input = R"({"id":1,"name":"aka"} {"id":2,"name":"ao"} {"id":1,"owner":"x"})",
     .query = "table id name owner | selfjoin keepsingle=t id",
     .output = R"({"id":1,"name":"aka","owner":"x"} {"id":2,"name":"ao"})"},
};

constexpr plan::NodeEntry kSelfJoinNodes[] = {{&plan::TypeOf<SelfJoinNode>, &BuildSelfJoin}};

}  // namespace

extern constexpr CommandEntry kSelfJoin = {
    .name = "selfjoin",
    .signature = "selfjoin [overwrite=<bool>] [max=<int>] [keepsingle=<bool>] <field>…",
    .summary = "Joins rows with others of the same result.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kSelfJoinArguments,
    .notes = kSelfJoinNotes,
    .examples = kSelfJoinExamples,
    .nodes = kSelfJoinNodes,
    .bind = &BindSelfJoin,
};

}  // namespace spelk::commands
