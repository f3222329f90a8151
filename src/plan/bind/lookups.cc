// Lookup tables by name, and what to say where there is none.
#include "plan/bind/lookups.h"

#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "plan/services.h"

namespace spelk::plan {
namespace {

absl::StatusOr<LookupPtr> WithPlace(absl::StatusOr<LookupPtr> found, Span span, Binder& binder) {
  if (found.ok()) return found;
  const absl::Status& status = found.status();
  const ErrorCode code = absl::IsUnimplemented(status)       ? ErrorCode::kUnbuiltOption
                         : absl::IsResourceExhausted(status) ? ErrorCode::kLimit
                                                             : ErrorCode::kUnknownLookup;
  return binder.Error(code, span, MessageOf(status));
}

// What is taken for empty is told.
LookupPtr Noted(LookupPtr lookup, Span span, Binder& binder) {
  if (lookup->assumed) {
    binder.Warn(ErrorCode::kDiffers, span,
                fmt::format("there is no lookup table '{}': taken as empty", lookup->name),
                {fmt::format("--lookup {}=FILE.csv gives it", lookup->name)});
  }
  return lookup;
}

absl::Status NotThere(std::string_view name, Span span, Binder& binder) {
  std::vector<std::string> notes;
  if (const LookupCatalog* lookups = binder.services().lookups) {
    const std::vector<std::string> names = lookups->LookupNames();
    notes = DidYouMean(NearestNames(name, {names.begin(), names.end()}));
  }
  notes.emplace_back("lookup tables come from the app folders that --app names and from --lookup");
  return binder.Error(ErrorCode::kUnknownLookup, span,
                      fmt::format("the lookup table '{}' does not exist or is not available", name),
                      std::move(notes));
}

}  // namespace

absl::StatusOr<LookupPtr> BindLookupIfAny(std::string_view name, Span span, Binder& binder) {
  const LookupCatalog* lookups = binder.services().lookups;
  if (lookups == nullptr) return nullptr;
  return WithPlace(lookups->FindLookup(name), span, binder);
}

absl::StatusOr<LookupPtr> BindLookup(std::string_view name, Span span, Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(LookupPtr lookup, BindLookupIfAny(name, span, binder));
  if (lookup != nullptr && lookup->empty && !lookup->open) {
    binder.Warn(ErrorCode::kDiffers, span,
                fmt::format("the collection '{}' has no rows here", lookup->table),
                {fmt::format("an app's lookups/{0}.csv, or --lookup {0}=FILE.csv, gives them",
                             lookup->table)});
  }
  if (lookup != nullptr) return Noted(std::move(lookup), span, binder);
  return NotThere(name, span, binder);
}

absl::StatusOr<LookupPtr> BindCsvFile(std::string_view name, Span span, Binder& binder) {
  const LookupCatalog* lookups = binder.services().lookups;
  if (lookups == nullptr) return NotThere(name, span, binder);
  SPELK_ASSIGN_OR_RETURN(LookupPtr lookup, WithPlace(lookups->FindFile(name), span, binder));
  if (lookup != nullptr) return Noted(std::move(lookup), span, binder);
  return binder.Error(ErrorCode::kUnknownLookup, span, fmt::format("there is no file {}", name),
                      {"files come from the lookups folders of apps and from --lookup"});
}

absl::StatusOr<const ast::Name*> TableName(const ast::Argument& argument, Binder& binder) {
  const auto* name = std::get_if<ast::Name>(&argument.value);
  if (name != nullptr && !name->text.empty() && !argument.alias) return name;
  return binder.Error(ErrorCode::kBadArgument, argument.span,
                      fmt::format("expected the name of a lookup table, found \"{}\"",
                                  binder.TextOf(argument.span)));
}

}  // namespace spelk::plan
