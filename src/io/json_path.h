// Location paths, as spath and the JSON functions write them: a.b, list{}.name, list{0}, tag{@id}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena_builder.h"
#include "io/json_value.h"

namespace spelk::io {

struct PathStep {
  enum class Kind : uint8_t {
    kKey,        // A member's or element's name.
    kEvery,      // {}: all elements of an array.
    kIndex,      // {n}: one of them; JSON counts from 0, XML from 1.
    kAttribute,  // {@name}: an XML attribute.
  };
  Kind kind = Kind::kKey;
  std::string name;
  size_t index = 0;
};

// A parsed path. Every text is one: braces that hold neither a number nor an attribute belong to
// the key. The empty path is the whole document. A path of more steps than kMaxJsonDepth leads
// nowhere.
class LocationPath {
 public:
  LocationPath() = default;
  explicit LocationPath(std::string_view text);

  const std::vector<PathStep>& steps() const { return steps_; }
  bool leads_somewhere() const { return !too_long_; }

 private:
  std::vector<PathStep> steps_;
  bool too_long_ = false;
};

// Adds the nodes at a path, in the order of the document.
void FindJson(JsonNode& root, const LocationPath& path, ArenaBuilder<JsonNode*>& found);

// What spath gives for a path in a JSON or XML text (XML if it begins with "<"): nothing is null,
// several a multivalue. A JSON scalar is its text (null the text null), an array or object the text
// as it stands there; an XML element its text, or what is between its tags if it holds elements. A
// text that is neither gives null. Results live in `arena`; what is needed on the way in `scratch`.
Value ValueAtPath(std::string_view text, const LocationPath& path, Arena& scratch, Arena& arena);

}  // namespace spelk::io
