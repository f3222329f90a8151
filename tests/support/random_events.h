// Random events with everything that is awkward about JSON, types, times and shapes of logs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "support/choices.h"

namespace spelk::tests {

// What searches over these events may ask for.
struct RandomFeed {
  std::string text;
  std::span<const std::string_view> fields;
  std::span<const std::string_view> values;
  bool broken = false;  // Some lines are no JSON.
};

// Each event has any of some fields with any kind of value; with `broken`, some lines are no JSON.
RandomFeed RandomFields(Choices& choices, size_t events, bool broken);
// Events as the programs that ship logs wrap them.
RandomFeed RandomLogs(Choices& choices, size_t events);

}  // namespace spelk::tests
