"""The interviews open in this run of the server, and starting, resuming and finding them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from letters._system.output import safe_stem, write_all
from letters.assembly.assembler import Assembler
from letters.errors import CannotWrite
from letters.interview.drafts import Draft, SavedAnswers, read_draft, unfinished
from letters.interview.session import Session
from letters.library.library import Library
from letters.matters.intake.arrived import Arrived
from letters.matters.intake.filing import file_request, read_for_office
from letters.matters.registration import Registration
from letters.web.controls import Line
from letters.web.web_interview import ShownRequest, WebInterview

_SHOWN = 20_000  # characters of a request


class WebSettings(Struct, frozen=True):
    """What the command line passes in.

    Args:
        library: whose letters are written.
        now: the time in a time zone, by its name.
        drafts: the folder for drafts, private to the user.
        out: the folder for letters.
        user: the name of the user, as the register's log has it.
        formats: in which letters are written.
        per_matter: whether a matter gets a folder of its own.
        language: to ask in, by the suffix of its files; empty for the office's own.
        process: a number that tells this process from others.
        assembler: of the library, where there is one already.
    """

    library: Library
    now: Callable[[str], datetime]
    drafts: Path
    out: Path
    user: str
    formats: Sequence[str] = ("docx", "pdf")
    per_matter: bool = False
    language: str = ""
    process: int = 0
    assembler: Assembler | None = None


class OpenInterviews:
    """Interviews by their id, which says nothing about them."""

    def __init__(self, settings: WebSettings) -> None:
        self.settings = settings
        self._open: dict[str, WebInterview] = {}
        self._started = 0
        self.discarded: set[str] = set()
        """The ids of interviews whose drafts were discarded while they were open."""

    @cached_property
    def assembler(self) -> Assembler:
        """Makes the letters."""
        return self.settings.assembler or Assembler(self.settings.library)

    @cached_property
    def registration(self) -> Registration | None:
        """Enters letters into the register; None without one."""
        return Registration.of(self.settings.library, self.assembler.office, self.assembler.rulebook)

    def now(self) -> datetime:
        """The time at the office."""
        return self.settings.now(self.assembler.office.time_zone)

    def find(self, id: str) -> WebInterview | None:
        """An open interview."""
        return self._open.get(id)

    def adopt(self, session: Session, said: Sequence[Line] = ()) -> WebInterview:
        """Show a session that was begun elsewhere.

        Args:
            said: what is to be said on its first page.
        """
        interview = WebInterview(secrets.token_urlsafe(6), session)
        interview.said += said
        self._open[interview.id] = interview
        return interview

    def start(
        self,
        *,
        kind: str = "",
        language: str | None = None,
        begin_with: SavedAnswers | None = None,
        draft: Path | None = None,
        arrived: Arrived | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> WebInterview:
        """Start an interview; arguments as of `Session`."""
        self._started += 1
        settings = self.settings
        session = Session(
            self.assembler,
            kind,
            begin_with or SavedAnswers(),
            now=self.now(),
            drafts=settings.drafts,
            out=settings.out,
            number=settings.process * 1000 + self._started,
            draft=draft,
            language=settings.language if language is None else language,
            registration=self.registration,
            per_matter=settings.per_matter,
            arrived=arrived,
            claims=claims,
        )
        return self.adopt(session)

    def start_from_request(self, data: bytes, name: str, file: Path | None = None) -> WebInterview:
        """Start from a request that arrived, and file it in the register. Raises InvalidAnswers if it is no request.

        Args:
            name: of the file it came in.
            file: where it is kept; if None, it is saved in the folder for letters, where there is a register.
        """
        arrived = read_for_office(data, name, self.assembler.office)
        interview = self.start(arrived=arrived)
        interview.arrived = ShownRequest(name, _words_of(arrived), tuple(_notes_on(arrived)))
        if self.registration:
            kept = file or self._keep(data, name)
            state = interview.state
            state.filed = file_request(self.registration.register, arrived, kept, data, self.now().date())
            interview.said.append(("aside", f"The request is in the register as {state.filed}."))
        return interview

    def _keep(self, data: bytes, name: str) -> Path:
        """Save a request that came through the browser, under a harmless name of its own."""
        stem, dot, suffix = name.rpartition(".")
        ending = f".{suffix.lower()}" if dot and suffix.isascii() and suffix.isalnum() and len(suffix) < 6 else ""
        base, number = safe_stem(f"request-{stem or name}"), 1
        while True:
            path = self.settings.out / f"{base}{f'-{number}' if number > 1 else ''}{ending}"
            try:
                write_all({path: data}, private=True)
                return path
            except CannotWrite as error:
                if error.problems[0].code != "exists":
                    raise
                number += 1

    def drafts(self) -> list[Draft]:
        """The unfinished interviews, those open here included."""
        return unfinished(self.settings.drafts, self.settings.out)

    def discard(self, draft: Draft) -> None:
        """Delete a draft, and close it where it is open. Raises CannotWrite."""
        draft.discard()
        for id_, interview in list(self._open.items()):
            if interview.session.saved_at == draft.path and not interview.is_written:
                del self._open[id_]
                self.discarded.add(id_)

    def resume(self, path: Path) -> WebInterview:
        """Continue a draft; one that is open already is shown as it is. Raises LettersError if it cannot be read."""
        for interview in self._open.values():
            if interview.session.saved_at == path and not interview.is_written:
                return interview
        saved = read_draft(path)
        kind = str(saved.answers.get("kind") or "")
        gone = bool(kind) and kind not in self.settings.library.kinds
        if gone:
            saved.answers.pop("kind")
        interview = self.start(kind="" if gone else kind, begin_with=saved, draft=path)
        if gone:
            interview.said.append(("problem", f"The kind of letter “{kind}” no longer exists. Please choose another."))
        return interview


def _words_of(arrived: Arrived) -> str:
    """The words of a request, as far as they are shown."""
    parts = [arrived.text, f"Its HTML part says:\n{arrived.html}" if arrived.html else ""]
    parts.append(f"Left out: {arrived.left_out}" if arrived.left_out else "")
    text = "\n\n".join(part for part in parts if part)
    return f"{text[:_SHOWN]} …" if len(text) > _SHOWN else text


def _notes_on(arrived: Arrived) -> Iterator[Line]:
    for each in arrived.attachments:
        yield "aside", f"Attachment: {each.original or each.name} ({each.size:,} bytes)"
    for note in arrived.notes:
        yield "problem", note
