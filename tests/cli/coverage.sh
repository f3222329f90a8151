#!/usr/bin/env bash
# spelk test --coverage: what no test reached, as text, JSON and a page.
cat >t.yml <<'YAML'
query: |
  EventID IN (1, 2) (a=x OR b=y OR foo) NOT c=1
  | eval s=case(n>5,"hi",n>2 AND isnull(q),"mid",true(),"lo"), u=if(s IN ("hi", "no"), 1, 0)
  | where s="hi" OR like(a,"x%")
  | search z=1 OR a=x
  | head 0
cases:
  - silent: {"EventID":1,"a":"x","n":7}
  - silent: {"EventID":3,"b":"y","n":1}
YAML
expect 'what no test reached' 0 '2 passed, 0 failed
t.yml: 12 of 32 (37%)
  1:16  never true: 2
  1:20  never false: a=x
  1:27  never asked: b=y
  1:34  never asked: foo
  1:43  never true: c=1
  2:15  never false: n>5
  2:24  never asked: n>2
  2:32  never asked: isnull(q)
  2:48  never asked: true()
  2:79  never asked: "no"
  3:9  never false: s="hi"
  3:19  never asked: like(a,"x%")
  4:10  never true: z=1
  4:17  never false: a=x
  5:3  gave no row: head 0
coverage: 12 of 32 (37%)' bash -c '"$SPELK" test --coverage t.yml | sed "s/, 0\.[0-9]* s$//"'
cat >u.yml <<'YAML'
query: |
  EventID IN (1, 2) (a=x OR b=y OR foo) NOT c=1
  | eval s=case(n>5,"hi",n>2 AND isnull(q),"mid",true(),"lo"), u=if(s IN ("hi", "no"), 1, 0)
  | where s="hi" OR like(a,"x%")
  | search z=1 OR a=x
  | head 0
cases:
  - silent: {"EventID":2,"b":"y","n":3}
  - silent: {"EventID":2,"b":"y","n":1,"c":1}
  - silent: {"EventID":2,"b":"y","n":1}
YAML
expect 'tests of the same search count together' 0 't.yml: 23 of 32 (71%)' bash -c '"$SPELK" test --coverage t.yml u.yml | grep yml:'
expect 'a report for programs stays one' 0 '1..2' bash -c '"$SPELK" test --coverage -o tap t.yml | grep "^1\.\."'
says_coverage() { "$SPELK" test --coverage -o tap t.yml 2>messages >/dev/null; }
says_coverage
says 'the coverage is beside it' 'coverage: 12 of 32 (37%)'
command -v python3 >/dev/null && expect 'as JSON' 0 '12 32 15 {"kind": "value", "line": 1, "column": 16, "text": "2", "rows": 1, "true": 0, "missing": "never true"}' bash -c '
  "$SPELK" test --coverage-report c.json t.yml >/dev/null
  python3 -c "
import json
search = json.load(open(\"c.json\"))[0]
missing = [each for each in search[\"branches\"] if \"missing\" in each]
print(search[\"reached\"], search[\"wanted\"], len(missing), json.dumps(missing[0]))"'
expect 'as a page' 0 '<span class="part" title="never false">n&gt;5</span>' bash -c '
  "$SPELK" test --coverage-report c.html t.yml >/dev/null; grep -o "<span[^>]*>n&gt;5</span>" c.html'
expect 'another file' 2 '' "$SPELK" test --coverage-report c.txt t.yml
says 'is told' 'it takes a file .html or .json'

cat >v.yml <<'YAML'
query: >
  "a b" IN (1, x*) NOT f IN (2) c NOT IN (7) | where x IN (1,2) OR NOT y IN ("3") | table x
cases:
  - fires: {"a b": 1, "c": 8, "x": 1}
  - silent: {"a b": "xy", "f": 2, "c": 8}
YAML
command -v python3 >/dev/null && expect 'values in every form of IN' 0 '1 x* 2 1 2! "3"!' bash -c '
  "$SPELK" test --coverage-report c.json v.yml >/dev/null
  python3 -c "
import json
print(*(each[\"text\"] + (\"!\" if \"missing\" in each else \"\")
        for each in json.load(open(\"c.json\"))[0][\"branches\"] if each[\"kind\"] == \"value\"))"'
printf 'query: x=1 [search y=1 | fields z] | stats count by x | where count>0\ncases:\n  - silent: {"y": 1}\n' >w.yml
expect 'places of a search with a subsearch' 0 'x=1' bash -c '"$SPELK" test --coverage w.yml >out; "$SPELK" test --coverage-report c.json w.yml >/dev/null; grep -o "\"condition\",\"line\":1,\"column\":[0-9]*,\"text\":\"x=1\"" c.json | grep -o "x=1"'
cat >x.yml <<'YAML'
query: |
  EventID=1 [search EventID=3 x IN (1,2) | where y>1 OR z=2 | fields host]
  | eval m=mvfilter(match('tags{}',"^a") OR 'tags{}'="b")
  | append [search EventID=9 | eval q=case(k=1,"a",true(),"b")]
  | appendpipe [where EventID=7 | stats count]
  | foreach mode=multivalue tags{} [eval s=if(<<ITEM>>="c",1,0)]
cases:
  - count: 3
    events: [{EventID: 1, host: h, tags: [a, b]}, {EventID: 3, host: h, x: 1, y: 2}, {EventID: 9, k: 1}]
YAML
expect 'subsearches, and functions over values' 0 'x.yml: 26 of 36 (72%)
  1:37  never asked: 2
  1:48  never false: y>1
  1:55  never asked: z=2
  2:43  never false: '\''tags{}'\''="b"
  3:42  never false: k=1
  3:50  never asked: true()
  4:15  gave no row: where EventID=7
  4:21  never true: EventID=7
  5:45  never true: <<ITEM>>="c"
coverage: 26 of 36 (72%)' bash -c '"$SPELK" test --coverage x.yml | tail -n +2'
mkdir -p app/default app/lookups
printf '[m]\ndefinition = EventID=1 (a=1 OR b=2)\n[n(1)]\nargs = f\ndefinition = where $f$>5 AND `inner`\n[inner]\ndefinition = c!=9\n' >app/default/macros.conf
printf 'k,v\n1,x\n2,y\n' >app/lookups/t.csv
cat >y.yml <<'YAML'
query: "`m` | `n(c)` | lookup t.csv k AS a OUTPUT v"
app: app
cases:
  - fires: {EventID: 1, a: 1, c: 6}
  - silent: {EventID: 2, a: 1, c: 6}
YAML
expect 'what macros stand for, and rows of lookup tables' 0 'app/default/macros.conf:2 `m`: 4 of 7 (57%)
  never false: a=1
  never asked: b=2
app/default/macros.conf:4 `n`: 2 of 3 (66%)
  never false: c>5
app/default/macros.conf:7 `inner`: 1 of 2 (50%)
  never false: c!=9
y.yml: 2 of 3 (66%)
  1:23  never found: k=2, v=y of t.csv
coverage: 9 of 15 (60%)' bash -c '"$SPELK" test --coverage y.yml | tail -n +2'
command -v python3 >/dev/null && expect 'as JSON, with the definition' 0 'condition c!=9 inner app/default/macros.conf:7 never false
row k=1, v=x of t.csv None None None
row k=2, v=y of t.csv None None never found' bash -c '
  "$SPELK" test --coverage-report c.json y.yml >/dev/null
  python3 -c "
import json
for search in json.load(open(\"c.json\")):
  for each in search[\"branches\"]:
    if each[\"kind\"] == \"row\" or each[\"text\"] == \"c!=9\":
        print(each[\"kind\"], each[\"text\"], each.get(\"macro\"), each.get(\"definition\"), each.get(\"missing\"))"'
expect 'as a page, with the macros put in' 0 '<span class="none" title="never asked">b=2</span>
<li><span class="none">k=2, v=y of t.csv</span>' bash -c '
  "$SPELK" test --coverage-report c.html y.yml >/dev/null; grep -o "<span[^>]*>b=2</span>\|<li>.*" c.html'
expect 'less than asked for' 1 'FAIL coverage: 60%, want 61%' bash -c '"$SPELK" test --min-coverage 61 y.yml >out; code=$?; tail -n 1 out; exit $code'
expect 'enough' 0 '' bash -c '"$SPELK" test --min-coverage 60 y.yml >out; code=$?; grep FAIL out; exit $code'
cat >z.yml <<'YAML'
query: |
  EventID=1
  | foreach n_* [eval <<FIELD>>=if(<<FIELD>>>5,"high","low")]
  | map search="search EventID=3 (user=\"$user$\" OR user IN (\"x\", y)) | where n>1 | eval k=case(n=2,\"two\",true(),\"more\")"
cases:
  - count: 1
    events: [{EventID: 1, user: ana, n_a: 7, n_b: 6}, {EventID: 3, user: ana, n: 2}, {EventID: 3, user: bo, n: 1}]
YAML
expect 'for each field, and for each row' 0 'z.yml: 16 of 22 (72%)
  2:34  never false: <<FIELD>>>5
  3:61  never true: \"x\"
  3:68  never true: y
  3:80  never false: n>1
  3:98  never false: n=2
  3:110  never asked: true()' bash -c '"$SPELK" test --coverage z.yml | grep -v "passed\|coverage:"'
printf '[of_user]\nsearch = search EventID=3 user=$user$ | where `big`\n' >app/default/savedsearches.conf
printf '[m]\ndefinition = EventID=1 (a=1 OR b=2)\n[twice]\ndefinition = (a=1 b=1) OR (a=1 c=1)\n[big]\ndefinition = n>1 OR n=0\n' >app/default/macros.conf
cat >s.yml <<'YAML'
query: "`twice` | map of_user | search `twice`"
app: app
cases:
  - count: 0
    events: [{EventID: 1, a: 1, b: 1, user: ana}, {EventID: 3, user: ana, n: 2}]
YAML
expect 'saved searches, and equal texts of one macro' 0 'app/default/macros.conf:4 `twice`: 5 of 9 (55%)
  never false: b=1
  never true: a=1
  never asked: c=1
app/default/macros.conf:6 `big`: 1 of 4 (25%)
  never false: n>1
  never asked: n=0
app/default/savedsearches.conf:2 `of_user`' bash -c '"$SPELK" test --coverage s.yml | sed -n "/yml/d;/coverage:/d;s/\(of_user.\):.*/\1/;/passed/d;p" | head -8'
