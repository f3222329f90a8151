// Two readers: of pairs anywhere in a text, and of a text cut at delimiters.
#include "io/fields/key_values.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/arena_builder.h"

namespace spelk::io {
namespace {

constexpr std::string_view kAroundPairs = " \t\r\n\v\f";
constexpr std::string_view kPairDelimiters = " \t\r\n\v\f,;&|";

class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) has_[static_cast<unsigned char>(c)] = true;
  }
  constexpr bool Has(char c) const { return has_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> has_ = {};
};

constexpr ByteSet kBlankSet(kAroundPairs);
constexpr ByteSet kKeySet(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-@{}$/");
constexpr ByteSet kValueEnd(" \t\r\n\v\f,;&|\"'");

std::string_view TrimmedPart(std::string_view text) {
  const size_t begin = text.find_first_not_of(kAroundPairs);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kAroundPairs) + 1 - begin);
}

// What both readers do with text in quotes and with what they found.
class PairReader {
 public:
  PairReader(std::string_view text, const KeyValueOptions& options, TextFields& fields)
      : text_(text.substr(0, std::min(text.size(), options.max_bytes))),
        options_(options),
        fields_(fields) {
    cuts_.text = text_.size() < text.size();
  }
  const KeyValueCuts& cuts() const { return cuts_; }

 protected:
  // Where the quote is closed that opens at `at`; npos if nowhere.
  size_t ClosingQuote(size_t at) const {
    const char quote = text_[at];
    if (!options_.escapes) return text_.find(quote, at + 1);
    for (size_t i = at + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        return i;
      }
    }
    return std::string_view::npos;
  }

  // What a value in quotes stands for.
  std::string_view Quoted(std::string_view content) const {
    if (options_.trim) content = TrimmedPart(content);
    if (!options_.escapes || content.find('\\') == std::string_view::npos) return content;
    ArenaText plain(fields_.arena());
    for (size_t i = 0; i < content.size(); ++i) {
      const bool escape = content[i] == '\\' && i + 1 < content.size() &&
                          (content[i + 1] == '"' || content[i + 1] == '\\');
      if (escape) ++i;
      plain.Add(content[i]);
    }
    return plain.FinishText();
  }

  // False when no more pairs are wanted.
  bool Take(std::string_view name, std::string_view value) {
    if (value.empty()) return true;
    if (options_.clean_keys) name = CleanKey(name, fields_.arena());
    if (name.empty()) return true;
    cuts_.pairs = taken_ == options_.limit;
    if (cuts_.pairs || fields_.arena().exhausted()) return false;
    ++taken_;
    if (options_.all_values) {
      fields_.Add(name, Value::Text(value));
    } else {
      fields_.AddFirst(name, Value::Text(value));
    }
    return true;
  }

  const std::string_view text_;
  const KeyValueOptions& options_;

 private:
  TextFields& fields_;
  size_t taken_ = 0;
  KeyValueCuts cuts_;
};

// a=1, b="x y" among other text.
class PairsInText : public PairReader {
 public:
  using PairReader::PairReader;

  void Run() {
    size_t from = 0;  // What was taken already is no part of a name.
    for (size_t at = text_.find('='); at != std::string_view::npos; at = text_.find('=', from)) {
      const std::string_view name = NameBefore(at, from);
      from = at + 1;
      if (name.empty()) continue;
      const std::string_view value = ValueFrom(&from);
      if (!Take(name, value)) return;
    }
  }

 private:
  std::string_view NameBefore(size_t at, size_t from) const {
    if (at > from + 1 && text_[at - 1] == '"') {
      const size_t open = text_.rfind('"', at - 2);
      if (open == std::string_view::npos || open < from) return {};
      return TrimmedPart(text_.substr(open + 1, at - 2 - open));
    }
    size_t begin = at;
    while (begin > from && kKeySet.Has(text_[begin - 1])) --begin;
    return text_.substr(begin, at - begin);
  }

  // Leaves *from after the value.
  std::string_view ValueFrom(size_t* from) {
    const size_t begin = *from;
    if (begin < text_.size() && (text_[begin] == '"' || text_[begin] == '\'')) {
      const std::optional<std::string_view> content = QuotedFrom(from);
      return content ? Quoted(*content) : std::string_view();
    }
    size_t end = begin;
    while (end < text_.size() && !kValueEnd.Has(text_[end])) ++end;
    *from = end;
    return text_.substr(begin, end - begin);
  }

  // Nothing if the quote is the beginning of something else; *from stands after it then.
  std::optional<std::string_view> QuotedFrom(size_t* from) {
    const size_t open = *from;
    size_t& unclosed = text_[open] == '"' ? unclosed_double_ : unclosed_single_;
    *from = open + 1;
    if (open >= unclosed) return std::nullopt;
    const size_t close = ClosingQuote(open);
    if (close == std::string_view::npos) {
      unclosed = open;  // Nobody looks for it twice.
      return std::nullopt;
    }
    const std::string_view content = text_.substr(open + 1, close - open - 1);
    if (text_[open] == '\'' && HoldsPair(open, close)) return std::nullopt;
    *from = close + 1;
    return content;
  }

  bool HoldsPair(size_t open, size_t close) {
    if (next_equals_ <= open) next_equals_ = text_.find('=', open);
    return next_equals_ < close;
  }

  size_t unclosed_double_ = SIZE_MAX;
  size_t unclosed_single_ = SIZE_MAX;
  size_t next_equals_ = 0;
};

// A text that is pairs from its beginning to its end.
class DelimitedPairs : public PairReader {
 public:
  DelimitedPairs(std::string_view text, const KeyValueOptions& options, TextFields& fields)
      : PairReader(text, options, fields),
        between_(options.pair_delimiters.empty() ? kPairDelimiters : options.pair_delimiters),
        before_value_(options.value_delimiters.empty() ? "=" : options.value_delimiters) {}

  void Run() {
    while (SkipDelimiters()) {
      const Piece name = Next();
      if (at_ >= text_.size() || !before_value_.Has(text_[at_])) continue;
      while (at_ < text_.size() && before_value_.Has(text_[at_])) ++at_;
      SkipBlanks();
      const Piece value = Next();
      if (SkipRest()) continue;
      if (!Take(TrimmedPart(name.text),
                value.quoted ? Quoted(value.text) : TrimmedPart(value.text))) {
        return;
      }
    }
  }

 private:
  struct Piece {
    std::string_view text;
    bool quoted = false;
  };

  // To the beginning of a name; false at the end of the text.
  bool SkipDelimiters() {
    while (at_ < text_.size() && text_[at_] != '"' &&
           (between_.Has(text_[at_]) || kBlankSet.Has(text_[at_]))) {
      ++at_;
    }
    return at_ < text_.size();
  }
  void SkipBlanks() {
    while (at_ < text_.size() && kBlankSet.Has(text_[at_]) && !between_.Has(text_[at_])) ++at_;
  }

  // All up to a delimiter, or what is in quotes.
  Piece Next() {
    if (at_ < text_.size() && text_[at_] == '"' && at_ < unclosed_) {
      const size_t close = ClosingQuote(at_);
      if (close != std::string_view::npos) {
        const Piece piece{text_.substr(at_ + 1, close - at_ - 1), true};
        at_ = close + 1;
        SkipBlanks();
        return piece;
      }
      unclosed_ = at_;
    }
    const size_t begin = at_;
    // A quote that nothing closes is a character like others.
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
    while (at_ < text_.size() && !between_.Has(text_[at_]) && !before_value_.Has(text_[at_])) ++at_;
    return {text_.substr(begin, at_ - begin), false};
  }

  // To the end of the pair. True if anything stands there: the value has a delimiter in it.
  bool SkipRest() {
    const bool more =
        at_ < text_.size() && before_value_.Has(text_[at_]) && !between_.Has(text_[at_]);
    if (!more) return false;
    while (at_ < text_.size() && !between_.Has(text_[at_])) ++at_;
    return true;
  }

  const ByteSet between_;
  const ByteSet before_value_;
  size_t at_ = 0;
  size_t unclosed_ = SIZE_MAX;  // From here on no quote is closed.
};

}  // namespace

KeyValueCuts FindKeyValues(std::string_view text, const KeyValueOptions& options,
                           TextFields& fields) {
  if (options.pair_delimiters.empty() && options.value_delimiters.empty()) {
    PairsInText pairs(text, options, fields);
    pairs.Run();
    return pairs.cuts();
  }
  DelimitedPairs pairs(text, options, fields);
  pairs.Run();
  return pairs.cuts();
}

}  // namespace spelk::io
