// JSON of the protocol: reading by simdjson, writing as text.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::cli::lsp {

// A part of a message, which must live. A part that is not there has nothing in it.
class Json {
 public:
  Json() = default;
  explicit Json(simdjson::dom::element element) : element_(element), there_(true) {}

  explicit operator bool() const { return there_; }
  bool is_null() const { return there_ && element_.is_null(); }
  bool is_object() const { return there_ && element_.is_object(); }
  bool is_array() const { return there_ && element_.is_array(); }
  bool is_true() const;
  Json operator[](std::string_view name) const;
  std::vector<Json> Items() const;
  std::optional<std::string_view> Text() const;
  std::optional<int64_t> Integer() const;
  std::vector<std::string> Texts() const;  // Of an array, those that are texts.
  std::vector<std::string> Names() const;  // Of an object.
  std::string Raw() const;                 // As JSON.

 private:
  simdjson::dom::element element_;
  bool there_ = false;
};

// A text with its quotes; what is not UTF-8 becomes U+FFFD.
std::string Quoted(std::string_view text);

// Writes an object or an array member by member.
class JsonText {
 public:
  static JsonText Object() { return JsonText('{', '}'); }
  static JsonText Array() { return JsonText('[', ']'); }

  // Of an object. `value` is JSON.
  JsonText& Set(std::string_view name, std::string_view value);
  JsonText& Set(std::string_view name, const JsonText& value) { return Set(name, value.Done()); }
  JsonText& SetText(std::string_view name, std::string_view text) {
    return Set(name, Quoted(text));
  }
  JsonText& SetNumber(std::string_view name, uint64_t number) {
    return Set(name, std::to_string(number));
  }
  // Of an array.
  JsonText& Add(std::string_view value);
  JsonText& Add(const JsonText& value) { return Add(value.Done()); }
  bool empty() const { return text_.size() == 1; }
  std::string Done() const { return text_ + end_; }

 private:
  JsonText(char begin, char end) : text_(1, begin), end_(end) {}
  std::string text_;
  char end_;
};

}  // namespace spelk::cli::lsp
