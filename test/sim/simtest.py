"""What the parts of the self-test share.

Promises: each test class has its own simulator, each test a fresh state; a
test fails if the simulator met a bug of its own.
"""

import json
import os
import subprocess
import sys
import unittest

import accounts
from client import Client

HERE = os.path.dirname(os.path.abspath(__file__))
QUOTAS = f"/v5/{accounts.PROJECT_1}/billing/quotas-detail"
CONSUMPTION = "/v2/partners/credit/consumption-quota"
EXPENDITURE = "/v2/accounts/customer-accounts/expenditure-quota"
PACKAGES = "/v2/payments/free-resources/usages/query"
ALL = ("enterprise_project_id", "all_granted_eps")
HOST = ("category", "host_resource")
CONTAINER = ("category", "container_resource")


class SimTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "simulator.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.port = int(cls.sim.stdout.readline().split()[1])

    @classmethod
    def tearDownClass(cls):
        cls.sim.stdin.close()
        assert cls.sim.wait(5) == 0
        cls.sim.stdout.close()

    def setUp(self):
        self.client = Client(self.port)
        self.addCleanup(self.client.connection.close)
        self.client.control("POST", "/_reset")

    def tearDown(self):
        bugs = [e["bug"] for e in self.log() if "bug" in e]
        self.assertEqual(bugs, getattr(self, "bugs_expected", bugs[:0]))

    def log(self):
        return self.client.control("GET", "/_log")[1]

    def as_caller(self, key):
        client = Client(self.port, key)
        self.addCleanup(client.connection.close)
        return client

    def rows(self, case="", *pairs):
        status, _, body = self.client.get(
            case + QUOTAS, [ALL, ("limit", "200"), *pairs])
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def code(self, reply):
        body = json.loads(reply[2])
        return reply[0], body["error_code"]

    def token(self, path, token, method="GET"):
        return self.client.send(method, path, signed=False, headers={
            "X-Auth-Token": token, "Content-Type": "application/json"})
