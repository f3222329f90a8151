#!/usr/bin/env bash
# The lists of commands and families are sorted, and each command has its file and its tests.
# The names of entries that nobody types are in parentheses.
bad=0
for list in src/commands/list.inc src/functions/families.inc; do
  LC_ALL=C sort -cu "$list" || bad=1
done
for name in $(sed -n 's/^    \.name = "\([a-z]*\)",$/\1/p' $(find src/commands -name "*.cc") | sort -u); do
  for file in $(find src/commands -name "$name.cc" | grep . || echo src/commands/"$name".cc) tests/spl/commands/"$name".test; do
    [ -f "$file" ] || { echo "the command $name has no $file"; bad=1; }
  done
done
exit $bad
