#!/usr/bin/env bash
# The lists of commands and families are sorted, and each command has its file and its tests.
# The names of entries that nobody types are in parentheses.
bad=0
for list in src/commands/list.inc src/functions/families.inc; do
  LC_ALL=C sort -cu "$list" || bad=1
done
files=$(find src/commands -name '*.cc')
for name in $(sed -n 's/^    \.name = "\([a-z]*\)",$/\1/p' $files | sort -u); do
  grep -q "/$name\.cc$" <<<"$files" || { echo "the command $name has no $name.cc"; bad=1; }
  file=tests/spl/commands/"$name".test
  [ -f "$file" ] || { echo "the command $name has no $file"; bad=1; }
done
exit $bad
