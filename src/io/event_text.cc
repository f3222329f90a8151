// Copying an event's members, but for those that were changed.
#include "io/event_text.h"

#include <algorithm>
#include <optional>

#include "base/string_map.h"
#include "io/row_writer.h"
#include "value/ascii.h"
#include "value/field_pattern.h"
#include "value/number.h"

namespace spelk::io {
namespace {

// Where names stand in a list that is too long to be searched; empty for a short one.
class NameIndex {
 public:
  template <class At>
  NameIndex(size_t size, At at) {
    constexpr size_t kShortList = 64;
    for (size_t i = 0; size > kShortList && i < size; ++i) index_.emplace(at(i), i);
  }
  bool empty() const { return index_.empty(); }
  // The first one of that name.
  std::optional<size_t> Find(std::string_view name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  absl::flat_hash_map<std::string_view, size_t> index_;
};

}  // namespace

// Walks an indexed line and copies what stays. Recursion is bounded by kMaxJsonDepth.
class EventCopy {
 public:
  using Found = EventComposer::Found;
  EventCopy(const JsonIndex& index, const EventEdits& edits, std::vector<Found>& found,
            std::string& out)
      : index_(index),
        text_(index.text().data()),
        original_(index.original().data()),
        structurals_(index.structurals()),
        edits_(edits),
        removed_(edits.removed.size(), [&](size_t i) { return edits.removed[i]; }),
        perhaps_(edits.candidates.size(), [&](size_t i) { return edits.candidates[i].name; }),
        found_(found),
        out_(out) {}

  // Copies the members of the object at *at, without its braces. False at a fault; what came before
  // it was copied.
  bool Members(uint32_t* at, int depth, bool* first) {
    if (depth > kMaxJsonDepth) return false;
    uint32_t i = *at + 1;
    if (CharAt(i) == '}') {
      *at = i + 1;
      return true;
    }
    const size_t prefix = name_.size();
    for (;;) {
      if (CharAt(i) != '"' || CharAt(i + 1) != ':') return false;
      const std::optional<std::string_view> key = String(i);
      if (!key) return false;
      if (prefix != 0) name_ += '.';
      AppendUnescaped(key->substr(1, key->size() - 2), name_);
      i += 2;
      if (!Member(&i, *key, depth, first)) return false;
      name_.resize(prefix);
      const char next = CharAt(i);
      ++i;
      if (next == '}') break;
      if (next != ',') return false;
    }
    *at = i;
    return true;
  }

 private:
  char CharAt(uint32_t at) const { return text_[structurals_[at]]; }

  // The text between two structurals without blanks, quotes included.
  std::string_view Token(uint32_t at) const {
    const char* begin = text_ + structurals_[at];
    const char* end = text_ + structurals_[at + 1];
    while (end > begin && IsBlank(end[-1])) --end;
    return {original_ + (begin - text_), static_cast<size_t>(end - begin)};
  }
  std::optional<std::string_view> String(uint32_t at) const {
    const std::string_view token = Token(at);
    if (token.size() < 2 || token.front() != '"' || token.back() != '"') return std::nullopt;
    if (index_.suspect() && !IsValidStringContent(token.substr(1, token.size() - 2)))
      return std::nullopt;
    return token;
  }
  std::optional<std::string_view> Scalar(uint32_t at) const {
    if (CharAt(at) == '"') return String(at);
    const std::string_view token = Token(at);
    return IsJsonNumber(token) || IsJsonLiteral(token) ? std::optional(token) : std::nullopt;
  }

  void Separate(bool* first) {
    if (!*first) out_ += ',';
    *first = false;
  }

  bool Member(uint32_t* at, std::string_view key, int depth, bool* first) {
    const char c = CharAt(*at);
    if (c == '{' || c == '[') return Container(at, key, depth, first);
    const std::optional<std::string_view> value = Scalar(*at);
    if (!value) return false;
    ++*at;
    if (Removed(name_) || !StaysAsItIs(name_, *value)) return true;
    Separate(first);
    out_ += key;
    out_ += ':';
    out_ += *value;
    return true;
  }

  // A container is copied member by member, so that a fault inside it is met; nothing is written of
  // one that comes out empty because its members were taken away.
  bool Container(uint32_t* at, std::string_view key, int depth, bool* first) {
    const size_t before = out_.size();
    const bool was_first = *first;
    Separate(first);
    out_ += key;
    out_ += ':';
    const size_t content = out_.size();
    const bool empty = CharAt(*at + 1) == (CharAt(*at) == '{' ? '}' : ']');
    const bool whole = Value(at, depth + 1);
    const bool came_out_empty = out_.size() == content + 2 && !empty;
    if (came_out_empty || (!whole && out_.size() <= content + 2)) {
      out_.resize(before);
      *first = was_first;
    }
    return whole;
  }

  bool Value(uint32_t* at, int depth) {
    const char c = CharAt(*at);
    if ((c == '{' || c == '[') && depth > kMaxJsonDepth) return false;
    if (c == '{') {
      out_ += '{';
      bool first = true;
      const bool whole = Members(at, depth, &first);
      out_ += '}';
      return whole;
    }
    if (c == '[') return Array(at, depth);
    const std::optional<std::string_view> value = Scalar(*at);
    if (!value) return false;
    ++*at;
    out_ += *value;
    return true;
  }

  bool Array(uint32_t* at, int depth) {
    const size_t prefix = name_.size();
    name_ += "{}";
    const bool removed = Removed(name_);
    out_ += '[';
    const size_t content = out_.size();
    uint32_t i = *at + 1;
    bool first = true;
    bool whole = true;
    if (CharAt(i) == ']') {
      ++i;
    } else {
      for (;;) {
        const size_t before = out_.size();
        if (!first) out_ += ',';
        const size_t element = out_.size();
        whole = Value(&i, depth + 1);
        if (out_.size() == element) out_.resize(before);
        first = first && out_.size() == before;
        if (!whole) break;
        const char next = CharAt(i);
        ++i;
        if (next == ']') break;
        whole = next == ',';
        if (!whole) break;
      }
    }
    name_.resize(prefix);
    if (removed) out_.resize(content);
    out_ += ']';
    *at = i;
    return whole;
  }

  bool Removed(std::string_view name) const {
    if (!removed_.empty()) {
      if (removed_.Find(name)) return true;
    } else if (std::find(edits_.removed.begin(), edits_.removed.end(), name) !=
               edits_.removed.end()) {
      return true;
    }
    return std::any_of(edits_.removed_patterns.begin(), edits_.removed_patterns.end(),
                       [&](std::string_view pattern) { return FieldPatternTakes(pattern, name); });
  }

  std::optional<size_t> FindPerhaps(std::string_view name) const {
    if (!perhaps_.empty()) return perhaps_.Find(name);
    for (size_t i = 0; i < edits_.candidates.size(); ++i) {
      if (edits_.candidates[i].name == name) return i;
    }
    return std::nullopt;
  }

  bool StaysAsItIs(std::string_view name, std::string_view json) {
    const std::optional<size_t> field = FindPerhaps(name);
    if (!field) return true;
    Found& found = found_[*field];
    if (found != Found::kNot) return found == Found::kSame;
    std::string text;
    if (json.starts_with('"')) {
      AppendUnescaped(json.substr(1, json.size() - 2), text);
    } else {
      text = json;
    }
    const spelk::Value& now = edits_.candidates[*field].value;
    const bool same = !now.is_null() && !now.is_multi() && TextOf(now) == text;
    found = same ? Found::kSame : Found::kChanged;
    return same;
  }

  const JsonIndex& index_;
  const char* text_;
  const char* original_;
  const uint32_t* structurals_;
  const EventEdits& edits_;
  const NameIndex removed_;
  const NameIndex perhaps_;
  std::vector<Found>& found_;
  std::string& out_;
  std::string name_;
};

namespace {

// Collects the texts of fields that have to do with arrays.
class ArrayFields final : public FieldVisitor {
 public:
  void Want(std::string_view name) { texts_.emplace(name, std::vector<std::string>()); }
  void Take(std::string_view name, const RawValue& value, uint32_t) override {
    const auto wanted = texts_.find(name);
    if (wanted == texts_.end()) return;
    Arena arena;
    wanted->second.push_back(TextOf(ToValue(value, arena)));
  }
  bool Holds(std::string_view name, const spelk::Value& value) const {
    const std::vector<std::string>& texts = texts_.find(name)->second;
    const std::span<const spelk::Value> values = value.each();
    return std::equal(
        texts.begin(), texts.end(), values.begin(), values.end(),
        [](const std::string& text, const spelk::Value& each) { return text == TextOf(each); });
  }
  bool empty() const { return texts_.empty(); }

 private:
  StringMap<std::vector<std::string>> texts_;
};

}  // namespace

// Of fields that have to do with arrays all values must be known before it can be said whether they
// are the same; they stay, or are left out as a whole.
void EventComposer::CompareArrays(std::string_view line, EventEdits* edits) {
  ArrayFields fields;
  for (const EventEdits::Candidate& field : edits->candidates) {
    if (field.name.find("{}") != std::string_view::npos) fields.Want(field.name);
  }
  if (fields.empty()) return;
  bool faulty = false;
  flattener_.Flatten(line, fields, &faulty);
  for (size_t i = 0; i < edits->candidates.size(); ++i) {
    const EventEdits::Candidate& field = edits->candidates[i];
    if (field.name.find("{}") == std::string_view::npos) continue;
    found_[i] = fields.Holds(field.name, field.value) ? Found::kSame : Found::kChanged;
    if (found_[i] == Found::kChanged) edits->removed.push_back(field.name);
  }
}

void EventComposer::Append(std::string_view line, EventEdits edits, std::string& out) {
  found_.assign(edits.candidates.size(), Found::kNot);
  CompareArrays(line, &edits);
  bool first = true;
  out += '{';
  if (index_.Index(line) == LineVerdict::kEvent) {
    uint32_t at = 0;
    EventCopy(index_, edits, found_, out).Members(&at, 0, &first);
  }
  const auto append = [&](std::string_view name, const Value& value) {
    if (value.is_null()) return;
    if (!first) out += ',';
    first = false;
    AppendJsonString(name, out);
    out += ':';
    AppendJsonValue(value, out);
  };
  for (const auto& [name, value] : edits.made) append(name, value);
  for (size_t i = 0; i < edits.candidates.size(); ++i) {
    const EventEdits::Candidate& field = edits.candidates[i];
    const bool follows = found_[i] == Found::kChanged || !field.derived;
    if (found_[i] != Found::kSame && follows) append(field.name, field.value);
  }
  out += '}';
}

}  // namespace spelk::io
