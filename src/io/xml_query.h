// XmlQuery: XPath 1.0 over XML text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "value/value.h"

namespace spelk::io {

// For one worker.
class XmlQuery {
 public:
  virtual ~XmlQuery() = default;
  // InvalidArgument, with what is wrong, for a text that is no expression.
  static absl::StatusOr<std::unique_ptr<XmlQuery>> Make(std::string_view expression);

  // The texts of what the expression finds, in the order of the document: of an attribute its
  // value, of an element all text in it; or the one number, text or truth that it computes. What
  // stands before the first `<` is left out. Null if nothing is found, if the text is not
  // well-formed, or if it does not fit into the budget of the arena, which is exhausted then.
  virtual Value Find(std::string_view xml, Arena& arena) const = 0;
};

}  // namespace spelk::io
