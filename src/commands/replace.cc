// replace: whole values become others.
#include <fmt/format.h>

#include <algorithm>

#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_map.h"
#include "value/ascii.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::commands {
namespace {

struct Replacement {
  std::string from;  // Both may hold stars: as many, or none in `to`.
  std::string to;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("from", from);
    visit("to", to);
  }
};

struct ReplaceNode final : plan::Node {
  static constexpr std::string_view kName = "replace";
  std::vector<Replacement> replacements;
  std::vector<Field> fields;  // None: all but internal ones.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.order = Order::kKeeps;
    flow.runs = Runs::kStreaming;
    flow.results = false;
    flow.reads = plan::FieldSet::Of(fields);
    if (fields.empty()) return flow;
    flow.writes = plan::FieldSet::Of(fields);
    flow.makes = fields;
    return flow;
  }
  // A field changes by itself, but where the event is written out with all that changed, everything
  // is needed.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = Node::InputNeeds(needed);
    if (fields.empty() && needed.Has(hidden::kLine)) needs.AddAll();
    return needs;
  }
  // A field that is not there is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    return before;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("replacements", replacements);
    visit("fields", fields);
  }
};

// One replacement, compiled.
struct ReplacementRule {
  Wildcard pattern;
  std::vector<std::string> pieces;  // Of the new text, around its stars.
};

std::vector<std::string> SplitAtStars(std::string_view text) {
  std::vector<std::string> pieces;
  for (;;) {
    const size_t star = text.find('*');
    pieces.emplace_back(text.substr(0, star));
    if (star == std::string_view::npos) return pieces;
    text.remove_prefix(star + 1);
  }
}

size_t CountStars(std::string_view text) {
  return static_cast<size_t>(std::count(text.begin(), text.end(), '*'));
}

// The replacements, those that take precedence first (replace, "Usage"): texts before patterns, the
// last of them first; patterns by how much they say of the text.
std::vector<ReplacementRule> RulesOf(std::vector<Replacement> replacements) {
  std::reverse(replacements.begin(), replacements.end());
  const auto freedom = [](const Replacement& each) {
    return CountStars(each.from) == 0 ? SIZE_MAX : each.from.size() - CountStars(each.from);
  };
  std::stable_sort(
      replacements.begin(), replacements.end(),
      [&](const Replacement& a, const Replacement& b) { return freedom(a) > freedom(b); });
  std::vector<ReplacementRule> rules;
  for (const Replacement& each : replacements) {
    rules.push_back({Wildcard(each.from, Case::kExact), SplitAtStars(each.to)});
  }
  return rules;
}

class Replace final : public exec::Streaming<exec::NoState> {
 public:
  explicit Replace(const ReplaceNode& node)
      : rules_(RulesOf(node.replacements)), fields_(node.fields) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const auto replace = [&](const Value& value) {
      return MapEach(value, batch.arena(),
                     [&](const Value& each) { return ReplaceOne(each, batch.arena()); });
    };
    const SchemaPtr schema = batch.schema();
    for (const Field field : fields_.empty() ? schema->fields() : fields_) {
      const bool left_out = fields_.empty() && (field.internal() || field.hidden());
      if (left_out || batch.Find(field) == nullptr) continue;
      exec::ColumnSetter setter(field);
      SPELK_RETURN_IF_ERROR(exec::MapColumn(field, setter, "replace", replace, &batch));
    }
    return out.Push(std::move(batch));
  }

 private:
  Value ReplaceOne(const Value& value, Arena& arena) const {
    char buffer[kNumberText];
    const std::string_view text = TextOf(value, buffer);
    for (const ReplacementRule& rule : rules_) {
      if (!rule.pattern.Matches(text)) continue;
      const std::vector<std::string_view> taken = rule.pattern.Captures(text);
      ArenaText made(arena);
      for (size_t i = 0; i < rule.pieces.size(); ++i) {
        if (i > 0 && i <= taken.size()) made.Add(taken[i - 1]);
        made.Add(std::string_view(rule.pieces[i]));
      }
      return Value::Text(made.FinishText());
    }
    return value;
  }

  const std::vector<ReplacementRule> rules_;
  const std::vector<Field> fields_;
};

// ---------------------------------------------------------------- binding

bool IsThisWord(const ast::Argument& argument, std::string_view word) {
  const auto* name = std::get_if<ast::Name>(&argument.value);
  return name != nullptr && !name->quoted && EqualsIgnoringCase(name->text, word);
}

absl::StatusOr<std::string> TextArgument(const ast::Argument& argument, plan::Binder& binder) {
  const auto* name = std::get_if<ast::Name>(&argument.value);
  if (name != nullptr && !argument.alias) return name->text;
  return binder.Unexpected(argument, {"it takes texts: replace \"a*\" WITH \"b*\" IN host"});
}

absl::StatusOr<plan::NodePtr> BindReplace(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ReplaceNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  size_t at = 0;
  while (at < arguments.size() && !(at > 0 && IsThisWord(*arguments[at], "in"))) {
    if (at + 2 >= arguments.size() || !IsThisWord(*arguments[at + 1], "with")) {
      return binder.Error(ErrorCode::kMissingArgument, arguments[at]->span,
                          "WITH and a new text must follow",
                          {"usage: replace <text> WITH <text>… [IN <field>…]"});
    }
    Replacement each;
    SPELK_ASSIGN_OR_RETURN(each.from, TextArgument(*arguments[at], binder));
    SPELK_ASSIGN_OR_RETURN(each.to, TextArgument(*arguments[at + 2], binder));
    const size_t stars = CountStars(each.to);
    if (stars > 0 && stars != CountStars(each.from)) {
      return binder.Error(ErrorCode::kBadArgument, arguments[at + 2]->span,
                          "the new text must have as many wildcards as the old one, or none");
    }
    node->replacements.push_back(std::move(each));
    at += 3;
  }
  if (node->replacements.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "no replacement is given",
                        {"usage: replace <text> WITH <text>… [IN <field>…]"});
  }
  if (at == arguments.size()) return node;
  SPELK_ASSIGN_OR_RETURN(node->fields,
                         binder.FieldNames({arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                            arguments.end()}));
  if (!node->fields.empty()) return node;
  return binder.Error(ErrorCode::kMissingArgument, arguments[at]->span, "no field follows IN");
}

exec::OperatorPtr BuildReplace(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<Replace>(plan::As<ReplaceNode>(node));
}

constexpr Argument kReplaceArguments[] = {
    {.name = "text WITH text",
     .type = "text…",
     .fallback = "",
     .summary = "The old value and the new one. * is any run of characters; a * of the new value "
                "is what the one of the old value took."},
    {.name = "IN",
     .type = "field…",
     .fallback = "",
     .summary = "Where; without it in all fields but those whose names begin with _."}};
constexpr std::string_view kReplaceNotes[] = {
    "the whole value must match, upper and lower case as written",
    "of several that match, one without wildcards is taken, the last of those; otherwise the one "
    "with the most other characters",
    "of a multivalue each value is looked at"};
constexpr Example kReplaceExamples[] = {
    {.title = "One value of one field",
     .input = R"({"host":"127.0.0.1"} {"host":"127.0.0.12"})",
     .query = "replace 127.0.0.1 WITH localhost IN host",
     .output = R"({"host":"localhost"} {"host":"127.0.0.12"})"},
    {.title = "Keep what the wildcard took",
     .input = R"({"src":"::ffff:10.0.0.1"} {"src":"10.0.0.2"})",
     .query = "replace \"::ffff:*\" WITH \"*\" IN src",
     .output = R"({"src":"10.0.0.1"} {"src":"10.0.0.2"})"},
    {.title = "Several values, in all fields",
     .input = R"({"from":"aug","to":"sep"})",
     .query = "replace aug WITH August, sep WITH September",
     .output = R"({"from":"August","to":"September"})"},
};

constexpr plan::NodeEntry kReplaceNodes[] = {{&plan::TypeOf<ReplaceNode>, &BuildReplace}};

}  // namespace

extern constexpr CommandEntry kReplace = {
    .name = "replace",
    .signature = "replace <text> WITH <text> [, <text> WITH <text>]… [IN <field>…]",
    .summary = "Replaces whole values of fields.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kReplaceArguments,
    .notes = kReplaceNotes,
    .examples = kReplaceExamples,
    .nodes = kReplaceNodes,
    .bind = &BindReplace,
};

}  // namespace spelk::commands
