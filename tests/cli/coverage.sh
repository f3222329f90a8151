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
expect 'subsearches are left out' 0 'x=1' bash -c '"$SPELK" test --coverage w.yml >out; "$SPELK" test --coverage-report c.json w.yml >/dev/null; grep -o "\"condition\",\"line\":1,\"column\":[0-9]*,\"text\":\"x=1\"" c.json | grep -o "x=1"'
