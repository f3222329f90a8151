// Rows as search terms: what format and return write, and what stands in the place of a subsearch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exec/operator.h"
#include "value/batch.h"

namespace spelk::exec {

// One field of a row, its values as texts.
struct TextCell {
  Field field;
  std::vector<std::string> values;
};
// The fields of a row that say something, in name order: internal and absent ones are left out.
using TextRow = std::vector<TextCell>;
TextRow TextRowOf(const Batch& batch, size_t row);
// About how many bytes of memory a row takes.
size_t BytesOf(const TextRow& row);

// A field of this name gives its value as it is, without name and quotes (Search Manual, "Change
// the format of subsearch results").
inline bool IsRawText(Field field) { return field.name() == "search" || field.name() == "query"; }
// The values of such a field that count: of `search` the first one.
inline size_t RawTextValues(const TextCell& cell) {
  return cell.field.name() == "search" ? 1 : cell.values.size();
}

// The strings that format puts around and between rows, fields and values.
struct SearchTextStyle {
  std::string row_begin = "(";
  std::string field_begin = "(";
  std::string field_separator = "AND";
  std::string field_end = ")";
  std::string row_separator = "OR";
  std::string row_end = ")";
  std::string value_separator = "OR";
  std::string empty = "NOT ( )";
  bool expression = false;  // Names that are no words are quoted as eval does: 'a.b'.
};

// `( ( a="1" AND b="x" ) OR ( a="2" ) )`, row by row.
class SearchText {
 public:
  explicit SearchText(SearchTextStyle style) : style_(std::move(style)) {}
  // A row without fields says nothing.
  void Add(const TextRow& row);
  size_t size() const { return text_.size(); }
  std::string Finish();

 private:
  void Put(std::string_view piece);
  void PutCell(const TextCell& cell);

  const SearchTextStyle style_;
  std::string text_;
  size_t rows_ = 0;
};

// Appends name="value". A quote in the value is escaped, and so is a backslash, which would
// otherwise read back as something else before some characters.
void AppendComparison(std::string_view name, std::string_view value, bool expression,
                      std::string* out);
// The name alone, quoted where it must be.
void AppendName(std::string_view name, bool expression, std::string* out);

// Pushes one row with one field.
absl::Status PushText(std::string_view text, Field field, const RunContext& run,
                      std::string_view what, Output& out);

}  // namespace spelk::exec
