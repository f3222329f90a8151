// SavedSearch: savedsearches.conf, and where searches call what stands there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace spelk::knowledge {

struct SavedSearch {
  std::string name;
  std::string search;
  std::string place;  // "my_app/default/savedsearches.conf:3"
  bool disabled = false;
};

// A call, as a command (`savedsearch NAME field=value …`) or as a search term (savedsearch=NAME).
struct SavedSearchCall {
  std::string name;
  std::vector<std::pair<std::string, std::string>> substitutions;  // Of $name$ in its text.
  bool substitutes = true;                                         // nosubstitution=false
  size_t length = 0;                                               // Of the text that says so.
};

// The command that the text begins with, up to a pipe or a closing bracket. Nothing if it begins
// with another one; InvalidArgument for one without a name.
absl::StatusOr<std::optional<SavedSearchCall>> ParseSavedSearchCommand(std::string_view text);

// Where the first term savedsearch=NAME stands in search terms without quotes; npos if there is
// none.
size_t FindSavedSearchTerm(std::string_view terms);
// The term that the text begins with.
std::optional<SavedSearchCall> ParseSavedSearchTerm(std::string_view text);

// The text as commands after a pipe.
std::string AsCommands(std::string_view search);
// True if the text is search terms alone.
bool IsTerms(std::string_view search);

}  // namespace spelk::knowledge
