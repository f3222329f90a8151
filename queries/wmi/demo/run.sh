#!/usr/bin/env bash
# Runs three analytics of the pack over the feed beside this script: run.sh SPELK
set -euo pipefail
spelk=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for analytic in wmi_permanent_subscription wmi_remote_process_creation wmic_command_line; do
  printf '\n== %s\n' "$analytic"
  "$spelk" run --app . -f "$analytic.spl" -o vertical demo/feed.ndjson
done
