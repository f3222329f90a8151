// Laying a search over its file, byte by byte.
#include "engine/lint/file_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/utf8.h"

namespace spelk::engine::lint {
namespace {

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
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case '"':
    case '\\':
    case '/':
      return c;
    default:
      return 0;
  }
}

// The hexadecimal digits behind \x, \u or \U; nothing if there are too few.
std::optional<uint32_t> Digits(std::string_view text, size_t count) {
  uint32_t value = 0;
  if (text.size() < count) return std::nullopt;
  const char* end = text.data() + count;
  const auto [stop, error] = std::from_chars(text.data(), end, value, 16);
  return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

// An escape of JSON or double-quoted YAML.
struct Escape {
  std::string text;   // What it stands for, in UTF-8.
  size_t length = 0;  // In the file.
};

std::optional<Escape> EscapeAt(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return std::nullopt;
  if (const char c = Unescaped(text[1]); c != 0) return Escape{std::string(1, c), 2};
  const size_t count = text[1] == 'x' ? 2 : text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0;
  if (count == 0) return std::nullopt;
  std::optional<uint32_t> code = Digits(text.substr(2), count);
  if (!code) return std::nullopt;
  Escape escape{"", 2 + count};
  const bool high = *code >= 0xD800U && *code < 0xDC00U;
  if (high && text.substr(escape.length).starts_with("\\u")) {
    const std::optional<uint32_t> low = Digits(text.substr(escape.length + 2), 4);
    if (!low || *low < 0xDC00U || *low >= 0xE000U) return std::nullopt;
    code = 0x10000U + ((*code - 0xD800U) << 10U) + (*low - 0xDC00U);
    escape.length += 6;
  }
  if (*code > 0x10FFFFU) return std::nullopt;
  AppendCodePoint(static_cast<char32_t>(*code), escape.text);
  return escape;
}

// Whether the value of a key for searches begins there, behind a quote.
bool IsValueOfSearch(std::string_view file, size_t at) {
  std::string_view before = file.substr(0, at - 1);
  const auto trim = [&before] {
    while (!before.empty() && IsBlank(before.back())) before.remove_suffix(1);
  };
  trim();
  if (!before.ends_with(':')) return false;
  before.remove_suffix(1);
  trim();
  if (before.ends_with('"')) before.remove_suffix(1);
  return before.ends_with("search") || before.ends_with("query") ||
         before.ends_with("qualifiedSearch");
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
    const std::optional<Escape> escape =
        style == Style::kDouble ? EscapeAt(file.substr(at)) : std::nullopt;
    if (escape && search.substr(i).starts_with(escape->text)) {
      std::fill_n(offsets.begin() + static_cast<std::ptrdiff_t>(i), escape->text.size(), at);
      at += escape->length;
      i += escape->text.size();
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

std::optional<FileText> FileText::FindValue(std::string_view file, size_t begin, size_t end,
                                            std::string_view search) {
  for (size_t at = file.find('"', begin); at < end; at = file.find('"', at + 1)) {
    if (at + 1 >= file.size() || !IsValueOfSearch(file, at + 1)) continue;
    auto offsets = Align(file, at + 1, Style::kDouble, search);
    if (!offsets) continue;
    // All of the value, not the beginning of a longer one.
    size_t behind = offsets->back();
    while (behind < file.size() && IsBlank(file[behind])) ++behind;
    if (behind < file.size() && file[behind] == '"') {
      return FileText(Style::kDouble, std::move(*offsets));
    }
  }
  return std::nullopt;
}

std::optional<FileText> FileText::Find(std::string_view file, size_t line, std::string_view search,
                                       size_t from) {
  if (search.empty()) return std::nullopt;
  size_t begin = BeginOfLine(file, std::max<size_t>(line, 1));
  if (begin == 0 && file.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
  // A JSON document may be one long line; a key may stand on the line before its text. Of one over
  // many lines it is not known in which line a text stands.
  const size_t end = line == 0 ? file.size() : std::min(file.find('\n', begin), file.size());
  if (auto value = FindValue(file, std::max(begin, from), end, search)) return value;
  if (auto value = FindValue(file, begin, end, search)) return value;
  for (size_t at = begin; at < end; ++at) {
    const char before = at == 0 ? '\n' : file[at - 1];
    const Style style = before == '"'    ? Style::kDouble
                        : before == '\'' ? Style::kSingle
                                         : Style::kPlain;
    const bool fits = file[at] == search[0] || (style == Style::kDouble && file[at] == '\\') ||
                      IsBlank(search[0]);
    if (!fits) continue;
    if (line == 0 && style != Style::kDouble) continue;
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
