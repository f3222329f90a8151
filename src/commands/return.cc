// return: fields of the first rows as search terms, or their bare values, for the search around.
#include "commands/entry.h"
#include "exec/row_sink.h"
#include "exec/search_text.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// One thing that is returned of a row.
struct Returned {
  Field field;
  std::string name;   // What it is called in the terms: the field's name, or the alias.
  bool bare = false;  // $field: the value alone.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("name", name);
    visit("bare", bare);
  }
};

struct ReturnNode final : plan::Node {
  static constexpr std::string_view kName = "return";
  uint64_t count = 1;
  std::vector<Returned> returned;
  Field output;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .runs = Runs::kSink};
    flow.reads = plan::FieldSet();
    for (const Returned& each : returned) flow.reads.Add(each.field);
    flow.columns.emplace({output});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("count", count);
    visit("returned", returned);
    visit("output", output);
  }
};

// f="v", or the value alone; several values are joined by OR, or by blanks.
void AppendReturned(const Returned& returned, const Value& value, std::string* out) {
  const std::span<const Value> values = value.each();
  if (values.empty()) return;
  if (!out->empty()) *out += ' ';
  if (values.size() > 1 && !returned.bare) *out += '(';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) *out += returned.bare ? " " : " OR ";
    char buffer[kNumberText];
    const std::string_view text = TextOf(values[i], buffer);
    if (returned.bare) {
      *out += text;
      continue;
    }
    exec::AppendName(returned.name, false, out);
    *out += "=\"";
    *out += text;  // Search Reference, return: quotation marks in values are not escaped.
    *out += '"';
  }
  if (values.size() > 1 && !returned.bare) *out += ')';
}

class ReturnSink final : public exec::SorterSink {
 public:
  ReturnSink(const ReturnNode& node, const exec::RunContext& run)
      : SorterSink({.limit = node.count, .what = "return"}, run),
        returned_(node.returned),
        output_(node.output) {}

  absl::Status Finish(exec::Sorter rows, exec::Output& out) const override {
    std::vector<std::string> texts;
    Reservation reservation(run().budget);
    const auto add = [&](const Batch& batch, uint32_t row,
                         const exec::RowRank&) -> absl::StatusOr<exec::Demand> {
      std::string text = TextOfRow(batch, row);
      // The row's own text, and its place in the joined one, which grows by doubling.
      const size_t bytes = sizeof(std::string) + 4 * text.size();
      if (!reservation.Grow(bytes)) return run().budget->Exhausted("return", bytes);
      if (!text.empty()) texts.push_back(std::move(text));
      return exec::Demand::kMore;
    };
    SPELK_RETURN_IF_ERROR(rows.ForEach(add));
    std::string all = texts.size() == 1 ? texts[0] : "";
    for (size_t i = 0; i < texts.size() && texts.size() > 1; ++i) {
      all += i == 0 ? "(" : " OR (";
      all += texts[i];
      all += ')';
    }
    return exec::PushText(all, output_, run(), "return", out);
  }

 private:
  std::string TextOfRow(const Batch& batch, uint32_t row) const {
    std::string text;
    for (const Returned& each : returned_) {
      const std::optional<size_t> column = batch.schema()->Find(each.field);
      if (column) AppendReturned(each, batch.At(*column, row), &text);
    }
    return text;
  }

  const std::vector<Returned> returned_;
  const Field output_;
};

absl::StatusOr<Returned> BindOne(const ast::Argument& argument, plan::Binder& binder) {
  if (const auto* pair = std::get_if<ast::ArgumentOption>(&argument.value)) {
    const bool apart = pair->name.span.end + 1 != pair->value->span.begin;
    if (pair->op != CompareOp::kEqual || apart) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          "write alias=field, without blanks around the =");
    }
    SPELK_ASSIGN_OR_RETURN(const Field field, binder.FieldName(*pair->value));
    return Returned{field, pair->name.text, false};
  }
  SPELK_ASSIGN_OR_RETURN(const Field field, binder.FieldName(argument));
  if (argument.alias) {
    return binder.Error(ErrorCode::kBadArgument, argument.alias->span,
                        "AS has no meaning here; write alias=field");
  }
  const std::string_view name = field.name();
  if (!name.starts_with('$')) return Returned{field, std::string(name), false};
  if (name.size() == 1) {
    return binder.Error(ErrorCode::kBadArgument, argument.span, "a field name must follow $");
  }
  return Returned{binder.Intern(name.substr(1)), std::string(name.substr(1)), true};
}

absl::StatusOr<plan::NodePtr> BindReturn(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ReturnNode>(call.span);
  node->output = binder.Intern("search");
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::Argument& argument = call.arguments[i];
    if (const auto count = plan::Binder::WholeNumber(argument); i == 0 && count) {
      node->count = *count;
      continue;
    }
    if (std::holds_alternative<ast::ArgumentSign>(argument.value)) {
      return binder.Error(ErrorCode::kBadArgument, argument.span,
                          "the count is a whole number, 0 or more");
    }
    SPELK_ASSIGN_OR_RETURN(Returned returned, BindOne(argument, binder));
    node->returned.push_back(std::move(returned));
  }
  if (node->returned.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "no field was given",
                        {"usage: return [<count>] [<alias>=<field>] [<field>] [$<field>]"});
  }
  return node;
}

exec::OperatorPtr BuildReturn(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<ReturnSink>(plan::As<ReturnNode>(node), run);
}

constexpr Argument kReturnArguments[] = {
    {.name = "count", .type = "int", .fallback = "1", .summary = "How many rows."},
    {.name = "field", .type = "field…", .fallback = "", .summary = "Gives field=\"value\"."},
    {.name = "alias=field", .type = "field…", .fallback = "", .summary = "Gives alias=\"value\"."},
    {.name = "$field", .type = "field…", .fallback = "", .summary = "Gives the value alone."}};
constexpr std::string_view kReturnNotes[] = {
    "without rows, or where they lack the fields, the text is empty: a search around it is not "
    "filtered",
    "quotation marks in values are not escaped, as in Splunk",
    "the values of a multivalue are joined by OR, of $field by blanks"};
constexpr Example kReturnExamples[] = {
    {.title = "Each row is one operand of an OR",
     .input = R"({"user":"ana","ip":"10.0.0.1"} {"user":"bo","ip":"10.0.0.2"})",
     .query = "return 2 user src=ip",
     .output =
         R"x({"search":"(user=\"ana\" src=\"10.0.0.1\") OR (user=\"bo\" src=\"10.0.0.2\")"})x"},
    {.title = "The bare value of the first row",
     .input = R"({"user":"ana"} {"user":"bo"})",
     .query = "return $user",
     .output = R"({"search":"ana"})"},
};

constexpr plan::NodeEntry kReturnNodes[] = {{&plan::TypeOf<ReturnNode>, &BuildReturn}};

}  // namespace

extern constexpr CommandEntry kReturn = {
    .name = "return",
    .signature = "return [<count>] [<alias>=<field>]… [<field>]… [$<field>]…",
    .summary = "Writes fields of the first rows as search terms, into the field search.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kReturnArguments,
    .notes = kReturnNotes,
    .examples = kReturnExamples,
    .nodes = kReturnNodes,
    .bind = &BindReturn,
};

}  // namespace spelk::commands
