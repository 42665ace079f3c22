"""The local copy: the simulator's data, converted apart from the extension.

Promises: fetch() asks only `/_data`, which is made without the extension;
tables() is what the foreign tables must show; insert() is SQL for it.
"""

import datetime
import json
import urllib.request
from decimal import Decimal

# Projects and where they lie; two in the first region.
REGIONS = {"0a1b2c3d4e5f60718293a4b5c6d7e8f9": "ap-southeast-1",
           "2c3d4e5f60718293a4b5c6d7e8f90a1b": "ap-southeast-1",
           "1b2c3d4e5f60718293a4b5c6d7e8f90a": "ap-southeast-3"}
PROJECTS = tuple(REGIONS)

QUOTAS = {
    "resource_id": "text", "version": "text", "quota_status": "text",
    "used_status": "text", "host_id": "text", "host_name": "text",
    "charging_mode": "text", "tags": "jsonb", "expire_time": "timestamptz",
    "shared_quota": "text", "enterprise_project_id": "text",
    "enterprise_project_name": "text", "create_time": "timestamptz",
    "category": "text", "project_id": "text", "region": "text"}
TAGS = {"resource_id": "text", "key": "text", "value": "text",
        "category": "text", "project_id": "text", "region": "text"}
PACKAGES = {
    "order_instance_id": "text", "resource_type_name": "text",
    "quota_reuse_mode": "int4", "quota_reuse_cycle": "int4",
    "quota_reuse_cycle_type": "int4", "start_time": "timestamptz",
    "end_time": "timestamptz", "balance": "numeric", "total": "numeric",
    "measurement_name": "text", "region_code": "text"}
BILLING = {
    "resource_id": "text", "host_name": "text", "project": "text",
    "version": "text", "status": "text", "category": "text",
    "cost": "numeric", "n": "int4", "day": "timestamptz"}
TABLES = {"hss_quotas": QUOTAS, "hss_quota_tags": TAGS,
          "bss_package_usages": PACKAGES, "billing": BILLING,
          "tiny": BILLING}

EPOCH = datetime.datetime(1970, 1, 1)


class Number(str):
    """A number of JSON, as written."""


def fetch(endpoint):
    """The simulator's data; numbers as they are written."""
    with urllib.request.urlopen(endpoint + "/_data") as reply:
        return json.load(reply, parse_int=Number, parse_float=Number)


def moment(text, unit):
    """A count since 1970 as a timestamp."""
    if text is None:
        return None
    value = int(Decimal(text))
    if value == -1:
        return "infinity"
    return str(EPOCH + datetime.timedelta(
        **{"milliseconds" if unit == "ms" else "seconds": value})) + "+00"


def plain(value, kind):
    """A value without what only JSON's spelling adds: 5E0 is 5."""
    if value is not None and kind == "int4":
        return str(int(Decimal(value)))
    return value


def quota(row, project, category, unit):
    """A row of hss_quotas."""
    result = {name: row.get(name) for name in QUOTAS}
    if result["tags"] is not None:
        result["tags"] = json.dumps(result["tags"], ensure_ascii=False)
    for name in ("expire_time", "create_time"):
        result[name] = moment(result[name], unit)
    result["category"] = category
    result["project_id"] = project
    result["region"] = REGIONS[project]
    return result


def tables(data, projects, unit="ms"):
    """What the foreign tables must show, as lists of dicts."""
    quotas, tags = [], []
    for entry in data["quotas"]:
        if entry["project"] not in projects:
            continue
        row = quota(entry["row"], entry["project"], entry["category"], unit)
        quotas.append(row)
        tags.extend({"resource_id": row["resource_id"], "key": tag["key"],
                     "value": tag["value"], "category": row["category"],
                     "project_id": row["project_id"],
                     "region": row["region"]}
                    for tag in entry["row"].get("tags") or ())
    packages = [{name: plain(package.get(name), kind)
                 for name, kind in PACKAGES.items()}
                for package in data["packages_en_US"]]
    return {"hss_quotas": quotas, "hss_quota_tags": tags,
            "bss_package_usages": packages}


def billing(rng, quotas, count):
    """A local table that matches in part: doubles, NULLs, other case."""
    rows = []
    while len(rows) < count:
        of = rng.choice(quotas)
        row = {"resource_id": of["resource_id"], "host_name": of["host_name"],
               "project": of["enterprise_project_id"],
               "version": of["version"],
               "status": rng.choice((of["quota_status"], of["used_status"])),
               "category": of["category"], "n": str(rng.randrange(6)),
               "cost": str(Decimal(rng.randrange(-500, 9000)) / 100),
               "day": rng.choice((of["expire_time"], of["create_time"]))}
        for name in ("resource_id", "host_name", "project", "version",
                     "status", "category"):
            if rng.random() < 0.25:
                row[name] = odd(rng, name, row[name])
        if rng.random() < 0.2:
            row["cost"] = row["n"] = None
        rows.append(row)
        if rng.random() < 0.15:
            rows.append(dict(row))
    return rows[:count]


def odd(rng, name, value):
    """Something near a value, or far from it."""
    words = {
        "version": ("hss.version.null", "hss.version.container", "basic"),
        "status": ("QUOTA_STATUS_NORMAL", "USED_STATUS_USED", "Normal"),
        "project": ("all_granted_eps", "ep-9", "EP-1", "0 "),
        "category": ("host", "HOST_RESOURCE", "all"),
        "host_name": ("WEB-01", "web-0%", "web", "köln-strasse"),
        "resource_id": ("no-such-quota",)}
    value = value or "x"
    return rng.choice((None, None, "", " ", value.upper(), value + " ",
                       " " + value, value[:-1], *words[name]))


def literal(value):
    """An SQL literal of a text or None."""
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'"


def insert(schema, name, rows, columns):
    """SQL that creates a plain table and fills it; columns: name -> type."""
    yield f"CREATE TABLE {schema}.{name} (" + ", ".join(
        f'"{column}" {kind}' for column, kind in columns.items()) + ")"
    if rows:
        yield f"INSERT INTO {schema}.{name} VALUES " + ",\n".join(
            "(" + ", ".join(literal(row[column]) for column in columns) + ")"
            for row in rows)
    yield f"ANALYZE {schema}.{name}"
