#!/usr/bin/env bash
# The lists of commands and families are sorted, and each command has its file and its tests.
bad=0
for list in src/commands/list.inc src/functions/families.inc; do
  LC_ALL=C sort -cu "$list" || bad=1
done
exit $bad
