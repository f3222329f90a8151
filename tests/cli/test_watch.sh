#!/usr/bin/env bash
# spelk test --watch: what a change concerns runs again, and nothing else.
mkdir -p w/app/default
printf '{"a":1}\n' >w/feed.ndjson
printf 'a>0\n' >w/q.spl
printf '[m]\ndefinition = a>0\n' >w/app/default/macros.conf
printf 'k,v\n1,x\n' >w/t.csv
printf 'query_file: q.spl\ncases:\n  - name: of a file\n    files: feed.ndjson\n    count: 1\n' >w/file.yml
printf 'query: "`m`"\napp: app\ncases:\n  - name: of a macro\n    events: [{a: 1}]\n    count: 1\n' >w/macro.yml
printf 'query: lookup t.csv k AS a OUTPUT v\nlookups: {t.csv: t.csv}\ncases:\n  - name: of a table\n    events: [{a: 1}]\n    contains: [{v: x}]\n' >w/table.yml

# The output of the program, a line at a time; what takes time in it is left out.
watching() {
  mkfifo out
  "$SPELK" test --watch "$@" >out 2>said &
  program=$!
  exec 4<out
}
# Up to the line that ends a round.
round() {
  while read -r -t 60 line <&4; do
    case $line in
      watching*) return 0 ;;
    esac
    echo "${line%, [0-9]*.[0-9]* s}"
  done
  return 1
}
ended() {
  kill -INT $program
  wait $program
  local status=$?
  exec 4<&-
  rm -f out
  return $status
}

concerned() {
  watching w
  round
  printf '{"a":1}\n{"a":2}\n' >w/feed.ndjson
  round
  printf '{"a":1}\n' >w/feed.ndjson
  round
  printf 'a>5\n' >w/q.spl
  round
  printf '[m]\ndefinition = a>-1\n' >w/app/default/macros.conf
  round
  printf 'k,v\n1,y\n' >w/t.csv
  round
  printf 'query: a=1\ncases:\n  - name: new\n    count: 0\n  - name: newer\n    cuont: 0\n' >w/more.yml
  round
  rm w/more.yml
  round
  ended
}
expect 'what a file concerns, and the exit code of an interrupt' 130 '3 passed, 0 failed
changed: w/feed.ndjson
FAIL w/file.yml:3: of a file: 2 rows, want 1
{"a":1}
{"a":2}
0 passed, 1 failed
of all: 2 passed, 1 failed
changed: w/feed.ndjson
1 passed, 0 failed
of all: 3 passed, 0 failed
changed: w/q.spl
FAIL w/file.yml:3: of a file: 0 rows, want 1
no rows: 1 event read; none kept by the base search
a: none is > 5; it is 1
0 passed, 1 failed
of all: 2 passed, 1 failed
changed: w/app/default/macros.conf
1 passed, 0 failed
of all: 2 passed, 1 failed
changed: w/t.csv
FAIL w/table.yml:4: of a table: a row is missing
- {"v":"x"}
0 passed, 1 failed
of all: 1 passed, 2 failed
changed: w/more.yml
ERROR w/more.yml:6: "cuont" is nothing that a test has; did you mean count?
1 passed, 0 failed, 1 problem with files
of all: 2 passed, 2 failed
changed: w/more.yml
0 passed, 0 failed
of all: 1 passed, 2 failed' concerned
expect 'the screen is left alone where there is none' 1 '' grep -q $'\033' said
for option in --coverage --mutate --update --list '-o tap' '-O x.xml'; do
  # shellcheck disable=SC2086
  expect "with $option" 2 '' "$SPELK" test --watch $option w
  says 'is refused' '--watch runs tests again and again and takes no --'
done
