// Plain text: a line is an event, or what a regular expression says.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "io/formats/formats.h"
#include "io/formats/line_merger.h"
#include "io/formats/transcoder.h"
#include "io/terminal_text.h"
#include "value/regex.h"

namespace spelk::io {
namespace {

constexpr std::string_view kBegin = "{\"_raw\":\"";
constexpr std::string_view kEndOfEvent = "\"}\n";
constexpr std::string_view kLineEnds = R"(([\r\n]+))";

bool IsUtf8Continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

void AddEvent(std::string_view text, std::string& out) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  out += kBegin;
  AppendJsonContent(text, out);
  out += kEndOfEvent;
}

// Of events that were cut for being too long: the settings likely name no place where they end.
absl::Status NoteOfCuts(const std::string& path, uint64_t cuts) {
  if (cuts == 0) return absl::OkStatus();
  return absl::OutOfRangeError(fmt::format(
      "{}: {} longer than {} MiB, and cut there: LINE_BREAKER, BREAK_ONLY_BEFORE or their "
      "options find no break before",
      Printable(path), cuts == 1 ? "one event is" : fmt::format("{} events are", cuts),
      kMostHeldEvent >> 20U));
}

// One event a line, which need not be held.
class Lines final : public Transcoder {
 public:
  using Transcoder::Transcoder;

 protected:
  void Take(std::string_view* in, std::string& out) override {
    while (!in->empty() && out.size() <= kTranscodedAtOnce) {
      constexpr size_t kPiece = size_t{32} << 10U;
      const size_t newline = in->find('\n');
      const size_t size = std::min(std::min(newline, in->size()), kPiece);
      const std::string_view piece = in->substr(0, size);
      const bool ends = newline == size;
      blank_ = blank_ && piece.find_first_not_of(" \t\r") == std::string_view::npos;
      rest_ += piece;
      in->remove_prefix(ends ? size + 1 : size);
      Piece(ends, out);
    }
  }
  bool Finish(std::string& out) override {
    if (open_ || !rest_.empty()) Piece(true, out);
    return true;
  }

 private:
  // `rest_` is the next piece of a line.
  void Piece(bool ends, std::string& out) {
    if (ends && rest_.ends_with('\r')) rest_.pop_back();
    // What is nothing but blanks is no event; but not many of them are kept to find out.
    const size_t most_blanks = ends ? kMostBlanks : kMostBlanks + 1;
    if (!open_ && blank_ && rest_.size() <= most_blanks) {
      if (ends) rest_.clear();
      return;
    }
    if (!std::exchange(open_, true)) out += kBegin;
    // A character is not cut, and a carriage return may belong to the line end.
    const size_t keep = ends ? 0 : Unfinished(rest_);
    AppendJsonContent(std::string_view(rest_).substr(0, rest_.size() - keep), out);
    rest_.erase(0, rest_.size() - keep);
    if (!ends) return;
    out += kEndOfEvent;
    open_ = false;
    blank_ = true;
  }

  // How many bytes at the end may go on.
  static size_t Unfinished(std::string_view text) {
    for (size_t n = 1; n <= 3 && n <= text.size(); ++n) {
      const auto byte = static_cast<unsigned char>(text[text.size() - n]);
      if ((byte & 0xC0U) == 0xC0U) return n;
      if ((byte & 0x80U) == 0) return byte == '\r' ? n : n - 1;
    }
    return 0;
  }

  static constexpr size_t kMostBlanks = size_t{64} << 10U;
  std::string rest_;
  bool open_ = false;  // The event of a line was begun.
  bool blank_ = true;  // The line at hand has nothing but blanks so far.
};

// Lines that belong together: an event begins with each line that matches.
class MergedLines final : public Transcoder {
 public:
  MergedLines(ByteSourcePtr source, Regex begin, std::string path)
      : Transcoder(std::move(source)),
        begin_(std::move(begin)),
        matcher_(begin_),
        path_(std::move(path)) {}

 protected:
  void Take(std::string_view* in, std::string& out) override {
    while (!in->empty() && out.size() <= kTranscodedAtOnce) {
      const size_t newline = in->find('\n');
      const size_t size = std::min(newline == std::string_view::npos ? in->size() : newline + 1,
                                   kMostHeldEvent - line_.size());
      line_ += in->substr(0, size);
      in->remove_prefix(size);
      if (line_.ends_with('\n') || line_.size() >= kMostHeldEvent) Line(out);
    }
  }
  bool Finish(std::string& out) override {
    if (!line_.empty()) Line(out);
    AddEvent(event_, out);
    event_.clear();
    return true;
  }

  absl::Status status() const override { return NoteOfCuts(path_, cuts_); }

 private:
  void Line(std::string& out) {
    std::string_view text = line_;
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    const bool begins = matcher_.Match(text) == MatchResult::kYes;
    const bool full = event_.size() + line_.size() > kMostHeldEvent;
    if (begins) in_cut_ = false;
    if (full && !begins && !std::exchange(in_cut_, true)) ++cuts_;
    if (begins || full) {
      AddEvent(event_, out);
      event_.clear();
    }
    event_ += line_;
    line_.clear();
  }

  Regex begin_;
  RegexMatcher matcher_;
  const std::string path_;
  std::string line_;
  std::string event_;
  uint64_t cuts_ = 0;    // Events that were too long,
  bool in_cut_ = false;  // and one of them is at hand.
};

// Events, or the lines that are put together to events, are what stands between the groups of
// matches.
class BrokenText final : public Transcoder {
 public:
  BrokenText(ByteSourcePtr source, Regex breaker, const TextBreaks& breaks,
             std::unique_ptr<LineMerger> merger, std::string path)
      : Transcoder(std::move(source)),
        breaker_(std::move(breaker)),
        matcher_(breaker_),
        break_before_match_(breaks.break_before_match),
        longest_line_(breaks.longest_line),
        merger_(std::move(merger)),
        path_(std::move(path)) {}

 protected:
  // Each event is looked for in a window of the same size, so that it does not matter how the bytes
  // come.
  void Take(std::string_view* in, std::string& out) override {
    const size_t room = 2 * kMostHeldEvent - std::min(held_.size(), 2 * kMostHeldEvent);
    const size_t size = std::min(in->size(), room);
    held_ += in->substr(0, size);
    in->remove_prefix(size);
    while (held_.size() - at_ >= kMostHeldEvent && out.size() <= kTranscodedAtOnce) Cut(out);
    Forget();
  }
  bool Finish(std::string& out) override {
    while (at_ < held_.size() && out.size() <= kTranscodedAtOnce) Cut(out);
    if (at_ < held_.size()) return false;
    if (merger_ != nullptr)
      merger_->Finish([&out](std::string_view event) { AddEvent(event, out); });
    return true;
  }

  absl::Status status() const override {
    return NoteOfCuts(path_, cuts_ + (merger_ == nullptr ? 0 : merger_->cuts()));
  }

 private:
  void AddLine(std::string_view line, std::string& out) {
    if (longest_line_ > 0 && line.size() > longest_line_) {
      size_t size = longest_line_;
      while (size > 0 && IsUtf8Continuation(line[size])) --size;
      line = line.substr(0, size);
    }
    if (merger_ == nullptr) return AddEvent(line, out);
    if (!line.empty()) {
      merger_->Add(line, [&out](std::string_view event) { AddEvent(event, out); });
    }
  }

  void Cut(std::string& out) {
    const std::string_view text = std::string_view(held_).substr(at_, kMostHeldEvent);
    // A match costs as much as its text is long.
    for (const size_t window : {size_t{4} << 10U, size_t{64} << 10U, kMostHeldEvent}) {
      const bool all = window >= text.size();
      if (CutIn(text.substr(0, window), all, out)) {
        in_cut_ = false;
        return;
      }
      if (all) break;
    }
    if (text.size() == kMostHeldEvent && !std::exchange(in_cut_, true)) ++cuts_;
    AddLine(text, out);
    at_ += text.size();
  }

  // The bytes of a match that stand between two events.
  std::pair<size_t, size_t> BreakIn(std::string_view text) const {
    const size_t groups = break_before_match_ ? breaker_.capture_count() : 1;
    for (size_t group = 1; group <= groups; ++group) {
      if (matcher_.Group(text, group)) return {matcher_.begin(group), matcher_.end(group)};
    }
    return {matcher_.begin(0), break_before_match_ ? matcher_.begin(0) : matcher_.end(0)};
  }

  // False if there is no break, or more of the text could tell otherwise.
  bool CutIn(std::string_view text, bool all, std::string& out) {
    constexpr size_t kMargin = 1024;
    size_t start = 0;
    while (start <= text.size() && matcher_.Match(text, start) == MatchResult::kYes) {
      const auto [begin, end] = BreakIn(text);
      if (!all && matcher_.end(0) + kMargin > text.size()) return false;
      // A break that leaves nothing before it and takes nothing away is none.
      if (end > 0) {
        AddLine(text.substr(0, begin), out);
        at_ += end;
        return true;
      }
      start = matcher_.NextStart(text);
    }
    return false;
  }

  void Forget() {
    if (at_ < kMostHeldEvent) return;
    held_.erase(0, at_);
    at_ = 0;
  }

  Regex breaker_;
  RegexMatcher matcher_;
  const bool break_before_match_;
  const size_t longest_line_;
  const std::unique_ptr<LineMerger> merger_;  // Null: a line is an event.
  const std::string path_;
  uint64_t cuts_ = 0;    // Texts without a break that were too long,
  bool in_cut_ = false;  // and one of them is at hand.
  std::string held_;
  size_t at_ = 0;  // Where the next event begins.
};

bool RecognizesText(const InputStart& start) { return start.is_text; }

absl::StatusOr<ByteSourcePtr> OpenText(ByteSourcePtr source, const Opening& opening) {
  const TextBreaks& given = opening.options.breaks;
  const TextBreaks& breaks = given.any() ? given : opening.options.text_breaks;
  if (!breaks.line_breaker.empty() || breaks.merging || breaks.longest_line > 0) {
    const std::string_view breaker =
        breaks.line_breaker.empty() ? kLineEnds : std::string_view(breaks.line_breaker);
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(breaker));
    std::unique_ptr<LineMerger> merger;
    if (breaks.merging) {
      SPELK_ASSIGN_OR_RETURN(merger, LineMerger::Make(*breaks.merging));
    }
    return std::make_unique<BrokenText>(std::move(source), std::move(regex), breaks,
                                        std::move(merger), opening.path);
  }
  if (!breaks.break_only_before.empty()) {
    absl::StatusOr<Regex> regex = Regex::Compile(breaks.break_only_before);
    if (!regex.ok()) return regex.status();
    return std::make_unique<MergedLines>(std::move(source), std::move(*regex), opening.path);
  }
  return std::make_unique<Lines>(std::move(source));
}

}  // namespace

extern constexpr InputFormat kTextFormat = {
    .name = "text", .recognizes = &RecognizesText, .open = &OpenText};

}  // namespace spelk::io
