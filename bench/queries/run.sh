#!/usr/bin/env bash
# Times whole searches over a feed of 1 GB, beside DuckDB, jq and ripgrep where they are installed.
# run.sh SPELK [FEED]: FEED (or $SPELK_FEED) is an NDJSON file; without one a feed is made. $RUNS is how often (5),
# $THREADS how many workers (all cores). $AGAINST is another spelk to measure, $AGAINST_NAME what it is called.
set -euo pipefail
spelk=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(dirname "$spelk")
feed=${2:-${SPELK_FEED:-}}
runs=${RUNS:-5}
threads=${THREADS:-$(nproc)}
recorded=$here/../../../shared/data/make_feed.sh
command -v python3 >/dev/null || { echo "The benchmark needs python3." >&2; exit 1; }

if [ -z "$feed" ]; then
  feed=$build/bench/feed.ndjson
  if [ ! -f "$feed" ]; then
    echo "making $feed" >&2
    if [ -f "$recorded" ]; then
      bash "$recorded" "$feed.part" 1000000000
    else
      "$build/bench/spelk_make_feed" 1000000000 >"$feed.part"
    fi
    mv "$feed.part" "$feed"
  fi
fi
size=$(stat -c %s "$feed")

field() { sed -n "s/^$1[^:]*: *//p" "$2" | head -n 1; }
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
kind=$(sed -n 's/^CMAKE_BUILD_TYPE:[A-Z]*=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
echo "machine:  $(field 'model name' /proc/cpuinfo), $(nproc) cores, $(field MemTotal /proc/meminfo), $(uname -sr)"
echo "compiler: $(${compiler:-c++} --version | head -n 1), $kind"
echo "spelk:    $("$spelk" --version), $threads threads"
echo "feed:     $(basename "$feed"), $size bytes; median of $runs runs, all of it read once before"
cat "$feed" >/dev/null

has_duckdb=0
if python3 -c 'import duckdb' 2>/dev/null; then
  has_duckdb=1
  echo "DuckDB:   $(python3 -c 'import duckdb; print(duckdb.__version__)'), $threads threads, started and imported in each run"
fi

measure() { [ $wanted -eq 0 ] || python3 "$here/measure.py" "$runs" "$size" "$@"; }
# Each of these is skipped where its program is not there.
run_spelk() { measure "spelk" "$spelk" run --threads "$threads" -o ndjson "$1" "$feed"; }
run_spelk_plain() { measure "spelk --no-builtin" "$spelk" run --no-builtin --threads "$threads" -o ndjson "$1" "$feed"; }
run_duckdb() { [ $has_duckdb -eq 0 ] || measure "DuckDB" python3 "$here/duckdb_query.py" "$feed" "$threads" "$1"; }
run_jq() { ! command -v jq >/dev/null || measure "jq (1 thread)" jq -c "$@" "$feed"; }
# Without a match ripgrep ends with 1.
run_rg() {
  command -v rg >/dev/null || return 0
  measure "ripgrep (counts lines only)" sh -c 'rg --no-config -c "$@" || [ $? -eq 1 ]' rg -j "$threads" "$@" "$feed"
}

run_other() {
  [ -z "${AGAINST:-}" ] || measure "spelk at $AGAINST_NAME" "$AGAINST" run --threads "$threads" -o ndjson "$1" "$feed"
}

# $SEARCHES, a pattern, chooses which to run; all without it.
wanted=1
search() {
  wanted=0
  [[ "$1" == *${SEARCHES:-}* ]] || return 0
  wanted=1
  printf '\n%s\n' "$1"
  run_spelk "$1"
  run_other "$1"
  run_spelk_plain "$1"
}

search 'EventID=5858 | stats count'
run_duckdb filter
run_jq -n '[inputs | select(.EventID == 5858)] | length'
run_rg '"EventID": ?"?5858\b'

search 'stats count by EventID, Image'
run_duckdb group
run_jq -n 'reduce (inputs | select(.EventID and .Image)) as $e ({}; .["\($e.EventID) \($e.Image)"] += 1)'

search 'search powershell | stats count by Hostname'
run_duckdb text
run_jq -nR 'reduce (inputs | select(test("powershell"; "i")) | fromjson? | select(.Hostname)) as $e ({}; .[$e.Hostname] += 1)'
run_rg -i powershell

search 'EventID=1 | sort 0 Image | table _time Image CommandLine'
run_duckdb sort
run_jq -n '[inputs | select(.EventID == 1) | [.EventTime, .Image, .CommandLine]] | sort_by(.[1])[]'

# Reads what knowledge makes of other fields for a few events only.
search 'stats dc(Image) values(User) by Hostname, EventID'
run_duckdb distinct

search 'stats count by RecordNumber, Hostname'
run_duckdb many

search 'where like(lower(CommandLine), "%powershell%") | stats count by Hostname'
run_duckdb like

search 'regex CommandLine="(?i)powershell" | stats count by Hostname'
run_duckdb like

search 'rex field=Image "(?<exe>[^\\\\]+)$" | stats count by exe'
run_duckdb rex

search 'dedup Hostname Image | table Hostname Image'
run_duckdb dedup

search 'eventstats count AS n by Image | where n<3 | table Image n'
run_duckdb window

search 'where isnotnull(TargetObject) | stats count by EventID'

# Streams: reading is not shared among the workers.
if command -v zstd >/dev/null; then
  [ -f "$feed.zst" ] || zstd -q -3 -T0 "$feed" -o "$feed.zst"
  plain=$feed
  feed=$feed.zst
  search 'stats count by EventID, Image'
  feed=$plain
fi
