#!/usr/bin/env python3
"""A simulator of the billing and host-security read APIs.

Promises: binds 127.0.0.1, prints `port N` (and `tls_port N`) once it answers,
and ends when its standard input closes.  Every request but those to `/_...`
is in the log; an error of the simulator itself is answered with 599, printed
to standard error and marked "bug" in the log.  README.md lists settings,
control endpoints and accounts.
"""

import argparse
import os
import ssl
import sys
import threading
import time
import traceback
from collections import Counter
from urllib.parse import unquote

import bodies
import errors
import faults
import services
import settings as settings_
from control import Control
from gateway import Clock, Gateway, Refused
from iam import Iam
from wire import Gone, Reply, listen

LOG_MAX = 50000         # entries; some 2 kB each


class Simulator:
    """Everything a running simulator holds."""

    def __init__(self):
        self.lock = threading.Lock()
        self.clock = Clock()
        self.table = settings_.Table()
        self.gateway = Gateway(self.clock)
        self.control = Control(self)
        self.iam = Iam(self.gateway)
        self.n = 0
        self.clear_log()

    def clear_log(self):
        self.log = []
        self.counters = Counter()

    def reset(self):
        """As new, but for connections and the numbering of requests."""
        self.clock.offset = 0
        self.table.reset()
        self.gateway.reset()
        self.iam.reset()
        self.clear_log()

    def answer(self, connection, request):
        """Serves one request; True if the connection lives on."""
        try:
            self.steer(request)
        except settings_.BadSetting as error:
            request.settings = self.table.case("")
            self.enter(connection, request)
            return self.bug(connection, request, f"bad setting: {error}")
        if request.local.startswith("/_"):
            request.entry = {"request_id": "control"}
            if request.local == "/_redirected":
                self.enter(connection, request)
            return self.send_control(connection, request)
        self.enter(connection, request)
        try:
            return self.serve(connection, request)
        except (Gone, OSError):
            request.entry["cut"] = True
            raise
        except Exception:
            text = traceback.format_exc()
            print(text, file=sys.stderr, flush=True)
            return self.bug(connection, request, text)

    def steer(self, request):
        """Separates `/case/k=v;.../` from the path of the API."""
        segment, request.local = "", request.path
        if request.path.startswith("/case/"):
            wire = request.target.partition("?")[0]
            segment, _, rest = wire[len("/case/"):].partition("/")
            request.local = "/" + unquote(rest)
        request.settings = self.table.case(segment)

    def enter(self, connection, request):
        """Writes the request into the log; the answer is added later."""
        headers = request.headers
        entry = request.entry = {
            "n": 0, "time": self.clock.now(), "connection": connection.id,
            "session_reused": connection.session_reused,
            "method": request.method, "path": request.local,
            "target": request.target, "query": request.pairs(),
            "headers": headers, "body": request.body.decode("latin-1"),
            "user_agent": headers.get("user-agent"), "status": None,
            "auth": None, "ak": None, "account": None, "fault": None,
            "refused": None}
        request.query = entry["query"]
        with self.lock:
            self.n += 1
            entry["n"] = self.n
            if len(self.log) < LOG_MAX:
                self.log.append(entry)
        connection.is_serving = True
        entry["request_id"] = f"{entry['n']:032x}"

    def send_control(self, connection, request):
        reply = self.control.answer(request)
        request.settings = self.table.plain
        return faults.send(connection, request, reply, self.clock)

    def bug(self, connection, request, text):
        """Answers what can only be a mistake of simulator or test."""
        request.entry["bug"] = text
        request.entry["status"] = 599
        request.settings = self.table.plain
        return faults.send(connection, request, Reply(
            599, f"simulator: {text}", "text/plain"), self.clock)

    def counted(self, request):
        """The number of this request in its case, faults counted apart."""
        with self.lock:
            key = request.settings.key
            self.counters[key] += 1
            return self.counters[key]

    def touched(self, request, kind):
        """Whether faults and delays are for this kind of request."""
        word = request.settings.fail_on
        return word in ("all", kind) or (word not in ("api", "iam")
                                         and word in request.target)

    def serve(self, connection, request):
        """Answers an API or IAM request, faults included."""
        settings = request.settings
        reply, fault, hanging, kind = None, None, "", "api"
        try:
            if self.iam.owns(request.local):
                kind = "iam"
            else:
                api = self.authenticated(request)
            if self.touched(request, kind):
                n = self.counted(request)
                self.pause(settings, request)
                hanging = settings.hang if n >= settings.hang_at else ""
                fault = faults.choose(settings, n)
                if fault is not None and fault not in faults.KINDS:
                    raise Refused(faults.error_reply(
                        fault, settings, self.clock,
                        request.entry["request_id"]))
            reply = (self.iam.answer(request) if kind == "iam"
                     else self.perform(request, api))
        except Refused as refused:
            reply = refused.args[0]
            request.entry["refused"] = reply.note
            if fault is not None:
                request.entry["fault"], fault = fault, None
        if fault == "redirect":
            reply.status, fault = 302, None
            reply.headers.append("Location: " + (
                settings.redirect_to
                or f"http://{request.headers['host']}/_redirected"))
            request.entry["fault"] = "redirect"
        entry = request.entry
        entry["status"] = reply.status
        entry["fault"] = entry["fault"] or fault or hanging or None
        entry["sent"] = len(reply.body)
        return faults.send(connection, request, reply, self.clock, fault,
                           hanging)

    def authenticated(self, request):
        """The API, once gateway and rate limit let the request pass."""
        api = services.find(request)
        if api is None:
            raise Refused(errors.reply(
                "0101", None, request.settings,
                request_id=request.entry["request_id"]))
        caller = request.caller = self.gateway.identify(request)
        entry = request.entry
        entry["auth"], entry["account"] = caller.kind, caller.account.name
        self.gateway.check_rate(request, caller, api.name)
        return api

    def perform(self, request, api):
        """The reply of an API under the settings."""
        settings = request.settings
        if settings.error:
            raise Refused(errors.reply(
                settings.error, settings.fail_text or None, settings,
                settings.status, request.entry["request_id"]))
        checked = services.check(request, api, request.caller)
        reply = services.make(api, checked, settings)
        if settings.reply:
            reply.body = bodies.make(settings.reply, api.name, settings,
                                     reply.body)
            if settings.reply == "html200":
                reply.type = "text/html"
        if settings.body:
            reply.body = settings.body.encode("utf-8", "surrogateescape")
        if settings.big_body and not settings.fail:
            room = settings.big_body - len(reply.body) - len('"pad":"",')
            reply.body = (b'{"pad":"' + b"x" * max(0, room) + b'",'
                          + reply.body.lstrip()[1:])
        if settings.content_type_reply:
            reply.type = settings.content_type_reply
        if settings.status:
            reply.status = settings.status
        return reply

    @staticmethod
    def pause(settings, request):
        """Waits as delay and delay_page say."""
        wait = settings.delay
        if settings.delay_page:
            offset, _, extra = settings.delay_page.partition(":")
            if dict(request.query).get("offset", "0") == offset:
                wait += int(extra)
        if wait:
            time.sleep(wait / 1000)

    def failed(self, connection, error):
        """Answers what could not be read as a request."""
        status, text = error.args
        with self.lock:
            self.n += 1
            self.log.append({
                "n": self.n, "time": self.clock.now(), "method": "",
                "connection": connection.id, "path": "", "target": "",
                "query": [], "headers": {}, "status": status, "fault": None,
                "refused": text})
        try:
            connection.sock.sendall(
                f"HTTP/1.1 {status} Bad\r\nContent-Length: 0\r\n"
                "Connection: close\r\n\r\n".encode())
        except OSError:
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--settings", action="store_true",
                        help="print the table of settings and end")
    options = parser.parse_args()
    if options.settings:
        print(settings_.markdown())
        return
    sys.setswitchinterval(0.001)
    sim = Simulator()
    lines = [f"port {listen(sim.answer, sim.failed, None, options.port)}"]
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        lines.append(f"tls_port {listen(sim.answer, sim.failed, context)}")
    if options.port_file:
        with open(options.port_file + ".new", "w") as file:
            file.write("\n".join(lines) + "\n")
        os.rename(options.port_file + ".new", options.port_file)
    print("\n".join(lines), flush=True)
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
