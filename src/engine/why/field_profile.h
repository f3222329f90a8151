// FieldProfile: what fields some rows have, and which values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory.h"
#include "engine/run.h"

namespace spelk::engine {

// What is known of the values of one field.
struct FieldValues {
  uint64_t rows = 0;     // That have it.
  uint64_t multi = 0;    // Of them, with several values.
  uint64_t numbers = 0;  // Values that are numbers.
  double least = 0;      // Of these.
  double greatest = 0;
  uint64_t literals = 0;  // Values true or false of JSON.
  // Different values with how often each was seen; not all if there are too many, or long ones.
  std::map<std::string, uint64_t, std::less<>> values;
  bool all_values = true;
};

// Takes rows as they come. What it keeps is bounded: beyond that it only counts.
class FieldProfile final : public RowSink {
 public:
  explicit FieldProfile(bool keep_first_row = false) : keep_first_(keep_first_row) {}

  absl::Status Begin(const plan::OutputShape&, const exec::RunContext& run) override;
  absl::Status Take(Batch batch) override;
  absl::Status End() override {
    reservation_.Clear();  // The run's budget goes; what was kept is bounded.
    return absl::OkStatus();
  }

  uint64_t rows() const { return rows_; }
  // Null if no row has it.
  const FieldValues* Find(std::string_view name) const;
  std::vector<std::string_view> names() const;
  // Adds what another one saw of fields that this one did not see.
  void AddFieldsOf(const FieldProfile& other);
  // The first row as JSON.
  const std::string& first_row() const { return first_row_; }

 private:
  void Add(const Value& value, FieldValues* field);

  uint64_t rows_ = 0;
  size_t kept_ = 0;  // Bytes of values.
  Reservation reservation_;
  std::map<std::string, FieldValues, std::less<>> fields_;
  const bool keep_first_;
  std::string first_row_;
};

}  // namespace spelk::engine
