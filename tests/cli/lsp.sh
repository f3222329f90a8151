#!/usr/bin/env bash
# spelk lsp on the command line, and that the examples for editors start it as it is.
editors=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../examples/editors")
expect 'a server whose editor goes is over' 1 '' bash -c '"$SPELK" lsp </dev/null'
expect 'it takes what editors add' 1 '' bash -c '"$SPELK" lsp --stdio </dev/null'
expect 'its options are told' 0 '1' bash -c '"$SPELK" lsp --help | grep -c -- --data'
expect 'nothing else is taken' 2 '' bash -c '"$SPELK" lsp x.spl </dev/null'

message='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
printf 'Content-Length: %d\r\n\r\n%s' ${#message} "$message" >initialize
expect 'it answers' 1 '1' bash -c '"$SPELK" lsp <initialize | grep -c "\"name\":\"spelk\""; exit ${PIPESTATUS[0]}'

# The settings that the extension offers are those that the server knows.
"$SPELK" run -o ndjson '* | head 1' "$editors/vscode/package.json" >package.ndjson
expect 'the extension is JSON' 0 '1' grep -c '"publisher":"local"' package.ndjson
settings=$(grep -o '"spelk\.[a-zA-Z]*"' "$editors/vscode/package.json" | sed 's/"spelk\.//; s/"//' | grep -v '^path$')
comma=
options=$(for name in $settings; do printf '%s"%s":null' "$comma" "$name"; comma=,; done)
message="{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{},\"initializationOptions\":{$options}}}"
printf 'Content-Length: %d\r\n\r\n%s' ${#message} "$message" >initialize
expect 'it knows the settings of the extension' 1 '0' bash -c \
  '"$SPELK" lsp <initialize | grep -c "there is no setting"; exit ${PIPESTATUS[0]}'
for file in vscode/extension.js neovim/spelk.lua helix/languages.toml; do
  expect "$file starts it" 0 '' grep -q '"lsp"' "$editors/$file"
done
