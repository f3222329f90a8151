#!/usr/bin/env bash
# Pipes and signals: rows come as events do, the input can be ended, a closed pipe is no error.

# The second event is sent only when the row of the first one was seen.
slow_pipe() {
  mkfifo events rows
  "$SPELK" run "$@" 'n=* | eval m=n+1 | table m' <events >rows &
  exec 3>events 4<rows
  echo '{"n":1}' >&3
  read -r -t 20 first <&4
  echo '{"n":2}' >&3
  read -r -t 20 second <&4
  exec 3>&-
  wait $!
  local status=$?
  exec 4<&-
  rm -f events rows
  echo "$first $second"
  return $status
}
expect 'rows appear as events arrive' 0 '{"m":2} {"m":3}' slow_pipe
expect 'with several workers, too' 0 '{"m":2} {"m":3}' slow_pipe --threads 4
expect 'and with one' 0 '{"m":2} {"m":3}' slow_pipe --threads 1

# Half a line is no event yet.
half_line() {
  mkfifo events rows
  "$SPELK" run 'table n' <events >rows &
  exec 3>events 4<rows
  printf '{"n":1}\n{"n":' >&3
  read -r -t 20 first <&4
  printf '2}' >&3
  exec 3>&-
  read -r -t 20 second <&4
  wait $!
  exec 4<&-
  rm -f events rows
  echo "$first $second"
}
expect 'a line that comes in two parts' 0 '{"n":1} {"n":2}' half_line

# interrupt SIGNALS COMMAND…: sends the signals once the first event was read.
interrupt() {
  local signals=$1
  shift
  mkfifo events
  "$@" <events &
  local program=$!
  exec 3>events
  echo '{"n":1}' >&3
  sleep 0.5
  local signal
  for signal in $signals; do
    kill -s "$signal" $program
    sleep 0.3
  done
  wait $program
  local status=$?
  exec 3>&-
  rm -f events
  return $status
}
# A background job of a script ignores SIGINT unless it asks for it, which spelk does.
expect 'SIGINT ends the input; what was read is finished' 130 '{"n":1}' \
  interrupt INT "$SPELK" run 'sort - n | table n'
says 'it is said how far it got' 'interrupted after 8 B'
expect 'while nothing came yet' 130 '' bash -c '
  mkfifo silent; "$SPELK" run "sort n" <silent & p=$!; exec 3>silent; sleep 0.5; kill -INT $p; wait $p; s=$?; rm silent; exit $s'
expect 'in an archive that stops in the middle' 130 '' bash -c '
  mkfifo silent; "$SPELK" run "sort n" <silent & p=$!; exec 3>silent; printf "\037\213\010\000" >&3; sleep 0.5
  kill -INT $p; wait $p; s=$?; rm silent; exit $s'
expect 'SIGTERM stops at once' 143 '' interrupt TERM "$SPELK" run 'sort - n | table n'
expect 'an unfinished file is not left behind' 143 '' interrupt TERM "$SPELK" run -O out.csv 'sort - n | table n'
expect 'not under another name either' 1 '' bash -c 'ls | grep out.csv'

for i in $(seq 1 20000); do echo "{\"n\":$i}"; done >many.ndjson
expect 'a closed pipe ends quietly' 0 '{"n":1}' bash -c '"$SPELK" run "table n" many.ndjson | head -1; exit ${PIPESTATUS[0]}'
says_nothing() { [ ! -s messages ]; }
expect 'with nothing said' 0 '' says_nothing
expect 'reading stops when the reader is gone' 0 '{"n":1}' bash -c \
  'yes "{\"n\":1}" | timeout 20 "$SPELK" run "table n" | head -1; exit ${PIPESTATUS[1]}'
expect 'and when enough rows are there' 0 '{"n":1}
{"n":1}' bash -c 'yes "{\"n\":1}" | timeout 20 "$SPELK" run "table n | head 2"; exit ${PIPESTATUS[1]}'
expect 'nobody reads the messages' 3 '' bash -c \
  '"$SPELK" run "table n" many.ndjson gone.ndjson 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}'

# answered_within SECONDS COMMAND…: an interrupt ends it, however it is busy.
answered_within() {
  local seconds=$1
  shift
  "$@" >answer &
  local program=$!
  sleep 1
  kill -INT $program
  local waited=0
  while kill -0 $program 2>/dev/null && [ $waited -lt $((seconds * 10)) ]; do
    sleep 0.1
    waited=$((waited + 1))
  done
  kill -KILL $program 2>/dev/null
  wait $program
}
expect 'rows that are made without an end' 130 '' \
  answered_within 20 "$SPELK" run '| makeresults count=1000000000000 | stats count'
expect 'with their result' 0 '' grep -q '"count":[1-9]' answer
for i in $(seq 1 1500); do echo '{"x":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}'; done >slow.ndjson
expect 'an expression that takes for ever' 130 '' \
  answered_within 20 "$SPELK" run 'where match(x, "^(a+)+$") | stats count' slow.ndjson
