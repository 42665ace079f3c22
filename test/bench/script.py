#!/usr/bin/python3
"""What one would write instead: requests, and COPY by psycopg.

    script.py URL

Promises: for each line on its standard input, reads all pages of both
categories below URL and copies them into an emptied table "script"; prints the
number of rows.  Connections, to the service and to the database, are kept.
"""

import csv
import io
import json
import sys

import psycopg2
import requests

COLUMNS = ("resource_id", "version", "quota_status", "used_status", "host_id",
           "host_name", "charging_mode", "tags", "expire_time", "shared_quota",
           "enterprise_project_id", "enterprise_project_name", "create_time",
           "category")
SIZE = 200


def pages(session, url, category):
    """The rows of one category, page by page."""
    offset = 0
    while True:
        reply = session.get(url, params={
            "category": category, "enterprise_project_id": "all_granted_eps",
            "limit": SIZE, "offset": offset})
        reply.raise_for_status()
        rows = reply.json()["data_list"]
        if not rows:
            return
        yield rows
        offset += len(rows)


def load(session, url, database):
    """Copies everything; the number of rows."""
    count = 0
    with database, database.cursor() as cursor:
        cursor.execute("TRUNCATE script")
        for category in ("host_resource", "container_resource"):
            for rows in pages(session, url, category):
                text = io.StringIO()
                writer = csv.writer(text)
                for row in rows:
                    row["category"] = category
                    if row.get("tags") is not None:
                        row["tags"] = json.dumps(row["tags"])
                    writer.writerow([row.get(name) for name in COLUMNS])
                text.seek(0)
                cursor.copy_expert(f"COPY script ({', '.join(COLUMNS)}) "
                                   "FROM STDIN (FORMAT csv)", text)
                count += len(rows)
    return count


def main():
    session = requests.Session()
    session.trust_env = False
    database = psycopg2.connect("")
    for _ in sys.stdin:
        print(load(session, sys.argv[1], database), flush=True)


main()
