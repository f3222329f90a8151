#!/usr/bin/env bash
# spelk why, run --trace, explain --analyze, and what is said when there are no rows.
printf '{"id":1,"image":"C:\\\\a\\\\cmd.exe"}\n{"id":2,"image":"C:\\\\b\\\\net.exe"}\n' >in.ndjson

expect 'no rows, and why' 0 '' "$SPELK" run 'id=1 | where image="cmd.exe"' in.ndjson
says 'on standard error' 'spelk: no rows: 2 events read; 1 kept by the base search; all dropped by | where (line 1)'
says 'with the nearest value' 'image: none equals "cmd.exe" (nearest: C:\a\cmd.exe)'
expect 'json stays json' 0 '[]' "$SPELK" run -o json 'id=9' in.ndjson
says 'beside it' 'id: in all 2, none equals "9"; values are 1, 2'
expect 'nothing is said of it when quiet' 0 '' bash -c '"$SPELK" run -q "id=9" in.ndjson 2>&1'
expect 'nor where there are rows' 0 '{"count":1}' bash -c '"$SPELK" run "id=1 | stats count" in.ndjson 2>&1'
expect 'a count of nothing' 0 '{"count":0}' "$SPELK" run 'id=9 | stats count' in.ndjson
says 'is told like no rows' 'spelk: no rows before | stats (line 1): 2 events read; none kept by the base search'
expect 'of a pipe, too' 0 '' bash -c 'cat in.ndjson | "$SPELK" run "Images=9"'
says 'what was read of it' 'spelk: no rows: 2 events read; none kept by the base search'
says 'with names that are like it' 'Images: in no event (there is image)'
expect 'at most eight lines' 0 '8' bash -c \
  '"$SPELK" run "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=10" in.ndjson 2>&1 | wc -l'
says_of_large() {
  seq 1 400000 | sed 's/.*/{"id":1,"text":"................................"}/' >large.ndjson
  expect 'of large inputs a part is looked at again' 0 '' "$SPELK" run 'id=2' large.ndjson
  says 'and that is said' 'spelk: no rows; looking once more at 8.'
}
says_of_large
expect 'tables that are written are not written twice' 0 '' "$SPELK" run --allow-write . 'id=9 | outputlookup t.csv' in.ndjson
expect 'so nothing is said there' 1 '' grep 'no rows' messages

expect 'an event on the command line' 0 '   1  id=1                               1 in      1 out
   1  where image="C:\\a\\CMD.exe"       1 in      0 out  <- here

✗ image = "C:\\a\\CMD.exe": false
    image: "C:\a\cmd.exe" (text)

image: none equals "C:\a\CMD.exe" (nearest: C:\a\cmd.exe); case differs: write lower(image)="c:\\a\\cmd.exe"' \
  "$SPELK" why 'id=1 | where image="C:\\a\\CMD.exe"' '{"id":1,"image":"C:\\a\\cmd.exe"}'
expect 'events of a file' 0 'in.ndjson: {"id":2,"image":"C:\\b\\net.exe"}
   1  id=1       1 in      0 out  <- here

✗ id="1": false, it is "2" (number)

id: none equals "1"; it is 2' "$SPELK" why 'id=1' in.ndjson --filter 'image=*net.exe'
expect 'all of them without a filter' 0 '   1  id>0       2 in      2 out
nothing is in the way: 2 rows' "$SPELK" why 'id>0' in.ndjson
expect 'those of standard input' 0 '   1  id=1                  2 in      1 out
   1  where image="x"       1 in      0 out  <- here

✗ image = "x": false
    image: "C:\a\cmd.exe" (text)

image: none equals "x"; it is C:\a\cmd.exe' bash -c 'cat in.ndjson | "$SPELK" why "id=1 | where image=\"x\"" -'
expect 'fields that only spelk knows have the names of the search' 0 '✗ index="foo" AND sourcetype="bar" AND a="(index)": false
    index="foo": true
✗   sourcetype="bar": false, it is null
    a="(index)": true, it is "(index)" (text)' bash -c \
  '"$SPELK" why "index=foo sourcetype=bar a=\"(index)\"" "{\"a\":\"(index)\"}" | sed -n 3,6p'
expect 'a command of several nodes is one stage' 0 '1' bash -c \
  '"$SPELK" why "a=1 | transaction e | where f=1" "{\"a\":1,\"e\":1}" | grep -c "transaction e .* 1 in .* 1 out"'
expect 'an event that is broken' 3 '' "$SPELK" why 'a=1' '{bad'
says 'is told' 'the event is broken JSON: {bad'
expect 'several events in one word' 0 'nothing is in the way: 1 row' bash -c \
  '"$SPELK" why "a=2" "{\"a\":1}
{\"a\":2}" | tail -n 1'
expect 'as json' 0 'true' bash -c '"$SPELK" why -o json "id=1" "{\"id\":2}" | grep -q "\"dropped_by\":0,\"findings\":\\[{\"kind\":\"none fits\"" && echo true'
expect 'no event' 2 '' "$SPELK" why 'id=1'
says 'how to give one' 'no event: give one as JSON, or files with --filter'
expect 'a filter that finds nothing' 3 '' "$SPELK" why 'id=1' in.ndjson --filter 'id=7'
says 'is told' 'in.ndjson: no event is found by --filter'
expect 'a format it does not have' 2 '' "$SPELK" why 'id=1' '{}' -o csv
says 'which it has' 'it takes text or json'

expect 'a trace beside the rows' 0 '{"id":1}' "$SPELK" run --trace 'id=1 | table id' in.ndjson
says 'has a head' '        rows        time       bytes  stage'
says 'and the stages' '  table id'
expect 'what the stages of a search do' 0 '1' bash -c '"$SPELK" explain --analyze "id=1 | table id" in.ndjson | grep -c "  table id"'
expect 'and the parts of conditions' 0 '1' bash -c '"$SPELK" explain --analyze "id=1 OR id=7 | table id" in.ndjson | grep -c "of 2 true 1, false 1: id IN"'
