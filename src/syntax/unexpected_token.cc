// Expectations by rule, and what people say otherwise elsewhere.
#include "syntax/unexpected_token.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "SplParser.h"
#include "syntax/elsewhere.h"

namespace spelk::syntax {

using antlr::SplParser;

namespace {

// What would have been right where a rule stopped.
std::string_view ExpectedIn(size_t rule, bool in_subsearch) {
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
    case SplParser::RuleCommand:
      return "a search term or a command";
    default:
      return in_subsearch ? "a pipe, or \"]\" to end the subsearch"
                          : "a pipe, or the end of the search";
  }
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

class Message {
 public:
  Message(std::string_view text, const CommandTokens& command, const ShapeTable& shapes,
          Diagnostics& diagnostics)
      : text_(text),
        command_(command),
        tokens_(command.tokens),
        shapes_(shapes),
        diagnostics_(diagnostics) {}

  absl::Status Add(size_t at, size_t rule) {
    if (IsComparator(at) && at > 0 && BeginsUnknownCommand(at - 1)) {
      return diagnostics_.Error(
          ErrorCode::kUnknownCommand, tokens_[at - 1].span,
          fmt::format("unknown search command '{}'", TextOf(text_, tokens_[at - 1].span)),
          {"conditions after a pipe begin with a command, search or where; fields are computed by "
           "eval"});
    }
    const bool expression =
        (rule >= SplParser::RuleAssignment && rule <= SplParser::RuleExpressions) ||
        FollowsOperand(at, rule);
    const std::string command = CommandAt(text_, command_, at);
    const std::string seen = Describe(text_, command_.At(at));
    std::string message = command.empty() ? "" : command + ": ";
    message += expression ? fmt::format("the expression is malformed: unexpected {}", seen)
                          : fmt::format("unexpected {}", seen);
    return diagnostics_.Error(expression ? ErrorCode::kMalformedExpression : ErrorCode::kSyntax,
                              PlaceOf(command_.At(at)), std::move(message),
                              {fmt::format("expected {}", Expected(at, rule))});
  }

 private:
  static bool EndsOperand(size_t type) {
    return type == SplParser::WORD || type == SplParser::STRING || type == SplParser::FIELD ||
           type == SplParser::NUMBER || type == SplParser::RPAREN;
  }
  // Whether an expression could have gone on here with an operator.
  bool FollowsOperand(size_t at, size_t rule) const {
    return at > 0 && EndsOperand(tokens_[at - 1].type) && rule != SplParser::RuleAssignment &&
           rule != SplParser::RuleTarget && TakesExpression(command_);
  }
  bool IsComparator(size_t at) const {
    const size_t type = at < tokens_.size() ? tokens_[at].type : size_t{SplParser::PIPE};
    return type == SplParser::EQ || type == SplParser::NEQ || type == SplParser::LT ||
           type == SplParser::LE || type == SplParser::GT || type == SplParser::GE;
  }

  bool BeginsUnknownCommand(size_t at) const {
    return tokens_[at].type == SplParser::ARGUMENT_COMMAND &&
           shapes_.Find(TextOf(text_, tokens_[at].span)) == nullptr;
  }

  // What may follow an operand; and how in SPL is said what people say otherwise elsewhere.
  std::string AfterOperand(size_t at, std::string_view seen) const {
    const std::string_view advice = AdviceOn(ElsewhereKind::kOperator, seen);
    if (!advice.empty()) return fmt::format("an operator; {}", advice);
    size_t open = 0;
    for (size_t i = 0; i < at && i < tokens_.size(); ++i) {
      if (tokens_[i].type == SplParser::LPAREN) ++open;
      if (tokens_[i].type == SplParser::RPAREN) --open;
    }
    return open > 0 ? "an operator, a comma or a closing parenthesis"
                    : "an operator, a comma, or the end of the expression";
  }

  std::string Expected(size_t at, size_t rule) const {
    if (at < tokens_.size() && tokens_[at].type == SplParser::AS) return "a name before AS";
    const size_t before = at == 0 ? 0 : tokens_[at - 1].type;
    const std::string word = before == 0 ? "" : std::string(TextOf(text_, tokens_[at - 1].span));
    if (before == SplParser::BY || before == SplParser::OVER || before == SplParser::OUTPUT ||
        before == SplParser::OUTPUTNEW) {
      return fmt::format("a field name after {}", Upper(word));
    }
    const std::string_view seen = at < tokens_.size() ? TextOf(text_, PlaceOf(tokens_[at])) : "";
    if (before == SplParser::NOT && Upper(std::string(seen)) == "LIKE")
      return "a field; NOT stands before it: NOT field LIKE \"pattern\"";
    if (before == SplParser::EXPRESSION_COMMAND) return "an expression";
    if (before == SplParser::ASSIGNMENT_COMMAND) return "field = expression";
    if (FollowsOperand(at, rule)) return AfterOperand(at, seen);
    if (IsComparator(at) && TakesArguments(command_)) {
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
    return std::string(ExpectedIn(rule, command_.in_subsearch));
  }

  const std::string_view text_;
  const CommandTokens& command_;
  const std::vector<RawToken>& tokens_;
  const ShapeTable& shapes_;
  Diagnostics& diagnostics_;
};

}  // namespace

absl::Status UnexpectedToken(std::string_view text, const CommandTokens& command, size_t at,
                             size_t rule, const ShapeTable& shapes, Diagnostics& diagnostics) {
  return Message(text, command, shapes, diagnostics).Add(at, rule);
}

}  // namespace spelk::syntax
