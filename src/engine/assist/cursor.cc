// Going through the words up to a place.
#include "engine/assist/cursor.h"

#include <algorithm>

#include "value/ascii.h"

namespace spelk::engine {
namespace {

constexpr std::string_view kWordTypes[] = {
    "WORD",      "FIELD",         "NUMBER",       "AND",        "OR",   "NOT",
    "XOR",       "LIKE",          "IN",           "LONE_IN",    "AS",   "BY",
    "OVER",      "OUTPUT",        "OUTPUTNEW",    "WHERE",      "FROM", "EVAL",
    "DIRECTIVE", "NOT_BEFORE_IN", "SEARCH_WHERE", "STAGE_MACRO"};
constexpr std::string_view kClauseTypes[] = {"BY",    "OVER",         "OUTPUT", "OUTPUTNEW",
                                             "WHERE", "SEARCH_WHERE", "FROM"};

template <size_t N>
bool IsOneOf(std::string_view type, const std::string_view (&types)[N]) {
  return std::find(std::begin(types), std::end(types), type) != std::end(types);
}

bool IsCommandName(std::string_view type) { return type.ends_with("_COMMAND"); }
bool IsWord(std::string_view type) { return IsOneOf(type, kWordTypes) || IsCommandName(type); }
bool IsOpenText(std::string_view type) { return type == "OPEN_STRING" || type == "OPEN_COMMENT"; }

// One pipeline, from its begin to the place.
struct Frame {
  size_t begin = 0;
  size_t stage = 0;
  bool first = true;
  bool piped = false;
  bool named = false;  // Something of the command was seen.
  std::string command;
  Shape shape = Shape::kSearch;
  std::string clause;
  std::string model;
  bool after_equals = false;  // kAssignments: on the right side.
  std::vector<std::string_view> words;
  std::vector<std::string_view> options;
  std::vector<Cursor::Call> calls;
};

class CursorWalker {
 public:
  CursorWalker(const Core& core, std::string_view text, size_t place)
      : core_(core), text_(text), place_(place) {
    frames_.emplace_back();
  }

  Cursor Run(const std::vector<Token>& tokens) {
    Cursor cursor;
    cursor.begin = place_;
    for (const Token& token : tokens) {
      if (token.span.begin >= place_) break;
      if (token.hidden) {
        // A comment that goes on beyond the place.
        if (token.type == "COMMENT" && token.span.end > place_) return Nowhere();
        continue;
      }
      if (token.span.end >= place_ && EndsAt(token, &cursor)) return Finish(std::move(cursor));
      Take(token);
    }
    return Finish(std::move(cursor));
  }

 private:
  Cursor Nowhere() const {
    Cursor cursor;
    cursor.place = Cursor::Place::kNowhere;
    cursor.begin = place_;
    return cursor;
  }

  // The token that holds the place, or that ends there. True if it is the word at hand.
  bool EndsAt(const Token& token, Cursor* cursor) const {
    const bool inside = token.span.end > place_;
    if (token.type == "OPEN_FIELD" || (inside && token.type == "FIELD")) {
      cursor->place = Cursor::Place::kQuotedField;
      cursor->begin = token.span.begin + 1;
      cursor->word = text_.substr(cursor->begin, place_ - cursor->begin);
      return true;
    }
    if (IsOpenText(token.type) || (inside && token.type == "STRING")) {
      cursor->place = Cursor::Place::kNowhere;
      return true;
    }
    if (token.type == "OPEN_MACRO" || (inside && IsMacro(token.type))) {
      cursor->place = Cursor::Place::kMacro;
      cursor->begin = token.span.begin + 1;
      cursor->word = text_.substr(cursor->begin, place_ - cursor->begin);
      return true;
    }
    if (!IsWord(token.type) || token.type == "STAGE_MACRO" || token.type == "FIELD") return false;
    cursor->begin = token.span.begin;
    cursor->word = text_.substr(cursor->begin, place_ - cursor->begin);
    return true;
  }

  static bool IsMacro(std::string_view type) { return type == "MACRO" || type == "STAGE_MACRO"; }

  std::string_view TextOfToken(const Token& token) const { return TextOf(text_, token.span); }

  void Take(const Token& token) {
    Frame& frame = frames_.back();
    if (token.type == "PIPE" && frame.calls.empty()) {
      BeginStage(token.span.end, &frame);
    } else if (token.type == "PIPE") {
      frame.calls.clear();  // What was open is wrong, and this is the next command.
      BeginStage(token.span.end, &frame);
    } else if (token.type == "LBRACKET") {
      frame.named = true;
      Frame inner;
      inner.begin = inner.stage = token.span.end;
      frames_.push_back(std::move(inner));
    } else if (token.type == "RBRACKET") {
      if (frames_.size() > 1) frames_.pop_back();
    } else {
      TakeWord(token, &frame);
    }
    before_ = last_;
    last_ = token;
  }

  static void BeginStage(size_t begin, Frame* frame) {
    Frame next;
    next.begin = frame->begin;
    next.stage = begin;
    // A pipe before the first command does not make it the second one.
    next.first = frame->first && !frame->named;
    next.piped = true;
    *frame = std::move(next);
  }

  void BeginCommand(std::string_view name, Frame* frame) const {
    frame->named = true;
    frame->command = name;
    const CommandShape* shape = core_.entries().Find(name);
    frame->shape = shape == nullptr ? Shape::kArguments : shape->shape;
  }

  void TakeWord(const Token& token, Frame* frame) {
    const std::string_view word = TextOfToken(token);
    if (!frame->named) {
      if (IsCommandName(token.type)) return BeginCommand(word, frame);
      // After a pipe a name must come, whatever it is.
      if (frame->piped && token.type == "WORD") return BeginCommand(word, frame);
      frame->named = true;
      frame->command = "search";
    }
    if (token.type.ends_with("PAREN") && token.type != "RPAREN") return Open(token, frame);
    if (token.type == "RPAREN") {
      if (!frame->calls.empty()) frame->calls.pop_back();
      return;
    }
    if (token.type == "COMMA") {
      if (!frame->calls.empty()) {
        ++frame->calls.back().argument;
      } else if (frame->shape == Shape::kAssignments) {
        frame->after_equals = false;
      }
      return;
    }
    if (token.type == "EQ" && frame->calls.empty()) {
      frame->after_equals = true;
      if (last_ && last_->type == "WORD") {
        frame->options.push_back(TextOfToken(*last_));
        if (!frame->words.empty()) frame->words.pop_back();
      }
      return;
    }
    if (IsOneOf(token.type, kClauseTypes)) {
      frame->clause = token.type == "SEARCH_WHERE" ? "where" : LowerAscii(word);
      return;
    }
    const bool value = last_ && last_->type == "EQ" && !frame->options.empty();
    if (value && EqualsIgnoringCase(frame->options.back(), "datamodel") && token.type == "WORD") {
      frame->model = word;
    }
    if (!value && frame->calls.empty() && (token.type == "WORD" || token.type == "STRING")) {
      frame->words.push_back(word);
    }
  }

  void Open(const Token& token, Frame* frame) const {
    Cursor::Call call;
    call.begin = token.span.begin;
    const bool touches = last_ && last_->span.end == token.span.begin;
    const bool names = touches && (last_->type == "WORD" || last_->type == "EVAL");
    if (names) {
      call.name = TextOfToken(*last_);
      call.begin = last_->span.begin;
    }
    const bool outer = !frame->calls.empty() && frame->calls.back().expression;
    call.expression = outer || frame->shape == Shape::kExpression ||
                      (frame->shape == Shape::kAssignments && frame->after_equals) ||
                      (names && last_->type == "EVAL");
    frame->calls.push_back(std::move(call));
  }

  Cursor Finish(Cursor cursor) const {
    const Frame& frame = frames_.back();
    cursor.first = frame.first;
    cursor.piped = frame.piped;
    cursor.command = frame.command;
    cursor.stage = frame.stage;
    cursor.pipeline = frame.begin;
    cursor.calls = frame.calls;
    cursor.clause = frame.clause;
    cursor.words = frame.words;
    cursor.options = frame.options;
    cursor.model = frame.model;
    if (frames_.size() > 1) {
      cursor.outer = frames_[frames_.size() - 2].command;
      cursor.outer_stage = frames_[frames_.size() - 2].stage;
    }
    if (cursor.place == Cursor::Place::kCommand) cursor.place = PlaceIn(frame, &cursor);
    return cursor;
  }

  Cursor::Place PlaceIn(const Frame& frame, Cursor* cursor) const {
    if (!frame.named) return Cursor::Place::kCommand;
    const std::string_view last = last_ ? std::string_view(last_->type) : std::string_view();
    cursor->alias = last == "AS";
    cursor->due = !(IsWord(last) || last == "STRING" || last == "RPAREN" || last == "RBRACKET") ||
                  last == "AND" || last == "OR" || last == "NOT" || last == "XOR" ||
                  last == "LIKE" || last == "IN" || last == "SEARCH_WHERE" || IsCommandName(last);
    const Cursor::Call* call = frame.calls.empty() ? nullptr : &frame.calls.back();
    if (call != nullptr && call->expression) return Cursor::Place::kOperand;
    const bool compares = last == "EQ" || last == "NEQ";
    const bool searches = frame.shape == Shape::kSearch || InSearchClause(frame);
    if (call == nullptr && compares && (searches || frame.shape == Shape::kArguments)) {
      if (before_) cursor->option = TextOfToken(*before_);
      return Cursor::Place::kValue;
    }
    if (searches && compares && before_) {
      cursor->option = TextOfToken(*before_);
      return Cursor::Place::kValue;
    }
    if (searches) return Cursor::Place::kSearch;
    if (frame.shape == Shape::kExpression) return Cursor::Place::kOperand;
    if (frame.shape == Shape::kAssignments) {
      return frame.after_equals ? Cursor::Place::kOperand : Cursor::Place::kTarget;
    }
    return Cursor::Place::kArgument;
  }

  bool InSearchClause(const Frame& frame) const {
    if (frame.clause != "where") return false;
    const CommandShape* shape = core_.entries().Find(frame.command);
    return shape != nullptr && (shape->clauses & kClauseSearchWhere) != 0;
  }

  const Core& core_;
  const std::string_view text_;
  const size_t place_;
  std::vector<Frame> frames_;
  std::optional<Token> last_;
  std::optional<Token> before_;
};

std::vector<Token> AllTokens(const Core& core, std::string_view text) {
  const Source source("", std::string(text));
  Diagnostics ignored;
  absl::StatusOr<std::vector<Token>> tokens =
      Tokenize(source, core.entries(), core.limits(), ignored);
  return tokens.ok() ? std::move(*tokens) : std::vector<Token>();
}

}  // namespace

std::vector<Token> VisibleTokens(const Core& core, std::string_view text) {
  std::vector<Token> tokens = AllTokens(core, text);
  std::erase_if(tokens, [](const Token& token) { return token.hidden; });
  return tokens;
}

Cursor FindCursor(const Core& core, std::string_view text, size_t place) {
  place = std::min(place, text.size());
  return CursorWalker(core, text, place).Run(AllTokens(core, text));
}

std::optional<TokenAt> FindToken(const Core& core, std::string_view text, size_t place) {
  std::optional<TokenAt> found;
  for (const Token& token : AllTokens(core, text)) {
    if (token.span.begin > place) break;
    if (token.span.end < place || token.type == "BLANKS") continue;
    const bool holds = token.span.end > place;
    // Between two tokens it is the word that counts.
    if (holds || !found) {
      if (found && holds && !IsWord(token.type)) break;
      found = TokenAt{token.type, token.span};
    }
  }
  return found;
}

}  // namespace spelk::engine
