#!/usr/bin/env bash
# spelk test --mutate: the changes that it makes, and those that no test notices.
cat >good.yml <<'YAML'
query: EventID=1 Image="*cmd.exe" | where n>5
cases:
  - fires: {"EventID": 1, "Image": "C:\\cmd.exe", "n": 6}
  - silent: {"EventID": 1, "Image": "C:\\cmd.exe", "n": 5}
  - silent: {"EventID": 2, "Image": "C:\\cmd.exe", "n": 6}
  - silent: {"EventID": 1, "Image": "C:\\net.exe", "n": 6}
YAML
expect 'good tests notice all' 0 'good.yml: 13 of 13 mutants noticed
mutants: 13 of 13 noticed' bash -c '"$SPELK" test --mutate good.yml | tail -n +2'
cat >poor.yml <<'YAML'
query: EventID=1 (a=x OR b="y*") NOT c IN (7, z*) | where n>=5 AND like(d, "e%") | eval f=if(g="h", 1, 2) | search k<3 [search p=1 | table q]
cases:
  - no_rows: true
    events: [{"EventID": 1, "a": "x"}]
YAML
expect 'poor ones none' 0 'poor.yml: 0 of 37 mutants noticed
  1:1  no test tells: EventID=1 -> *
  1:1  no test tells: EventID=1 -> (NOT EventID=1)
  1:1  no test tells: EventID -> a
  1:12  no test tells: a=x -> (NOT *)
  1:12  no test tells: a=x -> (NOT a=x)
  1:12  no test tells: a -> b
  1:19  no test tells: b="y*" -> (NOT *)
  1:19  no test tells: b="y*" -> (NOT b="y*")
  1:19  no test tells: b -> k
  1:21  no test tells: "y*" -> "y"
  1:21  no test tells: "y*" -> "*"
  1:31  no test tells: c IN (7, z*) -> *
  1:31  no test tells: c IN (7, z*) -> (NOT c IN (7, z*))
  1:40  no test tells: z* -> z
  1:40  no test tells: z* -> *' bash -c '"$SPELK" test --mutate poor.yml | tail -n +2 | head -n 16'
expect 'of expressions and subsearches, too' 0 '1:52  no test tells: n>=5 -> (1=1)
1:52  no test tells: n>=5 -> (NOT n>=5)
1:52  no test tells: n -> d
1:53  no test tells: >= -> >
1:55  no test tells: 5 -> 6
1:55  no test tells: 5 -> 4
1:61  no test tells: like(d, "e%") -> (1=1)
1:61  no test tells: like(d, "e%") -> (NOT like(d, "e%"))
1:66  no test tells: d -> g
1:69  no test tells: "e%" -> "e"
1:69  no test tells: "e%" -> "%"
1:87  no test tells: g="h" -> (1=1)
1:87  no test tells: g="h" -> (NOT g="h")
1:87  no test tells: g -> n
1:109  no test tells: k<3 -> *
1:109  no test tells: k<3 -> (NOT k<3)
1:109  no test tells: k -> p
1:111  no test tells: 3 -> 4
1:111  no test tells: 3 -> 2
1:121  no test tells: p=1 -> *
1:121  no test tells: p=1 -> (NOT p=1)
1:121  no test tells: p -> EventID' bash -c '"$SPELK" test --mutate poor.yml | grep "no test" | tail -n +16 | sed "s/^ *//"'
sed 's/n>5/n>4/' good.yml >wrong.yml
expect 'tests that fail do not count' 1 '1' bash -c '"$SPELK" test --mutate wrong.yml >out; code=$?; grep -c "1:38  no test tells: 4 -> 3" out; exit $code'
cat >constant.yml <<'YAML'
query: a=1 | where 1=1 AND (2<1 OR b=1)
cases:
  - no_rows: true
    events: [{"a": 2}]
YAML
expect 'a clause is not replaced by what it says' 0 '1:13  no test tells: 1=1 -> (NOT 1=1)
1:22  no test tells: 2<1 -> (NOT 2<1)
1:22  no test tells: 2 -> 3
1:22  no test tells: 2 -> 1
1:23  no test tells: < -> <=
1:24  no test tells: 1 -> 2
1:24  no test tells: 1 -> 0' bash -c '"$SPELK" test --mutate constant.yml | grep -E "tells: (1=1|2<1|<|1|2) " | sed "s/^ *//"'

expect 'of one kind' 0 'poor.yml: 0 of 8 mutants noticed
  1:1  no test tells: EventID -> a' bash -c '"$SPELK" test --mutation field poor.yml | sed -n 2,3p'
cat >place.yml <<'YAML'
cases:
  - name: x
    query: |
      EventID=1
      | where n>5
    events: [{"EventID": 1, "n": 9}]
    count: 1
YAML
expect 'less than asked for' 1 'FAIL mutants noticed: 28%, want 80%' bash -c '"$SPELK" test --min-score 80 place.yml >out; code=$?; tail -n 1 out; exit $code'
expect 'enough' 0 'mutants: 2 of 7 noticed' bash -c '"$SPELK" test --min-score 28 place.yml >out; code=$?; tail -n 1 out; exit $code'
expect 'a number out of range' 2 '' "$SPELK" test --min-score 101 place.yml
says 'is told' '--min-score does not take "101"; it takes a number from 0 to 100'
expect 'another kind' 2 '' "$SPELK" test --mutation all place.yml
says 'is told' 'it takes clause, negation, threshold, wildcard or field'
expect 'as annotations, at their places in the file' 0 '::warning file=place.yml,line=4,col=7,title=no test tells::EventID=1 -> *' \
  bash -c '"$SPELK" test --mutation clause place.yml -o github 2>/dev/null | head -n 1'
expect 'as a test of its own for other programs' 1 'not ok 2 - mutants noticed' bash -c '"$SPELK" test --min-score 80 place.yml -o tap 2>/dev/null >out; code=$?; grep "^not ok" out; exit $code'
command -v python3 >/dev/null && expect 'as JSON' 0 'threshold 2 9 > >= 7 2' bash -c '
  "$SPELK" test --mutation-report m.json place.yml >/dev/null
  python3 -c "
import json
search = json.load(open(\"m.json\"))[0]
mutant = [each for each in search[\"survivors\"] if each[\"kind\"] == \"threshold\"][0]
print(mutant[\"kind\"], mutant[\"line\"], mutant[\"column\"] - 1, mutant[\"text\"], mutant[\"instead\"], search[\"mutants\"], search[\"noticed\"])"'
command -v python3 >/dev/null && expect 'in the report, too' 0 'place.yml 7' bash -c '
  "$SPELK" test --mutate place.yml -o json 2>/dev/null | python3 -c "
import json, sys
search = json.load(sys.stdin)[\"mutants\"][0]
print(search[\"name\"], search[\"mutants\"])"'
mkdir -p app/default
printf '[big(1)]\nargs = f\ndefinition = $f$>5 AND kind="a*"\n[base]\ndefinition = EventID=1\n' >app/default/macros.conf
cat >macro.yml <<'YAML'
query: "`base` | where `big(n)` | map search=\"search `base` u=$u$\""
app: app
cases:
  - count: 1
    events: [{EventID: 1, n: 6, kind: "a*", u: x}]
YAML
expect 'macros are changed wherever they are called' 0 'app/default/macros.conf:2 `big`: 4 of 9 mutants noticed
  no test tells: kind="a*" -> (1=1)
  no test tells: n>5 -> (1=1)
  no test tells: 5 -> 4
  no test tells: > -> >=
  no test tells: n -> kind
app/default/macros.conf:5 `base`: 2 of 3 mutants noticed
  no test tells: EventID=1 -> *
macro.yml: 1 of 2 mutants noticed
  1:53  no test tells: u=$u$ -> *' bash -c '"$SPELK" test --mutate macro.yml | sed "1d;\$d"'
expect 'at their definition' 0 '::warning file=app/default/macros.conf,line=5,col=1,title=no test tells::EventID=1 -> *' \
  bash -c '"$SPELK" test --mutation clause macro.yml -o github 2>/dev/null | grep "line=5"'
