// One function for each rule of grammar/SplParser.g4.
#include "syntax/ast_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "syntax/expression_builder.h"
#include "syntax/macro_call.h"
#include "syntax/unescape.h"
#include "value/ascii.h"

namespace spelk::syntax {

using antlr::SplParser;
using antlr4::Token;
using antlr4::tree::ParseTree;
using antlr4::tree::TerminalNode;

Span SpanOf(const Token& token) {
  return {static_cast<uint32_t>(token.getStartIndex()),
          static_cast<uint32_t>(token.getStopIndex() + 1)};
}

namespace {

Span SpanOf(antlr4::ParserRuleContext& context) {
  const Token* start = context.getStart();
  const Token* stop = context.getStop();
  if (start == nullptr || stop == nullptr || stop->getTokenIndex() < start->getTokenIndex())
    return {};
  return {static_cast<uint32_t>(start->getStartIndex()),
          static_cast<uint32_t>(stop->getStopIndex() + 1)};
}

using syntax::SpanOf;

Token& TokenOf(TerminalNode& node) { return *node.getSymbol(); }

size_t TypeOf(const ParseTree* child) {
  const auto* node = dynamic_cast<const TerminalNode*>(child);
  return node == nullptr ? 0 : const_cast<TerminalNode*>(node)->getSymbol()->getType();
}

CompareOp CompareOf(SplParser::ComparatorContext& context) {
  switch (context.getStart()->getType()) {
    case SplParser::NEQ:
      return CompareOp::kNotEqual;
    case SplParser::LT:
      return CompareOp::kLess;
    case SplParser::LE:
      return CompareOp::kLessEqual;
    case SplParser::GT:
      return CompareOp::kGreater;
    case SplParser::GE:
      return CompareOp::kGreaterEqual;
    default:
      return CompareOp::kEqual;
  }
}

// A word as it is, or what stands between quotes. Outside quotes a pipe is always escaped.
ast::Name NameOf(std::string_view text, const Token& token, Escapes quoted_escapes) {
  ast::Name name;
  name.span = SpanOf(token);
  const std::string_view written = spelk::TextOf(text, name.span);
  name.quoted = token.getType() == SplParser::STRING || token.getType() == SplParser::FIELD;
  if (!name.quoted) {
    name.text = Unescape(written, Escapes::kSearch);
  } else {
    const bool field = token.getType() == SplParser::FIELD;
    name.text =
        Unescape(written.substr(1, written.size() - 2), field ? Escapes::kField : quoted_escapes);
  }
  return name;
}

template <class Node>
ast::ExprPtr MakeExpr(Span span, Node node) {
  auto expr = std::make_unique<ast::Expr>();
  expr->span = span;
  expr->node = std::move(node);
  return expr;
}

template <class Node>
ast::SearchExpr MakeSearch(Span span, Node node) {
  ast::SearchExpr expr;
  expr.span = span;
  expr.node = std::move(node);
  return expr;
}

template <class Node>
ast::Argument MakeArgument(Span span, Node node) {
  ast::Argument argument;
  argument.span = span;
  argument.value = std::move(node);
  return argument;
}

Operator InfixOf(SplParser::InfixContext& context) {
  switch (context.getStart()->getType()) {
    case SplParser::OR:
      return Operator::kOr;
    case SplParser::XOR:
      return Operator::kXor;
    case SplParser::AND:
      return Operator::kAnd;
    case SplParser::LIKE:
      return Operator::kLike;
    case SplParser::NEQ:
      return Operator::kNotEqual;
    case SplParser::LT:
      return Operator::kLess;
    case SplParser::LE:
      return Operator::kLessEqual;
    case SplParser::GT:
      return Operator::kGreater;
    case SplParser::GE:
      return Operator::kGreaterEqual;
    case SplParser::PLUS:
      return Operator::kAdd;
    case SplParser::MINUS:
      return Operator::kSubtract;
    case SplParser::DOT:
      return Operator::kConcatenate;
    case SplParser::STAR:
      return Operator::kMultiply;
    case SplParser::SLASH:
      return Operator::kDivide;
    case SplParser::PERCENT:
      return Operator::kRemainder;
    default:
      return Operator::kEqual;
  }
}

}  // namespace

AstBuilder::AstBuilder(std::string_view text, std::vector<ast::PipelinePtr>& subsearches,
                       Diagnostics& diagnostics)
    : text_(text), subsearches_(subsearches), diagnostics_(diagnostics) {
  for (const ast::PipelinePtr& subsearch : subsearches)
    places_.push_back(subsearch->brackets.begin);
}

void AstBuilder::Fail(ErrorCode code, Span span, std::string message,
                      std::vector<std::string> notes) {
  if (!status_.ok()) return;  // One problem at a time: what follows may only follow from it.
  if (!command_.empty()) message = fmt::format("{}: {}", command_, message);
  status_ = diagnostics_.Error(code, span, std::move(message), std::move(notes));
}

ast::MacroCall AstBuilder::Macro(Token& token) { return SplitMacro(text_, SpanOf(token)); }

// ---------------------------------------------------------------- commands

ast::PipelinePtr AstBuilder::Subsearch(TerminalNode& token) {
  const auto place = static_cast<uint32_t>(TokenOf(token).getStartIndex());
  const auto found = std::lower_bound(places_.begin(), places_.end(), place);
  return std::move(subsearches_[static_cast<size_t>(found - places_.begin())]);
}

ast::CommandCall AstBuilder::Command(SplParser::CommandContext& context) {
  ast::CommandCall call;
  call.span = SpanOf(context);
  Token& first = *context.getStart();
  switch (first.getType()) {
    case SplParser::SEARCH_COMMAND:
    case SplParser::EXPRESSION_COMMAND:
    case SplParser::ASSIGNMENT_COMMAND:
    case SplParser::ARGUMENT_COMMAND:
      call.name = NameOf(text_, first, Escapes::kCommon);
      command_ = call.name.text;
      break;
    case SplParser::STAGE_MACRO:
      call.macro = Macro(first);
      command_.clear();
      break;
    default:
      call.implied = true;
      call.name.text = "search";
      call.name.span = {call.span.begin, call.span.begin};
      command_ = "search";
      break;
  }
  const Span after{call.name.span.end, call.name.span.end};
  if (first.getType() == SplParser::SEARCH_COMMAND || call.implied)
    call.search = Terms(context.terms(), after);
  if (context.expression() != nullptr) call.expression = Expression(*context.expression());
  for (SplParser::AssignmentContext* assignment : context.assignment()) {
    call.assignments.push_back(Assignment(*assignment));
  }
  call.arguments = Arguments(context.arguments());
  for (SplParser::ClauseContext* clause : context.clause()) call.clauses.push_back(Clause(*clause));
  return call;
}

// ---------------------------------------------------------------- search terms

// AND of ORs of terms; a term may have NOTs before it.
ast::SearchExpr AstBuilder::Terms(SplParser::TermsContext* context, Span empty) {
  ast::SearchAnd all;
  if (context == nullptr) return MakeSearch(empty, std::move(all));
  ast::SearchOr any;
  const auto close = [&] {
    if (any.operands.size() == 1) {
      all.operands.push_back(std::move(any.operands[0]));
    } else if (!any.operands.empty()) {
      const Span span = Cover(any.operands.front().span, any.operands.back().span);
      all.operands.push_back(MakeSearch(span, std::move(any)));
    }
    any = ast::SearchOr();
  };
  std::vector<Span> nots;
  bool joined = false;  // An OR stands before what follows.
  for (ParseTree* child : context->children) {
    if (auto* term = dynamic_cast<SplParser::TermContext*>(child)) {
      ast::SearchExpr expr = Term(*term);
      for (; !nots.empty(); nots.pop_back()) {
        const Span span = Cover(nots.back(), expr.span);
        expr = MakeSearch(span, ast::SearchNot{std::make_unique<ast::SearchExpr>(std::move(expr))});
      }
      if (!joined) close();
      any.operands.push_back(std::move(expr));
      joined = false;
      continue;
    }
    const Token& token = TokenOf(*dynamic_cast<TerminalNode*>(child));
    if (token.getType() == SplParser::NOT) nots.push_back(SpanOf(token));
    joined = joined || token.getType() == SplParser::OR;
  }
  close();
  if (all.operands.size() == 1) return std::move(all.operands[0]);
  return MakeSearch(SpanOf(*context), std::move(all));
}

ast::Name AstBuilder::DirectiveText(SplParser::DirectiveContext& context) {
  Token& token = TokenOf(*context.RAW_TEXT());
  ast::Name name = NameOf(text_, token, Escapes::kSearch);
  if (name.text.size() >= 2 && name.text.front() == '"' && name.text.back() == '"') {
    name.text = name.text.substr(1, name.text.size() - 2);
    name.quoted = true;
  } else if (name.text.find('"') != std::string::npos) {
    name.text = spelk::TextOf(text_, SpanOf(token));  // Quotes in the middle are part of the text.
  }
  return name;
}

ast::SearchExpr AstBuilder::Directive(SplParser::DirectiveContext& context) {
  const std::string_view word = spelk::TextOf(text_, SpanOf(TokenOf(*context.DIRECTIVE())));
  if (word == "PREFIX") {
    Fail(ErrorCode::kSyntax, SpanOf(context), "PREFIX() stands in the BY clause of tstats only");
  }
  return MakeSearch(SpanOf(context),
                    ast::SearchTerm{word == "CASE" ? ast::TermKind::kCase : ast::TermKind::kTerm,
                                    DirectiveText(context)});
}

ast::SearchValue AstBuilder::SearchValue(SplParser::SearchValueContext& context) {
  ast::SearchValue value;
  value.span = SpanOf(context);
  if (context.SUBSEARCH() != nullptr) {
    value.value = Subsearch(*context.SUBSEARCH());
  } else if (context.MACRO() != nullptr) {
    value.value = Macro(TokenOf(*context.MACRO()));
  } else if (context.directive() != nullptr) {
    ast::Name text = DirectiveText(*context.directive());
    value.exact_case = spelk::TextOf(text_, value.span).starts_with("CASE");
    text.quoted = text.quoted || !value.exact_case;  // TERM(x) as a value is the text x.
    value.value = std::move(text);
  } else {
    value.value = NameOf(text_, *context.getStart(), Escapes::kSearch);
  }
  return value;
}

ast::SearchExpr AstBuilder::Term(SplParser::TermContext& context) {
  const Span span = SpanOf(context);
  if (context.SUBSEARCH() != nullptr && context.IN() == nullptr)
    return MakeSearch(span, ast::SearchSubsearch{Subsearch(*context.SUBSEARCH())});
  const bool compares = context.comparator() != nullptr || context.IN() != nullptr;
  const bool macro = context.MACRO() != nullptr;
  if (macro && !compares) return MakeSearch(span, Macro(TokenOf(*context.MACRO())));
  if (context.directive() != nullptr) return Directive(*context.directive());
  if (context.LPAREN() != nullptr) return Terms(context.terms(), span);
  ast::Name name = NameOf(text_, *context.getStart(), Escapes::kSearch);
  if (macro) name.text = spelk::TextOf(text_, name.span);
  if (context.comparator() != nullptr) {
    return MakeSearch(span, ast::SearchComparison{std::move(name), CompareOf(*context.comparator()),
                                                  SearchValue(*context.searchValue())});
  }
  if (context.IN() != nullptr) {
    ast::SearchIn in;
    in.field = std::move(name);
    in.negated = context.NOT_BEFORE_IN() != nullptr;
    if (context.SUBSEARCH() != nullptr) {
      const Span list = SpanOf(TokenOf(*context.SUBSEARCH()));
      in.values.push_back({list, Subsearch(*context.SUBSEARCH())});
      return MakeSearch(span, std::move(in));
    }
    for (SplParser::SearchValueContext* value : context.searchValues()->searchValue()) {
      in.values.push_back(SearchValue(*value));
    }
    return MakeSearch(span, std::move(in));
  }
  const ast::TermKind kind = name.quoted ? ast::TermKind::kPhrase : ast::TermKind::kWord;
  return MakeSearch(span, ast::SearchTerm{kind, std::move(name)});
}

// ---------------------------------------------------------------- expressions

ast::Assignment AstBuilder::Assignment(SplParser::AssignmentContext& context) {
  ast::Assignment assignment;
  if (context.MACRO() != nullptr) assignment.macro = Macro(TokenOf(*context.MACRO()));
  if (context.SUBSEARCH() != nullptr) assignment.subsearch = Subsearch(*context.SUBSEARCH());
  if (context.target() != nullptr) {
    assignment.target = NameOf(text_, *context.target()->getStart(), Escapes::kCommon);
  }
  if (context.expression() != nullptr) assignment.value = Expression(*context.expression());
  return assignment;
}

ast::ExprPtr AstBuilder::Expression(SplParser::ExpressionContext& context) {
  std::vector<ChainPart> chain;
  bool negated_in = false;
  for (size_t i = 0; i < context.children.size(); ++i) {
    ParseTree* child = context.children[i];
    ChainPart part;
    if (auto* operand = dynamic_cast<SplParser::OperandContext*>(child)) {
      part.operand = Operand(*operand);
      part.span = part.operand->span;
    } else if (auto* prefix = dynamic_cast<SplParser::PrefixContext*>(child)) {
      part.kind = ChainPart::Kind::kPrefix;
      const size_t type = prefix->getStart()->getType();
      part.op = type == SplParser::NOT     ? Operator::kNot
                : type == SplParser::MINUS ? Operator::kMinus
                                           : Operator::kPlus;
      part.span = SpanOf(*prefix);
    } else if (auto* infix = dynamic_cast<SplParser::InfixContext*>(child)) {
      part.kind = ChainPart::Kind::kInfix;
      part.op = InfixOf(*infix);
      part.span = SpanOf(*infix);
    } else if (TypeOf(child) == SplParser::NOT) {
      negated_in = true;
      continue;
    } else if (TypeOf(child) == SplParser::IN) {
      part.kind = ChainPart::Kind::kInfix;
      part.op = std::exchange(negated_in, false) ? Operator::kNotIn : Operator::kIn;
      part.span = SpanOf(TokenOf(*dynamic_cast<TerminalNode*>(child)));
      // IN [ subsearch ], or IN ( values )
      if (TypeOf(context.children[i + 1]) == SplParser::SUBSEARCH) {
        auto& list = *dynamic_cast<TerminalNode*>(context.children[i + 1]);
        const Span place = SpanOf(TokenOf(list));
        part.values.push_back(MakeExpr(place, ast::ExpressionSubsearch{Subsearch(list)}));
        part.span = Cover(part.span, place);
        chain.push_back(std::move(part));
        ++i;
        continue;
      }
      auto* values = dynamic_cast<SplParser::ExpressionsContext*>(context.children[i + 2]);
      part.values = Expressions(values);
      i += values == nullptr ? 2 : 3;
      part.span =
          Cover(part.span, SpanOf(TokenOf(*dynamic_cast<TerminalNode*>(context.children[i]))));
    }
    chain.push_back(std::move(part));
  }
  ChainError error;
  ast::ExprPtr expr = BuildExpression(std::move(chain), &error);
  if (expr != nullptr) return expr;
  Fail(ErrorCode::kMalformedExpression, error.span, error.message);
  return MakeExpr(SpanOf(context), ast::FieldReference{});
}

std::vector<ast::ExprPtr> AstBuilder::Expressions(SplParser::ExpressionsContext* context) {
  std::vector<ast::ExprPtr> list;
  if (context == nullptr) return list;
  for (SplParser::ExpressionContext* each : context->expression())
    list.push_back(Expression(*each));
  return list;
}

ast::ExprPtr AstBuilder::Call(Token& name, SplParser::ExpressionsContext* arguments, Span span) {
  return MakeExpr(span,
                  ast::FunctionCall{NameOf(text_, name, Escapes::kCommon), Expressions(arguments)});
}

ast::ExprPtr AstBuilder::Operand(SplParser::OperandContext& context) {
  const Span span = SpanOf(context);
  Token& first = *context.getStart();
  if (context.MACRO() != nullptr) return MakeExpr(span, Macro(first));
  if (context.SUBSEARCH() != nullptr) {
    return MakeExpr(span, ast::ExpressionSubsearch{Subsearch(*context.SUBSEARCH())});
  }
  switch (first.getType()) {
    case SplParser::LPAREN: {
      ast::ExprPtr inner = Expression(*context.expression());
      return inner;
    }
    case SplParser::NUMBER:
    case SplParser::DOT:
      return MakeExpr(span, ast::NumberLiteral{std::string(spelk::TextOf(text_, span))});
    case SplParser::STRING:
      return MakeExpr(span, ast::StringLiteral{NameOf(text_, first, Escapes::kCommon).text});
    case SplParser::FIELD:
      return MakeExpr(span, ast::FieldReference{NameOf(text_, first, Escapes::kCommon).text});
    default:
      break;
  }
  if (context.LPAREN() != nullptr) return Call(first, context.expressions(), span);
  const std::string_view word = spelk::TextOf(text_, span);
  if (EqualsIgnoringCase(word, "true") || EqualsIgnoringCase(word, "false")) {
    return MakeExpr(span, ast::BooleanLiteral{EqualsIgnoringCase(word, "true")});
  }
  return MakeExpr(span, ast::FieldReference{std::string(word)});
}

// ---------------------------------------------------------------- arguments

std::vector<ast::Argument> AstBuilder::Arguments(SplParser::ArgumentsContext* context) {
  std::vector<ast::Argument> arguments;
  if (context == nullptr) return arguments;
  for (SplParser::ArgumentContext* each : context->argument()) {
    ast::Argument argument = Argument(*each);
    const uint32_t begin = argument.span.begin;
    if (!arguments.empty() && arguments.back().span.end == begin) {
      argument.joined = text_[begin] == '[' || text_[begin - 1] == ']';
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

ast::ArgumentCall AstBuilder::ArgumentCall(Token& name, SplParser::CallContext& context) {
  return {NameOf(text_, name, Escapes::kCommon), Arguments(context.arguments())};
}

ast::ArgumentExpression AstBuilder::Evaluation(SplParser::EvaluationContext& context) {
  ast::ArgumentExpression evaluation;
  evaluation.is_eval = context.EVAL() != nullptr;
  evaluation.inner = {SpanOf(TokenOf(*context.LPAREN())).end,
                      SpanOf(TokenOf(*context.RPAREN())).begin};
  evaluation.expression = Expression(*context.expression());
  return evaluation;
}

ast::Argument AstBuilder::Argument(SplParser::ArgumentContext& context) {
  ast::Argument argument;
  argument.span = SpanOf(context);
  Token& first = *context.getStart();
  if (context.SUBSEARCH() != nullptr) {
    argument.value = ast::ArgumentSubsearch{Subsearch(*context.SUBSEARCH())};
  } else if (context.evaluation() != nullptr) {
    argument.value = Evaluation(*context.evaluation());
  } else if (context.MACRO() != nullptr) {
    argument.value = Macro(first);
  } else if (context.SIGN() != nullptr) {
    argument.value = ast::ArgumentSign{text_[first.getStartIndex()]};
  } else if (context.directive() != nullptr) {
    ast::ArgumentCall call;
    call.name = NameOf(text_, TokenOf(*context.directive()->DIRECTIVE()), Escapes::kCommon);
    ast::Name inner = DirectiveText(*context.directive());
    const Span inner_span = inner.span;
    call.arguments.push_back(MakeArgument(inner_span, std::move(inner)));
    argument.value = std::move(call);
  } else if (context.comparator() != nullptr) {
    ast::ArgumentOption option;
    option.name = NameOf(text_, first, Escapes::kCommon);
    if (context.call() != nullptr)
      option.name.text = spelk::TextOf(text_, Cover(SpanOf(first), SpanOf(*context.call())));
    option.op = CompareOf(*context.comparator());
    option.value = std::make_unique<ast::Argument>(ArgumentValue(*context.argumentValue()));
    argument.value = std::move(option);
  } else if (context.call() != nullptr) {
    argument.value = ArgumentCall(first, *context.call());
  } else {
    argument.value = NameOf(text_, first, Escapes::kCommon);
  }
  if (context.alias() != nullptr) TakeAlias(*context.alias(), &argument);
  return argument;
}

void AstBuilder::TakeAlias(SplParser::AliasContext& context, ast::Argument* argument) {
  if (context.SUBSEARCH() != nullptr) {
    argument->alias_subsearch = Subsearch(*context.SUBSEARCH());
    return;
  }
  const Token& token = context.WORD() == nullptr ? *context.getStop() : TokenOf(*context.WORD());
  ast::Name name = NameOf(text_, token, Escapes::kCommon);
  if (context.MACRO() != nullptr) name.text = spelk::TextOf(text_, name.span);
  if (context.call() != nullptr) {
    name.span = Cover(name.span, SpanOf(*context.call()));
    name.text = spelk::TextOf(text_, name.span);
    name.quoted = true;
  }
  argument->alias = std::move(name);
}

ast::Argument AstBuilder::ArgumentValue(SplParser::ArgumentValueContext& context) {
  const Span span = SpanOf(context);
  Token& first = *context.getStart();
  if (context.evaluation() != nullptr) return MakeArgument(span, Evaluation(*context.evaluation()));
  if (context.MACRO() != nullptr) return MakeArgument(span, Macro(first));
  if (context.SUBSEARCH() != nullptr)
    return MakeArgument(span, ast::ArgumentSubsearch{Subsearch(*context.SUBSEARCH())});
  if (context.call() != nullptr) return MakeArgument(span, ArgumentCall(first, *context.call()));
  if (context.SEARCH_PAREN() != nullptr) {
    return MakeArgument(span, ast::ArgumentSearch{Terms(context.terms(), span)});
  }
  if (context.listItem().empty()) return MakeArgument(span, NameOf(text_, first, Escapes::kCommon));
  ast::ArgumentList list;
  list.items.push_back(NameOf(text_, first, Escapes::kCommon));
  for (SplParser::ListItemContext* item : context.listItem()) {
    list.items.push_back(NameOf(text_, *item->getStart(), Escapes::kCommon));
  }
  return MakeArgument(span, std::move(list));
}

ast::Clause AstBuilder::Clause(SplParser::ClauseContext& context) {
  ast::Clause clause;
  clause.span = SpanOf(context);
  switch (context.getStart()->getType()) {
    case SplParser::OVER:
      clause.word = ast::ClauseWord::kOver;
      break;
    case SplParser::OUTPUT:
      clause.word = ast::ClauseWord::kOutput;
      break;
    case SplParser::OUTPUTNEW:
      clause.word = ast::ClauseWord::kOutputNew;
      break;
    case SplParser::FROM:
      clause.word = ast::ClauseWord::kFrom;
      break;
    case SplParser::WHERE:
      clause.word = ast::ClauseWord::kWhere;
      break;
    case SplParser::SEARCH_WHERE:
      clause.word = ast::ClauseWord::kWhere;
      clause.search = Terms(context.terms(), clause.span);
      return clause;
    default:
      clause.word = ast::ClauseWord::kBy;
      break;
  }
  clause.arguments.push_back(Argument(*context.argument()));
  for (ast::Argument& argument : Arguments(context.arguments()))
    clause.arguments.push_back(std::move(argument));
  return clause;
}

}  // namespace spelk::syntax
