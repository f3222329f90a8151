// Binding of eval expressions: functions are found, counts and types checked.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/status.h"
#include "plan/bind/binder.h"
#include "plan/bind/lookups.h"
#include "plan/bind/spelling.h"
#include "plan/eval/call.h"
#include "syntax/elsewhere.h"

namespace spelk::plan {
namespace {

std::unique_ptr<Expr> NewExpr(ExprKind kind, Type type, Span span) {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->type = type;
  expr->span = span;
  return expr;
}

std::string_view WordOf(ast::LogicalOp op) {
  switch (op) {
    case ast::LogicalOp::kAnd:
      return "AND";
    case ast::LogicalOp::kOr:
      return "OR";
    case ast::LogicalOp::kXor:
      return "XOR";
  }
  return "";
}

ExprKind KindOf(ast::LogicalOp op) {
  switch (op) {
    case ast::LogicalOp::kAnd:
      return ExprKind::kAnd;
    case ast::LogicalOp::kOr:
      return ExprKind::kOr;
    case ast::LogicalOp::kXor:
      return ExprKind::kXor;
  }
  return ExprKind::kAnd;
}

bool Fits(Type wanted, const Expr& argument) {
  switch (wanted) {
    case Type::kBoolean:
      return MayBeBoolean(argument);
    case Type::kNumber:
      return argument.type != Type::kString && argument.type != Type::kBoolean;
    case Type::kString:
      return argument.type != Type::kBoolean;
    default:
      return true;
  }
}

// What a subsearch gives is checked when its text is known.
void NeedBoolean(Expr& expr) {
  if (expr.kind == ExprKind::kSubsearch) expr.type = Type::kBoolean;
}

}  // namespace

absl::StatusOr<ExprPtr> Binder::Expression(const ast::Expr& expr) {
  return std::visit(
      Overloaded{
          [&](const ast::NumberLiteral& n) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Number(n.text), Type::kNumber, expr.span);
          },
          [&](const ast::StringLiteral& s) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Text(s.text), Type::kString, expr.span);
          },
          [&](const ast::BooleanLiteral& b) -> absl::StatusOr<ExprPtr> {
            return MakeLiteral(Literal::Bool(b.value), Type::kBoolean, expr.span);
          },
          [&](const ast::FieldReference& f) -> absl::StatusOr<ExprPtr> {
            // The one statistic that takes no field needs no parentheses either.
            if (statistics_ != nullptr && TextOf(expr.span) == "count") {
              ast::FunctionCall count;
              count.name.text = f.name;
              count.name.span = expr.span;
              return BindStatisticIn(expr, count);
            }
            return MakeField(Intern(f.name), expr.span);
          },
          [&](const ast::FunctionCall& call) { return BindCall(expr, call); },
          [&](const ast::ArithmeticChain& chain) { return BindArithmetic(expr, chain); },
          [&](const ast::Negation& negation) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*negation.operand));
            if (operand->type == Type::kString || operand->type == Type::kBoolean) {
              return Error(ErrorCode::kTypeMismatch, expr.span,
                           "typechecking failed. '-' only takes numbers");
            }
            auto node = NewExpr(ExprKind::kNegate, Type::kNumber, expr.span);
            node->arguments.push_back(std::move(operand));
            return node;
          },
          [&](const ast::Comparison& comparison) { return BindComparison(expr, comparison); },
          [&](const ast::LikeOperator& like) { return BindLike(expr, like); },
          [&](const ast::InOperator& in) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(ExprPtr node, Membership(*in.operand, in.values, expr.span));
            if (!in.negated) return node;
            node = MakeNot(std::move(node));
            node->span = expr.span;
            return node;
          },
          [&](const ast::NotOperator& n) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*n.operand));
            SPELK_RETURN_IF_ERROR(CheckBoolean(*operand, "'NOT'"));
            ExprPtr node = MakeNot(std::move(operand));
            node->span = expr.span;
            return node;
          },
          [&](const ast::LogicalList& list) { return BindLogical(expr, list); },
          [&](const ast::ExpressionSubsearch& subsearch) -> absl::StatusOr<ExprPtr> {
            SPELK_ASSIGN_OR_RETURN(NodePtr plan, ValueSubsearch(*subsearch.pipeline, expr.span));
            auto node = NewExpr(ExprKind::kSubsearch, Type::kAny, expr.span);
            node->plan = std::move(plan);
            return node;
          },
          [&](const ast::MacroCall& macro) -> absl::StatusOr<ExprPtr> {
            return Error(ErrorCode::kUnknownMacro, expr.span,
                         fmt::format("the search specifies a macro '{}' that cannot be found",
                                     macro.name.text));
          },
      },
      expr.node);
}

absl::Status Binder::CheckBoolean(Expr& expr, std::string_view operation) {
  NeedBoolean(expr);
  if (MayBeBoolean(expr)) return absl::OkStatus();
  return Error(ErrorCode::kTypeMismatch, expr.span,
               fmt::format("typechecking failed. {} only takes boolean arguments", operation),
               {fmt::format("{} is {}", InQuotes(TextOf(expr.span)),
                            expr.kind == ExprKind::kField ? "a field" : Describe(expr.type))});
}

absl::StatusOr<ExprPtr> Binder::Predicate(const ast::Expr& expr) {
  SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(expr));
  NeedBoolean(*bound);
  if (MayBeBoolean(*bound)) return bound;
  return Error(ErrorCode::kTypeMismatch, bound->span,
               "typechecking failed. the expression must be true or false",
               {fmt::format("{} is {}; compare it with something", InQuotes(TextOf(bound->span)),
                            bound->kind == ExprKind::kField ? "a field" : Describe(bound->type))});
}

absl::StatusOr<ExprPtr> Binder::PredicateInText(std::string_view text, Diagnostics& problems) {
  const Source source(source_.name(), std::string(text));
  SPELK_ASSIGN_OR_RETURN(const ast::ExprPtr parsed,
                         ParseExpression(source, entries_, SyntaxLimits{}, problems));
  Binder inner(source, entries_, fields_, problems, services_);
  inner.command_ = command_;
  inner.ForbidSubsearches();  // Their places would be those of another text.
  return inner.Predicate(*parsed);
}

absl::StatusOr<ExprPtr> Binder::PredicateIn(const ast::ArgumentOption& option) {
  const auto* written = std::get_if<ast::ArgumentExpression>(&option.value->value);
  if (written != nullptr && written->expression != nullptr) return Predicate(*written->expression);
  SPELK_ASSIGN_OR_RETURN(const std::string text, OptionText(option));
  Diagnostics problems;
  absl::StatusOr<ExprPtr> bound = PredicateInText(text, problems);
  if (bound.ok()) return bound;
  // The parentheses may have quotes of their own: "("x>1")".
  if (text.size() >= 4 && text.starts_with("(\"") && text.ends_with("\")")) {
    problems = Diagnostics();
    bound = PredicateInText(std::string_view(text).substr(2, text.size() - 4), problems);
    if (bound.ok()) return bound;
  }
  // A place inside the quoted text is none of the query; the whole value is shown.
  for (const Diagnostic& problem : problems.all()) {
    if (problem.severity != Severity::kError) continue;
    if (problem.code == ErrorCode::kMissingCommand) break;  // There is nothing in the text.
    return diagnostics_.Error(problem.code, option.value->span, problem.message, problem.notes);
  }
  return Error(ErrorCode::kMalformedExpression, option.value->span, "the expression is malformed");
}

absl::StatusOr<ExprPtr> Binder::BindArithmetic(const ast::Expr& expr,
                                               const ast::ArithmeticChain& chain) {
  using enum ast::ArithmeticOp;
  auto node = NewExpr(ExprKind::kArithmetic, Type::kNumber, expr.span);
  Type left = Type::kAny;
  for (size_t i = 0; i < chain.operands.size(); ++i) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Expression(*chain.operands[i]));
    const Type right = operand->type;
    node->arguments.push_back(std::move(operand));
    if (i == 0) {
      left = right;
      continue;
    }
    const ast::ArithmeticOp op = chain.operators[i - 1];
    const Span span = chain.operator_spans[i - 1];
    const bool text = left == Type::kString || right == Type::kString;
    const bool number = left == Type::kNumber || right == Type::kNumber;
    const bool boolean = left == Type::kBoolean || right == Type::kBoolean;
    if (op == kAdd && (boolean || (text && number))) {
      return Error(ErrorCode::kTypeMismatch, span,
                   "typechecking failed. '+' only takes two strings or two numbers");
    }
    if (op == kConcatenate && boolean) {
      return Error(ErrorCode::kTypeMismatch, span,
                   "typechecking failed. '.' only takes strings and numbers");
    }
    if (op != kAdd && op != kConcatenate && (text || boolean)) {
      return Error(ErrorCode::kTypeMismatch, span,
                   fmt::format("typechecking failed. '{}' only takes numbers", Spelling(op)));
    }
    node->operators.push_back(op);
    left = ResultType(op, left, right);
  }
  node->type = left;
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindComparison(const ast::Expr& expr,
                                               const ast::Comparison& comparison) {
  auto node = NewExpr(ExprKind::kCompare, Type::kBoolean, expr.span);
  SPELK_ASSIGN_OR_RETURN(ExprPtr left, Expression(*comparison.left));
  SPELK_ASSIGN_OR_RETURN(ExprPtr right, Expression(*comparison.right));
  const bool left_boolean = left->type == Type::kBoolean;
  const bool right_boolean = right->type == Type::kBoolean;
  if (left_boolean != right_boolean &&
      !(left_boolean ? MayBeBoolean(*right) : MayBeBoolean(*left))) {
    return Error(ErrorCode::kTypeMismatch, expr.span,
                 fmt::format("typechecking failed. the '{}' operator received different types",
                             spelk::Spelling(comparison.op)));
  }
  node->op = comparison.op;
  node->arguments.push_back(std::move(left));
  node->arguments.push_back(std::move(right));
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindLogical(const ast::Expr& expr, const ast::LogicalList& list) {
  auto node = NewExpr(KindOf(list.op), Type::kBoolean, expr.span);
  for (const ast::ExprPtr& operand : list.operands) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*operand));
    SPELK_RETURN_IF_ERROR(CheckBoolean(*bound, fmt::format("'{}'", WordOf(list.op))));
    node->arguments.push_back(std::move(bound));
  }
  return node;
}

absl::StatusOr<ExprPtr> Binder::Membership(const ast::Expr& operand,
                                           std::span<const ast::ExprPtr> values, Span span) {
  auto node = NewExpr(ExprKind::kIn, Type::kBoolean, span);
  SPELK_ASSIGN_OR_RETURN(ExprPtr subject, Expression(operand));
  node->arguments.push_back(std::move(subject));
  for (const ast::ExprPtr& value : values) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*value));
    node->arguments.push_back(std::move(bound));
  }
  return node;
}

// In brackets, lists of other languages read as searches for these words, and no row of events is
// one value.
absl::Status Binder::RefuseValueList(const ast::Pipeline& pipeline, Span span) {
  if (pipeline.leading_pipe || pipeline.commands.size() != 1) return absl::OkStatus();
  const ast::CommandCall& call = pipeline.commands[0];
  if (!call.implied || !call.search) return absl::OkStatus();
  const auto is_word = [](const ast::SearchExpr& search) {
    return std::holds_alternative<ast::SearchTerm>(search.node);
  };
  const auto* all = std::get_if<ast::SearchAnd>(&call.search->node);
  const bool words = all == nullptr
                         ? is_word(*call.search)
                         : std::all_of(all->operands.begin(), all->operands.end(), is_word);
  if (!words) return absl::OkStatus();
  return Error(ErrorCode::kBadArgument, span,
               fmt::format("{} is a subsearch, which gives no value", InQuotes(TextOf(span))),
               {"brackets hold a subsearch; a list of values is written field IN (\"a\", \"b\")"});
}

absl::StatusOr<NodePtr> Binder::ValueSubsearch(const ast::Pipeline& pipeline, Span span) {
  SPELK_RETURN_IF_ERROR(RefuseValueList(pipeline, span));
  return Subsearch(pipeline);
}

// ---------------------------------------------------------------- calls

absl::StatusOr<const FunctionEntry*> Binder::FindFunction(const ast::Name& name) {
  if (const FunctionEntry* entry = entries_.Function(name.text)) return entry;
  if (entries_.IsUnbuiltFunction(name.text)) {
    return Error(ErrorCode::kUnbuiltFunction, name.span,
                 fmt::format("the '{}' function is not built yet", name.text));
  }
  double number = 0;
  std::vector<std::string> notes;
  const std::string_view advice = syntax::AdviceOn(syntax::ElsewhereKind::kFunction, name.text);
  if (!advice.empty()) {
    notes = {std::string(advice)};
  } else if (entries_.Aggregate(name.text, &number) != nullptr) {
    notes = {fmt::format("{} is a statistic, for stats and its like", name.text)};
  } else {
    notes = DidYouMean(entries_.SimilarFunctions(name.text));
  }
  return Error(ErrorCode::kUnknownFunction, name.span,
               fmt::format("the '{}' function is unsupported or undefined", name.text),
               std::move(notes));
}

absl::Status Binder::InvalidArguments(const FunctionEntry& entry, std::string_view name, Span span,
                                      std::string note) {
  return Error(ErrorCode::kArgumentCount, span,
               fmt::format("the arguments to the '{}' function are invalid", name),
               {std::move(note), fmt::format("usage: {}", entry.signature)});
}

absl::Status Binder::CheckArguments(const FunctionEntry& entry, std::string_view name,
                                    const Expr& call) {
  for (size_t i = 0; i < call.arguments.size() && !entry.parameters.empty(); ++i) {
    const Type wanted = entry.parameters[std::min(i, entry.parameters.size() - 1)];
    if (wanted == Type::kBoolean) NeedBoolean(*call.arguments[i]);
    if (Fits(wanted, *call.arguments[i])) continue;
    return InvalidArguments(entry, name, call.arguments[i]->span,
                            fmt::format("argument {} must be {}", i + 1, Describe(wanted)));
  }
  if (entry.check == nullptr) return absl::OkStatus();
  const std::string problem = entry.check(call.arguments);
  return problem.empty() ? absl::OkStatus() : InvalidArguments(entry, name, call.span, problem);
}

absl::StatusOr<ExprPtr> Binder::FinishCall(const FunctionEntry& entry, std::string_view name,
                                           std::vector<ExprPtr> arguments, Span span) {
  auto node = NewExpr(ExprKind::kCall, entry.result, span);
  node->function = &entry;
  node->arguments = std::move(arguments);
  SPELK_RETURN_IF_ERROR(CheckArguments(entry, name, *node));
  if (entry.result_of != nullptr) node->type = entry.result_of(node->arguments);
  if (entry.arrange != nullptr) entry.arrange(&node->arguments);
  if (entry.prepare == nullptr) return node;
  std::vector<Value> values(node->arguments.size());
  std::vector<const Value*> constants(node->arguments.size(), nullptr);
  for (size_t i = 0; i < constants.size(); ++i) {
    if (node->arguments[i]->kind != ExprKind::kLiteral) continue;
    values[i] = node->arguments[i]->literal.value();
    constants[i] = &values[i];
  }
  if (const auto prepared = entry.prepare(constants); !prepared.ok()) {
    return Error(ErrorCode::kBadRegex, span,
                 fmt::format("the arguments to the '{}' function are invalid: {}", name,
                             MessageOf(prepared.status())));
  }
  return node;
}

absl::StatusOr<ExprPtr> Binder::BindLike(const ast::Expr& expr, const ast::LikeOperator& like) {
  SPELK_ASSIGN_OR_RETURN(const FunctionEntry* entry,
                         FindFunction({.text = "like", .span = expr.span}));
  std::vector<ExprPtr> arguments(2);
  SPELK_ASSIGN_OR_RETURN(arguments[0], Expression(*like.left));
  SPELK_ASSIGN_OR_RETURN(arguments[1], Expression(*like.pattern));
  return FinishCall(*entry, "LIKE", std::move(arguments), expr.span);
}

absl::StatusOr<ExprPtr> Binder::BindCall(const ast::Expr& expr, const ast::FunctionCall& call) {
  double number = 0;
  if (statistics_ != nullptr && call.arguments.size() < 2 &&
      entries_.Aggregate(call.name.text, &number) != nullptr) {
    return BindStatisticIn(expr, call);
  }
  SPELK_ASSIGN_OR_RETURN(const FunctionEntry* entry, FindFunction(call.name));
  const size_t count = call.arguments.size();
  if (count < entry->arity.least || count > entry->arity.most) {
    return InvalidArguments(*entry, call.name.text, expr.span,
                            fmt::format("it got {} argument{}", count, count == 1 ? "" : "s"));
  }
  if (entry->bind != nullptr) return entry->bind(expr, call, *this);
  std::vector<ExprPtr> arguments;
  for (const ast::ExprPtr& argument : call.arguments) {
    SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Expression(*argument));
    arguments.push_back(std::move(bound));
  }
  if (entry->looks_up && arguments[0]->kind == ExprKind::kLiteral) {
    const Value table = arguments[0]->literal.value();
    const std::string name(table.is_text() ? table.text() : "");
    SPELK_RETURN_IF_ERROR(BindLookup(name, arguments[0]->span, *this).status());
  }
  return FinishCall(*entry, call.name.text, std::move(arguments), expr.span);
}

}  // namespace spelk::plan
