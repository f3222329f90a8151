// regex: keeps the rows in which a field matches a regular expression, or does not.
#include <algorithm>

#include "commands/entry.h"
#include "value/number.h"
#include "value/regex.h"

namespace spelk::commands {
namespace {

struct RegexNode final : plan::Node {
  static constexpr std::string_view kName = "regex";
  Field field;
  bool negated = false;
  std::string pattern;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.writes = plan::FieldSet(),
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    flow.reads = plan::FieldSet::Of({field});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", field);
    visit("negated", negated);
    visit("pattern", pattern);
  }
};

struct RegexState {
  std::unique_ptr<Regex> regex;
  std::unique_ptr<RegexMatcher> matcher;
};

class KeepMatching final : public exec::Streaming<RegexState> {
 public:
  KeepMatching(const RegexNode& node, const exec::RunContext& run)
      : field_(node.field), negated_(node.negated), pattern_(node.pattern), run_(run) {}

  absl::StatusOr<RegexState> NewState() const override {
    RegexState state;
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(pattern_));
    state.regex = std::make_unique<Regex>(std::move(regex));
    state.matcher = std::make_unique<RegexMatcher>(*state.regex);
    return state;
  }

  absl::Status Process(Batch batch, RegexState& state, exec::Output& out) const override {
    const Column* column = batch.Find(field_);
    std::vector<uint32_t> kept;
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = column == nullptr ? Value::Null() : column->At(row);
      if (Matches(value, *state.matcher) != negated_) kept.push_back(static_cast<uint32_t>(row));
    }
    if (kept.empty()) return absl::OkStatus();
    batch.Select(std::move(kept));
    return out.Push(std::move(batch));
  }

 private:
  // A multivalue matches if one of its values does; a field that is absent never does, so that !=
  // keeps the row.
  bool Matches(const Value& value, RegexMatcher& matcher) const {
    char buffer[kNumberText];
    const std::span<const Value> each = value.each();
    return std::any_of(each.begin(), each.end(), [&](const Value& one) {
      const MatchResult result = matcher.Match(TextOf(one, buffer));
      if (result == MatchResult::kLimit) {
        run_.evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
      }
      return result == MatchResult::kYes;
    });
  }

  const Field field_;
  const bool negated_;
  const std::string pattern_;
  const exec::RunContext& run_;
};

constexpr std::string_view kUsage = "usage: regex <field> (=|!=) <regex>";

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
  if (call.arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, kUsage);
  }
  auto node = plan::Make<RegexNode>(call.span);
  const ast::Argument* value = &call.arguments[0];
  const auto* option = std::get_if<ast::ArgumentOption>(&value->value);
  if (option != nullptr) {
    const bool equality = option->op == CompareOp::kEqual || option->op == CompareOp::kNotEqual;
    if (!equality || option->name.text.empty()) {
      return binder.Error(ErrorCode::kBadArgument, value->span, kUsage);
    }
    node->field = binder.Intern(option->name.text);
    node->negated = option->op == CompareOp::kNotEqual;
    SPELK_ASSIGN_OR_RETURN(node->pattern, binder.OptionText(*option));
    value = option->value.get();
  } else {
    node->field = binder.Intern("_raw");
    const auto* pattern = std::get_if<ast::Name>(&value->value);
    if (pattern == nullptr || value->alias) {
      return binder.Error(ErrorCode::kBadArgument, value->span, kUsage);
    }
    node->pattern = pattern->text;
  }
  if (call.arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, call.arguments[1].span, kUsage);
  }
  SPELK_RETURN_IF_ERROR(binder.CheckRegex(node->pattern, value->span));
  return node;
}

exec::OperatorPtr Build(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<KeepMatching>(plan::As<RegexNode>(node), run);
}

constexpr Argument kArguments[] = {
    {.name = "field",
     .type = "field",
     .fallback = "_raw",
     .summary = "What is looked at, with = for rows that match and != for the others."},
    {.name = "regex",
     .type = "regular expression",
     .fallback = "",
     .summary = "A Perl-compatible expression in quotes; it may match anywhere in the text."}};
constexpr std::string_view kNotes[] = {"!= keeps rows without the field, = does not",
                                       "a multivalue matches if one of its values does"};
constexpr Example kExamples[] = {
    {.title = "Keep what matches",
     .input = R"({"m":"a warning"} {"m":"fine"} {"m":"an error"})",
     .query = R"(regex m="error|warning")",
     .output = R"({"m":"a warning"} {"m":"an error"})"},
    {.title = "Keep what does not",
     .input = R"({"m":"a warning"} {"m":"fine"} {"k":1})",
     .query = R"(regex m!="^a ")",
     .output = R"({"m":"fine"} {"k":1})"},
};

constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<RegexNode>, &Build}};

}  // namespace

constexpr CommandEntry kRegex = {
    .name = "regex",
    .signature = "regex [<field>=|<field>!=]\"<regex>\"",
    .summary = "Keeps rows in which a field matches a regular expression, or does not.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .free_options = true,
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
