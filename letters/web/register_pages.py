"""The register and the letters that wait for a colleague, as pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from lxml import etree
from msgspec import Struct

from letters._text.dates import long_date
from letters.docx.names import P, R, T, w
from letters.docx.package import Package, open_package
from letters.errors import LettersError
from letters.library.library import Library
from letters.library.trust import signers_of
from letters.matters import colleague_review, register_lists
from letters.matters.clocks import open_deadlines
from letters.matters.location import no_register, returned_letters
from letters.matters.particulars import title_of
from letters.matters.register import Register, RegisterEntry
from letters.web.http_messages import HttpRequest, HttpResponse, PostedForm, file_response, media_of
from letters.web.letter_images import PageImages
from letters.web.open_interviews import OpenInterviews
from letters.web.page_renderer import PageRenderer

_INSERTED, _DELETED = w("ins"), w("del")
_MOST = 500  # entries on a page


class RegisterRow(Struct, frozen=True):
    """An entry as a line of a table; its id names it in addresses, which say nothing about it."""

    id: int
    reference: str
    day: str
    state: str
    kind: str
    title: str


class RegisterPages:
    """Answers what is under ``register`` and ``review``."""

    def __init__(self, interviews: OpenInterviews, renderer: PageRenderer, library: Library) -> None:
        self._interviews, self._renderer, self._library = interviews, renderer, library

    @property
    def _register(self) -> Register | None:
        registration = self._interviews.registration
        return registration.register if registration else None

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """A page of the register or of the review, or what a form on one asks for; None if there is none."""
        place, _, rest = request.path.partition("/")
        register = self._register
        if register is None:
            return self._renderer.page("no_register.html", here=place, why=no_register(self._library).briefly)
        if rest == "":
            words = request.form.text("words") if request.form else ""
            return self._review(register) if place == "review" else self._list(register, words)
        id_, _, more = rest.partition("/")
        found = register.entries("id=?", int(id_)) if id_.isascii() and id_.isdigit() and len(id_) < 12 else []
        if not found:
            return None
        if request.form is not None and place == "review" and not more:
            return self._decide(register, found[0], request.form)
        if more.startswith("files/"):
            return _file(register, found[0], more.removeprefix("files/"))
        if more == "redline.docx":
            return self._redline_file(register, found[0])
        return self._entry(register, found[0], place) if not more else None

    def _list(self, register: Register, words: str) -> HttpResponse:
        entries = register_lists.chosen(register, only_open=False, words=words)
        today = self._interviews.now().date()
        deadlines = [
            (
                each.reference,
                long_date(each.day) if each.day else "",
                each.state(today),
                each.what,
                each.about,
                each.why,
            )
            for each in open_deadlines(register, self._interviews.assembler.rulebook)
        ]
        rows = [self._row(entry) for entry in reversed(entries[-_MOST:])]
        return self._renderer.page(
            "register.html", here="register", rows=rows, deadlines=deadlines, words=words, left=len(entries) - len(rows)
        )

    def _review(self, register: Register) -> HttpResponse:
        waiting = [
            (self._row(entry), colleague_review.written_by(register, entry))
            for entry in colleague_review.waiting(register)
        ]
        return self._renderer.page("waiting.html", here="review", waiting=waiting)

    def _row(self, entry: RegisterEntry) -> RegisterRow:
        kinds = self._library.kinds
        kind = kinds[entry.kind].title if entry.kind in kinds else entry.kind
        return RegisterRow(
            entry.id,
            entry.reference,
            long_date(entry.day),
            entry.state,
            kind or {"in": "Request", "other": "Other mail"}.get(entry.way, ""),
            title_of(entry.remembered) if entry.about is not None else "(erased)",
        )

    def _entry(
        self, register: Register, entry: RegisterEntry, place: str, problems: Sequence[str] = ()
    ) -> HttpResponse:
        head, *lines = register_lists.entry_lines(register, entry)
        files = [
            (number, role, Path(path).name)
            for number, (role, path, _) in enumerate(register.files(entry.id))
            if Path(path).is_file()
        ]
        return self._renderer.page(
            "entry.html",
            here=place,
            row=self._row(entry),
            head=head,
            lines=[(len(line) - len(line.lstrip()) > 0, line.strip()) for line in lines],
            files=files,
            related=[self._row(each) for each in register.matter_of(entry) if each.id != entry.id],
            waits=entry.state == colleague_review.WAITING,
            by=colleague_review.written_by(register, entry),
            user=self._interviews.settings.user,
            changed=list(colleague_review.changed_files(register, entry)),
            redline=list(self._redline(register, entry)),
            problems=problems,
        )

    def _decide(self, register: Register, entry: RegisterEntry, form: PostedForm) -> HttpResponse:
        """Approve the letter or give it back."""
        by, comment = self._interviews.settings.user, form.text("comment").strip()
        try:
            if form.text("do") == "approve":
                signers = signers_of(self._library)
                today = self._interviews.now().date()
                colleague_review.approve(register, entry.reference, comment, by=by, signers=signers, on=today)
            elif not comment:
                return self._entry(register, entry, "review", ["Say what must change, in the comment."])
            else:
                kept = returned_letters(self._library)
                colleague_review.give_back(register, entry.reference, comment, by=by, keep_in=kept)
        except LettersError as error:
            return self._entry(register, entry, "review", error.in_words)
        return self._renderer.go_to(f"register/{entry.id}")

    def _redline_package(self, register: Register, entry: RegisterEntry) -> bytes | None:
        today: date = self._interviews.now().date()
        return colleague_review.redline_of_versions(register, entry, self._interviews.settings.user, today)

    def _redline(self, register: Register, entry: RegisterEntry) -> Iterator[list[tuple[str, str]]]:
        """The changes since the last version, by paragraph: stretches of text, each ``ins``, ``del`` or plain."""
        if not any(role == "earlier" for role, _, _ in register.files(entry.id)):
            return
        data = self._redline_package(register, entry)
        if data is not None:
            yield from _tracked(open_package(data, "redline"))

    def _redline_file(self, register: Register, entry: RegisterEntry) -> HttpResponse | None:
        data = self._redline_package(register, entry)
        if data is None:
            return None
        name = f"{entry.reference}-redline.docx"
        return file_response(data, media_of(name), name, download=True)


def _tracked(package: Package) -> Iterator[list[tuple[str, str]]]:
    """The paragraphs of a Word file, with what was inserted and deleted in them."""
    for paragraph in package.xml(package.main).iter(P):
        stretches: list[tuple[str, str]] = []
        for run in paragraph.iter(R):
            text = "".join(each.text or "" for each in run.iter(T, w("delText")))
            how = next((name for tag, name in ((_INSERTED, "ins"), (_DELETED, "del")) if _within(run, tag)), "")
            if text:
                stretches.append((how, text))
        if stretches:
            yield stretches


def _within(node: etree._Element, tag: str) -> bool:
    return next(node.iterancestors(tag), None) is not None


def _file(register: Register, entry: RegisterEntry, name: str) -> HttpResponse | None:
    """A file of an entry, by its number; or a page of a PDF, ``NUMBER/PAGE.png``."""
    digits, _, page = name.partition("/")
    files = register.files(entry.id)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5 and int(digits) < len(files)):
        return None
    path = Path(files[int(digits)][1])
    if not path.is_file():
        return None
    if page:
        number = page.removesuffix(".png")
        images = PageImages.of(path.read_bytes()) if path.suffix == ".pdf" else None
        if images is None or not (number.isascii() and number.isdigit() and len(number) < 4):
            return None
        return HttpResponse(images.png(int(number)), "image/png") if int(number) < images.pages else None
    return file_response(path.read_bytes(), media_of(path.name), path.name, download=path.suffix != ".pdf")
