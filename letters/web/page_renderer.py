"""HTML pages from the templates in `pages/`, and the style sheets and scripts in `assets/`."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

import jinja2

from letters.web.http_messages import HttpResponse, see_other

_MEDIA = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_ASSETS = frozenset({"letters.css", "letters.js", "preview.css", "preview.js"})


def asset(name: str) -> HttpResponse | None:
    """A style sheet or script; None if there is none of that name."""
    if name not in _ASSETS:
        return None
    return HttpResponse((files("letters.web") / "assets" / name).read_bytes(), _MEDIA[name.rpartition(".")[2]])


class PageRenderer:
    """Makes pages whose links and forms lead back to this run of the server.

    Args:
        root: the path that every address begins with.
        token: what every form contains.
    """

    def __init__(self, root: str, token: str) -> None:
        self.root, self.token = root, token

    def page(self, template: str, status: HTTPStatus = HTTPStatus.OK, **names: Any) -> HttpResponse:
        """A page. Everything put into it is text, never markup."""
        return HttpResponse(_rendered(template, root=self.root, token=self.token, **names), status=status)

    def go_to(self, path: str) -> HttpResponse:
        """Go on at another page, so that reloading it sends nothing twice."""
        return see_other(f"{self.root}{path}")


def refusal_page(status: HTTPStatus, words: str) -> HttpResponse:
    """A page for whoever is refused; it gives away no address."""
    return HttpResponse(_rendered("refusal.html", title=status.phrase, words=words), status=status)


def _rendered(template: str, **names: Any) -> bytes:
    return _environment().get_template(template).render(**names).encode("utf-8", "replace")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("letters.web", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment
