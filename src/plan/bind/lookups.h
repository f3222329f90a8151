// Finding the lookup tables that a search names.
#pragma once

#include <string_view>

#include "plan/bind/binder.h"
#include "plan/lookup.h"

namespace spelk::plan {

// The lookup of that name; an error at its place if there is none, or none that can be read.
absl::StatusOr<LookupPtr> BindLookup(std::string_view name, Span span, Binder& binder);
// Null if there is none, for commands that make it.
absl::StatusOr<LookupPtr> BindLookupIfAny(std::string_view name, Span span, Binder& binder);
// A file, by its name with or without ".csv".
absl::StatusOr<LookupPtr> BindCsvFile(std::string_view name, Span span, Binder& binder);

// The name of a table as a command's argument: a word or a quoted text.
absl::StatusOr<const ast::Name*> TableName(const ast::Argument& argument, Binder& binder);

}  // namespace spelk::plan
