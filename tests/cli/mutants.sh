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
expect 'poor ones none' 0 'poor.yml: 0 of 29 mutants noticed
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
expect 'of expressions, too' 0 '1:52  no test tells: n>=5 -> (1=1)
1:52  no test tells: n>=5 -> (NOT n>=5)
1:53  no test tells: >= -> >
1:55  no test tells: 5 -> 6
1:55  no test tells: 5 -> 4
1:61  no test tells: like(d, "e%") -> (1=1)
1:61  no test tells: like(d, "e%") -> (NOT like(d, "e%"))
1:87  no test tells: g="h" -> (1=1)
1:87  no test tells: g="h" -> (NOT g="h")
1:109  no test tells: k<3 -> *
1:109  no test tells: k<3 -> (NOT k<3)
1:109  no test tells: k -> EventID
1:111  no test tells: 3 -> 4
1:111  no test tells: 3 -> 2' bash -c '"$SPELK" test --mutate poor.yml | grep "no test" | tail -n +16 | sed "s/^ *//"'
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
