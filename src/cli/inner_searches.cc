// The texts of map: found in the tree, unescaped, parsed, put back.
#include "cli/inner_searches.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace spelk::cli {
namespace {

// A text between quotes, and which bytes of the search each of its bytes is.
struct QuotedText {
  std::string plain;
  std::vector<std::pair<size_t, size_t>> places;
};

QuotedText Unquote(std::string_view search, const SyntaxNode& argument) {
  QuotedText text;
  size_t at = argument.offset;
  size_t end = argument.offset + argument.length;
  const bool quoted = argument.length > 1 && search[at] == '"';
  if (quoted) ++at, --end;
  while (at < end) {
    const bool escaped = quoted && search[at] == '\\' && at + 1 < end &&
                         (search[at + 1] == '\\' || search[at + 1] == '"');
    const size_t size = escaped ? 2 : 1;
    text.plain += search[at + size - 1];
    text.places.emplace_back(at, at + size);
    at += size;
  }
  return text;
}

std::string SplQuoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

bool IsMap(const SyntaxNode& node) {
  return node.kind == "command" && node.text.size() == 3 && (node.text[0] | 0x20) == 'm' &&
         (node.text[1] | 0x20) == 'a' && (node.text[2] | 0x20) == 'p';
}

// The value of search=; null if there is none.
const SyntaxNode* TextNode(const SyntaxNode& map) {
  for (const SyntaxNode& child : map.children) {
    const bool named = child.kind == "option" && child.text == "search =";
    if (named && !child.children.empty() && child.children[0].kind == "argument") {
      return &child.children[0];
    }
  }
  return nullptr;
}

// Names of saved searches stand where no option does.
const SyntaxNode* NameNode(const SyntaxNode& map) {
  for (const SyntaxNode& child : map.children) {
    if (child.kind == "argument") return &child;
  }
  return nullptr;
}

void FindMaps(const SyntaxNode& node, std::vector<const SyntaxNode*>* maps) {
  if (IsMap(node)) maps->push_back(&node);
  for (const SyntaxNode& child : node.children) FindMaps(child, maps);
}

// Words of the same length in the place of fields.
std::string WithoutFields(std::string text) {
  for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at + 1)) {
    const size_t end = text.find('$', at + 1);
    if (end == std::string::npos) break;
    std::fill(text.begin() + static_cast<ptrdiff_t>(at),
              text.begin() + static_cast<ptrdiff_t>(end) + 1, 'x');
    at = end;
  }
  return text;
}

void Move(const QuotedText& text, SyntaxNode* node) {
  const size_t begin = node->offset;
  const size_t end = begin + node->length;
  if (begin < text.places.size()) {
    node->offset = text.places[begin].first;
  } else if (!text.places.empty()) {
    node->offset = text.places.back().second;
  }
  if (node->length > 0 && end <= text.places.size()) {
    node->length = text.places[end - 1].second - node->offset;
  }
  for (SyntaxNode& child : node->children) Move(text, &child);
}

using Piece = ExpandedSearch::Piece;

// The pieces of an expanded text, without those between two places.
void CutOut(size_t begin, size_t end, size_t longer_by, std::vector<Piece>* pieces) {
  std::vector<Piece> kept;
  for (const Piece& piece : *pieces) {
    const size_t piece_end = piece.offset + piece.length;
    if (piece.offset < begin) {
      kept.push_back(piece);
      kept.back().length = std::min(piece_end, begin) - piece.offset;
      if (piece.macro.empty()) kept.back().search_length = kept.back().length;
    }
    if (piece_end > end) {
      Piece after = piece;
      const size_t skipped = end > piece.offset ? end - piece.offset : 0;
      after.offset = piece.offset + skipped + longer_by;
      after.length -= skipped;
      if (piece.macro.empty()) {
        after.search_offset += skipped;
        after.search_length = after.length;
      }
      kept.push_back(std::move(after));
    }
  }
  *pieces = std::move(kept);
}

// What stands for an argument of map: text, and where it comes from.
class Replacement {
 public:
  Replacement(const ExpandedSearch& search, const SyntaxNode& argument)
      : search_(search), argument_(argument) {
    const auto after =
        std::partition_point(search.pieces.begin(), search.pieces.end(),
                             [&](const Piece& piece) { return piece.offset <= argument.offset; });
    if (after != search.pieces.begin()) around_ = *std::prev(after);
  }

  // As it stands in the search.
  void Copy(size_t begin, size_t end) {
    if (begin == end) return;
    Piece piece = around_;
    piece.offset = argument_.offset + text_.size();
    piece.length = end - begin;
    if (around_.macro.empty()) {
      piece.search_offset = around_.search_offset + (begin - around_.offset);
      piece.search_length = piece.length;
    }
    pieces_.push_back(std::move(piece));
    text_ += search_.text.substr(begin, end - begin);
  }
  // What a macro or a saved search made.
  void Put(std::string_view text, const Piece& from) {
    if (text.empty()) return;
    Piece piece = from;
    piece.offset = argument_.offset + text_.size();
    piece.length = text.size();
    piece.search_offset = around_.search_offset;
    piece.search_length = around_.search_length;
    if (around_.macro.empty()) {
      piece.search_offset += argument_.offset - around_.offset;
      piece.search_length = argument_.length;
    }
    pieces_.push_back(std::move(piece));
    text_ += text;
  }
  void PutInto(ExpandedSearch* search) {
    const size_t begin = argument_.offset;
    const size_t end = begin + argument_.length;
    std::vector<Piece> pieces = search->pieces;
    CutOut(begin, end, text_.size() - argument_.length, &pieces);
    const auto place = std::partition_point(
        pieces.begin(), pieces.end(), [&](const Piece& piece) { return piece.offset < begin; });
    pieces.insert(place, pieces_.begin(), pieces_.end());
    search->text.replace(begin, argument_.length, text_);
    search->pieces = std::move(pieces);
  }

 private:
  const ExpandedSearch& search_;
  const SyntaxNode& argument_;
  Piece around_;  // That holds it.
  std::string text_;
  std::vector<Piece> pieces_;
};

void PutInSaved(const Engine& engine, const SyntaxNode& name, ExpandedSearch* expanded) {
  const std::string plain = Unquote(expanded->text, name).plain;
  const Result<ExpandedSearch> saved =
      engine.Expand(fmt::format("| savedsearch {} nosubstitution=true", SplQuoted(plain)));
  if (!saved.ok()) return;
  const ExpandedSearch before = *expanded;
  Replacement replacement(before, name);
  Piece made;
  made.macro = plain;
  for (const Piece& piece : saved->pieces) {
    if (!piece.macro.empty() && made.place.empty()) made.place = piece.place;
  }
  replacement.Put("search=\"", made);
  for (const Piece& piece : saved->pieces) {
    const std::string quoted =
        SplQuoted(std::string_view(saved->text).substr(piece.offset, piece.length));
    replacement.Put(std::string_view(quoted).substr(1, quoted.size() - 2),
                    piece.macro.empty() ? made : piece);
  }
  replacement.Put("\"", made);
  replacement.PutInto(expanded);
}

void PutInMacros(const Engine& engine, const SyntaxNode& argument, ExpandedSearch* expanded) {
  const QuotedText text = Unquote(expanded->text, argument);
  if (text.plain.find('`') == std::string::npos || expanded->text[argument.offset] != '"') return;
  const Result<ExpandedSearch> inner = engine.Expand(text.plain);
  if (!inner.ok()) return;
  const ExpandedSearch before = *expanded;
  Replacement replacement(before, argument);
  replacement.Copy(argument.offset, argument.offset + 1);
  for (const Piece& piece : inner->pieces) {
    if (piece.length == 0) continue;
    if (piece.macro.empty()) {
      const size_t last = piece.search_offset + piece.length - 1;
      replacement.Copy(text.places[piece.search_offset].first, text.places[last].second);
      continue;
    }
    const std::string quoted =
        SplQuoted(std::string_view(inner->text).substr(piece.offset, piece.length));
    replacement.Put(std::string_view(quoted).substr(1, quoted.size() - 2), piece);
  }
  const size_t end = argument.offset + argument.length;
  replacement.Copy(end - 1, end);
  replacement.PutInto(expanded);
}

}  // namespace

void PutInInnerSearches(const Engine& engine, ExpandedSearch* expanded) {
  const Parsed parsed = engine.Parse(expanded->text);
  std::vector<const SyntaxNode*> maps;
  FindMaps(parsed.tree, &maps);
  // From the last on, so that the places of the others stay.
  for (size_t m = maps.size(); m-- > 0;) {
    if (const SyntaxNode* text = TextNode(*maps[m])) {
      PutInMacros(engine, *text, expanded);
    } else if (const SyntaxNode* name = NameNode(*maps[m])) {
      PutInSaved(engine, *name, expanded);
    }
  }
}

void AddInnerTrees(const Engine& engine, std::string_view text, SyntaxNode* tree) {
  for (SyntaxNode& child : tree->children) AddInnerTrees(engine, text, &child);
  const SyntaxNode* argument = IsMap(*tree) ? TextNode(*tree) : nullptr;
  if (argument == nullptr) return;
  QuotedText inner = Unquote(text, *argument);
  const std::string filled = WithoutFields(inner.plain);
  SyntaxNode subsearch;
  subsearch.kind = "subsearch";
  subsearch.children.push_back(engine.Parse(filled).tree);
  AddInnerTrees(engine, filled, &subsearch.children[0]);
  Move(inner, &subsearch.children[0]);
  subsearch.offset = argument->offset;
  subsearch.length = argument->length;
  tree->children.push_back(std::move(subsearch));
}

}  // namespace spelk::cli
