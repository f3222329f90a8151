#!/usr/bin/env bash
# No source is longer than 600 lines; what grows past 500 should give a concept away.
find src include tests bench examples \( -name '*.cc' -o -name '*.h' \) -exec wc -l {} + 2>/dev/null |
  awk '$2 != "total" && $1 > 600 { print $2 " has " $1 " lines"; bad = 1 } END { exit bad }'
