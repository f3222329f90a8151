// Writing rows as search terms.
#include "exec/search_text.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "syntax/unescape.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

bool IsNameLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

// Whether the search language reads the name as one word.
bool IsSearchName(std::string_view name) {
  constexpr std::string_view kOthers = ".:{}@/#$-";
  if (name.empty() || name == "AND" || name == "OR" || name == "NOT") return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return IsNameLetter(c) || IsDigit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

bool IsExpressionName(std::string_view name) {
  return !name.empty() && IsNameLetter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsNameLetter(c) || IsDigit(c); });
}

}  // namespace

TextRow TextRowOf(const Batch& batch, size_t row) {
  TextRow cells;
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    const Field field = (*batch.schema())[c];
    if (field.hidden() || field.internal()) continue;
    const Value value = batch.At(c, row);
    if (value.is_null()) continue;
    TextCell cell{field, {}};
    for (const Value& each : value.each()) cell.values.push_back(TextOf(each));
    cells.push_back(std::move(cell));
  }
  std::sort(cells.begin(), cells.end(),
            [](const TextCell& a, const TextCell& b) { return a.field.name() < b.field.name(); });
  return cells;
}

size_t BytesOf(const TextRow& row) {
  size_t bytes = sizeof(TextRow);
  for (const TextCell& cell : row) {
    bytes += sizeof(TextCell);
    for (const std::string& value : cell.values) bytes += sizeof(std::string) + value.size();
  }
  return bytes;
}

void AppendName(std::string_view name, bool expression, std::string* out) {
  if (expression ? IsExpressionName(name) : IsSearchName(name)) {
    *out += name;
  } else {
    *out += expression ? syntax::QuoteField(name) : syntax::Quote(name);
  }
}

void AppendComparison(std::string_view name, std::string_view value, bool expression,
                      std::string* out) {
  AppendName(name, expression, out);
  *out += '=';
  *out += syntax::Quote(value);
}

// Pieces are set apart by one blank; an empty one takes no place.
void SearchText::Put(std::string_view piece) {
  if (piece.empty()) return;
  if (!text_.empty()) text_ += ' ';
  text_ += piece;
}

void SearchText::PutCell(const TextCell& cell) {
  const bool raw = IsRawText(cell.field);
  const size_t count = raw ? RawTextValues(cell) : cell.values.size();
  if (count > 1) Put("(");
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) Put(style_.value_separator);
    if (raw) {
      Put(cell.values[i]);
      continue;
    }
    std::string comparison;
    AppendComparison(cell.field.name(), cell.values[i], style_.expression, &comparison);
    Put(comparison);
  }
  if (count > 1) Put(")");
}

void SearchText::Add(const TextRow& row) {
  if (row.empty()) return;
  Put(rows_++ == 0 ? style_.row_begin : style_.row_separator);
  Put(style_.field_begin);
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) Put(style_.field_separator);
    PutCell(row[i]);
  }
  Put(style_.field_end);
}

std::string SearchText::Finish() {
  if (rows_ == 0) return style_.empty;
  Put(style_.row_end);
  return std::move(text_);
}

absl::Status PushText(std::string_view text, Field field, const RunContext& run,
                      std::string_view what, Output& out) {
  auto memory = std::make_shared<BatchMemory>(run.budget);
  const Value value = Value::Text(memory->arena.Copy(text));
  SPELK_RETURN_IF_ERROR(memory->arena.status(what));
  const SchemaPtr schema = std::make_shared<Schema>(std::initializer_list<Field>{field});
  return out.Push(Batch(schema, {Column::Constant(value, 1)}, 1, std::move(memory)));
}

}  // namespace spelk::exec
