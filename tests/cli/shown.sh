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
