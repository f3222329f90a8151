#!/usr/bin/env bash
# What src/README.md names is there.
bad=0
for path in $(grep -oE '`(src|tests)/[A-Za-z0-9_/.]+`' src/README.md | tr -d '`' | sort -u); do
  [ -e "$path" ] || { echo "src/README.md names $path, which is not there"; bad=1; }
done
[ "$(grep -cE '`src/' src/README.md)" -gt 10 ] || { echo "src/README.md names no files"; bad=1; }
exit $bad
