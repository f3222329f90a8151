// Reading rows into memory and giving them out again.
#include "exec/row_table.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "exec/aggregate/group_keys.h"
#include "exec/row_handover.h"
#include "plan/nodes.h"
#include "value/number.h"

namespace spelk::exec {
namespace {

class Collector final : public Output {
 public:
  Collector(const RunContext& run, std::string_view what, std::vector<Batch>& batches)
      : run_(run), what_(what), batches_(batches) {}
  absl::Status Push(Batch batch) override {
    SPELK_ASSIGN_OR_RETURN(Batch own, batch.Own(run_.budget, what_));
    batches_.push_back(std::move(own));
    return run_.cancel->status();
  }

 private:
  const RunContext& run_;
  std::string_view what_;
  std::vector<Batch>& batches_;
};

// How many of the leading fields a schema places where they stand.
size_t PlacedAlike(const std::vector<Field>& fields, const Schema& schema) {
  size_t placed = 0;
  while (placed < std::min(schema.placed(), fields.size()) && schema[placed] == fields[placed]) {
    ++placed;
  }
  return placed;
}

}  // namespace

absl::StatusOr<RowTablePtr> RowTable::Read(Spool rows, const FieldStage& stage,
                                           const RunContext& run, std::string_view what) {
  std::shared_ptr<RowTable> table(new RowTable(run.budget));
  table->fields_ = rows.FieldsInOrder(stage);
  Collector collector(run, what, table->batches_);
  SPELK_RETURN_IF_ERROR(rows.Emit(collector));
  table->placed_ = table->batches_.empty() ? 0 : table->fields_.size();
  for (size_t b = 0; b < table->batches_.size(); ++b) {
    const Batch& batch = table->batches_[b];
    table->placed_ = std::min(table->placed_, PlacedAlike(table->fields_, *batch.schema()));
    const size_t bytes = 2 * batch.size() * sizeof(Row);
    if (!table->reservation_.Grow(bytes)) return run.budget->Exhausted(what, bytes);
    for (size_t r = 0; r < batch.size(); ++r) {
      table->rows_.push_back({static_cast<uint32_t>(b), static_cast<uint32_t>(batch.physical(r))});
    }
  }
  return RowTablePtr(std::move(table));
}

Value RowTable::At(size_t row, Field field) const {
  const Column* column = batches_[rows_[row].batch].Find(field);
  return column == nullptr ? Value::Null() : column->At(rows_[row].physical);
}

absl::Status RowTable::Push(const std::vector<size_t>& rows, const RunContext& run,
                            Output& out) const {
  if (rows.empty()) return absl::OkStatus();
  const auto memory = std::make_shared<BatchMemory>(run.budget);
  std::vector<Column> columns;
  for (const Field field : fields_) {
    auto* values = memory->arena.AllocateArray<Value>(rows.size());
    SPELK_RETURN_IF_ERROR(memory->arena.status("rows of a subsearch"));
    // The batch does not hold the table: its texts are its own.
    for (size_t i = 0; i < rows.size(); ++i) {
      values[i] = CopyValue(At(rows[i], field), memory->arena);
    }
    SPELK_RETURN_IF_ERROR(memory->arena.status("rows of a subsearch"));
    columns.push_back(Column::Values({values, rows.size()}));
  }
  return out.Push(
      Batch(std::make_shared<Schema>(fields_, placed_), std::move(columns), rows.size(), memory));
}

absl::StatusOr<RowTablePtr> TakeTable(const plan::NodePtr* place, const RunContext& run,
                                      std::string_view what) {
  std::unique_ptr<Spool> rows = run.handover == nullptr ? nullptr : run.handover->Take(place);
  return RowTable::Read(rows == nullptr ? Spool(what, run) : std::move(*rows),
                        plan::ShapeOf(**place).Stages(), run, what);
}

bool AppendRowKey(const std::vector<Value>& values, std::string& key) {
  char buffer[kNumberText];
  for (const Value& value : values) {
    if (value.is_null()) return false;
    ByteWriter(key).Varint(value.count());
    for (const Value& each : value.each()) AppendKeyPart(TextOf(each, buffer), key);
  }
  return true;
}

}  // namespace spelk::exec
