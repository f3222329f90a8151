// What the library's own tests see of a run from within.
#pragma once

#include "exec/operator.h"

namespace spelk {

// Outlives the run.
struct TestHooks {
  const exec::OperatorWrapper* wrapper = nullptr;
};

}  // namespace spelk
