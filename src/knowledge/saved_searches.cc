// Reading savedsearches.conf.
#include "knowledge/saved_searches.h"

#include <algorithm>

namespace spelk::knowledge {

void SavedSearches::Load(const Conf& conf) {
  for (const Stanza& stanza : conf.stanzas()) {
    const Setting* search = stanza.Find("search");
    if (stanza.name == Conf::kDefault || search == nullptr) continue;
    if (!IsTrue(stanza.Text("disabled"))) by_name_.emplace(stanza.name, search->value);
  }
}

std::optional<std::string> SavedSearches::FindSearch(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> SavedSearches::SearchNames() const {
  std::vector<std::string> names;
  for (const auto& [name, search] : by_name_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace spelk::knowledge
