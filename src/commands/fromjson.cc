// fromjson: the members of a JSON object as fields.
#include "commands/entry.h"
#include "exec/found_fields.h"
#include "io/json_value.h"

namespace spelk::commands {
namespace {

struct FromJsonNode final : plan::Node {
  static constexpr std::string_view kName = "fromjson";
  Field input;
  std::string prefix;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({input});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("input", input);
    visit("prefix", prefix);
  }
};

class FromJsonOperator final : public exec::Streaming<exec::NoState> {
 public:
  FromJsonOperator(const FromJsonNode& node, const exec::RunContext& run)
      : input_(node.input), prefix_(node.prefix), run_(run) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const Column* input = batch.Find(input_);
    if (input == nullptr || input->is_null_constant()) return out.Push(std::move(batch));
    exec::FoundFields found(batch, run_, "fromjson");
    Arena scratch(run_.budget);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = input->At(row);
      io::TextFields fields(batch.arena());
      for (const Value& each : value.each()) {
        if (each.is_text()) AddMembers(each.text(), scratch, fields);
      }
      SPELK_RETURN_IF_ERROR(scratch.status("fromjson"));
      SPELK_RETURN_IF_ERROR(found.Put(row, fields.Finish(), exec::Existing::kReplaced));
      scratch.Reset();
    }
    Batch made = batch;
    found.MoveInto(&made);
    return out.Push(std::move(made));
  }

 private:
  void AddMembers(std::string_view text, Arena& scratch, io::TextFields& fields) const {
    const io::JsonNode* root = io::ParseJson(text, scratch);
    if (root == nullptr || root->kind != io::JsonKind::kObject) return;
    Arena& arena = fields.arena();
    for (const io::JsonNode* member = root->first; member != nullptr; member = member->next) {
      ArenaText name(arena);
      name.Add(std::string_view(prefix_));
      name.Add(member->key);
      const std::string_view field = name.FinishText();
      if (!field.empty()) fields.AddFirst(field, ValueOf(*member, arena));
    }
  }

  // An array of scalars is a multivalue.
  static Value ValueOf(const io::JsonNode& node, Arena& arena) {
    if (node.kind != io::JsonKind::kArray) return Scalar(node, arena);
    size_t count = 0;
    for (const io::JsonNode* item = node.first; item != nullptr; item = item->next) {
      if (item->is_container()) return io::JsonToValue(node, arena);
      ++count;
    }
    auto* values = arena.AllocateArray<Value>(count);
    if (values == nullptr) return Value::Null();
    count = 0;
    for (const io::JsonNode* item = node.first; item != nullptr; item = item->next) {
      values[count] = Scalar(*item, arena);
      if (!values[count].is_null()) ++count;
    }
    return Value::Multi({values, count});
  }
  static Value Scalar(const io::JsonNode& node, Arena& arena) {
    return io::JsonToValue(node, arena);
  }

  const Field input_;
  const std::string prefix_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindFromJson(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<FromJsonNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->prefix, binder.Text(call, "prefix"));
  SPELK_ASSIGN_OR_RETURN(node->input, binder.OneField(call));
  return node;
}

exec::OperatorPtr BuildFromJson(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<FromJsonOperator>(plan::As<FromJsonNode>(node), run);
}

constexpr Argument kFromJsonArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "The field that holds the JSON."},
    {.name = "prefix",
     .type = "text",
     .fallback = "",
     .summary = "Stands before the name of each field.",
     .is_option = true}};
constexpr std::string_view kFromJsonNotes[] = {
    "objects, and arrays that hold objects or arrays, are their JSON text; other arrays are "
    "multivalues",
    "a member that is null gives no field; fields that are there already are replaced",
    "a text that is no JSON object gives no fields"};
constexpr Example kFromJsonExamples[] = {
    {.title = "The members of an object",
     .input = R"({"j":"{\"name\":\"ana\",\"age\":63,\"at\":{\"x\":1},\"tags\":[\"a\",\"b\"]}"})",
     .query = "fromjson j | table name age at tags",
     .output = R"({"name":"ana","age":63,"at":"{\"x\":1}","tags":["a","b"]})"},
    {.title = "With a prefix",
     .input = R"({"j":"{\"a\":1}"})",
     .query = "fromjson j prefix=p_ | table p_a",
     .output = R"({"p_a":1})"},
};

constexpr plan::NodeEntry kFromJsonNodes[] = {{&plan::TypeOf<FromJsonNode>, &BuildFromJson}};

}  // namespace

extern constexpr CommandEntry kFromJson = {
    .name = "fromjson",
    .signature = "fromjson <field> [prefix=<text>]",
    .summary = "Makes fields of the members of a JSON object.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFromJsonArguments,
    .notes = kFromJsonNotes,
    .examples = kFromJsonExamples,
    .nodes = kFromJsonNodes,
    .bind = &BindFromJson,
};

}  // namespace spelk::commands
