// tojson: the fields of a row as one JSON object.
#include <algorithm>
#include <optional>

#include "commands/all_rows.h"
#include "exec/column_setter.h"
#include "exec/row_sink.h"
#include "exec/spool.h"
#include "io/json_text.h"
#include "io/json_value.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// What becomes of a value.
enum class JsonForm : uint8_t {
  kAuto,  // Numbers, true, false, null, objects and arrays by their text; others are strings.
  kBool,
  kNumber,
  kJson,
  kString,
  kNone,  // As it is: computed numbers are numbers, text is a string.
};
constexpr size_t EnumSize(JsonForm) { return 6; }
constexpr std::string_view kToJsonForms[] = {"auto", "bool", "num", "json", "str", "none"};
std::string_view NameOf(JsonForm form) { return kToJsonForms[static_cast<size_t>(form)]; }

struct FormedFields {
  Field field;  // Patterns are interned like names.
  JsonForm form = JsonForm::kNone;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("form", form);
  }
};

struct ToJsonNode final : plan::Node {
  static constexpr std::string_view kName = "tojson";
  std::vector<FormedFields> fields;  // None: all, as `form` says.
  JsonForm form = JsonForm::kNone;
  bool includes_internal = false;
  bool fills_null = false;
  Field output;

  bool has_patterns() const {
    return fields.empty() || std::any_of(fields.begin(), fields.end(), [](const auto& each) {
             return plan::IsPattern(each.field.name());
           });
  }
  // Which fields some row has is known after the last one.
  bool needs_all_fields() const { return fills_null && has_patterns(); }
  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = true};
    if (needs_all_fields()) {
      flow.runs = Runs::kSink;
      flow.order = Order::kNeeds;
      flow.keeps_order = true;
    }
    std::vector<Field> names;
    for (const FormedFields& each : fields) names.push_back(each.field);
    flow.reads = ReadsOf(names);
    flow.writes = plan::FieldSet::Of({output});
    flow.makes = {output};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("default_type", form);
    visit("include_internal", includes_internal);
    visit("fill_null", fills_null);
    visit("output_field", output);
  }
};

void AddString(std::string_view text, ArenaText& out) {
  io::EmitJsonString(text, [&out](std::string_view piece) { out.Add(piece); });
}

bool IsTrueWord(std::string_view text) { return text == "true" || text == "True"; }
bool IsFalseWord(std::string_view text) { return text == "false" || text == "False"; }

class JsonWriter {
 public:
  JsonWriter(Arena& scratch, ArenaText& out) : scratch_(scratch), out_(out) {}

  // False, with nothing written, where the form does not take the value.
  bool Write(const Value& value, JsonForm form) {
    char buffer[kNumberText];
    const std::string_view text = TextOf(value, buffer);
    switch (form) {
      case JsonForm::kNone:
        return WriteAsIs(value, text);
      case JsonForm::kString:
        AddString(text, out_);
        return true;
      case JsonForm::kNumber:
        return WriteNumber(text);
      case JsonForm::kBool:
        return WriteBool(text);
      case JsonForm::kJson:
        return WriteJson(text);
      case JsonForm::kAuto:
        break;
    }
    const bool object = text.starts_with('{') || text.starts_with('[');
    if (text == "null" || IsTrueWord(text) || IsFalseWord(text)) {
      out_.Add(text == "null" ? "null" : IsTrueWord(text) ? "true" : "false");
    } else if (!WriteNumber(text) && (!object || !WriteJson(text))) {
      AddString(text, out_);
    }
    return true;
  }

 private:
  bool WriteAsIs(const Value& value, std::string_view text) {
    const bool typed = value.is_text() && value.json_type() != JsonType::kString;
    if (typed || ((value.is_integer() || value.is_double()) && io::IsJsonNumber(text))) {
      out_.Add(text);
    } else {
      AddString(text, out_);
    }
    return true;
  }
  bool WriteNumber(std::string_view text) {
    if (!io::IsJsonNumber(text)) return false;
    out_.Add(text);
    return true;
  }
  bool WriteBool(std::string_view text) {
    if (IsTrueWord(text) || IsFalseWord(text)) {
      out_.Add(IsTrueWord(text) ? "true" : "false");
      return true;
    }
    const std::optional<Number> number = ParseNumber(text);
    if (!number) return false;
    out_.Add(number->value == 0 ? "false" : "true");
    return true;
  }
  bool WriteJson(std::string_view text) {
    const io::JsonNode* node = io::ParseJson(text, scratch_);
    if (node == nullptr) return false;
    io::PrintJson(*node, out_);
    return true;
  }

  Arena& scratch_;
  ArenaText& out_;
};

struct ToJsonState {
  exec::ColumnSetter setter;
};

class ToJsonOperator final : public exec::Streaming<ToJsonState> {
 public:
  // `named`: members that each object has if nulls are filled in, beside those of the batch.
  ToJsonOperator(const ToJsonNode& node, std::vector<Field> named, const exec::RunContext& run)
      : fields_(node.fields),
        named_(std::move(named)),
        form_(node.form),
        includes_internal_(node.includes_internal),
        only_named_(node.needs_all_fields()),
        fills_null_(node.fills_null),
        output_(node.output),
        run_(run) {}

  absl::StatusOr<ToJsonState> NewState() const override {
    return ToJsonState{exec::ColumnSetter(output_)};
  }

  absl::Status Process(Batch batch, ToJsonState& state, exec::Output& out) const override {
    const std::vector<Member> members = MembersOf(*batch.schema());
    auto* values = batch.arena().AllocateArray<Value>(batch.physical_rows());
    SPELK_RETURN_IF_ERROR(batch.arena().status("tojson"));
    Arena scratch(run_.budget);
    for (size_t r = 0; r < batch.size(); ++r) {
      values[batch.physical(r)] = Object(batch, r, members, scratch);
      SPELK_RETURN_IF_ERROR(scratch.status("tojson"));
      SPELK_RETURN_IF_ERROR(batch.arena().status("tojson"));
      scratch.Reset();
    }
    state.setter.Set(Column::Values({values, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  struct Member {
    std::string name;
    std::optional<size_t> column;
    JsonForm form = JsonForm::kNone;
  };

  // In the order of their names: that of the columns is not known before the last row.
  std::vector<Member> MembersOf(const Schema& schema) const {
    std::vector<Member> members;
    for (size_t c = 0; c < schema.fields().size(); ++c) {
      const Field field = schema.fields()[c];
      if (field.hidden()) continue;
      // A column may be without values in all rows.
      if (only_named_ && std::find(named_.begin(), named_.end(), field) == named_.end()) continue;
      if (const std::optional<JsonForm> form = FormOf(field)) {
        members.push_back({std::string(field.name()), c, *form});
      }
    }
    for (const Field field : named_) {
      const bool known = std::any_of(members.begin(), members.end(), [field](const Member& member) {
        return member.name == field.name();
      });
      if (fills_null_ && !known && FormOf(field)) {
        members.push_back({std::string(field.name()), std::nullopt, JsonForm::kNone});
      }
    }
    std::sort(members.begin(), members.end(),
              [](const Member& a, const Member& b) { return a.name < b.name; });
    return members;
  }

  std::optional<JsonForm> FormOf(Field field) const {
    if (fields_.empty()) {
      if (field.internal() && !includes_internal_) return std::nullopt;
      return form_;
    }
    for (const FormedFields& each : fields_) {
      const std::string_view name = each.field.name();
      const bool all = includes_internal_ && name == "*";
      if (all || plan::PatternTakes(name, field)) return each.form;
    }
    return std::nullopt;
  }

  Value Object(const Batch& batch, size_t row, const std::vector<Member>& members,
               Arena& scratch) const {
    ArenaText out(scratch);
    out.Add('{');
    bool first = true;
    for (const Member& member : members) {
      const Value value = member.column ? batch.At(*member.column, row) : Value::Null();
      if (value.is_null() && !fills_null_) continue;
      const std::string_view written = WriteValue(value, member.form, scratch);
      if (written.empty()) continue;
      if (!first) out.Add(',');
      first = false;
      AddString(member.name, out);
      out.Add(':');
      out.Add(written);
    }
    out.Add('}');
    return Value::Text(batch.arena().Copy(out.FinishText()));
  }

  // Empty where the form takes no value.
  static std::string_view WriteValue(const Value& value, JsonForm form, Arena& scratch) {
    ArenaText out(scratch);
    JsonWriter writer(scratch, out);
    if (value.is_null()) return "null";
    if (!value.is_multi()) {
      return writer.Write(value, form) ? out.FinishText() : std::string_view();
    }
    out.Add('[');
    bool first = true;
    for (const Value& each : value.each()) {
      ArenaText text(scratch);
      JsonWriter item(scratch, text);
      if (!item.Write(each, form)) continue;
      if (!first) out.Add(',');
      first = false;
      out.Add(text.FinishText());
    }
    out.Add(']');
    return out.FinishText();
  }

  const std::vector<FormedFields> fields_;
  const std::vector<Field> named_;
  const JsonForm form_;
  const bool includes_internal_;
  const bool only_named_;  // Nothing else of the batch counts.
  const bool fills_null_;
  const Field output_;
  const exec::RunContext& run_;
};

class ToJsonOfAll final : public exec::SpoolSink {
 public:
  ToJsonOfAll(const ToJsonNode& node, const exec::RunContext& run)
      : SpoolSink("tojson", run), node_(node) {}

  absl::Status Finish(exec::Spool rows, exec::Output& out) const override {
    std::vector<Field> all = rows.FieldsInOrder(nullptr);
    for (const FormedFields& each : node_.fields) {
      const bool known = std::find(all.begin(), all.end(), each.field) != all.end();
      if (!known && !plan::IsPattern(each.field.name())) all.push_back(each.field);
    }
    const ToJsonOperator objects(node_, std::move(all), run());
    SPELK_ASSIGN_OR_RETURN(ToJsonState state, objects.NewState());
    ObjectOutput output(objects, state, out);
    return rows.Emit(output);
  }

 private:
  class ObjectOutput final : public exec::Output {
   public:
    ObjectOutput(const ToJsonOperator& objects, ToJsonState& state, exec::Output& next)
        : objects_(objects), state_(state), next_(next) {}
    absl::Status Push(Batch batch) override {
      return objects_.Process(std::move(batch), state_, next_);
    }
    bool enough() const override { return next_.enough(); }

   private:
    const ToJsonOperator& objects_;
    ToJsonState& state_;
    exec::Output& next_;
  };

  const ToJsonNode& node_;
};

std::optional<JsonForm> FormNamed(std::string_view name) {
  const auto* known = std::find(std::begin(kToJsonForms), std::end(kToJsonForms), name);
  if (known == std::end(kToJsonForms)) return std::nullopt;
  return static_cast<JsonForm>(known - std::begin(kToJsonForms));
}

absl::Status BindField(const ast::Argument& argument, JsonForm form, plan::Binder& binder,
                       ToJsonNode* node) {
  SPELK_ASSIGN_OR_RETURN(const Field field, binder.FieldName(argument, true));
  node->fields.push_back({field, form});
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindToJson(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ToJsonNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(const std::string form, binder.Choice(call, "default_type"));
  node->form = FormNamed(form).value_or(JsonForm::kNone);
  SPELK_ASSIGN_OR_RETURN(node->includes_internal, binder.Flag(call, "include_internal"));
  SPELK_ASSIGN_OR_RETURN(node->fills_null, binder.Flag(call, "fill_null"));
  SPELK_ASSIGN_OR_RETURN(const std::string output, binder.Text(call, "output_field"));
  node->output = binder.Intern(output);
  for (const ast::Argument* argument : binder.Positional(call)) {
    const auto* formed = std::get_if<ast::ArgumentCall>(&argument->value);
    if (formed == nullptr) {
      SPELK_RETURN_IF_ERROR(BindField(*argument, node->form, binder, node.get()));
      continue;
    }
    const std::optional<JsonForm> named = FormNamed(formed->name.text);
    if (!named || argument->alias) {
      return binder.Unexpected(*argument, {"forms are auto, bool, json, none, num and str"});
    }
    for (const ast::Argument& field : formed->arguments) {
      SPELK_RETURN_IF_ERROR(BindField(field, *named, binder, node.get()));
    }
  }
  return node;
}

exec::OperatorPtr BuildToJson(const plan::Node& node, const exec::RunContext& run) {
  const auto& to_json = plan::As<ToJsonNode>(node);
  if (to_json.needs_all_fields()) return std::make_unique<ToJsonOfAll>(to_json, run);
  std::vector<Field> named;
  for (const FormedFields& each : to_json.fields) named.push_back(each.field);
  return std::make_unique<ToJsonOperator>(to_json, std::move(named), run);
}

constexpr Argument kToJsonArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "What goes into the object; auto(…), bool(…), json(…), none(…), num(…) or str(…) "
                "around names says in which form."},
    {.name = "default_type",
     .type = "one of auto|bool|json|none|num|str",
     .fallback = "none",
     .summary = "The form of fields that stand in none of these.",
     .is_option = true},
    {.name = "fill_null",
     .type = "bool",
     .fallback = "false",
     .summary = "Fields that a row lacks are null; otherwise they are left out.",
     .is_option = true},
    {.name = "include_internal",
     .type = "bool",
     .fallback = "false",
     .summary = "* takes fields whose names begin with _, too.",
     .is_option = true},
    {.name = "output_field",
     .type = "field",
     .fallback = "_raw",
     .summary = "Where the object goes.",
     .is_option = true}};
constexpr std::string_view kToJsonNotes[] = {
    "members stand in the order of their names; a multivalue is an array",
    "auto: what reads as a number, true, false, null, an object or an array is that, anything else "
    "a string; none: computed numbers and what the input wrote as a number or a literal stay that",
    "a value that has not the form (num(x) of a text) is left out"};
constexpr Example kToJsonExamples[] = {
    {.title = "All fields",
     .input = R"({"user":"ana","n":7})",
     .query = "tojson | table _raw",
     .output = R"({"_raw":"{\"n\":7,\"user\":\"ana\"}"})"},
    {.title = "In given forms",
     .input = R"({"a":"7","b":"1","c":"x"})",
     .query = "tojson num(a c) bool(b) output_field=j | table j",
     .output = R"({"j":"{\"a\":7,\"b\":true}"})"},
};

constexpr plan::NodeEntry kToJsonNodes[] = {{&plan::TypeOf<ToJsonNode>, &BuildToJson}};

}  // namespace

extern constexpr CommandEntry kToJson = {
    .name = "tojson",
    .signature =
        "tojson [<field>… | <form>(<field>…)…] [default_type=<form>] [fill_null=<bool>] "
        "[include_internal=<bool>] [output_field=<field>]",
    .summary = "Makes one JSON object of the fields of a row.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kToJsonArguments,
    .notes = kToJsonNotes,
    .examples = kToJsonExamples,
    .nodes = kToJsonNodes,
    .bind = &BindToJson,
};

}  // namespace spelk::commands
