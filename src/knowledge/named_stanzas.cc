// Finding stanzas by their names.
#include "knowledge/named_stanzas.h"

#include <algorithm>

namespace spelk::knowledge {

std::optional<plan::Stanzas::Settings> NamedStanzas::FindStanza(plan::StanzaFile file,
                                                                std::string_view name) const {
  const Conf& conf = ConfOf(file);
  const Stanza* stanza = name == Conf::kDefault ? nullptr : conf.Find(name);
  if (stanza == nullptr) return std::nullopt;
  Settings settings;
  for (const Setting& each : stanza->settings) settings.emplace_back(each.key, each.value);
  if (const Stanza* common = conf.Find(Conf::kDefault)) {
    for (const Setting& each : common->settings) {
      if (stanza->Find(each.key) == nullptr) settings.emplace_back(each.key, each.value);
    }
  }
  return settings;
}

std::vector<std::string> NamedStanzas::StanzaNames(plan::StanzaFile file) const {
  std::vector<std::string> names;
  for (const Stanza& stanza : ConfOf(file).stanzas()) {
    if (stanza.name != Conf::kDefault) names.push_back(stanza.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace spelk::knowledge
