#!/usr/bin/env bash
# What the system gives too little of: memory, stack, time. A reason is said, and nothing is left.

for i in $(seq 1 3000); do echo "{\"n\":$((i * 7919 % 3001)),\"pad\":\"xxxxxxxxxxxxxxxxxxxx$i\"}"; done >many.ndjson

# Any budget is taken, however small.
for memory in 1 64 512 1k 4k 8k; do
  expect "a budget of $memory is too little" 3 '' "$SPELK" run --memory $memory 'n=1 | stats count' many.ndjson
  says 'which is said' 'error E0501: '
done

# Sanitizers keep shadows in terabytes of address space: limits on it are for programs without them.
address_space_can_be_limited() { [ -z "${SPELK_SANITIZE:-}" ]; }

if address_space_can_be_limited; then
  # The address space is limited: the budget follows it, and threads find room or are done without.
  expect 'little address space' 0 '3000' bash -c \
    'ulimit -v 200000; "$SPELK" run -o csv --threads 4 "sort 0 n | stats count" many.ndjson | tail -1'
  # A budget that the system does not keep.
  expect 'less than the budget' 3 '' bash -c \
    'ulimit -v 60000; "$SPELK" run --memory 1GB "| makeresults count=3000000 | eval a=random() | sort 0 a | stats count"'
  says 'which is said, too' 'error E0501: '
  # What has no end is not read to its end.
  expect 'a search without an end' 2 '' bash -c 'ulimit -v 400000; timeout 20 "$SPELK" run -f /dev/zero many.ndjson'
  says 'its length is said' 'longer than'
  # Many assignments share what they make of a row.
  assignments=$(seq -s, -f 'f%g=1' 1 8000)
  expect 'many assignments' 0 '{"f1":1,"f8000":1}' bash -c \
    "ulimit -v 600000; timeout 60 \"\$SPELK\" run --memory 16MB '| makeresults | eval $assignments | table f1 f8000'"
fi

# As deep as searches may be, on whatever stack.
deep=$(printf '(%.0s' $(seq 1 240))n=1$(printf ')%.0s' $(seq 1 240))
expect 'a small stack' 0 '{"count":1}' bash -c "ulimit -s 256; \"\$SPELK\" run '$deep | stats count' many.ndjson"

# Files that the system makes up say that they are empty.
expect 'files without a size' 0 'read' bash -c '"$SPELK" run "VmPeak*" /proc/self/status | grep -q VmPeak && echo read'

# One short event has a hundred million combinations.
list="[$(seq -s, 1 100)]"
echo "{\"a\":$list,\"b\":$list,\"c\":$list,\"d\":$list}" >lists.ndjson
expect 'combinations of multivalues' 3 '' \
  "$SPELK" run --memory 64MB 'stats count by a{} b{} c{} d{}' lists.ndjson
says 'their number is limited' '1000000 combinations'

# Who writes a long event needs room for it, as who reads it does.
{ printf '{"s":"'; head -c 32000000 /dev/zero | tr '\0' x; printf '","n":1}\n'; } >long.ndjson
expect 'a long event is counted' 0 '{"count":1}' "$SPELK" run --memory 220MB 'n=1 | stats count' long.ndjson
expect 'but not written' 3 '' "$SPELK" run --memory 220MB -o ndjson 'n=1' long.ndjson
says 'the limit is named' 'writing an event needs'
rm -f long.ndjson

# Each line has a field of its own: what is not there takes no room.
for i in $(seq 1 2000); do echo "{\"k$i\":1}"; done >sparse.ndjson
expect 'events of many different fields' 0 '2000' bash -c \
  '"$SPELK" run --memory 64MB "fillnull" sparse.ndjson | wc -l'
expect 'as columns' 0 '2001' bash -c '"$SPELK" run --memory 64MB -o csv "table *" sparse.ndjson | wc -l'

# Nothing is left behind, whatever ends the program.
ends_with() {
  local signal=$1
  mkfifo slow
  "$SPELK" run -O out.ndjson 'sort n' <slow &
  local program=$!
  exec 3>slow
  sleep 0.5
  kill -s "$signal" $program
  wait $program 2>/dev/null
  exec 3>&-
  rm -f slow
  ls | grep out.ndjson
}
for signal in QUIT HUP TERM KILL XCPU; do
  expect "SIG$signal leaves no file" 1 '' ends_with $signal
done
expect 'a file that may not grow' 3 '' bash -c \
  'ulimit -f 8; "$SPELK" run -O out.ndjson "sort 0 n" many.ndjson'
says 'the reason is said' 'cannot write'
expect 'nor does it stay' 1 '' bash -c 'ls | grep out.ndjson'

expect 'what is asked for is shown without its escapes' 2 '' "$SPELK" help $'\e[31mred'
shows_no_escape() { ! grep -q $'\e' messages; }
expect 'as text' 0 '' shows_no_escape
