// Commands with the text of subsearches among their arguments: completed, parsed and bound.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "engine/subsearch.h"
#include "io/terminal_text.h"

namespace spelk::engine {
namespace {

// The text of a command as if all of it had been typed, and where each part of it stands in the
// query.
class CompletedText {
 public:
  CompletedText(const plan::DeferredNode& command, const std::vector<std::string>& results) {
    text_ = "| ";  // Whatever the text is, the command is one.
    uint32_t written = command.span.begin;
    for (size_t i = 0; i < command.texts.size(); ++i) {
      AddTyped(command.texts[i], written);
      if (i == results.size()) break;
      const Span brackets = command.subsearches[i]->span;
      // `head[ … ]`: the name of the command ends at the bracket.
      if (i == 0 && !HoldsBlank(command.texts[0])) text_ += ' ';
      pieces_.push_back({text_.size(), brackets, true});
      text_ += results[i];
      written = brackets.end;
    }
  }

  const std::string& text() const { return text_; }

  struct Piece {
    size_t begin = 0;  // In the completed text.
    Span written;
    bool given = false;  // By a subsearch.
  };
  // The piece that holds an offset of the completed text.
  const Piece& PieceAt(size_t offset) const {
    const auto next =
        std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                         [](size_t at, const Piece& piece) { return at < piece.begin; });
    return next == pieces_.begin() ? pieces_.front() : *(next - 1);
  }
  // A place in the query for one in the completed text: of what a subsearch gave, its brackets.
  Span Written(Span span) const {
    const Piece& piece = PieceAt(span.begin);
    if (piece.given) return piece.written;
    const auto shift = span.begin < piece.begin ? 0 : span.begin - piece.begin;
    const uint32_t begin =
        std::min<uint32_t>(piece.written.begin + static_cast<uint32_t>(shift), piece.written.end);
    return {begin, std::min<uint32_t>(begin + span.size(), piece.written.end)};
  }

 private:
  void AddTyped(const std::string& text, uint32_t written) {
    const auto size = static_cast<uint32_t>(text.size());
    pieces_.push_back({text_.size(), {written, written + size}, false});
    text_ += text;
  }
  static bool HoldsBlank(const std::string& text) {
    return text.find_first_of(" \t\r\n") != std::string::npos;
  }

  std::string text_;
  std::vector<Piece> pieces_;
};

absl::Status ErrorIn(const CompletedText& completed, const Diagnostic& problem) {
  constexpr size_t kShown = 200;
  std::string_view text = std::string_view(completed.text()).substr(2);
  const std::string_view cut = text.size() > kShown ? "…" : "";
  std::vector<std::string> notes = problem.notes;
  notes.push_back(fmt::format("with what its subsearches gave the command is: {}{}",
                              io::Printable(text.substr(0, kShown)), cut));
  const bool given = completed.PieceAt(problem.span.begin).given;
  return ErrorAt(given ? ErrorCode::kSubsearchText : problem.code, completed.Written(problem.span),
                 problem.message, std::move(notes));
}

}  // namespace

absl::Status BindDeferred(const Core& core, FieldTable& fields, plan::NodePtr* command,
                          const std::vector<std::string>& results, exec::RunWarnings& warnings) {
  const auto& deferred = plan::As<plan::DeferredNode>(**command);
  const CompletedText completed(deferred, results);
  const Source source("<query>", completed.text());
  Diagnostics diagnostics;
  absl::StatusOr<plan::NodePtr> bound = CompileCommand(core, fields, source, deferred.first,
                                                       std::move((*command)->input), diagnostics);
  for (const Diagnostic& each : diagnostics.all()) {
    if (each.severity == Severity::kError) return ErrorIn(completed, each);
    warnings.Add(each.code, each.message);
  }
  SPELK_RETURN_IF_ERROR(bound.status());
  *command = std::move(*bound);
  return absl::OkStatus();
}

}  // namespace spelk::engine
