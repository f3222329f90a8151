// Ordering fields.
#include "value/field_order.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace spelk {
namespace {

// The first row with a value, or the number of rows.
size_t FirstRow(const Batch& batch, size_t column) {
  size_t row = 0;
  while (row < batch.size() && batch.At(column, row).is_null()) ++row;
  return row;
}

}  // namespace

FieldOrder::FieldOrder(std::vector<Field> known, FieldStage stage)
    : stage_(std::move(stage)), fields_(std::move(known)) {
  for (size_t i = 0; i < fields_.size(); ++i) rank_.emplace(fields_[i], i);
}

void FieldOrder::Add(const Batch& batch) {
  struct Found {
    size_t row;
    FieldPlace place;
    Field field;
  };
  std::vector<Found> found;
  const Schema& schema = *batch.schema();
  for (size_t c = 0; c < schema.size(); ++c) {
    const Field field = schema[c];
    if (field.hidden() || rank_.contains(field)) continue;
    const size_t placed = PlacedIndex(schema, c);
    const size_t row = placed != FieldPlace::kNotPlaced ? 0 : FirstRow(batch, c);
    if (row < batch.size()) found.push_back({row, PlaceOf(field, placed, stage_), field});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tie(a.row, a.place) < std::tie(b.row, b.place);
  });
  for (const auto& [row, place, field] : found) {
    rank_.emplace(field, fields_.size());
    fields_.push_back(field);
  }
}

void FieldOrder::Arrange(Batch* batch) {
  Add(*batch);
  if (batch->schema() != from_ || known_ != fields_.size()) {
    from_ = batch->schema();
    known_ = fields_.size();
    std::vector<std::pair<size_t, size_t>> order;  // Rank, column.
    for (size_t c = 0; c < from_->size(); ++c) {
      const auto rank = rank_.find((*from_)[c]);
      if (rank != rank_.end()) order.emplace_back(rank->second, c);
      if ((*from_)[c].hidden()) order.emplace_back(SIZE_MAX, c);
    }
    std::sort(order.begin(), order.end());
    sources_.clear();
    std::vector<Field> fields;
    for (const auto& [rank, column] : order) {
      sources_.push_back(column);
      fields.push_back((*from_)[column]);
    }
    to_ = std::make_shared<Schema>(std::move(fields));
  }
  std::vector<Column> columns;
  columns.reserve(sources_.size());
  for (const size_t source : sources_) columns.push_back(batch->column(source));
  batch->Reshape(to_, std::move(columns));
}

}  // namespace spelk
