// xmlkv: fields out of XML elements that hold text.
#include "commands/entry.h"
#include "exec/found_fields.h"
#include "io/fields/tagged_text.h"

namespace spelk::commands {
namespace {

struct XmlKvNode final : plan::Node {
  static constexpr std::string_view kName = "xmlkv";
  Field input;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({input});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("input", input);
  }
};

class XmlKv final : public exec::Streaming<exec::NoState> {
 public:
  XmlKv(const XmlKvNode& node, const exec::RunContext& run) : input_(node.input), run_(run) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const Column* input = batch.Find(input_);
    if (input == nullptr || input->is_null_constant()) return out.Push(std::move(batch));
    exec::FoundFields found(batch, run_, "xmlkv");
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = input->At(row);
      io::TextFields fields(batch.arena());
      for (const Value& each : value.each()) {
        if (each.is_text()) io::FindTaggedTexts(each.text(), fields);
      }
      SPELK_RETURN_IF_ERROR(found.Put(row, fields.Finish(), exec::Existing::kReplaced));
    }
    Batch made = batch;
    found.MoveInto(&made);
    return out.Push(std::move(made));
  }

 private:
  const Field input_;
  const exec::RunContext& run_;
};

absl::StatusOr<plan::NodePtr> BindXmlKv(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<XmlKvNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxinputs").status());
  node->input = binder.Intern("_raw");
  if (!binder.Positional(call).empty()) {
    SPELK_ASSIGN_OR_RETURN(node->input, binder.OneField(call));
  }
  return node;
}

exec::OperatorPtr BuildXmlKv(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<XmlKv>(plan::As<XmlKvNode>(node), run);
}

constexpr Argument kXmlKvArguments[] = {{.name = "field",
                                         .type = "field",
                                         .fallback = "_raw",
                                         .summary = "The field that holds the text."},
                                        {.name = "maxinputs",
                                         .type = "int",
                                         .fallback = "50000",
                                         .summary = "How many events Splunk looks at; here all.",
                                         .is_option = true,
                                         .no_effect = true}};
constexpr std::string_view kXmlKvNotes[] = {
    "attributes, and elements that hold other elements, give nothing; spath takes these",
    "an element that is repeated gives a multivalue; fields that are there already are replaced",
    "entities such as &lt; stay as they are"};
constexpr Example kXmlKvExamples[] = {
    {.title = "Elements as fields",
     .input = R"({"_raw":"<Exec><Command>cmd.exe</Command><Args>/c dir</Args></Exec>"})",
     .query = "xmlkv | table Command Args",
     .output = R"({"Command":"cmd.exe","Args":"/c dir"})"},
    {.title = "Another field",
     .input = R"({"m":"task: <Author>ana</Author>"})",
     .query = "xmlkv m | table Author",
     .output = R"({"Author":"ana"})"},
};

constexpr plan::NodeEntry kXmlKvNodes[] = {{&plan::TypeOf<XmlKvNode>, &BuildXmlKv}};

}  // namespace

extern constexpr CommandEntry kXmlKv = {
    .name = "xmlkv",
    .signature = "xmlkv [<field>] [maxinputs=<int>]",
    .summary = "Takes fields out of XML elements that hold text.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kXmlKvArguments,
    .notes = kXmlKvNotes,
    .examples = kXmlKvExamples,
    .nodes = kXmlKvNodes,
    .bind = &BindXmlKv,
};

}  // namespace spelk::commands
