// Finding searches in files, and laying their text over that of the file.
#include "spelk/embedded.h"

#include <algorithm>
#include <utility>

#include "knowledge/conf.h"
#include "knowledge/yaml_scalars.h"
#include "value/ascii.h"

namespace spelk {
namespace {

using Piece = EmbeddedSearch::Piece;
using EmbeddedStyle = EmbeddedSearch::Style;

bool IsBreak(char c) { return c == '\n' || c == '\r'; }
bool IsSpaceOrTab(char c) { return c == ' ' || c == '\t'; }
bool IsSpace(char c) { return IsSpaceOrTab(c) || IsBreak(c); }

void AddPiece(size_t offset, size_t file_offset, size_t length, std::vector<Piece>* pieces) {
  if (length == 0) return;
  if (!pieces->empty()) {
    Piece& last = pieces->back();
    const bool goes_on = last.length == last.file_length && last.offset + last.length == offset &&
                         last.file_offset + last.length == file_offset;
    if (goes_on) {
      last.length += length;
      last.file_length += length;
      return;
    }
  }
  pieces->push_back({offset, file_offset, length, length});
}

// Finds the characters of a text in the piece of YAML that says it. Lines may be folded and
// indented; what is written otherwise than it reads is escaped.
class Aligner {
 public:
  Aligner(std::string_view text, std::string_view raw, size_t base, EmbeddedStyle style)
      : text_(text), raw_(raw), base_(base), style_(style) {}

  std::vector<Piece> Run() {
    while (at_ < text_.size() && raw_at_ < raw_.size() && Step()) {
    }
    return std::move(pieces_);
  }

 private:
  bool Step() {
    const char c = raw_[raw_at_];
    if (IsBreak(c)) {
      LineBreak();
      return true;
    }
    if (style_ == EmbeddedStyle::kSingleQuoted && c == '\'') return Take(1, 2);
    if (style_ == EmbeddedStyle::kDoubleQuoted && c == '\\') return Escape();
    if (c == text_[at_]) return Take(1, 1);
    if (!IsSpaceOrTab(c)) return false;
    ++raw_at_;  // At the end of a line that is folded.
    return true;
  }

  bool Take(size_t length, size_t raw_length) {
    raw_length = std::min(raw_length, raw_.size() - raw_at_);
    if (length == raw_length) {
      AddPiece(at_, base_ + raw_at_, length, &pieces_);
    } else {
      pieces_.push_back({at_, base_ + raw_at_, length, raw_length});
    }
    at_ += length;
    raw_at_ += raw_length;
    return true;
  }

  void LineBreak() {
    size_t raw_end = raw_at_;
    while (raw_end < raw_.size() && IsSpace(raw_[raw_end])) ++raw_end;
    size_t end = at_;
    while (end < text_.size() && IsSpace(text_[end])) ++end;
    if (end > at_) AddPiece(at_, base_ + raw_at_, 1, &pieces_);
    // The blanks that the text has of the indentation.
    size_t blanks = 0;
    while (blanks + 1 < end - at_ && blanks < raw_end - raw_at_ &&
           IsSpaceOrTab(text_[end - 1 - blanks]) &&
           raw_[raw_end - 1 - blanks] == text_[end - 1 - blanks]) {
      ++blanks;
    }
    AddPiece(end - blanks, base_ + raw_end - blanks, blanks, &pieces_);
    at_ = end;
    raw_at_ = raw_end;
  }

  bool Escape() {
    const char c = raw_at_ + 1 < raw_.size() ? raw_[raw_at_ + 1] : '\0';
    if (IsBreak(c)) {  // The line goes on.
      ++raw_at_;
      while (raw_at_ < raw_.size() && IsSpace(raw_[raw_at_])) ++raw_at_;
      return true;
    }
    size_t length = 1;
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0U) == 0x80U) {
      ++length;
    }
    return Take(length, c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2);
  }

  const std::string_view text_;
  const std::string_view raw_;
  const size_t base_;
  const EmbeddedStyle style_;
  size_t at_ = 0;
  size_t raw_at_ = 0;
  std::vector<Piece> pieces_;
};

EmbeddedSearch OfScalar(std::string_view file, knowledge::YamlScalar scalar) {
  using From = knowledge::YamlScalar::Style;
  EmbeddedSearch made;
  made.name = scalar.key;
  made.text = std::move(scalar.text);
  made.begin = scalar.begin;
  made.end = scalar.end;
  switch (scalar.style) {
    case From::kBlock: {
      made.style = EmbeddedStyle::kBlock;
      const size_t line = file.find('\n', scalar.begin);
      made.begin = std::min(line == std::string_view::npos ? file.size() : line + 1, scalar.end);
      const std::string_view raw = file.substr(made.begin, made.end - made.begin);
      const size_t first = raw.find_first_not_of(" \t\r\n");
      if (first != std::string_view::npos) {
        const size_t from = raw.rfind('\n', first);
        made.indent = raw.substr(from == std::string_view::npos ? 0 : from + 1,
                                 first - (from == std::string_view::npos ? 0 : from + 1));
      }
      // Before the first line there is a line break, whose blanks are the indentation.
      made.pieces = Aligner(made.text, raw, made.begin, made.style).Run();
      return made;
    }
    case From::kSingleQuoted:
    case From::kDoubleQuoted:
      made.style = scalar.style == From::kSingleQuoted ? EmbeddedStyle::kSingleQuoted
                                                       : EmbeddedStyle::kDoubleQuoted;
      made.begin = std::min(made.begin + 1, file.size());
      if (made.end > made.begin) --made.end;
      break;
    case From::kPlain:
      // Blanks at its end mean nothing to YAML, and much to whoever is about to write on.
      while (made.end < file.size() && IsSpaceOrTab(file[made.end]) && !made.text.empty()) {
        made.text += file[made.end++];
      }
      break;
  }
  const std::string_view raw = file.substr(made.begin, made.end - made.begin);
  made.pieces = Aligner(made.text, raw, made.begin, made.style).Run();
  return made;
}

std::vector<EmbeddedSearch> InYaml(std::string_view text, std::optional<FileProblem>* problem) {
  std::optional<std::pair<size_t, std::string>> fault;
  std::vector<EmbeddedSearch> searches;
  for (knowledge::YamlScalar& scalar : knowledge::FindSearchScalars(text, &fault)) {
    searches.push_back(OfScalar(text, std::move(scalar)));
  }
  if (fault && problem != nullptr) {
    problem->emplace(FileProblem{std::min(fault->first, text.size()), std::move(fault->second)});
  }
  return searches;
}

// The lines of a .conf file: which stanza, which key, and whether the line before goes on.
class ConfReader {
 public:
  ConfReader(std::string_view text, std::string_view key) : text_(text), key_(key) {}

  std::vector<EmbeddedSearch> Run() {
    size_t begin = 0;
    while (begin < text_.size()) {
      const size_t end = std::min(text_.find('\n', begin), text_.size());
      size_t stop = end;
      if (stop > begin && text_[stop - 1] == '\r') --stop;
      Line(begin, stop);
      begin = end + 1;
    }
    return std::move(searches_);
  }

 private:
  void Line(size_t begin, size_t end) {
    const std::string_view line = text_.substr(begin, end - begin);
    const bool continued = goes_on_;
    goes_on_ = line.ends_with('\\');
    const size_t stop = goes_on_ ? end - 1 : end;
    if (continued) {
      if (in_search_) Append(begin, stop, true);
      return;
    }
    in_search_ = false;
    const std::string_view trimmed = TrimBlanks(line);
    if (trimmed.empty() || trimmed.front() == '#') {
      goes_on_ = false;
      return;
    }
    if (trimmed.front() == '[') {
      stanza_ = TrimBlanks(trimmed.substr(1, trimmed.size() - 2));
      goes_on_ = false;
      return;
    }
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    if (TrimBlanks(line.substr(0, equals)) != key_) return;
    in_search_ = true;
    size_t from = begin + equals + 1;
    while (from < stop && IsSpaceOrTab(text_[from])) ++from;
    EmbeddedSearch& made = searches_.emplace_back();
    made.name = stanza_;
    made.style = EmbeddedStyle::kContinued;
    made.begin = from;
    Append(from, stop, false);
  }

  void Append(size_t begin, size_t end, bool next_line) {
    EmbeddedSearch& search = searches_.back();
    if (next_line) search.text += '\n';
    AddPiece(search.text.size(), begin, end - begin, &search.pieces);
    search.text += text_.substr(begin, end - begin);
    search.end = end;
  }

  const std::string_view text_;
  const std::string_view key_;
  std::string stanza_ = "default";
  bool goes_on_ = false;
  bool in_search_ = false;
  std::vector<EmbeddedSearch> searches_;
};

}  // namespace

size_t EmbeddedSearch::FileOffset(size_t offset, bool is_end) const {
  const Piece* before = nullptr;
  for (const Piece& piece : pieces) {
    const bool reaches = is_end ? piece.offset < offset : piece.offset <= offset;
    if (!reaches) {
      if (before == nullptr) return piece.file_offset;
      break;
    }
    before = &piece;
  }
  if (before == nullptr) return begin;
  const size_t into = offset - before->offset;
  if (into >= before->length) return before->file_offset + before->file_length;
  // Within an escape there is no place.
  return before->file_offset + (before->length == before->file_length ? into : 0);
}

std::optional<size_t> EmbeddedSearch::SearchOffset(size_t file_offset) const {
  if (file_offset < begin || file_offset > end) return std::nullopt;
  size_t offset = 0;
  for (const Piece& piece : pieces) {
    if (piece.file_offset > file_offset) break;
    const size_t into = file_offset - piece.file_offset;
    offset = piece.offset;
    if (into >= piece.file_length) {
      offset += piece.length;
    } else if (piece.length == piece.file_length) {
      offset += into;
    }
    // Behind all that stands in the file, at the end of the text.
    const bool last = &piece == &pieces.back();
    if (last && into > piece.file_length) offset = text.size();
  }
  return offset;
}

std::optional<std::string> EmbeddedSearch::InFile(std::string_view written) const {
  const bool file =
      style == EmbeddedStyle::kPlain && begin == 0;  // In YAML a key stands before it.
  std::string made;
  for (const char c : written) {
    if (c == '\n') {
      if (style == EmbeddedStyle::kSingleQuoted || (style == EmbeddedStyle::kPlain && !file))
        return std::nullopt;
      made += style == EmbeddedStyle::kDoubleQuoted ? "\\n"
              : style == EmbeddedStyle::kContinued  ? "\\\n"
                                                    : "\n";
      made += indent;
      continue;
    }
    if (style == EmbeddedStyle::kDoubleQuoted && (c == '"' || c == '\\')) made += '\\';
    if (style == EmbeddedStyle::kSingleQuoted && c == '\'') made += c;
    made += c;
  }
  const bool comment = made.find(" #") != std::string::npos;
  if (style == EmbeddedStyle::kPlain && !file &&
      (comment || made.find(": ") != std::string::npos)) {
    return std::nullopt;
  }
  return made;
}

std::vector<EmbeddedSearch> FindSearches(std::string_view text, FileKind kind,
                                         std::optional<FileProblem>* problem) {
  if (problem != nullptr) problem->reset();
  if (kind == FileKind::kYaml) return InYaml(text, problem);
  if (kind == FileKind::kSavedSearches) return ConfReader(text, "search").Run();
  EmbeddedSearch whole;
  whole.text = text;
  whole.end = text.size();
  AddPiece(0, 0, text.size(), &whole.pieces);
  return {std::move(whole)};
}

std::vector<EmbeddedSearch> FindMacroDefinitions(std::string_view text, FileKind kind) {
  if (kind == FileKind::kYaml) {
    std::vector<EmbeddedSearch> definitions;
    for (knowledge::YamlScalar& scalar : knowledge::FindDefinitionScalars(text, nullptr)) {
      definitions.push_back(OfScalar(text, std::move(scalar)));
    }
    return definitions;
  }
  return ConfReader(text, "definition").Run();
}

}  // namespace spelk
