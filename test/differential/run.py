#!/usr/bin/env python3
"""Differential test: each query on foreign tables and on a local copy.

	test/with-cluster test/sim/with-sim python3 test/differential/run.py
		[--seed N] [--queries N] [--personality NAME,...|all]
		[--settings enable_hashjoin=off,...] [--only N] [--quotas N]

Promises: prints TAP, one line per personality; a difference is printed with
all that is needed to see it again; status 1 when there was one.
"""

import argparse
import os
import queue
import random
import re
import sys
import threading
import time
import traceback
import urllib.request
from collections import Counter

import dataset
from generate import BAG, LIST, PART, Generator
from personalities import ALL
from psql import Answer, Lost, Psql

TIMEOUT = 20        # seconds; a query that takes longer hangs
NUMBER = re.compile(r"-?[0-9]+\.[0-9]*")
HOME = dataset.PROJECTS[:1]
NEAR = [name for name, region in dataset.REGIONS.items()
        if region == dataset.REGIONS[HOME[0]]]
OPTIONS = f"allow_insecure 'true', region '{dataset.REGIONS[HOME[0]]}', "
ONE_PLACE = f"project_id '{HOME[0]}'"
ALL_PLACES = ("projects 'auto', regions "
              f"'{','.join(sorted(set(dataset.REGIONS.values())))}'")
KEYS = ("access_key 'SIMAK0EVERYTHING0000', "
        "secret_key 'simSkEverything/+0123456789abcdefghijklmn'")
FOREIGN = ("hss_quotas", "hss_quota_tags", "bss_package_usages")

STATES = {"00000": "with rows", "empty": "without rows"}

printing = threading.Lock()


def say(*lines):
    """Prints lines that stay together."""
    with printing:
        print(*lines, sep="\n", flush=True)


class Broken(Exception):
    """The test itself, or setting it up, failed."""


class Subject:
    """One personality: its tables, its session, its queries."""

    def __init__(self, number, personality, options):
        self.number = number
        self.personality = personality
        self.options = options
        self.ways = personality.all_ways()
        self.url = (os.environ["HWBSS_SIM_URL"] + "/case/"
                    f"quotas={options.quotas};id=d{number}")
        if personality.settings:
            self.url += ";" + personality.settings
        self.psql = None
        self.ndifferences = 0
        self.seconds = []
        self.states = Counter()     # of answers: SQLSTATE, "rows", "no rows"

    # ---- setting up

    def do(self, statements):
        """Runs statements that have to work."""
        statements = list(statements)
        for statement, answer in zip(statements, self.psql.run(statements)):
            if answer.rows is None:
                raise Broken(f"{statement[:300]}\n{answer}")

    def schema(self, kind, way=0):
        return f"{kind}{self.number}" + (f"_{way}" if kind == "f" else "")

    def paths(self, case, way):
        """search_path of the foreign and of the local side."""
        shared = self.schema("b")
        local = self.schema("l") + ", " + shared
        if case.schema == "lp":
            local = self.schema("lp") + ", " + local
        return self.schema("f", way) + ", " + shared, local

    def set_up(self):
        data = dataset.fetch(self.url)
        unit = "s" if "expire_unit=s" in self.url else "ms"
        spans = self.personality.spans
        one = dataset.tables(data, dataset.PROJECTS if spans else HOME, unit)
        both = dataset.tables(data, dataset.PROJECTS if spans else NEAR, unit)
        rng = random.Random(f"{self.options.seed}/billing")
        mine = {"billing": dataset.billing(rng, one["hss_quotas"], 40),
                "tiny": dataset.billing(rng, one["hss_quotas"], 7)}
        child = [dict(row, resource_id=row["resource_id"] + "-child")
                 for row in one["hss_quotas"][:5]]
        self.pools = {
            (table, column): sorted({row[column] for row in rows
                                     if row[column] is not None})
            for table, rows in {**one, **mine}.items() if rows
            for column in rows[0]}
        for way, options in enumerate(self.ways):
            self.do(self.foreign(way, *options))
        columns = {table: self.columns(table) for table in FOREIGN}
        columns |= {"billing": dataset.BILLING, "tiny": dataset.BILLING}
        for kind, tables in (("l", one), ("lp", both), ("b", mine)):
            schema = self.schema(kind)
            self.do([f"CREATE SCHEMA {schema}"])
            for table, rows in tables.items():
                self.do(dataset.insert(schema, table, rows, columns[table]))
        self.do(self.variants(self.schema("l"), ""))
        self.do(dataset.insert(self.schema("l"), "quotas_parent",
                               one["hss_quotas"] + child,
                               columns["hss_quotas"]))
        for way in range(len(self.ways)):
            schema = self.schema("f", way)
            self.do(self.variants(schema, "differential"))
            self.do(dataset.insert(schema, "quotas_parent", [],
                                   columns["hss_quotas"]))
            self.do(dataset.insert(schema, "quotas_local", child,
                                   columns["hss_quotas"]))
            self.do([f"ALTER TABLE {schema}.quotas_local INHERIT "
                     f"{schema}.quotas_parent",
                     f"CREATE FOREIGN TABLE {schema}.quotas_child () INHERITS "
                     f"({schema}.quotas_parent) SERVER {schema} OPTIONS "
                     "(table 'hss_quotas')"])

    def foreign(self, way, page_size, prefetch, more):
        """Statements that create a server and its foreign tables."""
        name = self.schema("f", way)
        yield (f"CREATE SERVER {name} FOREIGN DATA WRAPPER hwbss_fdw OPTIONS "
               f"(endpoint '{self.url}', {OPTIONS}"
               f"{ALL_PLACES if self.personality.spans else ONE_PLACE}, "
               f"page_size '{page_size}', prefetch '{prefetch}'{self.personality.options}{more})")
        yield (f"CREATE USER MAPPING FOR PUBLIC SERVER {name} OPTIONS "
               f"({KEYS})")
        yield f"CREATE SCHEMA {name}"
        yield (f"IMPORT FOREIGN SCHEMA huaweicloud LIMIT TO "
               f"({', '.join(FOREIGN)}) FROM SERVER {name} INTO {name}")
        # Columns that were added later have no copy here.
        for table in FOREIGN:
            known = ", ".join(map(dataset.literal, dataset.TABLES[table]))
            yield (f"DO $$ DECLARE c name; BEGIN FOR c IN SELECT attname FROM "
                   f"pg_attribute WHERE attrelid = '{name}.{table}'::regclass "
                   f"AND attnum > 0 AND attname NOT IN ({known}) LOOP EXECUTE "
                   f"format('ALTER FOREIGN TABLE {name}.{table} DROP COLUMN "
                   "%I', c); END LOOP; END $$")

    def columns(self, table):
        """The known columns of a table in the order of the extension."""
        answer, = self.psql.run([
            "SELECT attname FROM pg_attribute WHERE attrelid = "
            f"'{self.schema('f')}.{table}'::regclass AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum"])
        known = dataset.TABLES[table]
        names = [name for name, in answer.rows]
        if set(names) != set(known):
            raise Broken(f"{table} has not the columns of dataset.py: "
                         f"{set(names) ^ set(known)}")
        return {name: known[name] for name in names}

    def variants(self, schema, owner):
        """Views over a schema's quotas; of the foreign ones under a role."""
        for name, option, where in (
                ("quotas_view", "", "used_status = 'used'"),
                ("quotas_barrier", " WITH (security_barrier)",
                 "charging_mode IN ('packet_cycle', 'other')")):
            yield (f"CREATE VIEW {schema}.{name}{option} AS SELECT * FROM "
                   f"{schema}.hss_quotas WHERE {where}")
            if owner:
                yield f"ALTER VIEW {schema}.{name} OWNER TO {owner}"
        if owner:
            yield f"GRANT USAGE ON SCHEMA {schema} TO {owner}"
            yield f"GRANT SELECT ON {schema}.hss_quotas TO {owner}"

    def check_tables(self):
        """The tables as a whole, digit by digit."""
        for way in range(len(self.ways)):
            for table in FOREIGN:
                theirs, ours = self.psql.run([
                    f"SELECT * FROM {self.schema(kind, way)}.{table}"
                    for kind in "fl"])
                if theirs.rows is None or \
                        Counter(theirs.rows) != Counter(ours.rows):
                    self.report_difference(
                        f"whole table {table}", [f"TABLE {table}"], way,
                        [theirs], [ours], "")

    # ---- queries

    def run(self):
        """All queries; True when nothing differed."""
        self.psql = Psql(patience=20)
        self.set_up()
        self.check_tables()
        numbers = range(self.options.share) if self.options.only is None \
            else [self.options.only]
        for number in numbers:
            self.query(number)
        self.psql.close()
        return self.ndifferences == 0

    def query(self, number):
        """One query, on both sides."""
        rng = random.Random(f"{self.options.seed}/{self.personality.name}/"
                            f"{number}")
        way = rng.randrange(len(self.ways))
        # A backend that has not learned yet how the service spells.
        if rng.random() < 0.08:
            self.psql.reconnect()
        case = Generator(rng, self.pools, self.personality.spans).next()
        start = time.monotonic()
        try:
            theirs, ours, whole = self.both_or_again(case, way)
        except Lost:
            self.recover()
            self.report_difference(
                f"query {number} ({case.kind})", case.body, way,
                [Answer("XX000", None, "the server crashed")], [], "",
                case.settings)
            return
        self.seconds.append((time.monotonic() - start, number, case))
        last = [answer for answer in ours if answer.rows != []][-1:]
        state = last[0].state if last else "empty"
        if state not in STATES and case.kind != "mistake":
            if self.options.slow:
                say(f"# both sides fail: {last[0]}: {'; '.join(case.body)}")
            state = f"{case.kind}: {state}"
        self.states[state] += 1
        where = next((i for i, (a, b) in enumerate(zip(theirs, ours))
                      if not same(case, a, b, whole)), None)
        if where is None:
            return
        again, _, _ = self.both(case, way)
        steady = "" if again[where] == theirs[where] else \
            f"; asked again: {again[where]}"
        self.report_difference(
            f"query {number} ({case.kind}), statement {where + 1}, "
            f"compared as {case.compare}{steady}", case.body, way,
            [theirs[where]], [ours[where]], self.explain(case, way),
            case.settings)

    def both_or_again(self, case, way):
        """Once more after a crash, which may be another session's."""
        try:
            return self.both(case, way)
        except Lost:
            self.recover()
        return self.both(case, way)

    def both(self, case, way):
        """The answers of both sides, and that without LIMIT."""
        foreign, local = self.paths(case, way)
        before = [f"SET search_path = {foreign}", *case.settings,
                  *self.options.set]
        count = len(case.body)
        script = before + case.body + case.cleanup + \
            ["RESET ALL", f"SET search_path = {local}"] + case.body + \
            case.cleanup
        if case.compare == PART and case.whole not in ("", "count"):
            script.append(case.whole)
        answers = self.psql.run(script)
        ours = len(before) + count + len(case.cleanup) + 2
        whole = answers[-1] if len(answers) > ours + count + \
            len(case.cleanup) else None
        return (answers[len(before):len(before) + count],
                answers[ours:ours + count], whole)

    def explain(self, case, way):
        """The plan of the foreign side, with what was asked of the cloud."""
        if not case.explain:
            return ""
        foreign, _ = self.paths(case, way)
        *before, last = case.explain
        explain = ("EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY "
                   f"OFF) {last}")
        answer = self.psql.run(
            ["ROLLBACK", "DEALLOCATE ALL", f"SET search_path = {foreign}",
             *case.settings, *self.options.set, *before, "BEGIN", explain,
             "ROLLBACK", *case.cleanup, "RESET ALL"])
        answer = answer[-3 - len(case.cleanup)]
        if answer.rows is None:
            return str(answer)
        return "\n".join(row[0] for row in answer.rows)

    def recover(self):
        """Waits for a server that crashed."""
        try:
            self.psql.close()
        except OSError:
            pass
        self.psql = Psql(patience=20)

    # ---- reports

    def report_difference(self, what, body, way, theirs, ours, plan,
                          settings=()):
        self.ndifferences += 1
        if self.ndifferences > self.options.show:
            return
        page_size, prefetch, more = self.ways[way]
        lines = [
            "DIFFERENCE", f"seed {self.options.seed}, {what}",
            f"personality {self.personality.name!r}: "
            f"{self.personality.settings or 'defaults'}; page_size "
            f"{page_size}, prefetch {prefetch}{self.personality.options}{more}",
            f"again: --seed {self.options.seed} --personality "
            f"'{self.personality.name}' --only "
            f"{what.split(' ')[1]}",
            "settings: " + "; ".join([*settings, *self.options.set]),
            "foreign and local SQL (they differ in search_path: "
            f"{self.schema('f', way)} or {self.schema('l')}):",
            *(f"  {statement};" for statement in body)]
        for side, mine, other in (("foreign", theirs, ours),
                                  ("local", ours, theirs)):
            for answer in mine:
                lines.append(f"{side}: {answer}")
                more = Counter(answer.rows or ())
                for that in other:
                    more -= Counter(that.rows or ())
                lines += [f"  only here: {row}"[:400]
                          for row in list(more.elements())[:8]]
        if plan:
            lines += ["plan:", plan]
        say(*("# " + line for line in "\n".join(lines).split("\n")), "#")


def plain(row):
    """A row without digits that equal numbers may differ in."""
    return tuple(value.rstrip("0").rstrip(".")
                 if value and NUMBER.fullmatch(value) else value
                 for value in row)


def same(case, theirs, ours, whole):
    """Whether two answers are alike."""
    if theirs.rows is None or ours.rows is None:
        return theirs.state == ours.state != "57014"
    left, right = list(map(plain, theirs.rows)), list(map(plain, ours.rows))
    if case.compare == LIST:
        return left == right
    if case.compare == BAG:
        return Counter(left) == Counter(right)
    if len(left) != len(right) or whole is None:
        return len(left) == len(right)
    return not Counter(left) - Counter(map(plain, whole.rows))


def simulator(path, method="GET"):
    """What a control request answers."""
    request = urllib.request.Request(os.environ["HWBSS_SIM_URL"] + path,
                                     method=method)
    with urllib.request.urlopen(request) as reply:
        return dataset.json.load(reply)


def work(todo, results):
    """Takes subjects until there are none."""
    while True:
        try:
            subject = todo.get_nowait()
        except queue.Empty:
            return
        try:
            good = subject.run()
        except Exception:
            good = False
            say(*("# " + each for each in
                  traceback.format_exc().rstrip().split("\n")))
        results[subject.number] = good
        if len(results) % 10 == 0:
            say(f"# {len(results)} personalities done")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="1")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--personality", default="all")
    parser.add_argument("--settings", default="",
                        help="for the foreign side, name=value,...")
    parser.add_argument("--only", type=int, help="one query by its number")
    parser.add_argument("--quotas", type=int, default=130)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--show", type=int, default=5,
                        help="differences printed for each personality")
    parser.add_argument("--slow", type=int, default=0,
                        help="print so many of the slowest queries")
    options = parser.parse_args()
    options.set = [f"SET {name.strip()} = {value.strip()}"
                   for name, _, value in (each.partition("=") for each in
                                          options.settings.split(",")
                                          if each.strip())]
    wanted = [name.strip() for name in
              re.split(r";|,(?! )", options.personality)]
    options.chosen = [p for p in ALL if wanted == ["all"] or p.name in wanted]
    if not options.chosen:
        parser.error("personalities: " + "; ".join(p.name for p in ALL))
    options.share = -(-options.queries // len(options.chosen))
    return options


def main():
    options = arguments()
    os.environ["PGOPTIONS"] = (f"-c statement_timeout={TIMEOUT}s "
                               "-c client_min_messages=error -c timezone=UTC "
                               "-c standard_conforming_strings=on")
    os.environ["PGCLIENTENCODING"] = "UTF8"
    start = time.monotonic()
    answers = Psql()
    answers.run(["CREATE EXTENSION IF NOT EXISTS hwbss_fdw",
                 "CREATE ROLE differential"])
    answers.close()
    todo, results = queue.Queue(), {}
    subjects = [Subject(number, personality, options)
                for number, personality in enumerate(options.chosen, 1)]
    for subject in subjects:
        todo.put(subject)
    threads = [threading.Thread(target=work, args=(todo, results))
               for _ in range(options.jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = simulator("/_stats")
    good = all(results.get(subject.number) for subject in subjects)
    for subject in subjects:
        line = (f"ok {subject.number} - {subject.personality.name}: "
                f"{len(subject.seconds)} queries")
        if subject.ndifferences:
            line += f", {subject.ndifferences} differences"
        say(line if results.get(subject.number) else "not " + line)
    if stats["bugs"]:
        good = False
        say(f"# the simulator has {stats['bugs']} bugs")
    say(f"1..{len(subjects)}")
    seconds = time.monotonic() - start
    count = sum(len(subject.seconds) for subject in subjects)
    say(f"# seed {options.seed}: {count} queries in {seconds:.0f} s, "
        f"{count / seconds:.0f} a second, {stats['requests']} requests"
        f"{' or more' if stats['requests'] >= 50000 else ''}")
    states = sum((subject.states for subject in subjects), Counter())
    say("# results: " + ", ".join(
        f"{count} {STATES.get(state, state)}"
        for state, count in states.most_common()))
    for spent, number, case in sorted(
            (entry for subject in subjects for entry in subject.seconds),
            key=lambda entry: -entry[0])[:options.slow]:
        say(f"# {spent:.2f} s: query {number} ({case.kind}) "
            f"{'; '.join(case.settings)}; {'; '.join(case.body)}"[:700])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
