"""Self-test: settings and faults.

Promises: each test stands alone; every canned body and fault is met once.
"""

import gzip
import http.client
import json
import os
import socket
import time

import bodies
import errors
import faults
from client import Client
from simtest import (ALL, CONSUMPTION, EXPENDITURE, HOST, PACKAGES, QUOTAS,
                     SimTest)


class Personalities(SimTest):
    def test_spelling(self):
        for case, word, status in (
                ("both", "normal", 200), ("both", "QUOTA_STATUS_NORMAL", 200),
                ("long", "normal", 400), ("short", "normal", 200),
                ("long", "QUOTA_STATUS_NORMAL", 200),
                ("short", "QUOTA_STATUS_NORMAL", 400)):
            self.assertEqual(self.client.get(
                f"/case/spelling={case}" + QUOTAS,
                [("quota_status", word)])[0], status)

    def test_unknown(self):
        pair = ("charging_mode", "prePaid")
        total = self.rows()["total_num"]
        self.assertEqual(self.rows("/case/unknown=ignore", pair)["total_num"],
                         total)
        self.assertEqual(self.rows("/case/unknown=empty", pair)["total_num"],
                         0)
        self.rows("/case/unknown_param=ignore", ("nonsense", "1"))
        self.assertEqual(self.rows("/case/deaf=charging_mode",
                                   pair)["total_num"], total)

    def test_late(self):
        normal = ("quota_status", "normal")
        before = self.rows("", normal)
        after = self.rows("/case/late=2", normal)
        self.assertEqual([row["resource_id"] for row in before["data_list"]],
                         [row["resource_id"] for row in after["data_list"]])
        self.assertEqual({row["quota_status"] for row in after["data_list"]},
                         {"normal", "expired"})

    def test_host_names(self):
        def names(mode, name):
            return {r["host_name"] for r in self.rows(
                f"/case/quotas=600;host_name={mode}", HOST,
                ("host_name", name))["data_list"]}
        self.assertEqual(names("exact", "web-01"), {"web-01"})
        self.assertEqual(names("casefold", "web-01"),
                         {"web-01", "WEB-01", "Web-01"})
        self.assertEqual(names("substring", "web-0"), {"web-01", "web-0"})

    def test_limits(self):
        page = json.loads(self.client.get("/case/limit_max=clamp" + QUOTAS, [
            ALL, ("limit", "5000"), ("offset", "-4")])[2])
        self.assertEqual(len(page["data_list"]), 60)
        self.assertEqual(len(self.rows("/case/clamp=7")["data_list"]), 7)

    def test_totals(self):
        idle = ("used_status", "idle")
        real = self.rows("", idle)["total_num"]
        self.assertEqual(self.rows("/case/totals=all", idle)["total_num"],
                         100)
        self.assertNotIn("total_num", self.rows("/case/totals=absent"))
        self.assertIsNone(self.rows("/case/totals=null")["total_num"])
        for kind, off in (("low", -1), ("high", 1)):
            self.assertEqual(self.rows(f"/case/totals={kind}", idle)[
                "total_num"], real + off)

    def test_empty_lists(self):
        nobody = ("host_name", "nobody")
        self.assertEqual(self.rows("", nobody)["data_list"], [])
        self.assertNotIn("data_list",
                         self.rows("/case/empty_list=absent", nobody))
        self.assertIsNone(self.rows("/case/empty_list=null",
                                    nobody)["data_list"])
        self.assertEqual(len(self.rows("/case/empty_list=absent")[
            "data_list"]), 60)

    def test_paging(self):
        def ids(case, offset, limit="30"):
            page = json.loads(self.client.get(
                f"/case/quotas=200;{case}" + QUOTAS,
                [ALL, ("limit", limit), ("offset", str(offset))])[2])
            return ([r["resource_id"] for r in page["data_list"]],
                    page["total_num"])
        plain, total = ids("seed=1", 0, "200")
        self.assertEqual((len(plain), total), (120, 120))
        self.assertEqual(ids("page=repeat", 30)[0], plain[:30])
        self.assertEqual(len(ids("short_pages=4", 0)[0]), 4)
        self.assertEqual(ids("empty_page_at=30", 30), ([], 120))
        self.assertEqual(ids("drift=total", 30), (plain[30:60], 127))
        self.assertEqual(ids("drift=insert", 30), (plain[29:59], 121))
        self.assertEqual(ids("drift=delete", 30), (plain[31:61], 119))
        self.assertEqual(ids("drift=duplicate;drift_from=30", 30),
                         (plain[29:59], 121))
        self.assertEqual(ids("drift=reorder", 30)[0], plain[::-1][30:60])
        self.assertEqual(ids("drift=insert", 0), (plain[:30], 120))

    def test_encodings(self):
        status, headers, body = self.client.get(
            "/case/gzip=1" + QUOTAS, headers={"Accept-Encoding": "gzip"})
        self.assertEqual(headers["content-encoding"], "gzip")
        json.loads(gzip.decompress(body))
        self.assertNotIn("content-encoding", self.client.get(
            "/case/gzip=1" + QUOTAS)[1])
        json.loads(self.client.get("/case/chunked=1" + QUOTAS)[2])
        body = self.client.get("/case/big_body=300000" + QUOTAS)[2]
        self.assertEqual(len(body), 300000)
        json.loads(body)

    def test_canned_bodies(self):
        not_json = {"bad_utf8", "overlong_utf8", "bad_escape", "control_char",
                    "html200", "empty200", "blank200", "not_json",
                    "bare_word", "truncated_json", "trailing",
                    "trailing_comma", "deep", "bom", "single_quotes",
                    "comment", "utf16"}
        for name in bodies.NAMES:
            status, _, body = self.client.get(
                f"/case/depth=100000;reply={name}" + EXPENDITURE)
            self.assertEqual(status, 200, name)
            try:
                json.loads(body.decode("utf-8"))
                self.assertNotIn(name, not_json)
            except (ValueError, RecursionError):
                self.assertIn(name, not_json)
            for path in (QUOTAS, CONSUMPTION):
                self.assertEqual(self.client.get(
                    f"/case/reply={name}" + path)[0], 200, name)
            self.assertEqual(self.client.post(
                f"/case/reply={name}" + PACKAGES)[0], 200, name)

    def test_literal_bodies(self):
        self.assertEqual(self.client.get(
            "/case/body=eyJhIjoxfQ" + EXPENDITURE)[2], b'{"a":1}')
        self.client.control("POST", "/_set", {"body": '{"b":2}'})
        self.assertEqual(self.client.get(EXPENDITURE)[2], b'{"b":2}')

    def test_bad_settings(self):
        self.bugs_expected = [
            "bad setting: no setting is named 'colour'",
            "bad setting: fail='resetbeforex2' means nothing"]
        self.assertEqual(self.client.get("/case/colour=red" + QUOTAS)[0], 599)
        self.assertEqual(self.client.get(
            "/case/fail=resetbeforex2" + QUOTAS)[0], 599)
        self.assertEqual(self.client.control(
            "POST", "/_set", {"page": "maybe"})[0], 400)


class Faults(SimTest):
    def test_counts(self):
        path = "/case/fail=429x2,500x1;retry_after=3" + EXPENDITURE
        replies = [self.client.get(path) for _ in range(4)]
        self.assertEqual([r[0] for r in replies], [429, 429, 500, 200])
        self.assertEqual(replies[0][1]["retry-after"], "3")
        self.assertIn(b"policy user over ratelimit,limit:5,time:1 minute",
                      replies[0][2])
        path = "/case/fail=CBC.0250x1;fail_at=2" + EXPENDITURE
        self.assertEqual([self.client.get(path)[0] for _ in range(3)],
                         [200, 429, 200])
        self.assertIn("GMT", self.client.get(
            "/case/fail=503;retry_after=date" + EXPENDITURE)[1][
                "retry-after"])

    def test_codes_and_shapes(self):
        for code in list(errors.GATEWAY) + list(errors.SERVICE):
            status, text = {**errors.GATEWAY, **errors.SERVICE}[code]
            reply = self.client.get(f"/case/error={code}" + EXPENDITURE)
            self.assertEqual(reply[0], status)
            self.assertIn(code, json.loads(reply[2])["error_code"])
        for shape in errors.SHAPES:
            self.assertEqual(self.client.get(
                f"/case/error=0302;error_shape={shape}" + QUOTAS)[0], 403)
        self.assertEqual(self.client.get("/case/status=418" + QUOTAS)[0], 418)

    def test_every_fault(self):
        for kind in faults.KINDS + faults.ODD:
            if kind.startswith("endless"):
                continue
            client = Client(self.port)
            path = f"/case/fail={kind}x1;big_body=3000000" + EXPENDITURE
            try:
                status, headers, body = client.get(path)
                outcome = status
            except (OSError, http.client.HTTPException, ValueError):
                outcome = "broken"
            expected = {"redirect": 302, "html502": 502, "empty500": 500,
                        "plain503": 503}
            if kind in ("100continue", "short_length", "no_length",
                        "bad_gzip", "cut_gzip", "gzip_bomb", "http10",
                        "bad_encoding", "two_lengths", "bad_length",
                        "header_no_colon"):
                expected[kind] = 200
            self.assertEqual(outcome, expected.get(kind, "broken"), kind)
            client.connection.close()
            self.assertEqual(self.client.get(path)[0], 200, kind)
        self.assertEqual(len([e for e in self.log() if e["fault"]]),
                         len(faults.KINDS + faults.ODD) - 2)

    def test_endless(self):
        for kind in ("endless_headers", "endless_body"):
            self.raw(f"/case/fail={kind}" + EXPENDITURE, 1 << 20)
        self.assertTrue(all(e["fault"] for e in self.log()))

    def raw(self, path, size, timeout=5):
        """The first bytes of a reply, read from a bare socket."""
        headers = self.client.sign("GET", path, [], b"", {})
        with socket.create_connection(("127.0.0.1", self.port),
                                      timeout) as sock:
            target = path.replace(" ", "%20")
            sock.sendall((f"GET {target} HTTP/1.1\r\n" + "".join(
                f"{n}: {v}\r\n" for n, v in headers.items())
                + "\r\n").encode())
            data = b""
            try:
                while len(data) < size:
                    part = sock.recv(65536)
                    if not part:
                        break
                    data += part
            except TimeoutError:
                pass
            return data

    def test_gzip_bomb(self):
        data = self.raw("/case/fail=gzip_bomb;big_body=5000000"
                        + EXPENDITURE, 1 << 20)
        body = data.partition(b"\r\n\r\n")[2]
        self.assertEqual(len(gzip.decompress(body)), 4 * 1048576)
        self.assertLess(len(body), 20000)

    def test_hangs(self):
        for kind, least, most in (("before_headers", 0, 0),
                                  ("in_headers", 10, 200),
                                  ("in_body", 200, 600),
                                  ("drip", 150, 300)):
            data = self.raw(f"/case/hang={kind}" + EXPENDITURE, 10000, 0.3)
            self.assertTrue(least <= len(data) <= most, (kind, len(data)))

    def test_delay(self):
        start = time.monotonic()
        self.client.get("/case/delay=80" + EXPENDITURE)
        self.client.get("/case/delay_page=10:80" + QUOTAS, [("offset", "10")])
        self.assertGreaterEqual(time.monotonic() - start, 0.16)

    def test_rate(self):
        path = "/case/rate=3:60" + EXPENDITURE
        self.assertEqual([self.client.get(path)[0] for _ in range(5)],
                         [200, 200, 200, 429, 429])
        self.client.control("POST", "/_clock", {"offset": 61})
        self.client.offset = 61
        self.assertEqual(self.client.get(path)[0], 200)

    def worked(self):
        """Seconds of processor time that the simulator has taken."""
        with open(f"/proc/{self.sim.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def test_speed(self):
        count, start = 400, self.worked()
        for _ in range(count):
            self.client.get(QUOTAS)
        self.assertLess(self.worked() - start, 4)
