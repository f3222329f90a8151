// What a command's file needs, and the declarations of all commands' entries.
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

// One line of list.inc: SPELK_COMMAND(Tail) declares kTail, defined in tail.cc.
#define SPELK_COMMAND(Name) extern const CommandEntry k##Name;
#include "commands/list.inc"
#undef SPELK_COMMAND

// All of them, with the planner's own entries.
std::vector<const CommandEntry*> AllCommands();
// Commands that Splunk documents and that are not built yet.
std::span<const plan::UnbuiltCommand> UnbuiltCommands();

}  // namespace spelk::commands
