// TextTable: the rows of a table in a text (ps, netstat, CSV …), as multikv and KV_MODE=multi read
// it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "io/fields/text_fields.h"

namespace spelk::io {

struct TextTableOptions {
  // The line with the names, from 1, empty lines not counted. Otherwise it is looked for: lines of
  // which all words have a capital at the beginning, or are capitals, are preferred, and one with
  // numbers is none.
  std::optional<size_t> header = {};
  bool no_header = false;      // Column_1, Column_2 …: as many as the first row has words.
  bool several_tables = true;  // Another line of names begins another table.
};

// Goes through the rows of a text. Columns stand below their names, or have tabs or commas between
// them if the names do (a comma in double quotes is none). If a row has as many words as there are
// names, they belong to these in order; otherwise a word belongs to the name above it, and the last
// column takes what is left. Looks at each byte a fixed number of times, for each table in it.
class TextTable {
 public:
  // All of this outlives the reader.
  TextTable(std::string_view text, const TextTableOptions& options, Arena& arena);

  // The next row: its cells with their names, cleaned as keys are, empty ones left out. False at
  // the end, or when the arena is exhausted.
  bool Next();
  std::span<const TextField> cells() const { return cells_; }
  // The line that the row is.
  std::string_view line() const { return line_; }

 private:
  struct Word {
    size_t begin = 0;  // In its line.
    size_t end = 0;
  };
  struct Column {
    std::string_view name;
    Word place;
  };
  bool NextLine(std::string_view* line, bool* after_blank);
  void FindHeader();
  void SetHeader(std::string_view line);
  void Words(std::string_view line, char separator, std::vector<Word>* words);
  void CutCells();
  void CutAligned();
  void CountColumns();
  void AddCell(size_t column, std::string_view text);

  std::string_view rest_;
  const TextTableOptions& options_;
  Arena& arena_;
  bool named_ = false;
  char separator_ = ' ';  // A blank: columns are aligned.
  std::vector<Column> columns_;
  std::vector<Word> words_;  // Of the line at hand.
  std::vector<TextField> cells_;
  std::string_view line_;
  size_t charged_for_columns_ = 0;  // Bytes.
  size_t charged_ = 0;              // For words and cells.
};

// The fields of all rows, each with the values of the rows in order.
void FindTableFields(std::string_view text, const TextTableOptions& options, TextFields& fields);

}  // namespace spelk::io
