"""Which page answers which address."""

from __future__ import annotations

import traceback
from http import HTTPStatus

from letters.errors import LettersError, Problem
from letters.library.library import Library
from letters.web.guard import AccessGuard
from letters.web.http_messages import HttpRequest, HttpResponse
from letters.web.page_renderer import PageRenderer, asset, refusal_page
from letters.web.preview_pages import PreviewPages, waits


class WebApplication:
    """The pages of one library."""

    def __init__(self, library: Library, guard: AccessGuard) -> None:
        self._library = library
        self._renderer = PageRenderer(guard.root, guard.form_token)
        self._preview = PreviewPages(library.root, self._renderer)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; whatever goes wrong becomes a page."""
        try:
            return self._route(request) or self.refusal(HTTPStatus.NOT_FOUND, "There is no such page.")
        except LettersError as error:
            return self._problems(error.problems)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__}, {place.name}, line {place.lineno}"
            words = f"This is a mistake in Letters ({name}). Your answers are saved. Please report it with those words."
            return self.refusal(HTTPStatus.INTERNAL_SERVER_ERROR, words)

    def wait_for(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a request that waits for a save; None for every other request."""
        wanted = waits(request)
        return self._preview.wait_for(*wanted) if wanted else None

    def refusal(self, status: HTTPStatus, words: str) -> HttpResponse:
        """A page that says why a request is refused."""
        return refusal_page(status, words)

    def close(self) -> None:
        """End what runs beside."""
        self._preview.close()

    def _problems(self, problems: tuple[Problem, ...]) -> HttpResponse:
        listed = [str(problem) for problem in problems]
        return self._renderer.page("problems.html", HTTPStatus.CONFLICT, problems=listed)

    def _route(self, request: HttpRequest) -> HttpResponse | None:
        parts = request.path.split("/")
        if parts[0] == "assets" and len(parts) == 2 and request.form is None:
            return asset(parts[1])
        if parts[0] == "preview" and len(parts) == 3 and parts[1] in self._library.kinds:
            return self._previewed(parts[1], parts[2], request)
        return None

    def _previewed(self, kind: str, what: str, request: HttpRequest) -> HttpResponse | None:
        if request.form is not None:
            return self._preview.change(kind, what, request.form)
        if what == "":
            return self._preview.page(kind)
        return self._preview.pdf(kind) if what == "letter.pdf" else None
