"""The API gateway: who is calling, and may they call again yet.

Promises: identify() returns a Caller or raises Refused; it recomputes every
signature with signer.py from what was received, holds X-Sdk-Date against the
simulator's clock, locks keys out after more than five failures in a row, and
knows the static and the issued tokens.  ("API Request Signing Guide", 2025;
IAM "Obtaining a User Token Through Password Authentication", 2025.)
"""

import threading
import time
from collections import defaultdict, deque
from datetime import datetime, timezone
from functools import lru_cache
from typing import NamedTuple, Optional

import accounts
import errors
import signer

WINDOW_S = 15 * 60
LOCK_AFTER = 5
LOCK_S = 5 * 60


class Refused(Exception):
    """args: the error reply."""


class Caller(NamedTuple):
    account: accounts.Account
    kind: str                   # "signature" or "token"
    key: str                    # access key or token
    project: Optional[str]      # scope of a token
    domain_scope: bool


class Clock:
    """The time all parts of the simulator go by."""

    def __init__(self):
        self.offset = 0
        self.dated = (0, "")

    def now(self):
        return time.time() + self.offset

    def http_date(self, ahead=0):
        second = int(self.now()) + ahead
        if self.dated[0] != second:
            self.dated = (second, datetime.fromtimestamp(
                second, timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT"))
        return self.dated[1]


@lru_cache(maxsize=100)
def seconds_of(text):
    """Seconds since 1970 of an X-Sdk-Date, or None."""
    try:
        if len(text) != 16:
            return None
        return datetime.strptime(text, signer.DATE_FORMAT).replace(
            tzinfo=timezone.utc).timestamp()
    except ValueError:
        return None


class Gateway:
    """State of authentication: failures in a row, issued tokens, rates."""

    def __init__(self, clock):
        self.clock = clock
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.failures = defaultdict(int)
        self.locked = {}
        self.tokens = {}            # token: (account, project, domain, expiry)
        self.security_tokens = {}   # token: expiry
        self.windows = defaultdict(deque)

    def identify(self, request):
        """The caller, or Refused."""
        headers, settings = request.headers, request.settings
        if settings.auth == "none":
            return Caller(accounts.EVERYTHING, "none", "", None, True)
        token = headers.get("x-auth-token")
        signed = headers.get("authorization")
        if {"authorization", "x-auth-token",
                "x-sdk-date"}.intersection(request.duplicates):
            self.refuse(request, "authentication header sent twice")
        if token is not None and signed is not None:
            self.refuse(request, "both token and signature sent")
        if token is not None:
            return self.by_token(request, token)
        if signed is None:
            self.refuse(request, "x-auth-token not found")
        return self.by_signature(request, signed)

    def refuse(self, request, text, code="0301"):
        if code == "0301":
            text = errors.AUTH + text
        raise Refused(errors.reply(code, text, request.settings,
                                   request_id=request.entry["request_id"]))

    def by_token(self, request, token):
        if token in accounts.TOKENS:
            account, project, good = accounts.TOKENS[token]
            if not good:
                self.refuse(request, None, "0307")
            return Caller(account, "token", token, project, project is None)
        issued = self.tokens.get(token)
        if issued is None or issued[0] is None:
            self.refuse(request, "decrypt token fail")
        account, project, domain, expiry = issued
        if expiry <= self.clock.now():
            self.refuse(request, None, "0307")
        return Caller(account, "token", token, project, domain)

    def by_signature(self, request, text):
        parsed = signer.parse(text)
        if parsed is None:
            self.refuse(request, "authorization format is incorrect")
        key, names, given = parsed
        request.entry["ak"] = key
        known = accounts.KEYS.get(key)
        if known is None:
            self.refuse(request, f"verify aksk signature fail, ak {key} "
                                 "not exist")
        secret, account = known
        lock = (key, request.settings.id)
        if self.locked.get(lock, 0) > self.clock.now():
            self.refuse(request,
                        "AK access failed to reach the limit,forbidden")
        self.check_date(request)
        self.check_security_token(request, key, account)
        headers = request.headers
        missing = [name for name in names if name not in headers]
        if missing or names != sorted(names) or "x-sdk-date" not in names:
            self.refuse(request, "verify aksk signature fail, signed "
                                 f"headers are wrong: {';'.join(names)}")
        canonical = signer.canonical_request(
            request.method, request.path, request.pairs(), headers, names,
            request.body)
        made = signer.signature(canonical, headers["x-sdk-date"], secret)
        covered = headers.get("x-sdk-content-sha256")
        if covered and covered != "UNSIGNED-PAYLOAD" and \
                covered != signer.payload_hash({}, request.body):
            made = None
        if made != given:
            self.count_failure(request, lock)
            self.refuse(request, "verify aksk signature fail, "
                        "canonicalRequest:" + canonical.replace("\n", "|"))
        if self.failures:
            self.failures.pop(lock, None)
        return Caller(account, "signature", key, None, True)

    def count_failure(self, request, lock):
        with self.lock:
            self.failures[lock] += 1
            if self.failures[lock] > LOCK_AFTER:
                self.failures[lock] = 0
                if request.settings.lockout == "1":
                    self.locked[lock] = self.clock.now() + LOCK_S

    def check_date(self, request):
        text = request.headers.get("x-sdk-date", "")
        stamp = seconds_of(text)
        if stamp is None:
            self.refuse(request, "x-sdk-date is missing or malformed")
        now = self.clock.now()
        if abs(now - stamp) > WINDOW_S:
            server = datetime.fromtimestamp(now, timezone.utc).strftime(
                signer.DATE_FORMAT)
            self.refuse(request, "calc aksk signature fail:signature expired,"
                        f" signature time:{text},server time:{server}")

    def check_security_token(self, request, key, account):
        token = request.headers.get("x-security-token")
        if not account.temporary:
            if token is not None:
                self.refuse(request, "verify aksk signature fail, unexpected "
                                     "x-security-token")
        elif token is None:
            self.refuse(request, f"verify aksk signature fail, ak {key} "
                                 "not exist")
        elif token != accounts.SECURITY_TOKEN:
            expiry = self.security_tokens.get(token)
            if expiry is None:
                self.refuse(request, "decrypt token fail")
            if expiry <= self.clock.now():
                self.refuse(request, "token expires")

    def check_rate(self, request, caller, api):
        """Refuses what is above the rate N per SECONDS."""
        text = request.settings.rate.replace("/", ":")
        if not text:
            return
        limit, _, seconds = text.partition(":")
        limit, seconds = int(limit), int(seconds or 1)
        unit = "1 minute" if seconds == 60 else f"{seconds} second"
        now = self.clock.now()
        with self.lock:
            times = self.windows[(request.settings.key, request.settings.id,
                                  caller.account.name, api)]
            while times and times[0] <= now - seconds:
                times.popleft()
            if len(times) < limit:
                times.append(now)
                return
        refused = errors.reply(
            "0308", "The throttling threshold has been reached: policy user "
            f"over ratelimit,limit:{limit},time:{unit}", request.settings,
            request_id=request.entry["request_id"])
        raise Refused(refused)
