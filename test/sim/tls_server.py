#!/usr/bin/env python3
"""A server of one TLS version, with a certificate of the caller's.

    tls_server.py CERT KEY VERSION      VERSION is TLSv1_1, TLSv1_2 or TLSv1_3

Promises: prints "port N"; answers each request with 200 and an empty object;
prints a line for each connection once it is over: the version and the request
line, or "failed" and why.  Old versions are spoken whatever the machine's
configuration says of them.  Ends when its standard input closes.
"""

import os
import socket
import ssl
import sys
import threading
import warnings

ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
          b"Content-Length: 2\r\nConnection: close\r\n\r\n{}")


def context_of(cert, key, version):
    warnings.simplefilter("ignore", DeprecationWarning)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(cert, key)
    context.minimum_version = ssl.TLSVersion[version]
    context.maximum_version = ssl.TLSVersion[version]
    return context


def serve(sock, context):
    try:
        with context.wrap_socket(sock, server_side=True) as tls:
            version = tls.version()
            data = b""
            while b"\r\n\r\n" not in data:
                more = tls.recv(65536)
                if not more:
                    break
                data += more
            if data:
                tls.sendall(ANSWER)
            print(version, data.partition(b"\r\n")[0].decode() or "nothing",
                  flush=True)
    except OSError as error:
        print("failed", str(error).replace("\n", " "), flush=True)
        sock.close()


def accept(listener, context):
    while True:
        sock, _ = listener.accept()
        sock.settimeout(20)
        threading.Thread(target=serve, args=(sock, context),
                         daemon=True).start()


def main():
    context = context_of(*sys.argv[1:4])
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listener, context),
                     daemon=True).start()
    while os.read(0, 4096):
        pass
    os._exit(0)


main()
