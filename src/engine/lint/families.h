// The families of rules, one file each.
#pragma once

#include "engine/lint/rule.h"

namespace spelk::engine::lint {

#define SPELK_LINT_FAMILY(name) extern const Family name;
#include "engine/lint/families.inc"
#undef SPELK_LINT_FAMILY

}  // namespace spelk::engine::lint
