"""One of the benchmark's searches in DuckDB: duckdb_query.py FEED THREADS SEARCH

DuckDB is told the few columns that it needs, as spelk knows them from the search.
"""
import sys

import duckdb

JSON = "read_ndjson($feed, columns={%s}, ignore_errors=true, maximum_object_size=134217728)"
# The text of each object, in a column named json.
OBJECTS = "read_ndjson_objects($feed, ignore_errors=true, maximum_object_size=134217728)"
PLACES = JSON % "Hostname: 'VARCHAR', EventID: 'BIGINT', Image: 'VARCHAR', User: 'VARCHAR'"
SEARCHES = {
    "filter": "SELECT count(*) FROM " + JSON % "EventID: 'BIGINT'" + " WHERE EventID = 5858",
    "group": "SELECT EventID, Image, count(*) FROM "
    + JSON % "EventID: 'BIGINT', Image: 'VARCHAR'"
    + " WHERE EventID IS NOT NULL AND Image IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    "text": "SELECT json_extract_string(json, '$.Hostname') AS Hostname, count(*) FROM "
    + OBJECTS
    + " WHERE CAST(json AS VARCHAR) ILIKE '%powershell%' GROUP BY 1 ORDER BY 1",
    "sort": "SELECT EventTime, Image, CommandLine FROM "
    + JSON % "EventID: 'BIGINT', EventTime: 'VARCHAR', Image: 'VARCHAR', CommandLine: 'VARCHAR'"
    + " WHERE EventID = 1 ORDER BY Image",
    "distinct": "SELECT Hostname, EventID, count(DISTINCT Image), list_sort(list(DISTINCT \"User\")) FROM "
    + PLACES
    + " WHERE Hostname IS NOT NULL AND EventID IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    "many": "SELECT RecordNumber, Hostname, count(*) FROM "
    + JSON % "RecordNumber: 'BIGINT', Hostname: 'VARCHAR'"
    + " WHERE RecordNumber IS NOT NULL AND Hostname IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    "like": "SELECT Hostname, count(*) FROM "
    + JSON % "Hostname: 'VARCHAR', CommandLine: 'VARCHAR'"
    + " WHERE lower(CommandLine) LIKE '%powershell%' AND Hostname IS NOT NULL GROUP BY 1 ORDER BY 1",
    "rex": "SELECT regexp_extract(Image, '([^\\\\]+)$', 1) AS exe, count(*) FROM "
    + JSON % "Image: 'VARCHAR'"
    + " WHERE Image IS NOT NULL GROUP BY 1 ORDER BY 1",
    "dedup": "SELECT DISTINCT ON (Hostname, Image) Hostname, Image FROM "
    + PLACES
    + " WHERE Hostname IS NOT NULL AND Image IS NOT NULL",
    "window": "SELECT Image, n FROM (SELECT Image, count(*) OVER (PARTITION BY Image) AS n FROM "
    + JSON % "Image: 'VARCHAR'"
    + " WHERE Image IS NOT NULL) WHERE n < 3",
}


def main():
    feed, threads, search = sys.argv[1:]
    database = duckdb.connect()
    database.execute(f"SET threads = {int(threads)}")
    result = database.execute(SEARCHES[search], {"feed": feed})
    while rows := result.fetchmany(10000):
        sys.stdout.write("".join(f"{row}\n" for row in rows))


if __name__ == "__main__":
    main()
