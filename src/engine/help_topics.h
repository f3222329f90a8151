// What help says of matters that no single command or function has.
#pragma once

#include <span>
#include <string_view>

#include "plan/entry.h"

namespace spelk::engine {

struct HelpTopic {
  std::string_view name;
  std::string_view summary;
  std::string_view text;  // Lines for people.
  std::span<const plan::Example> examples = {};
};

// By name. Their examples run as tests.
std::span<const HelpTopic> HelpTopics();

}  // namespace spelk::engine
