// What a command's file needs. It defines its entry, as `extern constexpr CommandEntry kTail`, and
// all.cc declares those that list.inc names: a new command makes no other file compile again.
#pragma once

#include <vector>

#include "exec/core.h"
#include "exec/operator.h"
#include "plan/bind/binder.h"
#include "plan/entry.h"

namespace spelk::commands {

using plan::Argument;
using plan::CommandEntry;
using plan::CommandKind;
using plan::Example;
using plan::Fields;
using plan::Order;
using plan::Runs;

// All of them, with the planner's own entries.
std::vector<const CommandEntry*> AllCommands();
// Commands that Splunk documents and that are not built yet.
std::span<const plan::UnbuiltCommand> UnbuiltCommands();

}  // namespace spelk::commands
