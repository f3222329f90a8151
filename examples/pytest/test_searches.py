"""Tests of searches with pytest: `python3 -m pytest examples/pytest`. The program is $SPELK, or spelk on the PATH.

Beside each NAME.spl lies NAME.ndjson with events that it must find, and perhaps NAME.quiet.ndjson with such that it
must not.
"""

import json
import os
import pathlib
import subprocess

import pytest

SPELK = os.environ.get("SPELK", "spelk")
SEARCHES = sorted((pathlib.Path(__file__).parent / "searches").glob("*.spl"))


def run(search, events, *options):
    """The rows of a search over a file, or over events."""
    arguments = [SPELK, "run", "--quiet", "-o", "ndjson", "--now", "data", *options]
    arguments += ["-f", str(search)] if isinstance(search, pathlib.Path) else [search]
    text = None
    if isinstance(events, pathlib.Path):
        arguments.append(str(events))
    else:
        arguments.append("-")
        text = "".join(json.dumps(event) + "\n" for event in events)
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda path: path.stem)
def test_finds(search):
    assert run(search, search.with_suffix(".ndjson")), f"{search.name} finds nothing in its events"


@pytest.mark.parametrize("search", SEARCHES, ids=lambda path: path.stem)
def test_is_quiet(search):
    events = search.with_suffix(".quiet.ndjson")
    if not events.exists():
        pytest.skip(f"{search.name} has no quiet events")
    assert run(search, events) == []


@pytest.mark.parametrize("search", SEARCHES, ids=lambda path: path.stem)
def test_is_formatted(search):
    done = subprocess.run([SPELK, "fmt", "--diff", str(search)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_counts_by_user():
    events = [{"EventID": 4625, "TargetUserName": user} for user in ("ana", "ana", "bo")]
    rows = run("EventID=4625 | stats count by TargetUserName", events)
    assert rows == [{"TargetUserName": "ana", "count": 2}, {"TargetUserName": "bo", "count": 1}]
