#!/usr/bin/env bash
# What people see on a terminal: a choice of columns, few rows upright, a count of rows, what was looked for lit.
# Some containers have no terminals to give.
script -qec true /dev/null >/dev/null 2>&1 || exit 0

# shows COLUMNS WORDS…: runs spelk on a terminal of that width, the words as they stand; without the carriage returns.
shows() {
  local columns=$1
  shift
  script -qec "stty cols $columns; '$SPELK' run $*" /dev/null </dev/null | tr -d '\r'
  return "${PIPESTATUS[0]}"
}
for i in 1 2 3 4 5; do
  printf '{"Version":5,"RecordNumber":%d,"@timestamp":"2024-03-12T01:02:0%d.000Z","host":"web-%d","Guid":"{0-%d}","Task":"%s","user":"user-%d","CommandLine":"cmd.exe /c whoami %d"}\n' \
    $i $i $((i % 2)) $i constant $i $i
done >f

expect 'events: time, host, what is named, what varies' 0 '_time                host   CommandLine          RecordNumber  user
───────────────────  ─────  ───────────────────  ────────────  ──────
2024-03-12 01:02:01  web-1  cmd.exe /c whoami 1             1  user-1
2024-03-12 01:02:02  web-0  cmd.exe /c whoami 2             2  user-2
2024-03-12 01:02:03  web-1  cmd.exe /c whoami 3             3  user-3
2024-03-12 01:02:04  web-0  cmd.exe /c whoami 4             4  user-4
2024-03-12 01:02:05  web-1  cmd.exe /c whoami 5             5  user-5
… 4 more columns: @timestamp, Guid, Task, Version; -o vertical shows all
5 rows' shows 80 --color never "'CommandLine=*whoami*'" f
expect 'a few: one field a line' 0 '── row 1 ───────────────────────────────
_time         2024-03-12 01:02:02
host          web-0
user          user-2
@timestamp    2024-03-12T01:02:02.000Z
CommandLine   cmd.exe /c whoami 2
Guid          {0-2}
RecordNumber  2
Task          constant
Version       5
1 row' shows 60 --color never "'user=user-2'" f
expect 'long values stay in their column' 0 '── row 1 ───────────────────────────────
_time         2024-03-12
              01:02:02
host          web-0' bash -c "$(declare -f shows); shows 31 --color never user=user-2 f | head -4"
expect 'few that fit are a table' 0 'user    n
──────  ─
user-2  2
1 row' shows 60 --color never "'user=user-2 | eval n=RecordNumber | table user n'" f
expect 'results keep their columns' 0 'host   count
─────  ─────
web-0      2
web-1      3
2 rows' shows 60 --color never "'| stats count by host'" f
expect 'a cap on rows, and their number' 0 'RecordNumber
────────────
           1
           2
5 rows, of which the first 2 are shown; --rows 0 shows all' shows 80 --color never --rows 2 "'* | table RecordNumber'" f
for i in $(seq 1 50); do echo "{\"n\":$i}"; done >many
expect 'forty by themselves' 0 '50 rows, of which the first 40 are shown; --rows 0 shows all' \
  bash -c "$(declare -f shows); shows 80 --color never \"'table n'\" many | tail -1"
expect 'all of them' 0 '50 rows' bash -c "$(declare -f shows); shows 80 --color never --rows 0 \"'table n'\" many | tail -1"
expect 'rows elsewhere are not cut' 0 50 bash -c '"$SPELK" run "table n" many | grep -c .'
expect 'not in a table either' 0 52 bash -c '"$SPELK" run -o table "table n" many | grep -c .'
expect 'unless asked for' 0 'n
─
1
50 rows, of which the first 1 is shown; --rows 0 shows all' "$SPELK" run -o table --rows 1 'table n' many
expect 'a number that is none' 2 '' "$SPELK" run --rows x 'table n' many
says 'is refused' '--rows does not take "x"'

expect 'what was looked for is lit' 0 $'cmd.exe /c \e[1;33mwhoami\e[0m 1' \
  bash -c "$(declare -f shows); TERM=xterm shows 80 --color always \"'CommandLine=*WHOAMI* RecordNumber=1'\" f | grep -o 'cmd.exe.*'"
expect 'in its field only' 0 1 bash -c "$(declare -f shows); shows 200 --color always \"'user=*5'\" f | grep -o $'\e.1;33m' | grep -c ."
expect 'a term anywhere' 0 1 \
  bash -c "$(declare -f shows); shows 200 --color always \"'whoami RecordNumber=1'\" f | grep -c $'\e.1;33mwhoami\e'"
expect 'not what must not be there' 0 0 bash -c "$(declare -f shows); shows 200 --color always \"'NOT user=nobody'\" f | grep -c $'\e.1;33m'; true"

# Rows of a slow pipe are seen while it goes on.
mkfifo events
live() {
  script -qec "stty cols 80; '$SPELK' run --color never '$1' <events" /dev/null </dev/null >seen &
  local program=$!
  exec 3>events
  echo '{"a":"x","b":1}' >&3
  for _ in $(seq 1 100); do grep -q x seen && break; sleep 0.1; done
  grep -c x seen
  echo '{"a":"longer","b":2}' >&3
  exec 3>&-
  wait $program
  tr -d '\r' <seen
}
expect 'a table of a live pipe' 0 '1
a                                b
────────────────  ────────────────
x                                1
longer                           2' live '* | table a b'
