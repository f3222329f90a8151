// FoundFields: the columns that a batch gets by fields found in the texts of its rows.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "exec/run_context.h"
#include "io/fields/text_fields.h"
#include "value/batch.h"

namespace spelk::exec {

// What becomes of a value that a row has already.
enum class Existing : uint8_t {
  kKept,
  kReplaced,
  kJoined,  // Values that the text gives too are not doubled; the others come first.
};

// For one batch. Values live in its arena, or as long.
class FoundFields {
 public:
  // `what` names the command in messages.
  FoundFields(const Batch& batch, const RunContext& run, std::string_view what)
      : batch_(batch), run_(run), what_(what) {}

  // The fields of a row, by its physical place, each name once. ResourceExhausted names `what`.
  absl::Status Put(size_t row, std::span<const io::TextField> fields, Existing existing);
  // Gives the batch the columns; new ones come last.
  void MoveInto(Batch* batch) const;

 private:
  struct Found {
    Field field;
    Value* values = nullptr;  // One for each physical row.
  };
  absl::StatusOr<Found*> Find(std::string_view name);
  Value Join(const Value& own, const Value& found);

  const Batch& batch_;
  const RunContext& run_;
  const std::string_view what_;
  StringMap<size_t> by_name_;
  std::vector<Found> found_;
};

}  // namespace spelk::exec
