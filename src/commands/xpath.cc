// xpath: what an XPath expression finds in XML text.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "io/xml_query.h"

namespace spelk::commands {
namespace {

struct XPathNode final : plan::Node {
  static constexpr std::string_view kName = "xpath";
  std::string expression;
  Field input;
  Field target;
  std::optional<std::string> fallback;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of({input, target}),
                        .writes = plan::FieldSet::Of({target}),
                        .makes = {target},
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("expression", expression);
    visit("field", input);
    visit("outfield", target);
    visit("default", fallback);
  }
};

struct XPathState {
  std::unique_ptr<io::XmlQuery> query;
};

class XPath final : public exec::Streaming<XPathState> {
 public:
  explicit XPath(const XPathNode& node) : node_(node) {}

  absl::StatusOr<XPathState> NewState() const override {
    SPELK_ASSIGN_OR_RETURN(auto query, io::XmlQuery::Make(node_.expression));
    return XPathState{std::move(query)};
  }

  absl::Status Process(Batch batch, XPathState& state, exec::Output& out) const override {
    Value* values = exec::CopyColumn(batch, node_.target);
    SPELK_RETURN_IF_ERROR(batch.arena().status("xpath"));
    const Column* input = batch.Find(node_.input);
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value found = input == nullptr ? Value::Null() : Find(input->At(row), state, batch);
      if (!found.is_null()) {
        values[row] = found;
      } else if (node_.fallback) {
        values[row] = Value::Text(*node_.fallback);
      }
    }
    SPELK_RETURN_IF_ERROR(batch.arena().status("xpath"));
    exec::ColumnSetter(node_.target).Set(Column::Values({values, batch.physical_rows()}), &batch);
    return out.Push(std::move(batch));
  }

 private:
  static Value Find(const Value& value, const XPathState& state, const Batch& batch) {
    const std::span<const Value> each = value.each();
    if (each.empty() || !each.front().is_text()) return Value::Null();
    return state.query->Find(each.front().text(), batch.arena());
  }

  const XPathNode& node_;
};

absl::StatusOr<plan::NodePtr> BindXPath(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<XPathNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the expression is missing",
                        {"usage: xpath outfield=name \"//bar/@nickname\""});
  }
  const auto* text = std::get_if<ast::Name>(&arguments[0]->value);
  if (text == nullptr || text->text.empty()) {
    return binder.Unexpected(*arguments[0], {"an XPath expression in quotes is due"});
  }
  if (arguments.size() > 1) return binder.Unexpected(*arguments[1], {"it takes one expression"});
  if (const auto query = io::XmlQuery::Make(text->text); !query.ok()) {
    return binder.Error(ErrorCode::kBadArgument, arguments[0]->span,
                        std::string(MessageOf(query.status())));
  }
  node->expression = text->text;
  SPELK_ASSIGN_OR_RETURN(const std::string target, binder.Text(call, "outfield"));
  SPELK_ASSIGN_OR_RETURN(const std::string input, binder.Text(call, "field"));
  node->target = binder.Intern(target);
  node->input = binder.Intern(input);
  if (const ast::ArgumentOption* fallback = binder.FindOption(call, "default")) {
    SPELK_ASSIGN_OR_RETURN(node->fallback, binder.OptionText(*fallback));
  }
  return node;
}

exec::OperatorPtr BuildXPath(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<XPath>(plan::As<XPathNode>(node));
}

constexpr Argument kXPathArguments[] = {
    {.name = "expression",
     .type = "text",
     .fallback = "",
     .summary = "What is looked for, in XPath 1.0: \"//Data[@Name='Image']\", \"count(//item)\"."},
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "The XML text.",
     .is_option = true},
    {.name = "outfield",
     .type = "field",
     .fallback = "xpath",
     .summary = "Gets what was found, a multivalue if it is more than one.",
     .is_option = true},
    {.name = "default",
     .type = "text",
     .fallback = "",
     .summary = "What it gets if nothing was found.",
     .is_option = true}};
constexpr std::string_view kXPathNotes[] = {
    "of an element all text in it counts, of an attribute its value",
    "text before the first < is passed over; text that is not well-formed finds nothing, and "
    "outfield keeps what it had",
    "names with prefixes of namespaces are compared as they are written"};
constexpr Example kXPathExamples[] = {
    {.title = "An attribute, and several elements",
     .input = R"json({"_raw":"<order no=\"7\"><item>pen</item><item>ink</item></order>"})json",
     .query = R"(xpath outfield=no "/order/@no" | xpath outfield=items "//item" | table no items)",
     .output = R"({"no":"7","items":["pen","ink"]})"},
};

constexpr plan::NodeEntry kXPathNodes[] = {{&plan::TypeOf<XPathNode>, &BuildXPath}};

}  // namespace

extern constexpr CommandEntry kXPath = {
    .name = "xpath",
    .signature = "xpath [outfield=<field>] \"<expression>\" [field=<field>] [default=<text>]",
    .summary = "Extracts what an XPath expression finds in XML.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kXPathArguments,
    .notes = kXPathNotes,
    .examples = kXPathExamples,
    .nodes = kXPathNodes,
    .bind = &BindXPath,
};

}  // namespace spelk::commands
