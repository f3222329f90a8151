#!/usr/bin/env bash
# Unpacks the archive of `./dev package` and runs its program in a root folder that holds nothing else.
# package.sh FOLDER: where the archive lies. 77: there is none, or no way into a root folder of one's own.
set -eu
archive=$(ls "$1"/spelk-*.tar.gz 2>/dev/null) || { echo "no archive in $1: ./dev package makes it"; exit 77; }
source=$(dirname "${BASH_SOURCE[0]}")/../..
newer=$(find "$source/src" "$source/include" "$source/grammar" "$source/queries" "${BASH_SOURCE[0]}" \
  -type f -newer "$archive" | head -n 1)
[ -z "$newer" ] || { echo "the archive is older than $newer: ./dev package makes it anew"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work"
package=$(echo "$work"/spelk-*)
root=$work/root
mkdir "$root"
enter=("$(command -v chroot)")
[ "$(id -u)" -eq 0 ] || enter=("$(command -v unshare)" -r "${enter[@]}")
cp "$package/spelk" "$root/spelk"
"${enter[@]}" "$root" /spelk --version >/dev/null 2>"$work/why" || {
  grep -qE 'unshare|chroot' "$work/why" || { cat "$work/why"; echo "0 passed, 1 failed"; exit 1; }
  echo "needs root, or namespaces of users: $(cat "$work/why")"
  exit 77
}
passed=0 failed=0

# expect WHAT EXIT STDOUT [WORD…]: what the program says in there.
expect() {
  local what=$1 code=$2 wanted=$3 got status=0
  shift 3
  got=$(env -i "${enter[@]}" "$root" /spelk "$@" 2>"$work/messages" </dev/null) || status=$?
  if [ "$status" = "$code" ] && [ "$got" = "$wanted" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAIL %s\n  exit %s, wanted %s\n  output %s\n  wanted %s\n  messages %s\n' "$what" "$status" "$code" \
      "$got" "$wanted" "$(cat "$work/messages")"
  fi
}

# holds WHAT FILE TEXT
holds() {
  if grep -qF -- "$3" "$2"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'FAIL %s\n  %s lacks: %s\n' "$1" "$(cat "$2")" "$3"
  fi
}

# same WHAT FILE TEXT
same() {
  if [ "$(cat "$2")" = "$3" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'FAIL %s\n' "$1"
  fi
}

expect 'the version' 0 "$(basename "$archive" | sed 's/^spelk-\(.*\)-linux-.*/spelk \1/')" --version
expect 'a row of its own' 0 '{"n":42}' run '| makeresults | eval n=6*7 | table n'

cat >"$root/events.ndjson" <<'TEXT'
{"EventID":4625,"TargetUserName":"ana","EventTime":"2024-05-01 10:00:00","s":"häß"}
{"EventID":4625,"TargetUserName":"bo","EventTime":"2024-05-01 11:00:00","s":"x"}
{"EventID":4625,"TargetUserName":"bo","EventTime":"2024-05-01 12:00:00","s":"y"}
{"EventID":4624,"TargetUserName":"ana","EventTime":"2024-05-01 13:00:00","s":"z"}
TEXT
gzip -kn "$root/events.ndjson"
count='EventID=4625 | stats count by TargetUserName | sort - count'
counted='{"TargetUserName":"bo","count":2}
{"TargetUserName":"ana","count":1}'
expect 'a file' 0 "$counted" run "$count" /events.ndjson
expect 'a file by two threads' 0 "$counted" run --threads 2 "$count" /events.ndjson
expect 'a compressed file' 0 "$counted" run "$count" /events.ndjson.gz
if command -v zstd >/dev/null; then
  zstd -q "$root/events.ndjson"
  expect 'a file of zstd' 0 "$counted" run "$count" /events.ndjson.zst
fi
expect 'a regex, and text that is not ASCII' 0 '{"c":"HÄß"}' run 's=h* | rex field=s "(?<t>h.)" | eval c=upper(t)."ß" | table c' /events.ndjson
expect 'digests' 0 '{"m":"5d41402abc4b2a76b9719d911017c592","s":"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d","l":64,"k":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}' \
  run '| makeresults | eval h="hello", m=md5(h), s=sha1(h), l=len(sha512(h))/2, k=sha256(h) | table m s l k'

expect 'times of UTC' 0 '{"t":"2024-05-01 10:00:00 +0000"}' \
  run '| makeresults | eval t=strftime(1714557600,"%F %T %z") | table t'
expect 'times of an offset' 0 '{"t":"2024-05-01 12:00:00 +0200"}' \
  run --tz +02:00 '| makeresults | eval t=strftime(1714557600,"%F %T %z") | table t'
expect 'times of here, which is nowhere' 0 '{"t":"2024-05-01 10:00:00"}' \
  run --tz local '| makeresults | eval t=strftime(1714557600,"%F %T") | table t'
expect 'a zone by name, without a database' 2 '' run --tz Europe/Berlin '| makeresults'
holds 'it is said' "$work/messages" 'no database of them'
if [ -d /usr/share/zoneinfo/Europe ]; then
  mkdir -p "$root/usr/share/zoneinfo/Europe"
  cp /usr/share/zoneinfo/Europe/Berlin "$root/usr/share/zoneinfo/Europe"
  expect 'a zone by name, with a database' 0 '{"t":"2024-05-01 12:00:00"}' \
    run --tz Europe/Berlin '| makeresults | eval t=strftime(1714557600,"%F %T") | table t'
  rm -r "$root/usr"
fi

expect 'a wrong search' 2 '' run 'EventID=1 | dedup keepnull=true Image' /events.ndjson
holds 'its place is said' "$work/messages" '<query>:1:19: error E0203'
expect 'one that the parser gives up' 2 '' run 'EventID=1 | eval a=(1+' /events.ndjson
expect 'no such file' 3 '' run 'a=1' /nosuch.ndjson
expect 'little memory' 0 "$counted" run --memory 64MB "$count" /events.ndjson

# Built-in knowledge, and the packs.
cp -r "$package/queries" "$root/queries"
expect 'knowledge of Windows events' 0 '{"process_name":"WMIC.exe","user":"elif"}
{"process_name":"cmd.exe","user":"elif"}' \
  run 'EventID=1 whoami | table process_name user' /queries/wmi/demo/feed.ndjson
for search in wmi_permanent_subscription wmi_remote_process_creation; do
  expect "$search finds the attack" 1 '' run --app /queries/wmi -f "/queries/wmi/$search.spl" --fail-on-hits \
    -O /hits.ndjson /queries/wmi/demo/feed.ndjson
done
# As published, it finds nothing.
expect 'wmi_activity_analytic_1' 0 '' run --app /queries/wmi -f /queries/wmi/wmi_activity_analytic_1.spl \
  /queries/wmi/demo/feed.ndjson

# What a short search costs beyond starting a program; the goal is 4 ms. Measured, not judged: machines differ.
cpu() { # cpu COMMAND…: its microseconds of CPU, the mean of fifty runs
  local TIMEFORMAT='%3U %3S'
  { time for _ in {1..50}; do "$@" >/dev/null 2>&1; done; } 2>&1 | awk '{ printf "%d", ($1 + $2) * 1e6 / 50 }'
}
echo "| makeresults takes $(($(cpu "$package/spelk" run '| makeresults') - $(cpu "$(type -P true)"))) microseconds of CPU"

for shell in bash zsh fish; do
  case $shell in bash) file=spelk.bash ;; zsh) file=_spelk ;; *) file=spelk.fish ;; esac
  same "completion for $shell" "$package/completions/$file" "$("$package/spelk" completion $shell)"
done
for file in LICENSE README.md CHANGELOG.md licences/LIBRARIES licences/fmt.txt licences/simdjson.txt \
  licences/libc6-dev.txt licences/LGPL-2.1 licences/libantlr4-runtime-dev.txt; do
  [ -s "$package/$file" ] || { failed=$((failed + 1)); echo "FAIL the archive lacks $file"; }
done
# Whatever is linked in has its licence there.
for name in $(sed -n 's/^\(lib[^ ]*\|zlib[^ ]*\) .*/\1/p' "$package/licences/LIBRARIES"); do
  [ -s "$package/licences/$name.txt" ] || { failed=$((failed + 1)); echo "FAIL no licence of $name"; }
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
