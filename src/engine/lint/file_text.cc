// Laying a search over its file, byte by byte.
#include "engine/lint/file_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace spelk::engine::lint {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t BeginOfLine(std::string_view file, size_t line) {
  size_t at = 0;
  for (; line > 1; --line) {
    const size_t end = file.find('\n', at);
    if (end == std::string_view::npos) return file.size();
    at = end + 1;
  }
  return at;
}

// The character that an escape of a double-quoted text stands for; 0 if it is another kind.
char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return 0;
  }
}

}  // namespace

// Runs of blanks are laid over each other whatever they are made of: lines are folded, indented and
// continued in many ways.
std::optional<std::vector<size_t>> FileText::Align(std::string_view file, size_t begin, Style style,
                                                   std::string_view search) {
  std::vector<size_t> offsets(search.size() + 1);
  size_t at = begin;
  size_t i = 0;
  const auto skip_blanks = [&] {
    for (;;) {
      if (at < file.size() && IsBlank(file[at])) {
        ++at;
      } else if (at + 1 < file.size() && file[at] == '\\' &&
                 (file[at + 1] == '\n' || file[at + 1] == '\r')) {
        ++at;
      } else if (style == Style::kDouble && at + 1 < file.size() && file[at] == '\\' &&
                 IsBlank(Unescaped(file[at + 1]))) {
        at += 2;
      } else {
        return;
      }
    }
  };
  while (i < search.size()) {
    offsets[i] = at;
    if (at >= file.size()) {
      // The last newline of a block may not be there.
      if (!std::all_of(search.begin() + static_cast<std::ptrdiff_t>(i), search.end(), &IsBlank))
        return std::nullopt;
      for (; i < search.size(); ++i) offsets[i] = file.size();
      break;
    }
    const char c = search[i];
    if (style == Style::kDouble && file[at] == '\\' && at + 1 < file.size() &&
        Unescaped(file[at + 1]) == c) {
      at += 2;
      ++i;
      continue;
    }
    if (IsBlank(c)) {
      const size_t first = at;
      skip_blanks();
      const bool last =
          std::all_of(search.begin() + static_cast<std::ptrdiff_t>(i), search.end(), &IsBlank);
      if (at == first && !last) return std::nullopt;
      for (; i < search.size() && IsBlank(search[i]); ++i) offsets[i] = first;
      continue;
    }
    if (file[at] == '\\' && at + 1 < file.size() &&
        (file[at + 1] == '\n' || file[at + 1] == '\r') && style != Style::kSingle) {
      skip_blanks();  // A line that is continued without a blank.
      offsets[i] = at;
      if (at >= file.size()) return std::nullopt;
    }
    if (file[at] != c) return std::nullopt;
    const bool doubled = style == Style::kSingle && c == '\'';
    if (doubled && (at + 1 >= file.size() || file[at + 1] != '\'')) return std::nullopt;
    at += doubled ? 2 : 1;
    ++i;
  }
  offsets[search.size()] = std::min(at, file.size());
  return offsets;
}

std::optional<FileText> FileText::Find(std::string_view file, size_t line,
                                       std::string_view search) {
  if (search.empty()) return std::nullopt;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  size_t begin = BeginOfLine(file, std::max<size_t>(line, 1));
  if (begin == 0 && file.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
  // A JSON document may be one long line; a key may stand on the line before its text.
  const size_t end = std::min(file.find('\n', begin), file.size());
  for (size_t at = begin; at < end; ++at) {
    const char before = at == 0 ? '\n' : file[at - 1];
    const Style style = before == '"'    ? Style::kDouble
                        : before == '\'' ? Style::kSingle
                                         : Style::kPlain;
    const bool fits = file[at] == search[0] || (style == Style::kDouble && file[at] == '\\') ||
                      IsBlank(search[0]);
    if (!fits) continue;
    if (auto offsets = Align(file, at, style, search)) return FileText(style, std::move(*offsets));
  }
  return std::nullopt;
}

std::optional<std::string> FileText::WithEdits(std::string_view file,
                                               const std::vector<LintEdit>& edits) const {
  std::string out;
  size_t at = 0;
  for (const LintEdit& edit : edits) {
    const size_t begin = offsets_[edit.offset];
    const size_t end = offsets_[edit.offset + edit.length];
    if (begin < at || end < begin || edit.text.find('\n') != std::string::npos) return std::nullopt;
    out += file.substr(at, begin - at);
    for (const char c : edit.text) {
      if (style_ == Style::kDouble && (c == '"' || c == '\\')) out += '\\';
      if (style_ == Style::kSingle && c == '\'') out += '\'';
      out += c;
    }
    at = end;
  }
  return out + std::string(file.substr(at));
}

}  // namespace spelk::engine::lint
