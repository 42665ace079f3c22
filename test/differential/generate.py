"""Queries from a seed.

Promises: the same seed, the same queries; names are not qualified, so that
search_path decides what is asked; nothing volatile, nothing whose errors
depend on the order of evaluation.
"""

from typing import NamedTuple

from dataset import PROJECTS, REGIONS, TABLES, literal

# How results are compared.
BAG, LIST, PART = "bag", "list", "part"

RESERVED = (
    "all_granted_eps", "hss.version.null", "hss.version.container",
    "hss.version.container.enterprise", "hss.version.basic",
    "QUOTA_STATUS_NORMAL", "QUOTA_STATUS_FREEZE", "USED_STATUS_IDLE",
    "normal", "expired", "freeze", "idle", "used", "Normal", "NORMAL",
    "host_resource", "container_resource", "HOST_RESOURCE", "packet_cycle",
    "on_demand", "0", "ep-1", "ep-2", "ep-9", "default", "shared", "", " ",
    "  ", "web-01", "WEB-01", "web", "web%", "db_1", "100%", "star*", "nope",
    " padded ", "padded", "normal ", " normal", "köln-straße", "KÖLN-STRASSE",
    "数据库-一", "🚀-node", "o'brien", "a&b=c", "a=b;c", "%41", "%2F", "a+b",
    "#", "/../", "\\", "?", "null", "NULL", "true", "-1", "x" * 127,
    "x" * 129, "ü" * 129, "x" * 257, "a\tb", "a\nb", "\x01", "\u00a0",
    "e\u0301")
HOT = ("version", "quota_status", "used_status", "category", "charging_mode",
       "host_name", "resource_id", "enterprise_project_id", "status",
       "project", "key")
WORDS = {
    "version": ("hss.version.basic", "hss.version.advanced",
                "hss.version.enterprise", "hss.version.premium",
                "hss.version.wtp", "hss.version.container",
                "hss.version.container.enterprise"),
    "quota_status": ("normal", "expired", "freeze"),
    "used_status": ("idle", "used"),
    "category": ("host_resource", "container_resource"),
    "charging_mode": ("packet_cycle", "on_demand"),
    "enterprise_project_id": ("0", "ep-1", "ep-2")}
FILTERED = tuple(WORDS)
# What columns are compared with when tables are joined.
PAIRS = (("resource_id", "resource_id"), ("resource_id", "resource_id"),
         ("host_name", "host_name"), ("enterprise_project_id", "project"),
         ("version", "version"), ("quota_status", "status"),
         ("used_status", "status"), ("category", "category"))
KEYS = {"hss_quotas": ("resource_id",), "hss_quota_tags":
        ("resource_id", "key"), "bss_package_usages": ("order_instance_id",)}
KEYS |= dict.fromkeys(("quotas_view", "quotas_barrier"), ("resource_id",))
SHAPES = {"hss_quotas": "hss_quotas", "quotas_view": "hss_quotas",
          "quotas_barrier": "hss_quotas", "quotas_parent": "hss_quotas"}
PLACES = ("project_id", "region")
PLANNER = ("enable_hashjoin", "enable_mergejoin", "enable_material",
           "enable_memoize", "enable_nestloop", "enable_sort",
           "enable_hashagg", "enable_incremental_sort")


class Case(NamedTuple):
    """One query: what to run, and how to compare."""

    kind: str
    body: list                      # statements; all are compared
    compare: str
    settings: list                  # SET commands for the foreign side
    cleanup: list
    whole: str = ""                 # PART: the query without its LIMIT
    explain: list = []              # statements whose last is to be explained
    schema: str = "l"               # of the copy


class Rel(NamedTuple):
    """An item of FROM."""

    name: str                       # of the table
    alias: str
    columns: dict

    @property
    def is_cheap(self):
        return self.name in ("billing", "tiny")


class Generator:
    """The queries of one seed."""

    def __init__(self, rng, pools, spans=False):
        self.rng = rng
        self.spans = spans          # several regions are read unasked
        self.pools = pools          # (table, column) -> values that occur
        self.n = 0
        self.places = ""            # a condition that each table gets
        self.parameters = None      # collects those of a prepared statement

    # ---- small things

    def chance(self, p):
        return self.rng.random() < p

    def choose(self, *weighted):
        """One of (weight, value) pairs."""
        weights, values = zip(*weighted)
        return self.rng.choices(values, weights)[0]

    def name(self, prefix):
        self.n += 1
        return f"{prefix}{self.n}"

    def rel(self, *names):
        """A table under a new alias; its text is from_item()'s."""
        name = self.rng.choice(names)
        return Rel(name, self.name(name[0] if name[0] != "h" else "q"),
                   TABLES[SHAPES.get(name, name)])

    def quotas(self):
        if self.places:
            return self.rel("hss_quotas")
        return self.rel(*["hss_quotas"] * 12, "quotas_view", "quotas_barrier",
                        "quotas_parent")

    def foreign(self):
        return self.choose((7, self.quotas()), (2, self.rel("hss_quota_tags")),
                           (1, self.rel("bss_package_usages")))

    def from_item(self, rel):
        if self.places and "project_id" in rel.columns:
            return (f"(SELECT * FROM {rel.name} WHERE {self.places})"
                    f" AS {rel.alias}")
        return f"{rel.name} AS {rel.alias}"

    def column(self, rels, kind="text"):
        """A qualified column of a type: (text, rel, name), or None."""
        found = [(rel, name) for rel in rels
                 for name, of in rel.columns.items()
                 if of == kind and name not in PLACES]
        if not found:
            return None
        weights = [5 if name in HOT else 1 for _, name in found]
        rel, name = self.rng.choices(found, weights)[0]
        return f"{rel.alias}.{name}", rel, name

    def any_column(self, rels):
        rel = self.rng.choice(rels)
        name = self.rng.choice([n for n, kind in rel.columns.items()])
        return f"{rel.alias}.{name}"

    # ---- values

    def text(self, rel, name):
        """A text to compare a column with."""
        if self.chance(0.5) and name in WORDS:
            return self.rng.choice(WORDS[name])
        pool = self.pools.get((SHAPES.get(rel.name, rel.name), name), ())
        if pool and self.chance(0.7):
            value = self.rng.choice(pool)
            if self.chance(0.07):
                value = self.rng.choice((value.upper(), value + " ",
                                         value[:-1], value + "x"))
            return value
        return self.rng.choice(RESERVED)

    def texts(self, rel, name, least=0):
        count = self.rng.choice((least, 1, 2, 3, 3, 5, 9))
        values = [self.text(rel, name) for _ in range(count)]
        if self.chance(0.15):
            values.append(None)
        if values and self.chance(0.2):
            values.append(values[0])
        return values

    def array(self, values):
        return "ARRAY[" + ", ".join(map(literal, values)) + "]::text[]"

    def value(self, rel, name):
        """An expression without columns that gives a text."""
        value = self.text(rel, name)
        quoted = literal(value)
        if self.parameters is not None and self.chance(0.6):
            self.parameters.append(("text", rel, name))
            return f"${len(self.parameters)}"
        return self.choose(
            (20, quoted), (2, quoted + "::text"), (1, quoted + "::varchar"),
            (1, f'({quoted} COLLATE "C")'), (1, f"lower({quoted})"),
            (1, f"({quoted} || '')"), (1, f"concat({quoted}, '')"),
            (1, f"(SELECT {quoted}::text)"), (1, "NULL"), (1, "NULL::text"),
            (1, f"coalesce(NULL, {quoted})"), (1, f"trim({quoted})"),
            (1, quoted + "::varchar(200)"),
            (1, f"(SELECT max(version) FROM tiny WHERE version <= {quoted})"))

    # ---- conditions

    def text_atom(self, rels):
        col, rel, name = self.column(rels)
        value = self.value(rel, name)
        op = self.choose(
            (30, "="), (6, "commuted"), (3, "<>"), (3, "order"), (9, "in"),
            (4, "not in"), (9, "any"), (4, "all"), (3, "like"), (3, "null"),
            (4, "distinct"), (2, "between"), (4, "expression"), (2, "cast"),
            (3, "bool"), (2, "row"), (2, "columns"), (4, "or"), (2, "contradiction"),
            (1, "case"), (1, "regex"), (1, "array column"))
        if op == "=":
            return f"{col} = {value}"
        if op == "commuted":
            return f"{value} = {col}"
        if op == "<>":
            return f"{col} <> {value}"
        if op == "or":
            return self.alternatives(col, rel, name)
        if op == "order":
            return f"{col} {self.rng.choice(('<', '<=', '>', '>='))} {value}"
        if op in ("in", "not in"):
            items = ", ".join(self.value(rel, name) if self.chance(0.1)
                              else literal(v)
                              for v in self.texts(rel, name, 1))
            return f"{col} {op.upper()} ({items})"
        if op in ("any", "all"):
            return self.array_atom(col, rel, name, op)
        if op == "like":
            return self.like(col, rel, name)
        if op == "null":
            return f"{col} IS {self.rng.choice(('', 'NOT '))}NULL"
        if op == "distinct":
            return (f"{col} IS {self.rng.choice(('', 'NOT '))}"
                    f"DISTINCT FROM {value}")
        if op == "between":
            high = self.value(rel, name)
            return (f"{col} {self.rng.choice(('', '', 'NOT '))}BETWEEN "
                    f"{self.rng.choice(('', 'SYMMETRIC '))}{value} AND {high}")
        if op == "expression":
            left = self.rng.choice((
                f"lower({col})", f"coalesce({col}, '')", f"{col} || ''",
                f"nullif({col}, '')", f"trim({col})", f"left({col}, 6)"))
            return f"{left} = {value}"
        if op == "cast":
            quoted = literal(self.text(rel, name))
            return self.rng.choice((
                f"{col}::varchar = {value}", f'{col} = {quoted}::bpchar',
                f"{col}::bpchar = {quoted}", f"{col} = {quoted}::name",
                f'{col} COLLATE "C" = {value}', f"{col}::text = {value}",
                f"{col}::varchar(3) = {quoted}"))
        if op == "bool":
            return (f"({col} = {value}) IS " + self.rng.choice((
                "TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN",
                "NOT UNKNOWN")))
        if op == "row":
            col2, rel2, name2 = self.column(rels)
            value2 = self.value(rel2, name2)
            return self.rng.choice((
                f"({col}, {col2}) = ({value}, {value2})",
                f"({col}, {col2}) IN (({value}, {value2}), "
                f"({literal(self.text(rel, name))}, {value2}))",
                f"({col}, {col2}) < ({value}, {value2})",
                f"({col}, {col2}) IS NOT DISTINCT FROM ({value}, {value2})"))
        if op == "columns":
            col2 = self.column(rels)[0]
            return f"{col} {self.rng.choice(('=', '<>', '<', '='))} {col2}"
        if op == "contradiction":
            other = self.array_atom(col, rel, name, "any")
            return self.rng.choice((
                f"{col} = {value} AND {col} = "
                f"{literal(self.text(rel, name))}",
                f"{col} = {value} AND {other}",
                f"{other} AND {col} <> {value}"))
        if op == "case":
            return (f"CASE WHEN {col} = {value} THEN "
                    f"{literal(self.text(rel, name))} ELSE {col} END = "
                    f"{literal(self.text(rel, name))}")
        if op == "array column":
            return f"{value} = ANY (ARRAY[{col}, {self.column(rels)[0]}])"
        return f"{col} ~ {literal(self.rng.choice(('^n', '-0', '[0-9]$', '')))}"

    def array_atom(self, col, rel, name, op):
        if self.parameters is not None and self.chance(0.6):
            self.parameters.append(("text[]", rel, name))
            array = f"${len(self.parameters)}"
        else:
            values = self.texts(rel, name)
            joined = "~".join(value or "" for value in values)
            array = self.choose(
                (8, self.array(values)), (1, "NULL::text[]"),
                (1, "'{}'::text[]"),
                (1, f"string_to_array({literal(joined)}, '~')"),
                (1, f"{self.array(values)} || NULL::text"),
                (1, f"({self.array(values)})::varchar[]"),
                (1, "ARRAY(SELECT version FROM tiny)"),
                (1, "(SELECT array_agg(status ORDER BY n) FROM tiny)"
                 "::text[]"))
        if op == "all":
            return f"{col} {self.rng.choice(('<>', '<>', '='))} ALL ({array})"
        return f"{col} {self.rng.choice(('=', '=', '=', '<>', '>'))} " \
            f"ANY ({array})"

    def like(self, col, rel, name):
        value = self.text(rel, name).replace("\\", "")
        pattern = self.rng.choice((value, value[:4] + "%", "%" + value[-3:],
                                   "_" + value[1:], "%" + value[1:3] + "%",
                                   "%"))
        return (f"{col} {self.rng.choice(('LIKE', 'NOT LIKE', 'ILIKE'))} "
                f"{literal(pattern)}")

    def alternatives(self, col, rel, name):
        """Equalities of one column, in any mix."""
        arms = []
        for _ in range(self.rng.choice((2, 2, 3, 4))):
            value = self.value(rel, name)
            arms.append(self.choose(
                (6, f"{col} = {value}"), (1, f"{value} = {col}"),
                (2, f"{col} IN ({value}, {literal(self.text(rel, name))})"),
                (1, f"{col} = ANY ({self.array(self.texts(rel, name))})"),
                (0.3, f"{col} <> {value}"), (0.3, f"{col} IS NULL")))
        return "(" + " OR ".join(arms) + ")"

    def other_atom(self, rels):
        """A condition on something else than text."""
        kind = self.rng.choice(("timestamptz", "timestamptz", "int4",
                                "numeric", "jsonb", "whole", "constant"))
        column = self.column(rels, kind)
        if kind == "whole" or column is None:
            alias = self.rng.choice(rels).alias
            return self.rng.choice((
                f"{alias} IS NOT NULL", f"({alias}.*) IS NULL",
                f"{alias}::text LIKE '%a%'", f"{alias} IS DISTINCT FROM NULL",
                f"NOT ({alias} IS NULL)"))
        if kind == "constant":
            return self.rng.choice(("true", "false", "NULL", "1 = 1",
                                    "now() IS NULL", "1 IN (2, 3)",
                                    "current_setting('server_version_num')"
                                    "::int > 1"))
        col, rel, name = column
        op = self.rng.choice(("<", "<=", ">", ">=", "=", "<>"))
        if kind == "jsonb":
            return self.rng.choice((
                f"{col} IS NULL", f"{col} @> '[{{\"key\": \"env\"}}]'",
                f"{col} = '[]'", f"jsonb_array_length({col}) {op} 3",
                f"{col} -> 0 ->> 'key' = 'Service'",
                f"{col} IS NOT NULL"))
        pool = self.pools.get((SHAPES.get(rel.name, rel.name), name), ())
        one, two = (literal(self.rng.choice(pool)) if pool else "NULL"
                    for _ in range(2))
        if kind == "timestamptz":
            moment = self.rng.choice((one, "'infinity'", "'2026-01-01'",
                                      "'-infinity'", one))
            return self.rng.choice((
                f"{col} {op} {moment}", f"{col} {op} {moment}",
                f"{col} BETWEEN {one} AND {moment}", f"{col} IS NULL",
                f"isfinite({col})", f"{col} + interval '1 day' {op} {moment}",
                f"date_trunc('month', {col}) {op} {moment}",
                f"{col} IN ({one}, {two}, {moment})",
                f"extract(year FROM {col}) {op} 2026"))
        return self.rng.choice((
            f"{col} {op} {one}", f"{col} IN ({one}, {two})",
            f"{col} * 2 + 1 {op} {one}", f"{col} IS NOT NULL",
            f"{col} = ANY (ARRAY[{one}, {two}]::{kind}[])",
            f"coalesce({col}, 0) {op} 1", f"{col} IS DISTINCT FROM {one}"))

    def sub_atom(self, rels):
        """A condition with a subquery."""
        col, rel, name = self.column(rels)
        # The subquery may run once a row: it is cheap, or narrow.
        inner = self.rel("billing", "tiny", "tiny") \
            if self.chance(0.6) else self.quotas()
        extra = "" if inner.is_cheap else f" AND {self.narrow(inner)}"
        item = self.from_item(inner)
        pair = self.rng.choice(PAIRS)
        if not inner.is_cheap:
            pair = pair[::-1]
        other = f"{inner.alias}.{pair[1]}" if pair[1] in inner.columns \
            else self.column([inner])[0]
        if pair[0] in rel.columns and self.chance(0.7):
            col = f"{rel.alias}.{pair[0]}"
        where = self.choose((3, self.atom([inner])), (1, "true"))
        if not self.chance(0.7):
            where = f"({where} OR {other} = {col})"
        negated = self.rng.choice(("", "", "NOT "))
        return self.choose(
            (4, f"{negated}EXISTS (SELECT FROM {item} WHERE {other} = {col}"
                f"{extra} AND {where})"),
            (3, f"{col} {negated}IN (SELECT {other} FROM {item} WHERE "
                f"{where}{extra})"),
            (1, f"{col} = ANY (SELECT {other} FROM {item} WHERE {where}"
                f"{extra})"),
            (1, f"{col} {self.rng.choice(('<>', '>'))} ALL (SELECT {other} "
                f"FROM {item} WHERE {where}{extra})"),
            (1, f"{col} = (SELECT max({other}) FROM {item} WHERE {where}"
                f"{extra})"),
            (1, f"(SELECT count(*) FROM {item} WHERE {other} = {col}{extra}"
                f") {self.rng.choice(('=', '>', '<>'))} 1"))

    def atom(self, rels):
        return self.text_atom(rels) if self.chance(0.8) \
            else self.other_atom(rels)

    def condition(self, rels, depth=2, subqueries=0.0):
        """An AND/OR/NOT tree."""
        if depth > 0 and self.chance(0.5):
            left = self.condition(rels, depth - 1, subqueries)
            right = self.condition(rels, depth - 1, subqueries)
            return self.choose(
                (5, f"({left} AND {right})"), (3, f"({left} OR {right})"),
                (1, f"NOT ({left} AND {right})"), (1, f"NOT ({left})"))
        if self.chance(subqueries):
            return self.sub_atom(rels)
        return self.atom(rels)

    def narrow(self, rel):
        """A condition that few rows meet and one request can carry."""
        name = "resource_id" if "resource_id" in rel.columns else None
        if rel.name == "bss_package_usages":
            return f"{rel.alias}.order_instance_id IN (" + ", ".join(
                literal(self.text(rel, "order_instance_id"))
                for _ in range(4)) + ")"
        if name and self.chance(0.5):
            count = self.rng.choice((1, 1, 2, 4))
            return f"{rel.alias}.{name} IN (" + ", ".join(
                literal(self.text(rel, name)) for _ in range(count)) + ")"
        names = [n for n in FILTERED if n in rel.columns]
        return " AND ".join(
            f"{rel.alias}.{n} = {literal(self.rng.choice(WORDS[n]))}"
            for n in self.rng.sample(names, min(3, len(names))))

    # ---- lists of outputs

    def outputs(self, rels, least=1):
        """Expressions for a target list."""
        result = []
        for _ in range(self.rng.choice((least, 2, 3, 5))):
            col = self.any_column(rels)
            text = self.column(rels)
            result.append(self.choose(
                (8, col), (2, text[0]), (1, f"coalesce({text[0]}, '-')"),
                (1, f"{text[0]} || '!'"), (1, f"length({text[0]})"),
                (1, f"{text[0]} = {self.value(*text[1:])}"), (1, "1"),
                (1, f"{self.rng.choice(rels).alias}::text"),
                (1, f"{text[0]} IS NULL")))
        return result

    def key(self, rels):
        """Columns that tell all rows apart, as far as rows differ."""
        return [f"{rel.alias}.{name}" for rel in rels
                for name in KEYS.get(rel.name, rel.columns)]

    def total_order(self, count, keys=()):
        """ORDER BY that leaves only equal rows unordered."""
        order = [f"{key}{self.rng.choice(('', ' DESC'))}"
                 f"{self.rng.choice(('', ' NULLS FIRST', ' NULLS LAST'))}"
                 for key in keys]
        numbers = list(range(1, count + 1))
        self.rng.shuffle(numbers)
        order += [f"{n}{self.rng.choice(('', ' DESC', ' NULLS FIRST'))}"
                  for n in numbers]
        return " ORDER BY " + ", ".join(order)

    def limit(self):
        count = self.rng.choice((0, 1, 1, 2, 3, 5, 10, 11, 40, 199, 500))
        skip = self.rng.choice((0, 0, 0, 1, 5, 10, 60, 300))
        return self.rng.choice((
            f" LIMIT {count}", f" LIMIT {count}",
            f" LIMIT {count} OFFSET {skip}", f" OFFSET {skip}",
            f" OFFSET {skip} ROWS FETCH NEXT {count} ROWS ONLY",
            f" LIMIT (SELECT {count})", f" LIMIT {count} OFFSET {skip}",
            " LIMIT NULL"))

    def tail(self, query, count, keys=(), kind=""):
        """A case of a query: as it is, ordered, or limited."""
        way = self.choose((5, "bag"), (3, "list"), (3, "limit"), (2, "part"),
                          (1, "ties"))
        if way == "bag":
            return self.case(kind, [query], BAG)
        if way == "list":
            return self.case(kind, [query + self.total_order(count, keys)],
                             LIST)
        if way == "limit":
            return self.case(kind + ", limit", [
                query + self.total_order(count, keys) + self.limit()], LIST)
        if way == "ties":
            key = self.rng.randrange(1, count + 1)
            limit = self.rng.choice((0, 1, 3, 10, 50))
            return self.case(kind + ", ties", [
                f"{query} ORDER BY {key} FETCH FIRST {limit} ROWS WITH TIES"],
                PART, whole=query)
        return self.case(kind + ", limit", [query + self.limit()], PART,
                         whole=query)

    def case(self, kind, body, compare, cleanup=(), whole="", explain=None):
        return Case(kind, body, compare, self.settings(), list(cleanup),
                    whole, body[-1:] if explain is None else explain,
                    "lp" if self.places else "l")

    def settings(self):
        """Planner settings for this query."""
        way = self.choose((4, 0), (5, 1), (2, 2), (1, 3))
        result = [f"SET {name} = off"
                  for name in self.rng.sample(PLANNER, way)]
        if self.chance(0.04):
            # Not 0, at which workers are started anew for each outer row.
            result += ["SET parallel_setup_cost = 1",
                       "SET parallel_tuple_cost = 0",
                       "SET min_parallel_table_scan_size = 0"]
        if self.chance(0.05):
            result.append("SET work_mem = '64kB'")
        if self.chance(0.05):
            result.append("SET join_collapse_limit = 1")
        if self.chance(0.03):
            result.append("SET from_collapse_limit = 1")
        if self.chance(0.03):
            result.append("SET cursor_tuple_fraction = 1")
        return result

    # ---- kinds of queries

    def simple(self):
        rel = self.foreign()
        where = "" if self.chance(0.08) else \
            " WHERE " + self.condition([rel], 3, 0.05)
        outputs = self.choose((2, [f"{rel.alias}.*"]), (6, None), (1, ["1"]),
                              (1, [rel.alias]))
        stars = outputs == [f"{rel.alias}.*"]
        outputs = outputs or self.outputs([rel])
        query = f"SELECT {', '.join(outputs)} FROM {self.from_item(rel)}{where}"
        count = len(rel.columns) if stars else len(outputs)
        return self.tail(query, count, self.key([rel])[:1], "filter")

    def join_condition(self, left, right):
        """A condition between two items of FROM; the kind of operator."""
        pairs = [pair for pair in PAIRS
                 if pair[0] in left.columns and pair[1] in right.columns]
        pairs += [pair[::-1] for pair in PAIRS
                  if pair[1] in left.columns and pair[0] in right.columns]
        pairs += [(name, name) for name in left.columns
                  if name in right.columns and name in HOT]
        if not pairs:
            return (f"{self.column([left])[0]} = {self.column([right])[0]}",
                    True)
        one, two = self.rng.choice(pairs)
        a, b = f"{left.alias}.{one}", f"{right.alias}.{two}"
        plain = self.choose(
            (12, f"{a} = {b}"), (3, f"{b} = {a}"), (1, f"{a} = lower({b})"),
            (1, f"{a} = trim({b})"), (1, f"{a}::varchar = {b}"),
            (1, f"{a} = {b}::varchar"), (1, f"{a} = {b} || ''"),
            (1, f"lower({a}) = lower({b})"),
            (1, f"{a} = coalesce({b}, 'normal')"))
        if self.chance(0.12):
            return self.rng.choice((
                f"{a} IS NOT DISTINCT FROM {b}",
                f"{a} = ANY (ARRAY[{b}, 'normal'])",
                f"({a} = {b} OR {self.atom([right])})", f"{a} < {b}",
                f"{a} IN ({b}, 'used')", f"{b} LIKE {a} || '%'")), False
        if self.chance(0.3):
            one, two = self.rng.choice(pairs)
            plain += f" AND {left.alias}.{one} = {right.alias}.{two}"
        return plain, True

    def joined(self, rels=None):
        """FROM and the rels whose columns can be used."""
        if rels is None:
            local = self.rel("billing", "billing", "tiny")
            rels = [self.foreign(), local]
            if self.chance(0.25):
                rels.append(self.foreign() if self.chance(0.5)
                            else self.rel("tiny"))
            elif self.chance(0.3):
                rels[1] = self.foreign()
            self.rng.shuffle(rels)
        text, seen = self.from_item(rels[0]), [rels[0]]
        wide = sum(not rel.is_cheap for rel in rels) > 1
        extra = [self.narrow(rel) for rel in rels
                 if wide and not rel.is_cheap]
        for rel in rels[1:]:
            other = self.rng.choice(seen)
            on, is_equal = self.join_condition(other, rel)
            if self.chance(0.2):
                on += " AND " + self.atom([rel, other])
                is_equal = False
            item = self.from_item(rel)
            way = self.choose((6, "JOIN"), (3, "LEFT JOIN"),
                              (2, "RIGHT JOIN"),
                              (2, "FULL JOIN" if is_equal else "JOIN"))
            # What a side has to be narrowed by must not go by its outer join.
            if wide:
                way = self.choose((3, "JOIN"), (1, "LEFT JOIN"))
                if way == "LEFT JOIN" and not rel.is_cheap:
                    on += " AND " + self.narrow(rel)
                    extra = [e for e in extra if f"{rel.alias}." not in e]
            text += f" {way} {item} ON {on}"
            seen.append(rel)
        return text, rels, extra

    def join(self):
        text, rels, extra = self.joined()
        if self.chance(0.6):
            extra.append(self.condition(rels, 2, 0.04))
        where = " WHERE " + " AND ".join(extra) if extra else ""
        outputs = self.outputs(rels, 2)
        return self.tail(f"SELECT {', '.join(outputs)} FROM {text}{where}",
                         len(outputs), kind="join")

    def semi(self):
        """EXISTS, IN and their negations on top."""
        rel = self.choose((3, self.foreign()), (2, self.rel("billing")))
        inner = self.quotas() if rel.is_cheap \
            else self.rel("billing", "tiny", "hss_quotas", "hss_quota_tags")
        on, _ = self.join_condition(rel, inner)
        where = [self.atom([inner])] if self.chance(0.6) else []
        outer = [self.condition([rel], 1)] if self.chance(0.5) else []
        if not rel.is_cheap and not inner.is_cheap:
            where.append(self.narrow(inner))
        item = self.from_item(inner)
        negated = self.rng.choice(("", "NOT "))
        if self.chance(0.5):
            left = self.rng.choice([n for n in rel.columns if n in HOT]
                                   or ["region_code"])
            right = left if left in inner.columns else self.column([inner])[2]
            inside = " WHERE " + " AND ".join(where) if where else ""
            test = (f"{rel.alias}.{left} {negated}IN (SELECT {inner.alias}."
                    f"{right} FROM {item}{inside})")
        else:
            inside = " AND ".join([on] + where)
            test = f"{negated}EXISTS (SELECT 1 FROM {item} WHERE {inside})"
        # A subplan that is neither hashed nor joined runs once a row.
        if not inner.is_cheap and not rel.is_cheap:
            outer.append(self.narrow(rel))
        outputs = self.outputs([rel])
        return self.tail(f"SELECT {', '.join(outputs)} FROM "
                         f"{self.from_item(rel)} WHERE "
                         + " AND ".join(outer + [test]), len(outputs),
                         kind="anti join" if negated else "semi join")

    def source(self, joins=0.35):
        """FROM ... WHERE ... of something, and its rels."""
        if self.chance(joins):
            text, rels, extra = self.joined()
        else:
            rels = [self.foreign()]
            text, extra = self.from_item(rels[0]), []
        if self.chance(0.6):
            extra.append(self.condition(rels, 2))
        return text + (" WHERE " + " AND ".join(extra) if extra else ""), rels

    def aggregate(self):
        text, rels = self.source()
        col = self.column(rels)[0]
        key = ", ".join(self.key(rels))
        number = self.column(rels, "numeric") or self.column(rels, "int4")
        moment = self.column(rels, "timestamptz")
        calls = ["count(*)", f"count({col})", f"count(DISTINCT {col})",
                 f"min({col})", f"max({col})",
                 f"count(*) FILTER (WHERE {self.atom(rels)})",
                 f"string_agg({col}, ',' ORDER BY {col}, {key})",
                 f"array_agg(DISTINCT {col})",
                 f"bool_or({self.atom(rels)})"]
        if number:
            calls += [f"sum({number[0]})", f"avg({number[0]})",
                      f"max({number[0]})"]
        if moment:
            calls += [f"min({moment[0]})", f"max({moment[0]})"]
        calls = self.rng.sample(calls, self.rng.choice((1, 2, 3)))
        if self.chance(0.25):
            having = self.rng.choice(("", f" HAVING {self.having()}"))
            return self.case("aggregate", [
                f"SELECT {', '.join(calls)} FROM {text}{having}"], BAG)
        groups = list(dict.fromkeys(
            self.column(rels)[0] for _ in range(self.rng.choice((1, 1, 2, 3)))))
        if self.chance(0.1):
            groups.append("jsonb_array_length(q.tags)".replace(
                "q.", rels[0].alias + ".")
                if "tags" in rels[0].columns else f"length({groups[0]})")
        by = ", ".join(groups)
        if self.chance(0.2):
            by = self.rng.choice((f"ROLLUP ({by})", f"CUBE ({by})",
                                  f"GROUPING SETS (({by}), ())"))
        having = f" HAVING {self.having()}" if self.chance(0.3) else ""
        return self.tail(f"SELECT {', '.join(groups + calls)} FROM {text} "
                         f"GROUP BY {by}{having}", len(groups + calls),
                         kind="group")

    def count(self):
        """What may be answered by totals, or nearly."""
        rel = self.quotas()
        names = self.rng.sample(FILTERED, self.rng.choice((0, 1, 1, 2)))
        where = []
        for name in names:
            col = f"{rel.alias}.{name}"
            words = [literal(self.rng.choice(WORDS[name])) for _ in range(3)]
            where.append(self.choose(
                (6, f"{col} = {words[0]}"),
                (3, f"{col} IN ({', '.join(words)})"),
                (2, f"({col} = {words[0]} OR {col} = {words[1]})"),
                (1, f"{col} <> {words[0]}"),
                (1, f"{col} NOT IN ({words[0]}, 'x')"),
                (1, f"{col} = {self.value(rel, name)}")))
        if self.chance(0.1):
            where.append(self.atom([rel]))
        text = self.from_item(rel)
        if where:
            text += " WHERE " + " AND ".join(where)
        calls = self.rng.choice((
            ["count(*)"], ["count(*)"], ["count(*)", f"count({rel.alias}.resource_id)"],
            ["count(*) * 2", "count(*) + 1"], ["1", "count(*)"]))
        having = f" HAVING {self.having()}" if self.chance(0.05) else ""
        if self.chance(0.5):
            return self.case("count", [
                f"SELECT {', '.join(calls)} FROM {text}{having}"], BAG)
        group = f"{rel.alias}.{self.rng.choice(FILTERED)}"
        outputs = self.rng.choice(([group, *calls], calls + [group],
                                   [f"upper({group})", *calls]))
        return self.tail(f"SELECT {', '.join(outputs)} FROM {text} GROUP BY "
                         f"{group}{having}", len(outputs), kind="count")

    def having(self):
        return self.rng.choice(("count(*) > 1", "count(*) = 0",
                                "count(*) BETWEEN 2 AND 30", "true",
                                "count(*) % 2 = 1"))

    def window(self):
        text, rels = self.source(0.25)
        col, part = self.column(rels)[0], self.column(rels)[0]
        order = f"ORDER BY {col}, " + ", ".join(self.key(rels))
        over = f"(PARTITION BY {part} {order})" if self.chance(0.7) \
            else f"({order})"
        frame = over[:-1] + " ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)"
        calls = self.rng.sample((
            f"row_number() OVER {over}", f"lag({col}) OVER {over}",
            f"rank() OVER (ORDER BY {part})", f"first_value({col}) OVER "
            f"{over}", f"count(*) OVER (PARTITION BY {part})",
            f"count({col}) OVER {frame}", f"ntile(4) OVER {over}",
            f"lead({col}, 2, 'none') OVER {over}",
            f"dense_rank() OVER (ORDER BY {part} DESC NULLS LAST)",
            f"max({col}) OVER {frame}"), 2)
        outputs = self.outputs(rels) + calls
        query = f"SELECT {', '.join(outputs)} FROM {text}"
        if self.chance(0.3):
            query = (f"SELECT * FROM (SELECT {col} AS c, row_number() OVER "
                     f"{over} AS r FROM {text}) s WHERE r <= "
                     f"{self.rng.choice((1, 3, 10))}")
            return self.tail(query, 2, kind="window")
        # rows that are alike may swap their numbers, not their keys
        return self.tail(query, len(outputs), kind="window")

    def distinct(self):
        text, rels = self.source()
        if self.chance(0.5):
            outputs = list(dict.fromkeys(self.outputs(rels)))
            return self.tail(f"SELECT DISTINCT {', '.join(outputs)} FROM "
                             f"{text}", len(outputs), kind="distinct")
        on = self.column(rels)[0]
        keys = ", ".join(self.key(rels))
        direction = self.rng.choice(("", " DESC", " NULLS FIRST"))
        outputs = ", ".join([on] + self.outputs(rels))
        return self.case("distinct on", [
            f"SELECT DISTINCT ON ({on}) {outputs} FROM {text} ORDER BY "
            f"{on}{direction}, {keys}"
            + self.rng.choice(("", "", self.limit()))], LIST)

    def set_operation(self):
        count = self.rng.choice((1, 2))
        parts = []
        for _ in range(self.rng.choice((2, 2, 3))):
            text, rels = self.source(0.15)
            columns = [self.column(rels)[0] for _ in range(count)]
            limit = self.total_order(count) + f" LIMIT {self.rng.choice((3, 20))}" \
                if self.chance(0.15) else ""
            parts.append(f"(SELECT {', '.join(columns)} FROM {text}{limit})")
        query = parts[0]
        for part in parts[1:]:
            query += " " + self.rng.choice((
                "UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT",
                "EXCEPT ALL", "UNION ALL")) + " " + part
        return self.tail(query, count, kind="set operation")

    def lateral(self):
        rel, inner = self.rel("tiny"), self.foreign()
        if self.chance(0.3):
            rel = self.quotas()
        on, _ = self.join_condition(rel, inner)
        wide = "" if rel.is_cheap else f" WHERE {self.narrow(rel)}"
        where = f" AND {self.atom([inner, rel])}" if self.chance(0.5) else ""
        cols = list(dict.fromkeys([self.column([inner])[2],
                                   *KEYS.get(inner.name, inner.columns)]))
        listed = ", ".join(f"{inner.alias}.{c}" for c in cols)
        limit = self.choose((1, ""), (1, self.total_order(len(cols))
                                      + f" LIMIT {self.rng.choice((1, 2, 5))}"))
        sub = (f"SELECT {listed} FROM {self.from_item(inner)} WHERE {on}"
               f"{where}{limit}")
        if self.chance(0.3):
            sub = (f"SELECT count(*) AS n, min({inner.alias}.{cols[0]}) AS m "
                   f"FROM {self.from_item(inner)} WHERE {on}{where}")
            cols = ["n", "m"]
        way = self.rng.choice((f"CROSS JOIN LATERAL ({sub}) s",
                               f"LEFT JOIN LATERAL ({sub}) s ON true",
                               f"JOIN LATERAL ({sub}) s ON s.{cols[0]} "
                               "IS NOT NULL"))
        outputs = self.outputs([rel]) + [f"s.{c}" for c in cols]
        return self.tail(f"SELECT {', '.join(outputs)} FROM "
                         f"{self.from_item(rel)} {way}{wide}", len(outputs),
                         kind="lateral")

    def scalar(self):
        """Correlated subqueries in the target list."""
        rel = self.rel("tiny") if self.chance(0.7) else self.quotas()
        inner = self.foreign()
        on, _ = self.join_condition(rel, inner)
        wide = "" if rel.is_cheap else f" WHERE {self.narrow(rel)}"
        where = f" AND {self.atom([inner])}" if self.chance(0.4) else ""
        col = self.column([inner])[0]
        item = self.from_item(inner)
        sub = self.rng.choice((
            f"(SELECT count(*) FROM {item} WHERE {on}{where})",
            f"(SELECT max({col}) FROM {item} WHERE {on}{where})",
            f"(SELECT {col} FROM {item} WHERE {on}{where} ORDER BY {col} "
            "LIMIT 1)",
            f"EXISTS (SELECT FROM {item} WHERE {on}{where})",
            f"ARRAY(SELECT {col} FROM {item} WHERE {on}{where} ORDER BY "
            f"{col})"))
        outputs = self.outputs([rel]) + [sub]
        return self.tail(f"SELECT {', '.join(outputs)} FROM "
                         f"{self.from_item(rel)}{wide}", len(outputs),
                         kind="correlated")

    def cte(self):
        text, rels = self.source(0.2)
        cols = list(dict.fromkeys(self.column(rels)[0] for _ in range(3)))
        names = [f"c{i}" for i in range(len(cols))]
        materialized = self.rng.choice(("", "MATERIALIZED ",
                                        "NOT MATERIALIZED "))
        head = (f"WITH w ({', '.join(names)}) AS {materialized}(SELECT "
                f"{', '.join(cols)} FROM {text}) ")
        value = self.value(rels[0], cols[0].split(".")[1])
        rel = self.rel("tiny")
        query = self.rng.choice((
            f"SELECT * FROM w WHERE c0 = {value}",
            f"SELECT c0, count(*) FROM w GROUP BY c0",
            f"SELECT {rel.alias}.n, w.c0 FROM tiny {rel.alias} LEFT JOIN w "
            f"ON w.c0 = {rel.alias}.{self.rng.choice(('version', 'status'))}",
            "SELECT c0, (SELECT count(*) FROM w v WHERE v.c0 = w.c0) FROM w "
            "WHERE c0 IN (SELECT c0 FROM w)",
            f"SELECT c0, 1 FROM w WHERE EXISTS (SELECT FROM tiny b WHERE "
            "b.version = w.c0) UNION ALL SELECT c0, 2 FROM w"))
        count = len(cols) if query.startswith("SELECT * ") else 2
        return self.tail(head + query, count, kind="cte")

    def arguments(self, parameters):
        """An argument list for a prepared statement."""
        result = []
        for kind, rel, name in parameters:
            if kind == "text":
                value = literal(None if self.chance(0.08)
                                else self.text(rel, name))
            else:
                value = self.array(self.texts(rel, name))
                if self.chance(0.08):
                    value = "NULL"
            result.append(value)
        return f" ({', '.join(result)})" if result else ""

    def prepared(self):
        mode = self.rng.choice(("force_custom_plan", "force_generic_plan",
                                "force_generic_plan", "auto"))
        self.parameters = []
        query = self.rng.choice((self.simple, self.join, self.semi,
                                 self.aggregate, self.scalar, self.lateral,
                                 self.set_operation))()
        parameters, self.parameters = self.parameters, None
        types = ", ".join(kind for kind, _, _ in parameters)
        types = f" ({types})" if types else ""
        times = 7 if mode == "auto" and self.chance(0.3) else 3
        calls = ["EXECUTE p" + self.arguments(parameters)
                 for _ in range(times)]
        prepare = f"PREPARE p{types} AS {query.body[0]}"
        compare = query.compare
        whole = ""
        if compare == PART:
            # Without the whole there is no telling but the count.
            whole = "count"
        return Case("prepared: " + query.kind, [prepare] + calls, compare,
                    query.settings + [f"SET plan_cache_mode = {mode}"],
                    ["DEALLOCATE ALL"], whole, [prepare, calls[-1]],
                    query.schema)

    def cursor(self):
        text, rels = self.source(0.3)
        outputs = self.outputs(rels)
        ordered = self.chance(0.7)
        query = f"SELECT {', '.join(outputs)} FROM {text}"
        if ordered:
            query += self.total_order(len(outputs))
        scroll = self.chance(0.75)
        hold = self.chance(0.2)
        declare = (f"DECLARE c {'' if scroll else 'NO '}SCROLL CURSOR "
                   f"{'WITH HOLD ' if hold else ''}FOR {query}")
        fetches = []
        if ordered and scroll:
            for _ in range(self.rng.choice((3, 5, 8))):
                fetches.append("FETCH " + self.rng.choice((
                    "1", "FORWARD 5", "BACKWARD 3", "PRIOR", "FIRST", "LAST",
                    "ABSOLUTE 7", "RELATIVE -2", "ALL", "BACKWARD ALL",
                    "ABSOLUTE -3", "FORWARD 0", "20")) + " FROM c")
        elif ordered:
            fetches = ["FETCH 1 FROM c", "FETCH 10 FROM c", "FETCH ALL FROM c"]
        else:
            fetches = ["FETCH ALL FROM c"]
            if scroll:
                fetches += ["FETCH BACKWARD ALL FROM c", "FETCH ALL FROM c"]
        if hold:
            where = self.rng.randrange(len(fetches) + 1)
            fetches.insert(where, "COMMIT")
        return self.case("cursor", ["BEGIN", declare] + fetches,
                         LIST if ordered else BAG,
                         ["ROLLBACK", "CLOSE ALL"], explain=[query])

    def plpgsql(self):
        """A loop that asks once a row, with its plans kept."""
        rel = self.quotas() if self.chance(0.8) else self.rel(
            "hss_quota_tags")
        one, two = self.rng.choice([pair for pair in PAIRS
                                    if pair[0] in rel.columns])
        col, out = f"{rel.alias}.{one}", self.column([rel])[0]
        where = f" AND {self.atom([rel])}" if self.chance(0.4) else ""
        item = self.from_item(rel)
        key = ", ".join(self.key([rel]))
        inner = self.rng.choice((
            f"SELECT count(*)::text, max({out}) INTO a, b FROM {item} WHERE "
            f"{col} = r.{two}{where}; RETURN NEXT concat_ws('|', r.n, a, b);",
            f"FOR s IN SELECT {out} AS o FROM {item} WHERE {col} = r.{two}"
            f"{where} ORDER BY {key} LOOP RETURN NEXT s.o; "
            "EXIT WHEN s.o > 'n'; END LOOP;",
            f"IF EXISTS (SELECT FROM {item} WHERE {col} = r.{two}{where}) "
            f"THEN RETURN NEXT r.{two}; END IF;",
            f"BEGIN SELECT {out} INTO STRICT a FROM {item} WHERE {col} = "
            f"r.{two}{where}; RETURN NEXT a; EXCEPTION WHEN no_data_found "
            "THEN RETURN NEXT 'none'; WHEN too_many_rows THEN "
            "RETURN NEXT 'many'; END;",
            f"RETURN QUERY SELECT {out} FROM {item} WHERE {col} = ANY "
            f"(ARRAY[r.{two}, 'normal', NULL]){where};"))
        body = ("DECLARE r record; s record; a text; b text; BEGIN FOR r IN "
                "SELECT * FROM tiny ORDER BY n, resource_id, host_name, day, "
                f"cost, version, status, category, project LOOP {inner} "
                "END LOOP; END")
        case = self.case("plpgsql", [
            "CREATE OR REPLACE FUNCTION pg_temp.walk() RETURNS SETOF text "
            f"LANGUAGE plpgsql AS $walk${body}$walk$",
            "SELECT pg_temp.walk()"], BAG, ["DROP FUNCTION pg_temp.walk()"],
            explain=[])
        mode = self.rng.choice(("force_generic_plan", "force_custom_plan",
                                "auto"))
        case.settings.append(f"SET plan_cache_mode = {mode}")
        return case

    def change(self):
        """Statements that write to a local table, undone again."""
        text, rels, extra = self.joined([self.rel("billing"), self.quotas()])
        rel, other = self.rel("billing"), self.quotas()
        on, _ = self.join_condition(rel, other)
        cond = self.atom([other])
        item = self.from_item(other)
        columns = "resource_id, version"
        statement = self.rng.choice((
            f"DELETE FROM billing {rel.alias} USING {item} WHERE {on} AND "
            f"{cond} RETURNING {rel.alias}.*",
            f"UPDATE billing {rel.alias} SET cost = (SELECT count(*) FROM "
            f"{item} WHERE {on}) WHERE n < 3 AND EXISTS (SELECT FROM {item} "
            f"WHERE {on} AND {cond}) RETURNING {rel.alias}.*",
            f"INSERT INTO billing ({columns}) SELECT {other.alias}."
            f"resource_id, {other.alias}.version FROM {item} WHERE {cond} "
            f"RETURNING {columns}",
            f"SELECT {rel.alias}.resource_id, {other.alias}.host_name FROM "
            f"billing {rel.alias} JOIN {item} ON {on} WHERE {cond} FOR "
            f"UPDATE OF {rel.alias}",
            f"CREATE TEMP TABLE t ON COMMIT DROP AS SELECT {other.alias}.* "
            f"FROM {item} WHERE {cond}",
            f"MERGE INTO billing {rel.alias} USING (SELECT DISTINCT "
            f"resource_id AS id FROM {item}) s ON {rel.alias}.resource_id "
            "= s.id WHEN MATCHED THEN UPDATE SET n = 99 WHEN NOT MATCHED "
            "THEN INSERT (resource_id) VALUES (s.id)"))
        after = ["SELECT * FROM t"] if statement.startswith("CREATE") \
            else ["SELECT * FROM billing"]
        return self.case("change", ["BEGIN", statement] + after, BAG,
                         ["ROLLBACK"], explain=[
                             "SELECT 1" if statement.startswith("CREATE")
                             else statement])

    def mistake(self):
        """What must be the same error on both sides."""
        rel = self.quotas()
        item = self.from_item(rel)
        col = self.column([rel])[0]
        return self.case("mistake", [self.rng.choice((
            f"SELECT {rel.alias}.nothing FROM {item}",
            f"SELECT * FROM {item} WHERE {col} = 5",
            f"SELECT * FROM {item} LIMIT -1",
            f"SELECT * FROM {item} WHERE {rel.alias}.expire_time = 'soon'",
            f"SELECT {col}, count(*) FROM {item} HAVING true",
            f"SELECT * FROM {item} WHERE {col} = (SELECT version FROM tiny)",
            f"SELECT 1 FROM {item} WHERE {col}"))], BAG)

    def somewhere(self):
        """A condition on where; each names all places that it reads."""
        here = [name for name in PROJECTS
                if REGIONS[name] == REGIONS[PROJECTS[0]]]
        one, both = literal(here[0]), ", ".join(map(literal, here))
        ways = [f"project_id IN ({both})",
                f"project_id = ANY (ARRAY[{both}, NULL])",
                f"project_id = {one} OR project_id = {one}",
                f"project_id IN ({both}, 'no/such id', {both})"]
        if self.spans:
            names = self.rng.sample(PROJECTS, 2)
            a, b = map(literal, names)
            its = literal(REGIONS[names[0]])
            there = literal(REGIONS[PROJECTS[-1]])
            regions = ", ".join(map(literal, sorted(set(REGIONS.values()))))
            ways += [f"project_id = {a}", f"project_id IN ({a}, {b}, NULL)",
                     f"project_id <> {a}", f"project_id NOT IN ({a}, {b})",
                     f"project_id LIKE '2%' OR project_id = {a}",
                     f"region = {there}", f"region IN ({regions})",
                     f"region <> {there}", f"region NOT IN ({there})",
                     f"region = {its} AND project_id = {a}",
                     f"region = {there} OR project_id = {a}",
                     f"region IN ({regions}) AND project_id IN ({a}, {b})"]
        return self.rng.choice(ways)

    def next(self):
        """A case."""
        self.n, self.places, self.parameters = 0, "", None
        if self.chance(0.3 if self.spans else 0.05):
            self.places = self.somewhere()
        return self.choose(
            (20, self.simple), (16, self.join), (8, self.semi),
            (9, self.aggregate), (9, self.count), (5, self.window), (6, self.distinct),
            (6, self.set_operation), (6, self.lateral), (6, self.scalar),
            (5, self.cte), (8, self.prepared), (4, self.cursor),
            (3, self.plpgsql), (2, self.change), (0.5, self.mistake))()
