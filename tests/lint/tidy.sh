#!/usr/bin/env bash
# clang-tidy over the sources that changed since the main branch (or, there, in the last commit), at most
# a dozen; with --full over all. tidy.sh BUILD [--full]
build=$1
if [ "${2:-}" = --full ]; then
  files=$(find src tests -name '*.cc')
else
  base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD~1 2>/dev/null || git rev-parse HEAD 2>/dev/null) || exit 0
  [ "$base" != "$(git rev-parse HEAD)" ] || base=$(git rev-parse HEAD~1 2>/dev/null || echo "$base")
  files=$(git diff --name-only --diff-filter=AM "$base" -- 'src/*.cc' 'tests/*.cc' | head -n 12)
fi
[ -n "$files" ] || exit 0
# Only what the build knows; the generated grammar must be there.
cmake --build "$build" --target spelk_grammar >/dev/null || exit 1
for file in $files; do
  if grep -q "/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
done | xargs -r -n 1 -P "$(nproc)" clang-tidy-14 -p "$build" --quiet 2>/dev/null |
  grep -E 'warning:|error:' | grep -v '/generated/' | sort -u | awk '{ print; bad = 1 } END { exit bad }'
