#!/usr/bin/env bash
# Help, version, completion, and what is said about a wrong command line.
expect 'version' 0 '' contains 'spelk 0.' "$SPELK" --version
expect 'help' 0 '' contains 'run' "$SPELK" --help
expect 'help of run' 0 '' contains '--max-line' "$SPELK" run --help
expect 'help of a command' 0 '' contains 'mvexpand <field>' "$SPELK" help mvexpand
expect 'help of a function' 0 '' contains 'upper(' "$SPELK" help upper
expect 'help of all begins with the subcommands' 0 'Subcommands' bash -c '"$SPELK" help | head -n 1'
for command in run lint fmt diff lsp test; do
  expect "among them $command" 0 '1' bash -c '"$SPELK" help | sed "/^Commands/q" | grep -cE "^  $1 +[A-Z]"' - $command
done
expect 'help of what is not there' 2 '' "$SPELK" help nosuch
expect 'nothing at all' 2 '' "$SPELK"
expect 'a subcommand that is none' 2 '' "$SPELK" ruin
expect 'no search' 2 '' "$SPELK" run
says 'an example is given' 'spelk run'
expect 'an option that is none' 2 '' "$SPELK" run --nosuch 'x=1'
for shell in bash zsh fish; do
  expect "completion for $shell" 0 '' contains spelk "$SPELK" completion $shell
done
expect 'completion for another shell' 2 '' "$SPELK" completion csh
expect 'names that begin alike' 0 'mvexpand' bash -c '"$SPELK" complete mvexp'
completes() { # completes WORD…: what bash offers behind these words
  bash -c 'eval "$("$SPELK" completion bash)"; spelk() { "$SPELK" "$@"; }
    COMP_WORDS=(spelk "$@") COMP_CWORD=$#; _spelk; echo "${COMPREPLY[@]}"' - "$@"
}
expect 'bash completes a format' 0 'table' completes run -o ta
expect 'an order' 0 'auto time input' completes explain --order ''
expect 'an option of run' 0 '--fail-on-hits --fail-if-empty' completes run --fail
expect 'none that explain has not' 0 '' completes explain --fail
expect 'a subcommand' 0 'check' completes ch
expect 'a shell' 0 'zsh' completes completion z
expect 'a name of SPL' 0 'mvexpand' completes help mvexp
mkdir folder
touch file
expect 'a folder' 0 'folder' completes run --app f
expect 'an input' 0 'file folder' bash -c 'echo "$@" | xargs -n 1 | sort | xargs' - $(completes run 'a=1' f)
rm -r folder file
# The scripts offer only what the program takes, and every option that it declares.
for choice in $(completes run -o ''); do
  expect "-o $choice" 0 '' bash -c '"$SPELK" run -o "$1" "| makeresults" >/dev/null' - "$choice"
done
for choice in $(completes explain --stage ''); do
  expect "--stage $choice" 0 '' bash -c '"$SPELK" explain --stage "$1" "| makeresults" >/dev/null' - "$choice"
done
for choice in $(completes run --order ''); do
  expect "--order $choice" 0 '' bash -c '"$SPELK" run --order "$1" "| makeresults" >/dev/null' - "$choice"
done
for choice in $(completes run --color ''); do
  expect "--color $choice" 0 '' bash -c '"$SPELK" run --color "$1" "| makeresults" >/dev/null' - "$choice"
done
for command in run explain check help completion; do
  for option in $("$SPELK" $command --help | grep -oE '^ +(-[a-zA-Z],)?--[a-z-]+' | tr -d ' ' | tr ',' ' '); do
    expect "bash knows $command $option" 0 '' bash -c '[[ " $1 " == *" $2 "* ]]' - "$(completes $command -)" "$option"
    expect "zsh knows $option" 0 '' contains "'$option:" "$SPELK" completion zsh
    long=${option#--}
    [ "$long" = "$option" ] || expect "fish knows $option" 0 '' contains " -l $long " "$SPELK" completion fish
  done
done
for shell in zsh fish; do
  command -v $shell >/dev/null || continue
  "$SPELK" completion $shell >script
  expect "$shell reads its script" 0 '' $shell -n script
done

printf '{"a":1}\n' >in.ndjson
expect 'a wrong search' 2 '' "$SPELK" run 'a=1 | nosuch' in.ndjson
says 'with its place' '<query>:1:7: error E0201'
printf 'a=1\n| nosuch\n' >search.spl
expect 'a wrong search in a file' 2 '' "$SPELK" run -f search.spl in.ndjson
says 'with its place there' 'search.spl:2:3: error E0201'
expect 'a search in a file' 0 '{"a":1}' bash -c 'printf "a=1\n| table a\n" >ok.spl; "$SPELK" run -f ok.spl in.ndjson'
expect 'a search file that is not there' 2 '' "$SPELK" run -f gone.spl in.ndjson
expect 'an empty search' 2 '' "$SPELK" run '' in.ndjson
expect 'a zone that is none' 2 '' "$SPELK" run --tz Mars/Base 'a=1' in.ndjson
expect 'a size that is none' 2 '' "$SPELK" run --memory much 'a=1' in.ndjson
expect 'a time that is none' 2 '' "$SPELK" run --earliest sometime 'a=1' in.ndjson
expect 'a pass that is none' 2 '' "$SPELK" run --without-pass nosuch 'a=1' in.ndjson
says 'with those that there are' 'top-k, early-stop'
expect 'a pass that is none, explained' 2 '' "$SPELK" explain --without-pass nosuch 'a=1' in.ndjson
expect 'too few threads' 2 '' "$SPELK" run --threads 0 'a=1' in.ndjson
expect 'a search that needs no input' 0 '{"n":1}' "$SPELK" run '| makeresults | eval n=1 | table n'
expect 'check' 0 '' "$SPELK" check 'a=1 | stats count by b'
# check finds all that explain finds, without an input.
for search in 'a=1 | tabel b' '| stats foo(x)' 'a=1 | eval b=nosuch(c)' '`nosuch`' 'a=1 | dedup keepnull=t b' \
  'a=1 | where b' '| makeresults | table b | search [search | tabel x]'; do
  expect "explain refuses: $search" 2 '' "$SPELK" explain "$search"
  explained=$(cat messages)
  expect "check refuses: $search" 2 '' "$SPELK" check "$search"
  says "in the same words: $search" "${explained%%$'\n'*}"
done
expect 'a pass that is none, checked' 2 '' "$SPELK" check --without-pass nosuch 'a=1'
expect 'check of what does not parse' 2 '' "$SPELK" check 'a=( | table'
expect 'explain' 0 '' contains 'order: input' "$SPELK" explain 'a=1' in.ndjson

# A command line that is wrong.
expect 'a search in the place of a subcommand' 2 '' "$SPELK" 'a=1 | table a' in.ndjson
says 'it says how a search is run' 'there is no subcommand "a=1 | table a"; a search is run by `spelk run SEARCH`'
expect 'no subcommand' 2 '' "$SPELK"
says 'they are named' 'run, explain, why, check, lint, fmt, diff, pack, test, fields, lsp, apps, help or completion'
expect 'an option of no subcommand' 2 '' "$SPELK" --nosuch
says 'it is named' 'unexpected "--nosuch"'
expect 'an option that run has not' 2 '' "$SPELK" run --nosuch 'a=1'
says 'where the others stand' '`spelk run --help` tells more'
expect 'a colour that is none' 2 '' "$SPELK" run --color red 'a=1' in.ndjson
expect 'a seed that is none' 2 '' "$SPELK" run --seed x 'a=1' in.ndjson
says 'as for other options' 'spelk: --seed does not take "x"'

expect 'help of a subcommand' 0 '' contains 'Usage: spelk run' "$SPELK" help run
expect 'help of an option' 0 '' contains '--max-line SIZE: Longer lines are no events' "$SPELK" help --max-line
expect 'help of a short option' 0 '' contains '--output FILE' "$SPELK" help -O
expect 'help of a function and a statistic' 0 '' contains 'A statistic' "$SPELK" help max
expect 'help that nobody can take' 3 '' bash -c '"$SPELK" help >/dev/full'

# The search file.
expect 'a folder as the search' 2 '' "$SPELK" run -f . in.ndjson
says 'it is told so' 'cannot read the search from .: Is a directory'
printf '\357\273\277a=1\r\n| table a\r\n' >windows.spl
expect 'a byte order mark and CRLF in a search file' 0 '{"a":1}' "$SPELK" run -f windows.spl in.ndjson
expect 'curly quotes among search terms' 0 '' "$SPELK" run 'a=“1”' in.ndjson
says 'are warned of' '<query>:1:3: warning W0105: this “ (U+201C) is part of the word'
expect 'an operator in lower case among search terms' 0 '' "$SPELK" run 'a=1 or a=2' in.ndjson
says 'is warned of' "<query>:1:5: warning W0106: search: 'or' is a word to look for here"
# words_mean MEANING SEARCH: what a search is warned of, whose words were likely meant otherwise.
words_mean() { expect "$2" 0 '' "$SPELK" run "$2" in.ndjson && says 'is warned of' "$1"; }
words_mean 'the command stats needs a pipe before it' 'a=9 stats count by b'
words_mean 'statistics belong to a command: stats count by …' 'count by b'
words_mean 'functions stand in where and eval' 'a=9 isnull(b)'
words_mean 'write a plain |' 'a=9 │ b=1'
words_mean "'by' is the name of a field here" 'a=9 | sort by b'
words_mean "'by' is the name of a field here" 'a=9 | dedup by b'
expect 'words without anything behind them are words' 0 '' bash -c '! "$SPELK" run "a=9 error stats" in.ndjson 2>&1 | grep W0106'
expect 'in quotes it is not' 0 '' bash -c '! "$SPELK" run "a=1 \"or\" a=2" in.ndjson 2>&1 | grep W0106'
printf '\377\376a\000=\0001\000' >utf16.spl
expect 'a search file in UTF-16' 2 '' "$SPELK" run -f utf16.spl in.ndjson
says 'is told so' 'cannot read the search from utf16.spl: it is not UTF-8'
expect 'check with an input' 2 '' "$SPELK" check 'a=1' in.ndjson
says 'reads none' 'unexpected "in.ndjson"; check reads no input'
expect 'an option almost right' 2 '' "$SPELK" run --thread 2 'a=1' in.ndjson
says 'is proposed' 'unexpected "--thread"; did you mean --threads?'
expect 'an option without its value' 2 '' "$SPELK" run 'a=1' in.ndjson --threads
says 'needs one' '--threads needs a value'
expect 'an option given twice' 2 '' "$SPELK" run -o csv -o json 'a=1' in.ndjson
says 'is refused' '--format is given more than once'

expect 'a long search without a pipe' 0 '' bash -c '"$SPELK" check "table $(seq -s " " -f field_%g 1 100)" 2>seen; cat seen >&2'
says 'is not told again' 'to look for the words, write `search …`; a leading pipe'
