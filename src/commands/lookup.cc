// lookup: adds fields of the rows of a lookup table that match.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "commands/entry.h"
#include "exec/column_setter.h"
#include "plan/bind/lookups.h"
#include "plan/lookup_probe.h"
#include "plan/table.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// A column of the table and the field that is compared with it, or gets its values.
struct LookupColumn {
  std::string column;
  Field field;
  bool only_missing = false;  // OUTPUTNEW: rows that have the field keep it.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("column", column);
    visit("field", field);
    visit("only_missing", only_missing);
  }
};

struct LookupNode final : plan::Node {
  static constexpr std::string_view kName = "lookup";
  std::string table;
  std::vector<LookupColumn> inputs;
  std::vector<LookupColumn> outputs;
  Field time;  // Of the events, if the table goes by times.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet(),
                        .writes = plan::FieldSet(),
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    for (const LookupColumn& compared : inputs) flow.reads.Add(compared.field);
    if (time) flow.reads.Add(time);
    // An output keeps its value where nothing is looked up, so it is read as well.
    for (const LookupColumn& output : outputs) {
      flow.reads.Add(output.field);
      flow.writes.Add(output.field);
      flow.makes.push_back(output.field);
    }
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("table", table);
    visit("inputs", inputs);
    visit("outputs", outputs);
    visit.MayBeNull("time", time);
  }
};

// ---------------------------------------------------------------- running

struct LookupState {
  std::unique_ptr<plan::LookupProbe> probe;
  std::vector<exec::ColumnSetter> setters;  // Of the outputs.
  std::vector<Value> values;                // Of the inputs.
};

class LookUp final : public exec::Streaming<LookupState> {
 public:
  LookUp(const LookupNode& node, const exec::RunContext& run)
      : table_(node.table),
        inputs_(node.inputs),
        outputs_(node.outputs),
        time_(node.time),
        run_(run) {}

  absl::StatusOr<LookupState> NewState() const override {
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    for (const LookupColumn& input : inputs_) inputs.push_back(input.column);
    for (const LookupColumn& output : outputs_) outputs.push_back(output.column);
    SPELK_ASSIGN_OR_RETURN(
        plan::LookupProbe probe,
        plan::LookupProbe::Make(table_, inputs, outputs, *run_.services.tables, run_.budget));
    LookupState state;
    state.probe = std::make_unique<plan::LookupProbe>(std::move(probe));
    for (const LookupColumn& output : outputs_) state.setters.emplace_back(output.field);
    state.values.resize(inputs_.size());
    return state;
  }

  absl::Status Process(Batch batch, LookupState& state, exec::Output& out) const override {
    std::vector<Column> inputs;
    for (const LookupColumn& input : inputs_) inputs.push_back(ColumnOf(batch, input.field));
    const Column times = time_ ? ColumnOf(batch, time_) : Column::Null(batch.physical_rows());
    std::vector<Value*> columns;
    for (const exec::ColumnSetter& setter : state.setters) {
      columns.push_back(exec::CopyColumn(batch, setter.field()));
      if (columns.back() == nullptr) return batch.arena().status("lookup");
    }
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      for (size_t i = 0; i < inputs.size(); ++i) state.values[i] = inputs[i].At(row);
      if (!state.probe->Find(state.values, TimeOf(times.At(row)))) continue;
      for (size_t o = 0; o < columns.size(); ++o) {
        if (outputs_[o].only_missing && !columns[o][row].is_null()) continue;
        columns[o][row] = state.probe->Output(o, batch.arena());
      }
    }
    SPELK_RETURN_IF_ERROR(state.probe->status());
    SPELK_RETURN_IF_ERROR(batch.arena().status("lookup"));
    if (state.probe->truncated()) {
      run_.warnings->Add(ErrorCode::kTruncated,
                         "lookup: a row with several multivalues has more than 10000 combinations; "
                         "the rest was not looked up");
    }
    if (state.probe->matches_cut()) {
      run_.warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("lookup: took the first {} rows of '{}' that match and left "
                      "out more{}",
                      state.probe->most_matches(), table_, plan::CutBy(plan::kLookupMaxMatches)));
    }
    batch.memory()->pins.push_back(state.probe->table());
    for (size_t o = 0; o < columns.size(); ++o) {
      state.setters[o].Set(Column::Values({columns[o], batch.physical_rows()}), &batch);
    }
    return out.Push(std::move(batch));
  }

 private:
  static Column ColumnOf(const Batch& batch, Field field) {
    const Column* column = batch.Find(field);
    return column == nullptr ? Column::Null(batch.physical_rows()) : *column;
  }
  static std::optional<double> TimeOf(const Value& value) {
    const std::optional<Number> time = NumberOf(value);
    return time ? std::optional(time->value) : std::nullopt;
  }

  const std::string table_;
  const std::vector<LookupColumn> inputs_;
  const std::vector<LookupColumn> outputs_;
  const Field time_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

bool HasColumn(const plan::Lookup& lookup, std::string_view name) {
  return std::find(lookup.columns.begin(), lookup.columns.end(), name) != lookup.columns.end();
}

// `column`, or `column AS field`.
absl::StatusOr<LookupColumn> BindColumn(const ast::Argument& argument, const plan::Lookup& lookup,
                                        plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(const Field column, binder.FieldName(argument));
  if (!lookup.open && !HasColumn(lookup, column.name())) {
    return binder.Error(
        ErrorCode::kBadArgument, argument.span,
        fmt::format("the lookup table '{}' has no column '{}': could not find all of the specified "
                    "lookup fields in the lookup table",
                    lookup.name, column.name()),
        {fmt::format("its columns are {}", fmt::join(lookup.columns, ", "))});
  }
  LookupColumn bound{std::string(column.name()), column};
  if (argument.alias) bound.field = binder.Intern(argument.alias->text);
  return bound;
}

absl::Status BindOutputs(const ast::Clause& clause, const plan::Lookup& lookup,
                         plan::Binder& binder, LookupNode* node) {
  if (clause.arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, clause.span, "no field follows OUTPUT");
  }
  for (const ast::Argument& argument : clause.arguments) {
    SPELK_ASSIGN_OR_RETURN(LookupColumn output, BindColumn(argument, lookup, binder));
    output.only_missing = clause.word == ast::ClauseWord::kOutputNew;
    const bool repeated =
        std::any_of(node->outputs.begin(), node->outputs.end(),
                    [&](const LookupColumn& other) { return other.field == output.field; });
    if (repeated) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          fmt::format("the field '{}' is given twice", output.field.name()));
    }
    node->outputs.push_back(std::move(output));
  }
  return absl::OkStatus();
}

// All columns that are not compared; those of spelk's own accounting left out.
void AddOtherColumns(const plan::Lookup& lookup, plan::Binder& binder, LookupNode* node) {
  for (const std::string& column : lookup.columns) {
    const bool input =
        std::any_of(node->inputs.begin(), node->inputs.end(),
                    [&](const LookupColumn& other) { return other.column == column; });
    if (!input && !(lookup.collection && column.starts_with('_'))) {
      node->outputs.push_back({column, binder.Intern(column)});
    }
  }
}

absl::StatusOr<plan::NodePtr> BindLookup(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<LookupNode>(call.span);
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "a lookup table is missing");
  }
  SPELK_ASSIGN_OR_RETURN(const ast::Name* name, plan::TableName(*arguments[0], binder));
  SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup,
                         plan::BindLookup(name->text, name->span, binder));
  node->table = name->text;
  if (arguments.size() == 1) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "a field to look up is missing",
                        {fmt::format("the columns of '{}' are {}", lookup->name,
                                     fmt::join(lookup->columns, ", "))});
  }
  for (size_t i = 1; i < arguments.size(); ++i) {
    SPELK_ASSIGN_OR_RETURN(LookupColumn input, BindColumn(*arguments[i], *lookup, binder));
    node->inputs.push_back(std::move(input));
  }
  for (const ast::Clause& clause : call.clauses) {
    SPELK_RETURN_IF_ERROR(BindOutputs(clause, *lookup, binder, node.get()));
  }
  if (call.clauses.empty() && lookup->open && !lookup->assumed) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        fmt::format("OUTPUT is missing: the columns of '{}' are not known before "
                                    "it is written",
                                    lookup->name));
  }
  if (call.clauses.empty()) AddOtherColumns(*lookup, binder, node.get());
  SPELK_ASSIGN_OR_RETURN(const std::string time, binder.Text(call, "event_time_field"));
  if (!lookup->time_column.empty()) node->time = binder.Intern(time);
  for (const std::string_view option : {"local", "update"}) {
    SPELK_RETURN_IF_ERROR(binder.Flag(call, option).status());
  }
  return node;
}

exec::OperatorPtr BuildLookup(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<LookUp>(plan::As<LookupNode>(node), run);
}

constexpr Argument kLookupArguments[] = {
    {.name = "local",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether to look up on the search head.",
     .is_option = true,
     .no_effect = true},
    {.name = "update",
     .type = "bool",
     .fallback = "f",
     .summary = "Whether a real-time search reads the table again when it changes.",
     .is_option = true,
     .no_effect = true},
    {.name = "event_time_field",
     .type = "field",
     .fallback = "_time",
     .summary = "The time of the events that is compared with a table of times.",
     .is_option = true},
    {.name = "table",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of transforms.conf, or a file NAME.csv or NAME.csv.gz."},
    {.name = "input",
     .type = "column [AS field]",
     .fallback = "",
     .summary = "A column and the field whose values are looked up in it; the same name without "
                "AS. With several all must match."},
    {.name = "output",
     .type = "column [AS field]",
     .fallback = "",
     .summary = "After OUTPUT or OUTPUTNEW: a column and the field that gets its values. Without "
                "any all other columns are given, as OUTPUT does."}};
constexpr std::string_view kLookupNotes[] = {
    "a row that lacks one of the input fields stays as it is",
    "OUTPUT overwrites a field, and clears it where no row of the table matches; OUTPUTNEW fills "
    "fields that are missing, each by itself",
    "several rows that match give a multivalue in the order of the table, at most max_matches of "
    "them (limits.conf [lookup], 1000; 1 for a table of times, newest first); empty cells give "
    "nothing",
    "each value of a multivalue is looked up, and of several multivalues each combination, up to "
    "10000",
    "of transforms.conf it reads filename, collection, match_type, case_sensitive_match, "
    "max_matches, min_matches, default_match, time_field, time_format, min_offset_secs and "
    "max_offset_secs; lookups by scripts, by regions and with a filter are refused",
};
constexpr Example kLookupExamples[] = {
    {.title = "The name that belongs to a number",
     .input = R"({"uid":"1"} {"uid":"3"})",
     .lookup = "uid,name,dept\n1,Ann,it\n2,Bob,hr\n",
     .query = "lookup users uid OUTPUT name AS user | table uid user",
     .output = R"({"uid":"1","user":"Ann"} {"uid":"3"})"},
    {.title = "Only what is missing",
     .input = R"({"uid":"1","name":"root"} {"uid":"2"})",
     .lookup = "uid,name\n1,Ann\n2,Bob\n",
     .query = "lookup users uid OUTPUTNEW name | table uid name",
     .output = R"({"uid":"1","name":"root"} {"uid":"2","name":"Bob"})"},
};

constexpr plan::NodeEntry kLookupNodes[] = {{&plan::TypeOf<LookupNode>, &BuildLookup}};

}  // namespace

extern constexpr CommandEntry kLookup = {
    .name = "lookup",
    .signature =
        "lookup [local=<bool>] [update=<bool>] [event_time_field=<field>] <table> "
        "<column> [AS <field>] … [OUTPUT|OUTPUTNEW <column> [AS <field>] …]",
    .summary = "Adds fields of the rows of a lookup table that match.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kClauseOutput},
    .arguments = kLookupArguments,
    .notes = kLookupNotes,
    .examples = kLookupExamples,
    .nodes = kLookupNodes,
    .bind = &BindLookup,
};

}  // namespace spelk::commands
