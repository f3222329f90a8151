#!/usr/bin/env bash
# spelk test: its files, its checks, its reports.
mkdir -p t/lookups t/app/default
cat >t/events.ndjson <<'END'
{"EventID":1,"Image":"C:\\a\\cmd.exe","User":"ana"}
{"EventID":1,"Image":"C:\\b\\net.exe","User":"bo"}
{"EventID":3,"User":"ana"}
END
printf 'name,team\nana,red\n' >t/lookups/teams.csv
printf '[processes]\nsearch = EventID=1 | table User\n' >t/app/default/savedsearches.conf
printf 'EventID=1 | table Image\n' >t/images.spl
cat >t/good.yml <<'END'
query: EventID=1 Image="*cmd.exe" | table User Image
tags: [wmi]
cases:
  - fires: {"EventID": 1, "Image": "C:\\x\\cmd.exe"}
  - silent: {EventID: 3, Image: 'C:\x\cmd.exe'}
  - name: exact rows
    files: events.ndjson
    rows:
      - {User: ana, Image: 'C:\a\cmd.exe'}
  - name: as a set
    files: events.ndjson
    query: table User
    rows: |
      {"User":"ana"}
      {"User":"bo"}
      {"User":"ana"}
  - name: in order
    query: sort User | table User
    feed: events.ndjson
    filter: EventID=1
    ordered: true
    rows: [{User: ana}, {User: bo}]
  - name: some rows
    query_file: images.spl
    tags: slow
    files: [events.ndjson]
    contains: [{Image: 'C:\b\net.exe'}]
    fields: [Image]
    count: 2
  - name: bounds
    query: '*'
    files: events.ndjson
    count: ">=2"
  - name: lookups and macros
    query: '`first` | lookup teams.csv name AS User OUTPUT team | table team'
    macros: {first: EventID=3}
    lookups: {teams.csv: lookups/teams.csv}
    files: events.ndjson
    rows: [{team: red}]
  - name: saved search
    app: app
    saved_search: processes
    files: events.ndjson
    count: 2
  - name: now and zone
    query: '| makeresults | eval t=strftime(now(), "%F %H:%M") | table t'
    now: 2024-03-12T09:00:00Z
    tz: Europe/Berlin
    rows: [{t: "2024-03-12 10:00"}]
  - name: an error
    query: EventID=1 | dedup keepnull=true Image
    error: [E0203, keepnull]
  - name: multivalues
    query: EventID=1 | stats values(User) as users | table users
    files: events.ndjson
    rows: [{users: [ana, bo]}]
END
cat >t/cases.test <<'END'
=== events
{"a":1}
{"a":2}
=== case keeps-two
a>0 | table a
--- rows ordered
{"a":1}
{"a":2}
=== case refuses
dedup keepnull=true a
--- error E0203
keepnull
END
expect 'all pass' 0 '14 passed, 0 failed' bash -c '"$SPELK" test t | sed "s/, [0-9.]* s$//"'
expect 'by name' 0 'ok t/good.yml:6: exact rows
1 passed, 0 failed' bash -c '"$SPELK" test t --name exact -v | sed "s/, [0-9.]* s$//"'
expect 'a name that no test has' 2 '' "$SPELK" test t/good.yml --name nosuch --tag wmi
says 'is told' 'tests is chosen by --name nosuch --tag wmi'
expect 'by tag' 0 't/good.yml:23: some rows' "$SPELK" test t --tag slow --list
expect 'one at a time' 0 '14 passed, 0 failed' bash -c '"$SPELK" test t --jobs 1 | sed "s/, [0-9.]* s$//"'

mkdir bad
cat >bad/rows.yml <<'END'
query: stats count by User | table User count
events:
  - {User: ana}
  - {User: bo}
cases:
  - name: differs
    rows: [{User: ana, count: 2}, {User: cy, count: 1}]
  - name: nothing
    query: user=ana
    count: 1
END
expect 'what differs' 1 'FAIL bad/rows.yml:6: differs: the rows differ
    ~ {"User":"ana","count":1}  count is "1", want "2"
    ~ {"User":"bo","count":1}  User is "bo", want "cy"
FAIL bad/rows.yml:8: nothing: 0 rows, want 1
    no rows: 2 events read; none kept by the base search
      user: in no event; names are case-sensitive, and there is User
0 passed, 2 failed' bash -c '"$SPELK" test bad >out; code=$?; sed "s/, [0-9.]* s$//" out; exit $code'
mkdir ordered
cat >ordered/t.yml <<'END'
query: sort user | table user
events: [{user: ana}, {user: bo}]
cases:
  - name: turned
    ordered: true
    rows: [{user: bo}, {user: ana}]
END
expect 'that only the order differs' 1 'FAIL ordered/t.yml:4: turned: the rows are the right ones, in another order' \
  bash -c '"$SPELK" test ordered >out; code=$?; head -1 out; exit $code'
rm -r ordered
expect 'in colour' 1 '2' bash -c '"$SPELK" test bad --color always >out; code=$?; grep -c "$(printf "\033\\[33m~")" out; exit $code'
expect 'github' 1 '::error file=bad/rows.yml,line=6,title=differs::the rows differ%0A~ {"User":"ana","count":1}  count is "1", want "2"%0A~ {"User":"bo","count":1}  User is "bo", want "cy"%0A' \
  bash -c '"$SPELK" test bad -o github >out; code=$?; head -1 out; exit $code'
expect 'tap' 1 'TAP version 13
1..2
not ok 1 - bad/rows.yml: differs' bash -c '"$SPELK" test bad -o tap >out; code=$?; head -3 out; exit $code'
expect 'junit' 1 '<testsuites tests="2" failures="2"' bash -c '"$SPELK" test bad -o junit -O out.xml; code=$?; grep -o "<testsuites tests=.2. failures=.2." out.xml; exit $code'
expect 'json' 1 '{"passed":0,"failed":2' bash -c '"$SPELK" test bad -o json >out; code=$?; head -1 out | cut -c1-22; exit $code'

mkdir broken
printf 'query: EventID=1\ncases:\n  - name: x\n    rowz: []\n' >broken/names.yml
printf 'query: [1\ncases:\n' >broken/syntax.yml
printf 'query: a=1\ncases:\n  - name: nothing asked\n' >broken/nothing.yml
printf 'cases:\n  - name: no search\n    count: 1\n' >broken/search.yml
printf '=== case x\na=1\n--- rows\n{"a":\n' >broken/row.test
expect 'broken files have a place and a fix' 2 'ERROR broken/names.yml:4: "rowz" is nothing that a test has; did you mean rows?
ERROR broken/nothing.yml:3: nothing asked checks nothing; give rows, contains, count, no_rows, fields, error, snapshot, fires or silent
ERROR broken/row.test:3: row 1 is no JSON object: {"a":
ERROR broken/search.yml:2: no search has no search; give query, query_file or saved_search, in the case or at the top' \
  bash -c '"$SPELK" test broken >out; code=$?; grep ^ERROR out | grep -v syntax; exit $code'
expect 'YAML that is none' 2 '1' bash -c '"$SPELK" test broken/syntax.yml >out; code=$?; grep -c "^ERROR broken/syntax.yml:[0-9]*: did not find" out; exit $code'
expect 'a search that does not compile' 1 'FAIL q.yml:3: case 1: E0203: dedup has no option "x"' bash -c \
  'printf "query: dedup x=1 a\ncases:\n  - count: 0\n" >q.yml; "$SPELK" test q.yml >out; code=$?; head -1 out; exit $code'
expect 'no tests' 2 '' "$SPELK" test t/lookups
says 'is told' 'there are no tests'

printf 'query: a>0 | table a\nevents: [{a: 1}, {a: 2}]\ncases:\n  - snapshot: kept.ndjson\n' >snap.yml
expect 'no snapshot yet' 1 'FAIL snap.yml:4: case 1: there is no snapshot kept.ndjson; --update writes it' bash -c \
  '"$SPELK" test snap.yml >out; code=$?; head -1 out; exit $code'
expect 'written' 0 '1 passed, 0 failed, 1 snapshots written' bash -c '"$SPELK" test snap.yml --update | sed "s/, [0-9.]* s$//"'
expect 'as it was' 0 '{"a":1}
{"a":2}' cat kept.ndjson
expect 'and compared' 0 '1 passed, 0 failed' bash -c '"$SPELK" test snap.yml | sed "s/, [0-9.]* s$//"'

mkdir -p content/detections data/datasets/T1047/x
cat >content/detections/wmic.yml <<'END'
name: WMIC creates a process
id: 1
type: TTP
search: EventID=1 Image="*wmic.exe" | table Image | `wmic_creates_a_process_filter`
tags:
  mitre_attack_id: [T1047]
tests:
- name: True Positive Test
  attack_data:
  - data: https://media.example.org/attack_data/master/datasets/T1047/x/windows-sysmon.log
    source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational
    sourcetype: XmlWinEventLog
END
echo '{"EventID":1,"Image":"C:\\wbem\\wmic.exe"}' >data/datasets/T1047/x/windows-sysmon.log
expect 'detections as contentctl has them' 0 '1 passed, 0 failed' bash -c '"$SPELK" test content --data data --tag T1047 | sed "s/, [0-9.]* s$//"'
expect 'whose events are not there' 2 'ERROR content/detections/wmic.yml:10: the events attack_data/master/datasets/T1047/x/windows-sysmon.log are not there; --data names the folder that has them' \
  bash -c '"$SPELK" test content >out; code=$?; head -1 out; exit $code'

mkdir -p tree/detections/endpoint tree/macros
sed 's/^search: EventID=1/search: Image=* `process_creation`/' content/detections/wmic.yml >tree/detections/endpoint/wmic.yml
printf 'name: process_creation\ndefinition: EventID=1\n' >tree/macros/process_creation.yml
expect 'with the macros of their tree' 0 '1 passed, 0 failed' bash -c '"$SPELK" test tree --data data | sed "s/, [0-9.]* s$//"'

mkdir -p regression_data/rules/proc_wmic
cat >regression_data/rules/proc_wmic/info.yml <<'END'
id: 7
rule_metadata:
  - id: 36475a7d
    title: WMIC
regression_tests_info:
  - name: Positive Detection Test
    type: json
    match_count: 1
    path: regression_data/rules/proc_wmic/36475a7d.json
END
echo '{"EventID":1,"Image":"C:\\wbem\\wmic.exe"}' >regression_data/rules/proc_wmic/36475a7d.json
expect 'a rule without its search' 2 '1' bash -c '"$SPELK" test regression_data >out; code=$?; grep -c "the rule has no search: proc_wmic.spl, or rule.spl, or 36475a7d.spl" out; exit $code'
mkdir rules
echo 'EventID=1 Image="*wmic.exe"' >rules/proc_wmic.spl
expect 'regression data of Sigma' 0 '1 passed, 0 failed' bash -c '"$SPELK" test regression_data --queries rules | sed "s/, [0-9.]* s$//"'

# Each of these would otherwise be taken for something that nobody wrote.
mkdir wrong
wrong() { printf '%b' "$2" >"wrong/$1.yml"; }
wrong count 'query: a=1\ncases:\n  - name: x\n    count: {min: 1}\n'
wrong two_searches 'query: a=1\nquery_file: x.spl\ncases:\n  - count: 0\n'
wrong two_events 'query: a=1\ncases:\n  - fires: {a: 1}\n    silent: {a: 2}\n'
wrong args 'query: a=1\nargs: --tz UTC\ncases:\n  - count: 0\n'
wrong feed 'query: a=1\ncases:\n  - count: 0\n    feed: gone.ndjson\n'
wrong app 'query: a=1\napp: gone\ncases:\n  - count: 0\n'
wrong lookup 'query: a=1\nlookups:\n  t.csv: gone.csv\ncases:\n  - count: 0\n'
wrong events 'query: a=1\nevents: 5\ncases:\n  - count: 0\n'
wrong expect 'query: a=1\ncases:\n  - expect: 5\n'
wrong error 'query: a=1\ncases:\n  - error: false\n'
wrong ordered 'query: a=1\ncases:\n  - rows: []\n    ordered: maybe\n'
wrong tab 'query: a=1\ncases:\n\t- count: 1\n'
wrong latin 'query: a\ncases:\n  - name: \xe9\n'
expect 'what is not understood is refused' 2 'ERROR wrong/app.yml:2: app: there is no wrong/gone; a path counts from the folder of this file
ERROR wrong/args.yml:2: "args" is nothing that a test has; it has query, search, query_file, saved_search, events, files, feed, filter, app, apps, macros, lookups, now, tz, time_zone, earliest, latest, sourcetype, format, name, tags, malformed, cases, tests, description, version
ERROR wrong/count.yml:4: "min" is nothing that count has; it has least and most
ERROR wrong/error.yml:3: error takes a code, texts of the message, or true
ERROR wrong/events.yml:2: events takes an event, a list of them, or a text
ERROR wrong/expect.yml:3: expect takes an object of what must come out
ERROR wrong/feed.yml:4: feed: there is no wrong/gone.ndjson; a path counts from the folder of this file
ERROR wrong/latin.yml:3: byte 0xe9 is not UTF-8; save the file as UTF-8
ERROR wrong/lookup.yml:3: lookups: there is no wrong/gone.csv; a path counts from the folder of this file
ERROR wrong/ordered.yml:4: ordered takes true or false
ERROR wrong/tab.yml:3: found character that cannot start any token; put a value that begins with ` @ % or a tab in quotes; indent with blanks
ERROR wrong/two_events.yml:4: fires and silent: a test has one set of events; take one of them out
ERROR wrong/two_searches.yml:2: query and query_file: a test has one search; take one of them out' \
  bash -c '"$SPELK" test wrong >out; code=$?; grep ^ERROR out; exit $code'
cat >broken_event.yml <<'END'
query: a=1
cases:
  - name: a line is cut off
    count: 1
    events: |
      {"a":1}
      {"a":
END
expect 'a broken event fails the test' 1 'FAIL broken_event.yml:3: a line is cut off: line 2 of the events, which begin at line 6 of the file, is broken' \
  bash -c '"$SPELK" test broken_event.yml >out; code=$?; head -1 out | cut -d: -f1-4; exit $code'
cat >words.yml <<'END'
query: a=1
events: [{a: 1}, {a: 1}, {b: 2}]
cases:
  - name: there are rows
    no_rows: false
  - name: those of the filter
    query: '*'
    filter: b=2
    rows: [{b: 2}]
  - name: still wrong
    known_gap: the count is not done yet
    count: 3
  - name: right
    known_gap: false
    count: 2
END
expect 'Booleans, and a filter of events of the test' 0 '4 passed, 0 failed' bash -c '"$SPELK" test words.yml | sed "s/, [0-9.]* s$//"'
printf '=== case at\ndedup x=1 a\n--- error E0203 at 1:9\n=== case no\na=1\n--- no rows\n' >place.test
expect 'places of errors count, and no takes warnings' 2 'ERROR place.test:6: no takes warnings; --- rows with none below it asks for no rows
FAIL place.test:1: at: the error is at 1:7, want it at 1:9' bash -c '"$SPELK" test place.test >out; code=$?; head -2 out; exit $code'
printf '{"a":1}\n{"a":\n' >kept.ndjson
expect 'a snapshot that is broken' 1 'FAIL snap.yml:4: case 1: kept.ndjson:2 is no row; --update writes it anew' bash -c \
  '"$SPELK" test snap.yml >out; code=$?; head -1 out; exit $code'
printf 'query: a=1\ncases:\n  - name: "bell \\a & <tag> \\"q\\" \\uFFFE\\nnew line"\n    count: 1\n' >markup.yml
command -v python3 >/dev/null && expect 'JUnit is XML whatever a name holds' 1 'bell  & <tag> "q" ���
new line' bash -c '
  "$SPELK" test markup.yml -o junit >out.xml; code=$?
  python3 -c "
import xml.etree.ElementTree as tree
print(tree.parse(\"out.xml\").getroot().find(\".//testcase\").get(\"name\"))"; exit $code'

# Events that stand in files.
printf '_time,EventID,User\n2024-03-12T09:00:00Z,1,ann\n2024-03-12T09:01:00Z,3,bob\n' >feed.csv
printf '{"EventID":1,"n":1}\n{"EventID":3,"n":2}\n{"EventID":1,"n":3}\n' >feed.ndjson
cat >files.yml <<'END'
cases:
  - {name: a table, query: EventID=1 | table User, events: feed.csv, rows: [{User: ann}]}
  - {name: as a feed, query: EventID=1 | table _time, feed: feed.csv, rows: [{_time: 1710234000}]}
  - {name: a part, query: stats sum(n) as s, events: {feed: feed.ndjson, filter: EventID=1}, rows: [{s: 4}]}
  - {name: a part of a table, query: stats values(User) as u, feed: feed.csv, filter: EventID=3, rows: [{u: bob}]}
  - {name: one that fires, query: n=2, fires: feed.ndjson}
  - {name: an event with such a name, query: feed=x, fires: {feed: x, kind: y}}
END
expect 'events out of files' 0 '6 passed, 0 failed' bash -c '"$SPELK" test files.yml | sed "s/, [0-9.]* s$//"'
printf '{"a":1}\n{"a":\n' >cut.ndjson
printf 'query: a=1\ncases:\n  - count: 1\n    feed: cut.ndjson\n' >cut.yml
expect 'a file with a broken line' 1 'FAIL cut.yml:3: case 1: cut.ndjson:2 is broken: not one JSON object; mend the line, or allow it by malformed: true' \
  bash -c '"$SPELK" test cut.yml >out; code=$?; head -1 out; exit $code'
echo 'malformed: true' >>cut.yml
expect 'is allowed' 0 '1 passed, 0 failed' bash -c '"$SPELK" test cut.yml | sed "s/, [0-9.]* s$//"'
: >empty.yml
expect 'an empty file' 2 'ERROR empty.yml:1: the file is empty; tests have a query and cases' bash -c '"$SPELK" test empty.yml >out; code=$?; head -1 out; exit $code'
cat >lines.yml <<'END'
cases:
  - count: 0
    events: [{a: 1}]
    query: |
      a=1
      | where b="x
END
expect 'places in searches are those of the file' 1 '    lines.yml:6:17: error E0102: unbalanced quotes: this " is never closed' \
  bash -c '"$SPELK" test lines.yml >out; code=$?; sed -n 2p out; exit $code'
printf 'query: a=1\ncases:\n  - count: 0\n    events:\n      - {a: 2}\n      - 5\n' >number.yml
expect 'a number is no event' 2 'ERROR number.yml:6: events: an event is an object, or a text' bash -c '"$SPELK" test number.yml >out; code=$?; head -1 out; exit $code'
printf 'query: a=1\ncases:\n  - silent: []\n' >none.yml
expect 'silent without an event' 2 'ERROR none.yml:3: silent takes one event at least' bash -c '"$SPELK" test none.yml >out; code=$?; head -1 out; exit $code'
printf 'query_file: gone.spl\ncases:\n  - count: 0\n' >gone.yml
expect 'a search that is not there' 2 'ERROR gone.yml:1: query_file: there is no gone.spl; a path counts from the folder of this file' bash -c '"$SPELK" test gone.yml >out; code=$?; head -1 out; exit $code'
expect 'a folder that is not there' 2 '' "$SPELK" test --data gone files.yml
says 'is told' '--data does not take "gone"; it takes a folder that is there'

# Each recording has its own source and sourcetype.
mkdir -p content/detections/cloud data/datasets/cloud
cat >content/detections/cloud/two.yml <<'END'
name: Two Sources
type: TTP
search: 'source=one OR source=two | stats values(sourcetype) as s | where mvcount(s)=2'
tests:
- name: True Positive Test
  attack_data:
  - {data: 'https://media.example.org/attack_data/master/datasets/cloud/a.json', source: one, sourcetype: 'aws:cloudtrail'}
  - {data: 'https://media.example.org/attack_data/master/datasets/cloud/b.json', source: two, sourcetype: own}
END
echo '{"n":1}' >data/datasets/cloud/a.json
echo '{"n":2}' >data/datasets/cloud/b.json
expect 'recordings of several sources' 0 '1 passed, 0 failed' bash -c '"$SPELK" test content/detections/cloud --data data | sed "s/, [0-9.]* s$//"'
mkdir -p flat
cp data/datasets/cloud/a.json flat/datasets_cloud_a.json
cp data/datasets/cloud/b.json flat/b.json
expect 'under cached names' 0 '1 passed, 0 failed' bash -c '"$SPELK" test content/detections/cloud --data flat | sed "s/, [0-9.]* s$//"'

# Searches of rules lie in folders like those of the rules; more matches than a rule must have are fine.
mkdir -p converted/rules/windows
mv rules/proc_wmic.spl converted/rules/windows/
printf '{\n "Event": {"System": {"EventID": 1}, "EventData": {"Image": "C:\\\\wbem\\\\wmic.exe"}}\n}\n{"EventID":1,"Image":"wmic.exe"}\n' >regression_data/rules/proc_wmic/36475a7d.json
expect 'regression data, laid out as the rules are' 0 '1 passed, 0 failed' bash -c '"$SPELK" test regression_data --queries converted | sed "s/, [0-9.]* s$//"'
