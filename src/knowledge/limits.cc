// Reading limits.conf, and settings of single limits.
#include "knowledge/limits.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "plan/entry.h"

namespace spelk::knowledge {
namespace {

// A whole number, not negative; 0 is no limit.
std::optional<int64_t> ParseLimit(std::string_view text) {
  int64_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || at != text.data() + text.size() || value < 0) return std::nullopt;
  return value == 0 ? plan::kNoLimit : value;
}

absl::Status Unknown(std::string_view name) {
  std::vector<std::string> all;
  for (const plan::Limit& limit : plan::kLimits) all.push_back(plan::NameOf(limit));
  const std::vector<std::string_view> names(all.begin(), all.end());
  // Those of its stanza come first; then those spelled almost alike; then what has another stanza.
  const size_t point = name.find('.');
  std::vector<std::string_view> near;
  for (size_t i = 0; i < names.size(); ++i) {
    if (point != std::string_view::npos && name.substr(0, point) == plan::kLimits[i].stanza) {
      near.push_back(names[i]);
    }
  }
  if (near.empty() || near.size() > 2) near = plan::NearestNames(name, names);
  for (size_t i = 0; near.empty() && i < names.size(); ++i) {
    if (name.substr(point + 1) == plan::kLimits[i].name) near.push_back(names[i]);
  }
  std::string message = fmt::format("there is no limit \"{}\"", name);
  for (const std::string& note : plan::DidYouMean(near)) message += "; " + note;
  return absl::InvalidArgumentError(message + (near.empty() ? ";" : "") +
                                    " `spelk help limits` lists all");
}

}  // namespace

LimitSettings::LimitSettings() {
  for (const plan::Limit& limit : plan::kLimits) {
    values_[static_cast<size_t>(limit.id)] = limit.fallback == 0 ? plan::kNoLimit : limit.fallback;
  }
}

absl::Status LimitSettings::Load(const Conf& conf) {
  for (const plan::Limit& limit : plan::kLimits) {
    const Stanza* stanza = conf.Find(limit.stanza);
    const Setting* setting = stanza == nullptr ? nullptr : stanza->Find(limit.name);
    if (setting == nullptr) continue;
    const std::optional<int64_t> value = ParseLimit(setting->value);
    if (!value) {
      return absl::InvalidArgumentError(fmt::format("{}: {} takes a whole number, not \"{}\"",
                                                    conf.PlaceOf(*setting), limit.name,
                                                    setting->value));
    }
    values_[static_cast<size_t>(limit.id)] = *value;
  }
  return absl::OkStatus();
}

absl::Status LimitSettings::Set(const std::string& setting) {
  const size_t equals = setting.find('=');
  const std::string_view name = std::string_view(setting).substr(0, equals);
  for (const plan::UnappliedLimit& limit : plan::kUnappliedLimits) {
    if (name != fmt::format("{}.{}", limit.stanza, limit.name)) continue;
    return absl::InvalidArgumentError(
        fmt::format("the limit {} cuts nothing here: {}", name, limit.why));
  }
  for (const plan::Limit& limit : plan::kLimits) {
    if (name != plan::NameOf(limit)) continue;
    const std::string_view text =
        equals == std::string::npos ? "" : std::string_view(setting).substr(equals + 1);
    const std::optional<int64_t> value =
        text == "none" ? std::optional(plan::kNoLimit) : ParseLimit(text);
    if (!value) {
      return absl::InvalidArgumentError(fmt::format(
          "the limit {0} takes a whole number or none: {0}=100, not \"{1}\"", name, setting));
    }
    values_[static_cast<size_t>(limit.id)] = *value;
    return absl::OkStatus();
  }
  return Unknown(name);
}

}  // namespace spelk::knowledge
