"""The HTTP server: on 127.0.0.1 and a free port, one browser at a time.

Connections have threads of their own, but one thread alone runs the application: a register and the PDF renderer
belong to one thread, and two tabs never change the same interview at once. Nothing is logged, because addresses and
forms may say what a letter is about.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from letters.web.guard import HEADERS, AccessGuard, RequestRefused
from letters.web.http_messages import HTML, HttpRequest, HttpResponse, MalformedBody, read_form

T = TypeVar("T")
_IDLE_SECONDS = 60.0
_DRAINED = 200_000_000  # bytes of a refused body that are read, so that the browser shows why it was refused
_CHUNK = 1 << 16
_MOST_CONNECTIONS = 64


class WebPages(Protocol):
    """What the server serves."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; called by one thread only."""

    def wait_for(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a request that waits for news, called by any thread; None for every other request."""

    def refusal(self, status: HTTPStatus, words: str) -> HttpResponse:
        """A page that says why a request is refused; called by any thread."""

    def close(self) -> None:
        """End what runs beside."""


class LocalServer(ThreadingHTTPServer):
    """Serves pages to the browser of whoever started it.

    Args:
        pages: called with the guard, in the thread that will run it; returns what is served.
        start: the page that the first address leads to.
    """

    daemon_threads = True
    allow_reuse_address = False  # elsewhere than on Linux, another program could take over the port

    def __init__(self, pages: Callable[[AccessGuard], WebPages], start: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.guard = AccessGuard(self.server_port)
        self.start = start
        self.connections = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._worker = ThreadPoolExecutor(1, "letters")
        try:
            self.pages = self.run(lambda: pages(self.guard))
        except BaseException:
            self.server_close()
            raise

    def run(self, what: Callable[[], T]) -> T:
        """Run something in the thread of the application."""
        return self._worker.submit(what).result()

    def server_close(self) -> None:
        """Stop listening, and end what runs beside."""
        super().server_close()
        if hasattr(self, "pages"):
            with suppress(RuntimeError):
                self.run(self.pages.close)
        self._worker.shutdown()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that disconnects in the middle of an answer is not an error, and nothing is printed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Letters", ""
    default_request_version = "HTTP/1.0"  # so that also what is no request is answered with a status
    timeout = _IDLE_SECONDS

    def handle(self) -> None:
        if self.server.connections.acquire(timeout=1):
            try:
                super().handle()
            finally:
                self.server.connections.release()

    def do_GET(self) -> None:
        self._respond(lambda path: self._enter(path) or self._answer(self._request(path)))

    def do_POST(self) -> None:
        self._respond(lambda path: self._answer(self._posted(path)))

    def _respond(self, answer: Callable[[str], HttpResponse]) -> None:
        try:
            self.server.guard.check_host(self.headers.get("Host", ""))
            response = answer(self._path())
        except RequestRefused as refused:
            self.close_connection = True
            response = self.server.pages.refusal(refused.status, refused.words)
        self._send(response)

    def _path(self) -> str:
        """The path after the secret part."""
        path = unquote(urlsplit(self.path).path, errors="replace") if self.path.isascii() else ""
        root = self.server.guard.root
        if not path.startswith(root) or "\\" in path or "\0" in path or ".." in path.split("/"):
            raise RequestRefused(HTTPStatus.NOT_FOUND, "There is no such page.")
        return path.removeprefix(root)

    def _enter(self, path: str) -> HttpResponse | None:
        """Let the browser in that has the first address; None for any other path."""
        if not path.startswith("open/"):
            return None
        if not self.server.guard.enter(path.removeprefix("open/")):
            raise RequestRefused(HTTPStatus.FORBIDDEN, "This address has been used. Start Letters again for a new one.")
        # A page, not a redirect: after a redirect from a link elsewhere, the browser would not send the cookie.
        page = (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Letters</title>'
            f'<meta http-equiv="refresh" content="0; url=../{self.server.start}"></head>'
            f'<body><main><h1>Letters</h1><p><a href="../{self.server.start}">Continue</a></p></main></body></html>'
        )
        return HttpResponse(page.encode(), headers={"Set-Cookie": self.server.guard.set_cookie})

    def _request(self, path: str) -> HttpRequest:
        self.server.guard.check_browser(self.headers)
        return HttpRequest(path, dict(parse_qsl(urlsplit(self.path).query, max_num_fields=20)))

    def _posted(self, path: str) -> HttpRequest:
        guard, headers = self.server.guard, self.headers
        try:
            guard.check_browser(headers)
            guard.check_origin(headers)
            length = guard.body_length(headers)
        except RequestRefused:
            self._drain()
            raise
        try:
            form = read_form(self.rfile.read(length), headers.get("Content-Type", ""))
        except MalformedBody as error:
            raise RequestRefused(HTTPStatus.BAD_REQUEST, "This is not a form of Letters.") from error
        guard.check_form(form.text("token"))
        return HttpRequest(path, form=form)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        pages = self.server.pages
        return pages.wait_for(request) or self.server.run(lambda: pages.answer(request))

    def _drain(self) -> None:
        """Read what is refused without keeping it: a browser shows the answer only when it has sent everything."""
        length = self.headers.get("Content-Length", "")
        left = int(length) if length.isascii() and length.isdigit() and len(length) < 12 else 0
        while 0 < left <= _DRAINED and (read := len(self.rfile.read(min(left, _CHUNK)))):
            left -= read

    def _send(self, response: HttpResponse) -> None:
        self.send_response(response.status)
        media = {"Content-Type": response.media, "Content-Length": str(len(response.body))}
        for name, value in {**HEADERS, **media, **response.headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(response.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself, such as a malformed request, with the same headers."""
        self.close_connection = True
        self._send(HttpResponse(HTTPStatus(code).phrase.encode(), HTML, HTTPStatus(code)))

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""
