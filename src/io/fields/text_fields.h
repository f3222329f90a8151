// TextFields: the fields that a text gives, with all values of each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/arena.h"
#include "base/string_map.h"
#include "value/value.h"

namespace spelk::io {

// One of them. The value is a multivalue if the text gives several.
struct TextField {
  std::string_view name;
  Value value;
};

// What the readers of texts (key_values.h, tagged_text.h, documents.h, text_table.h) fill, each for
// one text. Names, values and what is beside them live in the arena, or in the text if they stand
// there as they are: both outlive what is taken from here. When the arena is exhausted, it says so
// and what is found is incomplete.
class TextFields {
 public:
  // `wanted`: of other names nothing is kept; null: all are. It outlives this.
  explicit TextFields(Arena& arena, const StringMap<size_t>* wanted = nullptr)
      : arena_(arena), wanted_(wanted) {}
  TextFields(const TextFields&) = delete;
  TextFields& operator=(const TextFields&) = delete;

  Arena& arena() { return arena_; }
  // Adds a value that is not null. `name` lives as long as the arena or the text.
  void Add(std::string_view name, const Value& value);
  // Likewise, but the name has its first value already where it was added before.
  void AddFirst(std::string_view name, const Value& value);
  size_t size() const { return fields_.size(); }
  // The fields in the order in which they were first met. Nothing more may be added.
  std::span<const TextField> Finish();

 private:
  // The values of a field are a list until all of them are there.
  struct Link {
    Value value;
    Link* next = nullptr;
  };
  struct Values {
    Link* last = nullptr;
    size_t count = 0;
  };
  // Null if it is not wanted, or nothing is left of the memory.
  Values* Find(std::string_view name);
  void Append(Values* values, const Value& value);

  Arena& arena_;
  const StringMap<size_t>* wanted_;
  std::vector<TextField> fields_;
  std::vector<Link*> firsts_;   // One for each field.
  std::vector<Values> values_;  // Likewise.
  absl::flat_hash_map<std::string_view, size_t, StringHash, std::equal_to<>> by_name_;
};

// A name as Splunk cleans the keys that it finds in texts (CLEAN_KEYS): letters and digits of ASCII
// stay, each other character becomes `_`; none of these, and no digits, stand at its beginning. It
// is a part of `name` if that is clean; otherwise it lives in the arena.
std::string_view CleanKey(std::string_view name, Arena& arena);

}  // namespace spelk::io
