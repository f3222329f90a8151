#!/usr/bin/env bash
# Packs of each kind: what is read of them, what they give over events, what is refused.
pack() { "$SPELK" pack "$@"; }
columns() { "$SPELK" pack "$@" -o csv | cut -d, -f1,5,6; }

mkdir -p tree/detections/endpoint tree/detections/cloud tree/macros tree/lookups tree/deployments
cat >tree/detections/endpoint/tool.yml <<'YML'
name: Tool Started
id: 0b9a-1
type: TTP
data_source:
- Sysmon EventID 1
description: A tool of the list starts.
search: |-
  `starts` | lookup tools name AS Image OUTPUT bad | search bad=yes
  | stats count min(_time) as firstTime by dest Image
  | `tool_started_filter`
known_false_positives: Administrators.
tags:
  mitre_attack_id:
  - T1047
  - T1546.003
YML
cat >tree/detections/endpoint/never.yml <<'YML'
name: Never Seen
id: 0b9a-2
type: Hunting
search: '`of_id(99)` | stats count by dest'
tags:
  mitre_attack_id: [T1112]
YML
cat >tree/detections/cloud/broken.yml <<'YML'
name: Broken
description: it says: two colons
search: x
YML
cat >tree/detections/cloud/model.yml <<'YML'
name: Asks a Model
id: 0b9a-3
type: Anomaly
search: '`starts` | apply my_model | table dest'
YML
printf 'name: starts\ndefinition: EventID=1\n' >tree/macros/starts.yml
printf 'name: of_id\narguments:\n- n\ndefinition: EventID=$n$\n' >tree/macros/of_id.yml
printf 'name: tools\nfilename: tools.csv\nmatch_type: WILDCARD(name)\ndefault_match: "no"\nmin_matches: 1\ncase_sensitive_match: "false"\n' >tree/lookups/tools.yml
printf 'name,bad\n*\\evil*.exe,yes\n' >tree/lookups/tools.csv
printf 'scheduling:\n  cron_schedule: 0 * * * *\n  earliest_time: -10m\n  latest_time: now\ntags:\n  type: TTP\n' >tree/deployments/ttp.yml

cat >events.ndjson <<'JSON'
{"_time":1710234000,"EventID":1,"dest":"a","Image":"C:\\Evil2.EXE","q":"one"}
{"_time":1710237600,"EventID":1,"dest":"b","Image":"C:\\good.exe","q":"two"}
{"_time":1710237601,"EventID":1,"dest":"<script>alert(1)</script>","Image":"C:\\x\\evil.exe","q":"\"><img src=x onerror=alert(1)>"}
{"_time":1710237602,"EventID":3,"dest":"b","q":"three"}
JSON

# ---- a tree of detections
expect 'what is in it' 0 'name,id,type,mitre,data,place
Asks a Model,0b9a-3,Anomaly,,,tree/detections/cloud/model.yml:4
Never Seen,0b9a-2,Hunting,T1112,,tree/detections/endpoint/never.yml:4
Tool Started,0b9a-1,TTP,T1047 T1546.003,Sysmon EventID 1,tree/detections/endpoint/tool.yml:8' pack list tree -o csv
says 'broken YAML is told with file, line and the fix' \
  'tree/detections/cloud/broken.yml:2:21: mapping values are not allowed in this context; put a value with a colon in it in quotes'
expect 'its rows' 0 'name,status,rows
Asks a Model,refused,0
Never Seen,ok,0
Tool Started,ok,2' columns run tree events.ndjson
says 'the total' '3 analytics: 1 fired (2 rows), 1 refused, 0 failed'
expect 'the reason' 0 '1' bash -c '"$0" pack run tree events.ndjson -o json | grep -c "\"name\":\"Asks a Model\".*\"status\":\"refused\",\"rows\":0.*apply"' "$SPELK"
expect 'one by its technique, whose sub-technique it has' 0 'name,status,rows
Tool Started,ok,2' columns run tree events.ndjson --match t1546
expect 'by a pattern of its name' 0 'name,status,rows
Never Seen,ok,0' columns run tree events.ndjson --match 'never*'
expect 'by its id' 0 'name,status,rows
Asks a Model,refused,0' columns run tree events.ndjson --match 0B9A-3
expect 'nothing of that name' 2 '' pack run tree events.ndjson --match nobody
expect 'the schedule counts from the newest event' 0 'name,status,rows
Tool Started,ok,1' columns run tree events.ndjson --match 'Tool*' --schedule
expect 'hits are a reason to fail' 1 '' bash -c '"$0" pack run tree events.ndjson --fail-on-hits >/dev/null' "$SPELK"
expect 'no hits are none' 0 '' bash -c '"$0" pack run tree events.ndjson --match T1112 --fail-on-hits >/dev/null' "$SPELK"
expect 'an analytic as it stands' 0 'Never Seen
id               0b9a-2
type             Hunting
ATT&CK           T1112
file             tree/detections/endpoint/never.yml:4

`of_id(99)` | stats count by dest' pack show tree --match T1112
expect 'a table shows what fired first' 0 'rows
────
2
0
0' bash -c '"$0" pack run tree events.ndjson | awk "{print \$1}"' "$SPELK"

# ---- the same rows as alone
expect 'rows of the pack' 0 '{"dest":"<script>alert(1)</script>","Image":"C:\\x\\evil.exe","count":1,"firstTime":1710237601}
{"dest":"a","Image":"C:\\Evil2.EXE","count":1,"firstTime":1710234000}' \
  bash -c '"$0" pack run tree events.ndjson --match "Tool*" --rows 9 -o ndjson | sed -n "s/.*\"first_rows\":\[\(.*\)\],\"hosts\".*/\1/p" | sed "s/},{/}\n{/g"' "$SPELK"

# ---- html
pack run tree events.ndjson -O report.html 2>/dev/null
expect 'no value becomes markup' 0 '0' bash -c 'grep -c "<script\|<img\|onerror=alert(1)>" report.html; true'
expect 'it is there all the same' 0 '1' bash -c 'grep -c "<td class=v>&lt;script&gt;alert(1)&lt;/script&gt;" report.html'
expect 'nothing is loaded' 0 '1' grep -c "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"" report.html
expect 'a layer of the Navigator' 0 '{"techniqueID":"T1047","score":2,"comment":"1 fired, 0 silent, 0 not run: Tool Started","enabled":true,"showSubtechniques":true},' \
  bash -c '"$0" pack run tree events.ndjson -o navigator | grep T1047' "$SPELK"
expect 'beside another report' 0 '3' bash -c '"$0" pack run tree events.ndjson --layer layer.json >/dev/null; grep -c techniqueID layer.json' "$SPELK"

# ---- checks
expect 'verdicts' 1 'verdict,name
unsupported,Asks a Model
runs,Never Seen
runs,Tool Started' bash -c '"$0" pack check tree -o csv >out; code=$?; cut -d, -f1,2 out; exit $code' "$SPELK"
says 'the total' '3 searches: 2 run, 0 run with differences, 1 unsupported, 0 wrong'
expect 'whether data of its kind is there' 1 'verdict,events,name
unsupported,,Asks a Model
runs,0,Never Seen
runs,3,Tool Started' bash -c '"$0" pack check tree events.ndjson -o csv >out; code=$?; cut -d, -f1-3 out; exit $code' "$SPELK"

# ---- nothing outside of it
mkdir -p evil/detections evil/lookups
printf 'name: secret\nid: s\nsearch: x=1\n' >outside.yml
printf 'name,bad\nx,yes\n' >outside.csv
ln -s ../../outside.yml evil/detections/link.yml
ln -s ../../outside.csv evil/lookups/tools.csv
printf 'name: tools\nfilename: tools.csv\n' >evil/lookups/tools.yml
printf 'name: Uses Link\nid: l\nsearch: "| inputlookup tools"\n' >evil/detections/uses.yml
printf 'name: Up\nid: u\nsearch: "| inputlookup ../../outside.csv"\n' >evil/detections/up.yml
expect 'a link that leads out is not read' 0 'name,status,rows
Up,refused,0
Uses Link,refused,0' columns run evil events.ndjson
says 'it is told' 'evil/detections/link.yml leads out of the'
ln -s evil/detections loop 2>/dev/null
ln -s .. evil/detections/loop
expect 'a link to a folder above is not followed' 0 '2' bash -c '"$0" pack list evil -o ndjson | wc -l' "$SPELK"

# ---- other kinds
mkdir -p app/default app/local
printf '[One]\nsearch = EventID=1 \\\n| stats count by dest\ndispatch.earliest_time = -1h\ndescription = First\naction.correlationsearch.annotations = {"mitre_attack":["T1059.001"]}\n[Off]\nsearch = x=1\ndisabled = 1\n[none]\ncron_schedule = 1\n' >app/default/savedsearches.conf
printf '[Off]\nsearch = `m`\n' >app/local/savedsearches.conf
printf '[m]\ndefinition = EventID=3\n' >app/default/macros.conf
expect 'an app with saved searches' 0 'name,status,rows
One,ok,3
Off,ok,1' columns run app events.ndjson
expect 'what is said of one' 0 'One,One,,T1059.001,,app/default/savedsearches.conf:2' bash -c '"$0" pack list app -o csv | sed -n 2p' "$SPELK"

mkdir -p folder/deep
printf '``` Finds one.\n    It goes on.\n    ATT&CK: T1047 (also T1546.003)\n    Data: Sysmon 1\n    False positives: none\n      that are known ```\nEventID=1 q=one\n' >folder/one.spl
printf 'EventID=3' >folder/deep/three.spl
expect 'a folder of .spl files' 0 'name,status,rows
three,ok,1
one,ok,1' columns run folder events.ndjson
expect 'its opening comment' 0 '{"name":"one","id":"one","mitre":["T1047","T1546.003"],"file":"folder/one.spl","line":1,"description":"Finds one. It goes on.","data":["Sysmon 1"],"false_positives":"none that are known"' \
  bash -c '"$0" pack list folder --match one -o ndjson | sed "s/,\"earliest.*//"' "$SPELK"

printf '{"name":"m","definition":"EventID=1"}\n{"name":"A","id":"a1","search":"`m` | stats count by dest","mitre":["T1047"]}\n\n{"title":"B","query":"EventID=3","tags":["attack.t1112"]}\nnonsense\n' >lines.jsonl
expect 'JSON lines, macros among them' 0 'name,status,rows
A,ok,3
B,ok,1' columns run lines.jsonl events.ndjson
says 'a line that is none' 'lines.jsonl:5: this line is no JSON object'
expect 'tags as Sigma has them' 0 'name,status,rows
B,ok,1' columns run lines.jsonl events.ndjson --match T1112

cat >bundle.json <<'JSON'
{"type":"bundle","objects":[
{"type":"attack-pattern","id":"attack-pattern--1","name":"WMI","external_references":[{"source_name":"mitre-attack","external_id":"T1047"}]},
{"type":"x-mitre-data-component","id":"x--1","name":"Process Creation"},
{"type":"relationship","relationship_type":"detects","source_ref":"x--1","target_ref":"attack-pattern--1","description":"Look for <code>wmic.exe</code>.\n\nAnalytic 1 - Started\n<code>EventID=1 q=\"one\" OR q&lt;\"\"</code>\n\nAnalytic 2 - Else\n<code>EventID=3</code>"},
{"type":"relationship","relationship_type":"detects","revoked":true,"target_ref":"attack-pattern--1","description":"Analytic 1\n<code>EventID=9</code>"}]}
JSON
expect 'a STIX bundle' 0 'name,id,type,mitre,data,place
Analytic 1 - Started,T1047/Process Creation/1,,T1047,Process Creation,bundle.json
Analytic 2 - Else,T1047/Process Creation/2,,T1047,Process Creation,bundle.json' pack list bundle.json -o csv
expect 'its rows' 0 'name,status,rows
Analytic 1 - Started,ok,1
Analytic 2 - Else,ok,1' columns run bundle.json events.ndjson

# ---- one that fails fails alone
printf '{"name":"fails","search":"EventID=1 | map search=\\"| inputlookup no$q$.csv\\""}\n{"name":"runs","search":"EventID=1"}\n' >alone.jsonl
expect 'the other runs' 0 'name,status,rows
fails,failed,0
runs,ok,3' columns run alone.jsonl events.ndjson
printf '{"name":"writes","search":"EventID=1 | table q | outputlookup t.csv"}\n{"name":"reads","search":"| inputlookup t.csv"}\n' >tables.jsonl
printf 'q\nkept\n' >t.csv
expect 'what one writes the others do not see' 0 'name,status,rows
writes,ok,3
reads,ok,1' columns run tables.jsonl events.ndjson --lookup t.csv

printf '{"name":"asks","search":"EventID=1 | lookup nobody dest OUTPUT team | stats count by dest"}\n' >missing.jsonl
expect 'a table that is not there is empty' 0 "asks,,ok,3,W0102: lookup: there is no lookup table 'nobody': taken as empty" \
  bash -c '"$0" pack run missing.jsonl events.ndjson -o csv | tail -n 1 | cut -d, -f1,4,5,6,8' "$SPELK"
expect 'and differs' 0 'differs,asks' bash -c '"$0" pack check missing.jsonl -o csv | tail -n 1 | cut -d, -f1,2' "$SPELK"
printf 'dest,team\na,red\n' >nobody.csv
expect 'unless it is given' 0 'asks,,ok,3,' bash -c '"$0" pack run missing.jsonl events.ndjson --lookup nobody.csv -o csv | tail -n 1 | cut -d, -f1,4,5,6,8' "$SPELK"

# ---- what is no pack
expect 'nothing there' 2 '' pack list nowhere
says 'it is told' 'there is no pack nowhere'
expect 'no searches' 2 '' pack list tree/macros
says 'it is told what a pack is' 'a pack is a folder with detections/'
expect 'no such action' 2 '' pack start tree
says 'it is told which there are' 'it takes list, show, check or run'
expect 'no such format' 2 '' pack run tree events.ndjson -o yaml
expect 'a run is no SARIF' 2 '' pack run tree events.ndjson -o sarif
expect 'no input' 3 '' pack run tree nowhere.ndjson

# ---- a whole pack gives what each search gives by itself
wmi=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../queries/wmi")
alone() {
  for file in "$wmi"/*.spl; do
    # It reads a table that there is none of.
    [[ $file == *_changes.spl ]] && continue
    echo "$(basename "$file" .spl),ok,$("$SPELK" run --app "$wmi" --now data -f "$file" "$wmi/demo/feed.ndjson" 2>/dev/null | wc -l)"
  done | sort
}
together() {
  columns run "$wmi" "$wmi/demo/feed.ndjson" "$@" | tail -n +2 | grep -v _changes, | sort
}
expect 'rows of the WMI pack' 0 "$(alone)" together
expect 'with several workers' 0 "$(alone)" together --threads 4
expect 'without passes of the optimizer' 0 "$(alone)" together --without-pass prefilter --without-pass late-materialization
rows_alone() {
  "$SPELK" run --app "$wmi" --now data -f "$wmi/wmi_remote_process_creation.spl" "$wmi/demo/feed.ndjson" 2>/dev/null
}
expect 'and the rows themselves' 0 "$(rows_alone)" bash -c '"$0" pack run "$1" "$1/demo/feed.ndjson" --rows 99 -o ndjson | grep "\"name\":\"wmi_remote_process_creation\"" | sed "s/.*\"first_rows\":\[//; s/\],\"hosts\":.*//; s/},{\"/}\n{\"/g"' "$SPELK" "$wmi"
