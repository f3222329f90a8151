#!/usr/bin/env bash
# Runs a script of tests/cli in an empty folder, with $SPELK as the program. Every `expect` is a test.
# in_folder.sh SCRIPT PROGRAM
set -u
export SPELK=$2 TZ=UTC LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0 failed=0

# expect WHAT EXIT STDOUT COMMAND…: the command's exit code and output. Its messages are in ./messages.
expect() {
  local what=$1 code=$2 wanted=$3 got status
  shift 3
  got=$("$@" 2>messages </dev/null)
  status=$?
  if [ "$status" = "$code" ] && [ "$got" = "$wanted" ]; then
    passed=$((passed + 1))
    return 0
  fi
  failed=$((failed + 1))
  printf 'FAIL %s\n  exit %s, wanted %s\n  output %s\n  wanted %s\n  messages %s\n' "$what" "$status" "$code" "$got" "$wanted" "$(cat messages)"
}

# says WHAT TEXT: the last command's messages hold the text.
says() {
  if grep -qF -- "$2" messages; then
    passed=$((passed + 1))
    return 0
  fi
  failed=$((failed + 1))
  printf 'FAIL %s\n  the messages lack: %s\n  they are: %s\n' "$1" "$2" "$(cat messages)"
}

# contains TEXT COMMAND…: whether the command writes the text.
contains() {
  local text=$1
  shift
  "$@" | grep -qF -- "$text"
}

# shellcheck disable=SC1090
. "$1"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
