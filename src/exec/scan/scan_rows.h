// ScanRows: the events of a batch being made, as slots out of which fields come column by column.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/memory.h"
#include "base/string_map.h"
#include "exec/scan/compiled_scan.h"
#include "exec/scan/row_slots.h"
#include "exec/scan/text_times.h"
#include "io/block_source.h"
#include "io/json_flattener.h"
#include "io/json_text.h"
#include "value/batch.h"
#include "value/column.h"
#include "value/time_format.h"

namespace spelk::exec {

// Belongs to one worker.
class ScanRows {
 public:
  struct Row {
    std::string_view line;                 // What the event is written out as.
    std::string_view event;                // The object that has its members.
    size_t shape = CompiledScan::kNone;    // Of the event.
    size_t wrapper = CompiledScan::kNone;  // Of what it was wrapped in.
  };

  // `flattener` takes arrays apart; its values hold until it is used again.
  ScanRows(const CompiledScan& scan, io::JsonFlattener& flattener)
      : scan_(scan), flattener_(flattener), reservation_(scan.run->budget) {}

  // Forgets all rows. What is added from now on stands in the block.
  void Start(const io::BlockPtr& block);
  const io::BlockPtr& block() const { return block_; }
  // For values made out of rows: keeps the block alive.
  BatchMemoryPtr NewMemory() const;
  // Where texts that were unwrapped live.
  const BatchMemoryPtr& memory() const { return memory_; }

  // `filled`: the slots that are not absent.
  absl::Status Add(const Row& row, std::span<const io::RawValue> slots,
                   std::span<const uint32_t> filled);
  size_t size() const { return rows_.size(); }
  const Row& row(size_t index) const { return rows_[index]; }

  // The values of one field for some rows, into an array with an entry for each row.
  absl::Status Resolve(size_t field, std::span<const uint32_t> rows, Arena& arena,
                       std::span<Value> values);
  absl::StatusOr<Column> ColumnOf(size_t field, std::span<const uint32_t> rows, Arena& arena);

  // Whether a field has a value, if that can be told without decoding it.
  std::optional<bool> HasValue(size_t field, uint32_t row) const;

  // Whether the event itself has the field of _raw.
  bool HasText(size_t field, uint32_t row) const {
    return slot(row, scan_.fields[field].slot).kind != io::RawKind::kAbsent;
  }

  // The number of a row's names: sourcetype, source and host. Rows that have them for the same
  // reasons (layout, channel …) have the same number, as long as the generation is the same.
  uint32_t NamesOf(uint32_t row);
  uint64_t names_generation() const { return names_generation_; }

 private:
  using FieldSource = CompiledScan::FieldSource;
  using Kind = FieldSource::Kind;
  using Template = CompiledScan::Template;

  using Names = std::array<Value, CompiledScan::kNameFields>;
  // More than so many are forgotten, and a longer reason is not kept.
  static constexpr size_t kMostNames = 4096;
  static constexpr size_t kLongestReason = 1024;

  const io::RawValue& slot(uint32_t row, size_t index) const { return slots_.At(row, index); }
  void AddReasons(const std::vector<size_t>& slots, uint32_t row);
  absl::Status Share(size_t field, std::span<const uint32_t> rows, std::span<Value> values);
  void Decode(size_t field, std::span<const uint32_t> rows, Arena& arena, std::span<Value> values);
  const CompiledScan::Shape* shape(uint32_t row) const;
  const io::Input& input() const { return scan_.settings->inputs[block_->input]; }

  Value ValueOf(const FieldSource& source, uint32_t row, Arena& arena);
  Value Member(const FieldSource& source, uint32_t row, Arena& arena);
  Value WithAdded(const Value& system, size_t added, uint32_t row, Arena& arena);
  Value Derived(Kind kind, uint32_t row, Arena& arena);
  Value LineCount(uint32_t row, Arena& arena);
  Value Sourcetype(const CompiledScan::Shape* known, uint32_t row, Arena& arena);
  Value Source(const CompiledScan::Shape* known, uint32_t row, Arena& arena);
  Value Shown(const Value& sourcetype) const;
  void AddNames(const std::vector<Template>& templates, uint32_t row, Arena& arena,
                std::vector<Value>& names);
  Value Fill(const Template& name, uint32_t row, Arena& arena);
  Value Decode(const io::RawValue& raw, size_t slot_index, Arena& arena);
  std::optional<Micros> TimeOf(uint32_t row, Arena& arena);
  std::optional<Micros> FindTime(uint32_t row, Arena& arena);
  std::optional<Micros> TimeInText(uint32_t row, Arena& arena);
  std::optional<Micros> TimeInMembers(uint32_t row, Arena& arena);
  const TextTimes::Reading* TimeReadingOf(uint32_t row);
  std::optional<Micros> FirstTime(const std::vector<CompiledScan::TimeSlot>& times, uint32_t row,
                                  Arena& arena);

  const CompiledScan& scan_;
  io::JsonFlattener& flattener_;
  io::BlockPtr block_;
  BatchMemoryPtr memory_;
  std::vector<Row> rows_;
  RowSlots slots_;
  std::vector<uint32_t> wanted_;  // Scratch of Add.
  Reservation reservation_;

  BatchMemoryPtr names_memory_;
  std::vector<Names> names_;
  StringMap<uint32_t> names_by_reason_;
  uint64_t names_generation_ = 0;
  std::unique_ptr<TextTimes> text_times_;                  // Null until somebody asks.
  std::vector<const TextTimes::Reading*> times_by_names_;  // Null: no setting is for them.
  absl::Status times_status_;
  std::string reason_;
  std::vector<uint32_t> row_names_;  // Of the rows; kUnknown where nobody asked.

  // Columns that several plans read, decoded once.
  struct SharedColumn {
    std::span<Value> values;
    std::vector<bool> known;
  };
  std::vector<SharedColumn> shared_;
  std::vector<uint32_t> unshared_;
};

}  // namespace spelk::exec
