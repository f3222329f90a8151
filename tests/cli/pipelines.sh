#!/usr/bin/env bash
# The hooks for pre-commit, the action of GitHub, the jobs of GitLab and the example of pytest, as far as they run here.
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir bin repository
ln -s "$SPELK" bin/spelk
export PATH="$PWD/bin:$PATH"
cd repository || exit 1
mkdir -p detections tests
printf 'EventID=1\n| table User\n' >detections/good.spl
printf 'EventID=1|table User' >detections/flat.spl
printf 'name: n\nsearch: EventID=2|table User\n' >detections/d.yml
printf 'query: EventID=1 | table User\ncases:\n  - fires: {"EventID": 1, "User": "ana"}\n' >tests/t.yml

# The entry of a hook, and the files that it takes out of those of a repository.
entry() { awk -v id="$1" '$2 == "id:" { on = $3 == id } on && $1 == "entry:" { sub(/^ *entry: */, ""); print }' "$project/.pre-commit-hooks.yaml"; }
taken() {
  pattern=$(awk -v id="$1" '$2 == "id:" { on = $3 == id } on && $1 == "files:" { sub(/^ *files: */, ""); gsub(/'\''/, ""); print }' "$project/.pre-commit-hooks.yaml")
  find . -type f | sed 's,^\./,,' | sort | grep -E -- "$pattern" | tr '\n' ' '
}
expect 'each hook asked for is there' 0 '' bash -c \
  'comm -13 <(sed -n "s/^- id: //p" "$1/.pre-commit-hooks.yaml" | sort) <(sed -n "s/^ *- id: //p" "$1/examples/pre-commit/.pre-commit-config.yaml" | sort)' _ "$project"
expect 'the searches are taken' 0 'detections/d.yml detections/flat.spl detections/good.spl ' taken spelk-fmt
expect 'and their tests' 0 'detections/d.yml detections/flat.spl detections/good.spl tests/t.yml ' taken spelk-test
expect 'the hook that lints' 0 '' bash -c "$(entry spelk-lint) detections/good.spl"
expect 'the hook that tests' 0 '1 passed' bash -c "$(entry spelk-test) tests | grep -o '1 passed'"
expect 'the hook that formats' 0 '' bash -c "$(entry spelk-fmt) $(taken spelk-fmt)"
says 'writes files, which stops the commit' 'formatted detections/flat.spl'
expect 'and is content then' 0 '' bash -c "$(entry spelk-fmt) $(taken spelk-fmt)"

# The script of a step of the action, with what its env says.
step() {
  awk -v name="$1" '/^    - name:/ { on = $0 == "    - name: " name; run = 0 }
    on && /^      run: \|/ { run = 1; next } on && run { sub(/^        /, ""); print }' "$project/examples/github/action.yml" >step.sh
  [ -s step.sh ] && SEARCHES=${2:-detections} TESTS=tests bash --noprofile --norc -eo pipefail step.sh
}
expect 'the action: formatted' 0 '' step Formatted
expect 'linted' 0 '' step Linted detections/good.spl
expect 'tested' 0 '' bash -c "$(declare -f step); project='$project' step Tested >out"
printf 'EventID=1|head 1' >detections/flat.spl
expect 'not formatted' 1 '--- detections/flat.spl' bash -c "$(declare -f step); project='$project' step Formatted >out; code=\$?; head -n 1 out; exit \$code"
command -v curl >/dev/null && expect 'it installs what ./dev package makes' 0 'spelk 0' bash -c "
  $(declare -f step); project='$project'; mkdir -p p/spelk-0/bin t && cp -L ../bin/spelk p/spelk-0/bin/ && tar cz -C p spelk-0 >a.tgz
  export RUNNER_TEMP=\$PWD/t GITHUB_PATH=\$PWD/path ARCHIVE=file://\$PWD/a.tgz; step 'Install spelk' && PATH=\$(cat path):\$PATH spelk --version | cut -c1-7"
rm -rf p t a.tgz path

# The script of a job.
job() {
  awk -v name="$1:" '/^[a-z]/ { on = $0 == name; run = 0 } on && /^  script:/ { run = 1; next } on && /^  [a-z]/ { run = 0 }
    on && run { sub(/^    - /, ""); print }' "$project/examples/gitlab/.gitlab-ci.yml" >job.sh
  [ -s job.sh ] && SEARCHES=detections TESTS=tests bash -e job.sh
}
expect 'GitLab: not formatted' 1 '--- detections/flat.spl' bash -c "$(declare -f job); project='$project' job format >out; code=\$?; head -n 1 out; exit \$code"
rm detections/flat.spl
expect 'formatted' 0 '' job format
expect 'tested' 0 '' job test
expect 'with a report' 0 '1' grep -c '<testcase' report.xml
expect 'as JUnit' 0 'tests="1"' grep -o 'tests="1"' -m 1 report.xml

export PYTHONDONTWRITEBYTECODE=1
if python3 -m pytest --version >/dev/null 2>&1; then
  expect 'pytest' 0 '4 passed' bash -c 'python3 -m pytest -q -p no:cacheprovider "$1/examples/pytest" | grep -o "[0-9]* passed"' _ "$project"
fi
