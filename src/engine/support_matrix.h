// The support matrix: what of Splunk's language runs here.
#pragma once

#include <string>

#include "plan/entry.h"

namespace spelk::engine {

// As Markdown: every option of every command, every function and statistic: yes, no or differs.
std::string SupportMatrix(const plan::Registry& entries);

}  // namespace spelk::engine
