// Making batches, and looking at them.
#include "support/batches.h"

#include <filesystem>
#include <memory>

#include "value/number.h"

namespace spelk::tests {

TestRun::TestRun(size_t memory) : budget_(memory) {
  context_.budget = &budget_;
  context_.fields = &fields_;
  context_.cancel = &cancel_;
  context_.warnings = &warnings_;
  context_.spill_directory = std::filesystem::temp_directory_path();
}

Batch TestRun::Make(const std::vector<std::string_view>& names,
                    const std::vector<std::vector<Cell>>& rows) {
  auto memory = std::make_shared<BatchMemory>();
  std::vector<Field> fields;
  std::vector<Column> columns;
  for (size_t c = 0; c < names.size(); ++c) {
    fields.push_back(field(names[c]));
    auto* values = memory->arena.AllocateArray<Value>(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      const Cell& cell = rows[r][c];
      values[r] = cell ? Value::Text(memory->arena.Copy(*cell)) : Value::Null();
    }
    columns.push_back(Column::Values({values, rows.size()}));
  }
  return {std::make_shared<Schema>(std::move(fields)), std::move(columns), rows.size(),
          std::move(memory)};
}

std::string RowText(const Batch& batch, size_t row) {
  std::string text;
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    const Value value = batch.At(c, row);
    if (value.is_null()) continue;
    if (!text.empty()) text += ' ';
    text += std::string((*batch.schema())[c].name()) + "=" + TextOf(value);
  }
  return text;
}

absl::Status Collected::Push(Batch batch) {
  ++batches_;
  for (size_t row = 0; row < batch.size(); ++row) rows_.push_back(RowText(batch, row));
  return absl::OkStatus();
}

}  // namespace spelk::tests
