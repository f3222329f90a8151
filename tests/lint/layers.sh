#!/usr/bin/env bash
# Includes point down or sideways within a folder (the layers of src/), and only engine/ and cli/ know the
# public headers. cli/ knows nothing else, so that whoever embeds the library can do what the program does.
# ANTLR's headers stay in syntax/.
grep -rnE '^#include "' src include | awk -F'[:"]' '
  BEGIN {
    split("base value syntax io plan optimize exec knowledge commands functions engine cli", names, " ")
    split("0 1 2 2 3 4 4 4 5 5 6 7", ranks, " ")
    for (i in names) rank[names[i]] = ranks[i]
  }
  {
    split($1, file, "/"); from = file[2]; to = $4; sub("/.*", "", to)
    if (to == from) next
    if (from == "cli") ok = to == "spelk"
    else if (to == "absl") next
    else if (to == "spelk") ok = from == "engine" || from == "cli" || from == "spelk"
    else if (!(to in rank)) ok = from == "syntax"
    else ok = from in rank && rank[to] < rank[from]
    if (!ok) { print $1 ":" $2 ": " from " must not include " $4; bad = 1 }
  }
  END { exit bad }'
