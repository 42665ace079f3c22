"""The four APIs, each read from its document.

Promises: find() knows exactly the documented methods and paths; check_*()
refuse what the document does not allow; make_*() build the documented reply.
Sources: "Querying Consumption Quota" (2024-08-02), "Querying Expenditure
Quota" (2025-08-28), "Querying the Package Usage" (2023-12-13), "Querying
Quota Details" (2024-11-19, table 2 for requests, tables 4 to 7 for replies).
"""

import json
import re
import zlib
from typing import NamedTuple

import accounts
import data
import errors
import samples
from gateway import Refused
from wire import Reply

PROJECT = re.compile(r"/v5/([^/]+)/billing/quotas-detail\Z")

# parameter: (request word -> row word); None: free text of this length
VERSIONS = {f"hss.version.{word}": f"hss.version.{word}" for word in (
    "basic", "advanced", "enterprise", "premium", "wtp",
    "container.enterprise")}
WORDS = {
    "version": VERSIONS | {"hss.version.null": "none"},
    "category": {"host_resource": "host_resource",
                 "container_resource": "container_resource"},
    "charging_mode": {"packet_cycle": "packet_cycle",
                      "on_demand": "on_demand"},
}
STATES = {"quota_status": ("QUOTA_STATUS_", ("normal", "expired", "freeze")),
          "used_status": ("USED_STATUS_", ("idle", "used"))}
LENGTHS = {"enterprise_project_id": 256, "host_name": 256, "resource_id": 128,
           "version": 64, "category": 64, "quota_status": 64,
           "used_status": 64, "charging_mode": 32, "limit": 20, "offset": 20}


class Api(NamedTuple):
    name: str
    callers: tuple
    project: str = ""


CONSUMPTION = Api("consumption", ("partner", "any"))
EXPENDITURE = Api("expenditure", ("customer", "any"))
PACKAGES = Api("packages", ("customer", "any"))
FIXED = {
    ("GET", "/v2/partners/credit/consumption-quota"): CONSUMPTION,
    ("GET", "/v2/accounts/customer-accounts/expenditure-quota"): EXPENDITURE,
    ("POST", "/v2/payments/free-resources/usages/query"): PACKAGES,
}
SAMPLES = {"consumption": samples.CONSUMPTION, "packages": samples.PACKAGES,
           "expenditure": samples.EXPENDITURE, "quotas": samples.QUOTAS}


class Page(NamedTuple):
    """An accepted quota query."""

    wanted: tuple
    limit: int
    offset: int


def find(request):
    """The API a request is for, or None."""
    api = FIXED.get((request.method, request.local))
    if api is None and request.method == "GET":
        match = PROJECT.match(request.local)
        if match:
            api = Api("quotas", ("customer", "any"), match.group(1))
    return api


def refuse(request, code, text=None, status=None):
    raise Refused(errors.reply(code, text, request.settings, status,
                               request.entry["request_id"]))


def check(request, api, caller):
    """What make() needs of an accepted request; Refused otherwise."""
    check_scope(request, api, caller)
    if api.name == "quotas":
        return check_quotas(request, api, caller)
    if caller.account.kind not in api.callers:
        refuse(request, "CBC.0151")
    if request.query and request.settings.unknown_param == "reject":
        refuse(request, "CBC.0100",
               f"Parameter error: {request.query[0][0]}.")
    if api is PACKAGES:
        return check_packages(request)
    if request.body:
        refuse(request, "CBC.0100", "Parameter error: unexpected body.")
    return None


def check_scope(request, api, caller):
    """Token scope and the two identity headers."""
    headers = request.headers
    project, domain = headers.get("x-project-id"), headers.get("x-domain-id")
    if project is not None and domain is not None:
        refuse(request, "0201", "X-Project-Id and X-Domain-Id exclude each "
                                "other")
    if domain is not None and domain != accounts.DOMAIN_ID:
        refuse(request, "0302", f"unknown domain {domain}")
    if project is not None and project not in accounts.PROJECTS:
        refuse(request, "0310", f"unknown project {project}")
    if not api.project:
        if request.settings.account == "named" and domain is None and \
                caller.kind != "token":
            refuse(request, "CBC.0155", "The request names no account.")
        if not caller.domain_scope:
            refuse(request, "CBC.0155",
                   "The request needs a token of domain scope.")
        return
    if api.project not in accounts.PROJECTS or \
            not accounts.PROJECTS[api.project].enabled:
        refuse(request, "0310", f"project {api.project} is unavailable")
    if project is not None and project != api.project:
        refuse(request, "0310", "X-Project-Id differs from the project in "
                                "the URL")
    if caller.kind == "token" and caller.project != api.project:
        refuse(request, "HSS.0013", "The tenant id in the token and that in "
                                    "the URL differ")


def check_packages(request):
    """Returns the language; the document allows no body."""
    language = request.headers.get("x-language")
    if language is not None and language not in ("zh_CN", "en_US"):
        refuse(request, "CBC.0100", "Parameter error: X-Language.")
    kind = request.headers.get("content-type", "")
    if request.settings.content_type == "check" and \
            kind.partition(";")[0].strip().lower() != "application/json":
        refuse(request, "CBC.0100", "Parameter error: Content-Type.")
    if request.body.strip() not in (b"", b"{}"):
        refuse(request, "CBC.0100", "Parameter error: unexpected body.")
    return language or "zh_CN"


def check_quotas(request, api, caller):
    """Turns a quota query into filters and a place in the list."""
    settings, seen = request.settings, {}
    if caller.account.kind not in api.callers:
        refuse(request, "HSS.0013")
    if request.body:
        refuse(request, "HSS.0002")
    for name, value in request.query:
        if name not in LENGTHS:
            if settings.unknown_param == "reject":
                refuse(request, "HSS.0001", f"参数错误: {name}")
            continue
        if name in seen or not 1 <= len(value) <= LENGTHS[name]:
            refuse(request, "HSS.0001", f"参数错误: {name}")
        seen[name] = value
    seen.pop(settings.deaf, None)
    region = request.headers.get("region")
    if region is not None and settings.region_header == "check" and \
            region != accounts.region_of(api.project):
        refuse(request, "HSS.0001", "参数错误: region")
    wanted = [check_project(request, seen, caller)]
    for name in ("version", "category", "quota_status", "used_status",
                 "charging_mode"):
        wanted.append(check_word(request, name, seen.get(name)))
    if "category" not in seen and settings.category_default == "host":
        wanted.append(("category", "host_resource"))
    if settings.category == "ignore":
        wanted = [item for item in wanted if item and item[0] != "category"]
    for name in ("host_name", "resource_id"):
        if name in seen:
            wanted.append((name, seen[name]))
    limit = check_number(request, seen, "limit", 10, 10, 200)
    offset = check_number(request, seen, "offset", 0, 0, 2000000)
    if settings.clamp > 0:
        limit = min(limit, settings.clamp)
    return Page(tuple(item for item in wanted if item), limit, offset)


def check_project(request, seen, caller):
    """The enterprise project filter, if the caller may use it."""
    default = "0" if request.settings.eps_default == "0" \
        else "all_granted_eps"
    project = seen.get("enterprise_project_id", default)
    grants = caller.account.grants
    if grants is not None and project not in grants:
        refuse(request, "HSS.0010")
    return None if project == "all_granted_eps" else ("project", project)


def check_word(request, name, value):
    """One filter with a fixed set of words, or None for no filter."""
    if value is None:
        return None
    if name in STATES:
        prefix, words = STATES[name]
        known = {}
        if request.settings.spelling != "long":
            known.update({word: word for word in words})
        if request.settings.spelling != "short":
            known.update({prefix + word.upper(): word for word in words})
    else:
        known = WORDS[name]
    if value in known:
        return (name, known[value])
    if request.settings.unknown == "reject":
        refuse(request, "HSS.0001", f"参数错误: {name}")
    return ("none", "") if request.settings.unknown == "empty" else None


def check_number(request, seen, name, default, low, high):
    """limit or offset."""
    text = seen.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        refuse(request, "HSS.0001", f"参数错误: {name}")
    value = int(text)
    if not low <= value <= high:
        if request.settings.limit_max == "reject":
            refuse(request, "HSS.0001", f"参数错误: {name}")
        value = min(max(value, low), high)
    return value


def dataset(settings, project, more=0):
    """All quotas of a project under these settings."""
    return data.quotas(settings.quotas + more, settings.seed, project,
                       settings.expire_unit, settings.numbers,
                       settings.new_words, settings.late)


def make(api, checked, settings):
    """The reply to an accepted request."""
    if settings.sample == "1":
        if api.name == "quotas" and checked.offset > 0:
            # The example is the page at offset 0; behind its row is nothing.
            behind = json.loads(SAMPLES[api.name]) | {"data_list": []}
            return Reply(200, json.dumps(behind))
        return Reply(200, SAMPLES[api.name])
    if api is CONSUMPTION:
        return Reply(200, data.consumption(settings.seed, settings.balance,
                                           settings.numbers))
    if api is EXPENDITURE:
        return Reply(200, data.expenditure(
            settings.seed, settings.expenditure, settings.numbers))
    if api is PACKAGES:
        return Reply(200, make_packages(settings, checked))
    return Reply(200, make_quotas(settings, api.project, checked))


def make_packages(settings, language):
    if settings.packages_form == "absent":
        return "{}"
    if settings.packages_form == "null":
        return '{"package_usage_infos":null}'
    texts = data.packages(settings.packages, settings.seed, settings.numbers,
                          language)
    return '{"package_usage_infos":[' + ",".join(texts) + "]}"


def make_quotas(settings, project, page):
    """One page of quotas with its counters."""
    grown = settings.drift == "grow" and (
        "category", "container_resource") in page.wanted
    quotas = dataset(settings, project, grown)
    found = quotas.select(page.wanted, settings.host_name)
    offset = 0 if settings.page == "repeat" else page.offset
    limit, rows, total = page.limit, found.rows, len(found.rows)
    if settings.drift != "none":
        rows, total = drifted(settings, quotas, rows, page.offset)
    if settings.short_pages > 0 and (
            offset == 0 or zlib.crc32(b"%d" % offset) & 1):
        limit = min(limit, settings.short_pages)
    if page.offset == settings.empty_page_at:
        limit = 0
    items = b",".join([row.text for row in rows[offset:offset + limit]])
    key = (settings.totals, total)
    counters = found.texts.get(key)
    if counters is None:
        counters = found.texts[key] = make_counters(settings, quotas, found,
                                                    total)
    fields = [b'"data_list":[%s]' % items]
    if not items and settings.empty_list == "absent":
        fields = []
    elif not items and settings.empty_list == "null":
        fields = [b'"data_list":null']
    if counters:
        fields.insert(0 if settings.field_order == "data_last" else 1,
                      counters)
    return b"{%s}" % b",".join(fields)


def drifted(settings, quotas, rows, offset):
    """The list and its total as they are after the change."""
    late = offset >= settings.drift_from
    kind, total = settings.drift, len(rows)
    if kind == "duplicate":
        at = min(max(settings.drift_from, 1), total)
        rows = rows[:at] + rows[at - 1:at] + rows[at:]
        total = len(rows)
    elif late and kind == "total":
        total += 7
    elif late and kind == "insert":
        rows = [quotas.extra] + rows
        total += 1
    elif late and kind == "delete":
        rows = rows[1:]
        total -= 1
    elif late and kind == "reorder":
        rows = rows[::-1]
    return rows, total


def make_counters(settings, quotas, found, total):
    """The counters of table 4 as JSON text without braces."""
    kind = settings.totals
    if kind == "absent":
        return b""
    if kind == "all":
        found = quotas.select(())
        total = len(found.rows)
    counters = dict(found.counters)
    counters["total_num"] = total + {"low": -1, "high": 1}.get(kind, 0)
    if kind == "zero":
        counters = dict.fromkeys(counters, 0)

    def spelled(value):
        return "null" if kind == "null" else data.number(value,
                                                         settings.numbers)

    parts = [f'"{name}":{spelled(value)}'
             for name, value in sorted(counters.items())]
    editions = ",".join(
        f'{{"total_num":{spelled(n)},"version":"{version}"}}'
        for version, n in sorted(found.editions.items()))
    parts.insert(6, f'"quota_statistics_list":[{editions}]')
    return ",".join(parts).encode()
