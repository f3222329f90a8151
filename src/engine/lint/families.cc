// The table of families.
#include "engine/lint/families.h"

namespace spelk::engine::lint {

std::span<const Family* const> Families() {
#define SPELK_LINT_FAMILY(name) &(name),
  static constexpr const Family* kFamilies[] = {
#include "engine/lint/families.inc"
  };
#undef SPELK_LINT_FAMILY
  return kFamilies;
}

}  // namespace spelk::engine::lint
