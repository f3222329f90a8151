// SavedSearches: the searches of savedsearches.conf, by name, and other stanzas that searches name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/string_map.h"
#include "knowledge/conf.h"
#include "knowledge/named_stanzas.h"
#include "plan/saved_searches.h"

namespace spelk::knowledge {

// Loaded once, then shared between threads.
class SavedSearches final : public plan::SavedSearches {
 public:
  // Stanzas without a search, and disabled ones, are none.
  void Load(const Conf& conf);
  void LoadStanzas(Conf transaction_types, Conf transforms) {
    stanzas_.Load(std::move(transaction_types), std::move(transforms));
  }

  std::optional<std::string> FindSearch(std::string_view name) const override;
  std::vector<std::string> SearchNames() const override;
  const plan::Stanzas& stanzas() const override { return stanzas_; }

 private:
  StringMap<std::string> by_name_;
  NamedStanzas stanzas_;
};

}  // namespace spelk::knowledge
