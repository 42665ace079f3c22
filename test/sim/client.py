"""A small HTTP client with signer, for the self-test.

Promises: one keep-alive connection; get() and post() sign with a known key
unless told otherwise, and return (status, headers, body bytes).
"""

import http.client
import json
import time
from urllib.parse import urlencode, quote

import accounts
import signer


class Client:
    def __init__(self, port, key="SIMAK0EVERYTHING0000", timeout=10):
        self.port, self.key, self.timeout = port, key, timeout
        self.connection = http.client.HTTPConnection("127.0.0.1", port,
                                                     timeout=timeout)
        self.offset = 0         # error of this client's clock

    def sign(self, method, path, pairs, body, headers, secret=None):
        headers = {"Host": f"127.0.0.1:{self.port}",
                   "X-Sdk-Date": time.strftime(
                       signer.DATE_FORMAT, time.gmtime(time.time()
                                                       + self.offset)),
                   **headers}
        secret = secret or accounts.KEYS[self.key][0]
        headers["Authorization"] = signer.authorization(
            method, path, pairs, headers, body, self.key, secret)
        return headers

    def send(self, method, path, pairs=(), body=b"", headers=None,
             signed=True, secret=None):
        headers = dict(headers or {})
        if signed:
            headers = self.sign(method, path, list(pairs), body, headers,
                                secret)
        target = quote(path, safe="/-_.~") + (
            "?" + urlencode(pairs, quote_via=quote) if pairs else "")
        try:
            self.connection.request(method, target, body or None, headers)
            reply = self.connection.getresponse()
            return reply.status, dict(
                (n.lower(), v) for n, v in reply.getheaders()), reply.read()
        except Exception:
            self.connection.close()
            raise

    def get(self, path, pairs=(), **more):
        return self.send("GET", path, pairs, **more)

    def post(self, path, body=b"", headers=None, **more):
        headers = {"Content-Type": "application/json", **(headers or {})}
        return self.send("POST", path, (), body, headers, **more)

    def control(self, method, path, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        status, _, text = self.send(method, path, (), body, {}, signed=False)
        return status, json.loads(text)
