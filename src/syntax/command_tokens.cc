// Checks on the tokens of a command. Phrases are Splunk's where language.md, "Errors", knows them.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "SplParser.h"
#include "base/status.h"
#include "syntax/command_tokens.h"
#include "syntax/confusables.h"
#include "syntax/macro_call.h"

namespace spelk::syntax {

using antlr::SplParser;

namespace {

bool IsParenthesis(size_t type) {
  return type == SplParser::LPAREN || type == SplParser::CALL_PAREN ||
         type == SplParser::SEARCH_PAREN;
}

bool IsComparatorToken(size_t type) {
  return type == SplParser::EQ || type == SplParser::NEQ || type == SplParser::LT ||
         type == SplParser::LE || type == SplParser::GT || type == SplParser::GE;
}

bool IsCommand(size_t type) {
  return type == SplParser::SEARCH_COMMAND || type == SplParser::EXPRESSION_COMMAND ||
         type == SplParser::ASSIGNMENT_COMMAND || type == SplParser::ARGUMENT_COMMAND;
}

size_t CommandType(const CommandTokens& command) {
  const bool named = !command.tokens.empty() && IsCommand(command.tokens[0].type);
  return named ? command.tokens[0].type : 0;
}

class Checker {
 public:
  Checker(std::string_view text, const CommandTokens& command, Diagnostics& diagnostics)
      : text_(text), command_(command), tokens_(command.tokens), diagnostics_(diagnostics) {}

  absl::Status Check() {
    SPELK_RETURN_IF_ERROR(CheckCommand());
    for (size_t i = 0; i < tokens_.size(); ++i) {
      SPELK_RETURN_IF_ERROR(CheckTwoPipes(i));
      SPELK_RETURN_IF_ERROR(CheckOpen(i));
      SPELK_RETURN_IF_ERROR(CheckBalance(i));
      SPELK_RETURN_IF_ERROR(CheckComparison(i));
      SPELK_RETURN_IF_ERROR(CheckConfusable(i));
    }
    if (open_.empty()) return absl::OkStatus();
    return Unbalanced(open_.back(), "unbalanced parentheses: this \"(\" is never closed");
  }

 private:
  absl::Status Error(ErrorCode code, size_t at, std::string message,
                     std::vector<std::string> notes = {}) {
    const std::string command = CommandAt(text_, command_, at);
    if (!command.empty()) message = fmt::format("{}: {}", command, message);
    return diagnostics_.Error(code, PlaceOf(tokens_[at]), std::move(message), std::move(notes));
  }

  // What begins here and never ends, or is nothing at all.
  absl::Status CheckOpen(size_t at) {
    const RawToken& token = tokens_[at];
    Span first = token.span;
    first.end = first.begin + 1;
    switch (token.type) {
      case SplParser::OPEN_STRING:
        return diagnostics_.Error(ErrorCode::kUnbalanced, first,
                                  "unbalanced quotes: this \" is never closed");
      case SplParser::OPEN_FIELD:
        return diagnostics_.Error(ErrorCode::kUnbalanced, first,
                                  "unbalanced quotes: this ' is never closed");
      case SplParser::OPEN_MACRO:
        return diagnostics_.Error(ErrorCode::kUnbalanced, first,
                                  "unbalanced backquotes: this ` begins a macro that never ends");
      case SplParser::OPEN_COMMENT:
        return diagnostics_.Error(ErrorCode::kUnbalanced, {token.span.begin, token.span.begin + 3},
                                  "this ``` begins a comment that never ends");
      case SplParser::BACKQUOTES:
        return diagnostics_.Error(ErrorCode::kSyntax, token.span,
                                  "four or more backquotes in a row are no comment",
                                  {"a comment stands between ``` and ```"});
      case SplParser::MACRO:
      case SplParser::STAGE_MACRO:
        if (SplitMacro(text_, token.span).name.text.empty()) {
          return diagnostics_.Error(ErrorCode::kMacroArguments, token.span,
                                    "a macro call has no name");
        }
        return absl::OkStatus();
      case SplParser::OTHER:
        return Error(ErrorCode::kSyntax, at,
                     fmt::format("unexpected {}", Describe(text_, tokens_[at])), Advice(at));
      default:
        return absl::OkStatus();
    }
  }

  // Parentheses in pairs, and no bracket that has no partner.
  absl::Status CheckBalance(size_t at) {
    const size_t type = tokens_[at].type;
    if (IsParenthesis(type)) open_.push_back(at);
    if (type == SplParser::LBRACKET) {
      return Unbalanced(at, "unbalanced brackets: this \"[\" is never closed");
    }
    if (type == SplParser::RBRACKET) return Unbalanced(at, "mismatched ']': it closes nothing");
    if (type != SplParser::RPAREN) return absl::OkStatus();
    if (open_.empty()) return Unbalanced(at, "unbalanced parentheses: this \")\" closes nothing");
    open_.pop_back();
    return absl::OkStatus();
  }

  // What a subsearch lacks or has too much of was told already.
  absl::Status Unbalanced(size_t at, std::string message) {
    if (command_.subsearch_unbalanced) return absl::InvalidArgumentError(message);
    return Error(ErrorCode::kUnbalanced, at, std::move(message));
  }

  // A command between any two pipes. Only the first pipe of a pipeline may stand alone.
  absl::Status CheckCommand() {
    const RawToken& first = command_.At(0);
    const bool bracket = first.type == SplParser::SUBSEARCH || first.type == SplParser::LBRACKET;
    if (!tokens_.empty() && !(bracket && command_.after_pipe)) return absl::OkStatus();
    if (!command_.after_pipe) return EmptySearch();
    if (tokens_.empty() && first.type == 0) {
      return diagnostics_.Error(ErrorCode::kMissingCommand, command_.before,
                                "missing a search command after '|'");
    }
    const bool two_pipes = first.type == SplParser::PIPE && command_.before.end == first.span.begin;
    return MissingBefore(PlaceOf(first), two_pipes);
  }

  absl::Status CheckTwoPipes(size_t at) {
    const bool pipe = tokens_[at].type == SplParser::PIPE;
    const bool two = pipe && at > 0 && tokens_[at - 1].type == SplParser::PIPE;
    return two ? MissingBefore(tokens_[at].span, true) : absl::OkStatus();
  }

  absl::Status MissingBefore(Span span, bool two_pipes) {
    std::vector<std::string> notes;
    if (two_pipes) {
      notes.emplace_back("one pipe parts two commands; the logical or is written OR");
    }
    return diagnostics_.Error(
        ErrorCode::kMissingCommand, span,
        fmt::format("missing a search command before '{}'", TextOf(text_, span)), std::move(notes));
  }

  absl::Status EmptySearch() {
    if (command_.in_subsearch) {
      if (command_.next.type == 0) return absl::InvalidArgumentError("");  // Never closed.
      return diagnostics_.Error(ErrorCode::kMissingCommand, command_.next.span,
                                "the subsearch is empty");
    }
    return diagnostics_.Error(ErrorCode::kMissingCommand, {0, static_cast<uint32_t>(text_.size())},
                              "the search is empty");
  }

  absl::Status CheckComparison(size_t at) {
    if (tokens_[at].type == SplParser::LONE_IN) {
      return Error(ErrorCode::kMissingValue, at,
                   "comparator 'IN' is missing a list of values on the right hand side",
                   {"write IN (a, b), or \"IN\" in quotes to look for the word"});
    }
    if (!IsComparatorToken(tokens_[at].type)) return absl::OkStatus();
    const size_t next = at + 1 < tokens_.size() ? tokens_[at + 1].type : size_t{SplParser::PIPE};
    if (next != SplParser::PIPE && next != SplParser::RPAREN && next != SplParser::COMMA &&
        next != SplParser::AND && next != SplParser::OR) {
      return absl::OkStatus();
    }
    const std::string missing =
        fmt::format("comparator '{}' is missing a term on the right hand side",
                    TextOf(text_, tokens_[at].span));
    if (!TakesExpression(command_)) return Error(ErrorCode::kMissingValue, at, missing);
    return Error(ErrorCode::kMalformedExpression, at, "the expression is malformed: " + missing);
  }

  // What people write who know another language.
  std::vector<std::string> Advice(size_t at) const {
    constexpr std::pair<std::string_view, std::string_view> kAdvice[] = {
        {"&", "the logical and is written AND"},
        {"?", "write if(condition, value, other value)"},
        {";", "a comma parts two assignments, a pipe two commands"},
        {"~", "write match(field, \"regular expression\")"},
        {"{", "a field name with braces stands in single quotes: 'tags{}'"},
        {"@", "a field name with @ stands in single quotes: '@timestamp'"},
        {":", "a comma parts two arguments; a field name with a colon stands in single quotes"},
        {"\\", "text stands in double quotes"},
    };
    const std::string_view seen = TextOf(text_, tokens_[at].span);
    const std::string_view before = at == 0 ? "" : TextOf(text_, tokens_[at - 1].span);
    if (seen == "~" && (before == "in" || before == "IN") && TakesExpression(command_)) {
      return {"case is ignored by lower(): lower(field) IN (\"a\", \"b\")"};
    }
    for (const auto& [text, advice] : kAdvice) {
      if (seen == text && TakesExpression(command_)) return {std::string(advice)};
    }
    if (TakesArguments(command_)) return {"text with such signs stands in double quotes"};
    return {at == 0 ? "expected a command" : "expected a field, a value or a function"};
  }

  // Curly quotes and the like are characters as all others. No field of an expression has them; a
  // term may.
  absl::Status CheckConfusable(size_t at) {
    constexpr size_t kMost = 20;  // To look for the command of each takes time.
    const RawToken& token = tokens_[at];
    if (token.type != SplParser::WORD || confusables_ == kMost) return absl::OkStatus();
    const std::optional<Confusable> found = FindConfusable(TextOf(text_, token.span));
    if (!found) return absl::OkStatus();
    ++confusables_;
    Span span;
    span.begin = token.span.begin + static_cast<uint32_t>(found->begin);
    span.end = span.begin + static_cast<uint32_t>(found->size);
    if (TakesExpression(command_)) {
      return diagnostics_.Error(ErrorCode::kMalformedExpression, span,
                                fmt::format("{}: the expression is malformed: unexpected {}",
                                            CommandAt(text_, command_, at), found->what),
                                {std::string(found->plain)});
    }
    diagnostics_.Warn(ErrorCode::kConfusable, span,
                      fmt::format("this {} is part of the word", found->what),
                      {std::string(found->plain) + " if that is meant"});
    return absl::OkStatus();
  }

  const std::string_view text_;
  const CommandTokens& command_;
  const std::vector<RawToken>& tokens_;
  Diagnostics& diagnostics_;
  std::vector<size_t> open_;
  size_t confusables_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<size_t>> MatchBrackets(const std::vector<RawToken>& visible,
                                                  size_t max_depth, Diagnostics& diagnostics) {
  std::vector<size_t> partners(visible.size(), visible.size());
  std::vector<size_t> open;
  size_t prefixes = 0;
  const auto leave_parentheses = [&] {
    while (!open.empty() && IsParenthesis(visible[open.back()].type)) open.pop_back();
  };
  for (size_t at = 0; at < visible.size(); ++at) {
    const size_t type = visible[at].type;
    const bool prefix =
        type == SplParser::NOT || type == SplParser::MINUS || type == SplParser::PLUS;
    prefixes = prefix ? prefixes + 1 : 0;
    if (IsParenthesis(type) || type == SplParser::LBRACKET) open.push_back(at);
    if (open.size() + prefixes > max_depth) {
      return diagnostics.Error(ErrorCode::kTooDeep, visible[at].span,
                               fmt::format("nested more than {} deep", max_depth));
    }
    if (type == SplParser::RPAREN && !open.empty() && IsParenthesis(visible[open.back()].type)) {
      open.pop_back();
    }
    if (type == SplParser::PIPE || type == SplParser::RBRACKET) leave_parentheses();
    if (type == SplParser::RBRACKET && !open.empty()) {
      partners[open.back()] = at;
      open.pop_back();
    }
  }
  return partners;
}

absl::Status CheckTokens(std::string_view text, const CommandTokens& command,
                         Diagnostics& diagnostics) {
  return Checker(text, command, diagnostics).Check();
}

bool TakesExpression(const CommandTokens& command) {
  const size_t type = CommandType(command);
  return type == SplParser::EXPRESSION_COMMAND || type == SplParser::ASSIGNMENT_COMMAND;
}

bool TakesArguments(const CommandTokens& command) {
  return CommandType(command) == SplParser::ARGUMENT_COMMAND;
}

std::string CommandAt(std::string_view text, const CommandTokens& command, size_t at) {
  if (at == 0 || CommandType(command) == 0) return "";
  return std::string(TextOf(text, command.tokens[0].span));
}

Span PlaceOf(const RawToken& token) {
  const bool bracket = token.type == SplParser::SUBSEARCH || token.type == SplParser::LBRACKET;
  return bracket ? Span{token.span.begin, token.span.begin + 1} : token.span;
}

std::string Describe(std::string_view text, const RawToken& token) {
  if (token.type == 0) return "end of the search";
  constexpr size_t kMost = 40;
  std::string seen(TextOf(text, PlaceOf(token)));
  if (seen.size() > kMost) {
    size_t cut = kMost;
    while (cut > 0 && (static_cast<unsigned char>(seen[cut]) & 0xC0U) == 0x80U) --cut;
    seen = seen.substr(0, cut) + "…";
  }
  return seen.starts_with('"') ? seen : fmt::format("\"{}\"", seen);
}

}  // namespace spelk::syntax
