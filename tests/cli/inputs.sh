#!/usr/bin/env bash
# What may be named as input, and how it is read.
printf '{"n":1}\n{"n":2}\n' >a.ndjson
printf '{"n":3}\n' >b.ndjson
gzip -c a.ndjson >a.gz
mkdir -p dir/sub
cp a.ndjson dir/2.ndjson
cp b.ndjson dir/1.ndjson
printf '{"n":9}\n' >dir/sub/9.json
printf '{"n":0}\n' >dir/.hidden

run() { "$SPELK" run -o csv "$@"; }

expect 'a file' 0 'n
1
2' run 'table n' a.ndjson
expect 'several files keep their order' 0 'n
3
1
2' run 'table n' b.ndjson a.ndjson
expect 'a directory: all files below, by name, hidden ones left out' 0 'n
3
1
2
9' run 'table n' dir
expect 'a glob, sorted' 0 'n
3
1
2' run 'table n' 'dir/*.ndjson'
expect 'two stars go into folders' 0 'n
9' run 'table n' 'dir/**/*.json'
expect 'gzip is told by its bytes, not by the name' 0 'n
1
2' run 'table n' a.gz

# Two members, then zeros, as tape archives end.
cat a.gz a.gz >two.bin
printf '\0\0\0\0' >>two.bin
expect 'gzip with two members and padding' 0 'n
1
2
1
2' run 'table n' two.bin
expect 'gzip on standard input' 0 'n
1
2' bash -c '"$SPELK" run -o csv "table n" - <two.bin | head -3'

# A frame of one raw block: magic, header, size, block header, content.
printf '\050\265\057\375\040\010\101\000\000{"n":4}\n' >four.zst
expect 'zstd' 0 'n
4' run 'table n' four.zst
cat four.zst four.zst >eight.zst
expect 'zstd with two frames' 0 'n
4
4' run 'table n' eight.zst

expect 'standard input by its name' 0 'n
3' bash -c '"$SPELK" run -o csv "table n" - <b.ndjson'
expect 'standard input without a name' 0 'n
3' bash -c 'cat b.ndjson | "$SPELK" run -o csv "table n"'
expect 'standard input among files' 0 'n
1
2
3' bash -c 'cat b.ndjson | "$SPELK" run -o csv "table n" a.ndjson -'
expect 'a named pipe' 0 'n
3' bash -c '"$SPELK" run -o csv "table n" <(cat b.ndjson)'

printf '\357\273\277{"n":5}\r\n\r\n  \n{"n":6}' >odd.ndjson
expect 'a byte order mark, CRLF, blank lines, no newline at the end' 0 'n
5
6' run --strict 'table n' odd.ndjson
: >empty
expect 'an empty file' 0 'n' run 'table n' empty
printf '\n\n' >blank
expect 'blank lines only' 0 'n' run --strict 'table n' blank

expect 'INDEX:PATH' 0 'n,index
3,web' run 'index=web | table n index' web:b.ndjson
expect 'another index' 0 'n,index
1,app
2,app' run 'index=app | table n index' app:a.ndjson web:b.ndjson
cp b.ndjson x1:b.ndjson
expect 'a file whose name has a colon' 0 'n,index
3,main' run 'table n index' x1:b.ndjson

expect 'a search that reads standard input twice' 0 'n
2' bash -c 'cat a.ndjson | "$SPELK" run -o csv "[search n=2 | fields n] | table n"'
expect 'a search that reads a named pipe twice' 0 'n
2' bash -c '"$SPELK" run -o csv "[search n=2 | fields n] | table n" <(cat a.ndjson)'

expect 'a file that is not there' 3 '' run 'table n' nothing.ndjson
says 'it is named' 'nothing.ndjson'
expect 'a glob that matches nothing' 3 '' run 'table n' '*.nothing'
says 'it is named, too' 'matches no file'
expect 'one of several files is not there: nothing is read' 3 '' run 'table n' b.ndjson gone.ndjson

mkdir nothing
expect 'a directory without files' 3 '' "$SPELK" run '*' nothing
says 'it is told so' 'the directory "nothing" holds no file'

# What is found by looking around: files only.
mkdir tree tree/sub
cp b.ndjson tree/b.ndjson
mkfifo tree/pipe
ln -s . tree/sub/up
expect 'a directory with a pipe in it, which nobody writes to' 0 'n
3' timeout 20 "$SPELK" run -o csv 'table n' tree
expect 'a glob that a pipe fits' 0 'n
3' timeout 20 "$SPELK" run -o csv 'table n' 'tree/*'
expect 'two stars do not follow links, which may lead back' 0 'n
3' timeout 20 "$SPELK" run -o csv 'table n' 'tree/**'
chmod 000 tree/sub
# Root reads everything, unless it cannot.
unprivileged=()
if [ "$(id -u)" -eq 0 ]; then
  unprivileged=(setpriv --bounding-set=-dac_override,-dac_read_search
    --inh-caps=-dac_override,-dac_read_search)
fi
expect 'a directory that cannot be read is not left out in silence' 3 'n
3' "${unprivileged[@]}" "$SPELK" run -o csv 'table n' tree
says 'it is named' 'tree/sub: Permission denied'
chmod 755 tree/sub

printf '{"n":1}\n[2]\n{"n":3}\n' >list.ndjson
expect 'a strict run' 3 '' "$SPELK" run --strict '| stats count' list.ndjson
says 'says where it stopped' 'list.ndjson:2: not one JSON object'

# Why a time range leaves nothing.
printf '{"_time":5}\n{"_time":6}\n' >old.ndjson
expect 'a range after all events' 0 '' "$SPELK" run --earliest -1h '*' old.ndjson
says 'the clock may be the reason' 'left out all 2 events; with --now data it would count back from the newest event'
expect 'which counts from them already' 0 '' "$SPELK" run --now data --earliest 10 --latest 20 '*' old.ndjson
expect 'so nothing is proposed' 0 '' bash -c '! grep -q -- "--now data" messages'
expect 'events without a time' 0 '' "$SPELK" run --earliest 0 '*' b.ndjson
says 'are told of' 'the time range left out the only event; no _time was found'

# Options that say where the time is, and find none.
printf '{"when":"2024-03-12T01:02:03Z","n":1}\n{"when":"2024-03-12T01:02:04Z","n":2}\n' >timed.ndjson
for search in '*' 'table _time' 'stats count' 'EventID=9 OR n=1'; do
  expect "a member that no event has: $search" 0 '' bash -c '"$SPELK" run --time-field NoSuch "$0" timed.ndjson >/dev/null' "$search"
  says 'is told of' 'event'
  says 'by its name' 'has a time in the member "NoSuch"'
  expect "a format that fits none: $search" 0 '' bash -c '"$SPELK" run --time-field when --time-format %d/%m/%Y "$0" timed.ndjson >/dev/null' "$search"
  says 'is told of, too' 'has a time in the member "when" that "%d/%m/%Y" fits'
  expect "what fits: $search" 0 '' bash -c '"$SPELK" run --time-field when --time-format %Y-%m-%dT%H:%M:%SZ "$0" timed.ndjson >/dev/null' "$search"
  expect 'is not' 0 '' test ! -s messages
done
# Where the time is asks for it, and orders nothing by it that is not ordered by it without.
printf '{"_time":5,"n":1}\n{"_time":7,"n":2}\n{"_time":6,"n":3}\n' >disordered.ndjson
for search in 'stats first(n) last(n)' 'tail 1 | table n' 'dedup nothing keepempty=t | head 1 | table n' \
  'eventstats first(n) AS f | table f n' 'sort 0 nothing | table n'; do
  rows=$("$SPELK" run "$search" disordered.ndjson)
  expect "the same order: $search" 0 "$rows" "$SPELK" run --time-field _time "$search" disordered.ndjson
done
mkdir -p noapp/bin app/local
expect 'a folder that is no app' 2 '' "$SPELK" run --app noapp '*' timed.ndjson
says 'is told so' 'noapp is no app folder: it has neither default/ nor local/'
expect 'a folder that is one' 0 '{"n":1}' "$SPELK" run --app app 'n=1 | table n' timed.ndjson
