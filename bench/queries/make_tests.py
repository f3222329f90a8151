#!/usr/bin/env python3
"""Writes a file of small test cases, for `time spelk test FILE`.

make_tests.py [CASES [SEARCHES]]: so many cases (1000) of so many searches (as many as cases).
"""
import json
import sys

SHAPES = [
    'EventID={n} Image="*\\\\tool{n}.exe" | table Image User',
    'EventID IN ({n}, {m}) NOT User="svc{n}" | stats count by User',
    'EventID={n} | where len(CommandLine)>5 AND like(CommandLine, "%run{n}%") | eval tool=lower(Image) | table tool',
    'EventID={n} | rex field=CommandLine "run(?<id>\\d+)" | where id={n} | dedup User',
    'EventID={n} | eval kind=case(match(Image, "tool"), "t", true(), "o") | search kind=t | stats values(User) AS users by kind',
    'EventID={n} | bin _time span=1h | stats count dc(User) AS users by _time | where count>=1',
    'EventID={n} | rename Image AS process | fields process User | sort - User | head 3',
    'EventID={n} | eventstats count AS all by User | streamstats count AS nth | where nth<=all',
]


def event(n, good):
    return {
        "EventID": n if good else n + 5000,
        "Image": f"C:\\bin\\tool{n}.exe",
        "User": f"ana{n}",
        "CommandLine": f"tool run{n} now",
        "_time": "2024-03-12T09:00:00Z",
    }


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    searches = int(sys.argv[2]) if len(sys.argv) > 2 else cases
    print("cases:")
    for i in range(cases):
        n = i % searches
        query = SHAPES[n % len(SHAPES)].replace("{n}", str(n)).replace("{m}", str(n + 9000))
        good = i // searches % 2 == 0
        print(f"  - query: {json.dumps(query)}")
        print(f"    {'fires' if good else 'silent'}: {json.dumps(event(n, good))}")


if __name__ == "__main__":
    main()
