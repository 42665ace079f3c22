"""Self-test: control endpoints, README, with-sim, TLS, IAM.

Promises: each test stands alone.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import accounts
import bodies
import faults
import settings
from client import Client
from simtest import (ALL, EXPENDITURE, HERE, QUOTAS, SimTest)


class Control(SimTest):
    def test_log(self):
        self.client.get("/case/seed=2" + QUOTAS, [ALL],
                        headers={"User-Agent": "me/1"})
        entry, = self.log()
        self.assertEqual(entry["path"], QUOTAS)
        self.assertTrue(entry["target"].startswith("/case/seed%3D2/v5/"))
        self.assertEqual(entry["query"], [list(ALL)])
        self.assertEqual((entry["status"], entry["user_agent"],
                          entry["method"]), (200, "me/1", "GET"))
        self.assertEqual(json.loads(self.client.send(
            "GET", "/_log", [("n", "count")], signed=False)[2]), 1)
        for part, count in (("/case/seed=2/v5", 1), ("/case/seed=3/", 0)):
            self.assertEqual(json.loads(self.client.send(
                "GET", "/_log", [("n", "count"), ("path", part)],
                signed=False)[2]), count)
        self.client.control("DELETE", "/_log")
        self.assertEqual(self.log(), [])

    def test_log_cleared(self):
        """What was sent before and given up is not in the next log."""
        for _ in range(20):
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", self.port)) as s:
                    s.sendall(f"GET {QUOTAS} HTTP/1.1\r\nHost: h\r\n\r\n"
                              .encode())
            self.client.control("POST", "/_log")
            end = time.monotonic() + 10
            while self.client.control("GET", "/_stats")[1][
                    "open_connections"] > 1 and time.monotonic() < end:
                pass
            self.assertEqual(self.log(), [])

    def test_stats_and_clock(self):
        self.client.get(EXPENDITURE)
        stats = self.client.control("GET", "/_stats")[1]
        self.assertEqual(stats["by_status"], {"200": 1})
        self.client.control("POST", "/_clock", {"offset": 86400})
        self.assertGreater(self.client.control("GET", "/_clock")[1]["now"],
                           time.time() + 86000)

    def test_set_null_and_too_large(self):
        self.client.control("POST", "/_set", {"page": "repeat", "quotas": 5})
        self.assertEqual(self.client.control(
            "POST", "/_set", {"page": None, "quotas": None})[0], 200)
        self.assertEqual(self.rows()["total_num"], 60)
        self.assertEqual(self.client.control(
            "POST", "/_set", {"colour": None})[0], 400)
        self.assertEqual(self.client.get(
            EXPENDITURE, headers={"X-Long": "x" * 40000})[0], 494)
        self.assertEqual(self.log()[-1]["status"], 494)

    def test_readme(self):
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
            text = file.read()
        self.assertIn(settings.markdown(), text)
        for name in (bodies.NAMES + faults.KINDS + faults.ODD
                     + tuple(accounts.KEYS) + tuple(accounts.TOKENS)
                     + tuple(accounts.USERS) + tuple(accounts.PROJECTS)):
            self.assertIn(name, text)

    def test_with_sim(self):
        run = subprocess.run(
            [os.path.join(HERE, "with-sim"), "sh", "-c",
             'test "$HWBSS_SIM_URL" = "http://127.0.0.1:$HWBSS_SIM_PORT"'
             " && exit 7"])
        self.assertEqual(run.returncode, 7)

    @unittest.skipUnless(shutil.which("openssl"), "no openssl")
    def test_tls(self):
        with tempfile.TemporaryDirectory() as directory:
            cert, key = (os.path.join(directory, n) for n in ("c", "k"))
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
                 "-keyout", key, "-out", cert, "-days", "2",
                 "-subj", "/CN=localhost", "-addext",
                 "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                check=True, capture_output=True)
            run = subprocess.run(
                [os.path.join(HERE, "with-sim"), sys.executable, "-c",
                 "import os, ssl, urllib.request as u\n"
                 "e = os.environ\n"
                 "c = ssl.create_default_context("
                 "cafile=e['HWBSS_SIM_TLS_CERT'])\n"
                 "u.urlopen('https://127.0.0.1:' + e['HWBSS_SIM_TLS_PORT']"
                 " + '/_stats', context=c).read()"],
                env={**os.environ, "HWBSS_SIM_CERT": cert,
                     "HWBSS_SIM_KEY": key})
            self.assertEqual(run.returncode, 0)

    def test_parallel(self):
        def work():
            client = Client(self.port)
            for _ in range(50):
                if client.get(QUOTAS)[0] == 200:
                    done.append(1)
            client.connection.close()
        done = []
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(done), 400)
        numbers = [e["n"] for e in self.log()]
        self.assertEqual(len(set(numbers)), 400)


class IamTest(SimTest):
    def login(self, name="sim-user", password=None, scope=None, more="",
              **user):
        user = {"name": name, "domain": {"name": accounts.DOMAIN_NAME},
                "password": password or accounts.USERS[name][0], **user}
        user = {n: v for n, v in user.items() if v is not None}
        body = {"auth": {"identity": {"methods": ["password"],
                                      "password": {"user": user}}}}
        if scope is not None:
            body["auth"]["scope"] = scope
        return self.client.send(
            "POST", more + "/v3/auth/tokens", [("nocatalog", "true")],
            json.dumps(body).encode(),
            {"Content-Type": "application/json;charset=utf8"}, signed=False)

    def test_scopes(self):
        for scope, project in (
                ({"project": {"id": accounts.PROJECT_2}}, accounts.PROJECT_2),
                ({"project": {"name": "ap-southeast-1"}}, accounts.PROJECT_1),
                ({"domain": {"id": accounts.DOMAIN_ID}}, None),
                ({"domain": {"name": "sim-account"},
                  "project": {"name": "ap-southeast-1"}},
                 accounts.PROJECT_1), (None, None)):
            status, headers, body = self.login(scope=scope)
            self.assertEqual(status, 201, body)
            token = json.loads(body)["token"]
            self.assertEqual(token.get("project", {}).get("id"), project)
            self.assertRegex(token["expires_at"], r"\.\d{6}Z$")
            path = QUOTAS.replace(accounts.PROJECT_1, project) if project \
                else EXPENDITURE
            self.assertEqual(self.token(
                path, headers["x-subject-token"])[0], 200)

    def test_expiry(self):
        token = self.login(more="/case/token_life=60")[1]["x-subject-token"]
        self.assertEqual(self.token(EXPENDITURE, token)[0], 200)
        self.client.control("POST", "/_clock", {"offset": 61})
        self.assertEqual(self.code(self.token(EXPENDITURE, token)),
                         (401, "APIGW.0307"))

    def test_refused(self):
        for reply, word in (
                (self.login(password="no"), "wrong"),
                (self.login("sim-locked"), "locked"),
                (self.login("sim-mfa"), "MFA"),
                (self.login(domain={"name": "other"}), "wrong"),
                (self.login(scope={"project": {"id": "no"}}), "project")):
            error = json.loads(reply[2])["error"]
            self.assertEqual((reply[0], error["code"], error["title"]),
                             (401, 401, "Unauthorized"))
            self.assertIn(word, error["message"])
            self.assertIn("x-iam-trace-id", reply[1])
        self.assertEqual(self.client.post("/v3/auth/tokens", b"{}",
                                          signed=False)[0], 400)

    def test_faults_for_iam(self):
        self.client.control("POST", "/_set", {
            "fail": "503x1", "fail_on": "iam", "error_shape": "E6"})
        self.assertEqual(self.client.get(EXPENDITURE)[0], 200)
        self.assertEqual(self.login()[0], 503)
        self.assertEqual(self.login()[0], 201)

    def test_lookups(self):
        def projects(name):
            return [p["id"] for p in json.loads(self.client.get(
                "/v3/projects", [("name", name)])[2])["projects"]]
        self.assertEqual(projects("ap-southeast-1"), [accounts.PROJECT_1])
        self.assertEqual(len(projects("ap-southeast-2")), 2)
        self.assertEqual(projects("nowhere"), [])
        self.assertEqual(json.loads(self.client.get("/v3/auth/domains")[2])[
            "domains"][0]["id"], accounts.DOMAIN_ID)
        self.assertEqual(json.loads(self.client.get(
            "/case/domains=empty/v3/auth/domains")[2])["domains"], [])
        self.assertEqual(json.loads(self.client.get("/v5/caller-identity")[2])[
            "account_id"], accounts.DOMAIN_ID)
        self.assertEqual(self.client.get("/v3/projects", signed=False)[0],
                         401)

    def test_metadata(self):
        path = "/openstack/latest/securitykey"
        self.assertEqual(self.client.get(path, signed=False)[0], 401)
        status, _, token = self.client.send(
            "PUT", "/meta-data/latest/api/token", signed=False,
            headers={"X-Metadata-Token-Ttl-Seconds": "21600"})
        self.assertEqual(status, 200)
        found = json.loads(self.client.get(
            path, signed=False,
            headers={"X-Metadata-Token": token.decode()})[2])["credential"]
        client = self.as_caller(found["access"])
        headers = {"X-Security-Token": found["securitytoken"]}
        self.assertEqual(client.get(EXPENDITURE, headers=headers)[0], 200)
        self.client.control("POST", "/_clock", {"offset": 3601})
        client.offset = 3601
        self.assertIn(b"token expires",
                      client.get(EXPENDITURE, headers=headers)[2])
        self.assertEqual(self.client.send(
            "PUT", "/case/metadata=1/meta-data/latest/api/token",
            signed=False)[0], 404)
        self.assertEqual(self.client.get("/case/metadata=1" + path,
                                         signed=False)[0], 200)
        self.assertIn(b"agency", self.client.get(
            "/case/metadata=noagency" + path, signed=False)[2])
