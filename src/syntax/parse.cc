// The door to ANTLR: tokens in, a tree of ours out, every problem a diagnostic. Brackets and pipes
// are found first, so that each command is parsed by itself.
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
#include "syntax/command_tokens.h"
#include "syntax/lexer.h"
#include "syntax/unexpected_token.h"

namespace spelk {
namespace {

using syntax::CommandTokens;
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

  absl::Status ParseQuery(ast::Pipeline* tree) {
    const size_t before = diagnostics_.all().size();
    SPELK_RETURN_IF_ERROR(Prepare(syntax::Entry::kQuery));
    *tree = Pipeline(0, visible_.size(), false);
    diagnostics_.SortByPlace(before);
    return diagnostics_.FirstError(before);
  }

  // Text that is no pipeline. `take` gets the parser and a builder, and stores what it built.
  template <class Take>
  absl::Status ParseLone(syntax::Entry entry, const Take& take) {
    const size_t before = diagnostics_.all().size();
    SPELK_RETURN_IF_ERROR(Prepare(entry));
    CommandTokens command;
    std::vector<ast::PipelinePtr> subsearches =
        TakeTokens(0, visible_.size(), &command, /*to_pipe=*/false);
    if (!visible_.empty() || entry != syntax::Entry::kTerms) {
      SPELK_RETURN_IF_ERROR(syntax::CheckTokens(text_, command, diagnostics_));
    }
    SPELK_RETURN_IF_ERROR(RunParser(command, subsearches, take));
    return diagnostics_.FirstError(before);
  }

  const std::vector<RawToken>& tokens() const { return tokens_; }

 private:
  absl::Status Prepare(syntax::Entry entry) {
    SPELK_RETURN_IF_ERROR(Lex(entry));
    visible_ = tokens_;
    std::erase_if(visible_, [](const RawToken& token) { return token.hidden; });
    SPELK_ASSIGN_OR_RETURN(partners_,
                           syntax::MatchBrackets(visible_, limits_.max_depth, diagnostics_));
    SplParser::Prepare();
    return absl::OkStatus();
  }

  // The end of the text as a token: where its last word ends, not after the blank lines.
  RawToken EndOfText() const {
    const uint32_t end = visible_.empty() ? 0 : visible_.back().span.end;
    return {0, {end, end}, false};
  }

  // Commands and the pipes between them, from one token to another. Recursive in brackets, the
  // depth of which was checked.
  ast::Pipeline Pipeline(size_t begin, size_t end, bool in_subsearch) {
    ast::Pipeline pipeline;
    if (begin < end) pipeline.span = Cover(visible_[begin].span, visible_[end - 1].span);
    CommandTokens command;
    command.in_subsearch = in_subsearch;
    size_t at = begin;
    if (at < end && visible_[at].type == SplParser::PIPE) {
      pipeline.leading_pipe = true;
      command.after_pipe = true;
      command.before = visible_[at++].span;
    }
    while (true) {
      command.tokens.clear();
      std::vector<ast::PipelinePtr> subsearches = TakeTokens(at, end, &command, /*to_pipe=*/true);
      at = next_;
      pipeline.commands.push_back(Command(command, std::move(subsearches)));
      if (at >= end) return pipeline;
      command.after_pipe = true;
      command.before = visible_[at++].span;
    }
  }

  // A pipe does, but not two without a blank between them, which are meant as an operator.
  bool EndsCommand(size_t at, size_t end, const CommandTokens& command) const {
    const auto is_pipe = [&](size_t i) { return visible_[i].type == SplParser::PIPE; };
    if (!is_pipe(at) || command.tokens.empty()) return is_pipe(at);
    const bool before = command.tokens.back().type == SplParser::PIPE &&
                        command.tokens.back().span.end == visible_[at].span.begin;
    const bool after =
        at + 1 < end && is_pipe(at + 1) && visible_[at + 1].span.begin == visible_[at].span.end;
    return !before && !after;
  }

  // The tokens from `at` to a pipe or to `end`, where next_ stands then. Subsearches are parsed on
  // the way and become one token each.
  std::vector<ast::PipelinePtr> TakeTokens(size_t at, size_t end, CommandTokens* command,
                                           bool to_pipe) {
    std::vector<ast::PipelinePtr> subsearches;
    const size_t known = diagnostics_.all().size();
    while (at < end && !(to_pipe && EndsCommand(at, end, *command))) {
      if (visible_[at].type != SplParser::LBRACKET) {
        command->tokens.push_back(visible_[at++]);
        continue;
      }
      const size_t close = partners_[at];
      auto subsearch = std::make_unique<ast::Pipeline>(Pipeline(at + 1, close, true));
      RawToken token = visible_[at];
      const bool closed = close < visible_.size();
      if (closed) token.type = SplParser::SUBSEARCH;
      token.span = Cover(token.span, closed ? visible_[close].span : visible_.back().span);
      subsearch->brackets = token.span;
      command->tokens.push_back(token);
      subsearches.push_back(std::move(subsearch));
      at = close + 1;
    }
    next_ = std::min(at, end);
    command->next = next_ < visible_.size() ? visible_[next_] : EndOfText();
    command->subsearch_unbalanced = false;
    for (size_t i = known; i < diagnostics_.all().size(); ++i) {
      const bool unbalanced = diagnostics_.all()[i].code == ErrorCode::kUnbalanced;
      command->subsearch_unbalanced = command->subsearch_unbalanced || unbalanced;
    }
    return subsearches;
  }

  ast::CommandCall Command(const CommandTokens& command,
                           std::vector<ast::PipelinePtr> subsearches) {
    ast::CommandCall call;
    std::vector<const ast::Pipeline*> pointers;
    for (const ast::PipelinePtr& subsearch : subsearches) pointers.push_back(subsearch.get());
    absl::Status status = syntax::CheckTokens(text_, command, diagnostics_);
    if (status.ok()) {
      status = RunParser(command, subsearches, [&](SplParser& parser, syntax::AstBuilder& builder) {
        call = builder.Command(*parser.loneCommand()->command());
      });
    }
    if (!status.ok()) Break(command, std::move(subsearches), &call);
    call.subsearches = std::move(pointers);
    return call;
  }

  void Break(const CommandTokens& command, std::vector<ast::PipelinePtr> subsearches,
             ast::CommandCall* call) const {
    call->broken.emplace();
    call->broken->subsearches = std::move(subsearches);
    std::erase(call->broken->subsearches, nullptr);  // Those that a part of the command holds.
    const uint32_t begin = command.next.span.begin;
    call->span = {begin, begin};
    if (command.tokens.empty()) return;
    call->span = Cover(command.tokens.front().span, command.tokens.back().span);
    call->broken->text = TextOf(text_, call->span);
    call->name.text = syntax::CommandAt(text_, command, command.tokens.size());
    call->name.span = call->name.text.empty() ? Span{call->span.begin, call->span.begin}
                                              : command.tokens.front().span;
  }

  template <class Take>
  absl::Status RunParser(const CommandTokens& command, std::vector<ast::PipelinePtr>& subsearches,
                         const Take& take) {
    antlr4::ListTokenSource source(MakeTokens(command));
    antlr4::CommonTokenStream stream(&source);
    SplParser parser(&stream);
    parser.removeErrorListeners();
    const auto strategy = std::make_shared<FirstError>();
    parser.setErrorHandler(strategy);
    syntax::AstBuilder builder(text_, subsearches, diagnostics_);
    try {
      take(parser, builder);
    } catch (const antlr4::ParseCancellationException&) {
      return syntax::UnexpectedToken(text_, command, strategy->at(), strategy->rule(), shapes_,
                                     diagnostics_);
    }
    return builder.status();
  }

  std::vector<std::unique_ptr<antlr4::Token>> MakeTokens(const CommandTokens& command) const {
    std::vector<std::unique_ptr<antlr4::Token>> made;
    made.reserve(command.tokens.size() + 1);
    for (const RawToken& raw : command.tokens) {
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

  const std::string_view text_;
  const ShapeTable& shapes_;
  const SyntaxLimits& limits_;
  Diagnostics& diagnostics_;
  std::vector<RawToken> tokens_;
  std::vector<RawToken> visible_;
  std::vector<size_t> partners_;  // Of brackets.
  size_t next_ = 0;               // Where TakeTokens stopped.
};

}  // namespace

absl::StatusOr<std::vector<Token>> Tokenize(const Source& source, const ShapeTable& shapes,
                                            const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ParseRun run(source, shapes, limits, diagnostics);
  SPELK_RETURN_IF_ERROR(run.Lex(syntax::Entry::kQuery));
  const std::vector<std::string> names = syntax::TypeNames();
  std::vector<Token> tokens;
  tokens.reserve(run.tokens().size());
  for (const RawToken& raw : run.tokens()) {
    tokens.push_back({names[raw.type], raw.span, raw.hidden});
  }
  return tokens;
}

absl::Status ParsePartly(const Source& source, const ShapeTable& shapes, const SyntaxLimits& limits,
                         Diagnostics& diagnostics, ast::Pipeline* tree) {
  return ParseRun(source, shapes, limits, diagnostics).ParseQuery(tree);
}

absl::StatusOr<ast::Pipeline> Parse(const Source& source, const ShapeTable& shapes,
                                    const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ast::Pipeline tree;
  SPELK_RETURN_IF_ERROR(ParsePartly(source, shapes, limits, diagnostics, &tree));
  return tree;
}

absl::StatusOr<ast::SearchExpr> ParseSearchTerms(const Source& source, const ShapeTable& shapes,
                                                 const SyntaxLimits& limits,
                                                 Diagnostics& diagnostics) {
  ast::SearchExpr terms;
  SPELK_RETURN_IF_ERROR(
      ParseRun(source, shapes, limits, diagnostics)
          .ParseLone(syntax::Entry::kTerms, [&](SplParser& parser, syntax::AstBuilder& builder) {
            terms = builder.Terms(parser.loneTerms()->terms(), {});
          }));
  return terms;
}

absl::StatusOr<ast::ExprPtr> ParseExpression(const Source& source, const ShapeTable& shapes,
                                             const SyntaxLimits& limits, Diagnostics& diagnostics) {
  ast::ExprPtr expression;
  SPELK_RETURN_IF_ERROR(ParseRun(source, shapes, limits, diagnostics)
                            .ParseLone(syntax::Entry::kExpression,
                                       [&](SplParser& parser, syntax::AstBuilder& builder) {
                                         expression = builder.Expression(
                                             *parser.loneExpression()->expression());
                                       }));
  return expression;
}

}  // namespace spelk
