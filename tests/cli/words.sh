#!/usr/bin/env bash
# Which word of the command line is the search and which the input, and what is said when they are mixed up.
printf '{"EventID":1,"Image":"C:\\\\cmd.exe"}\n{"EventID":2}\n' >feed.ndjson
printf 'EventID=1\n| table EventID\n' >search.spl
mkdir logs
cp feed.ndjson logs/a.ndjson

expect 'a file and no search' 2 '' "$SPELK" run feed.ndjson
says 'the search comes first' 'feed.ndjson is a file, and no search was given; the search comes first'
expect 'a folder and no search' 2 '' "$SPELK" run logs
says 'likewise' 'logs is a file, and no search was given'
expect 'explained' 2 '' "$SPELK" explain feed.ndjson
says 'likewise' 'no search was given'
expect 'checked' 2 '' "$SPELK" check feed.ndjson
says 'likewise' 'no search was given'
expect 'the word may be looked for' 0 '' "$SPELK" run 'search feed.ndjson' feed.ndjson

expect 'the file before the search' 2 '' "$SPELK" run feed.ndjson 'EventID=1'
says 'they are told apart' "feed.ndjson is a file, and EventID=1 is none; the search comes first: \`'EventID=1' feed.ndjson\`"
expect 'a word that is the name of a file, and an input' 0 '' "$SPELK" run logs feed.ndjson
expect 'a search file without -f' 2 '' "$SPELK" run search.spl feed.ndjson
says '-f reads it' '`-f search.spl` reads the search from it'
expect 'check takes it as it is' 0 'verdict,name,mitre,place,message,limits
runs,search,,search.spl:1,,' "$SPELK" check search.spl -o csv

expect 'events as the search file' 2 '' "$SPELK" run -f feed.ndjson
says 'it is told what they are' 'cannot read the search from feed.ndjson: it holds events'
expect 'a search beside a search file' 3 '' "$SPELK" run -f search.spl 'EventID=1' feed.ndjson
says 'there is one already' 'there is no file or directory "EventID=1"; the search is that of search.spl'

expect 'a search without quotes' 3 '' "$SPELK" run EventID=1 'Image=*cmd.exe' feed.ndjson
says 'quotes are missing' 'if Image=*cmd.exe belongs to the search, put the whole search in quotes'
expect 'more words' 3 '' "$SPELK" run EventID=1 Image=x feed.ndjson
says 'quotes are missing, too' 'there is no file or directory "Image=x"; if Image=x belongs to the search'
expect 'an input that is not there' 3 '' "$SPELK" run EventID=1 gone.ndjson
says 'is that and no more' 'there is no file or directory "gone.ndjson"'
expect 'no hint about it' 1 '' grep -q quotes messages
expect 'names are no escapes for terminals' 2 '' bash -c 'printf "{}" >"$(printf "a\033[31m")"; "$SPELK" run "$(printf "a\033[31m")"'
expect 'not raw' 1 '' grep -q $'\033' messages
expect 'nor those that help is asked for' 2 '' "$SPELK" help $'\033[31mx'
says 'they are shown' '\x1b[31mx'
expect 'there not raw, either' 1 '' grep -q $'\033' messages
