// FilledText: a text of the search with values put in, which map and foreach run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"

namespace spelk::plan {

class FilledText {
 public:
  // What stands so in the search, at `begin`.
  void Copy(std::string_view text, uint32_t begin) {
    const auto size = static_cast<uint32_t>(text.size());
    Add(text, {begin, begin + size}, Piece::Kind::kCopy);
  }
  // What goes by a name, or stands there as an escape.
  void Put(std::string_view text, Span place) { Add(text, place, Piece::Kind::kText); }
  // What only a row tells; `place` is what of the search stands for it.
  void PutValue(std::string_view text, Span place) { Add(text, place, Piece::Kind::kValue); }

  const std::string& text() const { return text_; }
  // The place in the search of a span of the text.
  Span Written(Span span) const {
    const Piece* first = At(span.begin);
    const Piece* last = At(span.empty() ? span.begin : span.end - 1);
    if (first == nullptr || last == nullptr) return {};
    const uint32_t begin = first->kind == Piece::Kind::kCopy
                               ? first->place.begin + (span.begin - first->begin)
                               : first->place.begin;
    if (span.empty()) return {begin, begin};
    const uint32_t end = last->kind == Piece::Kind::kCopy
                             ? last->place.begin + (span.end - last->begin)
                             : last->place.end;
    return {begin, std::max(begin, end)};
  }
  // Whether a value stands in it.
  bool HoldsValue(Span span) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [span](const Piece& piece) {
      return piece.kind == Piece::Kind::kValue && piece.begin < span.end && span.begin < piece.end;
    });
  }
  // How often the text went back in the search before this place of it: which round it is of.
  size_t RoundAt(uint32_t offset) const {
    size_t round = 0;
    const Piece* last = nullptr;
    for (const Piece& piece : pieces_) {
      if (piece.begin > offset) break;
      if (piece.kind != Piece::Kind::kCopy) continue;
      if (last != nullptr && piece.place.begin <= last->place.begin) ++round;
      last = &piece;
    }
    return round;
  }

 private:
  struct Piece {
    enum class Kind : uint8_t { kCopy, kText, kValue };
    uint32_t begin = 0;
    uint32_t end = 0;
    Span place;
    Kind kind = Kind::kCopy;
  };

  void Add(std::string_view text, Span place, Piece::Kind kind) {
    if (text.empty()) return;
    const auto begin = static_cast<uint32_t>(text_.size());
    pieces_.push_back({begin, begin + static_cast<uint32_t>(text.size()), place, kind});
    text_ += text;
  }
  const Piece* At(uint32_t offset) const {
    const auto after =
        std::partition_point(pieces_.begin(), pieces_.end(),
                             [offset](const Piece& piece) { return piece.end <= offset; });
    return after == pieces_.end() ? nullptr : &*after;
  }

  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace spelk::plan
