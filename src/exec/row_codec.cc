// Saving, loading and collecting rows.
#include "exec/row_codec.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "plan/describe.h"
#include "value/codec.h"

namespace spelk::exec {

void SaveRows(const Batch& batch, std::span<const uint32_t> rows,
              std::span<const plan::RowRank> ranks, ByteWriter& out) {
  const Schema& schema = *batch.schema();
  out.Varint(schema.size());
  out.Varint(schema.placed());
  for (const Field field : schema.fields()) {
    out.Text(field.name());
    out.Bool(field.hidden());
  }
  out.Varint(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    ranks[i].Save(out);
    for (size_t c = 0; c < schema.size(); ++c) SaveValue(batch.At(c, rows[i]), out);
  }
}

absl::StatusOr<RankedRows> LoadRows(ByteReader& in, FieldTable& fields, MemoryBudget* budget,
                                    std::string_view what) {
  std::vector<Field> names(in.Count(2));
  const uint64_t placed = in.Varint();
  if (placed > names.size()) return absl::DataLossError("damaged rows: too many placed fields");
  for (Field& field : names) {
    const std::string_view name = in.Text();
    if (in.Bool()) {
      field = plan::HiddenField(name);
      if (!field) return absl::DataLossError("damaged rows: an unknown hidden field");
    } else {
      SPELK_ASSIGN_OR_RETURN(field, fields.TryIntern(name));
    }
  }
  const size_t rows = in.Count(28);
  auto memory = std::make_shared<BatchMemory>(budget);
  memory->arena.Expect(rows * names.size() * sizeof(Value) + in.remaining());
  std::vector<Value*> values(names.size());
  for (Value*& column : values) {
    column = memory->arena.AllocateArray<Value>(rows);
    SPELK_RETURN_IF_ERROR(memory->arena.status(what));
  }
  RankedRows loaded;
  loaded.ranks.resize(rows);
  for (size_t r = 0; r < rows && !in.failed(); ++r) {
    loaded.ranks[r] = plan::RowRank::Load(in);
    for (Value* column : values) {
      Arena scratch;
      column[r] = CopyValue(LoadValue(in, scratch), memory->arena);
    }
  }
  SPELK_RETURN_IF_ERROR(in.status());
  SPELK_RETURN_IF_ERROR(memory->arena.status(what));
  std::vector<Column> columns;
  for (const Value* column : values) columns.push_back(Column::Values({column, rows}));
  loaded.batch = Batch(std::make_shared<Schema>(std::move(names), placed), std::move(columns), rows,
                       std::move(memory));
  return loaded;
}

bool BatchAssembler::Fits(const Batch& batch) const {
  if (rows_.empty()) return true;
  const Schema& last = *rows_.back().batch->schema();
  const Schema& next = *batch.schema();
  return &last == &next ||
         (last.placed() == next.placed() &&
          std::equal(next.fields().begin(),
                     next.fields().begin() + static_cast<ptrdiff_t>(next.placed()),
                     last.fields().begin()));
}

void BatchAssembler::Add(const Batch& batch, uint32_t row) {
  const bool same_schema = !rows_.empty() && rows_.back().batch->schema() == batch.schema();
  if (!same_schema && schemas_.insert(batch.schema().get()).second) {
    fields_.insert(batch.schema()->fields().begin(), batch.schema()->fields().end());
  }
  rows_.push_back({&batch, row});
  if (pins_.empty() || pins_.back() != batch.memory()) {
    if (std::find(pins_.begin(), pins_.end(), batch.memory()) == pins_.end()) {
      pins_.push_back(batch.memory());
    }
  }
}

SchemaPtr BatchAssembler::UnionSchema() const {
  const SchemaPtr& first = rows_.front().batch->schema();
  const bool same = std::all_of(rows_.begin(), rows_.end(),
                                [&](const Row& row) { return row.batch->schema() == first; });
  if (same && (!drop_ || !first->Find(drop_))) return first;
  std::vector<Field> fields;
  absl::flat_hash_map<Field, bool> seen;
  for (size_t c = 0; c < first->placed(); ++c) {
    if ((*first)[c] == drop_) continue;
    seen.emplace((*first)[c], true);
    fields.push_back((*first)[c]);
  }
  const size_t placed = fields.size();
  const Schema* last = nullptr;
  for (const Row& row : rows_) {
    const Schema* schema = row.batch->schema().get();
    if (same && schema == last) continue;
    last = schema;
    for (size_t c = 0; c < schema->size(); ++c) {
      const Field field = (*schema)[c];
      if (field == drop_ || seen.contains(field)) continue;
      // That a row has no time is known of those that have the column of times.
      if (!same && !field.hidden() && row.batch->At(c, row.row).is_null()) continue;
      seen.emplace(field, true);
      fields.push_back(field);
    }
  }
  return std::make_shared<Schema>(std::move(fields), placed);
}

absl::StatusOr<Batch> BatchAssembler::Take(std::string_view what) {
  auto memory = std::make_shared<BatchMemory>(budget_);
  if (rows_.empty()) {
    return Batch(std::make_shared<Schema>(std::vector<Field>()), {}, 0, std::move(memory));
  }
  const SchemaPtr schema = UnionSchema();
  std::vector<Column> columns;
  if (!ChargeColumns(schema->size(), memory->arena)) return memory->arena.status(what);
  for (const Field field : schema->fields()) {
    auto* values = memory->arena.AllocateArray<Value>(rows_.size());
    SPELK_RETURN_IF_ERROR(memory->arena.status(what));
    const Schema* last = nullptr;
    std::optional<size_t> index;
    for (size_t r = 0; r < rows_.size(); ++r) {
      const Batch& batch = *rows_[r].batch;
      if (batch.schema().get() != last) {
        last = batch.schema().get();
        index = last->Find(field);
      }
      values[r] = index ? batch.At(*index, rows_[r].row) : Value::Null();
    }
    columns.push_back(Column::Values({values, rows_.size()}));
  }
  for (BatchMemoryPtr& pin : pins_) memory->pins.push_back(std::move(pin));
  const size_t rows = rows_.size();
  rows_.clear();
  pins_.clear();
  schemas_.clear();
  fields_.clear();
  return Batch(schema, std::move(columns), rows, std::move(memory));
}

}  // namespace spelk::exec
