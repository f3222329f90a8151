// filldown: an absent value becomes the last one above it.
#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "commands/entry.h"
#include "exec/column_map.h"

namespace spelk::commands {
namespace {

struct FillDownNode final : plan::Node {
  static constexpr std::string_view kName = "filldown";
  std::vector<Field> names;  // Patterns are interned like names.

  bool has_patterns() const {
    return std::any_of(names.begin(), names.end(),
                       [](Field name) { return plan::IsPattern(name.name()); });
  }
  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.results = false;
    flow.reads = plan::FieldSet();
    if (has_patterns()) return flow;
    flow.reads = plan::FieldSet::Of(names);
    flow.writes = plan::FieldSet::Of(names);
    flow.makes = names;
    return flow;
  }
  // A field is filled from itself alone, but where the event is written out with all that changed,
  // everything is.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = needed;
    needs.Add(GetDataflow().reads);
    if (has_patterns() && needed.Has(hidden::kLine)) needs.AddAll();
    return needs;
  }
  // A field that no row has is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
  }
};

// A field that is filled, with its last value so far.
struct Filled {
  explicit Filled(Field field) : setter(field) {}
  exec::ColumnSetter setter;
  Value last;
};

struct FillDownState {
  std::vector<Filled> fields;
  absl::flat_hash_set<Field> seen;  // `fields`, and those that are not named.
  std::unique_ptr<Arena> arena;     // Of the last values.
};

class FillDown final : public exec::Sequential<FillDownState> {
 public:
  FillDown(const FillDownNode& node, const exec::RunContext& run) : names_(node.names), run_(run) {}

  absl::StatusOr<FillDownState> NewState() const override { return FillDownState(); }

  absl::StatusOr<exec::Demand> Process(Batch batch, FillDownState& state,
                                       exec::Output& out) const override {
    FindFields(*batch.schema(), state);
    for (Filled& filled : state.fields) SPELK_RETURN_IF_ERROR(Fill(filled, &batch));
    // The values must outlive the batch.
    auto arena = std::make_unique<Arena>(run_.budget);
    for (Filled& filled : state.fields) filled.last = CopyValue(filled.last, *arena);
    SPELK_RETURN_IF_ERROR(arena->status("filldown"));
    state.arena = std::move(arena);
    SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return exec::Demand::kMore;
  }

 private:
  void FindFields(const Schema& schema, FillDownState& state) const {
    for (const Field field : schema.fields()) {
      if (!state.seen.insert(field).second || field.hidden()) continue;
      const bool named = std::any_of(names_.begin(), names_.end(), [field](Field name) {
        return plan::PatternTakes(name.name(), field);
      });
      if (named) state.fields.emplace_back(field);
    }
  }

  static absl::Status Fill(Filled& filled, Batch* batch) {
    filled.last = CopyValue(filled.last, batch->arena());
    if (filled.last.is_null() && batch->Find(filled.setter.field()) == nullptr) {
      return absl::OkStatus();
    }
    const auto fill = [&filled](const Value& value) {
      if (!value.is_null()) filled.last = value;
      return filled.last;
    };
    return exec::MapColumn(filled.setter.field(), filled.setter, "filldown", fill, batch);
  }

  const std::vector<Field> names_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindFillDown(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<FillDownNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  if (node->names.empty()) node->names.push_back(binder.Intern("*"));
  return node;
}

exec::OperatorPtr BuildFillDown(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<FillDown>(plan::As<FillDownNode>(node), run);
}

constexpr Argument kFillDownArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "What is filled; * is any run of characters."}};
constexpr std::string_view kFillDownNotes[] = {
    "events come newest first unless they are sorted before",
    "an empty text is a value; where no row above has one, the field stays absent",
    "* does not take fields whose names begin with _"};
constexpr Example kFillDownExamples[] = {
    {.title = "One field",
     .input = R"({"day":"Mon","n":1} {"n":2} {"day":"Tue","n":3})",
     .query = "filldown day | table day n",
     .output = R"({"day":"Mon","n":1} {"day":"Mon","n":2} {"day":"Tue","n":3})"},
    {.title = "All fields",
     .input = R"({"a":1} {"b":2} {"a":3})",
     .query = "filldown | table a b",
     .output = R"({"a":1} {"a":1,"b":2} {"a":3,"b":2})"},
};

constexpr plan::NodeEntry kFillDownNodes[] = {{&plan::TypeOf<FillDownNode>, &BuildFillDown}};

}  // namespace

extern constexpr CommandEntry kFillDown = {
    .name = "filldown",
    .signature = "filldown [<field>…]",
    .summary = "Puts the last value above where a field is absent.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFillDownArguments,
    .notes = kFillDownNotes,
    .examples = kFillDownExamples,
    .nodes = kFillDownNodes,
    .bind = &BindFillDown,
};

}  // namespace spelk::commands
