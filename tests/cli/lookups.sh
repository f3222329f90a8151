#!/usr/bin/env bash
# Lookup tables on the command line: where they come from, and where what is written goes.
printf '{"uid":"1"}\n{"uid":"2"}\n' >events.ndjson
printf 'uid,name\n1,Ann\n2,Bob\n' >users.csv
mkdir -p tables app/lookups app/default out other
printf 'uid,name\n1,Cyd\n' >tables/users.csv
printf 'uid,name\n1,Dot\n' >app/lookups/users.csv
printf '[users]\nfilename = users.csv\n' >app/default/transforms.conf
gzip -c users.csv >app/lookups/packed.csv.gz
ln -s ../../users.csv app/lookups/linked.csv

run() { "$SPELK" run -o csv "$@"; }

expect 'a file under its name' 0 'name
Ann
Bob' run 'lookup users.csv uid OUTPUT name | table name' --lookup users.csv events.ndjson
expect 'and without its ending' 0 'name
Ann
Bob' run 'lookup users uid OUTPUT name | table name' --lookup users.csv events.ndjson
expect 'a file under another name' 0 'name
Ann
Bob' run 'lookup people uid OUTPUT name | table name' --lookup people=users.csv events.ndjson
expect 'a folder of files' 0 'name
Cyd' run '| inputlookup users.csv | table name' --lookup tables
expect 'what is given hides the files of apps' 0 'name
Cyd' run '| inputlookup users | table name' --app app --lookup tables
expect 'gzip' 0 'count
2' run '| inputlookup packed.csv.gz | stats count' --app app
expect 'no such file' 2 '' run '| inputlookup x.csv' --lookup nowhere.csv
says 'it is named' 'there is no lookup file nowhere.csv'
expect 'a link that leads out of the app is not followed' 2 '' run '| inputlookup linked.csv' --app app
says 'and that is said' 'leads out of the app folder'
expect 'a name that leads out of the folder' 2 '' run '| inputlookup ../users.csv' --lookup tables

printf '[x]\ndefinition = secret\n' >app/default/macros.conf
expect 'nor is another file of the app a table' 2 '' run '| inputlookup ../default/macros.conf' --app app
says 'which is said' "the lookup table '../default/macros.conf' does not exist"
expect 'nothing is written without a flag' 0 'uid
1
2' run 'table uid | outputlookup seen.csv' events.ndjson
expect 'so there is no file' 1 '' test -e seen.csv
expect 'a file in the folder that was allowed' 0 'uid
1
2' run 'table uid | outputlookup seen.csv' --allow-write out events.ndjson
expect 'holds the rows' 0 'uid
1
2' cat out/seen.csv
expect 'and is read from there' 0 'uid
1
2' run '| inputlookup seen.csv' --allow-write out
expect 'rows are added' 0 'uid
1
2' run 'table uid | outputlookup append=t seen.csv' --allow-write out events.ndjson
expect 'to those that there were' 0 '4' bash -c 'grep -c "^[12]$" out/seen.csv'
expect 'an archive' 0 'uid
1
2' run 'table uid | outputlookup seen.csv.gz' --allow-write out events.ndjson
expect 'is one' 0 'uid
1
2' gzip -dc out/seen.csv.gz
expect 'no rows remove the file' 0 '' run 'search uid=9 | outputlookup seen.csv' --allow-write out events.ndjson
expect 'it is gone' 1 '' test -e out/seen.csv
expect 'rows for a summary index' 0 'uid,count
1,1
2,1' run 'stats count BY uid | collect index=summary marker="k=v w"' --allow-write out --now 1600000000 events.ndjson
expect 'are events in a file' 0 '{"_time":1600000000,"_raw":"09/13/2020 12:26:40 +0000, info_min_time=0.000, info_max_time=+Infinity, info_search_time=1600000000.000, k=v w, uid=1, count=1","index":"summary","sourcetype":"stash","uid":"1","count":"1"}
{"_time":1600000000,"_raw":"09/13/2020 12:26:40 +0000, info_min_time=0.000, info_max_time=+Infinity, info_search_time=1600000000.000, k=v w, uid=2, count=1","index":"summary","sourcetype":"stash","uid":"2","count":"1"}' cat out/summary.ndjson
printf '{"_time":5,"_raw":"x y","host":"h","sourcetype":"s","source":"f"}\n' >raw.ndjson
expect 'an event as it is' 0 '_raw
x y' run 'collect index=summary source=now host=here | table _raw' --allow-write out raw.ndjson
expect 'is added to them' 0 '{"_time":5,"_raw":"x y","index":"summary","source":"now","sourcetype":"stash","host":"here","orig_host":"h","orig_sourcetype":"s","orig_source":"f"}' tail -n 1 out/summary.ndjson
expect 'and can be searched' 0 'n
2' run 'index=summary uid=* | stats sum(count) AS n' out/summary.ndjson
expect 'no folder' 2 '' run 'table uid | outputlookup seen.csv' --allow-write nowhere events.ndjson
says 'it is named' 'there is no folder nowhere to write to'
ln -s ../other/target.csv out/leads_out.csv
touch other/target.csv
expect 'a link that leads out of the folder is not written through' 2 '' run 'table uid | outputlookup leads_out.csv' --allow-write out events.ndjson
says 'and that is said' 'leads out of the app folder'
expect 'its target stays' 0 '' cat other/target.csv
printf '{"uid":"1"}\n{"uid":\n' >broken.ndjson
expect 'a search that fails' 3 'count' run 'stats count | outputlookup failed.csv' --allow-write out --strict broken.ndjson
expect 'writes nothing' 1 '' test -e out/failed.csv

# ---- tables that are not there
printf '{"n":1,"k":"a","team":"red"}\n' >one.ndjson
expect 'they are an error' 2 '' "$SPELK" run 'lookup nobody k OUTPUT team' one.ndjson
expect 'or empty, if that is asked for' 0 '{"n":1,"k":"a"}' "$SPELK" run --empty-tables 'lookup nobody k OUTPUT team owner | table n k team owner' one.ndjson
says 'and that is told' "there is no lookup table 'nobody': taken as empty"
expect 'as rows, too' 0 '{"n":"2"}' "$SPELK" run --empty-tables '| inputlookup nobody.csv | inputlookup append=t nobody | append [makeresults | eval n="2" | table n]'
expect 'what a search writes is not lost' 0 '{"n":1}' "$SPELK" run --empty-tables 'table n | outputlookup nobody.csv | table n' one.ndjson

# ---- a blank after the comma of the first line
printf 'k, team\na, red\n' >blank.csv
expect 'is no part of the name' 0 '{"team":" red"}' "$SPELK" run --lookup blank.csv 'lookup blank k OUTPUT team | table team' one.ndjson

# geom takes its shapes out of a KMZ file: a zip archive, written here by hand.
le32() { printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24)))"; }
sum() { tail -c 8 doc.kml.gz | head -c 4; }
kmz() {
  local packed size
  gzip -nc doc.kml >doc.kml.gz
  size=$(stat -c %s doc.kml) packed=$(($(stat -c %s doc.kml.gz) - 18))
  printf 'PK\003\004\024\000\000\000\010\000\000\000\000\000' && sum && le32 "$packed" && le32 "$size"
  printf '\007\000\000\000doc.%s' "$1" && tail -c +11 doc.kml.gz | head -c "$packed"
  printf 'PK\001\002\024\000\024\000\000\000\010\000\000\000\000\000' && sum && le32 "$packed" && le32 "$size"
  printf '\007\000\000\000\000\000\000\000\000\000\000\000\000\000' && le32 0 && printf 'doc.%s' "$1"
  printf 'PK\005\006\000\000\000\000\001\000\001\000' && le32 53 && le32 $((37 + packed)) && printf '\000\000'
}
mkdir -p geo/default geo/lookups
for name in shapes cut none bad; do
  printf '[%s]\nexternal_type = geo\nfilename = %s.kmz\n' $name $name
done >geo/default/transforms.conf
printf '%s' '<kml><Placemark><name>A</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,0' \
  '</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>' >doc.kml
kmz kml >geo/lookups/shapes.kmz
kmz txt >geo/lookups/none.kmz
head -c 60 geo/lookups/shapes.kmz >geo/lookups/cut.kmz
{ head -c 60 geo/lookups/shapes.kmz && printf x && tail -c +62 geo/lookups/shapes.kmz; } >geo/lookups/bad.kmz
expect 'a KMZ file' 0 '{"geom":"{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[4,0],[4,4],[0,0]]]]}"}' \
  "$SPELK" run '| makeresults | eval featureId="A" | geom shapes | table geom' --app geo
for name in cut none bad; do
  expect "a KMZ file that is $name" 4 '' "$SPELK" run "| makeresults | geom $name" --app geo
  says 'it is told' "geom: the lookup '$name': the archive cannot be read: "
done
