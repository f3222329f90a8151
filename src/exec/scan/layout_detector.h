// LayoutDetector: which shape an event has, by the members it has.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "exec/scan/compiled_scan.h"
#include "io/json_reader.h"
#include "io/json_text.h"

namespace spelk::exec {

// One for each worker. What the members of a layout allow is found out once and kept.
class LayoutDetector {
 public:
  explicit LayoutDetector(const CompiledScan& scan) : scan_(scan) {}

  // An index into the shapes of the scan, or CompiledScan::kNone. `reader` has read the event into
  // `slots`.
  size_t Find(const io::JsonReader& reader, std::span<const io::RawValue> slots);

 private:
  struct Layout {
    uint64_t marks = 0;
    uint64_t marks_in_window = 0;
    size_t members = 0;  // kNone beyond the window.
    bool operator==(const Layout&) const = default;
  };
  // In order of precedence; after one that asks for no values nothing is needed.
  struct Known {
    Layout layout;
    std::vector<uint32_t> shapes;
  };
  bool Allows(const Layout& layout, const CompiledScan::Shape& shape) const;
  const std::vector<uint32_t>& ShapesFor(const Layout& layout);

  static constexpr size_t kKept = 64;
  const CompiledScan& scan_;
  std::array<Known, kKept> known_;  // By hash; another layout takes the place. No marks: no shapes.
};

}  // namespace spelk::exec
