"""The control endpoints, all beginning with `/_`.

Promises: they are answered at once, need no key, meet no faults, and are not
in the log themselves.
"""

import json
import time
from collections import Counter
from urllib.parse import unquote

import accounts
import data
import services
from settings import BadSetting, markdown
from wire import Connection, Reply


def as_json(value, status=200):
    return Reply(status, json.dumps(value, ensure_ascii=True))


class Control:
    """Looks into the simulator (`sim`) and changes it."""

    def __init__(self, sim):
        self.sim = sim
        self.routes = {"/_log": self.log, "/_set": self.set,
                       "/_reset": self.reset, "/_stats": self.stats,
                       "/_clock": self.clock, "/_data": self.data,
                       "/_settings": self.settings,
                       "/_accounts": self.accounts, "/_wait": self.wait,
                       "/_hang_up": self.hang_up}

    def answer(self, request):
        route = self.routes.get(request.local)
        if route is None:
            return as_json({"error": f"no control {request.local}"}, 404)
        try:
            return route(request)
        except (BadSetting, ValueError, KeyError, TypeError,
                AttributeError) as error:
            return as_json({"error": str(error)}, 400)

    def log(self, request):
        """GET: all entries; ?n=count, ?path=part, ?since=n; POST: clears."""
        if request.method in ("POST", "DELETE"):
            # What was given up before shall not be in the next log.
            Connection.settle(request.connection)
            self.sim.clear_log()
            return as_json({})
        pairs = dict(request.pairs())
        part, since = pairs.get("path", ""), int(pairs.get("since", 0))
        entries = [entry for entry in list(self.sim.log)
                   if part in unquote(entry["target"].partition("?")[0])
                   and entry["n"] > since]
        if pairs.get("n") == "count":
            return as_json(len(entries))
        if "n" in pairs:
            entries = entries[-int(pairs["n"]):]
        return as_json(entries)

    def set(self, request):
        self.sim.table.set(json.loads(request.body or b"{}"))
        return as_json({})

    def reset(self, request):
        self.sim.reset()
        return as_json({})

    def settings(self, request):
        if dict(request.pairs()).get("form") == "markdown":
            return Reply(200, markdown(), "text/markdown")
        return as_json(self.sim.table.values)

    def stats(self, request):
        log = list(self.sim.log)
        return as_json({
            "open_connections": len(Connection.open),
            "connections": len({entry["connection"] for entry in log}),
            "requests": len(log),
            "running": sum(entry["status"] is None for entry in log),
            "by_status": Counter(str(entry["status"]) for entry in log),
            "by_path": Counter(entry["path"] for entry in log),
            "bugs": sum("bug" in entry for entry in log)})

    def wait(self, request):
        """Answers once the log holds ?requests=N, or after ?seconds=S."""
        pairs = dict(request.pairs())
        part = pairs.get("path", "")
        end = time.monotonic() + float(pairs.get("seconds", 10))
        while True:
            count = sum(part in entry["path"] for entry in list(self.sim.log))
            if count >= int(pairs.get("requests", 1)) or \
                    time.monotonic() > end:
                return as_json(count)
            time.sleep(0.01)

    def hang_up(self, request):
        """Closes all connections but the caller's; answers once they are."""
        numbers = set(Connection.open) - {request.connection.id}
        for number in numbers:
            connection = Connection.open.get(number)
            try:
                if connection is not None:
                    connection.hang_up()
            except OSError:
                pass            # it went by itself
        end = time.monotonic() + 10
        while numbers & set(Connection.open) and time.monotonic() < end:
            time.sleep(0.01)
        return as_json(len(numbers))

    def clock(self, request):
        clock = self.sim.clock
        if request.method == "POST":
            clock.offset = json.loads(request.body)["offset"]
        return as_json({"now": clock.now(), "offset": clock.offset,
                        "date": clock.http_date()})

    def accounts(self, request):
        return as_json({
            "keys": {key: {"secret": secret, "account": account.name}
                     for key, (secret, account) in accounts.KEYS.items()},
            "tokens": list(accounts.TOKENS),
            "security_token": accounts.SECURITY_TOKEN,
            "domain_id": accounts.DOMAIN_ID,
            "projects": {p.id: p.name for p in accounts.PROJECTS.values()}})

    def data(self, request):
        """All rows under the settings; ?part= gives one part alone."""
        settings = request.settings
        quotas = [
            '{"project":"%s","category":"%s","row":%s}' % (
                project, row.category, row.text.decode())
            for project in accounts.PROJECTS
            for row in services.dataset(settings, project).rows]
        parts = {"quotas": f"[{','.join(quotas)}]"}
        for language in ("en_US", "zh_CN"):
            parts[f"packages_{language}"] = "[%s]" % ",".join(data.packages(
                settings.packages, settings.seed, settings.numbers, language))
        parts["consumption"] = data.consumption(
            settings.seed, settings.balance, settings.numbers)
        parts["expenditure"] = data.expenditure(
            settings.seed, settings.expenditure, settings.numbers) or "null"
        part = dict(request.pairs()).get("part")
        if part:
            return Reply(200, parts[part])
        return Reply(200, "{" + ",".join(f'"{name}":{text}' for name, text
                                         in parts.items()) + "}")
