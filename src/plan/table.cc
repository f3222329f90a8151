// Building tables, and reading and writing them as CSV.
#include "plan/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "io/csv_reader.h"
#include "io/json_text.h"
#include "io/row_writer.h"
#include "value/number.h"

namespace spelk::plan {
namespace {

// In front of the name of a column whose cells are the encoded values of a multivalue.
constexpr std::string_view kMultivalue = "__mv_";

// About what a column and a stretch of it cost beside the cells.
constexpr size_t kColumnBytes = 128;

// Takes the next value off the encoded ones: $…$, in which $$ stands for $, with ; between them.
bool TakeEncoded(std::string_view* text, std::string* value) {
  value->clear();
  if (!text->starts_with('$')) return false;
  for (size_t at = 1; at < text->size(); ++at) {
    if ((*text)[at] != '$') {
      *value += (*text)[at];
    } else if (text->substr(at, 2) == "$$") {
      *value += '$';
      ++at;
    } else {
      text->remove_prefix(at + 1);
      if (text->starts_with(';')) text->remove_prefix(1);
      return true;
    }
  }
  return false;
}

std::string Encoded(const Value& value) {
  std::string out;
  for (const Value& each : value.each()) {
    if (!out.empty()) out += ';';
    out += '$';
    char buffer[kNumberText];
    for (const char c : TextOf(each, buffer)) out.append(c == '$' ? 2 : 1, c);
    out += '$';
  }
  return out;
}

}  // namespace

std::optional<size_t> Table::Find(std::string_view column) const {
  const auto found = by_name_.find(column);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

// ---------------------------------------------------------------- building

TableBuilder::TableBuilder(std::vector<std::string> columns, MemoryBudget* budget, std::string what)
    : table_(new Table(budget)), what_(std::move(what)) {
  for (const std::string& column : columns) (void)ColumnOf(column);
}

Value* TableBuilder::NewStretch() {
  auto* cells = table_->arena_.AllocateArray<Value>(Table::kStretch);
  if (cells != nullptr) std::uninitialized_fill_n(cells, Table::kStretch, Value());
  return cells;
}

size_t TableBuilder::ColumnOf(std::string_view name) {
  const auto [place, is_new] =
      table_->by_name_.try_emplace(std::string(name), table_->columns_.size());
  if (!is_new) return place->second;
  table_->columns_.emplace_back(name);
  // Charged to the arena, as all of the table is.
  (void)table_->arena_.Allocate(kColumnBytes + 2 * name.size());
  std::vector<Value*>& stretches = table_->cells_.emplace_back();
  for (size_t row = 0; row < table_->rows_; row += Table::kStretch) {
    stretches.push_back(NewStretch());
  }
  return place->second;
}

void TableBuilder::AddRow() {
  if (table_->rows_ % Table::kStretch == 0) {
    for (std::vector<Value*>& stretches : table_->cells_) stretches.push_back(NewStretch());
  }
  ++table_->rows_;
}

Value TableBuilder::TextFor(const Value& value) {
  char buffer[kNumberText];
  return Value::Text(table_->arena_.Copy(TextOf(value, buffer)));
}

void TableBuilder::Set(size_t column, const Value& value) {
  if (table_->arena_.exhausted()) return;
  const size_t row = table_->rows_ - 1;
  Value& cell = table_->cells_[column][row / Table::kStretch][row % Table::kStretch];
  if (value.is_null()) {
    cell = Value::Null();
  } else if (value.is_multi()) {
    auto* values = table_->arena_.AllocateArray<Value>(value.count());
    if (values == nullptr) return;
    std::transform(value.each().begin(), value.each().end(), values,
                   [this](const Value& each) { return TextFor(each); });
    cell = Value::Multi({values, value.count()});
  } else {
    cell = TextFor(value);
  }
}

void TableBuilder::SetText(size_t column, std::string_view text) {
  if (!text.empty()) Set(column, Value::Text(text));
}

void TableBuilder::Keep(const std::vector<std::string_view>& names) {
  std::vector<std::string> columns;
  std::vector<std::vector<Value*>> cells;
  for (const std::string_view name : names) {
    columns.emplace_back(name);
    cells.push_back(std::move(table_->cells_[ColumnOf(name)]));
  }
  table_->columns_ = std::move(columns);
  table_->cells_ = std::move(cells);
  table_->by_name_.clear();
  for (size_t c = 0; c < table_->columns_.size(); ++c) table_->by_name_[table_->columns_[c]] = c;
}

absl::StatusOr<TablePtr> TableBuilder::Finish() {
  SPELK_RETURN_IF_ERROR(status());
  return TablePtr(std::move(table_));
}

// ---------------------------------------------------------------- CSV

namespace {

// The first record; `id, name` has a column "name", as lookups of published apps are written.
absl::Status ReadHeader(std::string_view what, io::CsvReader* reader,
                        std::vector<std::string>* header) {
  const absl::StatusOr<bool> more = reader->Next(header);
  if (!more.ok()) {
    return absl::DataLossError(fmt::format("{}: {}", what, MessageOf(more.status())));
  }
  for (std::string& name : *header) {
    name.erase(name.find_last_not_of(" \t") + 1);
    name.erase(0, std::min(name.find_first_not_of(" \t"), name.size()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadCsvColumns(std::string_view text,
                                                        std::string_view what) {
  io::CsvReader reader(text);
  std::vector<std::string> header;
  SPELK_RETURN_IF_ERROR(ReadHeader(what, &reader, &header));
  std::vector<std::string> columns;
  for (std::string& name : header) {
    if (name.empty() || name.starts_with(kMultivalue)) continue;
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) {
      columns.push_back(std::move(name));
    }
  }
  return columns;
}

namespace {

// What the cells of a file's column are for.
struct CsvColumn {
  size_t column = 0;        // Of the table.
  bool multivalue = false;  // They are the encoded values of that column.
  bool ignored = false;     // Without a name, or the second one of that name.
};

std::vector<CsvColumn> CsvColumnsOf(const std::vector<std::string>& header, TableBuilder* builder) {
  std::vector<CsvColumn> columns;
  std::vector<std::string_view> seen;
  for (const std::string& name : header) {
    CsvColumn column;
    const bool repeated = std::find(seen.begin(), seen.end(), name) != seen.end();
    seen.push_back(name);
    column.multivalue = name.starts_with(kMultivalue);
    column.ignored = repeated || name.empty();
    const std::string_view shown =
        column.multivalue ? std::string_view(name).substr(kMultivalue.size()) : name;
    if (!column.ignored) column.column = builder->ColumnOf(shown);
    columns.push_back(column);
  }
  return columns;
}

void SetEncoded(size_t column, std::string_view text, TableBuilder* builder) {
  std::vector<std::string> texts;
  for (std::string value; TakeEncoded(&text, &value);) texts.push_back(value);
  std::vector<Value> values;
  for (const std::string& each : texts) values.push_back(Value::Text(each));
  if (!values.empty()) builder->Set(column, Value::Multi(values));
}

}  // namespace

absl::StatusOr<TablePtr> ReadCsvTable(std::string_view text, MemoryBudget* budget,
                                      std::string what) {
  SPELK_ASSIGN_OR_RETURN(std::vector<std::string> names, ReadCsvColumns(text, what));
  TableBuilder builder(std::move(names), budget, what);
  io::CsvReader reader(text);
  std::vector<std::string> cells;
  SPELK_RETURN_IF_ERROR(ReadHeader(what, &reader, &cells));
  const std::vector<CsvColumn> columns = CsvColumnsOf(cells, &builder);
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(&cells);
    if (!more.ok()) {
      return absl::DataLossError(fmt::format("{}: {}", what, MessageOf(more.status())));
    }
    if (!*more) break;
    builder.AddRow();
    for (size_t c = 0; c < std::min(cells.size(), columns.size()); ++c) {
      if (columns[c].ignored) continue;
      if (columns[c].multivalue) {
        SetEncoded(columns[c].column, cells[c], &builder);
      } else {
        builder.SetText(columns[c].column, cells[c]);
      }
    }
    SPELK_RETURN_IF_ERROR(builder.status());
  }
  return builder.Finish();
}

namespace {

std::string JoinedText(const Value& value) {
  std::string text;
  char buffer[kNumberText];
  for (const Value& each : value.each()) {
    if (!text.empty()) text += '\n';
    text += TextOf(each, buffer);
  }
  return text;
}

bool HasMultivalues(const Table& table, size_t column) {
  for (size_t row = 0; row < table.rows(); ++row) {
    if (table.At(column, row).is_multi()) return true;
  }
  return false;
}

}  // namespace

absl::Status WriteCsvTable(const Table& table, bool multivalues, io::ByteSink& sink) {
  std::vector<std::pair<size_t, bool>> columns;  // And whether encoded.
  for (size_t c = 0; c < table.columns().size(); ++c) {
    columns.emplace_back(c, false);
    if (multivalues && HasMultivalues(table, c)) columns.emplace_back(c, true);
  }
  std::string out;
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto [column, encoded] = columns[i];
    if (i > 0) out += ',';
    const std::string& name = table.columns()[column];
    io::AppendCsvCell(encoded ? fmt::format("{}{}", kMultivalue, name) : name, out);
  }
  if (!columns.empty()) out += '\n';
  for (size_t row = 0; row < table.rows(); ++row) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const auto [column, encoded] = columns[i];
      if (i > 0) out += ',';
      const Value& value = table.At(column, row);
      if (encoded) {
        if (value.is_multi()) io::AppendCsvCell(Encoded(value), out);
      } else {
        io::AppendCsvCell(JoinedText(value), out);
      }
    }
    out += '\n';
    SPELK_RETURN_IF_ERROR(sink.Write(out));
    out.clear();
  }
  return sink.Write(out);
}

absl::Status WriteJsonLines(const Table& table, io::ByteSink& sink) {
  std::string out;
  for (size_t row = 0; row < table.rows(); ++row) {
    out = "{";
    for (size_t column = 0; column < table.columns().size(); ++column) {
      const Value& value = table.At(column, row);
      if (value.is_null()) continue;
      if (out.size() > 1) out += ',';
      io::AppendJsonString(table.columns()[column], out);
      out += ':';
      const bool number =
          table.columns()[column] == "_time" && value.is_text() && io::IsJsonNumber(value.text());
      if (number) {
        out += value.text();
      } else {
        io::AppendJsonValue(value, out);
      }
    }
    out += "}\n";
    SPELK_RETURN_IF_ERROR(sink.Write(out));
  }
  return absl::OkStatus();
}

}  // namespace spelk::plan
