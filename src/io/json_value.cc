// Reading, changing and printing of JSON trees. Recursion is bounded by kMaxJsonDepth: a tree that
// was changed nests at most twice as deep as one that was read.
#include "io/json_value.h"

#include "io/json_index.h"
#include "io/json_text.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

class Parser {
 public:
  Parser(std::string_view text, Arena& arena) : text_(text), arena_(arena) {}

  JsonNode* Whole() {
    JsonNode* node = Any(0);
    SkipBlanks();
    return at_ == text_.size() ? node : nullptr;
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }
  // The next character that is no blank; NUL at the end, which no rule takes.
  char Peek() {
    SkipBlanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  JsonNode* Any(int depth) {
    switch (Peek()) {
      case '{':
        return Container(JsonKind::kObject, '}', depth);
      case '[':
        return Container(JsonKind::kArray, ']', depth);
      case '"': {
        std::string_view text;
        return String(&text) ? NewJsonText(JsonKind::kString, text, arena_) : nullptr;
      }
      default:
        return Scalar();
    }
  }

  JsonNode* Container(JsonKind kind, char close, int depth) {
    if (depth >= kMaxJsonDepth) return nullptr;
    const size_t begin = at_++;
    JsonNode* node = NewJson(kind, arena_);
    if (node == nullptr) return nullptr;
    if (!Take(close)) {
      do {
        if (!Child(*node, depth)) return nullptr;
      } while (Take(','));
      if (!Take(close)) return nullptr;
    }
    node->text = text_.substr(begin, at_ - begin);
    return node;
  }

  bool Child(JsonNode& parent, int depth) {
    std::string_view key;
    if (parent.kind == JsonKind::kObject) {
      if (Peek() != '"' || !String(&key) || !Take(':')) return false;
    }
    JsonNode* child = Any(depth + 1);
    if (child == nullptr) return false;
    child->key = key;
    AddChild(parent, child);
    return true;
  }

  // The string that begins here, unescaped.
  bool String(std::string_view* out) {
    const size_t begin = ++at_;
    bool escaped = false;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(text_[at_]) < 0x20U) return false;
      if (text_[at_] != '\\') continue;
      escaped = true;
      ++at_;
    }
    if (at_ >= text_.size()) return false;
    *out = text_.substr(begin, at_++ - begin);
    if (!escaped) return true;
    if (!IsValidStringContent(*out)) return false;
    const Value value =
        ToValue({out->data(), static_cast<uint32_t>(out->size()), RawKind::kEscapedString}, arena_);
    if (!value.is_text()) return false;
    *out = value.text();
    return true;
  }

  JsonNode* Scalar() {
    const size_t begin = at_;
    constexpr std::string_view kEnds = ",:{}[]\" \t\r\n";
    at_ = std::min(text_.find_first_of(kEnds, at_), text_.size());
    const std::string_view text = text_.substr(begin, at_ - begin);
    if (IsJsonNumber(text)) return NewJsonText(JsonKind::kNumber, text, arena_);
    if (!IsJsonLiteral(text)) return nullptr;
    JsonNode* node = NewJson(text == "null" ? JsonKind::kNull : JsonKind::kBool, arena_);
    if (node != nullptr) node->boolean = text == "true";
    return node;
  }

  const std::string_view text_;
  Arena& arena_;
  size_t at_ = 0;
};

}  // namespace

JsonNode* ParseJson(std::string_view text, Arena& arena) { return Parser(text, arena).Whole(); }

JsonNode* NewJson(JsonKind kind, Arena& arena) {
  auto* node = arena.AllocateArray<JsonNode>(1);
  if (node == nullptr) return nullptr;
  *node = JsonNode();
  node->kind = kind;
  return node;
}

JsonNode* NewJsonText(JsonKind kind, std::string_view text, Arena& arena) {
  JsonNode* node = NewJson(kind, arena);
  if (node != nullptr) node->text = text;
  return node;
}

JsonNode* CopyJson(const JsonNode& node, Arena& arena) {
  JsonNode* copy = NewJson(node.kind, arena);
  if (copy == nullptr) return nullptr;
  *copy = node;
  copy->first = copy->last = copy->next = nullptr;
  for (const JsonNode* child = node.first; child != nullptr; child = child->next) {
    AddChild(*copy, CopyJson(*child, arena));
  }
  return copy;
}

void AddChild(JsonNode& parent, JsonNode* child) {
  if (child == nullptr) return;
  child->next = nullptr;
  if (parent.last == nullptr) {
    parent.first = child;
  } else {
    parent.last->next = child;
  }
  parent.last = child;
}

JsonNode* FindMember(const JsonNode& node, std::string_view key) {
  if (node.kind != JsonKind::kObject) return nullptr;
  for (JsonNode* child = node.first; child != nullptr; child = child->next) {
    if (child->key == key) return child;
  }
  return nullptr;
}

void Replace(JsonNode& node, const JsonNode& by) {
  const std::string_view key = node.key;
  JsonNode* next = node.next;
  node = by;
  node.key = key;
  node.next = next;
}

void PrintJson(const JsonNode& node, ArenaText& out) {
  const auto emit = [&out](std::string_view piece) { out.Add(piece); };
  switch (node.kind) {
    case JsonKind::kNull:
      out.Add(std::string_view("null"));
      return;
    case JsonKind::kBool:
      out.Add(std::string_view(node.boolean ? "true" : "false"));
      return;
    case JsonKind::kNumber:
      out.Add(node.text);
      return;
    case JsonKind::kString:
      EmitJsonString(node.text, emit);
      return;
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  const bool object = node.kind == JsonKind::kObject;
  out.Add(object ? '{' : '[');
  for (const JsonNode* child = node.first; child != nullptr; child = child->next) {
    if (child != node.first) out.Add(',');
    if (object) {
      EmitJsonString(child->key, emit);
      out.Add(':');
    }
    PrintJson(*child, out);
  }
  out.Add(object ? '}' : ']');
}

Value JsonToValue(const JsonNode& node, Arena& arena) {
  switch (node.kind) {
    case JsonKind::kNull:
      return Value::Null();
    case JsonKind::kBool:
      return Value::Text(node.boolean ? "true" : "false", JsonType::kLiteral);
    case JsonKind::kNumber:
      return Value::Text(arena.Copy(node.text), JsonType::kNumber);
    case JsonKind::kString:
      return Value::Text(arena.Copy(node.text));
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  ArenaText text(arena);
  PrintJson(node, text);
  return Value::Text(text.FinishText());
}

}  // namespace spelk::io
