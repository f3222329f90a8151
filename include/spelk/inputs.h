// spelk/inputs.h: inputs made of others. Standard library only.
#pragma once

#include <string>
#include <vector>

#include "spelk/engine.h"

namespace spelk {

// Several, one after the other.
Input Together(const std::vector<Input>& inputs);
// The same input, with a source and a sourcetype for those of its events that have none. An empty
// one is as without.
Input Named(const Input& input, const std::string& source, const std::string& sourcetype);

}  // namespace spelk
