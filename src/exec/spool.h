// Spool: all rows of a stream, for commands that must see the whole result before the first row.
#pragma once

#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "exec/sorter.h"
#include "value/field_order.h"

namespace spelk::exec {

// Keeps rows in memory while the budget lasts and on disk beyond, and gives them back in the order
// of their ranks; hidden::kTime stays with them. Knows which fields there are: the set and order of
// fields is a property of the whole result. The state of a sink; not thread-safe.
class Spool {
 public:
  // `what` is named in messages about memory; it outlives the spool.
  Spool(std::string_view what, const RunContext& run);

  absl::Status Add(Batch batch, Position at);
  absl::Status Merge(Spool other);
  // Pushes all rows, batch by batch; nothing is left.
  absl::Status Emit(Output& out);

  // The fields that at least one row has (hidden ones left out), in the order of their first
  // appearance in row order.
  std::vector<Field> FieldsInOrder(const FieldStage& stage) const;

  absl::Status Save(ByteWriter& out);
  absl::Status Load(ByteReader& in);

 private:
  struct Place {
    RowRank rank;
    size_t placed = FieldPlace::kNotPlaced;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  void Note(Field field, const Place& place);
  void NoteFields(const Batch& batch, Position at);

  const RunContext* run_;
  Sorter rows_;
  absl::flat_hash_map<Field, Place> first_;  // Of each field.
};

}  // namespace spelk::exec
