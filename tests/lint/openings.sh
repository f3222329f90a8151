#!/usr/bin/env bash
# Every file opens with a line on what it holds.
bad=0
while IFS= read -r file; do
  case $(head -n 1 "$file") in
    //* | '#'*) ;;
    *) echo "$file does not say what it holds"; bad=1 ;;
  esac
done < <(find src include tests bench examples \( -name '*.cc' -o -name '*.h' \) 2>/dev/null)
while IFS= read -r file; do
  # A script's first line names its shell.
  head -n 2 "$file" | tail -n 1 | grep -q '^# ' || { echo "$file does not say what it holds"; bad=1; }
done < <(find tests bench queries .ci dev -name '*.sh' -o -path dev -o -path .ci/run)
exit $bad
