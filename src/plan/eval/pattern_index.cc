// What each kind of pattern is found by.
#include "plan/eval/pattern_index.h"

#include <algorithm>

#include "value/case_fold.h"
#include "value/wildcard.h"

namespace spelk::plan {
namespace {

// Longer pieces would be found in the same places, mostly, and cost memory.
constexpr size_t kMostOfPiece = 16;

bool HasStar(const Pattern& pattern) { return pattern.text.find('*') != std::string::npos; }

std::optional<CidrBlock> BlockOf(const Pattern& pattern) {
  if (HasStar(pattern) || pattern.text.find('/') == std::string::npos) return std::nullopt;
  return ParseCidr(pattern.text);
}

// The longest piece between stars, folded: what matches the pattern holds it, in either case.
std::string PieceOf(const Pattern& pattern) {
  const Wildcard wildcard(pattern.text, Case::kIgnore);
  std::string_view longest;
  for (const std::string& piece : wildcard.pieces()) {
    if (piece.size() > longest.size()) longest = piece;
  }
  return std::string(longest.substr(0, kMostOfPiece));
}

}  // namespace

size_t PatternIndex::Precision(const Pattern& pattern) {
  if (HasStar(pattern)) return PieceOf(pattern).size();
  return BlockOf(pattern) ? kMostOfPiece + 1 : kMostOfPiece + 2 + pattern.text.size();
}

void PatternIndex::Add(const Pattern& pattern, uint32_t id) {
  if (!HasStar(pattern)) {
    texts_[FoldCase(pattern.text)].push_back(id);
    if (const std::optional<CidrBlock> block = BlockOf(pattern)) {
      const Prefix prefix(block->base.is_v4, block->prefix_bits);
      blocks_[prefix][Masked(block->base, prefix)].push_back(id);
    }
    return;
  }
  const std::string piece = PieceOf(pattern);
  if (piece.empty()) {
    always_.push_back(id);
  } else {
    pieces_[piece].push_back(id);
  }
}

void PatternIndex::Finish() {
  std::vector<std::string> pieces;
  for (auto& [piece, ids] : pieces_) {
    pieces.push_back(piece);
    piece_ids_.push_back(std::move(ids));
  }
  pieces_.clear();
  automaton_ = LiteralAutomaton(pieces);
}

std::string_view PatternIndex::Folded(std::string_view text, std::string* buffer) {
  if (IsFolded(text)) return text;
  *buffer = FoldCase(text);
  return *buffer;
}

std::string PatternIndex::Masked(const IpAddress& address, const Prefix& prefix) {
  const unsigned bits = prefix.second + (prefix.first ? 96 : 0);
  std::string masked(address.bytes.begin(), address.bytes.end());
  for (size_t i = 0; i < masked.size(); ++i) {
    const unsigned kept = std::min(8U, bits - std::min(bits, static_cast<unsigned>(8 * i)));
    masked[i] = static_cast<char>(static_cast<unsigned char>(masked[i]) & (0xFF00U >> kept));
  }
  return masked;
}

}  // namespace spelk::plan
