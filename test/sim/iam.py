"""IAM, STS and the metadata service, as far as a client needs them.

Promises: tokens by password with the scope asked for, projects by name, the
account by two ways, temporary keys from the metadata service.  Tokens and
keys end by the simulator's clock.  Errors have Keystone's form, in which
`code` is a number.  (IAM API reference: "Obtaining a User Token Through
Password Authentication", "Querying Project Information", "Querying Account
Information", 2025.)
"""

import itertools
import json
import os
from collections import defaultdict
from datetime import datetime, timezone

import accounts
from gateway import Refused
from wire import Reply

DOMAIN = {"id": accounts.DOMAIN_ID, "name": accounts.DOMAIN_NAME}
ROUTES = ("/v3/auth/tokens", "/v3/projects", "/v3/auth/domains",
          "/v5/caller-identity", "/meta-data/latest/api/token",
          "/openstack/latest/securitykey")
LOCK_AFTER = 5
LOCK_S = 15 * 60
TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
          404: "Not Found", 405: "Method Not Allowed"}


def stamp(seconds):
    """A time as IAM writes it: UTC with six fractional digits."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ")


class Iam:
    """Answers the IAM paths; tokens it issues are kept by the gateway."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.numbers = itertools.count(1)
        self.reset()

    def reset(self):
        self.failures = defaultdict(int)    # of a user, in a row
        self.locked = {}                    # user: until when
        self.is_stale = False               # a metadata token was refused

    @staticmethod
    def owns(path):
        return path in ROUTES

    def answer(self, request):
        """The reply; failures are raised as Refused."""
        route = {
            ("POST", ROUTES[0]): self.token,
            ("GET", ROUTES[1]): self.projects,
            ("GET", ROUTES[2]): self.domains,
            ("GET", ROUTES[3]): self.identity,
            ("PUT", ROUTES[4]): self.metadata_token,
            ("GET", ROUTES[5]): self.security_key,
        }.get((request.method, request.local))
        if route is None:
            self.refuse(request, 405, "Method not allowed")
        reply = route(request)
        reply.headers.append(f"X-IAM-Trace-Id: token_sim_{request.entry['n']}")
        return reply

    def refuse(self, request, status, text):
        reply = Reply(status, json.dumps({"error": {
            "message": text, "code": status, "title": TITLES[status]}}),
            "application/json")
        reply.headers.append(f"X-IAM-Trace-Id: token_sim_{request.entry['n']}")
        reply.note = text
        raise Refused(reply)

    def signed(self, request):
        """The caller of a call that takes either kind of authentication."""
        caller = self.gateway.identify(request)
        request.entry["auth"] = caller.kind
        request.entry["account"] = caller.account.name
        return caller

    # --- tokens

    def token(self, request):
        """POST /v3/auth/tokens"""
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind.strip().lower() != "application/json":
            self.refuse(request, 400, "Content-Type must be application/json")
        if "x-auth-token" in request.headers or \
                "authorization" in request.headers:
            self.refuse(request, 400, "no authentication header expected")
        pairs = dict(request.query)
        if set(pairs) - {"nocatalog"}:
            self.refuse(request, 400, "unknown query parameter")
        try:
            auth = json.loads(request.body)["auth"]
            identity, scope = auth["identity"], auth.get("scope") or {}
            methods = identity["methods"]
            user = identity["password"]["user"]
            secret = user["password"]
        except (ValueError, KeyError, TypeError):
            self.refuse(request, 400, "The request body is invalid")
        if methods not in (["password"], ["password", "totp"]):
            self.refuse(request, 400, "methods is invalid")
        name, account = self.login(request, user, secret, methods, identity)
        project, domain = self.scope(request, scope)
        if request.settings.iam == "unscoped" and not scope:
            domain = False
        if request.settings.iam == "other_project" and project:
            project = next(p for p in accounts.PROJECTS if p != project)
        return self.issue(request, name, account, project, domain, methods,
                          bool(pairs.get("nocatalog")))

    def login(self, request, user, secret, methods, identity):
        """(user name, account) of good credentials."""
        wrong = "The username or password is wrong."
        name = user.get("name")
        if name is None:
            name = next((n for n in accounts.USERS
                         if user_id(n) == user.get("id")), None)
        elif not same_domain(user.get("domain")):
            self.refuse(request, 401, wrong)
        known = accounts.USERS.get(name)
        if known is None:
            self.refuse(request, 401, wrong)
        password, account, state = known
        locked = "The user has been locked, try again in 15 minutes."
        if state == "locked" or \
                self.locked.get(name, 0) > self.gateway.clock.now():
            self.refuse(request, 401, locked)
        if secret != password:
            self.failures[name] += 1
            if self.failures[name] >= LOCK_AFTER:
                self.failures[name] = 0
                self.locked[name] = self.gateway.clock.now() + LOCK_S
            self.refuse(request, 401, wrong)
        self.failures[name] = 0
        if state == "mfa" and ("totp" not in methods or
                               "totp" not in identity):
            self.refuse(request, 401, "The user has enabled MFA login "
                        "protection, a verification code is required.")
        return name, account

    def scope(self, request, scope):
        """(project id or None, token has domain scope)"""
        if "project" in scope:
            # Where both are given the project wins.
            wanted = scope["project"]
            if not isinstance(wanted, dict):
                self.refuse(request, 400, "scope is invalid")
            if "domain" in wanted and not same_domain(wanted["domain"]):
                self.refuse(request, 401, "The domain is not found.")
            found = [p for p in accounts.PROJECTS.values()
                     if p.enabled and (p.id == wanted["id"] if "id" in wanted
                                       else p.name == wanted.get("name"))]
            if not found:
                self.refuse(request, 401,
                            "The project is not found or disabled.")
            return found[0].id, False
        if "domain" in scope and not same_domain(scope["domain"]):
            self.refuse(request, 401, "The domain is not found.")
        return None, True

    def issue(self, request, name, account, project, domain, methods, short):
        """Makes a token and the body that describes it."""
        now = self.gateway.clock.now()
        expiry = now + request.settings.token_life
        if request.settings.iam == "expired":
            expiry = now - 60
        number = next(self.numbers)
        text = (f"simIssuedToken-{'project' if project else 'domain'}-"
                f"{os.getpid()}-{number:08d}-" + "x" * 64)
        self.gateway.tokens[text] = (account, project, domain, expiry)
        token = {
            "methods": methods, "issued_at": stamp(now),
            "expires_at": stamp(expiry),
            "user": {"id": user_id(name), "name": name, "domain": DOMAIN,
                     "password_expires_at": ""},
            "roles": [{"id": "0", "name": "te_admin"}]}
        if project:
            token["project"] = {"id": project, "domain": DOMAIN,
                                "name": accounts.PROJECTS[project].name}
        elif domain:
            token["domain"] = DOMAIN
        if not short:
            token["catalog"] = [
                {"id": f"{i:032x}", "name": f"service-{i}", "type": "sim",
                 "endpoints": [{"id": f"{i:032x}", "interface": "public",
                                "region": "*", "region_id": "*",
                                "url": f"https://s{i}.example.com/v3"}]}
                for i in range(100)]
        if request.settings.iam == "html":
            return Reply(200, "<html><body>Sign in</body></html>",
                         "text/html")
        return Reply(201, json.dumps({"token": token}), "application/json",
                     [] if request.settings.iam == "no_header"
                     else [f"X-Subject-Token: {text}"])

    # --- look-ups

    def projects(self, request):
        """GET /v3/projects with name, domain_id, enabled, parent_id."""
        self.signed(request)
        if request.settings.projects:
            return Reply(200, request.settings.projects.encode(
                "utf-8", "surrogateescape"), "application/json")
        wanted = dict(request.query)
        unknown = set(wanted) - {"name", "domain_id", "enabled", "parent_id",
                                 "page", "per_page", "is_domain"}
        if unknown:
            self.refuse(request, 400, f"unknown parameter {min(unknown)}")
        found = [
            {"id": p.id, "name": p.name, "domain_id": accounts.DOMAIN_ID,
             "parent_id": p.parent or accounts.DOMAIN_ID,
             "enabled": p.enabled, "is_domain": False, "description": "",
             "links": {"self": f"https://iam.example.com/v3/projects/{p.id}"}}
            for p in accounts.PROJECTS.values()]
        for name in ("name", "domain_id", "parent_id"):
            if name in wanted:
                found = [p for p in found if p[name] == wanted[name]]
        if "enabled" in wanted:
            found = [p for p in found
                     if str(p["enabled"]).lower() == wanted["enabled"]]
        if "per_page" in wanted:
            size, page = int(wanted["per_page"]), int(wanted.get("page", 1))
            found = found[size * (page - 1):size * page]
        return Reply(200, json.dumps(
            {"projects": found,
             "links": {"self": "https://iam.example.com/v3/projects",
                       "next": None, "previous": None}}), "application/json")

    def domains(self, request):
        """GET /v3/auth/domains"""
        self.signed(request)
        found = [{**DOMAIN, "enabled": True, "description": "", "links": {
            "self": "https://iam.example.com/v3/domains/"
                    + accounts.DOMAIN_ID}}]
        if request.settings.domains == "empty":
            found = []
        elif request.settings.domains == "two":
            found.append({**found[0], "id": "f" * 32, "name": "other"})
        return Reply(200, json.dumps({"domains": found, "links": {
            "self": "https://iam.example.com/v3/auth/domains",
            "next": None, "previous": None}}), "application/json")

    def identity(self, request):
        """GET /v5/caller-identity"""
        caller = self.signed(request)
        name = caller.account.name
        return Reply(200, json.dumps({
            "account_id": accounts.DOMAIN_ID,
            "principal_id": user_id(name),
            "principal_urn": f"iam::{accounts.DOMAIN_ID}:user:{name}"}),
            "application/json")

    # --- metadata

    def metadata_token(self, request):
        """PUT /meta-data/latest/api/token"""
        if request.settings.metadata not in ("2", "stale"):
            self.refuse(request, 404, "Not found")
        ttl = request.headers.get("x-metadata-token-ttl-seconds", "")
        if not ttl.isdigit() or not 0 < int(ttl) <= 21600:
            self.refuse(request, 400, "X-Metadata-Token-Ttl-Seconds")
        text = f"simMetadataToken-{next(self.numbers):08d}"
        if request.settings.metadata == "stale" and not self.is_stale:
            ttl, self.is_stale = "0", True
        self.gateway.tokens[text] = (
            None, None, None, self.gateway.clock.now() + int(ttl))
        return Reply(200, text, "text/plain")

    def security_key(self, request):
        """GET /openstack/latest/securitykey"""
        gateway, mode = self.gateway, request.settings.metadata
        if mode == "none":
            self.refuse(request, 404, "Not found")
        if mode == "noagency":
            reply = Reply(401, "no agency: configure an agency for this "
                               "server first", "text/plain")
            reply.note = "no agency"
            raise Refused(reply)
        if mode in ("2", "stale"):
            issued = gateway.tokens.get(
                request.headers.get("x-metadata-token", ""))
            if issued is None or issued[0] is not None or \
                    issued[3] <= gateway.clock.now():
                raise Refused(Reply(401, "Unauthorized", "text/plain"))
        expiry = gateway.clock.now() + request.settings.key_life
        token = f"simSecurityToken-{next(self.numbers):08d}-" + "y" * 200
        gateway.security_tokens[token] = expiry
        key = "SIMAK0TEMPORARY00000"
        return Reply(200, json.dumps({"credential": {
            "access": key, "secret": accounts.KEYS[key][0],
            "securitytoken": token, "expires_at": stamp(expiry)}}),
            "application/json")


def user_id(name):
    """A 32-digit id for a user name."""
    return name.encode().hex().ljust(32, "0")[:32]


def same_domain(domain):
    """Whether {"name": ...} or {"id": ...} names our account."""
    return isinstance(domain, dict) and (
        domain.get("name") == accounts.DOMAIN_NAME
        or domain.get("id") == accounts.DOMAIN_ID)
