// Reading and writing JSON.
#include "cli/lsp/json.h"

#include <fmt/format.h>

namespace spelk::cli::lsp {

bool Json::is_true() const {
  bool value = false;
  return there_ && element_.get(value) == simdjson::SUCCESS && value;
}

Json Json::operator[](std::string_view name) const {
  simdjson::dom::object object;
  simdjson::dom::element member;
  if (!there_ || element_.get(object) != simdjson::SUCCESS) return {};
  if (object.at_key(name).get(member) != simdjson::SUCCESS) return {};
  return Json(member);
}

std::vector<Json> Json::Items() const {
  std::vector<Json> items;
  simdjson::dom::array array;
  if (!there_ || element_.get(array) != simdjson::SUCCESS) return items;
  for (const simdjson::dom::element item : array) items.emplace_back(item);
  return items;
}

std::optional<std::string_view> Json::Text() const {
  std::string_view text;
  if (!there_ || element_.get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<int64_t> Json::Integer() const {
  int64_t number = 0;
  if (!there_ || element_.get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::vector<std::string> Json::Texts() const {
  std::vector<std::string> texts;
  for (const Json& item : Items()) {
    if (const auto text = item.Text()) texts.emplace_back(*text);
  }
  return texts;
}

std::vector<std::string> Json::Names() const {
  std::vector<std::string> names;
  simdjson::dom::object object;
  if (!there_ || element_.get(object) != simdjson::SUCCESS) return names;
  for (const simdjson::dom::key_value_pair member : object) names.emplace_back(member.key);
  return names;
}

std::string Json::Raw() const { return there_ ? simdjson::minify(element_) : "null"; }

namespace {

// How many bytes the character at the begin of a text has; 0 if there is none.
size_t CharacterBytes(std::string_view text) {
  const auto byte = [text](size_t at) { return static_cast<unsigned char>(text[at]); };
  const size_t size = byte(0) < 0x80U   ? 1
                      : byte(0) < 0xC2U ? 0
                      : byte(0) < 0xE0U ? 2
                      : byte(0) < 0xF0U ? 3
                      : byte(0) < 0xF5U ? 4
                                        : 0;
  if (size == 0 || text.size() < size) return 0;
  return simdjson::validate_utf8(text.data(), size) ? size : 0;
}

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20U || c == 0x7FU) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (c < 0x80U) {
      out += text.front();
    } else {
      const size_t size = CharacterBytes(text);
      out += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
      text.remove_prefix(size == 0 ? 1 : size);
      continue;
    }
    text.remove_prefix(1);
  }
  return out + '"';
}

JsonText& JsonText::Set(std::string_view name, std::string_view value) {
  if (!empty()) text_ += ',';
  text_ += Quoted(name);
  text_ += ':';
  text_ += value;
  return *this;
}

JsonText& JsonText::Add(std::string_view value) {
  if (!empty()) text_ += ',';
  text_ += value;
  return *this;
}

}  // namespace spelk::cli::lsp
