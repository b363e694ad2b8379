"""The preview: the sample letter of a kind on a page that follows every save, with where each paragraph comes from."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

from letters.authoring.preview.watch import Watch
from letters.web.guard import HEADERS
from letters.web.http_messages import HttpRequest, HttpResponse, PostedForm
from letters.web.page_renderer import PageRenderer

_SECONDS = 20.0  # a browser waits for the next state this long before it asks again
_FRAMED = {  # the page shows the PDF in a frame
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


class PreviewPages:
    """The previews of one library; each kind is watched from when its page is first opened."""

    def __init__(self, root: Path, renderer: PageRenderer) -> None:
        self._root, self._renderer = root, renderer
        self._watches: dict[str, Watch] = {}

    def page(self, kind: str) -> HttpResponse:
        """The page of a kind, which must exist."""
        if kind not in self._watches:
            self._watches[kind] = Watch(self._root, kind)
            self._watches[kind].start()
        return self._renderer.page("preview.html", kind=kind)

    def wait_for(self, kind: str, after: str) -> HttpResponse | None:
        """The state of a kind, as soon as it is newer; None if its page was not opened."""
        watch = self._watches.get(kind)
        if watch is None:
            return None
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        return _data(watch.state(number, _SECONDS))

    def pdf(self, kind: str) -> HttpResponse | None:
        """The letter as PDF; None until there is one."""
        watch = self._watches.get(kind)
        return HttpResponse(watch.pdf, "application/pdf", headers=_FRAMED) if watch and watch.pdf else None

    def change(self, kind: str, what: str, form: PostedForm) -> HttpResponse | None:
        """Show another sample, or turn a condition; None if that makes no sense."""
        watch = self._watches.get(kind)
        if watch is None:
            return None
        number = form.text("condition")
        if what == "sample" and form.text("sample"):
            watch.choose(form.text("sample"))
        elif what == "flip" and number.isascii() and number.isdigit() and len(number) < 6:
            watch.flip(int(number))
        elif what == "reset":
            watch.reset()
        else:
            return HttpResponse(b"", "text/plain", HTTPStatus.BAD_REQUEST)
        return _data({"done": True})

    def close(self) -> None:
        """Stop watching."""
        for watch in self._watches.values():
            watch.stop()


def _data(data: object) -> HttpResponse:
    return HttpResponse(json.dumps(data, ensure_ascii=False, default=str).encode(), "application/json")


def waits(request: HttpRequest) -> tuple[str, str] | None:
    """The kind and the state after which a request waits for news; None for any other request."""
    parts = request.path.split("/")
    if request.form is None and len(parts) == 3 and parts[0] == "preview" and parts[2] == "state":
        return parts[1], request.query.get("after", "0")
    return None
