"""Serves the preview to this machine only: loopback, a secret in the address, its own host name, and no other files."""

from __future__ import annotations

import json
import secrets
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from letters.authoring.preview.watch import Watch

_TIMEOUT = 20.0  # seconds a browser waits for the next state before it asks again
_LARGEST_BODY = 10_000  # bytes of a request
_PAGES = {
    "": ("page.html", "text/html; charset=utf-8"),
    "page.js": ("page.js", "text/javascript; charset=utf-8"),
    "page.css": ("page.css", "text/css; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """The preview of one kind, on a free port of 127.0.0.1."""

    daemon_threads = True

    def __init__(self, watch: Watch) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.watch = watch
        self.secret = secrets.token_urlsafe(24)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that disconnects in the middle of an answer is not an error, and nothing is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The address of the page, with the secret."""
        return f"http://127.0.0.1:{self.server_port}/{self.secret}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Letters", ""

    def do_GET(self) -> None:
        name = self._name()
        if name is None:
            return
        if name in _PAGES:
            file, kind = _PAGES[name]
            self._send((files("letters.authoring.preview") / file).read_bytes(), kind)
        elif name == "letter.pdf" and self.server.watch.pdf:
            self._send(self.server.watch.pdf, "application/pdf")
        elif name == "state":
            after = parse_qs(urlsplit(self.path).query).get("after", ["0"])[0]
            self._send_data(self.server.watch.state(int(after) if after.isdigit() else 0, _TIMEOUT))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        name = self._name()
        if name is None:
            return
        length = self.headers.get("Content-Length", "")
        own = self.headers.get("Origin") in (None, f"http://{self.headers['Host']}")
        if not own or self.headers.get_content_type() != "application/json":
            return self._refuse(HTTPStatus.FORBIDDEN)
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            wanted = json.loads(self.rfile.read(int(length)))
        except ValueError:
            wanted = None
        watch = self.server.watch
        match name, wanted:
            case "sample", {"sample": str(sample)}:
                watch.choose(sample)
            case "flip", {"condition": int(number)} if number >= 0:
                watch.flip(number)
            case "reset", {}:
                watch.reset()
            case _:
                return self._refuse(HTTPStatus.BAD_REQUEST)
        return self._send_data({"done": True})

    def _name(self) -> str | None:
        """What is requested, after the secret; None if the request was refused."""
        port = self.server.server_port
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            self._refuse(HTTPStatus.FORBIDDEN)  # another site's name that points here
            return None
        secret, slash, name = urlsplit(self.path).path.lstrip("/").partition("/")
        if not slash or not secrets.compare_digest(secret.encode(), self.server.secret.encode()):
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return name

    def _send_data(self, data: dict[str, Any]) -> None:
        self._send(json.dumps(data, ensure_ascii=False, default=str).encode(), "application/json")

    def _send(self, data: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Type": kind, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(status.phrase.encode(), "text/plain; charset=utf-8", status)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged, because the address contains the secret."""
