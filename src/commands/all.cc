// The list of all commands.
#include "commands/entry.h"

namespace spelk::commands {

// One line of list.inc: SPELK_COMMAND(Tail) declares kTail, defined in tail.cc.
#define SPELK_COMMAND(Name) extern const CommandEntry k##Name;
#include "commands/list.inc"
#undef SPELK_COMMAND

namespace {

constexpr plan::UnbuiltCommand kUnbuilt[] = {
#define SPELK_REFUSED(name, clauses, why, instead) \
  {name, {Shape::kArguments, clauses}, why, instead},
#include "commands/refused.inc"
#undef SPELK_REFUSED
};

}  // namespace

std::vector<const CommandEntry*> AllCommands() {
  return {
#define SPELK_COMMAND(Name) &k##Name,
#include "commands/list.inc"
#undef SPELK_COMMAND
  };
}

std::span<const plan::UnbuiltCommand> UnbuiltCommands() { return kUnbuilt; }

}  // namespace spelk::commands
