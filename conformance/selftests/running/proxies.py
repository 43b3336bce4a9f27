"""A real proxy on loopback: it passes requests on, and opens tunnels, to hosts that nobody else knows by name."""

import http.client
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen


@frozen
class Proxy:
    """A running proxy: what it was asked for, as `METHOD target`, and the credentials that came along."""

    port: int
    asked: list[str] = field(factory=list)
    credentials: list[str] = field(factory=list)


@contextmanager
def running(hosts: Mapping[str, int]) -> Iterator[Proxy]:
    """Start one that knows these hosts, each by its loopback port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.hosts, server.proxy = hosts, Proxy(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    hosts: Mapping[str, int]
    proxy: Proxy


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_CONNECT(self) -> None:
        self._note()
        port = self.server.hosts.get(self.path.partition(":")[0])
        if port is None:
            self.send_error(502)
            return
        with closing(socket.create_connection(("127.0.0.1", port))) as beyond:
            self.send_response(200)
            self.end_headers()
            _pass_on(self.connection, beyond)

    def do_GET(self) -> None:
        self._note()
        parts = urlsplit(self.path)
        port = self.server.hosts.get(parts.hostname or "")
        if port is None:
            self.send_error(502)
            return
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as beyond:
            kept = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
            beyond.request("GET", parts.path, headers={**kept, "Connection": "close"})
            answer = beyond.getresponse()
            body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _note(self) -> None:
        self.server.proxy.asked.append(f"{self.command} {self.path}")
        self.server.proxy.credentials.append(self.headers.get("Proxy-Authorization", ""))

    def log_message(self, *_: Any) -> None:
        """A test's output is its own."""


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    """Bytes in both directions, until an end closes."""
    while True:
        readable = select.select([one, other], [], [], 10)[0]
        if not readable:
            return
        for ready in readable:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)
