// diff: how two rows differ, line by line.
#include <string>
#include <string_view>
#include <utility>

#include "commands/entry.h"
#include "commands/text_diff.h"
#include "exec/batch_builder.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

struct DiffNode final : plan::Node {
  static constexpr std::string_view kName = "diff";
  uint64_t position1 = 1;
  uint64_t position2 = 2;
  Field attribute;
  Field source;  // Names the rows in the header; null without one.
  bool context = false;
  uint64_t most_bytes = 0;  // 0: any number.
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of({attribute}), .passes = false};
    if (source) flow.reads.Add(source);
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return columns.size() == 1; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("position1", position1);
    visit("position2", position2);
    visit("attribute", attribute);
    visit.MayBeNull("source", source);
    visit("context", context);
    visit("maxlen", most_bytes);
    visit("columns", columns);
  }
};

struct DiffState {
  explicit DiffState(MemoryBudget* budget) : reservation(budget) {}
  uint64_t rows = 0;
  std::string texts[2];
  std::string names[2];
  Reservation reservation;
};

class Diff final : public exec::Sequential<DiffState> {
 public:
  Diff(const DiffNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<DiffState> NewState() const override { return DiffState(run_.budget); }

  absl::StatusOr<exec::Demand> Process(Batch batch, DiffState& state,
                                       exec::Output&) const override {
    for (const auto& [index, position] :
         {std::pair(size_t{0}, node_.position1), std::pair(size_t{1}, node_.position2)}) {
      if (position <= state.rows || position > state.rows + batch.size()) continue;
      SPELK_RETURN_IF_ERROR(Keep(batch, position - state.rows - 1, index, state));
    }
    state.rows += batch.size();
    const bool both = state.rows >= std::max(node_.position1, node_.position2);
    return both ? exec::Demand::kEnough : exec::Demand::kMore;
  }

  absl::Status Finish(DiffState& state, exec::Output& out) const override {
    if (state.rows < std::max(node_.position1, node_.position2)) return absl::OkStatus();
    // Lines, their numbers, and the text of the difference.
    const size_t bytes = 24 * (state.texts[0].size() + state.texts[1].size());
    if (!state.reservation.Grow(bytes)) return run_.budget->Exhausted("diff", bytes);
    TextDiff diff(state.texts[0], state.texts[1]);
    std::string text = node_.context ? diff.Context() : diff.Unified();
    if (text.empty()) {
      text = "Results are the Same";
    } else if (node_.source) {
      text = diff.Header(state.names[0], state.names[1], node_.context) + text;
    }
    const Value values[] = {Value::Text(text)};
    exec::BatchBuilder rows(std::make_shared<Schema>(node_.columns, 1), "diff", run_);
    SPELK_RETURN_IF_ERROR(rows.Add(values));
    SPELK_ASSIGN_OR_RETURN(Batch batch, rows.Take());
    return out.Push(std::move(batch));
  }

 private:
  absl::Status Keep(const Batch& batch, size_t row, size_t index, DiffState& state) const {
    const auto text_of = [&](Field field) {
      const Column* column = batch.Find(field);
      return column == nullptr ? std::string() : TextOf(column->At(batch.physical(row)));
    };
    std::string text = text_of(node_.attribute);
    if (node_.most_bytes != 0 && text.size() > node_.most_bytes) {
      size_t end = node_.most_bytes;  // Characters stay whole.
      while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0U) == 0x80U) --end;
      text.resize(end);
    }
    if (node_.source) state.names[index] = text_of(node_.source);
    const size_t bytes = text.size() + state.names[index].size();
    if (!state.reservation.Grow(bytes)) return run_.budget->Exhausted("diff", bytes);
    state.texts[index] = std::move(text);
    return absl::OkStatus();
  }

  const DiffNode& node_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindDiff(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<DiffNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const int64_t position1, binder.Integer(call, "position1", 1));
  SPELK_ASSIGN_OR_RETURN(const int64_t position2, binder.Integer(call, "position2", 1));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "maxlen"));
  SPELK_ASSIGN_OR_RETURN(const std::string attribute, binder.Text(call, "attribute"));
  SPELK_ASSIGN_OR_RETURN(const bool header, binder.Flag(call, "diffheader"));
  SPELK_ASSIGN_OR_RETURN(node->context, binder.Flag(call, "context"));
  node->position1 = static_cast<uint64_t>(position1);
  node->position2 = static_cast<uint64_t>(position2);
  node->most_bytes = static_cast<uint64_t>(most);
  node->attribute = binder.Intern(attribute);
  if (header) node->source = binder.Intern("source");
  node->columns = {binder.Intern("_raw")};
  return node;
}

exec::OperatorPtr BuildDiff(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Diff>(plan::As<DiffNode>(node), run);
}

constexpr Argument kDiffArguments[] = {
    {.name = "position1",
     .type = "int",
     .fallback = "1",
     .summary = "Which row is the old one, counted from 1.",
     .is_option = true},
    {.name = "position2",
     .type = "int",
     .fallback = "2",
     .summary = "Which row is the new one.",
     .is_option = true},
    {.name = "attribute",
     .type = "field",
     .fallback = "_raw",
     .summary = "The field whose texts are compared.",
     .is_option = true},
    {.name = "diffheader",
     .type = "bool",
     .fallback = "false",
     .summary = "Whether two lines at the top name the sources of the rows.",
     .is_option = true},
    {.name = "context",
     .type = "bool",
     .fallback = "false",
     .summary = "The form with all lines of both around a change, instead of the unified one.",
     .is_option = true},
    {.name = "maxlen",
     .type = "int",
     .fallback = "100000",
     .summary = "How many bytes of each text are compared; 0 is all.",
     .is_option = true}};
constexpr std::string_view kDiffNotes[] = {
    "equal texts give one row that says so; with too few rows there is none",
    "three lines stand around each change"};
constexpr Example kDiffExamples[] = {
    {.title = "A line that was changed",
     .input = R"({"t":"a\nb\nc"} {"t":"a\nx\nc"})",
     .query = "table t | diff attribute=t",
     .output = R"({"_raw":"@@ -1,3 +1,3 @@\n a\n-b\n+x\n c"})"},
};

constexpr plan::NodeEntry kDiffNodes[] = {{&plan::TypeOf<DiffNode>, &BuildDiff}};

}  // namespace

extern constexpr CommandEntry kDiff = {
    .name = "diff",
    .signature =
        "diff [position1=<int>] [position2=<int>] [attribute=<field>] "
        "[diffheader=<bool>] [context=<bool>] [maxlen=<int>]",
    .summary = "Shows how two rows differ.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kDiffArguments,
    .notes = kDiffNotes,
    .examples = kDiffExamples,
    .nodes = kDiffNodes,
    .bind = &BindDiff,
};

}  // namespace spelk::commands
