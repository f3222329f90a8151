// XML text: what stands at a location path, and all its fields.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "io/json_flattener.h"
#include "io/json_path.h"

namespace spelk::io {

// As ValueAtPath. The first step names the root element; a step without an index takes all elements
// of that name.
Value XmlAtPath(std::string_view xml, const LocationPath& path, Arena& arena);

// Gives every element that holds text and no elements as `root.child`, and every attribute as
// `root.child{@name}`, in the order of the document; entities are resolved. False if the text is
// not well-formed, or does not fit into the budget of the arena, which is exhausted then; nothing
// was given. The values hold during the call.
bool FlattenXml(std::string_view xml, Arena& arena, FieldVisitor& visitor);

}  // namespace spelk::io
