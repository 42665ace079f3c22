"""What goes wrong between service and client.

Promises: plan() says which fault, if any, the n-th request of a case meets;
send() writes a reply, or what the fault leaves of it, to the connection and
tells whether the connection lives on.
"""

import gzip
import random
import struct
import time
import zlib
from functools import lru_cache

import errors
from wire import Gone, REASONS

# Faults of the transport; other words in `fail` are in ODD, or error codes.
KINDS = ("reset_before", "close_before", "reset_after_headers",
         "close_after_headers", "reset_in_body", "truncate", "bad_length",
         "two_lengths", "long_length", "short_length", "no_length",
         "bad_chunk", "cut_chunk", "bad_gzip", "cut_gzip", "gzip_bomb",
         "bad_encoding", "endless_headers", "endless_body", "big_header",
         "redirect", "100continue", "garbage", "bad_status_line", "http10",
         "header_no_colon")

# Error replies that no code stands for.
ODD = ("html502", "empty500", "plain503")


# What may befall any request by chance.
CHAOS = ("reset_before", "close_before", "reset_after_headers",
         "close_after_headers", "reset_in_body", "truncate", "bad_length",
         "two_lengths", "long_length", "short_length", "no_length",
         "bad_chunk", "cut_chunk", "bad_gzip", "cut_gzip", "bad_encoding",
         "redirect", "100continue", "garbage", "bad_status_line", "http10",
         "html502", "empty500", "plain503", "400", "429", "500", "502", "503",
         "504")


def parse(text):
    """[(kind, count or None)] of a `fail` setting."""
    plan = []
    for item in text.split(","):
        head, x, count = item.rpartition("x")
        if x and count.isdigit():
            plan.append((head, int(count)))
        else:
            plan.append((item, None))
    return plan


def is_plan(text):
    """Whether a `fail` setting can be carried out."""
    return all(kind in KINDS or kind in ODD or errors.is_known(kind)
               for kind, _ in parse(text))


def choose(settings, n):
    """The fault of the n-th request (from 1), or None."""
    if settings.chaos and random.randrange(1000) < settings.chaos:
        return random.choice(CHAOS)
    n -= settings.fail_at
    if n < 0 or not settings.fail:
        return None
    for kind, count in parse(settings.fail):
        if count is None or n < count:
            return kind
        n -= count
    return None


def error_reply(kind, settings, clock, request_id):
    """The reply of a fault that is an error code or status."""
    if kind in ODD:
        reply = errors.reply(kind[-3:], None, settings, int(kind[-3:]))
        if kind == "html502":
            reply.body = errors.HTML.format(502, "Bad Gateway").encode()
            reply.type = "text/html"
        else:
            reply.body = b"" if kind == "empty500" else b"try again later\n"
            reply.type = "text/plain"
    else:
        reply = errors.reply(kind, settings.fail_text or None, settings,
                             request_id=request_id)
    if settings.retry_after and reply.status in (429, 503):
        value = settings.retry_after
        if value.startswith("date"):
            value = clock.http_date(int(value.partition(":")[2] or 2))
        reply.headers.append(f"Retry-After: {value}")
    return reply


@lru_cache(maxsize=4)
def bomb(size):
    """A gzip stream of that many blanks."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, count = b" " * 1048576, max(1, size // 1048576)
    one = pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)
    again = pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(count):
        check = zlib.crc32(block, check)
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + one + again * (count - 1)
            + pack.flush() + struct.pack("<II", check,
                                         count * 1048576 & 0xffffffff))


def head_of(reply, date, request_id, lines):
    """Status line and headers as bytes, with the closing empty line."""
    parts = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Other')}",
             "Server: simulator", f"X-Request-Id: {request_id}"]
    if date:
        parts.append(f"Date: {date}")
    if reply.type:
        parts.append(f"Content-Type: {reply.type}")
    parts += reply.headers
    parts += lines
    return ("\r\n".join(parts) + "\r\n\r\n").encode()


def chunks(body, size=4096):
    """The body in chunked coding."""
    parts = [b"%x\r\n%s\r\n" % (len(body[i:i + size]), body[i:i + size])
             for i in range(0, len(body), size)]
    return b"".join(parts) + b"0\r\n\r\n"


def wait_gone(connection, seconds=600):
    """Returns when the client has gone away."""
    connection.sock.settimeout(seconds)
    while connection.sock.recv(65536):
        pass
    raise Gone


def hang(connection, kind, head, body):
    """Stops in the middle of a reply until the client goes away."""
    sock = connection.sock
    if kind == "in_headers":
        sock.sendall(head[:len(head) // 2])
    elif kind == "in_body":
        sock.sendall(head + body[:len(body) // 2])
    elif kind == "drip":
        sock.sendall(head)
        for at in range(len(body)):
            sock.sendall(body[at:at + 1])
            time.sleep(1)
        raise Gone
    wait_gone(connection)


def send(connection, request, reply, clock, fault=None, hanging=""):
    """Writes the reply; True if the connection can take another request."""
    settings, request_id = request.settings, request.entry["request_id"]
    body, lines = reply.body, []
    accepts = request.headers.get("accept-encoding", "")
    if settings.gzip == "always" or settings.gzip == "1" and \
            "gzip" in accepts:
        body = gzip.compress(body, 1)
        lines.append("Content-Encoding: gzip")
    alive = (settings.close == "0" and request.version == "HTTP/1.1"
             and request.headers.get("connection", "").lower() != "close")
    if not alive:
        lines.append("Connection: close")

    date = clock.http_date() if settings.date == "1" else None

    def head(*more):
        return head_of(reply, date, request_id, lines + list(more))

    length = f"Content-Length: {len(body)}"
    if hanging:
        hang(connection, hanging, head(length), body)
    if fault is not None:
        return spoil(connection, fault, settings, head, body)
    if settings.chunked == "1":
        connection.sock.sendall(head("Transfer-Encoding: chunked")
                                + chunks(body))
    elif reply.status == 204:
        connection.sock.sendall(head())
    else:
        connection.sock.sendall(head(length) + body)
    return alive


def endless(sock, data, limit):
    """Sends the same bytes until the client goes away, or enough is sent."""
    sent = 0
    while sent < limit:
        sock.sendall(data)
        sent += len(data)


def spoil(connection, fault, settings, head, body):
    """Writes a reply spoilt by a transport fault."""
    sock = connection.sock
    length = f"Content-Length: {len(body)}"
    half = body[:len(body) // 2]
    if fault == "reset_before":
        connection.reset()
    elif fault in ("reset_after_headers", "close_after_headers",
                   "reset_in_body", "truncate"):
        part = b"" if fault.endswith("headers") else half
        sock.sendall(head(length) + part)
        if fault.startswith("reset"):
            time.sleep(0.02)    # lets the client read before the reset
            connection.reset()
    elif fault == "endless_headers":
        sock.sendall(head()[:-2])
        endless(sock, b"X-Filler: " + b"x" * 1000 + b"\r\n", 1 << 30)
    elif fault == "endless_body":
        sock.sendall(head("Connection: close"))
        endless(sock, b" " * 65536, 1 << 32)
    elif fault == "100continue":
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" + head(length) + body)
        return True
    else:
        sock.sendall(spoilt(fault, settings, head, body, length, half))
    return False


def spoilt(fault, settings, head, body, length, half):
    """The bytes of faults that are one write and an orderly close."""
    size = settings.big_body or 256 * 1048576
    squeezed = gzip.compress(body)
    coded = "Content-Encoding: gzip"
    if fault == "gzip_bomb":
        squeezed = bomb(size)
        return head(coded, f"Content-Length: {len(squeezed)}") + squeezed
    return {
        "close_before": b"",
        "bad_length": head("Content-Length: 12x4") + body,
        "two_lengths": head("Content-Length: 5", length) + body,
        "long_length": head(f"Content-Length: {len(body) + 9}") + body,
        "short_length": head(f"Content-Length: {len(half)}") + body,
        "no_length": head("Connection: close") + body,
        "bad_chunk": head("Transfer-Encoding: chunked") + b"zz\r\n" + body,
        "cut_chunk": head("Transfer-Encoding: chunked") + b"%x\r\n" % len(body)
        + half,
        "bad_gzip": head(coded, length) + body,
        "cut_gzip": head(coded, f"Content-Length: {len(squeezed) // 2}")
        + squeezed[:len(squeezed) // 2],
        "bad_encoding": head("Content-Encoding: sdch", length) + body,
        "big_header": head("X-Filler: " + "x" * 400000, length) + body,
        "garbage": b"\x16\x03\x01 this is not HTTP\r\n\r\n",
        "bad_status_line": b"HTTP/1.1 banana\r\n\r\n" + body,
        "http10": b"HTTP/1.0 200 OK\r\n\r\n" + body,
        "header_no_colon": head("This is no header", length) + body,
    }[fault]
