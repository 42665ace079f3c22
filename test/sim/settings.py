"""The settings ("personalities") of the simulator.

Promises: every setting has one line in TABLE with its default, its kind and
its meaning; a value that is not of its kind is refused with BadSetting; a
Settings object never changes once made, so that it may be cached and shared
between threads.  The table in README.md is printed from here
(`simulator.py --settings`).
"""

import base64
from urllib.parse import unquote

import bodies
import errors
import faults


class BadSetting(Exception):
    """A setting nobody knows, or a value that is not of its kind."""


INT = "int"
TEXT = "text"
FLAG = ("0", "1")

# name, default, kind (INT, TEXT or the words allowed), meaning
TABLE = [
    # the data
    ("quotas", 100, INT, "HSS quotas in each project"),
    ("seed", "1", TEXT, "seed of all generated data"),
    ("new_words", 0, INT, "N > 0: each N-th quota has an edition, states and "
     "a charging mode that no document names; filters know them not"),
    ("late", 0, INT, "N > 0: each N-th quota shows that it has expired, while "
     "filters still find it by the state before"),
    ("packages", 36, INT, "package usages (POST .../usages/query)"),
    ("packages_form", "list", ("list", "absent", "null"),
     "list: an array; absent, null: the array is missing or null"),
    ("empty_list", "list", ("list", "absent", "null"),
     "data_list without rows: an empty array, left out, or null"),
    ("balance", "positive", ("positive", "negative"),
     "sign of used_consumption_quota"),
    ("expenditure", "normal",
     ("normal", "zero", "over", "reseller", "reseller_null",
      "reseller_nobody"),
     "zero: quota 0; over: more used than granted; reseller: `{}`, "
     "reseller_null: `null`, reseller_nobody: an empty 200"),
    ("sample", "0", FLAG, "1: each API answers its document's example reply"),
    ("expire_unit", "ms", ("ms", "s"), "unit of expire_time, create_time"),
    ("numbers", "documented",
     ("documented", "string", "number", "float", "exp"),
     "spelling of numbers: string: all quoted; number: none quoted; float: "
     "`5.0`; exp: `5E0`"),
    ("field_order", "data_first", ("data_first", "data_last"),
     "place of data_list among the counters"),
    # how the services read a request
    ("spelling", "both", ("both", "long", "short"),
     "request spelling of quota_status, used_status that is understood "
     "(long: QUOTA_STATUS_NORMAL, short: normal)"),
    ("unknown", "reject", ("reject", "ignore", "empty"),
     "a filter value the service does not know: 400 HSS.0001, no filter, or "
     "no rows"),
    ("unknown_param", "reject", ("reject", "ignore"),
     "a query parameter the document does not name: 400 or ignored"),
    ("deaf", "", TEXT, "name of a filter that has no effect, whatever its "
     "value"),
    ("category", "honour", ("honour", "ignore"),
     "ignore: the category parameter has no effect, all rows are returned"),
    ("category_default", "host", ("host", "all"),
     "meaning of a request without category"),
    ("eps_default", "0", ("0", "all"),
     "meaning of a request without enterprise_project_id"),
    ("host_name", "exact", ("exact", "substring", "casefold"),
     "how the host_name filter matches"),
    ("clamp", 0, INT, "N > 0: at most N rows a page, silently"),
    ("limit_max", "reject", ("reject", "clamp"),
     "limit outside 10..200 or offset outside 0..2000000: 400, or moved "
     "into the range"),
    ("content_type", "check", ("check", "ignore"),
     "check: a POST to BSS must say Content-Type: application/json"),
    ("region_header", "check", ("check", "ignore"),
     "check: a region header must name the project's region"),
    # paging
    ("totals", "filtered",
     ("filtered", "all", "absent", "null", "low", "high", "zero"),
     "counters follow the filters; count all rows of the project; are "
     "missing; null; total_num too low, too high (by 1), 0"),
    ("page", "offset", ("offset", "repeat"), "repeat: offset is ignored"),
    ("short_pages", 0, INT,
     "N > 0: some pages (the first one always) hold at most N rows"),
    ("empty_page_at", -1, INT, "the page at this offset is empty"),
    ("drift", "none",
     ("none", "total", "duplicate", "insert", "delete", "reorder", "grow"),
     "the list changes while paging: total_num alone (+7); a row occurs "
     "twice; a new first row; the first row gone; order reversed; one quota "
     "more once container_resource is asked for"),
    ("drift_from", 1, INT, "drift shows at offsets from here on"),
    # time and encoding
    ("delay", 0, INT, "milliseconds before each reply"),
    ("delay_page", "", TEXT, "`OFFSET:MS`: delay of one page only"),
    ("gzip", "0", ("0", "1", "always"),
     "1: compressed when Accept-Encoding allows; always: in any case"),
    ("chunked", "0", FLAG, "1: replies are chunked"),
    ("close", "0", FLAG, "1: Connection: close after each reply"),
    # wrong answers
    ("reply", "", TEXT, "a canned body by name, see the list below"),
    ("depth", 2000, INT, "nesting of reply=deep, values of reply=wide"),
    ("body", "", TEXT,
     "a literal body: base64url in a path, plain text by `/_set`"),
    ("content_type_reply", "", TEXT, "Content-Type of replies"),
    ("status", 0, INT, "status of each reply"),
    ("error", "", TEXT, "each request fails with this error code"),
    ("error_shape", "", TEXT,
     "body shape of errors: E1 to E12, see the list below"),
    ("gateway", "APIGW", ("APIGW", "APIG"), "prefix of gateway codes"),
    ("big_body", 0, INT, "the reply is padded to this many bytes"),
    # faults by count
    ("fail", "", TEXT,
     "`KINDxCOUNT,...`: the first requests fail so, see the list below; "
     "without xCOUNT all do"),
    ("chaos", 0, INT, "of a thousand requests so many meet a fault chosen by "
     "chance, none of which lasts or is about the key"),
    ("fail_at", 1, INT, "faults begin with the N-th request"),
    ("fail_on", "api", TEXT,
     "requests that faults, delays and hangs touch: api, iam, all, or a part "
     "of the request target"),
    ("fail_text", "", TEXT, "error_msg of failed requests"),
    ("retry_after", "", TEXT,
     "Retry-After of 429 and 503: seconds, `date` (2 s ahead) or `date:N`"),
    ("rate", "", TEXT,
     "`N/SECONDS` or `N:SECONDS`: real rate limit per caller and API"),
    ("redirect_to", "", TEXT, "Location of fail=redirect"),
    ("hang", "",
     ("", "before_headers", "in_headers", "in_body", "drip"),
     "stops there until the client goes away; drip: one byte a second"),
    ("hang_at", 1, INT, "hangs only from the N-th request on"),
    ("date", "1", FLAG, "0: replies have no Date"),
    # authentication
    ("lockout", "1", FLAG, "0: keys are never locked out"),
    ("auth", "check", ("check", "none"), "none: nobody is asked for a key"),
    ("token_life", 86400, INT, "seconds a token from IAM is good for"),
    ("key_life", 3600, INT, "seconds a key from the metadata is good for"),
    ("iam", "good",
     ("good", "no_header", "html", "other_project", "expired", "unscoped"),
     "what POST /v3/auth/tokens answers to a good login: a token; no "
     "X-Subject-Token; an HTML page; a token of another project; one that "
     "expired a minute ago; unscoped: who names no scope gets a token of "
     "none, which BSS refuses"),
    ("metadata", "2", ("2", "1", "none", "noagency", "stale"),
     "metadata service: with token; without (404); absent; no agency; the "
     "first token of a client is refused"),
    ("projects", "", TEXT,
     "a literal body of GET /v3/projects, as `body` is given"),
    ("domains", "list", ("list", "empty", "two"),
     "accounts that GET /v3/auth/domains lists: ours, none, another one too"),
    ("account", "known", ("known", "named"),
     "named: signed requests to BSS must have X-Domain-Id"),
    ("id", "", TEXT,
     "means nothing; keeps fault counters, rate windows and lock-outs of "
     "cases apart"),
]

KINDS = {name: kind for name, _, kind, _ in TABLE}
DEFAULTS = {name: default for name, default, _, _ in TABLE}


def is_rate(text):
    """Whether a text is N/SECONDS or N:SECONDS."""
    return all(part.isdigit() for part in text.replace("/", ":").split(":", 1))


# What TEXT values must pass, when not empty.
CHECKS = {"fail": faults.is_plan, "error": errors.is_known,
          "reply": bodies.NAMES.__contains__, "rate": is_rate,
          "error_shape": errors.SHAPES.__contains__,
          "delay_page": is_rate}


def convert(name, value):
    """The value of one setting, or BadSetting."""
    if name not in KINDS:
        raise BadSetting(f"no setting is named {name!r}")
    kind = KINDS[name]
    if isinstance(value, bool):
        value = str(int(value))
    if kind is INT:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise BadSetting(f"{name}={value!r} is not an integer") from None
    value = str(value)
    if kind is not TEXT and value not in kind:
        raise BadSetting(f"{name}={value!r}: one of {', '.join(kind)}")
    if value and name in CHECKS and not CHECKS[name](value):
        raise BadSetting(f"{name}={value!r} means nothing")
    return value


class Settings:
    """One value for each line of TABLE, as attributes."""

    def __init__(self, base, key):
        self.__dict__.update(base)
        self.key = key      # names the counters this case has


class Table:
    """Global defaults and the cases made from them."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.values = dict(DEFAULTS)
        self.cases = {}
        self.plain = Settings(DEFAULTS, "")     # what control replies use

    def set(self, changes):
        new = dict(self.values)
        for name, value in changes.items():
            if value is None and name in DEFAULTS:
                value = DEFAULTS[name]
            new[name] = convert(name, value)
        self.values, self.cases = new, {}

    def case(self, segment):
        """Settings of a path segment `k=v;k=v`, percent-encoded or not."""
        found = self.cases.get(segment)
        if found is None:
            values = dict(self.values)
            for item in unquote(segment).split(";"):
                if item:
                    name, _, value = item.partition("=")
                    value = unquote(value)
                    if name in ("body", "projects"):
                        value = base64.urlsafe_b64decode(
                            value + "=" * (-len(value) % 4)).decode(
                                "utf-8", "surrogateescape")
                    values[name] = convert(name, value)
            if len(self.cases) > 2000:
                self.cases = {}
            found = self.cases[segment] = Settings(values, segment)
        return found


def markdown():
    """The settings as the table of README.md."""
    lines = ["| setting | default | values | meaning |", "|---|---|---|---|"]
    for name, default, kind, text in TABLE:
        words = kind if kind in (INT, TEXT) else ", ".join(
            f"`{word}`" for word in kind if word)
        lines.append(f"| `{name}` | {f'`{default}`' if default != '' else ''}"
                     f" | {words} | {text} |")
    return "\n".join(lines)
