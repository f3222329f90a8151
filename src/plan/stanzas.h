// Stanzas: what compiling asks of .conf files of apps whose stanzas searches name:
// transactiontypes.conf, transforms.conf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_codes.h"

namespace spelk::plan {

// The code of messages: a stanza that no app has.
inline constexpr ErrorCode kUnknownStanza{410};

// Which file a stanza is of.
enum class StanzaFile : uint8_t { kTransactionTypes, kTransforms };

// Thread-safe.
class Stanzas {
 public:
  using Settings = std::vector<std::pair<std::string, std::string>>;  // In their order.

  virtual ~Stanzas() = default;
  // With those of [default]; nothing if no app has a stanza of that name.
  virtual std::optional<Settings> FindStanza(StanzaFile file, std::string_view name) const = 0;
  virtual std::vector<std::string> StanzaNames(StanzaFile file) const = 0;
};

}  // namespace spelk::plan
