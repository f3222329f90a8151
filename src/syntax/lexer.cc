// Choosing modes, and telling keywords by their place.
#include "syntax/lexer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "SplLexer.h"
#include "value/ascii.h"

namespace spelk::syntax {
namespace {

using antlr::SplLexer;

// The bytes of a text as characters; every byte beyond ASCII reads as U+007F, so that offsets are
// offsets of the text.
class ByteStream final : public antlr4::CharStream {
 public:
  explicit ByteStream(std::string_view text) : text_(text) {}
  void consume() override { ++at_; }
  size_t LA(ssize_t offset) override {
    const ssize_t at = static_cast<ssize_t>(at_) + (offset > 0 ? offset - 1 : offset);
    if (at < 0 || at >= static_cast<ssize_t>(text_.size())) return IntStream::EOF;
    const auto byte = static_cast<unsigned char>(text_[static_cast<size_t>(at)]);
    return byte >= 0x80U ? 0x7FU : byte;
  }
  ssize_t mark() override { return -1; }
  void release(ssize_t) override {}
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = index; }
  size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return "search"; }
  std::string getText(const antlr4::misc::Interval& interval) override {
    return std::string(text_.substr(static_cast<size_t>(interval.a),
                                    static_cast<size_t>(interval.b - interval.a + 1)));
  }
  std::string toString() const override { return std::string(text_); }

 private:
  const std::string_view text_;
  size_t at_ = 0;
};

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

// Where the lexer stands: a pipeline, or something in parentheses.
struct Frame {
  enum class Kind : uint8_t {
    kPipeline,
    kGroup,       // ( … ) of search terms
    kList,        // IN ( … )
    kRaw,         // TERM( … )
    kCall,        // count( … )
    kExpression,  // ( … ) of an expression
  };
  // What a pipeline is in the middle of.
  enum class State : uint8_t { kName, kSearch, kSearchWhere, kExpression, kTarget, kArguments };

  Kind kind = Kind::kPipeline;
  State state = State::kName;
  bool after_pipe = false;  // The name of a command is due, and nothing else.
  bool value_due = false;   // The value of an option.
  bool assigns = false;     // An expression that ends at a comma, where the next target begins.
  uint8_t clauses = kClauseBy;
  std::string_view command;
  ValueShape value = ValueShape::kText;  // Of the option whose value is due.
};

class ModeLexer {
 public:
  ModeLexer(std::string_view text, const ShapeTable& shapes, Entry entry)
      : text_(text), shapes_(shapes), stream_(text), lexer_(&stream_) {
    lexer_.removeErrorListeners();
    Frame first;
    if (entry == Entry::kTerms) first.state = Frame::State::kSearch;
    if (entry == Entry::kExpression) first.state = Frame::State::kExpression;
    frames_.push_back(first);
  }

  std::vector<RawToken> Run(size_t most) {
    std::vector<RawToken> tokens;
    while (stream_.index() < text_.size() && tokens.size() < most) {
      const size_t begin = stream_.index();
      lexer_.mode = ChooseMode(text_[begin]);
      RawToken raw = NextToken(begin);
      if (!raw.hidden) {
        Classify(&raw);
        previous_ = raw.type;
        previous_text_ = TextOf(text_, raw.span);
      }
      tokens.push_back(raw);
    }
    return tokens;
  }

 private:
  using Kind = Frame::Kind;
  using State = Frame::State;

  Frame& top() { return frames_.back(); }

  RawToken NextToken(size_t begin) {
    // A target may begin with some signs as it is.
    constexpr std::string_view kOfTargets = ".:{}@#/$-";
    const bool target = lexer_.mode == SplLexer::TARGET;
    const bool named = target || lexer_.mode == SplLexer::EXPRESSION;
    const bool begins = named && !(target && kOfTargets.find(text_[begin]) != std::string::npos);
    const size_t place = begins ? AfterPlaces(begin) : begin;
    RawToken raw;
    if (place > begin) {
      raw.type = SplLexer::WORD;
      raw.span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(place)};
      stream_.seek(place);
      return raw;
    }
    const std::unique_ptr<antlr4::Token> token = lexer_.nextToken();
    raw.type = token->getType();
    raw.span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(token->getStopIndex() + 1)};
    raw.hidden = token->getChannel() != 0;
    if (named && raw.type == SplLexer::WORD) {
      raw.span.end = static_cast<uint32_t>(AfterPlaces(raw.span.end));
      stream_.seek(raw.span.end);
    }
    return raw;
  }

  // Places that an option of foreach calls otherwise than <<FIELD>>: fieldstr=#f# [eval x=#f#*2].
  // In expressions such a text is a word, or a part of one.
  size_t AfterPlaces(size_t at) const {
    for (bool more = !places_.empty(); more;) {
      more = false;
      for (const Place& place : places_) {
        if (!text_.substr(at).starts_with(place.text)) continue;
        at += place.text.size();
        while (at < text_.size() && IsWordByte(text_[at])) ++at;
        more = true;
      }
    }
    return at;
  }
  static bool NamesPlace(std::string_view option) {
    constexpr std::string_view kOptions[] = {"fieldstr",  "matchstr", "matchseg1", "matchseg2",
                                             "matchseg3", "itemstr",  "iterstr"};
    return std::any_of(std::begin(kOptions), std::end(kOptions), [option](std::string_view each) {
      return EqualsIgnoringCase(each, option);
    });
  }
  void OnPlaceName(std::string_view text) {
    if (!InState(State::kArguments) || !top().value_due || !NamesPlace(option_)) return;
    if (text.size() >= 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    // What begins like a word is a part of words already, and <<…>> has a rule.
    const bool marked = !text.empty() && !IsWordByte(text.front()) &&
                        text.find_first_of(" \t\r\n\"'()[]|,\\") == std::string_view::npos;
    if (marked && !text.starts_with("<<")) places_.push_back({text, frames_.size()});
  }
  void ForgetPlaces(size_t depth) {
    while (!places_.empty() && places_.back().depth > depth) places_.pop_back();
  }

  size_t ChooseMode(char c) {
    Frame& frame = top();
    if (frame.kind == Kind::kRaw) return c == ')' ? 0 : SplLexer::RAW;
    // What means the same everywhere has rules in the default mode only.
    if (IsBlank(c) || std::string_view("\"`|()[]").find(c) != std::string_view::npos) {
      if (frame.kind == Kind::kPipeline && frame.state == State::kName && !frame.after_pipe &&
          !IsBlank(c) && c != '|' && c != ']' && !StartsComment()) {
        frame.state = State::kSearch;  // A search without the word.
      }
      return 0;
    }
    switch (frame.kind) {
      case Kind::kGroup:
        return SplLexer::SEARCH;
      case Kind::kList:
        return SplLexer::LIST;
      case Kind::kCall:
        if (c == '\'') return SplLexer::EXPRESSION;  // A quoted field, as in expressions.
        return frame.value_due ? SplLexer::VALUE : SplLexer::ARGUMENTS;
      case Kind::kExpression:
        return SplLexer::EXPRESSION;
      default:
        break;
    }
    switch (frame.state) {
      case State::kName:
        if (frame.after_pipe || StartsCommand()) return SplLexer::COMMAND;
        frame.state = State::kSearch;
        return SplLexer::SEARCH;
      case State::kSearch:
      case State::kSearchWhere:
        return SplLexer::SEARCH;
      case State::kExpression:
        return SplLexer::EXPRESSION;
      case State::kTarget:
        return SplLexer::TARGET;
      case State::kArguments:
        return frame.value_due ? SplLexer::VALUE : SplLexer::ARGUMENTS;
    }
    return 0;
  }

  bool StartsComment() { return text_.substr(stream_.index()).starts_with("```"); }

  // A first word that is a command's name standing alone is that command.
  bool StartsCommand() {
    const size_t begin = stream_.index();
    size_t end = begin;
    while (end < text_.size() && (IsWordByte(text_[end]) || text_[end] == '-' ||
                                  text_[end] == '.' || text_[end] == ':')) {
      ++end;
    }
    const bool alone = end == text_.size() || IsBlank(text_[end]) || text_[end] == '|' ||
                       text_[end] == ']' || text_.substr(end).starts_with("```");
    return end > begin && alone && NextCharacter(end) != '=' &&
           !text_.substr(FirstOf(end)).starts_with("!=") &&
           shapes_.Find(text_.substr(begin, end - begin)) != nullptr;
  }

  size_t FirstOf(size_t at) const {
    while (at < text_.size() && IsBlank(text_[at])) ++at;
    return at;
  }
  // The first character at or after `at` that is no blank; 0 at the end.
  char NextCharacter(size_t at) const {
    at = FirstOf(at);
    return at < text_.size() ? text_[at] : '\0';
  }

  void Classify(RawToken* token) {
    switch (token->type) {
      case SplLexer::PIPE:
        return OnPipe();
      case SplLexer::LBRACKET:
        ClearValue();
        frames_.emplace_back();
        return;
      case SplLexer::RBRACKET:
        return OnRightBracket();
      case SplLexer::LPAREN:
        return OnLeftParen(token);
      case SplLexer::RPAREN:
        if (frames_.size() > 1 && top().kind != Kind::kPipeline) frames_.pop_back();
        return;
      case SplLexer::WORD:
        return OnWord(token);
      case SplLexer::MACRO:
        if (top().kind == Kind::kPipeline && top().state == State::kName) {
          token->type = SplLexer::STAGE_MACRO;
          top().state = State::kArguments;
          top().clauses = kClauseBy;
          return;
        }
        return ClearValue();
      case SplLexer::EQ:
      case SplLexer::NEQ:
      case SplLexer::LT:
      case SplLexer::LE:
      case SplLexer::GT:
      case SplLexer::GE:
        return OnComparator();
      case SplLexer::STRING:
        return OnString(token);
      case SplLexer::COMMA:
        return OnComma(token);
      default:
        return ClearValue();
    }
  }

  void ClearValue() { top().value_due = false; }
  bool IsValue(ValueShape shape) { return top().value_due && top().value == shape; }

  // The comma between two fields of one value, which has no blank around it.
  void OnComma(RawToken* token) {
    Frame& frame = top();
    if (frame.kind == Kind::kPipeline && frame.assigns) frame.state = State::kTarget;
    const bool item = previous_ == SplLexer::WORD || previous_ == SplLexer::STRING;
    const size_t next = token->span.end;
    if (list_item_ != token->span.begin || !item || next >= text_.size() || EndsItem(text_[next]))
      return;
    token->type = SplLexer::LIST_COMMA;
    frame.value_due = true;
  }
  static bool EndsItem(char c) {
    return IsBlank(c) || std::string_view(",()[]|=<>!`").find(c) != std::string_view::npos;
  }
  void OnListItem(const RawToken& token) { list_item_ = token.span.end; }

  // The value of reset_after is documented as an expression between two quoted parentheses:
  // reset_after="("v>1")". That is one value.
  void OnString(RawToken* token) {
    OnPlaceName(TextOf(text_, token->span));
    constexpr std::string_view kOpen = "\"(\"";
    constexpr std::string_view kClose = "\")\"";
    const bool opens = IsValue(ValueShape::kExpression) && TextOf(text_, token->span) == kOpen;
    if (IsValue(ValueShape::kFields)) OnListItem(*token);
    size_t close = opens ? text_.find(kClose, token->span.end) : std::string_view::npos;
    while (close != std::string_view::npos && text_[close - 1] == '\\') {
      close = text_.find(kClose, close + 1);
    }
    if (close != std::string_view::npos) {
      token->span.end = static_cast<uint32_t>(close + kClose.size());
      stream_.seek(token->span.end);
    }
    ClearValue();
  }

  void OnPipe() {
    while (frames_.size() > 1 && top().kind != Kind::kPipeline) frames_.pop_back();
    ForgetPlaces(frames_.size() - 1);
    top() = Frame();
    top().after_pipe = true;
  }

  void OnRightBracket() {
    size_t depth = frames_.size();
    while (depth > 1 && frames_[depth - 1].kind != Kind::kPipeline) --depth;
    if (depth > 1) frames_.resize(depth - 1);
    ForgetPlaces(frames_.size());
  }

  bool InSearch() {
    return top().kind == Kind::kGroup || InState(State::kSearch) || InState(State::kSearchWhere);
  }
  bool InState(State state) { return top().kind == Kind::kPipeline && top().state == state; }
  bool InArguments() { return top().kind == Kind::kCall || InState(State::kArguments); }

  void OnLeftParen(RawToken* token) {
    Kind kind = Kind::kExpression;
    if (previous_ == SplLexer::DIRECTIVE) {
      kind = Kind::kRaw;
    } else if (InSearch() || InState(State::kName)) {
      kind = previous_ == SplLexer::IN ? Kind::kList : Kind::kGroup;
    } else if (InArguments() && previous_ == SplLexer::WORD && call_paren_ == token->span.begin) {
      kind = Kind::kCall;
      token->type = SplLexer::CALL_PAREN;
    } else if (InArguments() && IsValue(ValueShape::kSearch)) {
      kind = Kind::kGroup;
      token->type = SplLexer::SEARCH_PAREN;
    }
    ClearValue();
    Frame frame;
    frame.kind = kind;
    frames_.push_back(frame);
  }

  void OnComparator() {
    Frame& frame = top();
    if (InState(State::kTarget)) {
      frame.state = State::kExpression;
    } else if (InArguments()) {
      option_ = previous_text_;
      frame.value_due = true;
      frame.value = shapes_.FindValue(frame.command, previous_text_);
    }
  }

  void OnWord(RawToken* token) {
    const std::string_view word = TextOf(text_, token->span);
    if (InState(State::kName)) return OnCommand(token, word);
    if (InSearch()) return OnSearchWord(token, word);
    if (top().kind == Kind::kExpression || InState(State::kExpression))
      return OnExpressionWord(token, word);
    if (InArguments()) return OnArgument(token, word);
  }

  void OnCommand(RawToken* token, std::string_view word) {
    const CommandShape* known = shapes_.Find(word);
    const CommandShape shape = known == nullptr ? CommandShape() : *known;
    Frame& frame = top();
    frame.clauses = shape.clauses;
    frame.command = word;
    switch (shape.shape) {
      case Shape::kSearch:
        frame.state = State::kSearch;
        token->type = SplLexer::SEARCH_COMMAND;
        return;
      case Shape::kExpression:
        frame.state = State::kExpression;
        token->type = SplLexer::EXPRESSION_COMMAND;
        return;
      case Shape::kAssignments:
        frame.state = State::kTarget;
        frame.assigns = true;
        token->type = SplLexer::ASSIGNMENT_COMMAND;
        return;
      case Shape::kArguments:
        frame.state = State::kArguments;
        token->type = SplLexer::ARGUMENT_COMMAND;
        return;
    }
  }

  bool FollowedByIn(size_t at) const {
    const size_t word = FirstOf(at);
    return word > at && word + 2 <= text_.size() && BeginsList(text_.substr(word, 2), word + 2);
  }

  // IN before a list; before a subsearch in upper case only, as `in` is a word that people look
  // for.
  bool BeginsList(std::string_view word, size_t end) const {
    const char next = NextCharacter(end);
    return EqualsIgnoringCase(word, "in") && (next == '(' || (next == '[' && word == "IN"));
  }

  // An operator like AND, unless it is a value, the name of a field, or alone in parentheses. A
  // macro may give the list.
  bool LacksList(size_t end) const {
    constexpr std::string_view kOthers = "([`=<>!";
    const bool value = previous_ == SplLexer::EQ || previous_ == SplLexer::NEQ ||
                       previous_ == SplLexer::LT || previous_ == SplLexer::LE ||
                       previous_ == SplLexer::GT || previous_ == SplLexer::GE;
    const char next = NextCharacter(end);
    const bool alone = previous_ == SplLexer::LPAREN && next == ')';
    return !value && !alone && (next == '\0' || kOthers.find(next) == std::string_view::npos);
  }

  void OnSearchWord(RawToken* token, std::string_view word) {
    const size_t end = token->span.end;
    if (word.size() > 1 && word.back() == '!' && end < text_.size() && text_[end] == '=') {
      // f!=x is a comparison.
      --token->span.end;
      stream_.seek(end - 1);
      return;
    }
    const bool after_field = previous_ == SplLexer::WORD || previous_ == SplLexer::STRING;
    if (word == "AND") {
      token->type = SplLexer::AND;
    } else if (word == "OR") {
      token->type = SplLexer::OR;
    } else if (word == "NOT") {
      token->type = after_field && FollowedByIn(end) ? SplLexer::NOT_BEFORE_IN : SplLexer::NOT;
    } else if (BeginsList(word, end) && (after_field || previous_ == SplLexer::NOT_BEFORE_IN)) {
      token->type = SplLexer::IN;
    } else if (word == "IN" && LacksList(end)) {
      token->type = SplLexer::LONE_IN;
    } else if (IsDirective(word) && end < text_.size() && text_[end] == '(') {
      token->type = SplLexer::DIRECTIVE;
    } else if (InState(State::kSearchWhere) &&
               (EqualsIgnoringCase(word, "by") || EqualsIgnoringCase(word, "groupby"))) {
      token->type = SplLexer::BY;
      top().state = State::kArguments;
    }
  }

  static bool IsDirective(std::string_view word) {
    return word == "CASE" || word == "TERM" || word == "PREFIX";
  }

  static void OnExpressionWord(RawToken* token, std::string_view word) {
    constexpr std::pair<std::string_view, size_t> kWords[] = {
        {"and", SplLexer::AND}, {"or", SplLexer::OR},     {"not", SplLexer::NOT},
        {"xor", SplLexer::XOR}, {"like", SplLexer::LIKE}, {"in", SplLexer::IN}};
    for (const auto& [lower, type] : kWords) {
      if (EqualsIgnoringCase(word, lower)) token->type = type;
    }
  }

  void OnArgument(RawToken* token, std::string_view word) {
    const size_t end = token->span.end;
    const bool value = top().value_due;
    OnPlaceName(word);
    if (IsValue(ValueShape::kFields)) OnListItem(*token);
    top().value_due = false;
    if (EqualsIgnoringCase(word, "eval") && NextCharacter(end) == '(') {
      token->type = SplLexer::EVAL;
      return;
    }
    if (IsDirective(word) && end < text_.size() && text_[end] == '(') {
      token->type = SplLexer::DIRECTIVE;
      return;
    }
    if (!value && top().kind == Kind::kPipeline && TakeClause(token, word)) return;
    // count(x); with a blank between only where a number or another word would make no sense before
    // a parenthesis.
    const bool name = (word.front() < '0' || word.front() > '9') && word.front() != '-';
    const size_t paren = value || !name ? end : FirstOf(end);
    if (paren < text_.size() && text_[paren] == '(') call_paren_ = paren;
  }

  bool TakeClause(RawToken* token, std::string_view word) {
    const uint8_t clauses = top().clauses;
    const bool in_option = NextCharacter(token->span.end) == '=';
    if (in_option) return false;
    const auto take = [&](std::string_view lower, size_t type, bool allowed) {
      if (!allowed || !EqualsIgnoringCase(word, lower)) return false;
      token->type = type;
      return true;
    };
    if (take("as", SplLexer::AS, true)) return true;
    if (take("by", SplLexer::BY, (clauses & kClauseBy) != 0)) return true;
    // Of the commands whose WHERE holds search terms (mstats, syntax).
    const bool both = (clauses & kClauseBy) != 0 && (clauses & kClauseSearchWhere) != 0;
    if (take("groupby", SplLexer::BY, both)) return true;
    if (take("over", SplLexer::OVER, (clauses & kClauseOver) != 0)) return true;
    if (take("output", SplLexer::OUTPUT, (clauses & kClauseOutput) != 0)) return true;
    if (take("outputnew", SplLexer::OUTPUTNEW, (clauses & kClauseOutput) != 0)) return true;
    if (take("from", SplLexer::FROM, (clauses & kClauseFrom) != 0)) return true;
    if (take("where", SplLexer::SEARCH_WHERE, (clauses & kClauseSearchWhere) != 0)) {
      top().state = State::kSearchWhere;
      return true;
    }
    return take("where", SplLexer::WHERE, (clauses & kClauseWhere) != 0);
  }

  const std::string_view text_;
  const ShapeTable& shapes_;
  ByteStream stream_;
  SplLexer lexer_;
  std::vector<Frame> frames_;
  struct Place {
    std::string_view text;
    size_t depth = 0;  // How many frames there were.
  };
  std::vector<Place> places_;
  std::string_view option_;  // The name before the last comparator among arguments.
  size_t previous_ = 0;      // Type of the last token that is not hidden.
  std::string_view previous_text_;
  size_t call_paren_ = SIZE_MAX;  // Where the parenthesis of a call stands.
  size_t list_item_ = SIZE_MAX;   // Where an item of a list of fields ended.
};

}  // namespace

std::vector<RawToken> Lex(std::string_view text, const ShapeTable& shapes, Entry entry,
                          size_t most) {
  SplLexer::Prepare();
  return ModeLexer(text, shapes, entry).Run(most);
}

std::vector<std::string> TypeNames() {
  SplLexer::Prepare();
  ByteStream empty("");
  const SplLexer lexer(&empty);
  const antlr4::dfa::Vocabulary& vocabulary = lexer.getVocabulary();
  std::vector<std::string> names(vocabulary.getMaxTokenType() + 1);
  for (size_t type = 1; type < names.size(); ++type) names[type] = vocabulary.getSymbolicName(type);
  return names;
}

}  // namespace spelk::syntax
