// A plan with everything in it, for comparing plans: written apart from how they are saved.
#pragma once

#include <string>

#include "plan/node.h"

namespace spelk::tests {

// Every member of every node and expression, ids and places in the text included, of held plans
// too.
std::string DumpPlan(const plan::Node& root);

}  // namespace spelk::tests
