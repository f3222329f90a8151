#!/usr/bin/env bash
# Which fields events show: their own, and those that a command makes or lists. Reading shows none.
printf '{"k":"1","source":"own","t":1}\n{"k":"2","ts":5}\n' >f

for search in 'where isnotnull(source)' 'sort 0 k source' 'sort k source | head 9' \
  'dedup k sourcetype keepempty=t' 'regex source=.' 'regex _raw=k' 'where index="main"' \
  'where source="f" OR source="own" | search index=*' 'where isnotnull(_time) OR k="1"' \
  'search index=main' 'reverse | sort 0 source k' 'where 1=1 OR source="f"' \
  'eventstats count AS n by source | fields - n' 'streamstats count AS n by source | fields - n'; do
  for pass in none predicate-pushdown constant-folding simplify top-k projection; do
    without=()
    [ "$pass" = none ] || without=(--without-pass "$pass")
    expect "csv: $search without $pass" 0 'k,source,t,ts
1,own,1,
2,,,5' "$SPELK" run "${without[@]}" -o csv "$search | sort k" f
    case $search in *fields*) continue ;; esac
    expect "ndjson: $search without $pass" 0 '{"k":"1","source":"own","t":1}
{"k":"2","ts":5}' "$SPELK" run "${without[@]}" -o ndjson "$search | sort k" f
  done
done
expect 'table' 0 'k  source  t  ts
─  ──────  ─  ──
1  own     1
2              5' "$SPELK" run -o table 'where isnotnull(source) | sort k' f
expect 'tsv' 0 'k	ts
2	5' "$SPELK" run -o tsv 'where source="f"' f
expect 'json' 0 '[
{"k":"1","source":"own","t":1},
{"k":"2","ts":5}
]' "$SPELK" run -o json 'where isnotnull(source)' f
expect 'vertical' 0 '── row 1 ───────────────────────────────
k   2
ts  5' "$SPELK" run -o vertical 'where source="f"' f
expect 'markdown' 0 '| k | ts |
| --- | --- |
| 2 | 5 |' "$SPELK" run -o markdown 'where source="f"' f
expect 'raw' 0 '{"k":"2","ts":5}' "$SPELK" run -o raw 'where source="f"' f

# What a command makes, changes or lists is shown.
expect 'eval' 0 'k,ts,source
2,5,F' "$SPELK" run -o csv 'k=2 | eval source=upper(source)' f
expect 'eval to the same' 0 'k,ts,source
2,5,f' "$SPELK" run -o csv 'k=2 | where source="f" | eval source=source' f
expect 'fillnull' 0 'k,source,ts
2,f,5' "$SPELK" run -o csv 'k=2 | fillnull source | table k source ts' f
expect 'rename' 0 'k,ts,s
2,5,f' "$SPELK" run -o csv 'k=2 | rename source AS s' f
expect 'rex makes what it takes out' 0 'k,ts,x
2,5,f' "$SPELK" run -o csv 'k=2 | rex field=source "(?<x>.)"' f
expect 'bin changes _time' 0 'k,ts,_time
2,5,0' "$SPELK" run -o csv 'k=2 | bin span=10s _time' f
expect 'fields' 0 'k,source
2,f' "$SPELK" run -o csv 'k=2 | fields k source' f
expect 'a name of knowledge that is only read' 0 'Channel,EventID,NewProcessName
Security,4688,C:\\a.exe' bash -c \
  'echo "{\"EventID\":4688,\"Channel\":\"Security\",\"NewProcessName\":\"C:\\\\a.exe\"}" |
   "$SPELK" run -o csv "where process_name=\"a.exe\" | sort process_name" | sed "s/\\\\/\\\\\\\\/g"'

# fieldformat: tables show what it says, each format of the values; other outputs have the values.
formatted() { "$SPELK" run -o "$1" "| makeresults | eval n=7, m=2 | table n m | $2"; }
expect 'a format in a table' 0 'n     m
────  ─
7 KB  2' formatted table 'fieldformat n=n." KB"'
expect 'vertical' 0 '── row 1 ───────────────────────────────
n  7 KB
m  2' formatted vertical 'fieldformat n=n." KB"'
expect 'markdown' 0 '| n | m |
| --- | --- |
| 7 KB | 2 |' formatted markdown 'fieldformat n=n." KB"'
expect 'csv' 0 'n,m
7,2' formatted csv 'fieldformat n=n." KB"'
expect 'ndjson' 0 '{"n":7,"m":2}' formatted ndjson 'fieldformat n=n." KB"'
expect 'later commands have the value' 0 'n     m  k
────  ─  ─
7 KB  2  8' formatted table 'fieldformat n=n." KB" | eval k=n+1'
expect 'formats have the values' 0 'n   m
──  ─
x7  7' formatted table 'fieldformat n="x".n, m=n'
expect 'the last one counts' 0 'n   m
──  ─
y7  2' formatted table 'fieldformat n="x".n | fieldformat n="y".n'
expect 'a field of its own' 0 'n  m  k
─  ─  ──
7  2  9s' formatted table 'fieldformat k=(n+m)."s"'
expect 'a name lost' 0 'k  m
─  ─
7  2' formatted table 'fieldformat n="x".n | rename n AS k'
expect 'a field left out' 0 'm
─
2' formatted table 'fieldformat n="x" | fields m'
