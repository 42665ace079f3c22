"""SDK-HMAC-SHA256, both ways: makes a signature and takes one apart.

Promises: canonical_request() follows the "API Request Signing Guide" (Huawei
Cloud, 2025) from decoded inputs; parse() accepts only the header form written
there.  Nothing here knows accounts or clocks.
"""

import hashlib
import hmac
import re
from urllib.parse import quote

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"

AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([^,\s]+), "
    r"Signature=([0-9a-f]{64})\Z")


def escape(text):
    """Percent-encodes all but the unreserved characters."""
    return quote(text, safe="-_.~", errors="surrogateescape")


def canonical_uri(path):
    """Path with each piece escaped and one slash at the end."""
    text = quote(path, safe="/-_.~", errors="surrogateescape")
    return text if text.endswith("/") else text + "/"


def canonical_query(pairs):
    """Pairs in byte order of the decoded texts, then escaped."""
    if not pairs:
        return ""
    if len(pairs) > 1:
        pairs = sorted(pairs, key=lambda pair: (
            pair[0].encode("utf-8", "surrogateescape"),
            pair[1].encode("utf-8", "surrogateescape")))
    return "&".join([f"{escape(n)}={escape(v)}" for n, v in pairs])


def payload_hash(headers, body):
    """What stands for the body; the header, where sent, takes its place."""
    given = headers.get("x-sdk-content-sha256")
    return given if given else hashlib.sha256(body).hexdigest()


def canonical_request(method, path, pairs, headers, names, body):
    """The text that is signed; headers: lower-case names to values."""
    block = "".join([f"{name}:{headers[name].strip()}\n" for name in names])
    return "\n".join((method, canonical_uri(path), canonical_query(pairs),
                      block, ";".join(names), payload_hash(headers, body)))


def signature(canonical, date, secret):
    """Hex HMAC over algorithm, date and hash of the canonical request."""
    digest = hashlib.sha256(
        canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{date}\n{digest}".encode(),
                    "sha256").hexdigest()


def authorization(method, path, pairs, headers, body, key, secret):
    """The Authorization value of a client that signs all headers given."""
    headers = {name.lower(): value for name, value in headers.items()}
    names = sorted(name for name in headers if name != "authorization"
                   and not name.startswith("content-type") and "_" not in name)
    canonical = canonical_request(method, path, pairs, headers, names, body)
    made = signature(canonical, headers["x-sdk-date"], secret)
    return (f"{ALGORITHM} Access={key}, SignedHeaders={';'.join(names)}, "
            f"Signature={made}")


def parse(text):
    """(key, signed names, signature), or None for any other form."""
    match = AUTHORIZATION.match(text)
    if not match:
        return None
    return match.group(1), match.group(2).split(";"), match.group(3)
