#!/usr/bin/env bash
# Over recorded attacks, the searches of the WMI pack find what wmi_pack.tsv says: wmi_pack.sh SPELK PROJECT DATA
# Each line there: the search, how the feed's name begins, the number of rows, and a text that they hold.
set -euo pipefail
spelk=$(realpath "$1") pack=$2/queries/wmi data=$(realpath "$3") pairs=$(realpath "${BASH_SOURCE[0]%.sh}.tsv")
failed=0 passed=0
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
cd "$pack"
while IFS=$'\t' read -r search feed wanted text; do
  file=$(compgen -G "$data/*/$feed*.zst") || { echo "no feed $feed"; exit 77; }
  "$spelk" run --app . -f "$search.spl" -o ndjson "$file" >"$rows" 2>/dev/null
  if [ "$(wc -l <"$rows")" -eq "$wanted" ] && { [ "$wanted" -eq 0 ] || grep -qiF -- "$text" "$rows"; }; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL $search over $feed: $(wc -l <"$rows") rows, want $wanted with $text"
    cut -c1-300 "$rows" | head -n 5
  fi
done < <(grep -v '^#' "$pairs")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
