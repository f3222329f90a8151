// Extracting by regular expressions and by delimiters.
#include "exec/text_extraction.h"

#include <utility>

#include "base/status.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

// CLEAN_KEYS: letters and digits of ASCII stay, anything else becomes `_`; none of those, and no
// digits, at the beginning.
std::string CleanName(std::string_view name) {
  std::string clean;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (clean.empty() && !letter) continue;
    clean += letter || digit ? c : '_';
  }
  return clean;
}

// Cuts a text at characters. What stands in "…" is not cut; the quotes are dropped.
class Pieces {
 public:
  // `every`: an empty piece between two delimiters of one kind counts; a run of different ones
  // (", ") is one.
  Pieces(std::string_view text, std::string_view delimiters, bool every)
      : text_(text), delimiters_(delimiters), every_(every) {}

  std::optional<std::string_view> Next() {
    if (!every_) SkipDelimiters();
    if (done_ || (!every_ && text_.empty())) return std::nullopt;
    size_t at = 0;
    bool quoted = false;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '\\' && at + 1 < text_.size()) {
        ++at;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && IsDelimiter(c)) {
        break;
      }
    }
    const std::string_view piece = text_.substr(0, at);
    done_ = at == text_.size();
    if (!done_) {
      const char first = text_[at];
      text_.remove_prefix(at + 1);
      while (every_ && !text_.empty() && text_[0] != first && IsDelimiter(text_[0])) {
        text_.remove_prefix(1);
      }
    }
    return Unquoted(TrimBlanks(piece));
  }

  static std::string_view Unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
  }

 private:
  bool IsDelimiter(char c) const { return delimiters_.find(c) != std::string_view::npos; }
  void SkipDelimiters() {
    while (!text_.empty() && IsDelimiter(text_.front())) text_.remove_prefix(1);
  }

  std::string_view text_;
  const std::string_view delimiters_;
  const bool every_;
  bool done_ = false;
};

}  // namespace

absl::StatusOr<TextExtraction> TextExtraction::Make(const plan::Extraction& extraction,
                                                    const RunContext& run) {
  TextExtraction made(extraction, run);
  if (extraction.regex.empty()) return made;
  SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(extraction.regex));
  made.regex_ = std::make_unique<Regex>(std::move(regex));
  made.matcher_ = std::make_unique<RegexMatcher>(*made.regex_);
  return made;
}

void TextExtraction::Run(const Value& value, Arena& arena, TakesValues& taker) {
  char buffer[kNumberText];
  const std::string_view text = value.is_text() ? value.text() : arena.Copy(TextOf(value, buffer));
  if (regex_ != nullptr) {
    Match(text, arena, taker);
  } else if (!extraction_->columns.empty()) {
    Cut(text, taker);
  } else {
    CutPairs(text, taker);
  }
}

// A piece of the text where it is one; nothing where no group took part.
std::optional<std::string_view> TextExtraction::Fill(const plan::ExtractedText& made,
                                                     std::string_view text, Arena& arena) const {
  if (made.groups.size() == 1 && made.texts[0].empty() && made.texts[1].empty()) {
    return matcher_->Group(text, static_cast<size_t>(made.groups[0]));
  }
  std::string out = made.texts[0];
  bool any = made.groups.empty();
  for (size_t g = 0; g < made.groups.size(); ++g) {
    const auto group = matcher_->Group(text, static_cast<size_t>(made.groups[g]));
    any = any || group.has_value();
    out += group.value_or("");
    out += made.texts[g + 1];
  }
  if (!any) return std::nullopt;
  return arena.Copy(out);
}

void TextExtraction::Match(std::string_view text, Arena& arena, TakesValues& taker) {
  for (size_t start = 0; start <= text.size() && !arena.exhausted() && !taker.full();) {
    const MatchResult result = matcher_->Match(text, start);
    if (result == MatchResult::kLimit) {
      run_->evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
    }
    if (result != MatchResult::kYes) return;
    for (size_t t = 0; t < extraction_->values.size(); ++t) {
      if (const auto value = Fill(extraction_->values[t], text, arena)) taker.Take(t, *value);
    }
    for (size_t n = 0; n < extraction_->names.size(); ++n) {
      const auto name = Fill(extraction_->names[n], text, arena);
      const auto value = Fill(extraction_->named_values[n], text, arena);
      if (name && value) TakePair(*name, *value, taker);
    }
    if (!extraction_->repeat) return;
    start = matcher_->NextStart(text);
  }
}

void TextExtraction::TakePair(std::string_view name, std::string_view text,
                              TakesValues& taker) const {
  taker.TakeNamed(extraction_->clean_names ? CleanName(name) : std::string(name), text);
}

void TextExtraction::Cut(std::string_view text, TakesValues& taker) const {
  Pieces pieces(text, extraction_->delimiters, true);
  for (const std::string& column : extraction_->columns) {
    const std::optional<std::string_view> piece = pieces.Next();
    if (!piece) return;
    taker.TakeColumn(column, *piece);
  }
}

void TextExtraction::CutPairs(std::string_view text, TakesValues& taker) const {
  Pieces pieces(text, extraction_->delimiters, false);
  if (extraction_->pair_delimiters.empty()) {
    // Names and values take turns.
    while (const auto name = pieces.Next()) {
      const auto value = pieces.Next();
      if (value) TakePair(*name, *value, taker);
    }
    return;
  }
  while (const auto pair = pieces.Next()) {
    const size_t at = pair->find_first_of(extraction_->pair_delimiters);
    if (at == std::string_view::npos) continue;
    TakePair(Pieces::Unquoted(TrimBlanks(pair->substr(0, at))),
             Pieces::Unquoted(TrimBlanks(pair->substr(at + 1))), taker);
  }
}

}  // namespace spelk::exec
