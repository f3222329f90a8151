// From ANTLR's parse tree to our own. Uses ANTLR; only src/syntax includes it.
#pragma once

#include <string_view>
#include <vector>

#include "SplParser.h"
#include "absl/status/status.h"
#include "base/diagnostics.h"
#include "syntax/ast.h"

namespace spelk::syntax {

// Walks the typed contexts of one command, or of what stands alone. What the grammar takes and no
// tree can stand for is an error: it goes to the diagnostics and is kept in status().
class AstBuilder {
 public:
  // `subsearches` are those of the SUBSEARCH tokens, in the order of the text. They are moved to
  // where they stand.
  AstBuilder(std::string_view text, std::vector<ast::PipelinePtr>& subsearches,
             Diagnostics& diagnostics);

  ast::CommandCall Command(antlr::SplParser::CommandContext& context);
  ast::SearchExpr Terms(antlr::SplParser::TermsContext* context, Span empty);
  ast::ExprPtr Expression(antlr::SplParser::ExpressionContext& context);

  const absl::Status& status() const { return status_; }

 private:
  using Parser = antlr::SplParser;

  ast::PipelinePtr Subsearch(antlr4::tree::TerminalNode& token);
  ast::MacroCall Macro(antlr4::Token& token);

  ast::SearchExpr Term(Parser::TermContext& context);
  ast::SearchValue SearchValue(Parser::SearchValueContext& context);
  ast::SearchExpr Directive(Parser::DirectiveContext& context);
  ast::Name DirectiveText(Parser::DirectiveContext& context);

  ast::Assignment Assignment(Parser::AssignmentContext& context);
  ast::ExprPtr Operand(Parser::OperandContext& context);
  ast::ExprPtr Call(antlr4::Token& name, Parser::ExpressionsContext* arguments, Span span);
  std::vector<ast::ExprPtr> Expressions(Parser::ExpressionsContext* context);

  std::vector<ast::Argument> Arguments(Parser::ArgumentsContext* context);
  ast::Argument Argument(Parser::ArgumentContext& context);
  ast::Argument ArgumentValue(Parser::ArgumentValueContext& context);
  ast::ArgumentCall ArgumentCall(antlr4::Token& name, Parser::CallContext& context);
  ast::ArgumentExpression Evaluation(Parser::EvaluationContext& context);
  void TakeAlias(Parser::AliasContext& context, ast::Argument* argument);
  ast::Clause Clause(Parser::ClauseContext& context);

  void Fail(ErrorCode code, Span span, std::string message, std::vector<std::string> notes = {});

  const std::string_view text_;
  std::vector<ast::PipelinePtr>& subsearches_;
  std::vector<uint32_t> places_;  // Where each of them begins.
  Diagnostics& diagnostics_;
  absl::Status status_;
  std::string command_;  // The command at hand, for messages.
};

Span SpanOf(const antlr4::Token& token);

}  // namespace spelk::syntax
