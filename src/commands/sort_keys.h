// The sort fields that sort and dedup share.
#pragma once

#include "absl/status/statusor.h"
#include "plan/bind/binder.h"

namespace spelk::commands {

// A field, or auto(), num(), str(), ip() of one; ascending.
absl::StatusOr<plan::SortKey> BindSortKey(const ast::Argument& argument, plan::Binder& binder);

}  // namespace spelk::commands
