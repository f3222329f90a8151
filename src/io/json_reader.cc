// The forward pass over a line's structure.
#include "io/json_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "base/hash.h"

namespace spelk::io {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The end of what stands in [begin, end) without blanks at its end.
const char* TrimEnd(const char* begin, const char* end) {
  while (end > begin && IsBlank(end[-1])) --end;
  return end;
}

constexpr uint64_t kOnes = 0x0101010101010101U;
constexpr uint64_t kHighs = 0x8080808080808080U;

uint64_t HasByte(uint64_t word, unsigned char byte) {
  const uint64_t x = word ^ (kOnes * byte);
  return (x - kOnes) & ~x & kHighs;
}

bool HasBackslash(std::string_view key) {
  if (key.size() <= 8) {
    uint64_t word = 0;
    std::memcpy(&word, key.data(), 8);  // Keys lie in a line with slack behind it.
    if (key.size() < 8) word &= (uint64_t{1} << (8 * key.size())) - 1;
    return HasByte(word, '\\') != 0;
  }
  return std::memchr(key.data(), '\\', key.size()) != nullptr;
}

// The content of the string that begins at `quote`, with the next structural at `next`. Nothing if
// something other than blanks stands between.
std::optional<std::string_view> StringContent(const char* text, uint32_t quote, uint32_t next) {
  const char* begin = text + quote + 1;
  const char* end = TrimEnd(begin, text + next);
  if (end == begin || end[-1] != '"') return std::nullopt;
  return std::string_view(begin, static_cast<size_t>(end - 1 - begin));
}

std::string_view ScalarText(const char* text, uint32_t at, uint32_t next) {
  const char* begin = text + at;
  return {begin, static_cast<size_t>(TrimEnd(begin, text + next) - begin)};
}

RawValue StringValue(std::string_view content) {
  const bool escaped = std::memchr(content.data(), '\\', content.size()) != nullptr;
  return {content.data(), static_cast<uint32_t>(content.size()),
          escaped ? RawKind::kEscapedString : RawKind::kString};
}

// Nothing for text that is no JSON scalar.
std::optional<RawValue> ScalarValue(std::string_view text) {
  RawKind kind = RawKind::kAbsent;
  if (!text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'))) {
    if (IsJsonNumber(text)) kind = RawKind::kNumber;
  } else if (IsJsonLiteral(text)) {
    kind = RawKind::kLiteral;
  }
  if (kind == RawKind::kAbsent) return std::nullopt;
  return RawValue{text.data(), static_cast<uint32_t>(text.size()), kind};
}

}  // namespace

uint64_t KeyHash(std::string_view key) {
  uint64_t first = 0;
  uint64_t last = 0;
  if (key.size() >= 8) {
    std::memcpy(&first, key.data(), 8);
    std::memcpy(&last, key.data() + key.size() - 8, 8);
  } else {
    std::memcpy(&first, key.data(), 8);
    first &= (uint64_t{1} << (8 * key.size())) - 1;
  }
  return hash_internal::Mix(first ^ (key.size() * 0x9E3779B97F4A7C15U), last ^ 0xD6E8FEB86659FD93U);
}

// ---------------------------------------------------------------- paths

const PathTree::Node* PathTree::Node::Find(std::string_view key, uint64_t hash) const {
  if (keys.empty()) return any.get();
  for (uint64_t at = hash & mask;; at = (at + 1) & mask) {
    const uint32_t entry = table[at];
    if (entry == 0) return any.get();
    if (keys[entry - 1] == key) return children[entry - 1].get();
  }
}

PathTree::Node* PathTree::Node::FindOrAdd(std::string_view key) {
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == key) return children[i].get();
  }
  keys.emplace_back(key);
  children.push_back(std::make_unique<Node>());
  return children.back().get();
}

// Adds what another node, and those below it, take.
void PathTree::Node::Absorb(const Node& other) {
  marks |= other.marks;
  slots.insert(slots.end(), other.slots.begin(), other.slots.end());
  raw_slots.insert(raw_slots.end(), other.raw_slots.begin(), other.raw_slots.end());
  arrays.insert(arrays.end(), other.arrays.begin(), other.arrays.end());
  for (size_t i = 0; i < other.keys.size(); ++i) {
    FindOrAdd(other.keys[i])->Absorb(*other.children[i]);
  }
  if (other.any == nullptr) return;
  if (any == nullptr) any = std::make_unique<Node>();
  any->Absorb(*other.any);
}

void PathTree::Node::Seal() {
  // A key that is named must give what any key gives, too.
  if (any != nullptr) {
    for (const std::unique_ptr<Node>& child : children) child->Absorb(*any);
    any->Seal();
    nests = nests || !any->keys.empty();
  }
  const size_t size = std::bit_ceil(keys.size() * 4 + 4);
  table.assign(size, 0);
  mask = size - 1;
  for (size_t i = 0; i < keys.size(); ++i) {
    std::string padded = keys[i];
    padded.append(8, '\0');
    uint64_t at = KeyHash(std::string_view(padded).substr(0, keys[i].size())) & mask;
    while (table[at] != 0) at = (at + 1) & mask;
    table[at] = static_cast<uint32_t>(i + 1);
    children[i]->Seal();
    nests = nests || !children[i]->keys.empty() || children[i]->any != nullptr;
  }
}

PathTree::PathTree(const std::vector<Name>& names, const Options& options)
    : size_(names.size()),
      required_(options.required),
      window_(options.window),
      array_rests_(names.size()) {
  for (uint32_t slot = 0; slot < names.size(); ++slot) {
    const std::string_view name = names[slot].name;
    const size_t found = names[slot].list ? name.rfind("{}") : name.find("{}");
    const size_t array = names[slot].raw ? std::string_view::npos : found;
    Node* node = NodeFor(name.substr(0, array), names[slot].any);
    if (names[slot].raw) {
      node->raw_slots.push_back(slot);
    } else if (array == std::string_view::npos) {
      node->slots.push_back(slot);
    } else {
      node->arrays.push_back(slot);
      array_rests_[slot] = name.substr(array);
      if (!names[slot].list) NodeFor(name, names[slot].any)->slots.push_back(slot);  // As a key.
    }
  }
  for (size_t mark = 0; mark < options.marks.size() && mark < kMostMarks; ++mark) {
    NodeFor(options.marks[mark], false)->marks |= uint64_t{1} << mark;
  }
  root_.Seal();
}

// Each dot may be nesting or part of a key: the tree has one node for each piece, and a key that
// holds dots is walked piece by piece.
PathTree::Node* PathTree::NodeFor(std::string_view members, bool any) {
  Node* node = &root_;
  for (size_t from = 0; from <= members.size();) {
    const size_t dot = members.find('.', from);
    const size_t end = dot == std::string_view::npos ? members.size() : dot;
    const std::string_view piece = members.substr(from, end - from);
    if (any && piece == kAny) {
      if (node->any == nullptr) node->any = std::make_unique<Node>();
      node = node->any.get();
    } else {
      node = node->FindOrAdd(piece);
    }
    from = end + 1;
  }
  return node;
}

// ---------------------------------------------------------------- reading

LineVerdict JsonReader::Read(std::string_view line, std::span<RawValue> slots, bool* faulty) {
  if (slots.data() == emptied_) {
    for (const uint32_t slot : filled_) slots[slot] = RawValue();
  } else {
    std::fill(slots.begin(), slots.end(), RawValue());
    emptied_ = slots.data();
  }
  filled_.clear();
  *faulty = false;
  const LineVerdict verdict = index_.Index(line);
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
  if (Done()) return verdict;
  uint32_t at = 0;
  ended_ = WalkObject(&at, tree_.root());
  *faulty = cut_array_ || (!ended_ && !Done());
  return verdict;
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

// Each of the Walk and Take functions begins at a value's first structural and leaves *at behind
// the value. False stops the reading: at a fault, or because every slot is filled.
bool JsonReader::WalkObject(uint32_t* at, const PathTree::Node& node) {
  uint32_t i = *at + 1;
  if (CharAt(i) == '}') {
    *at = i + 1;
    return true;
  }
  for (;;) {
    if (CharAt(i) != '"' || CharAt(i + 1) != ':') return false;
    const std::optional<std::string_view> key =
        StringContent(text_, structurals_[i], structurals_[i + 1]);
    if (!key ||
        (suspect_ &&
         !IsValidStringContent({index_.original().data() + (key->data() - text_), key->size()}))) {
      return false;
    }
    i += 2;
    if (depth_ == 0) ++members_;
    const PathTree::Node* child = FindKey(node, *key);
    if (child != nullptr) Note(*child);
    if (!WalkValue(&i, child)) return false;
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
    if (suspect_ && !IsValidStringContent(
                        {index_.original().data() + (content->data() - text_), content->size()})) {
      return false;
    }
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

// Leaves *at behind the container, or at the fault in it, where skip_depth_ containers are open.
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

// ---------------------------------------------------------------- flattening

namespace {

// Flattens one indexed text. Recursion is bounded by kMaxJsonDepth.
class Flattening {
 public:
  Flattening(const JsonIndex& index, FieldTaker& taker, std::string name)
      : text_(index.text().data()),
        original_(index.original().data()),
        structurals_(index.structurals()),
        suspect_(index.suspect()),
        taker_(taker),
        name_(std::move(name)) {}

  bool Object(uint32_t* at, uint32_t array, int depth) {
    if (depth > kMaxJsonDepth) return false;
    uint32_t i = *at + 1;
    if (CharAt(i) == '}') {
      *at = i + 1;
      return true;
    }
    const size_t prefix = name_.size();
    for (;;) {
      if (CharAt(i) != '"' || CharAt(i + 1) != ':') return false;
      const std::optional<std::string_view> key =
          StringContent(text_, structurals_[i], structurals_[i + 1]);
      if (!key || !Valid(*key)) return false;
      if (prefix != 0) name_ += '.';
      AppendUnescaped(*key, name_);
      i += 2;
      if (!Any(&i, array, depth)) return false;
      name_.resize(prefix);
      const char next = CharAt(i);
      ++i;
      if (next == '}') break;
      if (next != ',') return false;
    }
    *at = i;
    return true;
  }

  bool Any(uint32_t* at, uint32_t array, int depth) {
    const char c = CharAt(*at);
    if (c == '{') return Object(at, array, depth + 1);
    if (c == '[') return Array(at, array, depth + 1);
    return Scalar(at, array);
  }

 private:
  char CharAt(uint32_t at) const { return text_[structurals_[at]]; }
  bool Valid(std::string_view content) const {
    return !suspect_ ||
           IsValidStringContent({original_ + (content.data() - text_), content.size()});
  }

  bool Array(uint32_t* at, uint32_t array, int depth) {
    if (depth > kMaxJsonDepth) return false;
    uint32_t i = *at + 1;
    // All values below one outermost array belong together.
    const uint32_t token = array != 0 ? array : *at + 1;
    if (CharAt(i) == ']') {
      *at = i + 1;
      return true;
    }
    const size_t prefix = name_.size();
    name_ += "{}";
    for (;;) {
      if (!Any(&i, token, depth)) return false;
      const char next = CharAt(i);
      ++i;
      if (next == ']') break;
      if (next != ',') return false;
    }
    name_.resize(prefix);
    *at = i;
    return true;
  }

  bool Scalar(uint32_t* at, uint32_t array) {
    const uint32_t i = *at;
    *at = i + 1;
    std::optional<RawValue> value;
    if (CharAt(i) == '"') {
      const std::optional<std::string_view> content =
          StringContent(text_, structurals_[i], structurals_[i + 1]);
      if (!content || !Valid(*content)) return false;
      value = StringValue(*content);
    } else {
      value = ScalarValue(ScalarText(text_, structurals_[i], structurals_[i + 1]));
    }
    if (!value) return false;
    if (suspect_) value->data = original_ + (value->data - text_);
    taker_.Take(name_, *value, array);
    return true;
  }

  const char* text_;
  const char* original_;
  const uint32_t* structurals_;
  const bool suspect_;
  FieldTaker& taker_;
  std::string name_;
};

}  // namespace

LineVerdict JsonFlattener::Flatten(std::string_view line, FieldTaker& taker, bool* faulty) {
  *faulty = false;
  const LineVerdict verdict = index_.Index(line);
  if (verdict == LineVerdict::kNoMemory) too_much_ = line.size() * sizeof(uint32_t);
  if (verdict != LineVerdict::kEvent) return verdict;
  uint32_t at = 0;
  *faulty = !Flattening(index_, taker, "").Object(&at, 0, 0);
  return verdict;
}

bool JsonFlattener::FlattenValue(std::string_view json, std::string_view name, FieldTaker& taker,
                                 size_t open) {
  // Wrapped into an object, so that the same checks hold. The values given point into the copy.
  copy_.assign("{\"\":");
  copy_.append(json);
  // Nothing is read behind a fault, so it does not matter that some may be objects.
  copy_.append(open, ']');
  copy_ += '}';
  const size_t size = copy_.size();
  copy_.append(64, ' ');
  const LineVerdict verdict = index_.Index(std::string_view(copy_).substr(0, size));
  if (verdict == LineVerdict::kNoMemory) too_much_ = size * sizeof(uint32_t);
  if (verdict != LineVerdict::kEvent) return false;
  uint32_t at = 3;  // { "" : value
  return Flattening(index_, taker, std::string(name)).Any(&at, 0, 0);
}

absl::Status JsonFlattener::status(std::string_view what) const {
  return too_much_ == 0 ? absl::OkStatus() : budget_->Exhausted(what, too_much_);
}

std::optional<std::string_view> ArrayElements::Next() {
  size_t depth = 0;
  bool in_string = false;
  const size_t begin = at_;
  for (; at_ < array_.size(); ++at_) {
    const char c = array_[at_];
    if (in_string) {
      if (c == '\\') {
        ++at_;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    } else if ((c == ',' || c == ']') && depth == 0) {
      std::string_view element = array_.substr(begin, at_ - begin);
      ++at_;
      while (!element.empty() && IsBlank(element.front())) element.remove_prefix(1);
      while (!element.empty() && IsBlank(element.back())) element.remove_suffix(1);
      if (element.empty()) return std::nullopt;
      return element;
    }
  }
  return std::nullopt;
}

}  // namespace spelk::io
