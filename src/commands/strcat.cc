// strcat: joins fields and texts into one field.
#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// A field, or a text of the query.
struct Source {
  Field field;
  std::string text;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit.MayBeNull("field", field);
    visit("text", text);
  }
};

struct StrcatNode final : plan::Node {
  static constexpr std::string_view kName = "strcat";
  std::vector<Source> sources;
  Field target;
  bool all_required = false;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.order = Order::kKeeps;
    flow.runs = Runs::kStreaming;
    flow.results = false;
    flow.reads = plan::FieldSet();
    for (const Source& source : sources) {
      if (source.field) flow.reads.Add(source.field);
    }
    if (all_required) flow.reads.Add(target);  // Stays where a source is missing.
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("sources", sources);
    visit("target", target);
    visit("allrequired", all_required);
  }
};

class Strcat final : public exec::Streaming<exec::ColumnSetter> {
 public:
  explicit Strcat(const StrcatNode& node)
      : sources_(node.sources), target_(node.target), all_required_(node.all_required) {}

  absl::StatusOr<exec::ColumnSetter> NewState() const override {
    return exec::ColumnSetter(target_);
  }

  absl::Status Process(Batch batch, exec::ColumnSetter& setter, exec::Output& out) const override {
    std::vector<const Column*> columns;
    for (const Source& source : sources_) {
      columns.push_back(source.field ? batch.Find(source.field) : nullptr);
    }
    Value* values = exec::CopyColumn(batch, target_);
    SPELK_RETURN_IF_ERROR(batch.arena().status("strcat"));
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value joined = Join(columns, row, batch.arena());
      if (!joined.is_null()) values[row] = joined;
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("strcat"));
    setter.Set(Column::Values({values, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  // Null if a source is missing that must be there.
  Value Join(const std::vector<const Column*>& columns, size_t row, Arena& arena) const {
    ArenaText text(arena);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (!sources_[i].field) {
        text.Add(std::string_view(sources_[i].text));
        continue;
      }
      const Value value = columns[i] == nullptr ? Value::Null() : columns[i]->At(row);
      if (value.is_null() && all_required_) return value;
      char buffer[kNumberText];
      for (size_t v = 0; v < value.count(); ++v) {
        if (v > 0) text.Add('\n');
        text.Add(TextOf(value.each()[v], buffer));
      }
    }
    return Value::Text(text.FinishText());
  }

  const std::vector<Source> sources_;
  const Field target_;
  const bool all_required_;
};

absl::StatusOr<plan::NodePtr> BindStrcat(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<StrcatNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->all_required, binder.Flag(call, "allrequired"));
  std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.size() < 2) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "sources and a destination must be given",
                        {"usage: strcat [allrequired=<bool>] (<field> | \"<text>\")… <field>"});
  }
  SPELK_ASSIGN_OR_RETURN(const std::vector<Field> target, binder.FieldNames({arguments.back()}));
  node->target = target[0];
  arguments.pop_back();
  for (const ast::Argument* argument : arguments) {
    const auto* word = std::get_if<ast::Name>(&argument->value);
    if (word != nullptr && word->quoted && !argument->alias) {
      node->sources.push_back({Field(), word->text});
      continue;
    }
    SPELK_ASSIGN_OR_RETURN(const std::vector<Field> field, binder.FieldNames({argument}));
    node->sources.push_back({field[0], ""});
  }
  return node;
}

exec::OperatorPtr BuildStrcat(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<Strcat>(plan::As<StrcatNode>(node));
}

constexpr Argument kStrcatArguments[] = {
    {.name = "source",
     .type = "field or \"text\"…",
     .fallback = "",
     .summary = "What is joined: fields, and texts in quotes."},
    {.name = "destination",
     .type = "field",
     .fallback = "",
     .summary = "The last argument: the field that gets the text."},
    {.name = "allrequired",
     .type = "bool",
     .fallback = "f",
     .summary = "Only rows that have all the source fields get the text; otherwise a missing one "
                "is empty.",
     .is_option = true}};
constexpr std::string_view kStrcatNotes[] = {"the values of a multivalue are joined by newlines"};
constexpr Example kStrcatExamples[] = {
    {.title = "Two fields with a text between them",
     .input = R"({"host":"web-1","port":443} {"host":"db-1"})",
     .query = "strcat host \"::\" port address | table address",
     .output = R"({"address":"web-1::443"} {"address":"db-1::"})"},
    {.title = "Only where both are there",
     .input = R"({"host":"web-1","port":443} {"host":"db-1"})",
     .query = "strcat allrequired=t host \"::\" port address | table host address",
     .output = R"({"host":"web-1","address":"web-1::443"} {"host":"db-1"})"},
};

constexpr plan::NodeEntry kStrcatNodes[] = {{&plan::TypeOf<StrcatNode>, &BuildStrcat}};

}  // namespace

extern constexpr CommandEntry kStrcat = {
    .name = "strcat",
    .signature = "strcat [allrequired=<bool>] (<field> | \"<text>\")… <field>",
    .summary = "Joins fields and texts into one field.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kStrcatArguments,
    .notes = kStrcatNotes,
    .examples = kStrcatExamples,
    .nodes = kStrcatNodes,
    .bind = &BindStrcat,
};

}  // namespace spelk::commands
