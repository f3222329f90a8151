#!/usr/bin/env bash
# The sources are as clang-format leaves them.
find src include tests bench examples \( -name '*.cc' -o -name '*.h' \) -print0 2>/dev/null |
  xargs -0 clang-format-14 --dry-run --Werror 2>&1 | grep -E 'error:' | cut -d: -f1 | sort | uniq -c |
  awk '{ print "not formatted: " $2; bad = 1 } END { exit bad }'
