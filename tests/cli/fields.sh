#!/usr/bin/env bash
# spelk fields: what events hold, in one pass.
printf '%s\n' '{"_time":1700000000,"host":"web-1","code":200,"user":"ann"}' \
  '{"_time":1700000060,"host":"web-1","code":404,"user":"7"}' \
  '{"_time":1700003600,"host":"db-1","code":200}' >feed.ndjson

expect 'a row for each field' 0 '{"field":"_time","count":3,"distinct":3,"types":"number","min":"2023-11-14 22:13:20","max":"2023-11-14 23:13:20"}
{"field":"code","count":3,"distinct":2,"types":"number","min":200,"max":404,"most frequent":"200 (2), 404 (1)"}
{"field":"user","count":2,"distinct":2,"types":"number and text","min":7,"max":7,"most frequent":"7 (1), ann (1)"}' \
  bash -c '"$1" fields -o ndjson feed.ndjson | grep -v "\"field\":\"\(host\|source\|sourcetype\|index\)\""' - "$SPELK"
expect 'where events come from' 0 '{"field":"host","count":3,"distinct":2,"types":"text","most frequent":"web-1 (2), db-1 (1)"}' \
  bash -c '"$1" fields -o ndjson feed.ndjson | grep "\"field\":\"host\""' - "$SPELK"
expect 'the same as a search' 0 '' cmp \
  <("$SPELK" run 'fieldsummary * | table field count' -o csv feed.ndjson | sort) \
  <("$SPELK" fields -o ndjson feed.ndjson | "$SPELK" run 'search NOT field IN (_time, index, source, sourcetype, host) OR field=host | table field count' -o csv - | sort)
expect 'standard input, other options' 0 '' contains '| code' bash -c '"$SPELK" fields -o markdown --latest 1700000001 - <feed.ndjson'
expect 'no search' 2 '' "$SPELK" fields -f x.spl feed.ndjson
says 'it says so' 'fields takes no search'
expect 'no such file' 3 '' "$SPELK" fields nothing.ndjson
expect 'its help' 0 '' contains 'The inputs, as for spelk run' "$SPELK" fields --help
