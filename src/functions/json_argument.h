// Values of SPL as JSON, and back.
#pragma once

#include "io/json_value.h"
#include "plan/eval/call.h"

namespace spelk::functions {

// An argument of json_object(), json_array() and their like. Null is JSON's null, numbers and
// Booleans are JSON's; a text that is a JSON array or object is that; a field's text that is a
// number counts as one, as everywhere in eval; a multivalue is an array. Null when the scratch
// memory is exhausted.
io::JsonNode* JsonFrom(plan::Call& call, std::span<const Value> arguments, size_t index);

// The JSON text that an argument holds, parsed; null if it is none.
io::JsonNode* ParsedArgument(plan::Call& call, const Value& value);

// A node as JSON text, without blanks; null for no node.
Value Printed(plan::Call& call, const io::JsonNode* node);

// Adds a node to an array or object without taking it out of where it is; no node adds JSON's null.
void AddShared(io::JsonNode* container, const io::JsonNode* node, Arena& arena);

}  // namespace spelk::functions
