#!/usr/bin/env bash
# The top level stays as it was laid down: what else comes lives below one of these.
known=' CHANGELOG.md CMakeLists.txt CMakePresets.json LICENSE README.md bench dev examples grammar include queries src tests '
git ls-files | cut -d/ -f1 | sort -u | grep -v '^\.' | {
  bad=0
  while read -r name; do
    [[ $known == *" $name "* ]] || { echo "not of the top level: $name"; bad=1; }
  done
  exit $bad
}
