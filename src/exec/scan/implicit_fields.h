// hidden::kImplicit: which of its values an event was given only for commands to read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "value/column.h"

namespace spelk::exec {

// A field that may be implicit: what commands read, and what events have under its name themselves
// (rows after the end have nothing).
struct ImplicitField {
  std::string_view name;
  Column values;
  std::span<const Value> own;
  bool shown = false;  // Events that have it show what commands read: _time.
};

// The column for some of the physical rows; the others are not set. ResourceExhausted when the
// arena is.
absl::StatusOr<Column> ImplicitColumn(const std::vector<ImplicitField>& fields,
                                      std::span<const uint32_t> rows, size_t physical_rows,
                                      Arena& arena);

// What the field shows: its value, if that is not the one that was implicit, otherwise the event's
// own.
Value StripImplicitValue(const Value& implicit, std::string_view name, const Value& now);

}  // namespace spelk::exec
