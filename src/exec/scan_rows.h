// The rows of a batch that a scan is making.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exec/scan.h"
#include "value/timestamp.h"

namespace spelk::exec {

inline constexpr size_t kNoShape = SIZE_MAX;  // Of events that no shape fits.

// The events collected so far, as slots; fields come out of them column by column.
class ScanWorker::Rows {
 public:
  Rows(const SharedScan& scan, io::JsonFlattener& flattener)
      : scan_(scan), flattener_(flattener), reservation_(scan.run().budget) {}

  void Start(const io::BlockPtr& block);
  const io::BlockPtr& block() const { return block_; }
  BatchMemoryPtr NewMemory() const;

  absl::Status Add(std::string_view line, size_t shape, const std::vector<io::RawValue>& slots);

  size_t size() const { return lines_.size(); }
  std::string_view line(size_t row) const { return lines_[row]; }
  // Texts that were unwrapped live here.
  const BatchMemoryPtr& memory() const { return memory_; }

  // The values of one field for some rows, in an array with an entry for each row.
  absl::StatusOr<Column> Resolve(size_t field, const std::vector<uint32_t>& rows, Arena& arena);

 private:
  using Kind = SharedScan::FieldSource::Kind;
  using Template = SharedScan::Template;

  const io::RawValue& slot(uint32_t row, size_t index) const {
    return slots_[row * scan_.tree_->size() + index];
  }
  const SharedScan::CompiledShape* shape(uint32_t row) const {
    return shapes_[row] == kNoShape ? nullptr : &scan_.shapes_[shapes_[row]];
  }
  const io::Input& input() const { return scan_.settings().inputs[block_->input]; }

  Value ValueOf(const SharedScan::FieldSource& source, uint32_t row, Arena& arena);

  // What the event itself has, under the name or below a prefix of its shape.
  Value Member(const SharedScan::FieldSource& source, uint32_t row, Arena& arena);

  Value Derived(Kind kind, uint32_t row, Arena& arena);

  Value Sourcetype(const SharedScan::CompiledShape* known, uint32_t row, Arena& arena);
  Value Source(const SharedScan::CompiledShape* known, uint32_t row, Arena& arena);
  void AddNames(const std::vector<Template>& templates, uint32_t row, Arena& arena,
                std::vector<Value>& names);
  static Value Multi(std::vector<Value>& values, Arena& arena);

  // Null if a member that the template names is absent.
  Value Fill(const Template& name, uint32_t row, Arena& arena);

  Value Decode(const io::RawValue& raw, size_t slot_index, Arena& arena);

  std::optional<Micros> TimeOf(uint32_t row, Arena& arena);
  std::optional<Micros> FirstTime(const std::vector<SharedScan::TimeSlot>& times, uint32_t row,
                                  Arena& arena);

  const SharedScan& scan_;
  io::JsonFlattener& flattener_;
  io::BlockPtr block_;
  BatchMemoryPtr memory_;
  std::vector<std::string_view> lines_;
  std::vector<size_t> shapes_;
  std::vector<io::RawValue> slots_;  // Row by row.
  Reservation reservation_;
};

}  // namespace spelk::exec
