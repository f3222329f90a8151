// JSON as the tests compare it: members in order, numbers as they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::tests {

struct Json {
  struct Member;
  enum class Kind : uint8_t { kNull, kBoolean, kNumber, kText, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string text;  // Of a text, decoded; of a number or Boolean, as written.
  std::vector<Json> items;
  std::vector<Member> members;

  const Json* Find(std::string_view name) const;
};
struct Json::Member {
  std::string name;
  Json value;
};

// One value and nothing after it; nothing if the text is not JSON.
std::optional<Json> ParseJson(std::string_view text);
// Values separated by blanks, each as it is written. Nothing if the text is not that.
std::optional<std::vector<std::string>> SplitJson(std::string_view text);

// The rules by which rows are compared: a number equals the same number written as text, up to 1e-9
// of its size; one value equals the array of it; a Boolean equals its text; everything else must be
// the same.
bool SameValue(const Json& want, const Json& got);
// Null members count as absent; the order of members does not matter.
bool SameRow(const Json& want, const Json& got);

}  // namespace spelk::tests
