#!/usr/bin/env bash
# Runs the pack's three analytics over the feed beside this script: run.sh SPELK
set -euo pipefail
spelk=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for analytic in wmi_activity_analytic_1 wmi_permanent_subscription wmi_remote_process_creation; do
  printf '\n== %s\n' "$analytic"
  "$spelk" run --app . -f "$analytic.spl" -o vertical demo/feed.ndjson
done
