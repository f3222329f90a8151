// Line lookup and the way back from expanded text.
#include "base/source.h"

#include <algorithm>
#include <utility>

namespace spelk {

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {}

Source::Source(std::string name, std::string written, std::string expanded,
               std::vector<Copy> copies, std::vector<Expansion> expansions)
    : name_(std::move(name)),
      text_(std::move(expanded)),
      written_(std::move(written)),
      copies_(std::move(copies)),
      expansions_(std::move(expansions)) {}

const Source::Expansion* Source::ExpansionAt(Span span) const {
  for (const Expansion& expansion : expansions_) {
    if (expansion.expanded.begin <= span.begin && span.begin < expansion.expanded.end) {
      return &expansion;
    }
  }
  return nullptr;
}

Span Source::Written(Span span) const {
  if (copies_.empty() && expansions_.empty()) return span;
  const auto at = [this](uint32_t offset, bool is_end) -> Span {
    const uint32_t probe = is_end && offset > 0 ? offset - 1 : offset;
    for (const Expansion& expansion : expansions_) {
      if (expansion.expanded.begin <= probe && probe < expansion.expanded.end) {
        return expansion.call;
      }
    }
    for (const Copy& copy : copies_) {
      if (copy.expanded.begin <= probe && probe < copy.expanded.end) {
        const uint32_t moved = copy.written.begin + (offset - copy.expanded.begin);
        return {moved, moved};
      }
    }
    const auto size = static_cast<uint32_t>(written().size());
    return {size, size};
  };
  const Span first = at(span.begin, false);
  if (span.empty()) return {first.begin, first.begin};
  const Span last = at(span.end, true);
  return {first.begin, std::max(first.end, last.end)};
}

LineColumn Source::Locate(uint32_t offset) const {
  const std::string_view text = written().substr(0, offset);
  LineColumn place;
  place.line += static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  const size_t start = text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1;
  for (const char c : text.substr(start)) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++place.column;
  }
  return place;
}

std::string_view Source::LineAt(uint32_t offset) const {
  const std::string_view text = written();
  const size_t clipped = std::min<size_t>(offset, text.size());
  const size_t before = clipped == 0 ? std::string_view::npos : text.rfind('\n', clipped - 1);
  const size_t start = before == std::string_view::npos ? 0 : before + 1;
  std::string_view line = text.substr(start, text.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace spelk
