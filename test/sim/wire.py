"""HTTP/1.1 by hand: reads requests from a socket, writes replies to it.

Promises: each reply leaves in one write; connections are kept alive; the
limits of the API gateway (32 kB target, 32 kB header, 128 kB of headers,
12 MB body) are enforced.  Knows no API.
"""

import itertools
import select
import socket
import struct
import threading
import time
from urllib.parse import unquote, unquote_plus

REASONS = {100: "Continue", 200: "OK", 201: "Created", 204: "No Content",
           302: "Found", 400: "Bad Request", 401: "Unauthorized",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           413: "Payload Too Large", 414: "URI Too Long",
           429: "Too Many Requests", 494: "Request Header Too Large",
           500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable", 504: "Gateway Timeout"}


class BadRequest(Exception):
    """A request that is not HTTP, or too large; args: status, text."""


class Gone(Exception):
    """The client closed the connection."""


class Request:
    """One request; headers have lower-case names."""

    __slots__ = ("method", "target", "path", "wire_query", "version",
                 "headers", "body", "connection", "n", "settings", "local",
                 "query", "caller", "entry", "duplicates")

    def pairs(self):
        """Decoded query pairs in the order sent."""
        if not self.wire_query:
            return []
        return [(unquote_plus(name, errors="surrogateescape"),
                 unquote_plus(value, errors="surrogateescape"))
                for name, _, value in (item.partition("=") for item
                                       in self.wire_query.split("&"))]


class Reply:
    """Status, extra header lines and body of an answer."""

    __slots__ = ("status", "body", "type", "headers", "note")

    def __init__(self, status, body=b"",
                 type_="application/json;charset=UTF-8", headers=()):
        self.status = status
        self.body = body if isinstance(body, bytes) else body.encode()
        self.type = type_
        self.headers = list(headers)
        self.note = None        # why a request was refused, for the log


class Connection:
    """One client connection, served by one thread."""

    numbers = itertools.count(1)
    open = {}
    listeners = []

    def __init__(self, sock, context):
        self.sock = sock
        self.context = context
        self.id = next(self.numbers)
        self.buffer = b""
        self.session_reused = None      # of TLS
        self.is_serving = False         # a request that is in the log
        self.open[self.id] = self

    def hang_up(self):
        """As a server does with connections that have been idle."""
        # The descriptor alone: the thread that reads says goodbye.
        socket.socket.shutdown(self.sock, socket.SHUT_RD)

    def run(self, answer, failed):
        """Serves requests until either side is done."""
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                self.sock.settimeout(30)
                self.sock = self.context.wrap_socket(self.sock,
                                                     server_side=True)
                self.sock.settimeout(None)
                self.session_reused = self.sock.session_reused
            while answer(self, self.read_request()):
                pass
        except (Gone, OSError):
            pass
        except BadRequest as error:
            failed(self, error)
        finally:
            self.open.pop(self.id, None)
            self.shut()

    def shut(self):
        """Closes in order: data still to be read does not cause a reset."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(1)
            for _ in range(64):
                if not self.sock.recv(65536):
                    break
        except (OSError, ValueError):
            pass
        try:
            self.sock.close()
        except OSError:
            pass

    def reset(self):
        """Cuts the connection so that the client sees a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        # A TLS socket would say goodbye; its descriptor alone does not.
        socket.socket(fileno=self.sock.detach()).close()
        raise Gone

    def fill(self):
        data = self.sock.recv(65536)
        if not data:
            raise Gone
        self.buffer += data

    def is_settled(self):
        """Whether all that has come is a request in the log."""
        try:
            return self.is_serving or not self.buffer and \
                not select.select([self.sock], [], [], 0)[0]
        except (OSError, ValueError):
            return False                # about to go

    @classmethod
    def settle(cls, but):
        """Waits until all that clients have sent has been taken in.

        What is on its way from a socket to where it is looked for shows at a
        second look.
        """
        end = time.monotonic() + 2
        looks = 0
        while looks < 2 and time.monotonic() < end:
            looks = looks + 1 if not select.select(
                cls.listeners, [], [], 0)[0] and all(
                    connection.is_settled()
                    for connection in list(cls.open.values())
                    if connection is not but) else 0
            time.sleep(0.001)

    def read_request(self):
        self.is_serving = False
        end = self.buffer.find(b"\r\n\r\n")
        while end < 0:
            if len(self.buffer) > 131072:
                raise BadRequest(494, "Request header too large")
            self.fill()
            end = self.buffer.find(b"\r\n\r\n")
        head, self.buffer = self.buffer[:end], self.buffer[end + 4:]
        lines = head.decode("latin-1").split("\r\n")
        request = Request()
        request.connection = self
        try:
            request.method, request.target, request.version = \
                lines[0].split(" ")
        except ValueError:
            raise BadRequest(400, "Bad request line") from None
        if len(request.target) > 32768:
            raise BadRequest(414, "URI too long")
        path, _, request.wire_query = request.target.partition("?")
        request.path = unquote(path, errors="surrogateescape")
        self.read_headers(request, lines)
        self.read_body(request)
        return request

    @staticmethod
    def read_headers(request, lines):
        headers, request.duplicates = {}, []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or name != name.strip() or not name:
                raise BadRequest(400, f"Bad header line {line[:80]!r}")
            if len(line) > 32768:
                raise BadRequest(494, "Request header too large")
            name = name.lower()
            if name in headers:
                request.duplicates.append(name)
            if not value.isascii():
                # Header texts beyond ASCII travel as UTF-8.
                value = value.encode("latin-1").decode("utf-8",
                                                       "surrogateescape")
            headers[name] = value.strip()
        if "host" not in headers:
            raise BadRequest(400, "Host header missing")
        request.headers = headers

    def read_body(self, request):
        headers = request.headers
        if headers.get("expect", "").lower() == "100-continue":
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if "transfer-encoding" in headers:
            request.body = self.read_chunks()
            return
        try:
            size = int(headers.get("content-length", "0"))
        except ValueError:
            raise BadRequest(400, "Bad Content-Length") from None
        if size > 12 * 1048576:
            raise BadRequest(413, "Request body too large")
        request.body = self.take(size) if size else b""

    def take(self, size):
        while len(self.buffer) < size:
            self.fill()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_chunks(self):
        parts = []
        while True:
            while b"\r\n" not in self.buffer:
                self.fill()
            line, _, self.buffer = self.buffer.partition(b"\r\n")
            try:
                size = int(line.split(b";")[0], 16)
            except ValueError:
                raise BadRequest(400, "Bad chunk size") from None
            parts.append(self.take(size))
            self.take(2)
            if size == 0:
                return b"".join(parts)


def listen(answer, failed, context=None, port=0):
    """Starts a listening thread; returns the port."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(512)
    Connection.listeners.append(server)

    def accept():
        while True:
            sock, _ = server.accept()
            connection = Connection(sock, context)
            threading.Thread(target=connection.run, args=(answer, failed),
                             daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]
