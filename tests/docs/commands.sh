#!/usr/bin/env bash
# The commands that README.md shows print what stands below them. commands.sh SPELK PROJECT
set -u
project=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
program=$(realpath "$1")
ln -s "$program" "$work/bin/spelk"
cp -r "$project/queries/wmi" "$work/wmi"
cd "$work/wmi/demo" || exit 1
export PATH=$work/bin:$PATH TZ=UTC LC_ALL=C.UTF-8
passed=0 failed=0

# check COMMAND WANTED LINE: what a terminal would show.
check() {
  local got
  got=$(bash -c "$1" 2>&1 </dev/null)
  if [ "$got" = "$2" ]; then
    passed=$((passed + 1))
    return
  fi
  failed=$((failed + 1))
  printf 'FAIL README.md:%s: %s\n  wanted %s\n  got %s\n' "$3" "$1" "$2" "$got"
}

command='' wanted='' inside=0 number=0 begun=0
flush() {
  [ -z "$command" ] || check "$command" "${wanted%$'\n'}" "$begun"
  command='' wanted=''
}
while IFS= read -r line; do
  number=$((number + 1))
  case $inside$line in
    '0```console') inside=1 ;;
    '1```') flush; inside=0 ;;
    '1$ '*) flush; command=${line#'$ '} begun=$number ;;
    1*) wanted+=$line$'\n' ;;
  esac
done <"$project/README.md"

# The program that it shows is the one in examples/.
sed -n '/^```cpp$/,/^```$/p' "$project/README.md" | sed '1d;$d' >shown.cc
check "cmp shown.cc '$project/examples/failed_logins.cc'" '' cpp
# Every option of run is there.
for option in $("$program" run --help | grep -oE '^ +(-[a-zA-Z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
  check "[ $option = --help ] || grep -qF -- '$option' '$project/README.md' || echo missing" '' "$option"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
