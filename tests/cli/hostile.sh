#!/usr/bin/env bash
# Input that is broken: what is read of it, what is said, and how it ends.
run() { "$SPELK" run -o csv "$@"; }

printf '{"n":1}\nno json\n{"n":2}\n[3]\n{"n":4\n{"n":5} x\n{"n":6}\n' >broken.ndjson
expect 'lines that are no objects are left out' 0 'n
1
2
6' run 'table n' broken.ndjson
says 'they are counted' '4 of 7 parsed lines malformed'
says 'and shown with their place' 'broken.ndjson:2: '
gzip -c broken.ndjson >broken.gz
expect 'the same out of an archive' 0 'n
1
2
6' run 'table n' broken.gz
says 'with the line, too' 'broken.gz:2: '
expect 'strict stops' 3 '' run --strict 'sort n' broken.ndjson
says 'and says where' 'error E0601: broken.ndjson:2: '

printf '{"n":1,"b":tru,"m":2}\n{"n":"\\q","m":3}\n{"m":4}\n' >fault.ndjson
expect 'members before a fault count' 0 'n,m
1,
,
,4' run 'table n m' fault.ndjson
says 'faults are counted' '2 of 3 parsed lines malformed'
expect 'strict stops at a fault, whatever is read' 3 '' run --strict 'search m=4 | sort n' fault.ndjson
says 'the line was looked at' '1 of 1 parsed lines malformed'

printf '{"n":"a\377b"}\n{"n":"\303\244"}\n{"n":"\355\240\200"}\n' >utf8.ndjson
expect 'lines that are not UTF-8 are left out' 0 'n
ä' run 'table n' utf8.ndjson
says 'they are counted' '2 of 3 parsed lines malformed'

printf '{"n":1}\n{"n":2' >open.ndjson
expect 'the last line is cut off' 0 'n
1' run 'table n' open.ndjson

for i in $(seq 1 2000); do printf '{"n":%d,"pad":"%s"}\n' "$i" "$i$RANDOM$RANDOM"; done >long.ndjson
gzip -c long.ndjson | head -c 9000 >cut.gz
expect 'a truncated archive: the rows up to there' 3 'n
7' run 'search n=7 | table n' cut.gz
says 'it is said' 'truncated'
gzip -c broken.ndjson >tail.gz
printf 'garbage' >>tail.gz
expect 'garbage behind an archive' 3 'n
1' run 'search n=1 | table n' tail.gz
says 'it is said, too' 'trailing garbage'
head -c 100 /dev/urandom | tr '\n' ' ' >noise
printf '\037\213' | cat - noise >bad.gz
expect 'an archive of noise' 3 'n' run 'table n' bad.gz

long=$(head -c 20000 /dev/zero | tr '\0' x)
printf '{"n":1}\n{"n":2,"s":"%s"}\n{"n":3}\n' "$long" >line.ndjson
expect 'a line beyond --max-line is left out' 0 'n
1
3' run --max-line 10k 'table n' line.ndjson
says 'and counted' 'longer than --max-line'
expect 'within it, it is an event' 0 'n
1
2
3' run --max-line 100k 'table n' line.ndjson
expect 'the same from a pipe' 0 'n
1
3' bash -c 'cat line.ndjson | "$SPELK" run -o csv --max-line 10k "table n"'
expect 'strict' 3 '' run --strict --max-line 10k 'sort n' line.ndjson

{ printf '{"n":1,"s":"'; head -c 40000000 /dev/zero | tr '\0' x; printf '"}\n{"n":2}\n'; } >huge.ndjson
expect 'a line of 40 MB' 0 'n
1
2' run 'table n' huge.ndjson
expect 'not within a small budget' 3 'n' run --memory 16MB 'sort n | table n' huge.ndjson
says 'the limit is named' 'memory'
says 'with its code' 'error E0501: '

deep=$(head -c 5000 /dev/zero | tr '\0' '[')
printf '{"n":1,"a":%s}\n{"n":2}\n' "$deep" >deep.ndjson
expect 'brackets that are never closed' 0 'n
2' run 'table n' deep.ndjson
close=$(head -c 5000 /dev/zero | tr '\0' ']')
printf '{"n":1,"a":%s%s}\n' "$deep" "$close" >nested.ndjson
expect 'deep nesting' 0 'n
1' run 'table n' nested.ndjson

# Searches that are larger than they should be.
{ printf 'n=1'; for i in $(seq 1 600); do printf ' | fields n'; done; } >many.spl
expect 'too many commands' 2 '' "$SPELK" run -f many.spl line.ndjson
says 'the limit is named' 'more than 500 commands'
{ head -c 3000 /dev/zero | tr '\0' '('; printf 'n=1'; head -c 3000 /dev/zero | tr '\0' ')'; } >deep.spl
expect 'too many parentheses' 2 '' "$SPELK" run -f deep.spl line.ndjson

# An expression that would take for ever on one event.
{ printf '{"a":"'; head -c 40 /dev/zero | tr '\0' 'a'; printf '!"}\n{"a":"aa"}\n'; } >bomb.ndjson
expect 'no match there, and the others are found' 0 'a
aa' run 'where match(a, "^(a+)+$") | table a' bomb.ndjson
says 'it is said' 'reached its match limit on 1 value'
expect 'strict fails' 3 'a
aa' run --strict 'where match(a, "^(a+)+$") | table a' bomb.ndjson

# Workers share the memory: more of them than it is enough for do not make a search fail.
awk 'BEGIN { for (i = 0; i < 60000; ++i) {
  printf "{\"u\":\"user-%d\",\"h\":%d,\"pad\":\"%0200d\"}\n", i * 7919 % 30011, i % 50, i } }' >shared.ndjson
for threads in 1 2 8 64; do
  expect "eventstats with little memory and $threads threads" 0 'count,sum(n),sum(d)
60000,119978,119978' run --threads $threads --memory 24MB \
    'eventstats count AS n dc(h) AS d by u | stats count sum(n) sum(d)' shared.ndjson
done

# What is written is valid, whatever is given.
printf '| makeresults | eval a="x\377y"' >latin.spl
expect 'a search that is not UTF-8 is refused' 2 '' "$SPELK" run -f latin.spl
says 'with its place' 'latin.spl:1:26: the search is not UTF-8: byte 0xff'
expect 'also where it is only checked' 2 '' "$SPELK" check -f latin.spl
printf '{"n":1}\n' >"$(printf 'n\377.ndjson')"
expect 'a path that is not UTF-8' 0 '{"source":"n�.ndjson","sourcetype":"t�"}' \
  "$SPELK" run -o ndjson --sourcetype "$(printf 't\377')" 'table source sourcetype' "$(printf 'n\377.ndjson')"
for format in ndjson json; do
  "$SPELK" run -o $format '| makeresults count=3 | streamstats count AS k | eval b=case(k=1, exp(1000), k=2, -exp(1000), true(), ln(-1))
    | eventstats max(b) AS x, min(b) AS n, values(b) AS v, list(b) AS l, first(b) AS f, mode(b) AS m, sum(b) AS s, avg(b) AS a, range(b) AS r, latest(b) AS t, median(b) AS d, stdev(b) AS y
    | streamstats last(b) AS w current=f | eval mv=mvappend(b, "1", b), j=json_object("b", b) | sort b
    | dedup b keepevents=t | fillnull | eval {k}=b | table *' >inf.$format
  expect "no bare inf and nan in $format" 1 '' grep -E '[:,[] *-?(inf|nan)[],}]' inf.$format
  "$SPELK" run -o $format '| makeresults count=3 | streamstats count AS k | eval b=case(k=1, exp(1000), k=2, -exp(1000), true(), ln(-1)) | stats max(b) count by b | sort b | top b' >inf2.$format
  expect "none out of stats and top in $format" 1 '' grep -E '[:,[] *-?(inf|nan)[],}]' inf2.$format
done

for i in $(seq 1 1200); do printf '`m%d` ' "$i"; done >macros.spl
expect 'a search that is wrong everywhere' 2 '' "$SPELK" run -f macros.spl utf8.ndjson
says 'shows the first problems' '200 more problems are not shown'

# Macros that grow tenfold at each step.
mkdir -p grow/default
for i in $(seq 1 8); do
  printf '[g%d]\ndefinition = ' "$i"
  for _ in 1 2 3 4 5 6 7 8 9 10; do printf '`g%d` ' $((i + 1)); done
  printf '\n'
done >grow/default/macros.conf
printf '[g9]\ndefinition = n=1\n' >>grow/default/macros.conf
expect 'macros that grow without bound' 2 '' run '`g1`' --app grow utf8.ndjson
says 'are told' 'expanding the macros of this search takes too long'

# What an app names outside of itself.
mkdir -p reach/default reach/lookups
printf 'k,v\na,secret\n' >outside.csv
printf '[up]\nfilename = ../../outside.csv\n[absolute]\nfilename = %s/outside.csv\n' "$PWD" >reach/default/transforms.conf
printf '{"k":"a"}\n' >reach.ndjson
for table in up absolute; do
  expect "a lookup that names a file outside: $table" 2 '' run "lookup $table k OUTPUT v | table v" --app reach reach.ndjson
  says 'is told' 'which is in no lookups folder'
done
