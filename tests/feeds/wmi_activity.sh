#!/usr/bin/env bash
# Over recorded feeds, the first stage of ATT&CK's Analytic 1 finds what jq finds: wmi_activity.sh SPELK PROJECT DATA
set -euo pipefail
spelk=$1 pack=$2/queries/wmi data=$3
command -v jq >/dev/null && command -v zstd >/dev/null || exit 77
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The search as far as its first pipe, without the comment on it.
sed -e '1,/```$/d' -e '/^|/,$d' "$pack/wmi_activity_analytic_1.spl" >"$folder/first.spl"
grep -q EventCode=5861 "$folder/first.spl"
"$spelk" run -f "$folder/first.spl" -o ndjson "$data"/*/*.zst 2>/dev/null | jq -cS . | sort >"$folder/found"

zstd -dcq "$data"/*/*.zst | { grep -ai 'wmi-activity' || true; } | jq -cS '
  select((.Channel // .log_name // "" | ascii_downcase) == "microsoft-windows-wmi-activity/operational")
  | select((.EventID // .event_id) | . == 5857 or . == 5858 or . == 5861)' | sort >"$folder/wanted"

wanted=$(wc -l <"$folder/wanted")
if ! cmp -s "$folder/wanted" "$folder/found"; then
  echo "of $wanted events that jq finds and $(wc -l <"$folder/found") that spelk finds these differ:"
  diff "$folder/wanted" "$folder/found" | cut -c1-300 | head -n 10
  exit 1
fi
[ "$wanted" -gt 0 ]
echo "$wanted events, as jq finds them"
