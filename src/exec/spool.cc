// Collecting rows and the order of their fields.
#include "exec/spool.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status.h"

namespace spelk::exec {

Spool::Spool(std::string_view what, const RunContext& run)
    : run_(&run), rows_({.keep_time = true, .what = what}, run) {}

void Spool::Note(Field field, const Place& place) {
  const auto [known, added] = first_.emplace(field, place);
  if (!added && place < known->second) known->second = place;
}

void Spool::NoteFields(const Batch& batch, Position at) {
  const BatchRanks ranks(batch, at);
  std::vector<RowRank> all(batch.size());
  for (size_t r = 0; r < all.size(); ++r) all[r] = ranks.rank(r);
  const RowRank least = *std::min_element(all.begin(), all.end());
  const Schema& schema = *batch.schema();
  for (size_t c = 0; c < schema.size(); ++c) {
    const Field field = schema[c];
    const size_t placed = PlacedIndex(schema, c);
    if (field.hidden()) continue;
    const auto known = first_.find(field);
    if (known != first_.end() && known->second.rank < least) continue;
    if (placed != FieldPlace::kNotPlaced) {
      Note(field, {least, placed});
      continue;
    }
    if (batch.column(c).is_null_constant()) continue;
    std::optional<RowRank> first;
    for (size_t r = 0; r < all.size(); ++r) {
      if (first && !(all[r] < *first)) continue;
      if (!batch.At(c, r).is_null()) first = all[r];
    }
    if (first) Note(field, {*first});
  }
}

absl::Status Spool::Add(Batch batch, Position at) {
  if (batch.empty()) return absl::OkStatus();
  NoteFields(batch, at);
  return rows_.Add(std::move(batch), at);
}

absl::Status Spool::Merge(Spool other) {
  for (const auto& [field, place] : other.first_) Note(field, place);
  return rows_.Merge(std::move(other.rows_));
}

absl::Status Spool::Emit(Output& out) { return rows_.Emit(out); }

std::vector<Field> Spool::FieldsInOrder(const FieldStage& stage) const {
  struct Found {
    RowRank row;
    FieldPlace place;
    Field field;
  };
  std::vector<Found> found;
  for (const auto& [field, first] : first_) {
    found.push_back({first.rank, PlaceOf(field, first.placed, stage), field});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tie(a.row, a.place) < std::tie(b.row, b.place);
  });
  std::vector<Field> fields;
  for (const Found& each : found) fields.push_back(each.field);
  return fields;
}

absl::Status Spool::Save(ByteWriter& out) {
  out.Varint(first_.size());
  for (const auto& [field, place] : first_) {
    out.Text(field.name());
    place.rank.Save(out);
    out.Varint(place.placed + 1);  // 0 if it is not.
  }
  return rows_.Save(out);
}

absl::Status Spool::Load(ByteReader& in) {
  const size_t count = in.Count();
  for (size_t i = 0; i < count && !in.failed(); ++i) {
    SPELK_ASSIGN_OR_RETURN(const Field field, run_->fields->TryIntern(in.Text()));
    Place place;
    place.rank = RowRank::Load(in);
    place.placed = in.Varint() - 1;
    Note(field, place);
  }
  return rows_.Load(in);
}

}  // namespace spelk::exec
