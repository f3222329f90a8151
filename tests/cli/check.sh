#!/usr/bin/env bash
# spelk check: of a search, a file, a folder, a conf file, JSON lines; its exit codes and formats.
check() { "$SPELK" check "$@"; }

mkdir -p folder
printf 'EventID=1 | sort x' >folder/a.spl
printf 'EventID=1\n| apply model' >folder/b.spl
printf 'EventID=1\n| stats count BY' >folder/c.spl
printf '[one]\nsearch = x=1 | append [search x=2]\n' >savedsearches.conf
printf '{"name":"n","query":"x=1"}\n' >lines.jsonl

expect 'a search that runs' 0 '' check 'x=1 | stats count'
expect 'one that is not there yet' 1 '' check 'x=1 | apply model'
says 'it says which' 'apply'
expect 'one that is wrong' 2 '' check 'x=1 | stats count BY'
says 'with its place' '<query>:1:'
expect 'no input is read' 2 '' check 'x=1' events.ndjson
says 'and that is told' 'check reads no input'
expect 'a file' 0 'verdict,name,mitre,place,message,limits
runs,a,,folder/a.spl:1,,sort keeps 10000 rows; sort 0 keeps all' check folder/a.spl -o csv
says 'the total' '1 search: 1 run, 0 run with differences, 0 unsupported, 0 wrong'
expect 'a folder' 2 'runs,a
unsupported,b
wrong,c' bash -c '"$0" check folder -o csv >out; code=$?; tail -n +2 out | cut -d, -f1,2; exit $code' "$SPELK"
says 'the total' '3 searches: 1 run, 0 run with differences, 1 unsupported, 1 wrong'
expect 'saved searches' 0 'runs,one,,savedsearches.conf:2,,append takes 50000 rows of its subsearch' \
  bash -c '"$0" check savedsearches.conf -o csv | tail -n +2' "$SPELK"
expect 'JSON lines' 0 'runs,n,,lines.jsonl:1,,' bash -c '"$0" check lines.jsonl -o csv | tail -n +2' "$SPELK"
expect 'several at once' 0 '2' bash -c '"$0" check lines.jsonl folder/a.spl -o ndjson | wc -l' "$SPELK"
expect 'places in the file' 1 '{"code":"E0210","severity":"error","line":2' \
  bash -c '"$0" check folder/b.spl -o ndjson >out; code=$?; grep -o "{\"code\":\"E0210\",\"severity\":\"error\",\"line\":2" out; exit $code' "$SPELK"
expect 'SARIF' 2 '"ruleId":"E0210","level":"error"
"startLine":2
"uri":"folder/b.spl"' \
  bash -c '"$0" check folder -o sarif >out; code=$?; grep -oE "\"ruleId\":\"E0210\",\"level\":\"error\"|\"uri\":\"folder/b.spl\"|\"startLine\":2" out | sort -u; exit $code' "$SPELK"
expect 'no such format' 2 '' check folder -o html

expect 'what writes and sends nothing here differs' 0 'verdict,name,mitre,place,message,limits
differs,<query>,,<query>:1,"sendemail writes, sends and runs nothing here: the rows only pass on",' "$SPELK" check -o csv 'a=1 | sendemail to=x'
expect 'the search of map' 2 '' check 'x=1 | map search="search y=$x$ | tabel z"'
says 'with its place' "<query>:1:34: error E0201: unknown search command 'tabel'"
printf '[of]\nsearch = search y=$x$ | tabel z\n' >savedsearches.conf
mkdir -p app/default && mv savedsearches.conf app/default
expect 'a saved search that map runs' 2 '' check --app app 'x=1 | map of'
says 'at its name' "<query>:1:11: error E0201: unknown search command 'tabel'"

expect 'a table that is not there' 2 '' check '| inputlookup nobody.csv'
says 'as run says it' 'error E0407'
expect 'taken as empty' 0 '' check --empty-tables '| inputlookup nobody.csv'

# A folder with searches of all kinds, those of apps with the macros that they use; events are none.
mkdir -p all/app/default all/app/local all/sub all/data
printf 'x=1\n' >all/a.spl
printf '[in app]\nsearch = x=1\n[laid over]\nsearch = x=1 | nowhere\n' >all/app/default/savedsearches.conf
printf '[laid over]\nsearch = `mine`\n' >all/app/local/savedsearches.conf
printf '[mine]\ndefinition = x=1\n' >all/app/default/macros.conf
printf '[alone]\nsearch = x=1\n' >all/sub/savedsearches.conf
printf '{"search":"x=1","name":"line"}\n' >all/q.jsonl
printf '{"query":"example.com","answer":"10.0.0.1"}\n' >all/data/dns.jsonl
printf '{"name":"x","pid":4}\n' >all/data/processes.jsonl
names() { check "$1" -o csv >out; code=$?; tail -n +2 out | cut -d, -f1,2 | sort; return $code; }
kinds='runs,a
runs,alone
runs,in app
runs,laid over
runs,line'
expect 'all kinds below a folder' 0 "$kinds" names all
mkdir -p all/detections
printf 'name: detection\nsearch: x=1\n' >all/detections/d.yml
expect 'beside detections, too' 0 "$(printf '%s\nruns,detection' "$kinds" | sort)" names all
