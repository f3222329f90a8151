#!/usr/bin/env bash
# spelk diff: of two searches and two packs over the same events; its formats and exit codes.
for i in 1 2 3 4; do printf '{"id":%s,"host":"h%s","user":"u%s","n":%s.0}\n' $i $((i % 2)) $i $((i * 10)); done >in.ndjson

expect 'the same rows in another order' 0 '' "$SPELK" diff 'sort id | table id user' 'sort - id | table user id' in.ndjson
says 'are counted' '0 rows only in A, 0 only in B, 0 differ, 4 the same'
expect 'unless the order counts' 1 '' "$SPELK" diff --ordered 'sort id | table id' 'sort - id | table id' in.ndjson
says 'then it is told' 'these come in another order from row 1 on'
expect 'and in JSON' 1 '[{"change":"order","row":1}]' "$SPELK" diff --ordered -o json 'sort id | table id' 'sort - id | table id' in.ndjson
expect 'a number is a number' 0 '' "$SPELK" diff 'table id n' 'eval n=round(n) | table id n' in.ndjson
expect 'rows of one and rows that differ' 1 '   id  user  host
-  1   u1    h1
~  2   u2    h0 -> x
+  9   u9    h9' "$SPELK" diff 'id<3 | table id user host' \
  'id=2 | eval host="x" | append [| makeresults | eval id=9, user="u9", host="h9"] | table id user host' in.ndjson
says 'with their number' '1 row only in A, 1 only in B, 1 differs, 0 the same'
expect 'as JSON' 1 '[{"change":"differs","fields":["host"],"a":{"id":2,"user":"u2","host":"h0"},"b":{"id":2,"user":"u2","host":"x"}}]' \
  "$SPELK" diff -o json 'id=2 | table id user host' 'id=2 | eval host="x" | table id user host' in.ndjson
expect 'as JSON lines' 1 '{"change":"only in a","a":{"id":1}}' "$SPELK" diff -o ndjson 'id=1 | table id' 'id=7 | table id' in.ndjson
expect 'as Markdown' 1 '| change | id | user |
| --- | --- | --- |
| differs | 1 | u1 -> u1 \| x |' "$SPELK" diff -o markdown 'id=1 | table id user' 'id=1 | eval user=user." | x" | table id user' in.ndjson
expect 'a cell that is not there' 1 '   id  user
~  1   u1 -> (none)' "$SPELK" diff 'id=1 | table id user' 'id=1 | table id' in.ndjson
expect 'rows are counted, not only seen' 0 '   host
-  h0
-  h1' bash -c '"$SPELK" diff "table host" "dedup host | table host" in.ndjson | sort -k2'
expect 'fields that do not count' 0 '' "$SPELK" diff --ignore 'h*' --ignore user 'table id user host' 'eval host=1 | table id host' in.ndjson
expect 'only the first' 1 '   id
-  1
… 1 more; --rows 0 shows all' "$SPELK" diff --rows 1 'id<3 | sort id | table id' 'id>9' in.ndjson
expect 'rows too wide for a table' 1 '- a: '"$(printf 'x%.0s' {1..170})" "$SPELK" diff \
  "| makeresults | eval a=\"$(printf 'x%.0s' {1..170})\" | table a" '| makeresults | head 0'
long=$(printf 'x%.0s' {1..150})
expect 'of one that differs a few fields more' 1 "  a: 1
  b: 2
  c: 3
  d: 4
~ f: $long -> 6" "$SPELK" diff "| makeresults | eval a=1, b=2, c=3, d=4, e=5, f=\"$long\" | table a b c d e f" \
  '| makeresults | eval a=1, b=2, c=3, d=4, e=5, f=6 | table a b c d e f'
expect 'rows that share less than half stand alone' 1 '   host  count  m
-  h0    2      40.0
+  h0    1      20.0' "$SPELK" diff 'stats count max(n) AS m by host' 'id<4 | stats count max(n) AS m by host' in.ndjson
expect 'belong together by a key' 1 '   host  count   m
~  h0    2 -> 1  40.0 -> 20.0' "$SPELK" diff --key host 'stats count max(n) AS m by host' 'id<4 | stats count max(n) AS m by host' in.ndjson
expect 'events as they are' 1 '{"change":"only in a","a":{"id":1,"host":"h1","user":"u1","n":10.0}}' "$SPELK" diff -o ndjson 'id=1' 'id=8' in.ndjson
expect 'standard input is read once' 0 '' bash -c '"$SPELK" diff "id>1" "id!=1" <in.ndjson'

printf 'id=1 | table id' >a.spl
printf 'id=2 | table id' >b.spl
expect 'files' 1 '{"change":"only in a","a":{"id":1}}
{"change":"only in b","b":{"id":2}}' "$SPELK" diff -o ndjson a.spl b.spl in.ndjson
expect 'a search that is wrong' 2 '' "$SPELK" diff a.spl 'id=1 | stats count by' in.ndjson
says 'with its place' '<B>:1:22: error E0101'
expect 'a table that is not there' 2 '' "$SPELK" diff a.spl 'id=1 | inputlookup nosuch.csv append=t' in.ndjson
expect 'one search alone' 2 '' "$SPELK" diff 'id=1'
expect 'events in the place of a search' 2 '' "$SPELK" diff 'id=1' in.ndjson in.ndjson
says 'is told' 'in.ndjson is a file without a search'
expect 'no input' 3 '' "$SPELK" diff 'id=1' 'id=2' nosuch.ndjson
expect 'too many rows for the memory' 3 '' bash -c 'seq 1 200000 | sed "s/.*/{\"number\":&}/" | "$SPELK" diff --memory 16MB "number>0" "number>1"'
says 'is told' 'half of the memory'

mkdir -p old/default new/default
printf '[m]\ndefinition = id=1\n' >old/default/macros.conf
printf '[m]\ndefinition = id<3\n' >new/default/macros.conf
for pack in old new; do
  printf '`m` | table id' >$pack/macro.spl
  printf 'id=4 | table id' >$pack/same.spl
  printf 'id=4 | apply x' >$pack/refused.spl
done
printf 'id=3' >old/gone.spl
printf 'id=3' >new/come.spl
printf 'id=3 | apply x' >new/breaks.spl
printf 'id=3' >old/breaks.spl
expect 'packs' 1 'outcome    only in A  only in B  differ  same  id  name     message
fails                                              breaks   B: no
only in a                                          gone
differs    0          1          0       1         macro
same                                               refused  both: no
same       0          0          0       1         same
only in b                                          come' bash -c '"$SPELK" diff old new in.ndjson >out; code=$?; sed "s/: the command .apply.*/: no/" out; exit $code'
says 'with a total' '6 searches: 2 the same, 1 differ, 1 only in A, 1 only in B, 1 fail'
expect 'one analytic of them' 1 '{"change":"only in b","b":{"id":2}}' "$SPELK" diff -o ndjson --match macro old new in.ndjson
expect 'packs as JSON' 1 '"outcome":"differs","id":"macro","name":"macro","only_a":0,"only_b":1,"differ":0,"same":1,"rows":[{"change":"only in b","b":{"id":2}}]' \
  bash -c '"$SPELK" diff -o ndjson old new in.ndjson >out; code=$?; grep -o "\"outcome\":\"differs\".*]" out; exit $code'
expect 'a pack and itself' 0 '' bash -c '"$SPELK" diff old old in.ndjson >out'
expect 'two passes need files' 2 '' bash -c '"$SPELK" diff old new <in.ndjson'
says 'is told' 'the input is read twice'
expect 'a pack and a search' 2 '' "$SPELK" diff old 'id=1' in.ndjson

echo '{"a":1}' >one.ndjson
expect 'nothing to compare is no agreement' 0 '' "$SPELK" diff 'a=7' 'a=8' one.ndjson
says 'is said' 'neither search gave a row, so that nothing was compared'
