// Investigation: runs the beginnings of a search over some events, to see where its rows go and
// why.
#pragma once

#include "absl/status/statusor.h"
#include "base/source.h"
#include "engine/run.h"
#include "spelk/why.h"

namespace spelk::engine {

struct WhyOptions {
  // Of a few events: the rows after each stage, and what each part of the expression gave.
  bool in_detail = false;
};

// `plan` is the bound one. Its inputs are all that is looked at; they are read a few times. Nothing
// that the search would write is written: with such a command in it the answer is Unimplemented.
absl::StatusOr<Why> Investigate(const Core& core, const plan::Node& plan, const Source& source,
                                const RunRequest& request, const WhyOptions& options);

}  // namespace spelk::engine
