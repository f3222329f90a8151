// SavedSearches: the searches of savedsearches.conf, by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/string_map.h"
#include "knowledge/conf.h"
#include "plan/saved_searches.h"

namespace spelk::knowledge {

// Loaded once, then shared between threads.
class SavedSearches final : public plan::SavedSearches {
 public:
  // Stanzas without a search, and disabled ones, are none.
  void Load(const Conf& conf);

  std::optional<std::string> FindSearch(std::string_view name) const override;
  std::vector<std::string> SearchNames() const override;

 private:
  StringMap<std::string> by_name_;
};

}  // namespace spelk::knowledge
