#!/usr/bin/env bash
# --limits and --limit, and what is said of a limit that cut something.
ten='| makeresults count=10 | streamstats count AS n'
expect 'a limit that is set' 0 '{"l":[1,2]}' "$SPELK" run --limit stats.list_maxsize=2 "$ten | stats list(n) AS l"
says 'is named' '(limit stats.list_maxsize)'
expect 'in one warning' 0 '1' bash -c '"$SPELK" run --limit stats.list_maxsize=2 "$1 | stats list(n) BY n | eval m=mvrange(0, n) | stats list(m) BY n | stats count" 2>&1 | grep -c list_maxsize' - "$ten"
expect 'several of them' 0 '{"l":[1,2,3]}' "$SPELK" run --limit sort.count=3 --limit stats.list_maxsize=4 "$ten | sort n | stats list(n) AS l"
expect 'all of them lifted' 0 '{"c":150}' "$SPELK" run --limits none '| makeresults count=150 | streamstats count AS n | stats list(n) AS l | eval c=mvcount(l) | table c'
expect 'nothing is said then' 0 '' cat messages
expect 'a name that is none' 2 '' "$SPELK" run --limit join.maxout=3 "$ten"
says 'is told the nearest' 'there is no limit "join.maxout"; did you mean join.subsearch_maxout? `spelk help limits` lists all'
expect 'a name misspelt' 2 '' "$SPELK" run --limit subsearch.maxotu=3 "$ten"
says 'likewise' 'did you mean subsearch.maxout?'
expect 'a name without its stanza' 2 '' "$SPELK" run --limit list_maxsize=3 "$ten"
says 'is told the whole one' 'did you mean stats.list_maxsize?'
expect 'a limit that is not applied' 2 '' "$SPELK" run --limit spath.extraction_cutoff=3 "$ten"
says 'is told why' 'the limit spath.extraction_cutoff cuts nothing here: the whole text is read'
expect 'no number' 2 '' "$SPELK" run --limit sort.count=many "$ten"
says 'is told what it takes' 'the limit sort.count takes a whole number or none: sort.count=100'
expect 'other limits than these' 2 '' "$SPELK" run --limits few "$ten"
says 'are refused' 'limits are splunk or none, not "few"'
expect 'check counts with them' 0 '' "$SPELK" check --limit sort.count=3 'a=1 | sort n'
expect 'the table' 0 '' contains 'join.subsearch_maxout' "$SPELK" help limits
mkdir -p app/default
printf '[sort]\ncount = x\n' >app/default/limits.conf
expect 'a limits.conf that is wrong' 2 '' "$SPELK" run --app app "$ten"
says 'is named with its line' 'app/default/limits.conf:2: count takes a whole number, not "x"'
