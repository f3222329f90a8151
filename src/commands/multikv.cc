// multikv: a row for each line of a table in the text of an event.
#include <algorithm>

#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "exec/found_fields.h"
#include "io/fields/text_table.h"

namespace spelk::commands {
namespace {

struct MultiKvNode final : plan::Node {
  static constexpr std::string_view kName = "multikv";
  Field input;
  uint64_t header = 0;  // The line of the names; 0: it is looked for.
  bool no_header = false;
  bool several_tables = true;
  bool copies_fields = true;
  bool drops_original = true;
  std::vector<std::string> fields;  // Of the table, those that are taken; none: all.
  std::vector<std::string> terms;   // A row must hold one of them; none: all rows.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = true};
    flow.reads = plan::FieldSet::Of({input});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("input", input);
    visit("forceheader", header);
    visit("noheader", no_header);
    visit("multitable", several_tables);
    visit("copyattrs", copies_fields);
    visit("rmorig", drops_original);
    visit("fields", fields);
    visit("filter", terms);
  }
};

// Rows that are to come out.
struct PendingRows {
  struct Row {
    uint32_t from = 0;  // The row that it is a copy of.
    std::span<const io::TextField> cells;
    Value line;  // Null for the original.
  };
  std::vector<Row> rows;
};

struct MultiKvState {
  std::unique_ptr<Arena> scratch;  // Of names and cells, until their rows came out.
  PendingRows pending;
};

class MultiKv final : public exec::Streaming<MultiKvState> {
 public:
  MultiKv(const MultiKvNode& node, const exec::RunContext& run)
      : input_(node.input),
        copies_fields_(node.copies_fields),
        drops_original_(node.drops_original),
        fields_(node.fields),
        terms_(node.terms),
        run_(run) {
    if (node.header > 0) options_.header = node.header;
    options_.no_header = node.no_header;
    options_.several_tables = node.several_tables;
  }

  absl::StatusOr<MultiKvState> NewState() const override {
    return MultiKvState{std::make_unique<Arena>(run_.budget), {}};
  }

  absl::Status Process(Batch batch, MultiKvState& state, exec::Output& out) const override {
    const Column* input = batch.Find(input_);
    if (input == nullptr || input->is_null_constant()) return out.Push(std::move(batch));
    for (size_t r = 0; r < batch.size(); ++r) {
      const auto row = static_cast<uint32_t>(batch.physical(r));
      const Value value = input->At(row);
      bool found = false;
      for (const Value& each : value.each()) {
        if (!each.is_text()) continue;
        SPELK_RETURN_IF_ERROR(AddRows(batch, each.text(), row, state, &found, out));
        if (out.enough()) return absl::OkStatus();
      }
      if (!found || !drops_original_) Add(row, {}, Value::Null(), state);
      SPELK_RETURN_IF_ERROR(state.scratch->status("multikv"));
      if (state.pending.rows.size() < run_.batch_rows) continue;
      SPELK_RETURN_IF_ERROR(PushRows(batch, state, out));
      state.scratch->Reset();
    }
    SPELK_RETURN_IF_ERROR(PushRows(batch, state, out));
    state.scratch->Reset();
    return absl::OkStatus();
  }

 private:
  static void Add(uint32_t row, std::span<const io::TextField> cells, const Value& line,
                  MultiKvState& state) {
    // Beside what the arena has already for each row.
    if (!state.scratch->Charge(2 * sizeof(PendingRows::Row))) return;
    state.pending.rows.push_back({row, cells, line});
  }

  absl::Status AddRows(const Batch& batch, std::string_view text, uint32_t row, MultiKvState& state,
                       bool* found, exec::Output& out) const {
    Arena& scratch = *state.scratch;
    io::TextTable table(text, options_, scratch);
    while (table.Next()) {
      *found = true;
      if (!HasTerm(table.line())) continue;
      ArenaBuilder<io::TextField> cells(scratch);
      for (const io::TextField& cell : table.cells()) {
        if (IsTaken(cell.name)) cells.Add(cell);
      }
      Add(row, cells.Finish(), Value::Text(table.line()), state);
      if (state.pending.rows.size() < run_.batch_rows) continue;
      SPELK_RETURN_IF_ERROR(PushRows(batch, state, out));
      if (out.enough()) return absl::OkStatus();
    }
    return scratch.status("multikv");
  }

  bool HasTerm(std::string_view line) const {
    return terms_.empty() || std::any_of(terms_.begin(), terms_.end(), [line](const auto& term) {
             return line.find(term) != std::string_view::npos;
           });
  }
  bool IsTaken(std::string_view name) const {
    return fields_.empty() || std::find(fields_.begin(), fields_.end(), name) != fields_.end();
  }

  // The rows as a batch of their own, which keeps alive what the first one points to.
  absl::Status PushRows(const Batch& from, MultiKvState& state, exec::Output& out) const {
    const std::vector<PendingRows::Row>& rows = state.pending.rows;
    if (rows.empty()) return absl::OkStatus();
    auto memory = std::make_shared<BatchMemory>(run_.budget);
    memory->pins.push_back(from.memory());
    std::vector<Column> columns;
    for (size_t c = 0; c < from.columns().size(); ++c) {
      SPELK_ASSIGN_OR_RETURN(const Column column, CopyRows(from, c, rows, memory->arena));
      columns.push_back(column);
    }
    Batch copies(from.schema(), std::move(columns), rows.size(), std::move(memory));
    exec::FoundFields found(copies, run_, "multikv");
    for (size_t i = 0; i < rows.size(); ++i) {
      SPELK_RETURN_IF_ERROR(found.Put(i, rows[i].cells, exec::Existing::kReplaced));
    }
    Batch made = copies;
    found.MoveInto(&made);
    state.pending.rows.clear();
    return out.Push(std::move(made));
  }

  absl::StatusOr<Column> CopyRows(const Batch& from, size_t index,
                                  const std::vector<PendingRows::Row>& rows, Arena& arena) const {
    const Field field = from.schema()->fields()[index];
    auto* values = arena.AllocateArray<Value>(rows.size());
    SPELK_RETURN_IF_ERROR(arena.status("multikv"));
    for (size_t i = 0; i < rows.size(); ++i) {
      const bool original = rows[i].line.is_null();
      if (!original && field == input_) {
        values[i] = rows[i].line;
      } else {
        const bool copied = original || copies_fields_ || field.hidden();
        values[i] = copied ? from.column(index).At(rows[i].from) : Value::Null();
      }
    }
    return Column::Values({values, rows.size()});
  }

  const Field input_;
  io::TextTableOptions options_;
  const bool copies_fields_;
  const bool drops_original_;
  const std::vector<std::string> fields_;
  const std::vector<std::string> terms_;
  const exec::RunContext& run_;
};

// The words after `fields` and after `filter`.
absl::Status BindMultiKvLists(const ast::CommandCall& call, plan::Binder& binder,
                              MultiKvNode* node) {
  std::vector<std::string>* list = nullptr;
  for (const ast::Argument* argument : binder.Positional(call)) {
    const auto* word = std::get_if<ast::Name>(&argument->value);
    if (word == nullptr) return binder.Unexpected(*argument);
    if (!word->quoted && word->text == "fields") {
      list = &node->fields;
    } else if (!word->quoted && word->text == "filter") {
      list = &node->terms;
    } else if (list == nullptr) {
      return binder.Unexpected(*argument, {"lists are: fields <field>… and filter <text>…"});
    } else {
      list->push_back(word->text);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindMultiKv(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<MultiKvNode>(call.span);
  node->input = binder.Intern("_raw");
  if (const ast::ArgumentOption* option = binder.FindOption(call, "forceheader")) {
    SPELK_ASSIGN_OR_RETURN(const int64_t line, binder.Integer(call, "forceheader", 1));
    node->header = static_cast<uint64_t>(line);
    SPELK_ASSIGN_OR_RETURN(const bool none, binder.Flag(call, "noheader"));
    if (none) {
      return binder.Error(ErrorCode::kBadArgument, option->name.span,
                          "forceheader and noheader exclude each other");
    }
  }
  SPELK_ASSIGN_OR_RETURN(node->no_header, binder.Flag(call, "noheader"));
  SPELK_ASSIGN_OR_RETURN(node->several_tables, binder.Flag(call, "multitable"));
  SPELK_ASSIGN_OR_RETURN(node->copies_fields, binder.Flag(call, "copyattrs"));
  SPELK_ASSIGN_OR_RETURN(node->drops_original, binder.Flag(call, "rmorig"));
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_RETURN_IF_ERROR(BindMultiKvLists(call, binder, node.get()));
  return node;
}

exec::OperatorPtr BuildMultiKv(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<MultiKv>(plan::As<MultiKvNode>(node), run);
}

constexpr Argument kMultiKvArguments[] = {
    {.name = "fields …",
     .type = "fields",
     .fallback = "",
     .summary = "After the word fields: the columns of the table that are taken; otherwise all."},
    {.name = "filter …",
     .type = "texts",
     .fallback = "",
     .summary = "After the word filter: a line must hold at least one of these."},
    {.name = "forceheader",
     .type = "int",
     .fallback = "",
     .summary = "The line with the names, from 1, empty lines not counted.",
     .is_option = true},
    {.name = "noheader",
     .type = "bool",
     .fallback = "false",
     .summary = "There are no names: the columns are Column_1, Column_2 …, as many as the first "
                "row has.",
     .is_option = true},
    {.name = "multitable",
     .type = "bool",
     .fallback = "true",
     .summary = "Another line of names in the text begins another table.",
     .is_option = true},
    {.name = "copyattrs",
     .type = "bool",
     .fallback = "true",
     .summary = "The rows have the other fields of the event, too.",
     .is_option = true},
    {.name = "rmorig",
     .type = "bool",
     .fallback = "true",
     .summary = "The event itself is left out; false keeps it after its rows.",
     .is_option = true}};
constexpr std::string_view kMultiKvNotes[] = {
    "columns stand below their names, or have commas or tabs between them if the names do",
    "without forceheader the names are looked for: words that begin with capitals, or are "
    "capitals, are preferred, and a line with numbers is none",
    "_raw becomes the line; an event in which no table is found stays as it is",
    "multikv.conf is not read, so that there is no conf option"};
constexpr Example kMultiKvExamples[] = {
    {.title = "A row for each line",
     .input = R"({"_raw":"Name Age\nJosh 42\nFrancine 35"})",
     .query = "multikv | table Name Age",
     .output = R"({"Name":"Josh","Age":"42"} {"Name":"Francine","Age":"35"})"},
    {.title = "Some lines and some columns",
     .input = R"({"_raw":"PID USER CMD\n1   root init\n7   ana  sh -c x\n9   ana  vi"})",
     .query = "multikv fields PID CMD filter sh vi | table PID USER CMD",
     .output = R"({"PID":"7","CMD":"sh -c x"} {"PID":"9","CMD":"vi"})"},
};

constexpr plan::NodeEntry kMultiKvNodes[] = {{&plan::TypeOf<MultiKvNode>, &BuildMultiKv}};

}  // namespace

extern constexpr CommandEntry kMultiKv = {
    .name = "multikv",
    .signature =
        "multikv [fields <field>…] [filter <text>…] [forceheader=<int>] [noheader=<bool>] "
        "[multitable=<bool>] [copyattrs=<bool>] [rmorig=<bool>]",
    .summary = "Makes a row of each line of a table in the text of an event.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kMultiKvArguments,
    .notes = kMultiKvNotes,
    .examples = kMultiKvExamples,
    .nodes = kMultiKvNodes,
    .bind = &BindMultiKv,
};

}  // namespace spelk::commands
