#!/usr/bin/env bash
# --follow: files that grow, and tables that are shown as their rows come.
touch messages

# following SEARCH FILE… with the rows on descriptor 4; `ended` interrupts it and gives its exit code.
following() {
  mkfifo rows
  "$SPELK" run --follow "$@" >rows 2>said &
  program=$!
  exec 4<rows
}
ended() {
  kill -INT $program
  wait $program
  local status=$?
  exec 4<&-
  rm -f rows
  return $status
}
row() { read -r -t 20 line <&4 && echo "$line"; }

appended() {
  echo '{"n":1}' >a.ndjson
  following 'table n' a.ndjson
  row
  printf '{"n":2}\n{"n":' >>a.ndjson
  row
  printf '3}\n' >>a.ndjson
  row
  ended
}
expect 'what is appended' 130 '{"n":1}
{"n":2}
{"n":3}' appended
several() {
  echo '{"n":1}' >a.ndjson
  echo '{"n":2}' >b.ndjson
  following --threads 3 'table n' a.ndjson b.ndjson
  row
  row
  printf '{"half' >>a.ndjson
  echo '{"n":3}' >>b.ndjson
  row
  printf '":0,"n":4}\n' >>a.ndjson
  row
  ended
}
expect 'of several files' 130 '{"n":1}
{"n":2}
{"n":3}
{"n":4}' several
rotated() {
  printf '{"n":1}\n{"cut' >a.ndjson
  following 'table n' a.ndjson
  row
  sleep 0.2
  mv a.ndjson a.1
  echo '{"n":2}' >a.ndjson
  row
  sleep 0.2
  echo '{"n":3,"m":0}' >>a.ndjson
  row
  sleep 0.2
  printf '{"n":4}\n' >a.ndjson
  row
  ended
}
expect 'another file takes the name, and it is cut off' 130 '{"n":1}
{"n":2}
{"n":3}
{"n":4}' rotated
counted() {
  printf '{"n":1}\n' >a.ndjson
  following 'stats count' a.ndjson
  sleep 0.3
  printf '{"n":2}\n{"n":3}' >>a.ndjson
  sleep 0.3
  kill -INT $program
  row
  wait $program
  local status=$?
  exec 4<&-
  rm -f rows
  return $status
}
expect 'what counts answers at the end, with a last line that has none' 130 '{"count":3}' counted
gzip -c b.ndjson >b.gz
expect 'archives have an end' 0 '{"n":2}
{"n":3}' timeout 20 "$SPELK" run --follow 'table n' b.gz
expect 'a pipe has one' 0 '{"n":7}' bash -c 'echo "{\"n\":7}" | timeout 20 "$SPELK" run --follow "table n"'
expect 'a file that is not there' 3 '' "$SPELK" run --follow 'table n' gone.ndjson
expect 'events that are read twice' 2 '' "$SPELK" run --follow 'search [search n=1 | fields n]' b.ndjson
says 'cannot be followed' 'reads its events more than once'
