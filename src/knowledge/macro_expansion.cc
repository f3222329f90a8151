// Expanding macros: text replacement, each piece remembering where it was written.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "knowledge/macro_call.h"
#include "knowledge/macros.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

constexpr size_t kMostNested = 100;
// All text that expansions make, used or not, in units of the longest search: keeps macros that
// call each other twice from working for ever.
constexpr size_t kMostWork = 8;
constexpr size_t kWorkOfCall = 256;

// Reads the written text; at a macro call it reads on in the macro's text, and after that goes on
// where it was. So quotes and calls may begin in one text and end in another, as if the text had
// been replaced.
class Expansion {
 public:
  Expansion(const Macros& macros, const SourcePtr& source, const SyntaxLimits& limits,
            const MacroEvaluator& evaluate, Diagnostics& diagnostics, const IsCommand& is_command,
            std::vector<ExpandedPiece>* pieces)
      : macros_(macros),
        source_(source),
        limits_(limits),
        evaluate_(evaluate),
        diagnostics_(diagnostics),
        is_command_(is_command),
        pieces_(pieces) {}

  absl::StatusOr<SourcePtr> Run() {
    frames_.push_back({std::string(source_->text()), 0, "", "", ""});
    while (!frames_.empty()) {
      if (top().at == top().text.size()) {
        Leave();
        continue;
      }
      Step();
      SPELK_RETURN_IF_ERROR(fatal_);
      if (out_.size() > limits_.max_text) return TooLong();
    }
    WarnOfFilters();
    if (!first_error_.ok()) return first_error_;
    // A call that does not end: the parser says what is wrong with it.
    const bool in_call = state_ == State::kCall || state_ == State::kCallString;
    if (in_call) out_ += '`' + call_;
    if (expansions_.empty() && out_ == source_->text()) return source_;
    return std::make_shared<Source>(source_->name(), std::string(source_->text()), std::move(out_),
                                    std::move(copies_), std::move(expansions_));
  }

 private:
  enum class State : uint8_t { kPlain, kString, kComment, kCall, kCallString };
  struct Frame {
    std::string text;
    size_t at;
    std::string macro;   // Its name, for messages; empty for the written text.
    std::string stanza;  // With the number of arguments.
    std::string place;   // Of its definition.
  };

  Frame& top() { return frames_.back(); }
  std::string_view rest() { return std::string_view(top().text).substr(top().at); }
  bool in_written_text() const { return frames_.size() == 1; }

  void Step() {
    switch (state_) {
      case State::kPlain:
        return StepPlain();
      case State::kString:
        if (rest().front() == '\\') return Emit(2);
        if (rest().front() == '"') state_ = State::kPlain;
        return Emit(1);
      case State::kComment: {
        const size_t end = rest().find("```");
        if (end == std::string_view::npos) return Emit(rest().size());
        state_ = State::kPlain;
        return Emit(end + 3);
      }
      case State::kCall:
        if (rest().front() == '`') {
          ++top().at;
          state_ = State::kPlain;
          return Enter();
        }
        if (rest().front() == '"') state_ = State::kCallString;
        return Collect(1);
      case State::kCallString:
        if (rest().front() == '\\') return Collect(2);
        if (rest().front() == '"') state_ = State::kCall;
        return Collect(1);
    }
  }

  void StepPlain() {
    const std::string_view text = rest();
    switch (text.front()) {
      case '"':
        state_ = State::kString;
        return Emit(1);
      case '\\':
        return Emit(text.starts_with("\\\"") || text.starts_with("\\\\") ? 2 : 1);
      case '`': {
        const size_t quotes = std::min(text.find_first_not_of('`'), text.size());
        if (quotes > 3) return Emit(quotes);  // The parser refuses these.
        if (quotes == 3) {
          state_ = State::kComment;
          return Emit(3);
        }
        call_begin_ = in_written_text() ? static_cast<uint32_t>(top().at) : call_span_.begin;
        state_ = State::kCall;
        call_.clear();
        ++top().at;
        return;
      }
      default:
        return StepText(text);
    }
  }

  // Text without quotes and calls of macros: a command may begin in it.
  void StepText(std::string_view text) {
    if (text.front() == '|' || text.front() == '[') {
      at_command_ = true;
      return Emit(1);
    }
    size_t end = std::min(text.find_first_of("\"\\`|["), text.size());
    if (at_command_) {
      const size_t begin = text.find_first_not_of(kBlanks);
      if (begin != 0) return Emit(std::min(begin, end));
      const absl::StatusOr<std::optional<SavedSearchCall>> call = ParseSavedSearchCommand(text);
      if (!call.ok()) {
        FailForGood(ErrorCode::kMissingArgument, std::string(MessageOf(call.status())));
        return;
      }
      if (*call) return EnterSavedSearch(**call, true);
      at_command_ = false;
      const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n\"\\`|["));
      // The first word of a search begins its terms unless it is a command.
      const bool first = out_.find_first_of("|[") == std::string::npos && in_written_text();
      in_terms_ = word == "search" || (first && !(is_command_ && is_command_(word)));
    }
    const size_t term =
        in_terms_ ? FindSavedSearchTerm(text.substr(0, end)) : std::string_view::npos;
    if (term == 0) {
      // The value may stand in quotes.
      if (const auto call = ParseSavedSearchTerm(text)) return EnterSavedSearch(*call, false);
    }
    Emit(std::min(term, end));
  }

  // `command`: the search is to go on with what the saved one gives; otherwise its terms are.
  void EnterSavedSearch(const SavedSearchCall& call, bool command) {
    if (in_written_text()) {
      call_begin_ = static_cast<uint32_t>(top().at);
      call_span_ = {call_begin_, call_begin_ + static_cast<uint32_t>(call.length)};
      call_name_ = call.name;
    }
    top().at += std::min(call.length, rest().size());
    const SavedSearch* saved = macros_.FindSavedSearch(call.name);
    if (saved == nullptr) {
      return Fail(ErrorCode::kUnknownMacro,
                  fmt::format("unable to find the saved search named '{}'", call.name),
                  {"saved searches come from the savedsearches.conf of --app"});
    }
    if (!command && !IsTerms(saved->search)) {
      return Fail(ErrorCode::kUnknownMacro,
                  fmt::format("the saved search '{}' has commands, and a term can only stand for "
                              "terms",
                              call.name),
                  {fmt::format("run it: | savedsearch \"{}\"", call.name)});
    }
    std::string stanza = fmt::format("savedsearch {}", call.name);
    const bool loops = std::any_of(frames_.begin(), frames_.end(),
                                   [&](const Frame& frame) { return frame.stanza == stanza; });
    if (loops || frames_.size() > kMostNested) {
      return FailForGood(ErrorCode::kMacroLoop,
                         fmt::format("the saved search '{}' calls itself", call.name));
    }
    const std::optional<std::string> text =
        PutIn(saved->search, call.substitutes ? call.substitutions : MacroArguments());
    if (!text) return;
    if (command && call.substitutes) WarnOfPlaceholders(call, saved->search);
    at_command_ = command;
    frames_.push_back({command ? AsCommands(*text) : fmt::format("({})", *text), 0, call.name,
                       std::move(stanza), saved->place});
  }

  // A placeholder may also be one of the command map, or of a dashboard.
  void WarnOfPlaceholders(const SavedSearchCall& call, std::string_view search) {
    std::vector<std::string> given;
    for (const auto& [name, value] : call.substitutions) given.push_back(name);
    const std::optional<std::string> open = UnknownArgument(search, given);
    if (!open) return;
    diagnostics_.Warn(ErrorCode::kUndefinedMacro, CallSpan(),
                      fmt::format("the saved search '{}' names ${}$, which is not given, and stays",
                                  call.name, *open),
                      {fmt::format("write savedsearch \"{}\" {}=…", call.name, *open)});
  }

  void Collect(size_t count) {
    call_ += rest().substr(0, count);
    top().at += std::min(count, rest().size());
  }

  // Passes bytes on, and notes where they come from.
  void Emit(size_t count) {
    count = std::min(count, rest().size());
    const auto begin = static_cast<uint32_t>(out_.size());
    const auto end = static_cast<uint32_t>(begin + count);
    if (pieces_ != nullptr) AddPiece({begin, end});
    if (in_written_text()) {
      const auto at = static_cast<uint32_t>(top().at);
      const auto behind = static_cast<uint32_t>(at + count);
      if (!copies_.empty() && copies_.back().expanded.end == begin &&
          copies_.back().written.end == at) {
        copies_.back().expanded.end = end;
        copies_.back().written.end = behind;
      } else {
        copies_.push_back({{begin, end}, {at, behind}});
      }
    } else if (!expansions_.empty() && expansions_.back().expanded.end == begin &&
               expansions_.back().call == call_span_) {
      expansions_.back().expanded.end = end;
    } else {
      expansions_.push_back({{begin, end}, call_span_, call_name_});
    }
    out_ += rest().substr(0, count);
    top().at += count;
  }

  void AddPiece(Span expanded) {
    const auto at = static_cast<uint32_t>(top().at);
    const Span written = in_written_text() ? Span{at, at + expanded.size()} : call_span_;
    if (!pieces_->empty()) {
      ExpandedPiece& last = pieces_->back();
      const bool copies = in_written_text() && last.macro.empty() && last.written.end == at;
      const bool same = !in_written_text() && last.written == written &&
                        last.macro == top().macro && last.place == top().place;
      if (copies || same) {
        last.expanded.end = expanded.end;
        if (copies) last.written.end = written.end;
        return;
      }
    }
    pieces_->push_back({expanded, written, top().macro, top().place});
  }

  void Leave() { frames_.pop_back(); }

  // The place in the written text of the call that was just read.
  Span CallSpan() {
    return in_written_text() ? Span{call_begin_, static_cast<uint32_t>(top().at)} : call_span_;
  }

  // "in the macro who, which outer calls"
  std::vector<std::string> Trace() const {
    std::vector<std::string> notes;
    for (size_t i = frames_.size(); i-- > 1;) {
      notes.push_back(fmt::format("called in the definition of '{}'", frames_[i].macro));
      if (notes.size() == 5) break;
    }
    return notes;
  }

  // A problem beside which others may be worth telling: the call stands for nothing.
  void Fail(ErrorCode code, std::string message, std::vector<std::string> notes = {}) {
    for (std::string& note : Trace()) notes.push_back(std::move(note));
    first_error_.Update(diagnostics_.Error(code, CallSpan(), std::move(message), std::move(notes)));
  }
  void FailForGood(ErrorCode code, std::string message) {
    fatal_ = diagnostics_.Error(code, CallSpan(), std::move(message), Trace());
  }
  absl::Status TooLong() {
    FailForGood(ErrorCode::kTooLong,
                fmt::format("with its macros expanded the search is longer than {} bytes",
                            limits_.max_text));
    return fatal_;
  }

  void Enter() {
    if (in_written_text()) call_span_ = CallSpan();
    const absl::StatusOr<MacroCall> call = ParseMacroCall(call_);
    if (!call.ok()) {
      return Fail(ErrorCode::kMacroArguments, std::string(MessageOf(call.status())));
    }
    const size_t count = call->arguments.size();
    const Macro* macro = macros_.Find(call->name, count);
    if (macro == nullptr) return Unknown(*call);
    if (!Defined(*call, *macro)) return;
    const absl::StatusOr<MacroArguments> arguments = BindArguments(*call, *macro);
    if (!arguments.ok()) {
      return Fail(ErrorCode::kMacroArguments, std::string(MessageOf(arguments.status())));
    }
    std::string stanza = fmt::format("{}({})", call->name, count);
    const bool loops = std::any_of(frames_.begin(), frames_.end(),
                                   [&](const Frame& frame) { return frame.stanza == stanza; });
    if (loops) {
      return FailForGood(ErrorCode::kMacroLoop,
                         fmt::format("the macro '{}' calls itself", call->name));
    }
    if (frames_.size() > kMostNested) {
      return FailForGood(ErrorCode::kMacroLoop,
                         fmt::format("macros call each other more than {} deep", kMostNested));
    }
    if (!Validate(*call, *macro, *arguments)) return;
    std::optional<std::string> text = TextFor(*call, *macro, *arguments);
    if (!text) return;
    if (in_written_text()) call_name_ = call->name;
    frames_.push_back({std::move(*text), 0, call->name, std::move(stanza), macro->place});
  }

  void WarnOfFilters() {
    if (open_filters_.empty()) return;
    std::sort(open_filters_.begin(), open_filters_.end());
    open_filters_.erase(std::unique(open_filters_.begin(), open_filters_.end()),
                        open_filters_.end());
    // Places are those of the expanded text, unless an error leaves the text as it is.
    Span place = filter_span_;
    for (const Source::Expansion& expansion : expansions_) {
      if (!first_error_.ok() || expansion.call != filter_span_) continue;
      place = expansion.expanded;
      break;
    }
    diagnostics_.Warn(ErrorCode::kUndefinedMacro, place,
                      fmt::format("nobody defines {} {}: taken as `search *`",
                                  open_filters_.size() == 1 ? "the macro" : "the macros",
                                  fmt::join(open_filters_, ", ")),
                      {"define it in the macros.conf of an app, or by --macro 'NAME=definition'"});
  }

  bool Defined(const MacroCall& call, const Macro& macro) {
    std::vector<std::string> notes;
    if (!macro.place.empty()) notes.push_back(fmt::format("its stanza begins at {}", macro.place));
    if (!macro.defined) {
      Fail(ErrorCode::kUnknownMacro, fmt::format("the macro '{}' has no definition", call.name),
           std::move(notes));
      return false;
    }
    const std::optional<std::string> unknown = UnknownArgument(macro.definition, macro.arguments);
    if (!unknown) return true;
    std::string message = fmt::format(
        "the definition of the macro '{}' names ${}$, which is none "
        "of its arguments",
        call.name, *unknown);
    if (macro.arguments.empty()) {
      // It may be meant for the command map.
      diagnostics_.Warn(ErrorCode::kUndefinedMacro, CallSpan(), std::move(message),
                        std::move(notes));
      return true;
    }
    Fail(ErrorCode::kMacroArguments, std::move(message), std::move(notes));
    return false;
  }

  void Unknown(const MacroCall& call) {
    if (macros_.IsOpenFilter(call)) {
      if (open_filters_.empty()) filter_span_ = call_span_;
      open_filters_.push_back(call.name);
      if (in_written_text()) call_name_ = call.name;
      frames_.push_back({"search *", 0, call.name, call.name, ""});
      return;
    }
    const std::string others = macros_.Overloads(call.name);
    const std::string name = call.arguments.empty()
                                 ? call.name
                                 : fmt::format("{}({})", call.name, call.arguments.size());
    Fail(others.empty() ? ErrorCode::kUnknownMacro : ErrorCode::kMacroArguments,
         fmt::format("the search specifies a macro '{}' that cannot be found", name),
         {others.empty() ? "macros come from the app folders that --app names"
                         : fmt::format("defined are {}", others)});
  }

  // The text with the arguments put in. Nothing, and a problem, if it grows too long.
  std::optional<std::string> PutIn(std::string_view text, const MacroArguments& arguments) {
    absl::StatusOr<std::string> made = Substitute(text, arguments, limits_.max_text);
    if (made.ok()) work_ += made->size() + kWorkOfCall;
    if (!made.ok()) {
      (void)TooLong();
      return std::nullopt;
    }
    if (work_ > kMostWork * limits_.max_text) {
      FailForGood(ErrorCode::kMacroLoop, "expanding the macros of this search takes too long");
      return std::nullopt;
    }
    return std::move(*made);
  }

  std::optional<MacroValue> EvaluateIn(const MacroCall& call, std::string_view expression,
                                       const MacroArguments& arguments) {
    const std::optional<std::string> text = PutIn(expression, arguments);
    if (!text) return std::nullopt;
    absl::StatusOr<MacroValue> value = evaluate_(*text, arguments);
    if (value.ok()) return std::move(*value);
    Fail(ErrorCode::kMacroValidation, fmt::format("the macro '{}' cannot evaluate {}: {}",
                                                  call.name, *text, MessageOf(value.status())));
    return std::nullopt;
  }

  bool Validate(const MacroCall& call, const Macro& macro, const MacroArguments& arguments) {
    if (macro.validation.empty()) return true;
    const std::optional<MacroValue> value = EvaluateIn(call, macro.validation, arguments);
    if (!value) return false;
    // validate() and its like give what is wrong, or null.
    if (value->kind == MacroValue::Kind::kTrue || value->kind == MacroValue::Kind::kNull) {
      return true;
    }
    std::string message = fmt::format("the validation of the macro '{}' failed", call.name);
    const bool says = value->kind == MacroValue::Kind::kText;
    if (says || !macro.error_message.empty()) {
      message += ": " + (says ? value->text : macro.error_message);
    }
    Fail(ErrorCode::kMacroValidation, std::move(message));
    return false;
  }

  std::optional<std::string> TextFor(const MacroCall& call, const Macro& macro,
                                     const MacroArguments& arguments) {
    if (!macro.is_eval) return PutIn(macro.definition, arguments);
    const std::optional<MacroValue> value = EvaluateIn(call, macro.definition, arguments);
    if (!value) return std::nullopt;
    if (value->kind != MacroValue::Kind::kText) {
      Fail(ErrorCode::kMacroValidation,
           fmt::format("the macro '{}' must give text, and its expression gives {}", call.name,
                       value->kind == MacroValue::Kind::kNull ? "null" : "a Boolean"));
      return std::nullopt;
    }
    work_ += value->text.size();
    return value->text;
  }

  const Macros& macros_;
  const SourcePtr& source_;
  const SyntaxLimits& limits_;
  const MacroEvaluator& evaluate_;
  Diagnostics& diagnostics_;
  const IsCommand& is_command_;
  std::vector<ExpandedPiece>* const pieces_;

  std::vector<Frame> frames_;
  State state_ = State::kPlain;
  std::string call_;         // The text of the call that is being read.
  uint32_t call_begin_ = 0;  // Where it begins, if it is in the written text.
  Span call_span_;           // Of the call in the written text whose macro is being read.
  std::string call_name_;
  std::string out_;
  std::vector<Source::Copy> copies_;
  std::vector<Source::Expansion> expansions_;
  bool at_command_ = true;  // A command may begin here,
  bool in_terms_ = false;   // or a search term.
  std::vector<std::string> open_filters_;
  Span filter_span_;  // Of the first of them.
  size_t work_ = 0;
  absl::Status fatal_;
  absl::Status first_error_;
};

}  // namespace

absl::StatusOr<SourcePtr> Macros::Expand(const SourcePtr& source, const SyntaxLimits& limits,
                                         const MacroEvaluator& evaluate, Diagnostics& diagnostics,
                                         const IsCommand& is_command,
                                         std::vector<ExpandedPiece>* pieces) const {
  const std::string_view text = source->text();
  const bool calls = text.find('`') != std::string_view::npos ||
                     text.find("savedsearch") != std::string_view::npos ||
                     text.find("savedsplunk") != std::string_view::npos;
  if (!calls && pieces != nullptr) {
    const Span all = {0, static_cast<uint32_t>(text.size())};
    pieces->push_back({all, all, "", ""});
  }
  if (!calls) return source;
  return Expansion(*this, source, limits, evaluate, diagnostics, is_command, pieces).Run();
}

}  // namespace spelk::knowledge
