// SavedSearches: what compiling asks of the saved searches of apps, and of the other stanzas that
// searches name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/stanzas.h"

namespace spelk::plan {

// Thread-safe.
class SavedSearches {
 public:
  virtual ~SavedSearches() = default;
  // The text of the search of that name; nothing if no app has it.
  virtual std::optional<std::string> FindSearch(std::string_view name) const = 0;
  virtual std::vector<std::string> SearchNames() const = 0;
  virtual const Stanzas& stanzas() const = 0;
};

}  // namespace spelk::plan
