#!/usr/bin/env bash
# Inputs that hold no events: the run fails, and says what they are and what makes events of them.
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

printf '[{"EventID":1},{"EventID":2}]\n' >array.json
no_feed array.json 'it is a JSON array; `jq -c '\''.[]'\'' array.json` writes one object a line'
printf '[\n  {"EventID":1},\n  {"EventID":2}\n]\n' >lines.json
expect 'an array with its objects on lines' 3 '{"EventID":2}' run '*' lines.json
says 'it is named, too' 'lines.json is no feed of events: it is a JSON array'
printf '{\n  "EventID": 1,\n  "Image": "x"\n}\n{\n  "EventID": 2\n}\n' >pretty.json
no_feed pretty.json 'it is JSON of which the objects are not one on each line; `jq -c . pretty.json` writes one object a line'
printf '{"EventID":1}{"EventID":2}\n' >joined.json
expect 'objects without a line end between them' 3 '' run '*' joined.json
says 'are no events' 'joined.json is no feed of events: it is JSON of which the objects are not one on each line'
printf 'EventID,Image\n1,"x, y"\n2,z\n' >rows.csv
sed -i 's/"x, y"/x/' rows.csv
no_feed rows.csv 'it is CSV; `mlr --icsv --ojsonl cat rows.csv` writes events'
printf 'EventID\tImage\n1\tx\n' >rows.tsv
no_feed rows.tsv 'it is TSV'
printf '<Event xmlns="x"><System/></Event>\n' >event.xml
no_feed event.xml 'it is XML'
printf '<134>Oct 11 22:14:15 host su: failed\n' >messages.log
no_feed messages.log 'it is syslog, and spelk reads one JSON object a line'
printf 'words, and\nmore\n' >notes
no_feed notes 'spelk reads one JSON object a line'
printf 'ElfFile\0\1\2\n\377\n' >Security.evtx
no_feed Security.evtx 'it is a Windows event log (EVTX); `evtx_dump -o jsonl Security.evtx` writes events that spelk reads'
printf '\3757zXZ\0\0\4\n' >feed.xz
no_feed feed.xz 'it is compressed with xz; `xz -dc feed.xz | spelk …` reads it'
printf 'BZh91AY&SY\n' >feed.bz2
no_feed feed.bz2 'it is compressed with bzip2'
printf 'PK\3\4\24\0\n' >feed.zip
no_feed feed.zip 'it is a zip archive'
printf 'PAR1\25\4\n' >feed.parquet
no_feed feed.parquet 'it is Parquet'
printf '{"EventID":1}\n' | iconv -t UTF-16 >utf16.json
no_feed utf16.json 'it is UTF-16; `iconv -f UTF-16 -t UTF-8 utf16.json | spelk …` reads it'
printf '{"EventID":1}\n' | iconv -t UTF-16LE >utf16le.json
no_feed utf16le.json 'it is UTF-16; `iconv -f UTF-16LE'

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
expect 'one of several inputs' 3 '{"EventID":1}' run 'EventID=1' rows.csv good.ndjson
says 'is named' 'rows.csv is no feed of events: it is CSV'
expect 'two of them' 3 '{"EventID":1}' run 'EventID=1' rows.csv good.ndjson array.json
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
printf '\n\nwords\n' >words
expect 'blank lines before' 3 '' run 'EventID=1' words
says 'are no kind of feed' 'words is no feed of events'
expect 'the same from a pipe' 3 '' bash -c 'cat words | "$SPELK" run EventID=1'
