// What knowledge would have given a field that no event has, but for something.
#pragma once

#include <string>
#include <string_view>

#include "engine/compile.h"
#include "engine/why/field_profile.h"

namespace spelk::engine {

// Empty if no rule of knowledge gives it.
std::string KnowledgeOf(const Core& core, FieldTable& fields, std::string_view name,
                        const FieldProfile& events);

}  // namespace spelk::engine
