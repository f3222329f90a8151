// head: the first rows, by number or until an expression is no longer true.
#include "commands/entry.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

// head with an expression. The plain number is plan::LimitNode, which the optimizer knows.
struct HeadNode final : plan::Node {
  static constexpr std::string_view kName = "head";
  plan::ExprPtr condition;
  std::optional<uint64_t> limit;  // No more rows than this, whatever the expression says.
  bool null_is_true = false;
  bool keep_last = false;  // The row that stopped it is kept, too.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.writes = plan::FieldSet(), .results = false};
    flow.reads = plan::FieldSet();
    plan::CollectFields(*condition, &flow.reads);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("condition", condition);
    visit("limit", limit);
    visit("null", null_is_true);
    visit("keeplast", keep_last);
  }
};

struct HeadState {
  std::unique_ptr<plan::Evaluator> condition;
  std::optional<uint64_t> left;
};

class Head final : public exec::Sequential<HeadState> {
 public:
  Head(const HeadNode& node, const exec::RunContext& run)
      : condition_(plan::Copy(*node.condition)),
        limit_(node.limit),
        null_is_true_(node.null_is_true),
        keep_last_(node.keep_last),
        run_(run) {}

  absl::StatusOr<HeadState> NewState() const override {
    HeadState state;
    SPELK_ASSIGN_OR_RETURN(state.condition, plan::Evaluator::Make(*condition_, run_.evaluation));
    state.left = limit_;
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, HeadState& state,
                                       exec::Output& out) const override {
    if (state.left && batch.size() > *state.left) batch.Slice(0, *state.left);
    SPELK_ASSIGN_OR_RETURN(size_t passing, CountPassing(batch, state));
    const bool stopped = passing < batch.size();
    if (stopped && keep_last_) ++passing;
    batch.Slice(0, passing);
    if (state.left) *state.left -= passing;
    if (!batch.empty()) SPELK_RETURN_IF_ERROR(out.Push(std::move(batch)));
    return stopped || state.left == 0U ? exec::Demand::kEnough : exec::Demand::kMore;
  }

 private:
  // How many rows pass before the first that does not.
  absl::StatusOr<size_t> CountPassing(const Batch& batch, HeadState& state) const {
    Column truths;
    SPELK_RETURN_IF_ERROR(state.condition->Evaluate(batch, &truths));
    for (size_t row = 0; row < batch.size(); ++row) {
      const Value truth = truths.At(batch.physical(row));
      if (truth.is_bool() ? !truth.boolean() : !null_is_true_) return row;
    }
    return batch.size();
  }

  const plan::ExprPtr condition_;
  const std::optional<uint64_t> limit_;
  const bool null_is_true_;
  const bool keep_last_;
  const exec::RunContext& run_;
};

// The arguments by place: a number, an expression, or both.
struct Wanted {
  std::optional<uint64_t> count;
  const ast::ArgumentExpression* condition = nullptr;
};

absl::StatusOr<Wanted> WantedOf(const ast::CommandCall& call, plan::Binder& binder) {
  Wanted wanted;
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    const auto* condition = std::get_if<ast::ArgumentExpression>(&argument.value);
    if (condition != nullptr && !condition->is_eval && wanted.condition == nullptr) {
      wanted.condition = condition;
      continue;
    }
    const auto* word = std::get_if<ast::Name>(&argument.value);
    const auto count = word == nullptr ? std::nullopt : ParseWholeNumber(word->text);
    if (!count || wanted.count) {
      return binder.Unexpected(argument,
                               {"it takes a whole number, or an expression in parentheses"});
    }
    wanted.count = count;
  }
  return wanted;
}

absl::StatusOr<plan::NodePtr> BindHead(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(Wanted wanted, WantedOf(call, binder));
  SPELK_ASSIGN_OR_RETURN(const int64_t limit, binder.Integer(call, "limit"));
  SPELK_ASSIGN_OR_RETURN(const bool null_is_true, binder.Flag(call, "null"));
  SPELK_ASSIGN_OR_RETURN(const bool keep_last, binder.Flag(call, "keeplast"));
  if (const ast::ArgumentOption* option = binder.FindOption(call, "limit")) {
    if (wanted.count) {
      return binder.Error(ErrorCode::kBadArgument, option->name.span,
                          "a number and limit= cannot be used together");
    }
    wanted.count = static_cast<uint64_t>(limit);
  }
  if (wanted.condition == nullptr) {
    auto node = plan::Make<plan::LimitNode>(call.span);
    node->count = wanted.count.value_or(static_cast<uint64_t>(limit));
    return node;
  }
  auto node = plan::Make<HeadNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->condition, binder.Predicate(*wanted.condition->expression));
  node->limit = wanted.count;
  node->null_is_true = null_is_true;
  node->keep_last = keep_last;
  return node;
}

exec::OperatorPtr BuildWhile(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Head>(plan::As<HeadNode>(node), run);
}

constexpr Argument kHeadArguments[] = {
    {.name = "count", .type = "int", .fallback = "10", .summary = "How many rows to keep."},
    {.name = "expression",
     .type = "expression in parentheses",
     .fallback = "",
     .summary = "Rows are kept until it is not true."},
    {.name = "limit",
     .type = "int",
     .fallback = "10",
     .summary = "How many rows to keep, as an option.",
     .is_option = true},
    {.name = "null",
     .type = "bool",
     .fallback = "f",
     .summary = "A null result of the expression counts as true.",
     .is_option = true},
    {.name = "keeplast",
     .type = "bool",
     .fallback = "f",
     .summary = "The row that made the expression false is kept, too.",
     .is_option = true}};
constexpr Example kHeadExamples[] = {
    {.title = "The first two rows",
     .input = R"({"n":1} {"n":2} {"n":3})",
     .query = "head 2",
     .output = R"({"n":1} {"n":2})"},
    {.title = "Rows until the expression is false, with the row that made it so",
     .input = R"({"n":1} {"n":2} {"n":9} {"n":3})",
     .query = "head (n<5) keeplast=true",
     .output = R"({"n":1} {"n":2} {"n":9})"},
};

constexpr plan::NodeEntry kHeadNodes[] = {{&plan::TypeOf<HeadNode>, &BuildWhile}};

}  // namespace

extern constexpr CommandEntry kHead = {
    .name = "head",
    .signature = "head [<count> | limit=<count>] [(<expression>)] [null=<bool>] [keeplast=<bool>]",
    .summary = "Keeps the first rows.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kHeadArguments,
    .examples = kHeadExamples,
    .nodes = kHeadNodes,
    .bind = &BindHead,
};

}  // namespace spelk::commands
