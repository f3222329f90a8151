// The view of events that people get: which fields come first, and what is lit.
#pragma once

#include <string>
#include <vector>

#include "engine/compile.h"
#include "io/lights.h"
#include "plan/nodes.h"

namespace spelk::engine {

struct EventView {
  plan::NodePtr plan;              // The search's, with its first fields as columns.
  std::vector<std::string> first;  // Names: _time, host, then what the search names.
  std::vector<io::Light> lights;   // What its base search looks for.
};

// Of a search that ends in events.
EventView MakeEventView(const Core& core, const plan::Node& plan);
// Such a search with _time, host and the fields that it names as the columns of its result.
plan::NodePtr MakeNamedColumns(const Core& core, const plan::Node& plan);

}  // namespace spelk::engine
