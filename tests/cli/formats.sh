#!/usr/bin/env bash
# Formats of inputs: those that are read, and those with which the run fails and says what makes events of them.
run() { "$SPELK" run "$@"; }

# no_feed NAME MESSAGE: the file is refused by searches with and without a prefilter, compressed, and from a pipe.
no_feed() {
  local file=$1 message=$2
  for search in '*' 'EventID=1' 'EventID=1 Image=*x*' '| stats count | where count>0'; do
    expect "$file: $search" 3 '' run "$search" "$file"
    says "$file is named" "error E0601: $file is no feed of events: $message"
  done
  gzip -c "$file" >"$file.packed"
  expect "$file in an archive" 3 '' run 'EventID=1' "$file.packed"
  says "$file is known in it" "is no feed of events: ${message%%;*}"
  expect "$file from a pipe" 3 '' bash -c "cat $file | \"\$SPELK\" run EventID=1"
  says "$file is known there" "standard input is no feed of events: ${message%%;*}"
}

printf 'PAR1\25\4\n' >feed.parquet
no_feed feed.parquet 'it is Parquet; convert it to NDJSON, with DuckDB for example'
printf '7z\274\257\047\034\n' >feed.7z
no_feed feed.7z 'it is a 7z archive; `7z e -so feed.7z | spelk …` reads what is in it'
printf 'SQLite format 3\0\n' >feed.db
no_feed feed.db 'it is an SQLite database'
printf 'MZ\220\0\3\n' >program.exe
no_feed program.exe 'it is a program of Windows, and spelk reads JSON, CSV, Windows events and lines of text'
printf '\0\1\2\n' >noise
no_feed noise 'spelk reads JSON, CSV, Windows events and lines of text'
printf '<Report><Item/></Report>\n' >report.xml
no_feed report.xml 'it is XML without Windows events'

# Formats that are read, recognised by their first bytes: a plain file, an archive and a pipe give the same.
# reads NAME OUTPUT [SEARCH]
reads() {
  local file=$1 want=$2 search=${3:-EventID=* | table EventID Image}
  expect "$file" 0 "$want" run "$search" "$file"
  expect "$file: threads and blocks" 0 "$want" run --threads 3 "$search" "$file"
  gzip -c "$file" >"$file.packed"
  expect "$file in an archive" 0 "$want" run "$search" "$file.packed"
  expect "$file on standard input, twice" 0 "$want" bash -c "\"\$SPELK\" run --order input '$search | append [search x=y]' - <'$file'"
  expect "$file from a pipe" 0 "$want" bash -c "cat '$file' | \"\$SPELK\" run '$search'"
}
two='{"EventID":"1","Image":"x, y"}
{"EventID":"2","Image":"z"}'
printf '[{"EventID":"1","Image":"x, y"},{"EventID":"2","Image":"z"}]\n' >array.json
reads array.json "$two"
printf '[\n  {"EventID":"1",\n  "Image":"x, y"},\n  {"EventID":"2","Image":"z"}\n]\n' >lines.json
reads lines.json "$two"
printf '{\n  "EventID": "1",\n  "Image": "x, y"\n}\n{\n  "EventID": "2", "Image": "z"\n}\n' >pretty.json
reads pretty.json "$two"
printf '{"EventID":"1","Image":"x, y"}{"EventID":"2","Image":"z"}\n' >joined.json
reads joined.json "$two"
printf '{"Records":[{"EventID":"1","Image":"x, y"},{"EventID":"2","Image":"z"}]}' >records.json
reads records.json "$two"
printf '{"preview":false,"results":[{"EventID":"1","Image":"x, y"},\n{"EventID":"2","Image":"z"}],"highlighted":{}}\n' >results.json
reads results.json "$two"
printf '{"took":3,"_shards":{"total":1},"hits":{"total":{"value":2},"max_score":1.0,"hits":[{"_index":"i","_source":{"EventID":"1","Image":"x, y"}},\n{"_index":"i","_source":{"EventID":"2","Image":"z"}}]},"x":[1]}' >hits.json
reads hits.json "$two"
printf '{"preview":false,"results":[{"EventID":["1","3"]}]}\n' >lists.json
expect 'a list in a result is a multivalue' 0 '{"EventID":["1","3"]}' run 'EventID=3 | table EventID' lists.json
printf '{"a":1}\n{"a":2}{"a":3}\n{"results":[{"a":4},{"a":5}]}\n{"a":6}{"a":7\n' >mixed.json
split -l 1 mixed.json part.
expect 'several objects on a line, first or not' 0 '{"a":1}
{"a":2}
{"a":3}
{"a":4}
{"a":5}
{"a":6}' run '* | table a' mixed.json
expect 'and in files of their own' 0 '{"a":1}
{"a":2}
{"a":3}
{"a":4}
{"a":5}
{"a":6}' run '* | table a' part.aa part.ab part.ac part.ad
printf '{"a":8} x\n' >part.ae
expect 'a part of which no line is whole, beside others' 0 '{"a":1}' run '* | table a' part.aa part.ae
expect 'and alone' 3 '' run '* | table a' part.ae
printf '{"hits":{"total":7},"EventID":"1","Image":"x, y"}\n{"EventID":"2","Image":"z"}\n' >no_hits.json
reads no_hits.json "$two"
printf '\357\273\277[{"EventID":"1","Image":"x, y"},\n{"EventID":"2","Image":"z"}]\n' >marked.json
reads marked.json "$two"
printf '\357\273\277"EventID","Image"\r\n"1","x, y"\r\n"2","z"\r\n' >marked.csv
reads marked.csv "$two"
expect 'a byte order mark that comes in pieces' 0 "$two" \
  bash -c '{ head -c 1 marked.csv; sleep 0.1; tail -c +2 marked.csv; } | "$SPELK" run "EventID=* | table EventID Image"'
printf '\357\273\277one\n' >marked.log
expect 'nor is it of the text' 0 '{"_raw":"one"}' run '*' marked.log
printf 'EventID,Image\n1,"x, y"\r\n2,z\n' >rows.csv
reads rows.csv "$two"
printf 'EventID;Image\n1;x, y\n2;z\n' >semicolons.csv
reads semicolons.csv "$two"
printf 'EventID\tImage\n1\tx, y\n2\tz\n' >rows.tsv
reads rows.tsv "$two"
iconv -f UTF-8 -t UTF-16 rows.tsv >wide.tsv
reads wide.tsv "$two"
iconv -f UTF-8 -t UTF-16BE lines.json >wide.json
reads wide.json "$two"
printf '<134>Oct 11 22:14:15 host su: failed\nwords, and "more"\n' >messages.log
reads messages.log '{"_raw":"<134>Oct 11 22:14:15 host su: failed"}
{"_raw":"words, and \"more\""}' '*'
event() {
  printf "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='p'/>"
  printf "<EventID>%s</EventID><TimeCreated SystemTime='2024-05-01T10:00:0%s.000Z'/><Channel>c</Channel>" "$1" "$1"
  printf "<Computer>ws1</Computer></System><EventData><Data Name='Image'>%s</Data></EventData></Event>\n" "$2"
}
{ event 1 'x, y'; event 2 z; } >events.xml
reads events.xml "$two"
{ echo '<?xml version="1.0" encoding="utf-8"?>'; echo '<Events>'; event 1 'x, y'; event 2 z; echo '</Events>'; } >root.xml
reads root.xml "$two"
expect 'their names, times and text' 0 '{"sourcetype":"XmlWinEventLog","source":"XmlWinEventLog:c","host":"ws1","_time":1714557601,"start":"<Event xmlns"}' \
  run 'EventID=1 | eval start=substr(_raw,1,12) | table sourcetype source host _time start' events.xml

# Named, where the first bytes tell nothing or something else.
printf 'a b\n1\n' >one.csv
expect 'a format by its name' 0 '{"a b":"1"}' run --input-format csv '* | table "a b"' one.csv
expect 'as lines of text' 0 '{"_raw":"EventID,Image"}' run --input-format text '* | head 1' rows.csv --order input
expect 'NDJSON that is none' 3 '' run --input-format ndjson '*' semicolons.csv
says 'what it is' 'semicolons.csv is no feed of events: it is CSV; --input-format csv reads it'
expect 'an unknown one' 2 '' run --input-format excel '*' rows.csv
says 'is refused' '--input-format does not take "excel"; it takes auto, evtx, json, xml, ndjson, tsv, csv or text'
printf '1 a\n  b\n2 c\n' >merged.log
expect 'events over several lines' 0 '{"_raw":"1 a\n  b"}
{"_raw":"2 c"}' run --break-only-before '^\d' '*' merged.log
expect 'what stands between events' 0 '{"_raw":"1 a\n  b"}
{"_raw":"2 c"}' run --line-breaker '(\n)\d' '*' merged.log
expect 'not both' 2 '' run --line-breaker x --break-only-before y '*' merged.log
expect 'a broken expression' 2 '' run --line-breaker '(' '*' merged.log

{ echo '1 a'; yes 'a line without a number' | head -c 6000000; echo; echo '2 b'; } >long.log
count='eval l=ceiling(len(_raw)/1048576) | stats count AS events max(l) AS longest'
expect 'an event beyond 4 MiB' 0 '{"events":3,"longest":4}' run --break-only-before '^\d' "$count" long.log
says 'is told' 'warning W0103: long.log: one event is longer than 4 MiB, and cut there'
expect 'likewise' 0 '{"events":3,"longest":4}' run --line-breaker '(\n)\d' "$count" long.log
says 'is told' 'warning W0103: long.log: one event is longer than 4 MiB, and cut there'
gzip -c long.log >long.log.gz
expect 'in an archive' 0 '{"events":3,"longest":4}' run --break-only-before '^\d' "$count" long.log.gz
says 'is told' 'long.log.gz: one event is longer than 4 MiB, and cut there'

# Two chunks with two events and one, made by hand.
base64 -d >two.evtx.gz <<'TEXT'
H4sIAAAAAAACA+3Yz2sUZxzH8e/szGzWmG2M9FJPohgh4CZKAmL0IEmEIEo0CXiwyNZsTHSzG3ZjTJpL1INFqKDgyULBU0+5taBYD4Ve6tVe/A
d6K1gQlB62n2fy7HZTY020RQ/v17J55pnn+/yaZ76CO1ScPDZdLFhd4MvIl8vJvdBsW8r+a9/8dGrFAAAAAADA/26oODkwVbrU+H9/6h+/A6Sa
fgf4KjbbtsWsev3U5+87rxv/6vc933ICH1ZXl841/Pu8lzt/GVu59yxoDwJrC3q3m3X6V8BdN2tXLxd1tFYLdXnChz1si23I5q1gJZtT/Ya+6Y
u+8VF7bAs2Y0U1VlWPgz6bUticzdoh69anaud1p6CYvK5zKqd1p2Jl1co2qcic6mXd77YraiupPGA9+vTqqscO6m+hMX11TS0V1Gp3tNGXfjXl
sbSN2qKi5pIZ9bZrM2dU7ghXI54vZWwkmX1ec00oqqK7fW5LR3zI8buRndRiZ6yQbChrY7pyQ+57rWuoBexS1KLv+yLf0vSshm3QLSGrwSOtY0
SV+z6w/9ZWDTudTDKggQqa0K15Qm173Wqe+MDDS61rtlTvZJYNrMPNn9P1Kx99LMw2zX9apXu0FQ1bX0vKWiN10ktiOf+T4HUtekBnlFenkroU
XWAcRI191zuc8x36Sxl1cEc2a5eTdVVWu4Q6wartt8j1eKx7t32PwWtbmtY1mGw2749nSOUDH3ezHDW17nEP4mm0/rHE2pJ7py6onsqGFrhHPO
ya4vXG2u3G2hmvP1Zk41q320ayCfcg8tpElPxomrK0ZaxD31bbprQKGilVT7EBvepn1SOnIRbckC7/6nnY+JX1xy/G1+bhSryhPPw1/pc8/CP+
mPJwOf22PLyffmse/px+9zwMWjaYh10tG8zD0ZbN5OHVlnfIwx9aNpmHv7VsNg8/y2wsD49m3piHZzObzMOvM2/Mw+8y75mHnygLU42UqqfYgu
20Tn136Zzc25DkHwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAAAAAABg1VBxcmCqdMlCX39Tuez+pFTGZp/Wls6+77yBviO/757kBD6sri6dadh0zqN/jq/cexa0B4G1Bb3bzTpTqy
3uulm7urioo7VaqMsTPuxhW2xDNm8FK9mc6jf0TV/0jY/aY1uwGSuqsap6HPTZlMLmbNYOWbc+VTuvOwXF5HWdUzmtOxUrq1a2SUXmVC/rfrdd
UVtJ5QHr0adXVz12UH8Ljemra2qpoFa7oxfvpV9NeSxto7aoqLlkRr3g2swZlTv843i+lLGRZPZ5zTWhqIru9rktHfEhx+9GdlKLnVGj21DWxn
Tlhtz3WtdQC9ilqEXf90W+pelZDdugW0JWg0dax4gq931g/62tGnY6mWRAAxU0oVvzhNr2utU88YGHl1rXbKneySwbWIebP6frVz76WJhtmv+0
SvdoKxq2vpaUtUbqpJfEctFqp+ta9IDOKK9OJXUpusA4iBr7rnc45zv0lzLq4I5s1i4n66qsdgl1glXbb5Hr8Vj3bvseg9e2NK1rMNls3h/PkM
oHPu5mOWpq3eMexNNo/WOJtSX3Tl1QPZUNLXCPeNg1xeuNtduNtTNef6zIxrVut41kE+5B5LWJyKLk38i0ZaxD31ZdB0qsekrVU+zLegYth/z7
AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAPj5/AbIECrMAEAIA
TEXT
gzip -dc two.evtx.gz >two.evtx
if "$SPELK" run '*' two.evtx >/dev/null 2>&1; then
  three='{"EventID":"1","Image":"C:\\a.exe","host":"ws1","_time":1714557601}
{"EventID":"2","Image":"x & \"y\"","host":"ws1","_time":1714557602}
{"EventID":"3","Image":"z","host":"ws1","_time":1714557603}'
  reads two.evtx "$three" 'User=ana | table EventID Image host _time'
  expect 'the text of an event' 0 "{\"_raw\":\"<Data Name='Image'>z</Data>\"}" \
    run 'EventID=3 | rex "(?<_raw><Data Name=.Image.>[^<]*</Data>)" | table _raw' two.evtx
  { head -c 4096 two.evtx; head -c 65536 /dev/urandom; tail -c 65536 two.evtx; } >damaged.evtx
  expect 'a damaged chunk takes its own events with it' 3 '{"EventID":"3"}' run '* | table EventID' damaged.evtx
  says 'and is told' 'damaged.evtx: the event log is damaged: 1 of its 2 chunks of 64 KiB is damaged, with all their events'
  head -c 69632 two.evtx >shorter.evtx
  expect 'a chunk that is not there' 3 '{"EventID":"1"}
{"EventID":"2"}' run '* | table EventID' shorter.evtx
  says 'is missed by what the header says' 'shorter.evtx: the event log is damaged: it is cut off: 1 of its 2 chunks are there'
  { head -c 5497 two.evtx; printf b; tail -c +5499 two.evtx; } >changed.evtx
  expect 'a value that changed' 3 '{"Image":"C:\\b.exe"}' run 'EventID=1 | table Image' changed.evtx
  says 'is told by the checksum' 'changed.evtx: the event log is damaged: 1 of its 2 chunks does not match its checksum, so that values of events there may be wrong'
  head -c 5600 two.evtx >cut.evtx
  expect 'events that are whole' 3 '{"EventID":"1"}' run '* | table EventID' cut.evtx
  says 'what is cut off' 'cut.evtx: the event log is damaged: 1 event could not be read; it is cut off in its last chunk'
fi

if command -v xz bzip2 >/dev/null && "$SPELK" run '*' <(printf x | xz) >/dev/null 2>&1; then
  xz -c rows.csv >rows.csv.xz
  reads rows.csv.xz "$two"
  bzip2 -c array.json >array.bz2
  reads array.bz2 "$two"
  tar -cf both.tar rows.tsv events.xml
  reads both.tar "$two
$two"
  head -c 60 rows.csv.xz >cut.xz
  expect 'an archive that is cut off' 3 '' run '*' cut.xz
  says 'is told' 'cut.xz: the archive cannot be read'
  # Of a wrong sum the library only warns.
  { printf 'PK\003\004\024\000\000\000\000\000\000\000\000\000\000\000\000\000\010\000\000\000\010\000\000\000'
    printf '\001\000\000\000a{"n":1}\n'; } >sum.zip
  expect 'an archive with a wrong sum' 3 '' run '*' sum.zip
  says 'it is told, too' 'sum.zip: the archive cannot be read (ZIP bad CRC'
fi

# Some lines are events: a feed.
printf 'a heading\n\n{"EventID":1}\n' >heading.ndjson
for search in '*' 'EventID=1' 'EventID=*'; do
  expect "a heading before the events: $search" 0 '{"EventID":1}' run "$search" heading.ndjson
done
expect 'that are not looked for' 0 '' run 'EventID=7' heading.ndjson
{ seq 1 200000 | sed 's/$/ words/'; echo '{"EventID":1}'; } >late.ndjson
expect 'the first event is in a later block' 0 '' run 'EventID=7' late.ndjson
expect 'with several workers' 0 '' run --threads 4 'EventID=7' late.ndjson
: >empty
printf '\n \n' >blank
expect 'nothing, and blank lines' 0 '' run 'EventID=1' empty blank

# The others are read all the same.
printf '{"EventID":1}\n' >good.ndjson
expect 'one of several inputs' 3 '{"EventID":1}' run 'EventID=1' feed.db good.ndjson
says 'is named' 'feed.db is no feed of events: it is an SQLite database'
expect 'two of them' 3 '{"EventID":1}' run 'EventID=1' feed.db good.ndjson feed.7z
says 'the others are counted' '; nor is 1 other input'
expect 'enough rows before it' 0 '{"EventID":1}' run --threads 1 'EventID=1 | head 1' --order input good.ndjson

# What an input is does not depend on which of its lines a search reads.
printf '{"\346\346":1,"EventID":1}\n{"EventID":2,"Image":"x"}\n' >damaged.ndjson
printf 'words\n{"EventID":2,"Image":"x","m":01}\n' >faulty.ndjson
printf '[words]\n{"EventID":2}\n{"EventID":3}\n' >bracket.ndjson
for file in damaged.ndjson faulty.ndjson bracket.ndjson; do
  for search in 'EventID=1' 'EventID=7' 'EventID=7 | table Image'; do
    expect "$file has an event: $search" 0 '' run "$search" "$file"
    expect "$file has an event, read in full: $search" 0 '' run "$search" "$file" \
      --without-pass prefilter --without-pass projection
  done
done
expect 'an event with a fault after words' 0 '{"Image":"x"}' run 'EventID=2 | table Image' faulty.ndjson
expect 'and with all fields' 0 '{"EventID":2,"Image":"x"}' run 'EventID=2' faulty.ndjson
expect 'lines that are too long' 0 '' run --max-line 5 'EventID=7' good.ndjson
expect 'lines that are too long, looked for' 0 '' run --max-line 5 'EventID=1' good.ndjson
printf '\n\n\1words\n' >words
expect 'blank lines before' 3 '' run 'EventID=1' words
says 'are no kind of feed' 'words is no feed of events'
expect 'the same from a pipe' 3 '' bash -c 'cat words | "$SPELK" run EventID=1'
