"""Self-test: signatures, the documents' APIs, the data set.

Promises: each test stands alone.
"""

import http.client
import json

import accounts
import samples
import signer
from simtest import (ALL, CONSUMPTION, CONTAINER, EXPENDITURE, HOST, PACKAGES,
                     QUOTAS, SimTest)


class Signing(SimTest):
    def test_published_example(self):
        headers = {"Host": "service.region.example.com",
                   "X-Sdk-Date": "20191115T033655Z",
                   "content-type": "application/json"}
        path = "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs"
        pairs = [("limit", "2"),
                 ("marker", "13551d6b-755d-4757-b956-536f674975c0")]
        canonical = signer.canonical_request(
            "GET", path, pairs, {n.lower(): v for n, v in headers.items()},
            ["content-type", "host", "x-sdk-date"], b"")
        self.assertEqual(
            signer.signature(canonical, headers["X-Sdk-Date"],
                             "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"),
            "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe")

    def test_order_and_escape(self):
        self.assertEqual(signer.canonical_query(
            [("a:", "x y"), ("a0", "*"), ("a0", ""), ("ü", "%41")]),
            "a0=&a0=%2A&a%3A=x%20y&%C3%BC=%2541")
        self.assertEqual(signer.canonical_uri("/a b//k=v;x"),
                         "/a%20b//k%3Dv%3Bx/")

    def test_accepted(self):
        for key in accounts.KEYS:
            client = self.as_caller(key)
            headers = {"X-Security-Token": accounts.SECURITY_TOKEN} \
                if key == "SIMAK0TEMPORARY00000" else {}
            path = CONSUMPTION if "PARTNER" in key else EXPENDITURE
            self.assertEqual(client.get(path, headers=headers)[0], 200, key)
        entry = self.log()[0]
        self.assertEqual((entry["auth"], entry["ak"], entry["account"]),
                         ("signature", "SIMAK0EVERYTHING0000", "everything"))

    def test_unicode_query(self):
        for name in ("数据库-一", "a+b c", "100%", "~*'()", "a&b=c"):
            self.rows("", HOST, ("host_name", name))

    def test_refused(self):
        client = self.client
        self.assertIn(b"verify aksk signature fail, canonicalRequest",
                      client.get(EXPENDITURE, secret="wrong")[2])
        client.offset = -901
        status, _, body = client.get(EXPENDITURE)
        self.assertEqual(status, 401)
        self.assertRegex(body.decode(), r"signature expired, signature time:"
                         r"\d{8}T\d{6}Z,server time:\d{8}T\d{6}Z")
        client.offset = -880
        self.assertEqual(client.get(EXPENDITURE)[0], 200)
        client.offset, client.key = 0, "SIMAKNOBODY"
        self.assertIn(b"SIMAKNOBODY not exist",
                      client.get(EXPENDITURE, secret="x")[2])
        self.assertIn(b"x-auth-token not found",
                      client.get(EXPENDITURE, signed=False)[2])
        client.key = "SIMAK0EVERYTHING0000"
        self.assertIn(b"both", client.get(
            EXPENDITURE, headers={"X-Auth-Token": "t"})[2])
        temporary = self.as_caller("SIMAK0TEMPORARY00000")
        self.assertIn(b"not exist", temporary.get(EXPENDITURE)[2])
        self.assertEqual(temporary.get(EXPENDITURE, headers={
            "X-Security-Token": "other"})[0], 401)

    def test_body_is_covered(self):
        headers = self.client.sign("POST", PACKAGES, [], b"", {
            "Content-Type": "application/json"})
        self.assertEqual(self.client.send(
            "POST", PACKAGES, (), b"{}", headers, signed=False)[0], 401)

    def test_lockout(self):
        for _ in range(5):
            self.client.get(EXPENDITURE, secret="wrong")
        self.assertEqual(self.client.get(EXPENDITURE)[0], 200)
        for _ in range(6):
            self.client.get(EXPENDITURE, secret="wrong")
        self.assertIn(b"reach the limit,forbidden",
                      self.client.get(EXPENDITURE)[2])
        self.assertEqual(
            self.client.get("/case/id=apart" + EXPENDITURE)[0], 200)
        self.client.control("POST", "/_clock", {"offset": 301})
        self.client.offset = 301
        self.assertEqual(self.client.get(EXPENDITURE)[0], 200)

    def test_tokens(self):
        for name, (account, project, good) in accounts.TOKENS.items():
            path = QUOTAS.replace(accounts.PROJECT_1, project) + \
                "?enterprise_project_id=ep-1" if project else (
                CONSUMPTION if account.kind == "partner" else EXPENDITURE)
            client = http.client.HTTPConnection("127.0.0.1", self.port)
            client.request("GET", path, None, {"X-Auth-Token": name})
            reply = client.getresponse()
            self.assertEqual(reply.status, 200 if good else 401, name)
            if not good:
                self.assertIn(b"APIGW.0307", reply.read())
            client.close()
        domain = "simTokenDomain-everything-0123456789abcdef"
        project = "simTokenProject2-everything-0123456789abcdef"
        self.assertEqual(self.code(self.token(QUOTAS, domain)),
                         (400, "HSS.0013"))
        self.assertEqual(self.code(self.token(QUOTAS, project)),
                         (400, "HSS.0013"))
        self.assertEqual(self.code(self.token(EXPENDITURE, project)),
                         (403, "CBC.0155"))
        self.assertIn(b"decrypt token fail", self.token(QUOTAS, "junk")[2])


class Documents(SimTest):
    def test_samples(self):
        self.client.control("POST", "/_set", {"sample": 1})
        for path, text in ((CONSUMPTION, samples.CONSUMPTION),
                           (EXPENDITURE, samples.EXPENDITURE),
                           (QUOTAS, samples.QUOTAS)):
            self.assertEqual(self.client.get(path)[2], text.encode())
        self.assertEqual(self.client.post(PACKAGES)[2],
                         samples.PACKAGES.encode())

    def test_callers(self):
        partner = self.as_caller("SIMAK0PARTNER0000000")
        customer = self.as_caller("SIMAK0CUSTOMER000000")
        self.assertEqual(self.code(partner.get(EXPENDITURE)),
                         (403, "CBC.0151"))
        self.assertEqual(self.code(partner.post(PACKAGES)),
                         (403, "CBC.0151"))
        self.assertEqual(self.code(customer.get(CONSUMPTION)),
                         (403, "CBC.0151"))

    def test_methods_and_paths(self):
        for method, path in (("POST", EXPENDITURE), ("GET", PACKAGES),
                             ("GET", "/v2/nothing"), ("GET", QUOTAS + "/")):
            self.assertEqual(self.code(self.client.send(method, path)),
                             (404, "APIGW.0101"))

    def test_packages(self):
        for language, first in ((None, "zh"), ("zh_CN", "zh"),
                                ("en_US", "en")):
            headers = {"X-Language": language} if language else {}
            status, _, body = self.client.post(PACKAGES, headers=headers)
            self.assertEqual(status, 200)
            names = "".join(p["resource_type_name"] for p in
                            json.loads(body)["package_usage_infos"])
            self.assertEqual(names.isascii(), first == "en")
        for bad in ("", "en", "EN_us"):
            self.assertEqual(self.code(self.client.post(
                PACKAGES, headers={"X-Language": bad})), (400, "CBC.0100"))
        self.assertEqual(self.client.post(PACKAGES, b"{}")[0], 200)
        self.assertEqual(self.client.post(PACKAGES, b'{"a":1}')[0], 400)
        self.assertEqual(self.client.post(PACKAGES, headers={
            "Content-Type": "application/x-www-form-urlencoded"})[0], 400)

    def test_money(self):
        body = json.loads(self.client.get(
            "/case/balance=negative" + CONSUMPTION)[2])
        self.assertLess(float(body["used_consumption_quota"]), 0)
        for form, text in (("reseller", b"{}"), ("reseller_nobody", b"")):
            self.assertEqual(self.client.get(
                f"/case/expenditure={form}" + EXPENDITURE)[2], text)

    def test_bad_parameters(self):
        for pair in (("limit", "9"), ("limit", "201"), ("limit", "x"),
                     ("limit", ""), ("offset", "-1"), ("offset", "2000001"),
                     ("nonsense", "1"), ("version", "hss.version.container"),
                     ("host_name", ""), ("charging_mode", "prePaid"),
                     ("resource_id", "r" * 129)):
            self.assertEqual(self.code(self.client.get(QUOTAS, [pair])),
                             (400, "HSS.0001"), pair)
        self.assertEqual(self.client.get(
            QUOTAS, [("limit", "10"), ("limit", "10")])[0], 400)
        self.assertEqual(self.client.get(CONSUMPTION, [("a", "b")])[0], 400)

    def test_projects(self):
        other = QUOTAS.replace(accounts.PROJECT_1, accounts.PROJECT_2)
        first = self.client.get(QUOTAS)[2]
        self.assertNotEqual(first, self.client.get(other)[2])
        self.assertEqual(self.code(self.client.get(
            QUOTAS.replace(accounts.PROJECT_1, "no"))), (403, "APIGW.0310"))
        for headers, status in (
                ({"region": "ap-southeast-1"}, 200),
                ({"region": "ap-southeast-3"}, 400),
                ({"X-Project-Id": accounts.PROJECT_1}, 200),
                ({"X-Project-Id": accounts.PROJECT_2}, 403),
                ({"X-Domain-Id": accounts.DOMAIN_ID}, 200),
                ({"X-Domain-Id": "other"}, 403)):
            self.assertEqual(self.client.get(QUOTAS, headers=headers)[0],
                             status, headers)

    def test_enterprise_projects(self):
        limited = self.as_caller("SIMAK0LIMITED0000000")
        for pairs in ([], [ALL], [("enterprise_project_id", "ep-2")]):
            self.assertEqual(self.code(limited.get(QUOTAS, pairs)),
                             (400, "HSS.0010"))
        status, _, body = limited.get(
            QUOTAS, [("enterprise_project_id", "ep-1")])
        self.assertEqual({r["enterprise_project_id"] for r in
                          json.loads(body)["data_list"]}, {"ep-1"})
        default = json.loads(self.client.get(QUOTAS)[2])["data_list"]
        self.assertEqual({r.get("enterprise_project_id", "0")
                          for r in default}, {"0"})


class Dataset(SimTest):
    def test_all_kinds(self):
        data = self.client.control("GET", "/_data")[1]
        rows = [r["row"] for r in data["quotas"]
                if r["project"] == accounts.PROJECT_1]
        self.assertEqual(len(rows), 100)
        ids = [r["row"]["resource_id"] for r in data["quotas"]]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(len({r["version"] for r in rows}), 7)
        for name, values in (("host_name", {None, ""}), ("tags", {"null"}),
                             ("enterprise_project_id", {"0", "ep-1", "ep-2"})):
            seen = {json.dumps(r[name]) if name == "tags" else r[name]
                    for r in rows if name in r}
            self.assertLessEqual(values, seen)
            self.assertTrue(any(name not in r for r in rows))

    def test_pages_and_filters_match_data(self):
        data = self.client.control("GET", "/case/quotas=450/_data")[1][
            "quotas"]
        data = [r for r in data if r["project"] == accounts.PROJECT_1]
        for category in (HOST, CONTAINER):
            want = [r["row"] for r in data if r["category"] == category[1]]
            got, offset = [], 0
            while True:
                page = self.rows("/case/quotas=450", category,
                                 ("offset", str(offset)))
                got += page["data_list"]
                offset += len(page["data_list"])
                if not page["data_list"]:
                    break
                self.assertEqual(page["total_num"], len(want))
            self.assertEqual(got, want)
        used = self.rows("", HOST, ("used_status", "used"),
                         ("charging_mode", "on_demand"))
        self.assertEqual({(r["used_status"], r["charging_mode"])
                          for r in used["data_list"]}, {("used", "on_demand")})
        self.assertEqual(used["idle_num"], 0)
        self.assertEqual(used["used_num"], used["total_num"])
        self.assertEqual(sum(q["total_num"] for q in
                             used["quota_statistics_list"]),
                         used["total_num"])

    def test_default_reading(self):
        self.assertTrue(all("container" not in r["version"]
                            for r in self.rows()["data_list"]))
        word = ("version", "hss.version.container.enterprise")
        self.assertEqual(self.rows("", word)["data_list"], [])
        self.assertEqual({r["version"] for r in
                          self.rows("", word, CONTAINER)["data_list"]},
                         {"hss.version.container",
                          "hss.version.container.enterprise"})
        self.assertEqual(self.rows(
            "/case/category_default=all")["total_num"], 100)
        self.assertEqual(self.rows("/case/category=ignore", HOST)[
            "total_num"], 100)

    def test_number_styles(self):
        for style, kind in (("string", str), ("float", float), ("exp", float),
                            ("number", int)):
            row = self.rows(f"/case/numbers={style}")["data_list"][0]
            self.assertIs(type(row["expire_time"]), kind)
        self.assertTrue(all(r["expire_time"] < 10**11 for r in self.rows(
            "/case/expire_unit=s")["data_list"]))
