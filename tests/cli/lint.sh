#!/usr/bin/env bash
# spelk lint: exit codes, formats, places in files, mending, configuration.
set -u
fail() { echo "$*"; exit 1; }
expect() { if [ "$1" = "$2" ]; then passed=$((passed + 1)); else fail "expected: $2, got: $1"; fi; }

# Exit codes: 0 for nothing and for info, 1 from warnings on, 2 for errors in use.
"$SPELK" lint 'EventID=1 | stats count by Image' >out 2>err; expect "$?" 0
expect "$(cat out err)" ""
"$SPELK" lint 'EventID=1 | sort Image' >out; expect "$?" 0
grep -q 'info L0901' out || fail "no info: $(cat out)"
"$SPELK" lint 'EventID=1 | where a LIKE "*x*"' >out; expect "$?" 1
"$SPELK" lint 'EventID=1 | tabel x' >out; expect "$?" 1
grep -q 'error L0003' out || fail "no error: $(cat out)"
"$SPELK" lint >out 2>err </dev/null; expect "$?" 2
"$SPELK" lint -o loud 'a=1' 2>err; expect "$?" 2
"$SPELK" lint --explain L9999 2>err; expect "$?" 2
"$SPELK" lint --disable nosuch 'a=1' 2>err; expect "$?" 2
"$SPELK" lint 'a=1' feed.ndjson 2>err; expect "$?" 2

# Explanations.
"$SPELK" help L0101 >help; "$SPELK" lint --explain star-in-like >explain
cmp -s help explain || fail "help and --explain differ"
grep -q '^Good:' help || fail "no example: $(cat help)"
[ "$("$SPELK" lint --rules | wc -l)" -ge 50 ] || fail "too few rules"

# A search is mended on standard output, what is left goes to standard error.
expect "$("$SPELK" lint --fix 'a=1 | where b="*x" | sort 0 b | where c LIKE "d"' 2>err)" \
  'a=1 | where b LIKE "%x" | sort 0 b | where c LIKE "d"'
grep -q 'warning L0102' err || fail "the rest is not told: $(cat err)"

# Places and edits in files of all kinds.
mkdir -p pack/detections
cat >pack/detections/block.yml <<'EOF'
name: Block
id: block
search: |-
  EventID=1
  | where Image LIKE "*x*"
EOF
cat >pack/detections/single.yml <<'EOF'
name: Single
search: 'EventID=1 Image="it''s" | where Image
  LIKE "*x*"'
tags: {}
EOF
cat >pack/detections/double.yml <<'EOF'
name: Double
search: "EventID=1 | where Image LIKE \"*\\\\x*\""
EOF
"$SPELK" lint pack >out 2>err; expect "$?" 1
grep -q '^pack/detections/block.yml:5:22: warning L0101' out || fail "block: $(cat out)"
grep -q '^pack/detections/single.yml:3:8: warning L0101' out || fail "single: $(cat out)"
grep -q '^pack/detections/double.yml:2:39: warning L0101' out || fail "double: $(cat out)"
cp -r pack before
"$SPELK" lint --diff pack >diff; expect "$?" 1
diff -r pack before || fail "--diff changed files"
"$SPELK" lint --fix pack >out 2>err
expect "$?" 0
grep -q 'mended 3 searches' err || fail "not mended: $(cat out err)"
grep -q '  | where Image LIKE "%x%"' pack/detections/block.yml || fail "block"
grep -q "  LIKE \"%x%\"'" pack/detections/single.yml || fail "single"
grep -qF 'LIKE \"%\\\\x%\""' pack/detections/double.yml || fail "double: $(cat pack/detections/double.yml)"
if command -v patch >/dev/null; then
  (cd before && patch -f -s -p0 <../diff) >/dev/null 2>&1 && fail "the paths of --diff are those given"
  rm -rf again; mkdir again; cp -r before again/pack
  (cd again && patch -f -s -p0 <../diff) || fail "--diff gives no patch: $(cat diff)"
  diff -r again/pack pack || fail "--diff and --fix differ"
fi

mkdir -p app/default
printf '[One]\nsearch = EventID=1 \\\n| where Image LIKE "*x*"\n' >app/default/savedsearches.conf
"$SPELK" lint app >out 2>err; expect "$?" 1
grep -q 'savedsearches.conf:3:20: warning L0101' out || fail "conf: $(cat out)"
"$SPELK" lint --fix app >out 2>err; expect "$?" 0
grep -q '^| where Image LIKE "%x%"$' app/default/savedsearches.conf || fail "conf"

printf '{"name":"a","search":"EventID=1\\n| where Image LIKE \\"*x*\\""}\n' >lines.jsonl
"$SPELK" lint lines.jsonl >out; expect "$?" 1
grep -q '^lines.jsonl:1:53: warning L0101' out || fail "jsonl: $(cat out)"
"$SPELK" lint --fix lines.jsonl >out 2>err; expect "$?" 0
expect "$(cat lines.jsonl)" '{"name":"a","search":"EventID=1\n| where Image LIKE \"%x%\""}'

printf 'EventID=1\n| where Image LIKE "*x*"\n' >one.spl
"$SPELK" lint one.spl >out; expect "$?" 1
grep -q '^one.spl:2:20: warning L0101' out || fail "spl: $(cat out)"

# Escapes of JSON and YAML, and documents over several lines.
cat >escapes.jsonl <<'EOF'
{"name":"a","search":"a=\"\u00fc\ud83d\ude00\" | where b LIKE \"*x\u002a\""}
EOF
"$SPELK" lint escapes.jsonl >out; expect "$?" 1
grep -q '^escapes.jsonl:1:63: warning L0101' out || fail "escapes: $(cat out)"
"$SPELK" lint --fix escapes.jsonl >out 2>err; expect "$?" 0
expect "$(cat escapes.jsonl)" '{"name":"a","search":"a=\"\u00fc\ud83d\ude00\" | where b LIKE \"%x%\""}'
cat >array.json <<'EOF'
[
  {"name": "a=1 | where b LIKE \"*x\"", "search": "a=1 | where b LIKE \"*x\""},
  {"name": "b", "search": "a=1 | where b LIKE \"*x\""},
  {"name": "c", "search": "a=1 | where c=1"}
]
EOF
"$SPELK" lint array.json >out 2>err; expect "$?" 1
grep -q '^array.json:2:71: warning L0101' out || fail "array: $(cat out)"
grep -q '^array.json:3:47: warning L0101' out || fail "array: $(cat out)"
cp array.json array.before
"$SPELK" lint --fix array.json >out 2>err; expect "$?" 0
expect "$(diff array.before array.json | grep '^>')" '>   {"name": "a=1 | where b LIKE \"*x\"", "search": "a=1 | where b LIKE \"%x\""},
>   {"name": "b", "search": "a=1 | where b LIKE \"%x\""},'
cat >escapes.yml <<'EOF'
name: U
search: "a=\u00fc \x41 | where b LIKE \"*x\""
EOF
"$SPELK" lint escapes.yml >out; expect "$?" 1
grep -q '^escapes.yml:2:39: warning L0101' out || fail "yaml: $(cat out)"
"$SPELK" lint --fix escapes.yml >out 2>err; expect "$?" 0
expect "$(tail -1 escapes.yml)" 'search: "a=\u00fc \x41 | where b LIKE \"%x\""'

# Files of tests.
cat >cases.yml <<'EOF'
query: a=1 | where b LIKE "*x"
cases:
  - name: own
    query: a=1 | tabel b
    count: 0
  - name: shared
    count: 0
EOF
"$SPELK" lint cases.yml >out 2>err; expect "$?" 1
grep -q '^cases.yml:1:27: warning L0101' out || fail "query: $(cat out err)"
grep -q '^cases.yml:4:18: error L0003' out || fail "query of a case: $(cat out err)"
"$SPELK" check cases.yml >out 2>err; expect "$?" 2
grep -q "unknown search command 'tabel'" out || fail "check: $(cat out err)"
mkdir -p cases; cp cases.yml cases/a.yml
"$SPELK" lint cases >out 2>err; expect "$?" 1
grep -q '^cases/a.yml:1:27: warning L0101' out || fail "a folder of tests: $(cat out err)"
echo 'a=1' >cases/own.spl
"$SPELK" lint cases >out 2>err; expect "$?" 0

# A file has what the app or the tree of detections brings that it lies in.
mkdir -p home/app/default home/app/searches home/tree/detections/endpoint home/tree/macros
printf '[ours]\ndefinition = EventID=1\n' >home/app/default/macros.conf
echo '`ours` | stats count by Image' >home/app/searches/one.spl
printf 'name: ours\ndefinition: EventID=1\n' >home/tree/macros/ours.yml
printf 'name: A\nid: a\nsearch: "`ours` | stats count by Image"\n' >home/tree/detections/endpoint/a.yml
for path in home/app/searches/one.spl home/app/searches home/tree/detections/endpoint/a.yml \
  home/tree/detections; do
  "$SPELK" lint "$path" >out 2>err || fail "lint $path: $(cat out err)"
  "$SPELK" check "$path" >out 2>err || fail "check $path: $(cat out err)"
done
(cd home/tree/detections/endpoint && "$SPELK" lint a.yml >out) || fail "in its folder: $(cat out)"
"$SPELK" lint home/app/searches/one.spl home/tree/detections/endpoint/a.yml >out 2>err; expect "$?" 0
cp home/app/searches/one.spl home/one.spl
"$SPELK" lint home/one.spl >out; expect "$?" 1
grep -q 'error L0007' out || fail "outside of it: $(cat out)"

# Files that are not there, and standard input.
for command in lint check; do
  for word in nosuch.spl sub/nosuch.yml; do
    "$SPELK" $command $word >out 2>err; expect "$?" 2
    grep -q "there is no file $word" err || fail "$command $word: $(cat out err)"
  done
done
"$SPELK" lint one.spl nosuch.spl 2>err; expect "$?" 2
grep -q 'there is no file nosuch.spl' err || fail "second: $(cat err)"
"$SPELK" diff nosuch.spl 'EventID=1' one.spl 2>err; expect "$?" 2
grep -q 'there is no file nosuch.spl' err || fail "diff: $(cat err)"
echo 'a=1 | where b="*x"' | "$SPELK" lint - >out; expect "$?" 1
grep -q '^<stdin>:1:13: warning L0103' out || fail "standard input: $(cat out)"
echo 'a=1 | tabel' | "$SPELK" check - 2>err; expect "$?" 2
grep -q '^<stdin>:1:7: ' err || fail "check of standard input: $(cat err)"

# Differences have headers as those of fmt.
"$SPELK" lint --diff 'a=1 | where b="*x"' >out; expect "$?" 1
expect "$(head -3 out)" '--- <query>
+++ <query>
@@ -1 +1 @@'

# Formats.
"$SPELK" lint -o json one.spl >out
grep -q '"rule":"L0101","name":"star-in-like","severity":"warning","file":"one.spl"' out || fail "json: $(cat out)"
grep -q '"line":2,"column":20' out || fail "json: $(cat out)"
"$SPELK" lint -o json 'a=1' >out; expect "$?" 0
expect "$(cat out)" "[]"
"$SPELK" lint -o sarif one.spl >out
grep -q '"ruleId":"L0101","level":"warning"' out || fail "sarif: $(cat out)"
"$SPELK" lint -o github one.spl >out
grep -q '^::warning file=one.spl,line=2,col=20,title=L0101 star-in-like::' out || fail "github: $(cat out)"

# Configuration: of this folder, of one above, or as given.
mkdir -p sub
printf 'rules:\n  star-in-like: off\n' >.spelk-lint.yaml
"$SPELK" lint one.spl >out; expect "$?" 0
(cd sub && "$SPELK" lint ../one.spl >out); expect "$?" 0
printf 'rules:\n  star-in-like: error\n' >other.yaml
"$SPELK" lint --config other.yaml one.spl >out; expect "$?" 1
grep -q 'error L0101' out || fail "config: $(cat out)"
printf 'rules:\n  star-in-lik: error\n' >other.yaml
"$SPELK" lint --config other.yaml one.spl >out 2>err; expect "$?" 2
grep -q 'other.yaml:2: there is no rule' err || fail "config: $(cat err)"
: >.spelk-lint.yaml
"$SPELK" lint one.spl >out; expect "$?" 1
rm .spelk-lint.yaml
"$SPELK" lint --disable L0101 one.spl >out; expect "$?" 0

# What geom adds is there after geomfilter.
"$SPELK" lint '| makeresults | eval featureId="A" | geom | geomfilter | table featureId geom' >out 2>err; expect "$?" 0
"$SPELK" lint '| makeresults | eval featureId="A" | geom | geomfilter | stats values(geom)' >out 2>err; expect "$?" 0

# Fields are held against a feed.
printf '{"EventID":1,"Image":"x"}\n' >data.ndjson
"$SPELK" lint --data data.ndjson 'EventID=1 Imag="x"' >out 2>err; expect "$?" 1
grep -q '1:11: warning L0405: Imag is in no event of data.ndjson' out || fail "data: $(cat out err)"
"$SPELK" lint --data data.ndjson 'EventID=1 Image="x"' >out 2>err; expect "$?" 0
"$SPELK" lint --data nosuch.ndjson 'EventID=1' >out 2>err; expect "$?" 3

# run says what is certain, unless it is to be quiet.
printf '{"EventID":1,"Image":"x"}\n' >feed.ndjson
"$SPELK" run 'EventID=1 | stats count by Image | where cnt>0' feed.ndjson >out 2>err
grep -q 'warning L0301: cnt is in no row after stats' err || fail "run: $(cat err)"
"$SPELK" run -q 'EventID=1 | stats count by Image | where cnt>0' feed.ndjson >out 2>err
expect "$(cat err)" ""

# The texts of map are searches, too.
"$SPELK" lint 'EventID=1 | map maxsearches=9 search="search user=\"$u$\" | where Image LIKE \"*x*\""' >out 2>err
grep -q '1:78: warning L0101' out || fail "map: $(cat out err)"
"$SPELK" lint 'EventID=1 | map maxsearches=9 search="search user=$u$ | tabel x"' >out 2>err; expect "$?" 1
grep -q "1:57: error .*tabel" out || fail "map: $(cat out err)"

# Mending != does not let rows pass that lack the field; under NOT nothing is offered.
printf '{"EventID":1}\n{"EventID":1,"Image":"C:\\\\a\\\\other.exe"}\n' >lacking.ndjson
for search in 'EventID=1 | where Image!="cmd.exe"' 'EventID=1 | where Image!="cmd.exe" AND EventID=1' \
  'EventID=1 | where Image="cmd.exe" OR EventID=2' 'EventID=1 | where NOT Image="cmd.exe"'; do
  mended=$("$SPELK" lint --fix "$search" 2>err)
  "$SPELK" diff "$search" "$mended" lacking.ndjson >out 2>err || fail "$search: $mended: $(cat out err)"
done
expect "$("$SPELK" lint --fix 'a=1 | where Image!="cmd.exe"' 2>err)" \
  'a=1 | where (NOT Image LIKE "%\\cmd.exe" AND isnotnull(Image))'

# A table that is not there may have any column.
printf 'EventID=1 | stats count by user | lookup users.csv user | where dept="hr"\n' >table.spl
"$SPELK" lint table.spl >out 2>err; expect "$?" 0
printf 'EventID=1 | stats count by user | lookup users.csv user OUTPUT dept | where dpt="hr"\n' >table.spl
"$SPELK" lint table.spl >out 2>err; expect "$?" 1
