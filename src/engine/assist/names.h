// What the parts of the assistant share: entries as data, places.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/entry.h"
#include "spelk/assist.h"

namespace spelk::engine {

// "my_app/default/macros.conf:3", or a file alone. Nothing for what lies in no file.
DefinitionPlace PlaceOf(std::string_view place, bool with_line = true);
// The values that an option takes, if they are a few.
std::vector<std::string> ChoicesOf(const plan::Argument& argument);

ReferenceEntry DescribeCommand(const plan::CommandEntry& entry);
ReferenceEntry DescribeFunction(const plan::FunctionEntry& entry);
ReferenceEntry DescribeStatistic(const plan::AggregateEntry& entry);
ReferenceEntry DescribeRefused(const plan::UnbuiltCommand& entry);

}  // namespace spelk::engine
