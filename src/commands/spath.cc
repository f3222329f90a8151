// spath: fields out of JSON and XML text.
#include <algorithm>
#include <optional>

#include "base/string_map.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "io/json_path.h"
#include "io/xml_path.h"
#include "value/multivalue.h"

namespace spelk::commands {
namespace {

struct SpathNode final : plan::Node {
  static constexpr std::string_view kName = "spath";
  Field input;
  std::string path;  // With an output: what is taken out. Otherwise all fields are.
  Field output;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({input});
    if (!output) return flow;
    flow.reads.Add(output);  // Stays where the path leads nowhere.
    flow.writes = plan::FieldSet::Of({output});
    flow.makes = {output};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("input", input);
    visit("path", path);
    visit.MayBeNull("output", output);
  }
};

// An array with an entry for each physical row, what is there already in the selected ones.
absl::StatusOr<Value*> ValuesOf(const Batch& batch, Field field) {
  Value* values = exec::CopyColumn(batch, field);
  SPELK_RETURN_IF_ERROR(batch.arena().status("spath"));
  return values;
}

struct PathState {
  exec::ColumnSetter output;
  std::vector<Value> values;
};

// One path: its values go to one field.
class PathOperator final : public exec::Streaming<PathState> {
 public:
  PathOperator(const SpathNode& node, const exec::RunContext& run)
      : input_(node.input), output_(node.output), path_(node.path), run_(run) {}

  absl::StatusOr<PathState> NewState() const override {
    return PathState{exec::ColumnSetter(output_), {}};
  }

  absl::Status Process(Batch batch, PathState& state, exec::Output& out) const override {
    const Column* input = batch.Find(input_);
    if (input == nullptr) return out.Push(std::move(batch));
    const Column texts = *input;
    SPELK_ASSIGN_OR_RETURN(Value * values, ValuesOf(batch, output_));
    Arena scratch(run_.budget);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value found = Find(texts.At(row), state, scratch, batch.arena());
      SPELK_RETURN_IF_ERROR(scratch.status("spath"));
      SPELK_RETURN_IF_ERROR(batch.arena().status("spath"));
      if (!found.is_null()) values[row] = found;
      scratch.Reset();
    }
    state.output.Set(Column::Values({values, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  Value Find(const Value& value, PathState& state, Arena& scratch, Arena& arena) const {
    state.values.clear();
    for (const Value& each : value.each()) {
      if (!each.is_text()) continue;  // A number is no document.
      const Value found = io::ValueAtPath(each.text(), path_, scratch, arena);
      if (!value.is_multi()) return found;
      state.values.insert(state.values.end(), found.each().begin(), found.each().end());
    }
    return MakeMulti(state.values, arena);
  }

  const Field input_;
  const Field output_;
  const io::LocationPath path_;
  const exec::RunContext& run_;
};

// Collects the fields of one text, before it is known whether it is well-formed.
class TextFields final : public io::FieldVisitor {
 public:
  struct Taken {
    std::string_view name;
    Value value;
    uint32_t array = 0;
  };

  explicit TextFields(Arena& arena) : arena_(arena) {}
  void Take(std::string_view name, const io::RawValue& raw, uint32_t array) override {
    if (name.empty()) return;
    const Value value = CopyValue(io::ToValue(raw, arena_), arena_);
    taken_.push_back({arena_.Copy(name), value, array});
  }
  const std::vector<Taken>& taken() const { return taken_; }

 private:
  Arena& arena_;
  std::vector<Taken> taken_;
};

struct AllState {
  std::unique_ptr<io::JsonFlattener> flattener;
};

// The columns that the texts of one batch give.
class TextColumns {
 public:
  TextColumns(const Batch& batch, const exec::RunContext& run) : batch_(batch), run_(run) {}

  // The fields of a text of a row. `documents` counts the texts of the row.
  absl::Status Add(const std::vector<TextFields::Taken>& fields, size_t row, size_t document,
                   bool xml) {
    for (const TextFields::Taken& field : fields) {
      SPELK_ASSIGN_OR_RETURN(TextColumn * column, Find(field.name));
      const bool first = column->row != row;
      const bool same = !first && column->document == document;
      // Of a name that JSON repeats the first one counts; the values of an array belong together,
      // and so do XML elements of one name.
      if (same && !xml && (field.array == 0 || field.array != column->array)) continue;
      if (first) column->collected.clear();
      column->collected.push_back(field.value);
      column->row = row;
      column->document = document;
      column->array = field.array;
    }
    return absl::OkStatus();
  }

  absl::Status FinishRow(size_t row) {
    for (const std::unique_ptr<TextColumn>& column : columns_) {
      if (column->row != row) continue;
      column->values[row] = MakeMulti(column->collected, batch_.arena());
    }
    return batch_.arena().status("spath");
  }

  // New fields come last.
  void MoveInto(Batch* batch) const {
    std::vector<Field> fields = batch->schema()->fields();
    std::vector<Column> columns = batch->columns();
    for (const std::unique_ptr<TextColumn>& made : columns_) {
      const Column column = Column::Values({made->values, batch->physical_rows()});
      if (const std::optional<size_t> index = batch->schema()->Find(made->field)) {
        columns[*index] = column;
        continue;
      }
      fields.push_back(made->field);
      columns.push_back(column);
    }
    const size_t placed = batch->schema()->placed();
    batch->Reshape(std::make_shared<Schema>(std::move(fields), placed), std::move(columns));
  }

 private:
  struct TextColumn {
    Field field;
    Value* values = nullptr;
    size_t row = SIZE_MAX;  // The last one that has it.
    size_t document = 0;
    uint32_t array = 0;
    std::vector<Value> collected;
  };

  absl::StatusOr<TextColumn*> Find(std::string_view name) {
    if (const auto known = by_name_.find(name); known != by_name_.end()) {
      return columns_[known->second].get();
    }
    auto column = std::make_unique<TextColumn>();
    SPELK_ASSIGN_OR_RETURN(column->field, run_.fields->TryIntern(name));
    SPELK_ASSIGN_OR_RETURN(column->values, ValuesOf(batch_, column->field));
    by_name_.emplace(std::string(name), columns_.size());
    columns_.push_back(std::move(column));
    return columns_.back().get();
  }

  const Batch& batch_;
  const exec::RunContext& run_;
  StringMap<size_t> by_name_;
  std::vector<std::unique_ptr<TextColumn>> columns_;
};

bool IsXml(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '<';
}

// Without a path: every field of the text.
class AllOperator final : public exec::Streaming<AllState> {
 public:
  AllOperator(const SpathNode& node, const exec::RunContext& run) : input_(node.input), run_(run) {}

  absl::StatusOr<AllState> NewState() const override {
    return AllState{std::make_unique<io::JsonFlattener>(run_.budget)};
  }

  absl::Status Process(Batch batch, AllState& state, exec::Output& out) const override {
    const Column* input = batch.Find(input_);
    if (input == nullptr) return out.Push(std::move(batch));
    TextColumns columns(batch, run_);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = input->At(row);
      size_t document = 0;
      for (const Value& each : value.each()) {
        if (!each.is_text()) continue;
        SPELK_RETURN_IF_ERROR(AddText(each.text(), row, document++, state, batch.arena(), columns));
      }
      if (document > 0) SPELK_RETURN_IF_ERROR(columns.FinishRow(row));
    }
    Batch made = batch;
    columns.MoveInto(&made);
    return out.Push(std::move(made));
  }

 private:
  absl::Status AddText(std::string_view text, size_t row, size_t document, AllState& state,
                       Arena& arena, TextColumns& columns) const {
    TextFields fields(arena);
    const bool xml = IsXml(text);
    const bool whole =
        xml ? io::FlattenXml(text, arena, fields) : state.flattener->FlattenValue(text, "", fields);
    SPELK_RETURN_IF_ERROR(state.flattener->status("spath"));
    SPELK_RETURN_IF_ERROR(arena.status("spath"));
    return whole ? columns.Add(fields.taken(), row, document, xml) : absl::OkStatus();
  }

  const Field input_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindSpath(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<SpathNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::string input, binder.Text(call, "input"));
  SPELK_ASSIGN_OR_RETURN(node->path, binder.Text(call, "path"));
  SPELK_ASSIGN_OR_RETURN(std::string output, binder.Text(call, "output"));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  bool has_path = binder.FindOption(call, "path") != nullptr;
  if (!arguments.empty()) {
    const auto* path = std::get_if<ast::Name>(&arguments[0]->value);
    if (path == nullptr || has_path || arguments.size() > 1) {
      return binder.Unexpected(*arguments[path == nullptr || has_path ? 0 : 1],
                               {"it takes one path"});
    }
    node->path = path->text;
    has_path = true;
  }
  const ast::ArgumentOption* option = binder.FindOption(call, "output");
  if (has_path && node->path.empty()) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "the path is empty");
  }
  if (option != nullptr && (!has_path || output.empty())) {
    return binder.Error(ErrorCode::kBadArgument, option->name.span,
                        output.empty() ? "a field name is empty" : "output needs a path",
                        {"without a path every field keeps its own name"});
  }
  if (input.empty()) {
    return binder.Error(ErrorCode::kBadArgument, call.span, "the input field's name is empty");
  }
  node->input = binder.Intern(input);
  if (has_path) node->output = binder.Intern(output.empty() ? node->path : output);
  return node;
}

exec::OperatorPtr BuildSpath(const plan::Node& node, const exec::RunContext& run) {
  const auto& spath = plan::As<SpathNode>(node);
  if (spath.output) return std::make_unique<PathOperator>(spath, run);
  return std::make_unique<AllOperator>(spath, run);
}

constexpr Argument kSpathArguments[] = {
    {.name = "path",
     .type = "path",
     .fallback = "",
     .summary = "Steps with dots between them; {} is each element of an array, {0} one of them, "
                "{@name} an XML attribute. Also without path=.",
     .is_option = true},
    {.name = "input",
     .type = "field",
     .fallback = "_raw",
     .summary = "The field that holds the text.",
     .is_option = true},
    {.name = "output",
     .type = "field",
     .fallback = "",
     .summary = "Where the value at the path goes; by default a field named like the path.",
     .is_option = true}};
constexpr std::string_view kSpathNotes[] = {
    "Splunk takes fields only from the first 5000 characters when no path is given "
    "(extraction_cutoff); spelk takes them all",
    "fields that are there already are replaced; a path that leads nowhere changes nothing",
    "arrays count from 0, XML elements from 1; an object or array is its JSON text",
    "a text that is neither JSON nor XML gives no fields"};
constexpr Example kSpathExamples[] = {
    {.title = "The values of an array's objects",
     .input = R"({"j":"{\"users\":[{\"name\":\"ana\"},{\"name\":\"bo\"}]}"})",
     .query = "spath input=j output=who path=users{}.name | table who",
     .output = R"({"who":["ana","bo"]})"},
    {.title = "All fields",
     .input = R"({"j":"{\"a\":1,\"b\":{\"c\":\"x\"},\"d\":[2,3]}"})",
     .query = "spath input=j | table a b.c d{}",
     .output = R"({"a":1,"b.c":"x","d{}":[2,3]})"},
    {.title = "An attribute of an XML element",
     .input = R"({"x":"<Event><Data Name=\"User\">ana</Data></Event>"})",
     .query = "spath input=x path=Event.Data{@Name} | table Event.Data{@Name}",
     .output = R"({"Event.Data{@Name}":"User"})"},
};

constexpr plan::NodeEntry kSpathNodes[] = {{&plan::TypeOf<SpathNode>, &BuildSpath}};

}  // namespace

extern constexpr CommandEntry kSpath = {
    .name = "spath",
    .signature = "spath [input=<field>] [output=<field>] [path=<path> | <path>]",
    .summary = "Takes fields out of JSON or XML text.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kSpathArguments,
    .notes = kSpathNotes,
    .differs = "Without a path the whole text is read; Splunk reads 5,000 characters.",
    .examples = kSpathExamples,
    .nodes = kSpathNodes,
    .bind = &BindSpath,
};

}  // namespace spelk::commands
