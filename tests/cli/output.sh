#!/usr/bin/env bash
# The formats, and where the output goes.
printf '{"a":1,"b":"x,\\"y\\"","c":["p","q"],"d":null}\n{"a":2.50,"b":"line\\nbreak\\ttab","e":{"f":true}}\n' >in.ndjson

expect 'events as they came' 0 '{"a":1,"b":"x,\"y\"","c":["p","q"],"d":null}
{"a":2.50,"b":"line\nbreak\ttab","e":{"f":true}}' "$SPELK" run -o ndjson '*' in.ndjson
expect 'ndjson is what a pipe gets' 0 '{"a":1}
{"a":2.50}' "$SPELK" run 'table a' in.ndjson
expect 'json' 0 '[
{"a":1,"c{}":["p","q"]},
{"a":2.50}
]' "$SPELK" run -o json 'table a c{}' in.ndjson
expect 'json of nothing' 0 '[]' "$SPELK" run -o json 'a=9 | table a' in.ndjson
expect 'json of events' 0 '[
{"a":1,"b":"x,\"y\"","c":["p","q"],"d":null}
]' "$SPELK" run -o json 'a=1' in.ndjson
expect 'csv' 0 'a,b,c{}
1,"x,""y""","p
q"
2.50,"line
break	tab",' "$SPELK" run -o csv 'table a b c{}' in.ndjson
expect 'tsv' 0 'a	b	c{}
1	x,"y"	p\nq
2.50	line\nbreak\ttab	' "$SPELK" run -o tsv 'table a b c{}' in.ndjson
expect 'markdown' 0 '| a | b |
| --- | --- |
| 1 | x,"y" |
| 2.50 | line<br>break	tab |' "$SPELK" run -o markdown 'table a b' in.ndjson
expect 'raw' 0 '{"a":1,"b":"x,\"y\"","c":["p","q"],"d":null}' "$SPELK" run -o raw 'a=1' in.ndjson
expect 'raw text that events have' 0 'the text' bash -c \
  'echo "{\"_raw\":\"the text\",\"a\":1}" | "$SPELK" run -o raw a=1'
expect 'vertical' 0 '── row 1 ───────────────────────────────
a  1
d  null' "$SPELK" run -o vertical 'a=1 | table a d zz' in.ndjson
expect 'vertical of nothing' 0 'no results' "$SPELK" run -o vertical 'a=9 | table a' in.ndjson
expect 'table' 0 '   a  b
────  ────────
   1  x,"y"
2.50  line
      break	tab' "$SPELK" run -o table 'table a b' in.ndjson
expect 'table of nothing' 0 'a
─
no results' "$SPELK" run -o table 'a=9 | table a' in.ndjson
expect 'columns that are known only at the end' 0 'a,b,e.f
1,x,
2,,true' bash -c 'printf "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"e\":{\"f\":true}}\n" | "$SPELK" run -o csv "table *"'
expect 'times are seconds in csv' 0 '_time
1700000000' bash -c 'echo "{\"_time\":1700000000}" | "$SPELK" run -o csv "table _time"'
expect 'and readable in tables' 0 '_time
───────────────────
2023-11-14 22:13:20' bash -c 'echo "{\"_time\":1700000000}" | "$SPELK" run -o table "table _time"'
expect 'of the zone that is asked for' 0 '_time
───────────────────
2023-11-14 23:13:20' bash -c 'echo "{\"_time\":1700000000}" | "$SPELK" run --tz Europe/Berlin -o table "table _time"'
expect 'no colours without a terminal' 0 'a
─
1' "$SPELK" run -o table 'a=1 | table a' in.ndjson
expect 'unless asked for' 0 $'\e[1ma\e[0m\n\e[2m─\e[0m\n1' "$SPELK" run --color always -o table 'a=1 | table a' in.ndjson

# ESC, and the second set of control characters: a terminal gets neither, in whatever format.
printf '{"a":"\\u001b[31m\302\2331m","\\u001b[2Jk":"\\u202e\342\200\256\177"}\n' >odd.ndjson
on_terminal() { script -qec "'$SPELK' run --color never $* 'search *' odd.ndjson" /dev/null >seen; }
# Some containers have no terminals to give.
if script -qec true /dev/null >/dev/null 2>&1; then
  for format in table vertical markdown csv tsv ndjson json raw; do
    expect "a terminal gets text, $format" 0 '' on_terminal -o "$format"
    expect "something of it, $format" 0 '' grep -q '31m' seen
    expect "no control characters, $format" 1 '' \
      env LC_ALL=C grep -aqe $'\033' -e $'\233' -e $'\342\200\256' -e $'\177' seen
  done
  search_on_terminal() { script -qec "'$SPELK' explain 'a=\"$(printf '\033\302\233')\"'" /dev/null >seen; }
  expect 'a search is text, too' 0 '' search_on_terminal
  expect 'that cannot play with the terminal' 1 '' env LC_ALL=C grep -aqe $'\033' -e $'\233' seen
  expect 'the same by name' 0 '' on_terminal -o csv -O -
  expect 'without control characters' 1 '' env LC_ALL=C grep -aqe $'\033' -e $'\233' seen
fi
message_to_see() { "$SPELK" run "sort limit=\"$(printf '\302\233')\" a" odd.ndjson 2>seen; }
expect 'a message' 2 '' message_to_see
expect 'holds no control characters' 1 '' env LC_ALL=C grep -aqe $'\233' seen
expect 'other readers get what there is' 0 $'\033[31m\302\2331m' \
  bash -c '"$SPELK" run -o csv "table a" odd.ndjson | tail -n 1'
expect 'raw of results' 0 '' "$SPELK" run -o raw 'a=1 | table a' in.ndjson
says 'that there is nothing to write' '-o raw writes the field _raw, which the result does not have'
expect 'a format that is none' 2 '' "$SPELK" run -o xml 'table a' in.ndjson
says 'the formats are named' 'it takes table, ndjson'

expect 'to a file' 0 '' "$SPELK" run -o csv -O out.csv 'table a' in.ndjson
expect 'which holds the rows' 0 'a
1
2.50' cat out.csv
# The ending of the name says the format; -o wins.
written() { # written FILE OPTIONS…
  local file=$1
  shift
  "$SPELK" run "$@" -O "$file" 'a=1 | table a b' in.ndjson && cat "$file"
}
expect '.csv' 0 'a,b
1,"x,""y"""' written out.csv
expect '.CSV' 0 'a,b
1,"x,""y"""' written out.CSV
expect '.tsv' 0 'a	b
1	x,"y"' written out.tsv
expect '.json' 0 '[
{"a":1,"b":"x,\"y\""}
]' written out.json
expect '.ndjson' 0 '{"a":1,"b":"x,\"y\""}' written out.ndjson
expect '.jsonl' 0 '{"a":1,"b":"x,\"y\""}' written out.jsonl
expect '.md' 0 '| a | b |
| --- | --- |
| 1 | x,"y" |' written out.md
expect '.txt' 0 'a  b
─  ─────
1  x,"y"' written out.txt
expect 'no ending' 0 '{"a":1,"b":"x,\"y\""}' written out
expect 'a name that was made up' 0 '{"a":1,"b":"x,\"y\""}' written tmp.aB3dE5fG7h
expect '-o says otherwise' 0 '{"a":1,"b":"x,\"y\""}' written out.csv -o ndjson
for ending in parquet xlsx csv.gz arrow; do
  expect "an ending that nobody writes: .$ending" 2 '' "$SPELK" run -O out.$ending 'table a' in.ndjson
  says 'it is named' "nothing is written as .${ending##*.}; the endings that stand for a format are .csv, .tsv"
  expect 'and no file is made' 1 '' test -e out.$ending
done
expect 'unless the format is given' 0 '{"a":1,"b":"x,\"y\""}' written out.log -o ndjson
rm -f out.* tmp.*
expect 'to a file again' 0 '' "$SPELK" run -o csv -O out.csv 'table a' in.ndjson
expect 'a failed run leaves the old file' 3 '' "$SPELK" run -o csv -O out.csv --strict 'table a' in.ndjson missing.ndjson
expect 'as it was' 0 'a
1
2.50' cat out.csv
expect 'and nothing beside it' 0 'out.csv' bash -c 'ls out.csv*'
expect 'a wrong search does not touch it' 2 '' "$SPELK" run -O out.csv 'nosuch | nosuch2' in.ndjson
ln -s out.csv link.csv
expect 'through a link' 0 '' "$SPELK" run -o csv -O link.csv 'a=1 | table a' in.ndjson
expect 'the link stays one' 0 'a
1' bash -c '[ -L link.csv ] && cat out.csv'
ln -s later.csv dangling.csv
expect 'through a link to what is not there yet' 0 '' "$SPELK" run -O dangling.csv 'a=1 | table a' in.ndjson
expect 'the file is made, the link stays one' 0 'a
1' bash -c '[ -L dangling.csv ] && cat later.csv'
mkdir below
ln -s ../later.csv below/relative.csv
expect 'through a link of another folder' 0 '' "$SPELK" run -O below/relative.csv 'a=2.50 | table a' in.ndjson
expect 'it leads from there' 0 'a
2.50' bash -c '[ -L below/relative.csv ] && cat later.csv'
ln -s circle circle
expect 'links in a circle' 3 '' "$SPELK" run -O circle 'a=1 | table a' in.ndjson
says 'are no file' 'cannot write circle: Too many levels of symbolic links'
if mknod device c 1 3 2>/dev/null && : >device; then
  expect 'a device in a folder that may be written' 0 '' "$SPELK" run -O device 'table a' in.ndjson
  expect 'is not replaced' 0 '' test -c device
  ln -s device link-to-device
  expect 'nor through a link' 0 '' "$SPELK" run -O link-to-device 'table a' in.ndjson
  expect 'both stay' 0 '' bash -c '[ -c device ] && [ -L link-to-device ]'
fi
expect 'a device is written to' 0 '' "$SPELK" run -O /dev/null 'table a' in.ndjson
expect 'and stays one' 0 '' test -c /dev/null
expect 'standard output by name' 0 '{"a":1}' "$SPELK" run -O - 'a=1 | table a' in.ndjson
expect 'by the name of the device' 0 'before
{"a":1}' bash -c 'echo before >appended; "$SPELK" run -O /dev/stdout "a=1 | table a" in.ndjson >>appended; cat appended'
expect 'a folder that is not there' 3 '' "$SPELK" run -O no/out.csv 'table a' in.ndjson

expect 'stats at the end' 0 '{"a":1}' "$SPELK" run --stats 'a=1 | table a' in.ndjson
says 'events and rows' '2 events read, 1 matched, 0 malformed, 1 rows'
printf '\n{"a":1}\n \r\n\n{"a":2}' >blank.ndjson
expect 'blank lines' 0 '{"a":1}' "$SPELK" run --stats 'a=1 | table a' blank.ndjson
says 'are no events' '2 events read, 1 matched, 0 malformed, 1 rows'
# Matched is what the base search keeps, whatever the optimizer makes of later conditions.
for pass in none predicate-pushdown early-stop projection; do
  without=()
  [ "$pass" = none ] || without=(--without-pass "$pass")
  expect "a condition after the base search, without $pass" 0 '' "$SPELK" run --stats "${without[@]}" 'a=* | where like(b, "%nothing%")' in.ndjson
  says 'is not counted' '2 events read, 2 matched, 0 malformed, 0 rows'
  expect "another search after it, without $pass" 0 '{"a":1}' "$SPELK" run --stats "${without[@]}" 'b=* | search b="x,*" | table a' in.ndjson
  says 'is not counted, either' '2 events read, 2 matched'
done
expect 'fail on hits' 1 '{"a":1}' "$SPELK" run --fail-on-hits 'a=1 | table a' in.ndjson
expect 'no hits' 0 '' "$SPELK" run --fail-on-hits 'a=9 | table a' in.ndjson
expect 'fail if empty' 1 '' "$SPELK" run --fail-if-empty 'a=9 | table a' in.ndjson

printf '{"a":"x\\r\\ny"}\n' >crlf.ndjson
expect 'a line end of two characters in markdown' 0 '| a |
| --- |
| x<br>y |' "$SPELK" run -o markdown 'a=* | table a' crlf.ndjson
