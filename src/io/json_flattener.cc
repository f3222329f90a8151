// Every member of a text in order, with its name built on the way.
#include "io/json_flattener.h"

#include <optional>
#include <utility>

#include "io/json_scalar.h"

namespace spelk::io {
namespace {

// Flattens one indexed text. Recursion is bounded by kMaxJsonDepth.
class JsonFlattening {
 public:
  JsonFlattening(const JsonIndex& index, FieldVisitor& visitor, std::string name)
      : text_(index.text().data()),
        original_(index.original().data()),
        structurals_(index.structurals()),
        suspect_(index.suspect()),
        visitor_(visitor),
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
    visitor_.Take(name_, *value, array);
    return true;
  }

  const char* text_;
  const char* original_;
  const uint32_t* structurals_;
  const bool suspect_;
  FieldVisitor& visitor_;
  std::string name_;
};

}  // namespace

LineVerdict JsonFlattener::Flatten(std::string_view line, FieldVisitor& visitor, bool* faulty) {
  *faulty = false;
  const LineVerdict verdict = index_.Index(line);
  if (verdict == LineVerdict::kNoMemory) too_much_ = line.size() * sizeof(uint32_t);
  if (verdict != LineVerdict::kEvent) return verdict;
  uint32_t at = 0;
  *faulty = !JsonFlattening(index_, visitor, "").Object(&at, 0, 0);
  return verdict;
}

bool JsonFlattener::FlattenValue(std::string_view json, std::string_view name,
                                 FieldVisitor& visitor, size_t open) {
  // Wrapped into an object, so that the same checks hold. The values given point into the copy.
  constexpr size_t kAround = 128;
  const size_t copied = 2 * (json.size() + open + kAround);  // While it grows.
  if (copied > for_copy_.bytes() && !for_copy_.Resize(copied)) {
    too_much_ = copied;
    return false;
  }
  copy_.assign("{\"\":");
  copy_.append(json);
  // Nothing is read after a fault, so it does not matter that some may be objects.
  copy_.append(open, ']');
  copy_ += '}';
  const size_t size = copy_.size();
  copy_.append(64, ' ');
  const LineVerdict verdict = index_.Index(std::string_view(copy_).substr(0, size));
  if (verdict == LineVerdict::kNoMemory) too_much_ = size * sizeof(uint32_t);
  if (verdict != LineVerdict::kEvent) return false;
  uint32_t at = 3;  // { "" : value
  return JsonFlattening(index_, visitor, std::string(name)).Any(&at, 0, 0);
}

void JsonFlattener::Shrink() {
  index_.Shrink();
  copy_ = std::string();
  for_copy_.Clear();
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
