// The door to ANTLR: tokens in, a tree of ours out, every problem a diagnostic.
#include "syntax/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "BailErrorStrategy.h"
#include "CommonToken.h"
#include "CommonTokenStream.h"
#include "ListTokenSource.h"
#include "SplParser.h"
#include "base/status.h"
#include "syntax/ast_builder.h"
#include "syntax/lexer.h"
#include "syntax/token_checks.h"

namespace spelk {
namespace {

using syntax::RawToken;
using syntax::antlr::SplParser;

// Remembers where the parser could not go on, then gives up.
class FirstError final : public antlr4::BailErrorStrategy {
 public:
  void recover(antlr4::Parser* parser, std::exception_ptr error) override {
    Note(*parser);
    BailErrorStrategy::recover(parser, error);
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    Note(*parser);
    return BailErrorStrategy::recoverInline(parser);
  }
  void reportError(antlr4::Parser*, const antlr4::RecognitionException&) override {}

  size_t at() const { return at_; }
  size_t rule() const { return rule_; }

 private:
  void Note(antlr4::Parser& parser) {
    at_ = parser.getCurrentToken()->getTokenIndex();
    rule_ = parser.getContext()->getRuleIndex();
  }

  size_t at_ = 0;
  size_t rule_ = 0;
};

// What would have been right where a rule stopped.
std::string_view ExpectedIn(size_t rule) {
  switch (rule) {
    case SplParser::RuleTerms:
    case SplParser::RuleTerm:
    case SplParser::RuleLoneTerms:
      return "a search term or field=value";
    case SplParser::RuleSearchValue:
    case SplParser::RuleSearchValues:
      return "a value";
    case SplParser::RuleDirective:
      return "text and a closing parenthesis";
    case SplParser::RuleAssignment:
    case SplParser::RuleTarget:
      return "field = expression";
    case SplParser::RuleExpression:
    case SplParser::RuleInfix:
    case SplParser::RuleLoneExpression:
      return "an operator, or the end of the expression";
    case SplParser::RulePrefix:
    case SplParser::RuleOperand:
    case SplParser::RuleExpressions:
      return "a field, a value or a function";
    case SplParser::RuleAlias:
      return "a field name after AS";
    case SplParser::RuleClause:
      return "a field";
    case SplParser::RuleArgument:
    case SplParser::RuleArgumentValue:
      return "a value";
    case SplParser::RuleCall:
      return "an argument or a closing parenthesis";
    case SplParser::RuleEvaluation:
      return "a closing parenthesis";
    case SplParser::RuleSubsearch:
      return "a pipe, or \"]\" to end the subsearch";
    case SplParser::RuleCommand:
      return "a search term or a command";
    default:
      return "a pipe, or the end of the search";
  }
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

class ParseRun {
 public:
  ParseRun(const Source& source, const ShapeTable& shapes, const SyntaxLimits& limits,
           Diagnostics& diagnostics)
      : text_(source.text()), shapes_(shapes), limits_(limits), diagnostics_(diagnostics) {}

  absl::Status Lex(syntax::Entry entry) {
    if (text_.size() > limits_.max_text) {
      return diagnostics_.Error(
          ErrorCode::kTooLong, {0, 0},
          fmt::format("the search is longer than {} bytes", limits_.max_text));
    }
    tokens_ = syntax::Lex(text_, shapes_, entry, limits_.max_tokens + 1);
    if (tokens_.size() > limits_.max_tokens) {
      return diagnostics_.Error(
          ErrorCode::kTooLong, tokens_.back().span,
          fmt::format("the search has more than {} words", limits_.max_tokens));
    }
    return absl::OkStatus();
  }

  // `take` gets the parser and a builder, and stores what it built.
  template <class Take>
  absl::Status Parse(syntax::Entry entry, const Take& take) {
    SPELK_RETURN_IF_ERROR(Lex(entry));
    const bool may_be_empty = entry == syntax::Entry::kTerms;
    visible_ = tokens_;
    std::erase_if(visible_, [](const RawToken& token) { return token.hidden; });
    if (!visible_.empty() || !may_be_empty) {
      SPELK_RETURN_IF_ERROR(syntax::CheckTokens(text_, tokens_, limits_.max_depth, diagnostics_));
    }
    SplParser::Prepare();
    antlr4::ListTokenSource source(MakeTokens());
    antlr4::CommonTokenStream stream(&source);
    SplParser parser(&stream);
    parser.removeErrorListeners();
    const auto strategy = std::make_shared<FirstError>();
    parser.setErrorHandler(strategy);
    syntax::AstBuilder builder(text_, diagnostics_);
    try {
      take(parser, builder);
    } catch (const antlr4::ParseCancellationException&) {
      return Unexpected(strategy->at(), strategy->rule());
    }
    return builder.status();
  }

  const std::vector<RawToken>& tokens() const { return tokens_; }

 private:
  std::vector<std::unique_ptr<antlr4::Token>> MakeTokens() const {
    std::vector<std::unique_ptr<antlr4::Token>> made;
    made.reserve(visible_.size() + 1);
    for (const RawToken& raw : visible_) {
      auto token = std::make_unique<antlr4::CommonToken>(raw.type);
      token->setStartIndex(raw.span.begin);
      token->setStopIndex(raw.span.end - 1);
      made.push_back(std::move(token));
    }
    auto end = std::make_unique<antlr4::CommonToken>(antlr4::Token::EOF);
    end->setStartIndex(text_.size());
    end->setStopIndex(text_.size() == 0 ? 0 : text_.size() - 1);
    made.push_back(std::move(end));
    return made;
  }

  static bool EndsOperand(size_t type) {
    return type == SplParser::WORD || type == SplParser::STRING || type == SplParser::FIELD ||
           type == SplParser::NUMBER || type == SplParser::RPAREN;
  }
  // Whether an expression could have gone on here with an operator.
  bool FollowsOperand(size_t at, size_t rule) const {
    return at > 0 && EndsOperand(visible_[at - 1].type) && rule != SplParser::RuleAssignment &&
           rule != SplParser::RuleTarget && syntax::InExpression(visible_, at);
  }
  bool IsComparator(size_t at) const {
    const size_t type = at < visible_.size() ? visible_[at].type : size_t{SplParser::PIPE};
    return type == SplParser::EQ || type == SplParser::NEQ || type == SplParser::LT ||
           type == SplParser::LE || type == SplParser::GT || type == SplParser::GE;
  }

  bool BeginsUnknownCommand(size_t at) const {
    return visible_[at].type == SplParser::ARGUMENT_COMMAND &&
           shapes_.Find(TextOf(text_, visible_[at].span)) == nullptr;
  }

  // What may follow an operand; and how in SPL is said what people say otherwise elsewhere.
  std::string AfterOperand(size_t at, std::string_view seen) const {
    constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
        {"IS", "null is tested by isnull(field) and isnotnull(field)"},
        {"BETWEEN", "write field>=1 AND field<=5"},
        {"CONTAINS", "write like(field, \"%text%\")"},
        {"MATCH", "write match(field, \"regular expression\")"},
        {"MATCHES", "write match(field, \"regular expression\")"},
    };
    for (const auto& [word, advice] : kElsewhere) {
      if (Upper(std::string(seen)) == word) return fmt::format("an operator; {}", advice);
    }
    size_t open = 0;
    for (size_t i = 0; i < at && i < visible_.size(); ++i) {
      if (visible_[i].type == SplParser::LPAREN) ++open;
      if (visible_[i].type == SplParser::RPAREN) --open;
    }
    return open > 0 ? "an operator, a comma or a closing parenthesis"
                    : "an operator, a comma, or the end of the expression";
  }

  std::string Expected(size_t at, size_t rule) const {
    if (at < visible_.size() && visible_[at].type == SplParser::AS) return "a name before AS";
    const size_t before = at == 0 ? 0 : visible_[at - 1].type;
    const std::string word = before == 0 ? "" : std::string(TextOf(text_, visible_[at - 1].span));
    if (before == SplParser::BY || before == SplParser::OVER || before == SplParser::OUTPUT ||
        before == SplParser::OUTPUTNEW) {
      return fmt::format("a field name after {}", Upper(word));
    }
    const std::string_view seen = at < visible_.size() ? TextOf(text_, visible_[at].span) : "";
    if (before == SplParser::NOT && Upper(std::string(seen)) == "LIKE")
      return "a field; NOT stands before it: NOT field LIKE \"pattern\"";
    if (before == SplParser::EXPRESSION_COMMAND) return "an expression";
    if (before == SplParser::ASSIGNMENT_COMMAND) return "field = expression";
    if (FollowsOperand(at, rule)) return AfterOperand(at, seen);
    if (IsComparator(at) && syntax::InArguments(visible_, at)) {
      return "an argument; text with such signs stands in double quotes";
    }
    if (at > 1 && IsComparator(at) && IsComparator(at - 2)) {
      return "a search term; a value is missing before, or one with such a sign needs quotes";
    }
    if (before == SplParser::RPAREN && IsComparator(at)) {
      return "a search term; what a function gives is compared by where";
    }
    if (word == "<" && seen == ">") return "a value; not equal is written !=";
    if (word == "=" && seen == ">") return "a value; greater or equal is written >=";
    if (word == "=" && seen == "<") return "a value; less or equal is written <=";
    return std::string(ExpectedIn(rule));
  }

  absl::Status Unexpected(size_t at, size_t rule) {
    // The end is where the text ends, not the blank lines behind it.
    const uint32_t end = visible_.empty() ? 0 : visible_.back().span.end;
    const Span span = at < visible_.size() ? visible_[at].span : Span{end, end};
    if (IsComparator(at) && at > 0 && BeginsUnknownCommand(at - 1)) {
      return diagnostics_.Error(
          ErrorCode::kUnknownCommand, visible_[at - 1].span,
          fmt::format("unknown search command '{}'", TextOf(text_, visible_[at - 1].span)),
          {"conditions behind a pipe begin with a command, search or where; fields are computed by "
           "eval"});
    }
    const bool expression =
        (rule >= SplParser::RuleAssignment && rule <= SplParser::RuleExpressions) ||
        FollowsOperand(at, rule);
    const std::string command = syntax::CommandAt(text_, visible_, at);
    const std::string seen = syntax::Describe(text_, visible_, at);
    std::string message = command.empty() ? "" : command + ": ";
    message += expression ? fmt::format("the expression is malformed: unexpected {}", seen)
                          : fmt::format("unexpected {}", seen);
    return diagnostics_.Error(expression ? ErrorCode::kMalformedExpression : ErrorCode::kSyntax,
                              span, std::move(message),
                              {fmt::format("expected {}", Expected(at, rule))});
  }

  const std::string_view text_;
  const ShapeTable& shapes_;
  const SyntaxLimits& limits_;
  Diagnostics& diagnostics_;
  std::vector<RawToken> tokens_;
  std::vector<RawToken> visible_;
};

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(const Source& source, const ShapeTable& shapes,
                                            const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ParseRun run(source, shapes, limits, diagnostics);
  SPELK_RETURN_IF_ERROR(run.Lex(syntax::Entry::kQuery));
  std::vector<Token> tokens;
  tokens.reserve(run.tokens().size());
  for (const RawToken& raw : run.tokens()) {
    tokens.push_back({syntax::TypeName(raw.type), raw.span, raw.hidden});
  }
  return tokens;
}

absl::StatusOr<ast::Pipeline> Parse(const Source& source, const ShapeTable& shapes,
                                    const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ast::Pipeline pipeline;
  SPELK_RETURN_IF_ERROR(
      ParseRun(source, shapes, limits, diagnostics)
          .Parse(syntax::Entry::kQuery, [&](SplParser& parser, syntax::AstBuilder& builder) {
            pipeline = builder.Pipeline(*parser.query()->pipeline());
          }));
  return pipeline;
}

absl::StatusOr<ast::SearchExpr> ParseSearchTerms(const Source& source, const ShapeTable& shapes,
                                                 const SyntaxLimits& limits,
                                                 Diagnostics& diagnostics) {
  ast::SearchExpr terms;
  SPELK_RETURN_IF_ERROR(
      ParseRun(source, shapes, limits, diagnostics)
          .Parse(syntax::Entry::kTerms, [&](SplParser& parser, syntax::AstBuilder& builder) {
            terms = builder.Terms(parser.loneTerms()->terms(), {});
          }));
  return terms;
}

absl::StatusOr<ast::ExprPtr> ParseExpression(const Source& source, const ShapeTable& shapes,
                                             const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ast::ExprPtr expression;
  SPELK_RETURN_IF_ERROR(
      ParseRun(source, shapes, limits, diagnostics)
          .Parse(syntax::Entry::kExpression, [&](SplParser& parser, syntax::AstBuilder& builder) {
            expression = builder.Expression(*parser.loneExpression()->expression());
          }));
  return expression;
}

}  // namespace spelk
