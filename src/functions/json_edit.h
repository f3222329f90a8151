// Changing a JSON tree at a location path.
#pragma once

#include "io/json_path.h"
#include "io/json_value.h"

namespace spelk::functions {

// Puts a copy of the value wherever the path leads. Keys that are missing at its end are made;
// where the path does not fit the tree nothing happens.
void SetJson(io::JsonNode& root, const io::LocationPath& path, const io::JsonNode& value,
             Arena& arena);

// Adds a copy of the value to the array at the path; with `flatten` the elements of an array, one
// by one. What is no array becomes one first, of itself.
void AppendJson(io::JsonNode& root, const io::LocationPath& path, const io::JsonNode& value,
                bool flatten, Arena& arena);

// Takes out the members at a path of keys; a path with indexes does nothing.
void DeleteJson(io::JsonNode& root, const io::LocationPath& path);

}  // namespace spelk::functions
