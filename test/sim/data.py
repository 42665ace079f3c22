"""The data set: HSS quotas, package usages, the two quota objects.

Promises: everything follows from settings alone, the same on each run; each
row is encoded once and kept as bytes; selections are memoised.  The odd
shapes here (fields absent, null or empty, both container names, mixed
escaping) are those the documents leave open.
"""

import hashlib
import json
import random
from decimal import Decimal
from functools import lru_cache

from accounts import ENTERPRISE_PROJECTS

HOST_EDITIONS = ("hss.version.basic", "hss.version.advanced",
                 "hss.version.enterprise", "hss.version.premium",
                 "hss.version.wtp")
CONTAINER_EDITIONS = ("hss.version.container",
                      "hss.version.container.enterprise")
HOST_NAMES = ("web-01", "WEB-01", "Web-01", "web-0", "db-1", "db-10", "db_1",
              "数据库-一", "köln-straße", "KÖLN-STRASSE", "σίσυφος", "🚀-node",
              "o'brien", 'quo"te', "back\\slash", "100%", "star*", "a b",
              " padded ", "mail.example.org")
EPOCH_MS = 1735689600000        # 2025-01-01T00:00:00Z
DAY_MS = 86400000


class Row:
    """One quota: its JSON text and what the filters look at."""

    __slots__ = ("fields", "text", "category", "version", "quota_status",
                 "used_status", "charging_mode", "project", "host_name",
                 "resource_id")

    def __init__(self, fields, text):
        self.fields = fields
        self.text = text
        self.version = fields["version"]
        self.category = ("container_resource"
                         if self.version.startswith(CONTAINER_EDITIONS[0])
                         else "host_resource")
        self.quota_status = fields["quota_status"]
        self.used_status = fields["used_status"]
        self.charging_mode = fields["charging_mode"]
        # A row without the field belongs to the default project.
        self.project = fields.get("enterprise_project_id") or "0"
        self.host_name = fields.get("host_name") or ""
        self.resource_id = fields["resource_id"]


class Selection:
    """Rows that pass a filter, with their counters."""

    __slots__ = ("rows", "counters", "editions", "texts")

    def __init__(self, rows):
        self.rows = rows
        self.texts = {}         # counters as JSON text, by reading
        count = dict.fromkeys(("packet_cycle", "on_demand", "used", "idle",
                               "normal", "expired", "freeze"), 0)
        self.editions = {}
        for row in rows:
            for word in (row.charging_mode, row.used_status,
                         row.quota_status):
                if word in count:
                    count[word] += 1
            self.editions[row.version] = self.editions.get(row.version, 0) + 1
        self.counters = {f"{name}_num": n for name, n in count.items()}
        self.counters["total_num"] = len(rows)


def number(value, style):
    """JSON text of an integer or Decimal in the spelling asked for."""
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if style == "string":
        return f'"{text}"'
    if style == "float":
        return text if "." in text else text + ".0"
    if style == "exp":
        return format(Decimal(text), "E")
    return text


def quota_fields(rng, index, name, unit):
    """The fields of the index-th quota, as Python values."""
    unit = 1000 if unit == "s" else 1
    used = rng.random() < 0.7
    container = index % 5 in (1, 3)
    fields = {
        "charging_mode": rng.choice(("packet_cycle", "packet_cycle",
                                     "on_demand")),
        "expire_time": -1 if rng.random() < 0.3 else
        (EPOCH_MS + rng.randrange(-200, 900) * DAY_MS
         + rng.randrange(1000) * (unit == 1)) // unit}
    if used:
        fields["host_id"] = name("host")
        fields["host_name"] = (rng.choice(HOST_NAMES)
                               if rng.random() < 0.5
                               else f"node-{rng.randrange(1, 400):04d}")
    else:
        form = rng.choice(("absent", "empty", "null"))
        if form != "absent":
            fields["host_id"] = fields["host_name"] = (
                "" if form == "empty" else None)
    fields["quota_status"] = rng.choice(("normal",) * 6
                                        + ("expired",) * 2 + ("freeze",))
    fields["resource_id"] = name("quota")
    fields["shared_quota"] = rng.choice(("shared", "unshared"))
    tags = rng.choice((
        "absent", None, [], [{"key": "Service", "value": "HSS"}],
        [{"key": "env", "value": ""}, {"key": "owner", "value": "Jörg, \"J\""},
         {"key": "部门", "value": "云安全 {1}\\2"}],
        [{"key": f"k{i}", "value": f"v{index}"} for i in range(5)]))
    if tags != "absent":
        fields["tags"] = tags
    fields["used_status"] = "used" if used else "idle"
    fields["version"] = rng.choice(CONTAINER_EDITIONS if container
                                   else HOST_EDITIONS)
    project = rng.choice(("0", "0", "ep-1", "ep-2", "absent"))
    if project != "absent":
        fields["enterprise_project_id"] = project
        if rng.random() < 0.8:
            fields["enterprise_project_name"] = ENTERPRISE_PROJECTS[project]
    if rng.random() < 0.4:
        fields["create_time"] = (EPOCH_MS - rng.randrange(900) * DAY_MS) // unit
    if rng.random() < 0.1:
        fields["is_trial_quota"] = rng.random() < 0.5
    if rng.random() < 0.05:
        fields["x_added_later"] = {"data_list": [1, {"resource_id": "no"}]}
    return fields


def renew(fields):
    """Puts words in the place of others that no document names."""
    fields["version"] = ("hss.version.container.ultimate"
                         if fields["version"] in CONTAINER_EDITIONS
                         else "hss.version.ultimate")
    fields["quota_status"] = "suspended"
    fields["used_status"] = "reserved"
    fields["charging_mode"] = "spot"


def make_row(seed, project, index, unit, style, new_words=0, late=0):
    """The index-th quota of a project."""
    rng = random.Random(f"{seed}/{project}/{index}")

    def name(kind):
        digest = hashlib.md5(
            f"{kind}/{seed}/{project}/{index}".encode()).hexdigest()
        return "-".join((digest[:8], digest[8:12], digest[12:16],
                         digest[16:20], digest[20:]))

    fields = quota_fields(rng, index, name, unit)
    if new_words > 0 and index % new_words == 0:
        renew(fields)
    shown = dict(fields)
    if late > 0 and index % late == 0:
        shown["quota_status"] = "expired"
    if style == "string":
        shown = {key: str(value) if type(value) is int else value
                 for key, value in shown.items()}
    elif style in ("float", "exp"):
        # NULs mark the texts whose quotes go away below.
        shown = {key: (f"\0{number(value, style)}\0"
                       if type(value) is int else value)
                 for key, value in shown.items()}
    text = json.dumps(shown, ensure_ascii=index % 2 == 0,
                      separators=(",", ":") if index % 3 else (" , ", " : "))
    text = text.replace('"\\u0000', "").replace('\\u0000"', "")
    return Row(fields, text.encode())


class Quotas:
    """All quotas of one project under one setting."""

    def __init__(self, count, seed, project, unit, style, new_words, late):
        self.rows = [make_row(seed, project, index, unit, style, new_words,
                              late) for index in range(count)]
        self.extra = make_row(seed, project, -1, unit, style)
        self.selections = {}

    def select(self, wanted, host_match="exact"):
        """Rows whose attributes equal those of wanted (a tuple of pairs)."""
        key = (wanted, host_match)
        found = self.selections.get(key)
        if found is None:
            rows = self.rows
            for name, value in wanted:
                rows = [row for row in rows
                        if matches(row, name, value, host_match)]
            if len(self.selections) > 500:
                self.selections = {}
            found = self.selections[key] = Selection(rows)
        return found


def matches(row, name, value, host_match):
    """Whether a row passes one filter."""
    if name == "none":
        return False
    if name == "version" and value == "hss.version.container.enterprise":
        # The request has one word where replies have two.
        return row.version in CONTAINER_EDITIONS
    if name == "host_name" and host_match == "substring":
        return value in row.host_name
    if name == "host_name" and host_match == "casefold":
        return value.casefold() == row.host_name.casefold()
    return getattr(row, name) == value


@lru_cache(maxsize=64)
def quotas(count, seed, project, unit, style, new_words, late=0):
    """The memoised data set of a project."""
    return Quotas(count, seed, project, unit, style, new_words, late)


# resource type and unit in both languages
TYPES = (("cdn.cdn.flow", "Byte", "CDN 流量包", "字节"),
         ("OBS Standard Storage Package", "GB", "OBS标准存储包", "GB"),
         ("EIP traffic package", "GB", "弹性公网IP流量包", "GB"),
         ("SMS package", "Messages", "短信套餐包", "条"),
         ("API calls", "10,000 calls", "API 调用次数包", "万次"))
REGIONS = ("ap-southeast-1", "ap-southeast-3", "global-cbc-1", "af-south-1",
           "la-south-2")
AMOUNTS = ("100", "100.0", "1e2", "0", "0.00", "12.50", "1.5E+3", "2e-3",
           "123456789012345678.901234567890",
           "0.000000000000000000000000000001",
           "-3.25", "99999999999999999999", "40", "1E0")


@lru_cache(maxsize=64)
def packages(count, seed, style, language):
    """The elements of package_usage_infos, each as JSON text."""
    texts = []
    for index in range(count):
        rng = random.Random(f"package/{seed}/{index}")
        kind = rng.choice(TYPES)
        mode = rng.choice((1, 1, 2))
        cycle = rng.choice((1, 2, 3, 4, 5)) if mode == 1 else None
        cycle_type = rng.choice((1, 2, None)) if mode == 1 else None
        total = AMOUNTS[index % len(AMOUNTS)]
        balance = rng.choice((total, "0", rng.choice(AMOUNTS)))
        start = f"20{rng.randrange(19, 27)}-{rng.randrange(1, 13):02d}"
        fields = [
            ("order_instance_id",
             f'"{rng.randrange(10**5):05d}-{rng.randrange(10**9):09d}-{index}"'),
            ("resource_type_name",
             json.dumps(kind[2 if language == "zh_CN" else 0],
                        ensure_ascii=index % 2 == 0)),
            ("quota_reuse_mode", number(mode, style)),
            ("quota_reuse_cycle",
             number(cycle, style) if cycle else "null"),
            ("quota_reuse_cycle_type",
             number(cycle_type, style) if cycle_type else "null"),
            ("start_time", f'"{start}-01T00:00:00Z"'),
            ("end_time", f'"{start}-28T23:59:59Z"'),
            ("balance", f'"{balance}"' if style == "string" else balance),
            ("total", f'"{total}"' if style == "string" else total),
            ("measurement_name",
             json.dumps(kind[3 if language == "zh_CN" else 1])),
            ("region_code", f'"{rng.choice(REGIONS)}"')]
        if mode == 2 and rng.random() < 0.5:
            del fields[3:5]
        texts.append("{" + ",".join(f'"{k}":{v}' for k, v in fields) + "}")
    return tuple(texts)


@lru_cache(maxsize=64)
def consumption(seed, sign, style):
    """The partner's consumption quota as JSON text."""
    rng = random.Random(f"consumption/{seed}")
    cent = Decimal("0.01")
    amount, coupon, due, unbilled = (
        rng.randrange(100000) * cent for _ in range(4))
    if sign == "negative":
        amount += due + unbilled
    else:
        due += amount + coupon
    style = "string" if style == "documented" else style
    money = {"consumption_quota": Decimal(10000), "amount": amount,
             "coupon_amount": coupon, "due_amount": due,
             "unbilled_amount": unbilled,
             "used_consumption_quota": due + unbilled - amount - coupon}
    unit = number(1, "number" if style == "string" else style)
    return ("{" + ",".join(f'"{k}":{number(v, style)}'
                           for k, v in money.items())
            + f',"measure_id":{unit},"currency":"USD"}}')


@lru_cache(maxsize=64)
def expenditure(seed, form, style):
    """The customer's expenditure quota as JSON text."""
    if form.startswith("reseller"):
        return {"reseller": "{}", "reseller_null": "null"}.get(form, "")
    rng = random.Random(f"expenditure/{seed}")
    granted = Decimal(0 if form == "zero" else 200 * rng.randrange(1, 50))
    used = Decimal(rng.randrange(20000)) / 100
    if form == "over":
        used += granted
    part = (used / granted).quantize(Decimal("0.01")) if granted else Decimal(0)
    return ("{" + ",".join((
        f'"granting_amount":{number(granted, style)}',
        f'"granting_amount_used":{number(used, style)}',
        f'"percentage_granting_amount_used":{number(part, style)}',
        f'"measure_id":{number(1, style)}', '"currency":"USD"')) + "}")
