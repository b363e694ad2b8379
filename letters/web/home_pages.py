"""The pages that lead to the others: the start, drafts, and templates."""

from __future__ import annotations

from letters._text.languages import Language
from letters.errors import LettersError
from letters.interview.drafts import Draft
from letters.library.library import Library
from letters.web.http_messages import HttpRequest, HttpResponse, PostedForm
from letters.web.open_interviews import OpenInterviews
from letters.web.page_renderer import PageRenderer


class HomePages:
    """Answers the start page and the lists."""

    def __init__(self, interviews: OpenInterviews, renderer: PageRenderer, library: Library) -> None:
        self._interviews, self._renderer, self._library = interviews, renderer, library

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """A page, or what a form on one asks for; None if there is no such page."""
        if request.form is not None:
            return self._receive(request.path, request.form)
        match request.path:
            case "":
                return self._start()
            case "drafts":
                return self._drafts()
            case "preview":
                kinds = list(self._library.kinds.values())
                return self._renderer.page("templates.html", here="preview", kinds=kinds)
        return None

    def _receive(self, path: str, form: PostedForm) -> HttpResponse | None:
        match path:
            case "start":
                kind, language = form.text("kind"), form.text("language")
                if kind and kind not in self._library.kinds:
                    return None
                offered = (*self._library.languages, "")
                interview = self._interviews.start(kind=kind, language=language if language in offered else None)
                return self._renderer.go_to(f"interview/{interview.id}/")
            case "request":
                return self._take(form)
            case "resume":
                if (found := self._draft_in(form)) is None:
                    return self._renderer.go_to("drafts")
                return self._renderer.go_to(f"interview/{self._interviews.resume(found.path).id}/")
            case "discard":
                return self._discard(form)
        return None

    def _discard(self, form: PostedForm) -> HttpResponse:
        """Ask whether a draft is to be deleted, and delete it once that was answered."""
        if (found := self._draft_in(form)) is None:
            return self._renderer.go_to("drafts")
        if not form.text("sure"):
            return self._renderer.page("discard.html", here="drafts", draft=self._line(found))
        self._interviews.discard(found)
        return self._renderer.go_to("drafts")

    def _draft_in(self, form: PostedForm) -> Draft | None:
        """The draft that a form is about; None if it is gone."""
        wanted = form.text("draft")
        return next((each for each in self._interviews.drafts() if each.path.name == wanted), None)

    def _take(self, form: PostedForm) -> HttpResponse:
        """Start from a request that was dropped on the page."""
        sent = form.files.get("request")
        if sent is None or not sent.data:
            return self._start("Choose a file first: a mail (.eml, .msg), a PDF, or a Word file.")
        name = sent.name.replace("\\", "/").rpartition("/")[2] or "request"
        try:
            interview = self._interviews.start_from_request(sent.data, name)
        except LettersError as error:
            return self._start(str(error.problems[0]))
        return self._renderer.go_to(f"interview/{interview.id}/")

    def _start(self, problem: str = "") -> HttpResponse:
        forms = {kind.name: kind.form for kind in self._library.kinds.values()}
        has_requests = "request" in forms.values()
        kinds = [kind for kind in self._library.kinds.values() if kind.form == "request" or not has_requests]
        others = [kind for kind in self._library.kinds.values() if kind not in kinds]
        office = self._interviews.assembler.office
        return self._renderer.page(
            "home.html",
            here="",
            office=office,
            kinds=kinds,
            others=others,
            office_language=Language(office.language).name,
            languages=[(tag, Language(tag).name) for tag in self._library.languages],
            problem=problem,
            drafts=len([each for each in self._interviews.drafts() if not each.error]),
        )

    def _drafts(self) -> HttpResponse:
        listed = [self._line(each) for each in self._interviews.drafts()]
        return self._renderer.page("drafts.html", here="drafts", drafts=listed)

    def _line(self, draft: Draft) -> tuple[str, str, str, bool]:
        """A draft's file, whom it answers or where it is, what is known of it, and whether it can be resumed."""
        words = draft.in_words(self._library.kinds, self._interviews.now())
        return draft.path.name, draft.who or str(draft.path), f"{words[0].upper()}{words[1:]}", not draft.error
