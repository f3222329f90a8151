// Finding the line of names and cutting the lines below it.
#include "io/fields/text_table.h"

#include <algorithm>

#include "value/ascii.h"
#include "value/number.h"

namespace spelk::io {
namespace {

bool IsGap(char c) { return c == ' ' || c == '\t'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

std::string_view WithoutGaps(std::string_view text) {
  while (!text.empty() && IsGap(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsGap(text.back())) text.remove_suffix(1);
  return text;
}

bool IsEmpty(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

char SeparatorOf(std::string_view line) {
  const std::string_view inner = WithoutGaps(line);
  if (inner.find('\t') != std::string_view::npos) return '\t';
  return inner.find(',') != std::string_view::npos ? ',' : ' ';
}

// How much a line looks like names: the share of its words that begin with a capital, twice for
// those in capitals. Negative for what cannot be one.
struct HeaderLook {
  double score = -1;
  bool capitals = false;  // All words are in capitals, and no single letters.
};

HeaderLook LookOf(std::string_view line) {
  HeaderLook look;
  double sum = 0;
  size_t words = 0;
  bool capitals = true;
  for (size_t at = 0; at < line.size();) {
    if (IsGap(line[at]) || line[at] == ',') {
      ++at;
      continue;
    }
    size_t end = at;
    size_t letters = 0;
    size_t lower = 0;
    for (; end < line.size() && !IsGap(line[end]) && line[end] != ','; ++end) {
      letters += IsUpper(line[end]) || IsLower(line[end]) ? 1 : 0;
      lower += IsLower(line[end]) ? 1 : 0;
    }
    if (letters == 0 || IsDigit(line[at])) return {};
    const bool upper = lower == 0;
    capitals = capitals && upper && letters > 1;
    sum += upper ? 2 : IsUpper(line[at]) ? 1 : 0;
    ++words;
    at = end;
  }
  if (words == 0) return look;
  look.score = sum / static_cast<double>(words);
  look.capitals = capitals;
  return look;
}

}  // namespace

TextTable::TextTable(std::string_view text, const TextTableOptions& options, Arena& arena)
    : rest_(text), options_(options), arena_(arena) {
  FindHeader();
}

// The next line that is not empty.
bool TextTable::NextLine(std::string_view* line, bool* after_blank) {
  *after_blank = false;
  while (!rest_.empty()) {
    const size_t end = std::min(rest_.find_first_of("\r\n"), rest_.size());
    *line = rest_.substr(0, end);
    const bool crlf = rest_.substr(end).starts_with("\r\n");
    rest_.remove_prefix(std::min(rest_.size(), end + (crlf ? 2 : 1)));
    if (!WithoutGaps(*line).empty()) return true;
    *after_blank = true;
  }
  return false;
}

void TextTable::FindHeader() {
  named_ = !options_.no_header;
  if (!named_) return;
  const std::string_view all = rest_;
  std::string_view line;
  bool after_blank = false;
  std::string_view best = {};
  std::string_view after_best = all;
  double best_score = -2;
  for (size_t number = 1; NextLine(&line, &after_blank); ++number) {
    if (options_.header) {
      if (number < *options_.header) continue;
      SetHeader(line);
      return;
    }
    const double score = LookOf(line).score;
    // The last line has no rows below it.
    if (score <= best_score || (best_score > -2 && IsEmpty(rest_))) continue;
    best_score = score;
    best = line;
    after_best = rest_;
    // Of several tables the first one counts as well: a later line that looks more like names
    // begins the next.
    if (options_.several_tables && score >= 1) break;
  }
  if (options_.header || best_score == -2) return;  // No such line.
  rest_ = after_best;
  SetHeader(best);
}

void TextTable::SetHeader(std::string_view line) {
  separator_ = SeparatorOf(line);
  Words(line, separator_, &words_);
  columns_.clear();
  for (const Word& word : words_) {
    const std::string_view name =
        Unquoted(WithoutGaps(line.substr(word.begin, word.end - word.begin)));
    columns_.push_back({CleanKey(name, arena_), word});
  }
  constexpr size_t kBytesForColumn = 2 * (sizeof(Column) + 2 * sizeof(Word) + sizeof(TextField));
  const size_t bytes = columns_.size() * kBytesForColumn;
  if (bytes > charged_for_columns_ && arena_.Charge(bytes - charged_for_columns_)) {
    charged_for_columns_ = bytes;
  }
}

void TextTable::Words(std::string_view line, char separator, std::vector<Word>* words) {
  words->clear();
  if (separator == ' ') {
    for (size_t at = 0; at < line.size();) {
      if (IsGap(line[at])) {
        ++at;
        continue;
      }
      const size_t begin = at;
      while (at < line.size() && !IsGap(line[at])) ++at;
      words->push_back({begin, at});
    }
    return;
  }
  bool quoted = false;
  size_t begin = 0;
  for (size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size() && line[at] == '"') quoted = !quoted;
    if (at < line.size() && (quoted || line[at] != separator)) continue;
    words->push_back({begin, at});
    begin = at + 1;
  }
}

bool TextTable::Next() {
  bool after_blank = false;
  while (!arena_.exhausted() && NextLine(&line_, &after_blank)) {
    if (named_ && options_.several_tables && !options_.header) {
      const HeaderLook look = LookOf(line_);
      if (look.score >= 0 && (look.capitals || (after_blank && look.score >= 1)) &&
          !IsEmpty(rest_)) {
        SetHeader(line_);
        continue;
      }
    }
    CutCells();
    return !arena_.exhausted();
  }
  return false;
}

// The first row tells how many columns there are (multikv, noheader).
void TextTable::CountColumns() {
  separator_ = SeparatorOf(line_);
  Words(line_, separator_, &words_);
  while (columns_.size() < words_.size()) {
    char digits[kNumberText];
    const std::string_view number =
        FormatInteger(static_cast<int64_t>(columns_.size() + 1), digits);
    const std::string name = "Column_" + std::string(number);
    if (!arena_.Charge(2 * sizeof(Column))) return;
    columns_.push_back({arena_.Copy(name), {}});
  }
}

void TextTable::AddCell(size_t column, std::string_view text) {
  text = Unquoted(WithoutGaps(text));
  const std::string_view name =
      column < columns_.size() ? columns_[column].name : std::string_view();
  if (!name.empty() && !text.empty()) cells_.push_back({name, Value::Text(text)});
}

void TextTable::CutCells() {
  cells_.clear();
  // Words of one letter are the most that a line can have.
  const size_t bytes = (line_.size() / 2 + 1) * (sizeof(Word) + sizeof(TextField));
  if (bytes > charged_) {
    if (!arena_.Charge(2 * bytes - charged_)) return;
    charged_ = 2 * bytes;
  }
  if (!named_ && columns_.empty()) CountColumns();
  Words(line_, separator_, &words_);
  if (separator_ == ' ' && words_.size() != columns_.size() && named_) {
    CutAligned();
    return;
  }
  for (size_t i = 0; i < std::min(words_.size(), columns_.size()); ++i) {
    const bool rest = separator_ == ' ' && i + 1 == columns_.size();
    const size_t end = rest ? words_.back().end : words_[i].end;
    AddCell(i, line_.substr(words_[i].begin, end - words_[i].begin));
  }
}

// Each word goes to the name that it stands below, or to the one before it; words of one column
// are one cell.
void TextTable::CutAligned() {
  if (columns_.empty()) return;
  const auto belongs = [this](const Word& word, size_t to) {
    return to + 1 >= columns_.size() || word.end <= columns_[to + 1].place.begin;
  };
  size_t column = 0;
  for (size_t i = 0; i < words_.size();) {
    while (!belongs(words_[i], column)) ++column;
    size_t last = i;
    if (column + 1 == columns_.size()) {
      last = words_.size() - 1;
    } else if (words_.size() > columns_.size()) {
      // Of a row with no more words than names, each has its own.
      while (last + 1 < words_.size() && belongs(words_[last + 1], column)) ++last;
    }
    AddCell(column, line_.substr(words_[i].begin, words_[last].end - words_[i].begin));
    i = last + 1;
    ++column;
  }
}

void FindTableFields(std::string_view text, const TextTableOptions& options, TextFields& fields) {
  TextTable table(text, options, fields.arena());
  while (table.Next()) {
    for (const TextField& cell : table.cells()) fields.Add(cell.name, cell.value);
  }
}

}  // namespace spelk::io
