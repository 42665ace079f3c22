#!/usr/bin/env python3
"""HTTP/2 gone wrong.

    h2_server.py CERT KEY BODY [PORT]

BODY is a file with the reply's body.  The first segment of the path says what
befalls a request, and how often: "https://localhost:N/goaway_before.1" spares
all but the first one that this server receives below that segment; without a
number none is spared.  Below "sim" the simulator at PORT answers, which is
asked with the rest of the path by GET, without headers.

Promises: prints "port N", then for each request received the segment and the
number of the connection.  Ends when its standard input closes.  Needs python3-h2; everything of HTTP/2 that
is in order is left to it.
"""

import http.client
import itertools
import os
import socket
import ssl
import struct
import sys
import threading
from collections import Counter

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import RequestReceived, StreamEnded

HEAD = [(":status", "200"), ("content-type", "application/json")]
counts = Counter()
lock = threading.Lock()


def frame(kind, flags, stream, payload=b""):
    """A frame that the library would not send."""
    return (struct.pack(">I", len(payload))[1:] + bytes([kind, flags])
            + struct.pack(">I", stream) + payload)


class Server:
    """One connection."""

    numbers = itertools.count(1)

    def __init__(self, sock, body, port):
        self.sock = sock
        self.body = body
        self.port = port
        self.id = next(self.numbers)
        self.h2 = H2Connection(H2Configuration(client_side=False))
        self.kinds = {}
        self.events = []

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def receive(self):
        """Events to come; also those of other streams than one waits for."""
        data = self.sock.recv(65536)
        self.events += self.h2.receive_data(data)
        return bool(data)

    def run(self):
        self.h2.initiate_connection()
        self.flush()
        alive = True
        while alive:
            if not self.events and not self.receive():
                break
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, RequestReceived):
                    path = dict(event.headers)[b":path"].decode()
                    self.kinds[event.stream_id] = path.split("/", 2)[1:]
                elif isinstance(event, StreamEnded):
                    alive = self.answer(event.stream_id) and alive
            if alive:
                self.flush()

    def answer(self, stream):
        """Replies, or not; False when the connection is to be closed."""
        segment, rest = self.kinds.pop(stream)
        print(segment, self.id, flush=True)
        if segment == "sim":
            return self.sim(stream, rest)
        kind, _, times = segment.partition(".")
        with lock:
            counts[segment] += 1
            if times and counts[segment] > int(times):
                kind = "ok"
        return getattr(self, kind)(stream)

    def head(self, stream, length=None):
        if length is None:
            length = len(self.body)
        self.h2.send_headers(stream, HEAD + [("content-length", str(length))])

    def half(self, stream):
        self.head(stream)
        self.h2.send_data(stream, self.body[:min(len(self.body) // 2, 16000)])
        self.flush()

    def data(self, stream, body=None):
        body = self.body if body is None else body
        at = 0
        while at < len(body):
            room = min(self.h2.local_flow_control_window(stream),
                       self.h2.max_outbound_frame_size)
            if room == 0:
                self.flush()
                if not self.receive():
                    raise OSError("the client is gone")
                continue
            self.h2.send_data(stream, body[at:at + room])
            at += room

    def ok(self, stream):
        self.head(stream)
        self.data(stream)
        self.h2.end_stream(stream)
        return True

    def reset(self, stream, code):
        self.h2.reset_stream(stream, code)
        return True

    def sim(self, stream, rest):
        """Passes the question on."""
        simulator = http.client.HTTPConnection("127.0.0.1", self.port)
        simulator.request("GET", "/" + rest)
        reply = simulator.getresponse()
        body = reply.read()
        simulator.close()
        self.h2.send_headers(stream, [
            (":status", str(reply.status)),
            ("content-type", reply.headers["Content-Type"]),
            ("content-length", str(len(body)))])
        self.data(stream, body)
        self.h2.end_stream(stream)
        return True

    # ---- what befalls a request

    def goaway_before(self, stream):
        """This request, and all after the first, will not be served."""
        self.sock.sendall(frame(7, 0, 0, struct.pack(">II", 0, 0)))
        return False

    def goaway_error(self, stream):
        """The connection broke a rule, says the server."""
        self.sock.sendall(frame(7, 0, 0, struct.pack(
            ">II", stream, ErrorCodes.ENHANCE_YOUR_CALM)))
        return False

    def goaway_in_body(self, stream):
        self.half(stream)
        self.sock.sendall(frame(7, 0, 0, struct.pack(
            ">II", stream, ErrorCodes.INTERNAL_ERROR)))
        return False

    def goaway_after(self, stream):
        """An orderly end: this request is served, the next needs another."""
        self.ok(stream)
        self.flush()
        self.sock.sendall(frame(7, 0, 0, struct.pack(">II", stream, 0)))
        return False

    def rst_before(self, stream):
        return self.reset(stream, ErrorCodes.INTERNAL_ERROR)

    def rst_refused(self, stream):
        return self.reset(stream, ErrorCodes.REFUSED_STREAM)

    def rst_in_body(self, stream):
        self.half(stream)
        return self.reset(stream, ErrorCodes.INTERNAL_ERROR)

    def rst_cancel_in_body(self, stream):
        """Not even an error: the code says that nobody wants it any more."""
        self.half(stream)
        return self.reset(stream, ErrorCodes.NO_ERROR)

    def close_before(self, stream):
        return False

    def close_in_body(self, stream):
        self.half(stream)
        return False

    def long_length(self, stream):
        self.head(stream, len(self.body) + 9)
        self.data(stream)
        self.flush()
        self.sock.sendall(frame(0, 1, stream))
        return True

    def short_length(self, stream):
        self.head(stream, len(self.body) // 2)
        self.flush()
        self.sock.sendall(frame(0, 1, stream, self.body[:16000]))
        return True

    def no_head(self, stream):
        """Data where a header belongs."""
        self.sock.sendall(frame(0, 1, stream, b"{}"))
        return True

    def endless_headers(self, stream):
        """Continuations without end (1 GB)."""
        self.sock.sendall(frame(1, 0, stream, b"\x88"))
        filler = b"\x40\x01x\x7f\xa1\x7b" + b"x" * 16000
        for _ in range(65536):
            self.sock.sendall(frame(9, 0, stream, filler))
        return False

    def endless_body(self, stream):
        self.head(stream, 1 << 40)
        while True:
            room = min(self.h2.local_flow_control_window(stream),
                       self.h2.max_outbound_frame_size)
            if room:
                self.h2.send_data(stream, b" " * room)
                self.flush()
            else:
                self.h2.receive_data(self.sock.recv(65536))

    def garbage(self, stream):
        self.sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" * 100)
        return False


def serve(sock, context, body, port):
    try:
        with context.wrap_socket(sock, server_side=True) as tls:
            try:
                Server(tls, body, port).run()
            finally:
                # An orderly close: what was sent is not lost to a reset.
                tls.settimeout(2)
                tls.unwrap()
    except (OSError, ValueError):
        sock.close()
    except Exception as error:  # the client broke a rule, or went
        print(f"# {type(error).__name__}: {error}", file=sys.stderr,
              flush=True)


def accept(listener, *arguments):
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(60)
        threading.Thread(target=serve, args=(sock, *arguments),
                         daemon=True).start()


def main():
    cert, key, name = sys.argv[1:4]
    port = int(sys.argv[4]) if len(sys.argv) > 4 else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2"])
    with open(name, "rb") as file:
        body = file.read()
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listener, context, body, port),
                     daemon=True).start()
    while os.read(0, 4096):
        pass
    os._exit(0)


main()
