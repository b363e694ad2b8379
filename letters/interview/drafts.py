"""Drafts: an interview's answers as a file, saved after every answer and read again to resume.

A draft is an answers file like any other. What the interview knows besides the answers is in comments at the top.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from letters.errors import CannotWrite, InvalidAnswers, LettersError, Problem
from letters.interview import saved_state
from letters.interview.state import InterviewState
from letters.library.answers import Answers, parse_answers, write_answers
from letters.library.library import Kind
from letters.model.fields import get

# The comment lines: the first of each is written, all are read (the others are those of earlier versions).
_SKIPPED = ("# Skipped: ", "# Passed over without an answer: ")
_WRITTEN = ("# The letter has been written: ",)
_MADE_WITH = ("# Made with (do not edit): ", "# Made with (leave as it is): ")
_STATE = ("# For resuming (do not edit): ", "# For going on (leave as it is): ")


class SavedAnswers(Struct, frozen=True):
    """An answers file.

    Args:
        skipped: fields whose questions were skipped.
        state: what else the interview knew, as `saved_state.dump` returned it.
        written: the letter already made from these answers; empty for a draft.
        made_with: the versions that letter was made with, by name.
        data: the file's bytes.
    """

    answers: Answers = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    written: str = ""
    made_with: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""


def format_draft(state: InterviewState) -> bytes:
    """An unfinished interview as the bytes of a file."""
    return format_answers(state.answers, saved_state.skipped_in_order(state), state=saved_state.dump(state))


def format_answers(
    answers: Answers,
    skipped: Sequence[str] = (),
    *,
    state: Mapping[str, Any] | None = None,
    written: str = "",
    made_with: Mapping[str, str] | None = None,
) -> bytes:
    """Answers, and whatever else is given of a `SavedAnswers`, as the bytes of a file."""
    comments = [
        f"{_SKIPPED[0]}{', '.join(skipped)}" if skipped else "",
        f"{_WRITTEN[0]}{written}" if written else "",
        f"{_MADE_WITH[0]}{json.dumps(made_with)}" if made_with else "",
        f"{_STATE[0]}{json.dumps(state, default=str)}" if state else "",
    ]
    return "".join([*(f"{line}\n" for line in comments if line), write_answers(answers)]).encode()


def parse_saved(data: bytes, name: str) -> SavedAnswers:
    """Read an answers file. Raises InvalidAnswers, with ``name`` for the file."""
    answers = parse_answers(data, name)
    comments = []
    for line in data.decode("utf-8-sig").splitlines():
        if not line.startswith("#"):
            break
        comments.append(line)
    return SavedAnswers(
        answers,
        tuple(re.findall(r"[a-z0-9_.]+", _comment(comments, _SKIPPED))),
        _parse_json(_comment(comments, _STATE)),
        _comment(comments, _WRITTEN).strip(),
        {name: str(value) for name, value in _parse_json(_comment(comments, _MADE_WITH)).items()},
        data,
    )


def _comment(comments: Sequence[str], labels: Sequence[str]) -> str:
    found = (line.removeprefix(label) for line in comments for label in labels if line.startswith(label))
    return next(found, "")


def _parse_json(text: str) -> dict[str, Any]:
    with suppress(ValueError):  # edited by hand: the answers themselves are what counts
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}


def read_draft(path: Path) -> SavedAnswers:
    """Read an answers file. Raises LettersError if it cannot be read."""
    try:
        return parse_saved(path.read_bytes(), str(path))
    except OSError as error:
        raise LettersError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error


class Draft(Struct, frozen=True):
    """An unfinished interview, as listed.

    Args:
        who: the requester.
        kind: the kind of letter; empty if none was chosen.
        answered: the number of answers.
        saved: when the last answer was saved, in seconds since 1970.
        error: why the interview cannot be resumed; usually empty.
    """

    path: Path
    who: str
    kind: str
    answered: int
    saved: float
    error: str = ""

    def when(self, now: datetime) -> str:
        """When the last answer was saved, in the time zone of ``now``."""
        saved = datetime.fromtimestamp(self.saved, now.tzinfo)
        days = (now.date() - saved.date()).days
        day = {0: "today", 1: "yesterday"}.get(days, f"{saved:%B} {saved.day}, {saved.year},")
        return f"{day} at {saved.hour % 12 or 12}:{saved:%M} {'a.m.' if saved.hour < 12 else 'p.m.'}"

    def in_words(self, kinds: Mapping[str, Kind], now: datetime) -> str:
        """Its kind of letter, how many answers it has, and when the last was saved; or why it cannot be resumed.

        Args:
            kinds: those of the library, by name.
        """
        if self.error:
            return f"it cannot be resumed: {self.error}"
        kind = kinds[self.kind].title if self.kind in kinds else "no kind of letter chosen yet"
        answers = "1 answer" if self.answered == 1 else f"{self.answered} answers"
        return f"{kind}, {answers}, saved {self.when(now)}"

    def discard(self) -> None:
        """Delete it for good. Raises CannotWrite."""
        try:
            self.path.unlink(missing_ok=True)  # it may just have been finished in another window
        except OSError as error:
            raise CannotWrite(
                Problem(f"cannot be deleted: {(error.strerror or str(error)).lower()}.", str(self.path))
            ) from error


def list_drafts(folders: Sequence[Path]) -> list[Draft]:
    """The drafts in these folders, most recently saved first."""
    paths = [path for folder in folders for path in folder.glob("*.toml") if path.is_file()]
    drafts = [draft for path in paths if (draft := _draft(path))]
    return sorted(drafts, key=lambda draft: -draft.saved)


def unfinished(own: Path, out: Path) -> list[Draft]:
    """All unfinished interviews.

    Args:
        own: the user's folder for drafts.
        out: the folder for letters, in which a draft is kept that could not be saved in the other one.
    """
    return list_drafts([own]) + [draft for draft in list_drafts([out]) if draft.path.name.startswith("draft-")]


def _draft(path: Path) -> Draft | None:
    try:
        saved = path.stat().st_mtime
        found = parse_saved(path.read_bytes(), str(path))
    except FileNotFoundError:  # just finished in another window
        return None
    except InvalidAnswers as error:
        return Draft(path, "", "", 0, saved, error.problems[0].message)
    except OSError as error:
        return Draft(path, "", "", 0, 0, f"The file cannot be read: {(error.strerror or str(error)).lower()}.")
    who = [get(found.answers, f"request.requester.{name}") for name in ("name", "agency")]
    kind = found.answers.get("kind")
    return Draft(
        path,
        ", ".join(each for each in who if isinstance(each, str)) or "no requester named yet",
        kind if isinstance(kind, str) else "",
        _count(found.answers) - (1 if kind else 0),
        saved,
    )


def _count(answers: Mapping[str, Any]) -> int:
    return sum(_count(value) if isinstance(value, dict) else 1 for value in answers.values())
