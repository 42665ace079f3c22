#!/usr/bin/env python3
"""What the simulator received, for the regress files.

	regress_log.py CASE [HEADER ...]	requests of /case/id=CASE since the last
										call, sorted, query parameters sorted
	regress_log.py --data STEERING PART [PROJECT]
										number of rows of a part of the data

Each call clears the log (and fault counters).  A request is one line: method,
path, ?parameters, then the headers named.
"""

import json
import os
import sys
from urllib.parse import unquote
from urllib.request import Request, urlopen

URL = os.environ["HWBSS_SIM_URL"]


def ask(path, method="GET"):
    with urlopen(Request(URL + path, method=method), timeout=120) as reply:
        return json.load(reply)


def case_of(entry):
    words = unquote(entry["target"]).split("/")
    settings = words[2].split(";") if words[1] == "case" else []
    return [word[3:] for word in settings if word.startswith("id=")]


def line_of(entry, headers):
    query = "&".join(sorted("=".join(pair) for pair in entry["query"]))
    line = f"{entry['method']} {entry['path']}" + ("?" + query if query else "")
    for name in headers:
        line += f" {name}: {entry['headers'].get(name.lower(), '(none)')}"
    if entry.get("bug"):
        line += f" BUG {entry['bug']}"
    return line


def main(arguments):
    if arguments[0] == "--data":
        rows = ask(f"/case/{arguments[1]}/_data?part={arguments[2]}")
        print(sum(1 for row in rows
                  if not arguments[3:] or row["project"] == arguments[3]))
        return
    lines = [line_of(entry, arguments[1:]) for entry in ask("/_log")
             if arguments[0] in case_of(entry)]
    ask("/_log", "POST")
    for line in sorted(lines):
        print(line)


main(sys.argv[1:])
