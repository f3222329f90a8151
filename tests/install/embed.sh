#!/usr/bin/env bash
# Installs the package into a folder, builds examples/ and the program in engine.h's top comment against it, and
# runs them. embed.sh SOURCE BUILD
set -eu
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >/dev/null

cp -r "$source/examples" "$work/examples"
sed -n 's|^//   ||p; s|^//$||p' "$source/include/spelk/engine.h" | sed -n '/^#include <spelk/,/^}$/p' >"$work/examples/header.cc"
sed -i 's/foreach(NAME /&header /' "$work/examples/CMakeLists.txt"
cmake -S "$work/examples" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
  -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror" >"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/build" >"$work/log" || { cat "$work/log"; exit 1; }

expect() { # expect WHAT WANTED GOT
  [ "$2" = "$3" ] || { printf '%s:\nwanted %s\ngot %s\n' "$1" "$2" "$3"; exit 1; }
}
cd "$work"
cat >events.ndjson <<'TEXT'
{"EventID": 4625, "TargetUserName": "ana"}
{"EventID": 4625, "TargetUserName": "bo"}
{"EventID": 4625, "TargetUserName": "bo"}
{"EventID": 4624, "TargetUserName": "ana"}
TEXT
expect failed_logins 'bo           2
ana          1
2 rows of 3 events' "$(build/failed_logins events.ndjson)"
expect detection_test 'finds the attack: ok
leaves the rest alone: ok' "$(build/detection_test)"
expect pull_rows '{"n":3,"square":9}
{"n":4,"square":16}
{"n":5,"square":25}' "$(timeout 20 build/pull_rows)"
expect write_csv 'user,bytes,hosts
ana,150,"web-1
web-2"
"bo, jr",80,web-2' "$(build/write_csv)"
expect header '{"TargetUserName":"ana","count":1}
{"TargetUserName":"bo","count":2}' "$(build/header)"
expect program 'spelk 0.1.0' "$(installed/bin/spelk --version)"

# A project may also take the sources in: it gets neither -Werror nor the tests nor the program.
mkdir inside
cat >inside/CMakeLists.txt <<TEXT
cmake_minimum_required(VERSION 3.25)
project(inside LANGUAGES CXX)
add_subdirectory($source spelk)
add_executable(pull_rows $source/examples/pull_rows.cc)
target_link_libraries(pull_rows PRIVATE spelk::spelk)
TEXT
cmake -S inside -B inside/build -G Ninja >log || { cat log; exit 1; }
! grep -qE -- '-Werror|spelk_unit_tests|cli/main.cc' inside/build/build.ninja || { echo "an embedder gets more than the library"; exit 1; }
