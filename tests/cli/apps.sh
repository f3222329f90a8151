#!/usr/bin/env bash
# App folders on the command line: where they come from, and what is listed of them.
mkdir -p one/default one/local one/lookups two/default evil/default plain
printf '[m]\ndefinition = n=1\n' >one/default/macros.conf
printf '[m]\ndefinition = n=2\n' >two/default/macros.conf
printf '[one]\nfields = n\n[two]\nmaxspan = 1m\n' >two/default/transactiontypes.conf
printf 'a,b\n1,2\n' >one/lookups/t.csv
printf '[x]\nEXTRACT-a = (?<a>\nEXTRACT-b = b=(?<b>\\d)\nnonsense\n[y\nEVAL-c = 1\n[z]\nEVAL-c = 2\n' >one/local/props.conf
printf '[ui]\nlabel = One\n' >one/default/app.conf
printf 'secret\n' >outside.conf
ln -s ../../outside.conf evil/default/macros.conf
printf '{"n":1,"k":"e1"}\n{"n":2,"k":"e2"}\n' >events.ndjson
printf '{"sourcetype":"x","_raw":"b=1"}\n{"sourcetype":"z","_raw":"b=2"}\n' >texts.ndjson

run() { "$SPELK" run -o csv "$@"; }

expect 'the later app decides' 0 'k
e2' run '`m` | table k' --app one --app two events.ndjson
expect 'apps of the environment' 0 'k
e1' env SPELK_APPS=one "$SPELK" run -o csv '`m` | table k' events.ndjson
expect 'several of them, empty names left out' 0 'k
e2' env SPELK_APPS=:one::two "$SPELK" run -o csv '`m` | table k' events.ndjson
expect 'those of --app come after' 0 'k
e1' env SPELK_APPS=two "$SPELK" run -o csv '`m` | table k' --app one events.ndjson
expect 'a macro of the command line comes last' 0 'k
e2' run '`m` | table k' --app one --macro 'm=n=2' events.ndjson
expect 'with arguments' 0 'k
e1' run '`of(1)` | table k' --macro 'of(a) = n=$a$' events.ndjson
expect 'a macro without a definition' 2 '' run '`m`' --macro 'm' events.ndjson
says 'it is told how' 'a macro is defined by name=definition'

expect 'a broken line does no harm' 0 'b
1
2' run 'table b' --app one texts.ndjson
says 'and is said' 'left out of the app folders; the first: one/local/props.conf:4: expected [stanza] or key = value'
expect 'nor does a stanza without a name' 0 'c

2' run 'table c' --app one texts.ndjson
expect 'a field that a broken setting gives cannot be had' 2 '' run 'table a' --app one texts.ndjson
says 'with its place' 'one/local/props.conf:2: EXTRACT-a'

expect 'what is listed' 1 "one
  default/app.conf                    not read
  default/macros.conf                 1 stanza
  local/props.conf                    2 stanzas
  lookups/t.csv                       read when it is asked for
two
  default/macros.conf                 1 stanza
  default/transactiontypes.conf       2 stanzas
could not be read, or has no effect:
  one/local/props.conf:4: expected [stanza] or key = value
  one/local/props.conf:5: the stanza's name has no \"]\" behind it
$("$SPELK" apps --app one | grep EXTRACT-a)" "$SPELK" apps --no-builtin --app one --app two
expect 'nothing to list' 0 '' "$SPELK" apps --no-builtin
says 'it is told how' 'name a folder by --app DIR'
expect 'all is well' 0 'two
  default/macros.conf                 1 stanza
  default/transactiontypes.conf       2 stanzas' "$SPELK" apps --app two --no-builtin
own() { "$SPELK" apps --app two | sed 's/ *[0-9].*//' | grep -x -e 'builtin.*' -e '  windows' -e two; }
expect "spelk's own comes first, by family" 0 'builtin (part of the program; --no-builtin leaves it out)
  windows
two' own
expect 'no such folder' 2 '' "$SPELK" apps --app nowhere
says 'it is named' 'there is no app folder nowhere'
expect 'no app' 2 '' "$SPELK" apps --app plain
expect 'a link that leads out of an app is not followed' 3 '' run 'n=1' --app evil events.ndjson
says 'it is named' 'evil/default/macros.conf leads out of the app folder'

# What only fails when a search asks for it is told, too.
mkdir -p late/default/data/models
printf '# caf\351\n[a]\nEVAL-x = 1 +\nEVAL-y = 2\nLOOKUP-z = nowhere k OUTPUT v\n' >late/default/props.conf
printf '[good]\nsearch = a=1\n[bad]\nsearch = `nowhere`\n[off]\nsearch = (\ndisabled = 1\n' >late/default/eventtypes.conf
printf '[lost]\nfilename = lost.csv\n' >late/default/transforms.conf
printf '{broken' >late/default/data/models/Broken.json
expect 'problems of what is read late' 1 '3 EVAL-x
5 LOOKUP-z
4 search
the lookup
the data model' bash -o pipefail -c "\"\$SPELK\" apps --no-builtin --app late | sed -n -e 's,^  late/default/[a-z]*.conf:\([0-9]\): \([A-Za-z-]*\): .*,\1 \2,p' -e 's,^  \(the lookup\|the data model\) .*,\1,p'"
