#!/usr/bin/env bash
# Puts the static program with its completions, its licences and the packs into an archive.
# package.sh BUILD FOLDER: BUILD is the build folder of the preset static.
set -euo pipefail
build=$(realpath "$1") folder=$2
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
program=$build/spelk
version=$("$program" --version | cut -d' ' -f2)
name=spelk-$version-linux-$(uname -m)
rm -rf "$folder"
mkdir -p "$folder/$name/completions" "$folder/$name/licences"
inside=$(realpath "$folder")/$name

strip -o "$inside/spelk" "$program"
"$program" completion bash >"$inside/completions/spelk.bash"
"$program" completion zsh >"$inside/completions/_spelk"
"$program" completion fish >"$inside/completions/spelk.fish"
cp "$source/LICENSE" "$source/README.md" "$source/CHANGELOG.md" "$inside"
cp -r "$source/queries" "$inside/queries"

# The archives that the linker took something of, by its own list, and the headers that are all of a library.
archives() {
  sed -n 's/^\([^ (]*\.a\)(.*/\1/p' "$build/spelk.map" | sort -u | (cd "$build" && xargs -r realpath) | sort -u
}
for archive in $(archives); do
  case $archive in
    "$build"/src/libspelk.a) ;;
    "$build"/libspelk_*.a)
      library=$(basename "$archive" .a)
      found=0
      for text in "$build"/bundled/"${library#libspelk_}"*/*/LICENSE*; do
        [ -f "$text" ] || continue
        cp "$text" "$inside/licences/${library#libspelk_}.txt"
        found=1
      done
      [ $found -eq 1 ] || { echo "no licence found for $archive" >&2; exit 1; }
      ;;
    *) dpkg-query -S "$archive" 2>/dev/null || { echo "$archive is of no package" >&2; exit 1; } ;;
  esac
done | cut -d: -f1 | sort -u >"$folder/packages"
echo libcli11-dev >>"$folder/packages"
while read -r package; do
  cp "$(realpath "/usr/share/doc/$package/copyright")" "$inside/licences/$package.txt"
  printf '%s %s\n' "$package" "$(dpkg-query -W -f='${source:Package} ${source:Version}' "$package")"
done <"$folder/packages" >"$folder/versions"
rm "$folder/packages"
# What those refer to.
for text in $(grep -ohE '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9]' "$inside"/licences/*.txt | sort -u); do
  cp "$(realpath "$text")" "$inside/licences/$(basename "$text")"
done
{
  echo "What the program is linked of, as Debian names it: package, source package, version."
  echo "glibc is under the LGPL: the sources of spelk, and \`./dev package\` in them, link it anew."
  echo
  cat "$folder/versions"
  grep -v '^#' "$source/src/package/sources.txt" | while read -r package package_version _; do
    echo "built from its sources: $package $package_version"
  done
} >"$inside/licences/LIBRARIES"
rm "$folder/versions"

# The same bytes for the same files.
date=@${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2>/dev/null || date +%s)}
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="$date" -C "$folder" -c "$name" | gzip -9n >"$folder/$name.tar.gz"
rm -rf "$inside"
echo "$folder/$name.tar.gz ($(du -h "$folder/$name.tar.gz" | cut -f1))"
