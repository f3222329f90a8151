#!/usr/bin/env bash
# How props.conf says that inputs are read: lines, events of several lines, columns, sourcetypes, times.
run() { "$SPELK" run -o csv "$@"; }
# props TEXT: the app that is there for the next cases.
props() { mkdir -p app/default && printf '%s\n' "$1" >app/default/props.conf; }
# texts EXPECTED NAME [OPTION …] FILE: the events' texts, with | for line ends.
texts() {
  local wanted=$1 name=$2
  shift 2
  expect "$name" 0 "t
$wanted" run 'eval t=replace(_raw, "\n", "|") | table t' --app app --order input "$@"
}

printf '2024-05-01 10:00:00 a\n  at x\n  at y\n2024-05-01 10:00:01 b\nMay  1 10:00:02 c\n\n[01/May/2024:10:00:03 +0000] d\nnot 99-99 e\n' >log.txt
props '[app]
SHOULD_LINEMERGE = true'
texts '2024-05-01 10:00:00 a|  at x|  at y
2024-05-01 10:00:01 b
May  1 10:00:02 c
[01/May/2024:10:00:03 +0000] d|not 99-99 e' 'a line with a date begins an event' --sourcetype app log.txt
texts '2024-05-01 10:00:00 a
  at x
  at y' 'another sourcetype: a line is an event' --sourcetype other <(head -n 3 log.txt)
texts '2024-05-01 10:00:00 a|  at x' 'the same from a pipe' --sourcetype app <(head -n 2 log.txt)

props '[app]
SHOULD_LINEMERGE = false'
texts '2024-05-01 10:00:00 a
  at x' 'lines stay apart' --sourcetype app <(head -n 2 log.txt)
props '[app]
BREAK_ONLY_BEFORE_DATE = true
TIME_PREFIX = at:
TIME_FORMAT = %H:%M'
texts '1 at: 10:00|2024-05-01 10:00:00 no
2 at: 11:00' 'dates are where the settings say' --sourcetype app <(printf '1 at: 10:00\n2024-05-01 10:00:00 no\n2 at: 11:00\n')
props '[app]
SHOULD_LINEMERGE = true
MAX_TIMESTAMP_LOOKAHEAD = 12'
texts '2024-05-01 10:00 a|pad pad pad 2024-05-01 10:00 b' 'not beyond the lookahead' \
  --sourcetype app <(printf '2024-05-01 10:00 a\npad pad pad 2024-05-01 10:00 b\n')

printf 'BEGIN 1\n2024-05-01 10:00:00 x\nEND\nBEGIN 2\nEND\n' >blocks.txt
props '[app]
BREAK_ONLY_BEFORE = ^BEGIN'
texts 'BEGIN 1|2024-05-01 10:00:00 x|END
BEGIN 2|END' 'only a line that matches begins an event' --sourcetype app blocks.txt
props '[app]
BREAK_ONLY_BEFORE_DATE = false
MUST_BREAK_AFTER = ^END$'
texts 'BEGIN 1|2024-05-01 10:00:00 x|END
BEGIN 2|END' 'the line after one that matches begins an event' --sourcetype app blocks.txt
props '[app]
MUST_BREAK_AFTER = ^END$'
texts 'BEGIN 1
2024-05-01 10:00:00 x|END
BEGIN 2|END' 'a date begins one, too' --sourcetype app blocks.txt
props '[app]
MUST_NOT_BREAK_AFTER = ^BEGIN
MUST_BREAK_AFTER = ^END$'
texts 'BEGIN 1|2024-05-01 10:00:00 x|END
BEGIN 2|END' 'no break until a line says so' --sourcetype app blocks.txt
props '[app]
MUST_NOT_BREAK_BEFORE = x$'
texts 'BEGIN 1|2024-05-01 10:00:00 x|END|BEGIN 2|END' 'no break before a line that matches' --sourcetype app blocks.txt
props '[app]
BREAK_ONLY_BEFORE_DATE = false
MAX_EVENTS = 2'
texts 'BEGIN 1|2024-05-01 10:00:00 x
END|BEGIN 2
END' 'the most lines of an event' --sourcetype app blocks.txt
props '[app]
SHOULD_LINEMERGE = true
BREAK_ONLY_BEFORE_DATE = false'
expect 'which are 256 unless it is set' 0 'count
2' run 'stats count' --app app --sourcetype app <(seq 257)

props '[app]
LINE_BREAKER = (;+)\s*[a-z]
SHOULD_LINEMERGE = false'
texts 'a1
 b2;3
c4' 'what the group matches stands between events' --sourcetype app <(printf 'a1;; b2;3;c4')
props '[app]
LINE_BREAKER = ---|(\n)x(\n)
SHOULD_LINEMERGE = false'
texts 'a
x|b
---c' 'without a group the event begins with the match' --sourcetype app <(printf 'a\nx\nb---c')
props '[app]
LINE_BREAKER = (\n)(?=\d)'
texts '1 a|b
2024-05-01 10:00 2 c' 'the lines are put together unless told otherwise' --sourcetype app \
  <(printf '1 a\nb\n2024-05-01 10:00 2 c\n')
props '[app]
TRUNCATE = 5'
texts '12345
abc
üü' 'of longer lines the rest is left out, between characters' --sourcetype app <(printf '1234567\nabc\nüüü\n')
props '[app]
LINE_BREAKER = (;)
SHOULD_LINEMERGE = false'
texts 'a;b
c' 'options of the command line have precedence' --sourcetype app --break-only-before '^[ac]' <(printf 'a;b\nc\n')
expect 'inputs that are no text are read as they are' 0 'n
1' run 'table n' --app app --sourcetype app <(printf '{"n":1,"s":"a;b"}\n')

# Which stanza is for an input, and which one decides.
mkdir -p in/web in/db
printf 'a;b\n' >in/web/x.log
printf 'a;b\n' >in/db/x.log
props '[source::.../web/*.log]
sourcetype = web
[source::.../db/...]
sourcetype = db
[web]
LINE_BREAKER = (;)
SHOULD_LINEMERGE = false'
expect 'a sourcetype by the source' 0 'sourcetype,_raw
db,a;b
web,a
web,b' run 'table sourcetype _raw | sort sourcetype _raw' --app app in
expect 'it is found in the base search' 0 'count
2' run 'sourcetype=web | stats count' --app app in
expect 'the one of the command line has precedence' 0 'sourcetype
given
given' run 'table sourcetype' --app app --sourcetype given in
printf '{"sourcetype":"own"}\n{"k":1}\n' >in/web/z.log
expect 'events with one keep it' 0 'sourcetype
own
web' run 'table sourcetype' --app app --order input in/web/z.log
props '[source::.../web/x.log]
LINE_BREAKER = (b)
SHOULD_LINEMERGE = false
[web]
LINE_BREAKER = (;)
SHOULD_LINEMERGE = false'
texts 'a;' 'that of the source decides' --sourcetype web in/web/x.log
props '[source::.../*.log]
LINE_BREAKER = (b)
SHOULD_LINEMERGE = false
[source::in/web/x.log]
LINE_BREAKER = (;)'
texts 'a
b' 'the literal one before the pattern' in/web/x.log
props '[source::.../*.log]
LINE_BREAKER = (b)
SHOULD_LINEMERGE = false
priority = 101
[source::in/web/x.log]
LINE_BREAKER = (;)'
texts 'a;' 'unless a priority says otherwise' in/web/x.log
props '[source::.../a*.log]
LINE_BREAKER = (;)
SHOULD_LINEMERGE = false
[source::.../*.log]
LINE_BREAKER = (b)'
cp in/web/x.log in/web/abc.log
texts 'a;' 'of two patterns the first by name' in/web/abc.log

# Columns.
printf 'made by x\nday,time,user name,n.x\n2024-05-01,10:00:00,"Ann, B",5\n2024-05-02,11:30:00,Bo,\n' >table.txt
props '[t]
INDEXED_EXTRACTIONS = csv
HEADER_FIELD_LINE_NUMBER = 2
TIMESTAMP_FIELDS = day, time
TIME_FORMAT = %Y-%m-%d %H:%M:%S
TZ = Europe/Berlin'
expect 'names in the second line, a time in two columns' 0 '_time,user name,n_x
1714642200,Bo,
1714550400,"Ann, B",5' run 'table _time "user name" n_x' --app app --sourcetype t --order time table.txt
props '[t]
INDEXED_EXTRACTIONS = csv
PREAMBLE_REGEX = ^made
HEADER_FIELD_ACCEPTABLE_SPECIAL_CHARACTERS = .'
expect 'lines before it that match are passed over, and characters are kept' 0 'day,n.x
2024-05-01,5
2024-05-02,' run 'table day n.x' --app app --sourcetype t --order input table.txt
props '[t]
FIELD_DELIMITER = |
FIELD_NAMES = a, b,c
FIELD_QUOTE = '"'"
expect 'names by the settings' 0 'a,b,c
1,2|3,"""x"""
4,5,6' run 'table a b c' --app app --sourcetype t --order input <(printf "1|'2|3'|\"x\"\n4|5|6\n")
props '[t]
INDEXED_EXTRACTIONS = tsv
FIELD_HEADER_REGEX = ^#\s*names:\s*'
expect 'names after a mark' 0 'a,b
1,2' run 'table a b' --app app --sourcetype t <(printf '# x\n# names: a\tb\n1\t2\n')
props '[t]
INDEXED_EXTRACTIONS = w3c'
expect 'the extended log format' 0 'date,cs_uri_stem,sc_status,n
2024-05-01,/a,200,
2024-05-02,/b,,7' run 'table date cs_uri_stem sc_status n' --app app --sourcetype t --order input \
  <(printf '#Version: 1.0\n#Fields: date cs-uri-stem sc-status\n2024-05-01 /a 200\n#Fields: date cs-uri-stem n\n2024-05-02  /b 7\n')
props '[t]
INDEXED_EXTRACTIONS = json
TIMESTAMP_FIELDS = meta.at
TIME_FORMAT = %d.%m.%Y %H:%M'
expect 'a time in a member, which no other has precedence over' 0 '_time,k
1714558500,1
1717200000,2' run 'table _time k' --app app --sourcetype t --order input \
  <(printf '{"k":1,"meta":{"at":"01.05.2024 10:15"},"_time":"2020-01-01T00:00:00Z"}\n{"k":2,"_time":"2024-06-01T00:00:00Z"}\n')

# Several values of a field by fields.conf.
props ''
printf '[to]\nTOKENIZER = ([^;\\s]+)\n' >app/default/fields.conf
expect 'a field of several values' 0 'n,to
2,"a@x
b@y"
1,c@z' run 'eval n=mvcount(to) | table n to' --app app --order input <(printf '{"to":"a@x; b@y"}\n{"to":"c@z"}\n')
expect 'one of them is found' 0 'count
1' run 'to=b@y | stats count' --app app <(printf '{"to":"a@x; b@y"}\n{"to":"c@z"}\n')
expect 'out of texts, too' 0 'n
2' run 'eval n=mvcount(to) | table n' --app app <(printf '{"_raw":"from=x to=\\"a;b\\""}\n')
printf '[to]\nTOKENIZER = [^;]+\n' >app/default/fields.conf
expect 'without a group nothing is a value' 2 '' run 'table to' --app app <(printf '{"to":"a;b"}\n')
says 'with its place' 'app/default/fields.conf:2: TOKENIZER: the first group is a value, and there is none'
rm app/default/fields.conf

# What means nothing.
for setting in 'MAX_EVENTS = many' 'SHOULD_LINEMERGE = maybe' 'BREAK_ONLY_BEFORE = (' 'FIELD_DELIMITER = ab' 'INDEXED_EXTRACTIONS = xls'; do
  props "[t]
$setting"
  expect "$setting: the input is not read" 2 '' run 'table _raw' --app app --sourcetype t log.txt
  says 'it is said' "props.conf: [t]: ${setting%% *}: "
  expect 'others are' 0 'count
7' run 'stats count' --app app log.txt
  expect 'it is listed' 0 '' grep -q "app/default/props.conf:2: ${setting%% *}: " <("$SPELK" apps --app app --no-builtin)
done

# No input tells its host before it is read.
props '[host::web-*]
SHOULD_LINEMERGE = true'
texts '2024-05-01 10:00:00 a
  at x' 'a stanza of hosts does not say how inputs are read' <(head -n 2 log.txt)
expect 'which is listed' 0 '' grep -q 'app/default/props.conf:2: SHOULD_LINEMERGE: no input tells its host' <("$SPELK" apps --app app --no-builtin)

# Times that no setting tells; those of syslog are of the last year that is not after now.
printf '<34>May  1 10:00:00 h sshd[1]: a\nMay 30 10:00:00 h b\nan id of 12345\n2024-05-01 10:00:00,5 c\n' >sys.log
expect 'times of texts' 0 '_time
1714557600
1685440800

1714557600.5' "$SPELK" run -o csv --order input --now 2024-05-02T00:00:00Z '* | table _time' sys.log
expect 'newest first' 0 '_raw
"2024-05-01 10:00:00,5 c"' "$SPELK" run -o csv --now 2024-05-02T00:00:00Z '* | head 1 | table _raw' sys.log
expect 'a range of times' 0 'count
2' "$SPELK" run -o csv --now 2024-05-02T00:00:00Z --earliest 2024-05-01 '* | stats count' sys.log
props '[app]
DATETIME_CONFIG = CURRENT'
expect 'no time is looked for' 0 'count
0' run --app app --sourcetype app '_time=* | stats count' sys.log
