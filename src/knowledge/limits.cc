// Reading limits.conf.
#include "knowledge/limits.h"

#include <fmt/format.h>

#include <charconv>

namespace spelk::knowledge {
namespace {

constexpr plan::Limit kLimits[] = {
#define SPELK_LIMIT(Name, stanza, name, fallback) {stanza, name, fallback},
#include "plan/limits.inc"
#undef SPELK_LIMIT
};

std::string KeyOf(const plan::Limit& limit) {
  return fmt::format("{}/{}", limit.stanza, limit.name);
}

}  // namespace

absl::Status LimitSettings::Load(const Conf& conf) {
  for (const plan::Limit& limit : kLimits) {
    const Stanza* stanza = conf.Find(limit.stanza);
    const Setting* setting = stanza == nullptr ? nullptr : stanza->Find(limit.name);
    if (setting == nullptr) continue;
    int64_t value = 0;
    const char* end = setting->value.data() + setting->value.size();
    const auto [at, error] = std::from_chars(setting->value.data(), end, value);
    if (error != std::errc() || at != end || value < 0) {
      return absl::InvalidArgumentError(fmt::format("{}: {} takes a whole number, not \"{}\"",
                                                    conf.PlaceOf(*setting), limit.name,
                                                    setting->value));
    }
    by_name_[KeyOf(limit)] = value;
  }
  return absl::OkStatus();
}

int64_t LimitSettings::Get(const plan::Limit& limit) const {
  const auto found = by_name_.find(KeyOf(limit));
  return found == by_name_.end() ? limit.fallback : found->second;
}

}  // namespace spelk::knowledge
