#!/usr/bin/env bash
# iplocation with a database of addresses (--geo): one is written here, byte by byte, in MaxMind's format.
run() { "$SPELK" run --order input "$@"; }

bytes() { printf "$(printf '\\x%s' "$@")"; }
text() { local LC_ALL=C && bytes "$(printf '%02x' $((0x40 + ${#1})))" && printf '%s' "$1"; }
map() { bytes "$(printf '%02x' $((0xe0 + $1)))"; }
name() { text names && map $# && for each in "$@"; do text "${each%%=*}" && text "${each#*=}"; done; }
uint16() { bytes a2 "$(printf '%02x' $(($1 / 256)))" "$(printf '%02x' $(($1 % 256)))"; }

# A tree for one network of 16 bits; every other address is unknown. Its place is 16 + node count.
tree() {
  local bits=$1 nodes=${#1} i next empty
  empty=$(printf '%06x' "$nodes")
  for ((i = 0; i < nodes; i++)); do
    next=$(printf '%06x' $((i + 1 == nodes ? nodes + 16 : i + 1)))
    if [ "${bits:i:1}" = 1 ]; then pair=$empty$next; else pair=$next$empty; fi
    bytes "${pair:0:2}" "${pair:2:2}" "${pair:4:2}" "${pair:6:2}" "${pair:8:2}" "${pair:10:2}"
  done
}
place() {
  map 5
  text city && map 1 && name 'de=Köln' 'en=Cologne'
  text country && map 1 && name 'en=Germany'
  text continent && map 1 && name 'en=Europe'
  text subdivisions && bytes 01 04 && map 1 && name 'en=North Rhine'
  text location && map 4
  text latitude && bytes 68 40 49 80 00 00 00 00 00
  text longitude && bytes 68 c0 1c 00 00 00 00 00 00
  text metro_code && uint16 807
  text time_zone && text Europe/Berlin
}
about() {
  printf '\253\315\357MaxMind.com'
  map 9
  text node_count && bytes c1 10
  text record_size && uint16 24
  text ip_version && uint16 4
  text database_type && text Test
  text binary_format_major_version && uint16 2
  text binary_format_minor_version && uint16 0
  text build_epoch && bytes 01 02 01
  text languages && bytes 02 04 && text en && text de
  text description && map 1 && text en && text Test
}
# 10.7.0.0/16
{ tree 0000101000000111 && printf '\0%.0s' {1..16} && place && about; } >places.mmdb
printf '%s\n' '{"ip":"10.7.200.1"}' '{"ip":"10.8.0.1","City":"old"}' '{"ip":"::1"}' '{"ip":"no address"}' '{"ip":7}' '{"a":1}' >feed.ndjson

expect 'what the database knows' 0 '{"ip":"10.7.200.1","City":"Cologne","Country":"Germany","Region":"North Rhine","lat":51,"lon":-7}
{"ip":"10.8.0.1"}
{"ip":"::1"}
{"ip":"no address"}
{"ip":7}
{}' run --geo places.mmdb 'iplocation ip | table ip City Country Region lat lon' feed.ndjson
expect 'all fields, another language, a prefix' 0 '{"p_City":"Köln","p_Country":"Germany","p_Continent":"Europe","p_MetroCode":"807","p_Timezone":"Europe/Berlin"}' \
  run --geo places.mmdb 'head 1 | iplocation prefix=p_ allfields=true lang=de ip | table p_City p_Country p_Continent p_MetroCode p_Timezone' feed.ndjson
expect 'within a subsearch' 0 '{"City":"Cologne"}
{"City":"Cologne"}' run --geo places.mmdb 'head 1 | iplocation ip | append [search ip=10.7* | iplocation ip] | table City' feed.ndjson
expect 'without a database' 0 '{"ip":"10.7.200.1"}' run 'head 1 | iplocation ip | table ip City' feed.ndjson
says 'it is told' 'iplocation: no database of addresses was given, so that it finds nothing'

# A database that is none, or damaged, fails by name.
expect 'no such file' 3 '' run --geo nowhere.mmdb 'iplocation ip' feed.ndjson
says 'the file is named' 'nowhere.mmdb: No such file or directory'
expect 'another file' 3 '' run --geo feed.ndjson 'iplocation ip' feed.ndjson
says 'it is named' 'feed.ndjson is no database of addresses'
# The place of the address lies behind the end.
{ tree 0000101000000111 | head -c 93 && bytes 7f ff ff && printf '\0%.0s' {1..16} && place && about; } >damaged.mmdb
expect 'a damaged tree' 3 '' run --geo damaged.mmdb 'iplocation ip' feed.ndjson
says 'it is named, too' 'damaged.mmdb is damaged: '
{ tree 0000101000000111 && printf '\0%.0s' {1..16} && place | LC_ALL=C sed 's/Cologne/Col\xff\xff\xff\xff/' && about; } >odd.mmdb
expect 'text that is no UTF-8' 0 '{"ip":"10.7.200.1"}' run --geo odd.mmdb 'head 1 | iplocation ip | where len(City)>0 | table ip' feed.ndjson
