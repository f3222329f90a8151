// NamedStanzas: the stanzas of .conf files that searches name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "knowledge/conf.h"
#include "plan/stanzas.h"

namespace spelk::knowledge {

// Loaded once, then shared between threads.
class NamedStanzas final : public plan::Stanzas {
 public:
  void Load(Conf transaction_types, Conf transforms) {
    transaction_types_ = std::move(transaction_types);
    transforms_ = std::move(transforms);
  }

  std::optional<Settings> FindStanza(plan::StanzaFile file, std::string_view name) const override;
  std::vector<std::string> StanzaNames(plan::StanzaFile file) const override;

 private:
  const Conf& ConfOf(plan::StanzaFile file) const {
    return file == plan::StanzaFile::kTransforms ? transforms_ : transaction_types_;
  }

  Conf transaction_types_;
  Conf transforms_;
};

}  // namespace spelk::knowledge
