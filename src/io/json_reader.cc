// The forward pass over a line's structure.
#include "io/json_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "io/json_scalar.h"

namespace spelk::io {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101U;
constexpr uint64_t kHighs = 0x8080808080808080U;

uint64_t HasByte(uint64_t word, unsigned char byte) {
  const uint64_t x = word ^ (kOnes * byte);
  return (x - kOnes) & ~x & kHighs;
}

bool HasBackslash(std::string_view key) {
  if (key.size() <= 8) {
    uint64_t word = 0;
    std::memcpy(&word, key.data(), 8);  // Keys lie in a line with slack after it.
    if (key.size() < 8) word &= (uint64_t{1} << (8 * key.size())) - 1;
    return HasByte(word, '\\') != 0;
  }
  return std::memchr(key.data(), '\\', key.size()) != nullptr;
}

}  // namespace

LineVerdict JsonReader::Read(std::string_view line, std::span<RawValue> slots, bool* faulty) {
  if (slots.data() == emptied_) {
    for (const uint32_t slot : filled_) slots[slot] = RawValue();
  } else {
    std::fill(slots.begin(), slots.end(), RawValue());
    emptied_ = slots.data();
  }
  filled_.clear();
  *faulty = false;
  const LineVerdict verdict = index_.IndexUnmatched(line);
  if (verdict != LineVerdict::kEvent) return verdict;
  text_ = index_.text().data();
  structurals_ = index_.structurals();
  suspect_ = index_.suspect();
  slots_ = slots;
  open_slots_ = tree_.required();
  depth_ = 0;
  members_ = 0;
  marks_ = 0;
  marks_in_window_ = 0;
  ended_ = false;
  cut_array_ = false;
  uint32_t at = 0;
  if (!Done()) {
    trail_.Begin();
    ended_ = WalkObject(&at, tree_.root());
    *faulty = cut_array_ || (!ended_ && !Done());
  }
  const bool one_object = ended_ ? at == index_.count() : index_.IsOneObject();
  return one_object ? verdict : LineVerdict::kNotOneObject;
}

LineVerdict JsonReader::Check(std::string_view line, bool* faulty) {
  *faulty = false;
  const LineVerdict verdict = index_.Index(line);
  if (verdict != LineVerdict::kEvent) return verdict;
  text_ = index_.text().data();
  structurals_ = index_.structurals();
  suspect_ = index_.suspect();
  slots_ = {};
  open_slots_ = 1;
  uint32_t at = 0;
  *faulty = !SkipContainer(&at, 0);
  return verdict;
}

const PathTree::Node* JsonReader::FindKey(const PathTree::Node& node, std::string_view key) {
  if (HasBackslash(key)) [[unlikely]] {
    key_.clear();
    AppendUnescaped(key, key_);
    const size_t size = key_.size();
    key_.append(8, '\0');
    key = std::string_view(key_).substr(0, size);
  }
  if (const PathTree::Node* found = node.Find(key, KeyHash(key))) return found;
  if (!node.nests) return nullptr;
  // A key that holds dots gives the same name as nesting.
  const PathTree::Node* at = &node;
  for (size_t from = 0;;) {
    const size_t dot = key.find('.', from);
    if (dot == std::string_view::npos && from == 0) return nullptr;
    std::string piece(key.substr(from, dot - from));
    const size_t size = piece.size();
    piece.append(8, '\0');
    const std::string_view view = std::string_view(piece).substr(0, size);
    at = at->Find(view, KeyHash(view));
    if (at == nullptr || dot == std::string_view::npos) return at;
    from = dot + 1;
  }
}

bool JsonReader::ReadKey(uint32_t at, const PathTree::Node& node, const PathTree::Node** child) {
  const std::optional<std::string_view> key =
      StringContent(text_, structurals_[at], structurals_[at + 1]);
  if (!key || (suspect_ && !IsValidStringContent(Original(*key)))) return false;
  *child = FindKey(node, *key);
  trail_.Learn(node, *key, *child);
  return true;
}

void JsonReader::Note(const PathTree::Node& node) {
  marks_ |= node.marks;
  if (members_ <= tree_.window()) marks_in_window_ |= node.marks;
}

void JsonReader::FillSlot(uint32_t slot, const RawValue& value) {
  if (slots_[slot].kind != RawKind::kAbsent) return;  // The first of a repeated name wins.
  slots_[slot] = value;
  filled_.push_back(slot);
  if (suspect_) slots_[slot].data = index_.original().data() + (value.data - text_);
  if (slot < tree_.required() && tree_.required() != PathTree::kReadAll) --open_slots_;
}

void JsonReader::Fill(const PathTree::Node& node, const RawValue& value) {
  for (const uint32_t slot : node.slots) FillSlot(slot, value);
  for (const uint32_t slot : node.raw_slots) FillSlot(slot, value);
}

// Each of the Walk and Take functions begins at a value's first structural and leaves *at after
// the value. False stops the reading: at a fault, or because every slot is filled.
bool JsonReader::WalkObject(uint32_t* at, const PathTree::Node& node) {
  uint32_t i = *at + 1;
  if (CharAt(i) == '}') {
    *at = i + 1;
    return true;
  }
  for (;;) {
    if (CharAt(i) != '"' || CharAt(i + 1) != ':') return false;
    const std::string_view key_to_colon(text_ + structurals_[i] + 1,
                                        structurals_[i + 1] - structurals_[i] - 1);
    const PathTree::Node* child = nullptr;
    const bool known = !suspect_ && trail_.Follow(node, key_to_colon, &child);
    if (!known && !ReadKey(i, node, &child)) return false;
    i += 2;
    if (depth_ == 0) ++members_;
    if (child != nullptr) Note(*child);
    if ((child == nullptr || !child->takes_scalars) && IsPlainString(i)) {
      ++i;
    } else if (!WalkValue(&i, child)) {
      return false;
    }
    if (Done()) return false;
    const char next = CharAt(i);
    ++i;
    if (next == '}') break;
    if (next != ',') return false;
  }
  *at = i;
  return true;
}

bool JsonReader::WalkValue(uint32_t* at, const PathTree::Node* node) {
  const char c = CharAt(*at);
  if (c != '{' && c != '[') return TakeScalar(at, node);
  const int level = depth_ + 1;
  if (node == nullptr) return SkipContainer(at, level);
  if (!node->raw_slots.empty() && !TakeRaw(*at, *node)) return false;
  if (c == '[') return node->arrays.empty() ? SkipContainer(at, level) : TakeArray(at, *node);
  const bool leaf = node->keys.empty() && node->any == nullptr;
  if (leaf || level > kMaxJsonDepth) return SkipContainer(at, level);
  ++depth_;
  const bool more = WalkObject(at, *node);
  --depth_;
  return more;
}

// Takes a container as its text; the names below it are walked after that.
bool JsonReader::TakeRaw(uint32_t at, const PathTree::Node& node) {
  const uint32_t from = structurals_[at];
  const RawKind kind = CharAt(at) == '{' ? RawKind::kObject : RawKind::kArray;
  if (!SkipContainer(&at, depth_ + 1)) return false;
  const uint32_t to = structurals_[at - 1] + 1;
  for (const uint32_t slot : node.raw_slots) FillSlot(slot, {text_ + from, to - from, kind});
  return true;
}

bool JsonReader::TakeScalar(uint32_t* at, const PathTree::Node* node) {
  const uint32_t i = *at;
  *at = i + 1;
  if (CharAt(i) == '"') {
    const std::optional<std::string_view> content =
        StringContent(text_, structurals_[i], structurals_[i + 1]);
    if (!content) return false;
    if (suspect_ && !IsValidStringContent(Original(*content))) return false;
    if (node != nullptr) Fill(*node, StringValue(*content));
    return true;
  }
  const std::optional<RawValue> value =
      ScalarValue(ScalarText(text_, structurals_[i], structurals_[i + 1]));
  if (!value) return false;
  if (node != nullptr) Fill(*node, *value);
  return true;
}

// Stays at a scalar that is none.
bool JsonReader::SkipScalar(uint32_t* at) {
  uint32_t behind = *at;
  if (!TakeScalar(&behind, nullptr)) return false;
  *at = behind;
  return true;
}

// The values before a fault are there, as they are for who flattens the line.
bool JsonReader::TakeArray(uint32_t* at, const PathTree::Node& node) {
  const uint32_t begin = structurals_[*at];
  const bool whole = SkipContainer(at, depth_ + 1);
  const uint32_t end = whole ? structurals_[*at - 1] + 1 : structurals_[*at];
  const auto open = static_cast<uint16_t>(whole ? 0 : skip_depth_);
  for (const uint32_t slot : node.arrays) {
    FillSlot(slot, {text_ + begin, end - begin, RawKind::kArray, open});
  }
  cut_array_ = !whole;
  return whole;
}

// Leaves *at after the container, or at the fault in it, where skip_depth_ containers are open.
// `level` is how deep it lies in the line.
bool JsonReader::SkipContainer(uint32_t* at, int level) {
  // A fault inside a container that nobody reads is a fault all the same, so its grammar is
  // checked; the kinds of the open containers are a stack of bits.
  size_t depth = 0;
  skip_depth_ = 0;
  if (level > kMaxJsonDepth) return false;
  const auto most = static_cast<size_t>(kMaxJsonDepth - level) + 1;
  const auto push = [&](bool object) {
    if (depth / 64 >= kinds_.size()) kinds_.push_back(0);
    uint64_t& word = kinds_[depth / 64];
    const uint64_t bit = uint64_t{1} << (depth % 64);
    word = object ? word | bit : word & ~bit;
    ++depth;
  };
  const auto in_object = [&] {
    return ((kinds_[(depth - 1) / 64] >> ((depth - 1) % 64)) & 1U) != 0;
  };
  uint32_t i = *at;
  const auto stop_here = [&](bool whole) {
    *at = i;
    skip_depth_ = depth;
    return whole;
  };
  push(CharAt(i) == '{');
  ++i;
  bool first = true;  // No member of the innermost container was read yet.
  while (depth > 0) {
    if (CharAt(i) == (in_object() ? '}' : ']')) {
      --depth;
      first = false;
      ++i;
      continue;
    }
    if (!first) {
      if (CharAt(i) != ',') return stop_here(false);
      ++i;
    }
    if (in_object()) {
      if (CharAt(i) != '"' || CharAt(i + 1) != ':' || !SkipScalar(&i)) return stop_here(false);
      ++i;
    }
    const char c = CharAt(i);
    if (c == '{' || c == '[') {
      if (depth == most) return stop_here(false);
      push(c == '{');
      ++i;
      first = true;
      continue;
    }
    if (c == '}' || c == ']' || c == ',' || c == ':' || !SkipScalar(&i)) return stop_here(false);
    first = false;
  }
  return stop_here(true);
}

}  // namespace spelk::io
