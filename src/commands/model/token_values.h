// PREFIX(text): what follows a text in a word of the event.
#pragma once

#include <string>
#include <vector>

#include "commands/entry.h"

namespace spelk::commands {

// For each text a field of that name: of the first word of `_raw` that begins with the text, the
// rest, in lower case as Splunk's index has words. Missing where no word does.
plan::NodePtr MakeTokenValues(Span span, const std::vector<std::string>& prefixes,
                              plan::Binder& binder);

}  // namespace spelk::commands
