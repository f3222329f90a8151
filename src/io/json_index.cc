// The structure of a line, and the checks that decide whether it is an event.
#include "io/json_index.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "io/block_source.h"
#include "io/structurals.h"

namespace spelk::io {
namespace {

constexpr size_t kFirstCapacity = 64U << 10U;
constexpr size_t kKeptCapacity = 4U << 20U;    // What Shrink leaves.
constexpr size_t kLongest = UINT32_MAX - 64U;  // Offsets have 32 bits.

bool EscapesAreValid(std::string_view text) {
  for (size_t from = 0; from < text.size();) {
    const void* hit = std::memchr(text.data() + from, '\\', text.size() - from);
    if (hit == nullptr) return true;
    from = static_cast<size_t>(static_cast<const char*>(hit) - text.data());
    if (!IsEscape(text, from + 1)) return false;
    from += 2;
  }
  return true;
}

}  // namespace

std::string_view Describe(LineVerdict verdict) {
  switch (verdict) {
    case LineVerdict::kEvent:
      return "an event";
    case LineVerdict::kBlank:
      return "a blank line";
    case LineVerdict::kNotUtf8:
      return "not UTF-8";
    case LineVerdict::kUnclosedString:
      return "a string is not closed";
    case LineVerdict::kNotOneObject:
      return "not one JSON object";
    case LineVerdict::kNoMemory:
      return "too long for the memory budget";
  }
  return "";
}

bool IsValidStringContent(std::string_view content) {
  return std::none_of(content.begin(), content.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20U; }) &&
         EscapesAreValid(content);
}

JsonIndex::JsonIndex(MemoryBudget* budget) : reservation_(budget), for_sanitized_(budget) {}
JsonIndex::JsonIndex(JsonIndex&&) noexcept = default;
JsonIndex::~JsonIndex() = default;

bool JsonIndex::EnsureCapacity(size_t size) {
  if (size <= capacity_) return true;
  const size_t wanted = std::max(kFirstCapacity, size + size / 4);
  // Each byte of a text may be an entry.
  const size_t entries = StructuralsCapacity(wanted);
  if (size > kLongest || !reservation_.Resize(entries * sizeof(uint32_t))) return false;
  offsets_.reset(new (std::nothrow) uint32_t[entries]);
  capacity_ = offsets_ != nullptr ? wanted : 0;
  return capacity_ != 0;
}

bool JsonIndex::Reserve(size_t size) {
  const size_t copied = size + kSlack;
  return EnsureCapacity(size) &&
         (copied <= for_sanitized_.bytes() || for_sanitized_.Resize(copied));
}

void JsonIndex::Shrink() {
  if (capacity_ <= kKeptCapacity) return;
  offsets_.reset();
  capacity_ = 0;
  reservation_.Clear();
  sanitized_ = std::string();
  for_sanitized_.Clear();
}

// The faults of a text without control characters in strings.
LineVerdict JsonIndex::VerdictOf(const Structurals& found) const {
  const bool is_utf8 = !found.non_ascii || simdjson::validate_utf8(text_.data(), text_.size());
  if (!is_utf8) return LineVerdict::kNotUtf8;
  if (found.unclosed_string) return LineVerdict::kUnclosedString;
  if (found.count == 0) return LineVerdict::kBlank;
  return LineVerdict::kEvent;
}

bool JsonIndex::BlankControls() {
  const size_t copied = text_.size() + kSlack;
  if (copied > for_sanitized_.bytes() && !for_sanitized_.Resize(copied)) return false;
  sanitized_.assign(text_);
  std::replace_if(
      sanitized_.begin(), sanitized_.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, ' ');
  sanitized_.append(kSlack, ' ');
  text_ = std::string_view(sanitized_).substr(0, text_.size());
  return true;
}

bool JsonIndex::IsOneObject() const {
  static constexpr auto kDepthOf = [] {
    std::array<int8_t, 256> table{};
    table['{'] = table['['] = 1;
    table['}'] = table[']'] = -1;
    return table;
  }();
  int64_t depth = 0;
  const uint32_t last = count_ - 1;
  for (uint32_t i = 0; i < last; ++i) {
    depth += kDepthOf[static_cast<unsigned char>(text_[structurals_[i]])];
    if (depth == 0) [[unlikely]]
      return false;
  }
  return depth == 1 && text_[structurals_[last]] == '}';
}

LineVerdict JsonIndex::Index(std::string_view line) {
  const LineVerdict verdict = IndexUnmatched(line);
  if (verdict != LineVerdict::kEvent || IsOneObject()) return verdict;
  return LineVerdict::kNotOneObject;
}

LineVerdict JsonIndex::IndexUnmatched(std::string_view line) {
  original_ = line;
  text_ = line;
  suspect_ = false;
  count_ = 0;
  if (line.empty()) return LineVerdict::kBlank;
  if (!EnsureCapacity(line.size())) return LineVerdict::kNoMemory;
  static const FindStructurals find = StructuralsFinders().back().find;
  Structurals found = find(line, offsets_.get());
  suspect_ = found.unknown_escape;
  if (found.control_in_string && !found.unclosed_string) [[unlikely]] {
    // A raw control character in a string is a fault of its member, not of the line.
    if (!BlankControls()) return LineVerdict::kNoMemory;
    found = find(text_, offsets_.get());
    suspect_ = true;
  }
  const LineVerdict verdict = VerdictOf(found);
  if (verdict != LineVerdict::kEvent) return verdict;
  structurals_ = offsets_.get();
  count_ = found.count;
  if (count_ < 2 || text_[structurals_[0]] != '{') return LineVerdict::kNotOneObject;
  return LineVerdict::kEvent;
}

}  // namespace spelk::io
