// Shapes: default/shapes.conf, spelk's own description of the layouts in which feeds write events.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "knowledge/conf.h"
#include "plan/event_layout.h"

namespace spelk::knowledge {

// The shapes of a shapes.conf, in the order of the file. Each stanza is one; its keys are those of
// plan::EventLayout, lists with commas between their elements. InvalidArgument, with file and line,
// for a key or a value that means nothing.
absl::StatusOr<std::vector<plan::EventLayout>> ReadShapes(const Conf& conf);

// True if lines of that shape hold their event (or several) in one member, or are no events at all.
bool Wraps(const plan::EventLayout& shape);

}  // namespace spelk::knowledge
