"""Which page answers which address."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from letters.assembly.assembler import Assembler
from letters.errors import LettersError, LibraryAtFault
from letters.interview.session import Session
from letters.web.controls import Line
from letters.web.guard import AccessGuard
from letters.web.home_pages import HomePages
from letters.web.http_messages import HttpRequest, HttpResponse
from letters.web.interview_pages import InterviewPages
from letters.web.open_interviews import OpenInterviews, WebSettings
from letters.web.page_renderer import PageRenderer, asset, refusal_page
from letters.web.preview_pages import PreviewPages, waits
from letters.web.register_pages import RegisterPages


class WebApplication:
    """The pages of one library."""

    def __init__(self, settings: WebSettings, guard: AccessGuard) -> None:
        library = settings.library
        self._library = library
        self._renderer = PageRenderer(guard.root, guard.form_token)
        self._interviews = OpenInterviews(settings)
        self._preview = PreviewPages(library.root, self._renderer)
        self._interview_pages = InterviewPages(self._interviews, self._renderer, library)
        self._register = RegisterPages(self._interviews, self._renderer, library)
        self._home = HomePages(self._interviews, self._renderer, library)

    @property
    def assembler(self) -> Assembler:
        """Makes the letters."""
        return self._interviews.assembler

    def begin(self, session: Session, said: Sequence[Line]) -> str:
        """Show a session that the command line has begun; returns the path of its page."""
        return f"interview/{self._interviews.adopt(session, said).id}/"

    def begin_with_request(self, data: bytes, file: Path) -> str:
        """Start from a request that arrived as a file; returns the path of the page. Raises InvalidAnswers."""
        return f"interview/{self._interviews.start_from_request(data, file.name, file).id}/"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; whatever goes wrong becomes a page."""
        try:
            return self._route(request) or self._none()
        except LettersError as error:
            return self._problems(error)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__}, {place.name}, line {place.lineno}"
            words = f"This is a mistake in Letters ({name}). Your answers are saved. Please report it with those words."
            return self._renderer.page("gone.html", HTTPStatus.INTERNAL_SERVER_ERROR, words=words)

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

    def _none(self) -> HttpResponse:
        return self._renderer.page("gone.html", HTTPStatus.NOT_FOUND, words="There is no such page.")

    def _problems(self, error: LettersError) -> HttpResponse:
        listed = error.in_words
        if isinstance(error, LibraryAtFault):
            listed.append(error.TELLS_ALL)
        return self._renderer.page("problems.html", HTTPStatus.CONFLICT, problems=listed)

    def _route(self, request: HttpRequest) -> HttpResponse | None:
        first, _, rest = request.path.partition("/")
        if first == "assets":
            return asset(rest) if request.form is None else None
        if first == "interview":
            id_, _, more = rest.partition("/")
            if request.form is None:
                return self._interview_pages.get(id_, more)
            return self._interview_pages.post(id_, more, request.form)
        if first == "preview" and rest:
            kind, _, what = rest.partition("/")
            return self._previewed(kind, what, request) if kind in self._library.kinds else None
        if first in ("register", "review"):
            return self._register.answer(request)
        return self._home.answer(request)

    def _previewed(self, kind: str, what: str, request: HttpRequest) -> HttpResponse | None:
        if request.form is not None:
            return self._preview.change(kind, what, request.form)
        if what == "":
            return self._preview.page(kind)
        return self._preview.pdf(kind) if what == "letter.pdf" else None
