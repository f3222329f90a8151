#!/usr/bin/env bash
# Nothing is left for later in the sources, and nothing in the project names a machine's folders.
bad=0
grep -rnwE 'TODO|FIXME|XXX|HACK|not implemented yet|stub' src include && bad=1
# Written so that this line does not find itself.
grep -rnE '/(work|farm)/' --include='*' src include tests bench examples queries grammar dev README.md CMakeLists.txt \
  --exclude-dir=lint 2>/dev/null && bad=1
# The library never prints, exits, or reads the environment.
grep -rnE '(std::cout|std::cerr|std::printf|fmt::print|fprintf|\bfputs|\bputs|std::exit|\b_?exit|getenv)\(' src --include='*.cc' --include='*.h' |
  grep -vE '^src/cli/|^src/base/check\.cc' && bad=1
exit $bad
