// Where the text of a field comes from: which stretches of it stand in the line of its event.
#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "plan/computed_columns.h"
#include "plan/expr.h"

namespace spelk::optimize {

// Each value is a stretch of the text of some member of the event, a constant, or a few of these
// joined: "\"" . path . "\" " . arguments. A literal that a value must contain stands in the line
// if it can neither lie across a joint nor within a constant.
struct TextOrigin {
  bool known = true;                   // False: the value may be any text.
  bool changes_case = false;           // By lower() or upper().
  std::bitset<256> joints;             // Bytes of which one is next to each joint, in both cases.
  std::vector<std::string> constants;  // With their case folded.

  bool HasInConstant(std::string_view folded) const;
};

// The origins of the fields of a scan. The rules outlive it.
class TextOrigins {
 public:
  explicit TextOrigins(const plan::ComputedColumnsList& rules);

  const TextOrigin& Of(Field field);

 private:
  TextOrigin Trace(Field field) const;
  absl::flat_hash_map<Field, std::vector<const plan::ComputedColumns*>> rules_of_;
  absl::flat_hash_map<Field, TextOrigin> known_;
};

}  // namespace spelk::optimize
