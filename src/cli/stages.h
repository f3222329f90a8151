// The stages of a run that measured, as text.
#pragma once

#include <string>
#include <string_view>

#include "spelk/engine.h"

namespace spelk::cli {

// Each stage with its rows, time and bytes; with `parts`, what each part of its expressions gave.
// `query` is the text of the search.
std::string StagesAsText(const Summary& summary, std::string_view query, bool parts);

}  // namespace spelk::cli
