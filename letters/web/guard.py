"""Who may send what to the server: one place that decides, before anything is read or answered.

Other programs on this computer, and every page open in the browser, can reach a port on loopback. So an address has two
parts that they do not know: a path, drawn anew for every run, and a token in the first address, which works once and is
exchanged for a cookie. The path alone opens nothing; the cookie is sent to that path alone, also by browsers that send
a cookie to every port.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from email.message import Message
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from msgspec import Struct, field

LARGEST_FORM = 2_000_000
"""Bytes of a form without files."""
LARGEST_UPLOAD = 52_000_000
"""Bytes of a form with files: a mail with what is attached to it."""

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With no-referrer, browsers would post with the origin “null”.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with everything."""


class RequestRefused(Exception):
    """A request that is not let through; the words are for whoever sent it."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


def _secret() -> str:
    return secrets.token_urlsafe(24)


class AccessGuard(Struct):
    """The secrets of one run of the server, and the checks.

    Args:
        port: that the server listens on.
        path: the first part of every address.
        cookie: what the browser must send back.
        form_token: what every form must contain.
        entrance: the token in the first address; empty once it has been used.
    """

    port: int
    path: str = field(default_factory=_secret)
    cookie: str = field(default_factory=_secret)
    form_token: str = field(default_factory=_secret)
    entrance: str = field(default_factory=_secret)

    @property
    def host(self) -> str:
        """The only name the server answers to."""
        return f"127.0.0.1:{self.port}"

    @property
    def root(self) -> str:
        """The path of every page begins with this."""
        return f"/{self.path}/"

    @property
    def first_address(self) -> str:
        """The address that opens the pages, once."""
        return f"http://{self.host}{self.root}open/{self.entrance}"

    @property
    def set_cookie(self) -> str:
        """The header that gives the browser its cookie."""
        return f"letters={self.cookie}; Path={self.root}; HttpOnly; SameSite=Strict"

    def check_host(self, host: str) -> None:
        """Refuse another site's name that leads here (DNS rebinding)."""
        if host != self.host:
            raise RequestRefused(HTTPStatus.FORBIDDEN, "Letters answers only to the address that it showed.")

    def enter(self, token: str) -> bool:
        """Whether this is the token of the first address, which is used up by it."""
        found = bool(self.entrance) and _same(token, self.entrance)
        if found:
            self.entrance = ""
        return found

    def check_browser(self, headers: Message) -> None:
        """Refuse whoever has not come in by the first address, and what another site's page asks for."""
        if headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            raise RequestRefused(HTTPStatus.FORBIDDEN, "Another page asked for this.")
        try:
            found = SimpleCookie(headers.get("Cookie", "")).get("letters")
        except CookieError:
            found = None
        if found is None or not _same(found.value, self.cookie):
            words = "This browser has not been let in. Start Letters again and open the address that it shows."
            raise RequestRefused(HTTPStatus.FORBIDDEN, words)

    def check_origin(self, headers: Message) -> None:
        """Refuse a form that another site's page sends; every browser names the origin of what is posted."""
        if headers.get("Origin") != f"http://{self.host}":
            raise RequestRefused(HTTPStatus.FORBIDDEN, "A page from elsewhere sent this form.")

    def body_length(self, headers: Message) -> int:
        """How long the body is, in bytes. Raises RequestRefused if it is too long or does not say."""
        length = headers.get("Content-Length", "")
        if headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            raise RequestRefused(HTTPStatus.LENGTH_REQUIRED, "The length of the form is missing.")
        with_files = headers.get("Content-Type", "").lower().startswith("multipart/form-data")
        limit = LARGEST_UPLOAD if with_files else LARGEST_FORM
        if len(length) > 12 or int(length) > limit:
            raise RequestRefused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"This is larger than {limit // 1_000_000} MB. Nothing was stored; go back and send less.",
            )
        return int(length)

    def check_form(self, token: str) -> None:
        """Refuse a form without the token of this run."""
        if not _same(token, self.form_token):
            raise RequestRefused(
                HTTPStatus.FORBIDDEN,
                "This page is from an earlier run of Letters. Nothing was stored; open the address that it shows now.",
            )


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())
