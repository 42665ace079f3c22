#!/usr/bin/env python3
"""Benchmarks: prints figures, judges nothing.

    test/with-cluster test/sim/with-sim python3 test/bench/run.py [PART ...]
        [--repeat N]

Promises: whatever is compared runs in turns, in one run, each in a process
that has done it once before; times are those of a monotonic clock around one
statement or one line to a program, as seen from here.  A figure is the median,
with the quartiles; a ratio is the median of the ratios within one turn.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "differential")]

# pylint: disable=wrong-import-position
from nginx import MILLION, PATH, PROJECT, SIZE, Nginx
from psql import Psql

KEYS = ("access_key 'SIMAK0EVERYTHING0000', "
        "secret_key 'simSkEverything/+0123456789abcdefghijklmn'")
QUOTAS = 10000
COLUMNS = ("resource_id", "version", "quota_status", "used_status", "host_id",
           "host_name", "charging_mode", "tags", "expire_time", "shared_quota",
           "enterprise_project_id", "enterprise_project_name", "create_time",
           "category", "project_id")


class Failed(Exception):
    """A statement or a program that has to work did not."""


class Session:
    """A warmed session: what it has done before is not measured."""

    def __init__(self):
        self.psql = Psql()
        self.pid = int(self.one("SELECT pg_backend_pid()"))

    def do(self, *statements):
        """The last statement's rows."""
        rows = None
        for statement in statements:
            answer, = self.psql.run([statement])
            if answer.rows is None:
                raise Failed(f"{statement}\n{answer}")
            rows = answer.rows
        return rows

    def one(self, statement):
        return self.do(statement)[0][0]

    def server(self, name, url, **options):
        """A server, with its tables in a schema of the same name."""
        more = "".join(f", {key} '{value}'" for key, value in options.items())
        self.do(f"CREATE SERVER {name} FOREIGN DATA WRAPPER hwbss_fdw OPTIONS "
                f"(endpoint '{url}', allow_insecure 'true', "
                f"region 'ap-southeast-1', project_id '{PROJECT}'{more})",
                f"CREATE USER MAPPING FOR CURRENT_USER SERVER {name} "
                f"OPTIONS ({KEYS})",
                f"CREATE SCHEMA {name}",
                f"IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER {name} "
                f"INTO {name}")


class Statement:
    """One SQL statement in a session."""

    def __init__(self, session, statement, before=()):
        self.session, self.statement = session, statement
        self.before = before
        self.pid = session.pid

    def run(self):
        return self.session.do(self.statement)

    def prepare(self):
        self.session.do(*self.before)


class Program:
    """A program that does its work once for each line it is sent."""

    def __init__(self, nrows, *command):
        self.nrows = str(nrows)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid

    def prepare(self):
        pass

    def run(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line or line.split()[0] != self.nrows:
            raise Failed(f"{self.process.args[0]} read {line!r}")


def cpu_ms(pid):
    """What a process's first thread has spent computing so far."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e6


class Times:
    """One contestant's repetitions."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def measure(self, contestant):
        contestant.prepare()
        cpu, start = cpu_ms(contestant.pid), time.perf_counter()
        contestant.run()
        self.wall.append((time.perf_counter() - start) * 1000)
        self.cpu.append(cpu_ms(contestant.pid) - cpu)


def compare(contestants, repeat):
    """Times of each, taken in turns."""
    times = {name: Times() for name in contestants}
    for contestant in contestants.values():
        contestant.prepare()
        contestant.run()
    for turn in range(repeat):
        names = list(contestants)
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            times[name].measure(contestants[name])
    return times


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def ratio(values, others):
    return statistics.median(v / o for v, o in zip(values, others))


def table(*rows):
    """A Markdown table; the first row is its head."""
    rows = [[str(cell) for cell in row] for row in rows]
    rows.insert(1, ["---"] * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def heading(text, *more):
    print(f"### {text}\n")
    if more:
        print(*more, sep="\n", end="\n\n")


# ---- 10,000 quotas ----------------------------------------------------------

def create_copies(session):
    columns = ", ".join(
        f"{name} " + {"tags": "jsonb", "expire_time": "bigint",
                      "create_time": "bigint"}.get(name, "text")
        for name in COLUMNS)
    for name in "script", "pipeline":
        session.do(f"CREATE UNLOGGED TABLE {name} ({columns})")
    session.do("CREATE UNLOGGED TABLE loaded (LIKE quotas.hss_quotas)")


def build_limit():
    os.makedirs("build/bench", exist_ok=True)
    subprocess.run(["cc", "-std=gnu11", "-O2", "-o", "build/bench/limit",
                    f"{HERE}/limit.c", "-lcurl", "-lcjson"], check=True)
    return "build/bench/limit"


def counts():
    return ", ".join(f"count({name})" for name in COLUMNS)


def part_read(session, nginx, repeat):
    """10,000 quotas from nginx, against the three rivals."""
    url = nginx.url + "/quotas"
    session.server("quotas", url)
    create_copies(session)
    limit = build_limit()
    hosts, containers = (max(
        int(query.rpartition("=")[2]) for query in nginx.queries
        if query.startswith(f"category={category}"))
        for category in ("host_resource", "container_resource"))
    contestants = {
        "limit": Program(QUOTAS, limit, "4", *nginx.urls()),
        "limit, one request at a time": Program(QUOTAS, limit, "1",
                                                *nginx.urls()),
        "count of each column": Statement(
            session, f"SELECT {counts()} FROM quotas.hss_quotas"),
        "COPY TO '/dev/null'": Statement(
            session, "COPY (SELECT * FROM quotas.hss_quotas) TO '/dev/null'"),
        "INSERT INTO table": Statement(
            session, "INSERT INTO loaded SELECT * FROM quotas.hss_quotas",
            ["TRUNCATE loaded"]),
        "curl, jq, COPY": Program(QUOTAS, f"{HERE}/pipeline.sh", url + PATH,
                                  str(hosts), str(containers)),
        "Python script": Program(QUOTAS, f"{HERE}/script.py", url + PATH),
    }
    times = compare(contestants, repeat)
    if session.one("SELECT count(*) FROM loaded") != str(QUOTAS):
        raise Failed("INSERT did not load all rows")
    heading(f"{QUOTAS} quotas from nginx, {len(nginx.queries)} pages")
    base, script = times["limit"], times["Python script"]
    several = "curl, jq, COPY", "Python script"     # processes
    table(("", "ms", "times the limit", "times the script", "CPU ms",
           "times the limit's CPU"),
          *((name, quartiles(t.wall), f"{ratio(t.wall, base.wall):.2f}",
             f"{ratio(t.wall, script.wall):.2f}",
             *(("", "") if name in several else
               (quartiles(t.cpu), f"{ratio(t.cpu, base.cpu):.2f}")))
            for name, t in times.items()))


# ---- latency ----------------------------------------------------------------

def sim(settings):
    return f"{os.environ['HWBSS_SIM_URL']}/case/{settings}"


def part_latency(session, _, repeat):
    """50 pages at 50 ms each, eight abreast."""
    # Three of five are host quotas: 9,999, so that the 50th page is short.
    session.server("slow", sim("quotas=16665;delay=50"), prefetch=8)
    statement = Statement(session, "SELECT count(*), count(resource_id) FROM "
                          "slow.hss_quotas WHERE category = 'host_resource'")
    rows = statement.run()
    if rows != [("9999", "9999")]:
        raise Failed(f"the simulator has {rows}, not 9999 host quotas")
    times = compare({"prefetch 8": statement}, repeat)["prefetch 8"]
    ideal = 50 * (1 + -(-49 // 8))
    heading("50 pages at 50 ms each, prefetch 8",
            "Ideal: the first page, then 49 eight abreast.")
    table(("", "ms", "times the ideal"), ("ideal", ideal, "1.00"),
          ("count", quartiles(times.wall),
           f"{statistics.median(times.wall) / ideal:.2f}"))


def part_append(session, _, repeat):
    """Eight servers at 400 ms under Append."""
    names = [f"far{i}" for i in range(8)]
    for name in names:
        session.server(name, sim(f"quotas=50;delay=400;id={name}"))
    union = " UNION ALL ".join(f"SELECT * FROM {name}.hss_quotas"
                               for name in names)
    # The condition stands outside: inside, each part becomes a subquery scan
    # of its own, which PostgreSQL does not run asynchronously.
    hosts = "SELECT count(resource_id) FROM {} q WHERE category = " \
        "'host_resource'"
    times = compare({
        "one server": Statement(session, hosts.format("far0.hss_quotas")),
        "eight servers": Statement(session, hosts.format(f"({union})"))},
        repeat)
    base = times["one server"]
    heading("Eight servers at 400 ms each under Append")
    table(("", "ms", "times one server"),
          *((name, quartiles(t.wall), f"{ratio(t.wall, base.wall):.2f}")
            for name, t in times.items()))


# ---- memory -----------------------------------------------------------------

def resident_kb(pid, name):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1])
    raise Failed(f"/proc/{pid}/status has no {name}")


def part_memory(_, nginx, __):
    """A million rows: what the backend grows by."""
    session = Session()
    session.server("million", nginx.url + "/million")
    session.do("SELECT * FROM million.hss_quotas LIMIT 1")
    before = resident_kb(session.pid, "VmHWM")
    start = time.perf_counter()
    rows = session.do(f"SELECT {counts()} FROM million.hss_quotas "
                      "WHERE category = 'host_resource'")
    seconds = time.perf_counter() - start
    if rows[0][0] != str(MILLION):
        raise Failed(f"{rows[0][0]} rows, not {MILLION}")
    peak = resident_kb(session.pid, "VmHWM")
    after = resident_kb(session.pid, "VmRSS")
    heading(f"{MILLION} rows, {MILLION // SIZE} pages",
            "Resident memory of the backend, MB.")
    table(("before", "at most, while reading", "afterwards", "grew by",
           "seconds"),
          (*(f"{kb / 1024:.1f}" for kb in (before, peak, after,
                                           peak - before)),
           f"{seconds:.1f}"))


# ---- requests ---------------------------------------------------------------

LISTED = 3000           # quotas; 1,800 are those of hosts

# What is asked, and the query; several queries run in one session.
REQUESTS = (
    ("everything", "SELECT * FROM {q}"),
    ("a project", f"SELECT * FROM {{q}} WHERE project_id = '{PROJECT}'"),
    ("an enterprise project",
     "SELECT * FROM {q} WHERE enterprise_project_id = 'ep-1'"),
    ("an edition", "SELECT * FROM {q} WHERE version = 'hss.version.premium'"),
    ("a category", "SELECT * FROM {q} WHERE category = 'container_resource'"),
    ("a quota status", "SELECT * FROM {q} WHERE quota_status = 'freeze'"),
    ("a used status", "SELECT * FROM {q} WHERE used_status = 'idle'"),
    ("a charging mode", "SELECT * FROM {q} WHERE charging_mode = 'on_demand'"),
    ("a host name", "SELECT * FROM {q} WHERE host_name = 'db-10'"),
    ("a resource", "SELECT * FROM {q} WHERE resource_id = "
     "(SELECT resource_id FROM billing LIMIT 1)"),
    ("a condition that no parameter has",
     "SELECT * FROM {q} WHERE expire_time < '2026-01-01'"),
    ("IN of 3 resources", "SELECT * FROM {q} WHERE resource_id = "
     "ANY (ARRAY(SELECT resource_id FROM billing LIMIT 3))"),
    ("IN of 3 editions", "SELECT * FROM {q} WHERE version IN "
     "('hss.version.basic', 'hss.version.premium', 'hss.version.wtp')"),
    ("a value that no row can have",
     "SELECT * FROM {q} WHERE quota_status = 'none'"),
    ("LIMIT 5", "SELECT * FROM {q} LIMIT 5"),
    ("count(*)", "SELECT count(*) FROM {q}"),
    ("count(*), trust_total", "SELECT count(*) FROM {trusted}"),
    ("count(*) of a status, trust_total",
     "SELECT count(*) FROM {trusted} WHERE quota_status = 'freeze'"),
    ("count(*) by status, trust_total",
     "SELECT quota_status, count(*) FROM {trusted} GROUP BY quota_status"),
    ("join with 3 rows",
     "SELECT count(*) FROM few JOIN {q} USING (resource_id)"),
    ("join with 3,000 rows",
     "SELECT count(*) FROM billing JOIN {q} USING (resource_id)"),
    ("the same list twice in one query",
     "SELECT count(*) FROM {q} a JOIN {q} b USING (resource_id)"),
    ("a subquery started over 3 times",
     "SELECT (SELECT count(*) FROM {q} WHERE used_status = 'idle' "
     "AND resource_id <> few.resource_id) FROM few"),
    ("the same query twice", "SELECT count(*) FROM {q}",
     "SELECT count(*) FROM {q}"),
    ("the same query twice, cache_ttl 60", "SELECT count(*) FROM {cached}",
     "SELECT count(*) FROM {cached}"),
)


def control(method, path):
    request = urllib.request.Request(os.environ["HWBSS_SIM_URL"] + path,
                                     method=method)
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def part_requests(session, _, __):
    """Requests per query, from the simulator's log."""
    session.server("asked", sim(f"quotas={LISTED};id=asked"))
    session.server("cached", sim(f"quotas={LISTED};id=cached"), cache_ttl=60)
    session.server("trusted", sim(f"quotas={LISTED};id=trusted"),
                   trust_total="true")
    session.do("CREATE TABLE billing AS SELECT resource_id FROM "
               "asked.hss_quotas ORDER BY resource_id",
               "CREATE TABLE few AS SELECT resource_id FROM billing LIMIT 3",
               "ANALYZE billing", "ANALYZE few")
    rows = [("query", "requests", "rows")]
    for what, *queries in REQUESTS:
        fresh = Session()
        control("POST", "/_log")
        for query in queries:
            answer = fresh.do(query.format(q="asked.hss_quotas",
                                           cached="cached.hss_quotas",
                                           trusted="trusted.hss_quotas"))
        rows.append((what, control("GET", "/_log?n=count"), len(answer)))
        fresh.psql.close()
    heading(f"Requests per query: {LISTED} quotas, 200 a page")
    table(*rows)


PARTS = {name[5:]: value for name, value in list(globals().items())
         if name.startswith("part_")}


def first_line(*command):
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                         stderr=subprocess.STDOUT, check=True)
    return run.stdout.splitlines()[0]


def describe(session):
    """Where, when and with what this was measured."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.partition(":")[2].strip() for line in file
                  if line.startswith("model name")]
    version = session.one("SHOW server_version")
    heading("Machine", f"{time.strftime('%Y-%m-%d')}, {len(models)} x "
            f"{models[0] if models else platform.machine()}, load "
            f"{os.getloadavg()[0]:.1f} at the start; PostgreSQL {version}, "
            f"{first_line('curl', '--version').split(' (')[0]}, "
            f"{first_line('nginx', '-v').partition(': ')[2]}, "
            f"{first_line('jq', '--version')}, "
            f"{first_line('/usr/bin/python3', '--version')}.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help="of " + ", ".join(PARTS))
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    session = Session()
    session.do("CREATE EXTENSION hwbss_fdw")
    with tempfile.TemporaryDirectory() as directory:
        describe(session)
        nginx = Nginx(directory, os.environ["HWBSS_SIM_URL"], QUOTAS)
        try:
            for name in options.parts or PARTS:
                PARTS[name](session, nginx, options.repeat)
        finally:
            nginx.stop()


main()
