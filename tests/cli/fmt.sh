#!/usr/bin/env bash
# spelk fmt: of a search, of standard input, of files and folders; what it writes and how it ends.
expect 'a search' 0 'a b
| head 1' "$SPELK" fmt 'a   b|head 1'
expect 'standard input' 0 'a
| head 1' bash -c 'printf "a|head 1\n" | "$SPELK" fmt -'
expect 'narrow' 0 'index=a
    bbbbbbbbbbbbbbbb' "$SPELK" fmt --width 20 'index=a bbbbbbbbbbbbbbbb'
expect 'one that does not parse' 2 '' "$SPELK" fmt 'a | stats count by'
says 'with its place' '<query>:1:19: error E0101'
expect 'nothing' 2 '' "$SPELK" fmt
expect 'no file' 3 '' "$SPELK" fmt nosuch.spl
expect 'no width' 2 '' "$SPELK" fmt --width 3 'a b'

mkdir -p pack/.git pack/sub
printf 'a|head 1' >pack/a.spl
printf 'a\n| head 1\n' >pack/b.spl
printf 'name: n\nsearch: a|head 1\n' >pack/sub/c.yml
printf '[s]\nsearch = a|head 1\n' >pack/savedsearches.conf
printf 'a|head 1' >pack/.git/d.spl
printf 'a|head 1' >pack/e.txt
expect 'what would change' 1 '' "$SPELK" fmt --check pack
says 'is named' 'would format pack/a.spl'
says 'and counted' '3 of 4 files would change'
expect 'nothing is written then' 0 'a|head 1' cat pack/a.spl
expect 'as a patch' 1 '--- pack/sub/c.yml
+++ pack/sub/c.yml
@@ -1,2 +1,4 @@
 name: n
-search: a|head 1
+search: |-
+  a
+  | head 1' "$SPELK" fmt --diff pack/sub/c.yml
command -v git >/dev/null && expect 'a patch that git takes' 0 '' bash -c \
  'cd pack && git init -q . && "$SPELK" fmt --diff a.spl savedsearches.conf >../p; git apply -p0 ../p && git apply -p0 -R ../p'
chmod 640 pack/a.spl
expect 'a folder is written' 0 '' "$SPELK" fmt pack
says 'and its files named' 'formatted pack/savedsearches.conf'
expect 'searches' 0 'a
| head 1' cat pack/a.spl
expect 'YAML' 0 'name: n
search: |-
  a
  | head 1' cat pack/sub/c.yml
expect 'saved searches' 0 '[s]
search = a \
| head 1' cat pack/savedsearches.conf
expect 'not what is hidden, nor other files' 0 'a|head 1a|head 1' cat pack/.git/d.spl pack/e.txt
expect 'permissions stay' 0 '640' stat -c %a pack/a.spl
expect 'twice is as once' 0 '' "$SPELK" fmt --check pack
expect 'no other file' 2 '' "$SPELK" fmt pack/e.txt pack/b.spl
says 'with those that are read' 'pack/e.txt: searches are formatted in files .spl, .yml and .yaml and in savedsearches.conf'
expect 'which stays as it is' 0 'a|head 1' cat pack/e.txt
expect 'but as standard input' 0 'a
| head 1' bash -c '"$SPELK" fmt - <pack/e.txt'
printf '{"a": "b|c"}\n' >feed.ndjson
for name in feed.ndjson feed.spl; do
  [ -f $name ] || cp feed.ndjson $name
  expect "no events: $name" 2 '' "$SPELK" fmt $name
done
says 'and are told' 'feed.spl: it holds JSON, no search'
expect 'which stay as they are' 0 '{"a": "b|c"}{"a": "b|c"}' bash -c 'cat feed.ndjson feed.spl | tr -d "\n"'
expect 'nor from standard input' 2 '' bash -c 'printf "\n[ {\"a\":1}]" | "$SPELK" fmt -'
expect 'a subsearch begins like a list' 0 '[ search a
      | fields b ]
| head 1' bash -c 'printf "[search a|fields b]|head 1" | "$SPELK" fmt -'
printf 'search: |\n  a | stats count by\n' >bad.yml
expect 'a search of a file that does not parse' 2 '' "$SPELK" fmt bad.yml pack/b.spl
says 'with its place in the file' 'bad.yml:2:21: error E0101'
printf 'a: [\n' >worse.yml
expect 'no YAML' 2 '' "$SPELK" fmt worse.yml
says 'is told' 'worse.yml:'
