// Layouts, each compared once with the shapes.
#include "exec/scan/layout_detector.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"

namespace spelk::exec {

bool LayoutDetector::Allows(const Layout& layout, const CompiledScan::Shape& shape) const {
  const bool closed = shape.shape->closed;
  const uint64_t marks = shape.wraps || closed ? layout.marks_in_window : layout.marks;
  if ((marks & shape.members) != shape.members || (marks & shape.without) != 0) return false;
  if (!closed) return true;
  const auto known = static_cast<size_t>(std::popcount(marks & (shape.members | shape.optional)));
  return layout.members == known;
}

const std::vector<uint32_t>& LayoutDetector::ShapesFor(const Layout& layout) {
  const uint64_t hash =
      HashCombine(HashCombine(layout.marks, layout.marks_in_window), layout.members);
  Known& known = known_[hash % kKept];
  if (known.layout == layout) return known.shapes;
  known.layout = layout;
  known.shapes.clear();
  for (uint32_t s = 0; s < scan_.shapes.size(); ++s) {
    if (!Allows(layout, scan_.shapes[s])) continue;
    known.shapes.push_back(s);
    if (scan_.shapes[s].values.empty()) break;
  }
  return known.shapes;
}

size_t LayoutDetector::Find(const io::JsonReader& reader, std::span<const io::RawValue> slots) {
  if (reader.marks() == 0) return CompiledScan::kNone;
  const Layout layout{reader.marks(), reader.marks_in_window(),
                      reader.members_in_window().value_or(CompiledScan::kNone)};
  for (const uint32_t s : ShapesFor(layout)) {
    const CompiledScan::Shape& shape = scan_.shapes[s];
    const bool fits = std::all_of(shape.values.begin(), shape.values.end(), [&](const auto& value) {
      const io::RawValue& slot = slots[value.first];
      return slot.kind != io::RawKind::kAbsent && value.second.Matches(slot.text());
    });
    if (fits) return s;
  }
  return CompiledScan::kNone;
}

}  // namespace spelk::exec
