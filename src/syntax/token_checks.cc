// Checks on the stream of tokens. Phrases are Splunk's where language.md, "Errors", knows them.
#include "syntax/token_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "SplParser.h"
#include "base/status.h"
#include "syntax/confusables.h"
#include "syntax/macro_call.h"

namespace spelk::syntax {

using antlr::SplParser;

namespace {

bool IsOpening(size_t type) {
  return type == SplParser::LPAREN || type == SplParser::CALL_PAREN ||
         type == SplParser::SEARCH_PAREN || type == SplParser::LBRACKET;
}

bool IsComparator(size_t type) {
  return type == SplParser::EQ || type == SplParser::NEQ || type == SplParser::LT ||
         type == SplParser::LE || type == SplParser::GT || type == SplParser::GE;
}

bool IsCommand(size_t type) {
  return type == SplParser::SEARCH_COMMAND || type == SplParser::EXPRESSION_COMMAND ||
         type == SplParser::ASSIGNMENT_COMMAND || type == SplParser::ARGUMENT_COMMAND;
}

bool EndsCommand(size_t type) { return type == SplParser::PIPE || type == SplParser::RBRACKET; }

class Checker {
 public:
  Checker(std::string_view text, std::vector<RawToken> visible, size_t max_depth,
          Diagnostics& diagnostics)
      : text_(text),
        visible_(std::move(visible)),
        max_depth_(max_depth),
        diagnostics_(diagnostics) {}

  absl::Status Check() {
    if (visible_.empty()) {
      return diagnostics_.Error(ErrorCode::kMissingCommand,
                                {0, static_cast<uint32_t>(text_.size())}, "the search is empty");
    }
    for (size_t i = 0; i < visible_.size(); ++i) {
      SPELK_RETURN_IF_ERROR(CheckOpen(i));
      SPELK_RETURN_IF_ERROR(CheckNesting(i));
      SPELK_RETURN_IF_ERROR(CheckCommand(i));
      SPELK_RETURN_IF_ERROR(CheckComparison(i));
      SPELK_RETURN_IF_ERROR(CheckConfusable(i));
    }
    if (open_.empty()) return absl::OkStatus();
    const size_t opening = open_.back();
    const bool bracket = visible_[opening].type == SplParser::LBRACKET;
    return Error(ErrorCode::kUnbalanced, opening,
                 bracket ? "unbalanced brackets: this \"[\" is never closed"
                         : "unbalanced parentheses: this \"(\" is never closed");
  }

 private:
  absl::Status Error(ErrorCode code, size_t at, std::string message,
                     std::vector<std::string> notes = {}) {
    const std::string command = CommandAt(text_, visible_, at);
    if (!command.empty()) message = fmt::format("{}: {}", command, message);
    return diagnostics_.Error(code, visible_[at].span, std::move(message), std::move(notes));
  }

  // What begins here and never ends, or is nothing at all.
  absl::Status CheckOpen(size_t at) {
    const RawToken& token = visible_[at];
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
                     fmt::format("unexpected {}", Describe(text_, visible_, at)), Advice(at));
      default:
        return absl::OkStatus();
    }
  }

  // Parentheses and brackets in pairs; their depth, with that of NOTs and signs, within the limit.
  absl::Status CheckNesting(size_t at) {
    const size_t type = visible_[at].type;
    const bool prefix =
        type == SplParser::NOT || type == SplParser::MINUS || type == SplParser::PLUS;
    prefixes_ = prefix ? prefixes_ + 1 : 0;
    if (IsOpening(type)) open_.push_back(at);
    if (open_.size() + prefixes_ > max_depth_) {
      return diagnostics_.Error(ErrorCode::kTooDeep, visible_[at].span,
                                fmt::format("nested more than {} deep", max_depth_));
    }
    if (type == SplParser::RPAREN) {
      if (open_.empty() || visible_[open_.back()].type == SplParser::LBRACKET) {
        return Error(ErrorCode::kUnbalanced, at,
                     "unbalanced parentheses: this \")\" closes nothing");
      }
      open_.pop_back();
    } else if (type == SplParser::RBRACKET) {
      if (open_.empty() || visible_[open_.back()].type != SplParser::LBRACKET) {
        if (open_.empty())
          return Error(ErrorCode::kUnbalanced, at, "mismatched ']': it closes nothing");
        return Error(ErrorCode::kUnbalanced, open_.back(),
                     "unbalanced parentheses: this \"(\" is never closed");
      }
      open_.pop_back();
    } else if (type == SplParser::PIPE && !open_.empty() &&
               visible_[open_.back()].type != SplParser::LBRACKET) {
      return Error(ErrorCode::kUnbalanced, open_.back(),
                   "unbalanced parentheses: this \"(\" is never closed");
    }
    return absl::OkStatus();
  }

  // A command between any two pipes. Only the first pipe of a pipeline may stand alone.
  absl::Status CheckCommand(size_t at) {
    const size_t type = visible_[at].type;
    const bool begins = at == 0 || visible_[at - 1].type == SplParser::LBRACKET;
    if (type == SplParser::RBRACKET && begins) {
      return Error(ErrorCode::kMissingCommand, at, "the subsearch is empty");
    }
    const bool after_pipe = at > 0 && visible_[at - 1].type == SplParser::PIPE;
    if (after_pipe && (EndsCommand(type) || type == SplParser::LBRACKET)) {
      std::vector<std::string> notes;
      if (type == SplParser::PIPE && visible_[at - 1].span.end == visible_[at].span.begin) {
        notes.emplace_back("one pipe parts two commands; the logical or is written OR");
      }
      return diagnostics_.Error(
          ErrorCode::kMissingCommand, visible_[at].span,
          fmt::format("missing a search command before '{}'", TextOf(text_, visible_[at].span)),
          std::move(notes));
    }
    if (type == SplParser::PIPE && at + 1 == visible_.size()) {
      return diagnostics_.Error(ErrorCode::kMissingCommand, visible_[at].span,
                                "missing a search command after '|'");
    }
    return absl::OkStatus();
  }

  absl::Status CheckComparison(size_t at) {
    if (visible_[at].type == SplParser::LONE_IN) {
      return Error(ErrorCode::kMissingValue, at,
                   "comparator 'IN' is missing a list of values on the right hand side",
                   {"write IN (a, b), or \"IN\" in quotes to look for the word"});
    }
    if (!IsComparator(visible_[at].type)) return absl::OkStatus();
    const bool last = at + 1 == visible_.size();
    const size_t next = last ? size_t{SplParser::PIPE} : visible_[at + 1].type;
    if (!EndsCommand(next) && next != SplParser::RPAREN && next != SplParser::COMMA &&
        next != SplParser::AND && next != SplParser::OR) {
      return absl::OkStatus();
    }
    const std::string missing =
        fmt::format("comparator '{}' is missing a term on the right hand side",
                    TextOf(text_, visible_[at].span));
    if (!InExpression(visible_, at)) return Error(ErrorCode::kMissingValue, at, missing);
    return Error(ErrorCode::kMalformedExpression, at, "the expression is malformed: " + missing);
  }

  // What people write who know another language.
  std::vector<std::string> Advice(size_t at) const {
    constexpr std::pair<std::string_view, std::string_view> kAdvice[] = {
        {"&", "the logical and is written AND"},
        {"!", "write NOT before a condition, != between two values"},
        {"?", "write if(condition, value, other value)"},
        {";", "a comma parts two assignments, a pipe two commands"},
        {"~", "write match(field, \"regular expression\")"},
        {"{", "a field name with braces stands in single quotes: 'tags{}'"},
        {"@", "a field name with @ stands in single quotes: '@timestamp'"},
        {":", "a comma parts two arguments; a field name with a colon stands in single quotes"},
        {"\\", "text stands in double quotes"},
    };
    const std::string_view seen = TextOf(text_, visible_[at].span);
    for (const auto& [text, advice] : kAdvice) {
      if (seen == text && InExpression(visible_, at)) return {std::string(advice)};
    }
    if (InArguments(visible_, at)) return {"text with such signs stands in double quotes"};
    const bool begins = at == 0 || visible_[at - 1].type == SplParser::PIPE;
    return {begins ? "expected a command" : "expected a field, a value or a function"};
  }

  // Curly quotes and the like are characters as all others. No field of an expression has them; a
  // term may.
  absl::Status CheckConfusable(size_t at) {
    constexpr size_t kMost = 20;  // To look for the command of each takes time.
    const RawToken& token = visible_[at];
    if (token.type != SplParser::WORD || confusables_ == kMost) return absl::OkStatus();
    const std::optional<Confusable> found = FindConfusable(TextOf(text_, token.span));
    if (!found) return absl::OkStatus();
    ++confusables_;
    Span span;
    span.begin = token.span.begin + static_cast<uint32_t>(found->begin);
    span.end = span.begin + static_cast<uint32_t>(found->size);
    if (InExpression(visible_, at)) {
      return diagnostics_.Error(ErrorCode::kMalformedExpression, span,
                                fmt::format("{}: the expression is malformed: unexpected {}",
                                            CommandAt(text_, visible_, at), found->what),
                                {std::string(found->plain)});
    }
    diagnostics_.Warn(ErrorCode::kConfusable, span,
                      fmt::format("this {} is part of the word", found->what),
                      {std::string(found->plain) + " if that is meant"});
    return absl::OkStatus();
  }

  const std::string_view text_;
  const std::vector<RawToken> visible_;
  const size_t max_depth_;
  Diagnostics& diagnostics_;
  std::vector<size_t> open_;
  size_t prefixes_ = 0;
  size_t confusables_ = 0;
};

}  // namespace

absl::Status CheckTokens(std::string_view text, const std::vector<RawToken>& tokens,
                         size_t max_depth, Diagnostics& diagnostics) {
  std::vector<RawToken> visible;
  for (const RawToken& token : tokens) {
    // An open comment is hidden from nobody.
    if (!token.hidden) visible.push_back(token);
  }
  return Checker(text, std::move(visible), max_depth, diagnostics).Check();
}

namespace {

// The type of the token that began the command which holds the place; 0 for terms.
size_t CommandTypeAt(const std::vector<RawToken>& visible, size_t at) {
  size_t inner = 0;  // Subsearches that end before the place.
  for (size_t i = std::min(at, visible.size()); i-- > 0;) {
    const size_t type = visible[i].type;
    if (type == SplParser::RBRACKET) ++inner;
    if (type == SplParser::LBRACKET && inner-- == 0) return 0;
    if (inner > 0) continue;
    if (IsCommand(type)) return type;
    if (type == SplParser::PIPE) return 0;
  }
  return 0;
}

}  // namespace

bool InExpression(const std::vector<RawToken>& visible, size_t at) {
  const size_t type = CommandTypeAt(visible, at);
  return type == SplParser::EXPRESSION_COMMAND || type == SplParser::ASSIGNMENT_COMMAND;
}

bool InArguments(const std::vector<RawToken>& visible, size_t at) {
  return CommandTypeAt(visible, at) == SplParser::ARGUMENT_COMMAND;
}

std::string Describe(std::string_view text, const std::vector<RawToken>& visible, size_t at) {
  if (at >= visible.size()) return "end of the search";
  constexpr size_t kMost = 40;
  std::string seen(TextOf(text, visible[at].span));
  if (seen.size() > kMost) {
    size_t cut = kMost;
    while (cut > 0 && (static_cast<unsigned char>(seen[cut]) & 0xC0U) == 0x80U) --cut;
    seen = seen.substr(0, cut) + "…";
  }
  return seen.starts_with('"') ? seen : fmt::format("\"{}\"", seen);
}

std::string CommandAt(std::string_view text, const std::vector<RawToken>& visible, size_t at) {
  size_t inner = 0;  // Subsearches that end before the place.
  for (size_t i = std::min(at, visible.size()); i-- > 0;) {
    const size_t type = visible[i].type;
    if (type == SplParser::RBRACKET) ++inner;
    if (type == SplParser::LBRACKET) {
      if (inner == 0) return "";
      --inner;
    }
    if (inner > 0) continue;
    if (IsCommand(type)) return std::string(TextOf(text, visible[i].span));
    if (type == SplParser::PIPE || type == SplParser::STAGE_MACRO) return "";
  }
  return "";
}

}  // namespace spelk::syntax
