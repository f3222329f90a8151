// StanzaPattern: which events a stanza of props.conf is for, by its name.
#pragma once

#include <string>
#include <string_view>

#include "plan/computed_columns.h"

namespace spelk::knowledge {

struct StanzaPattern {
  plan::EventSet where;
  int rank = 0;         // 0 [default], 1 a sourcetype, 2 host::, 3 source::.
  bool literal = true;  // No pattern: it has precedence over those of its kind.
};

// "app:log", "host::web*", "source::.../app.log", "default". In source:: and host:: `...` is any
// run of characters, `*` one within a folder, `.` itself, and the rest a regular expression; the
// whole value must match, and hosts ignore case.
StanzaPattern ParseStanzaName(std::string_view name);

}  // namespace spelk::knowledge
