"""Drafts: an interview's answers as a file that is saved after every one of them, and taken up again.

A draft is an answers file like any other. What an interview knows beside its answers stands above them in comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from letters.errors import InvalidAnswers, LettersError
from letters.library.answers import Answers, parse_answers, write_answers
from letters.model.fields import get

_PASSED = "# Passed over without an answer: "
_WRITTEN = "# The letter has been written: "
_MADE = "# Made with (leave as it is): "
_MEMORY = "# For going on (leave as it is): "


@dataclass(frozen=True)
class Begun:
    """What an interview starts from.

    Args:
        passed: questions that were passed over.
        memory: what else the interview knew.
        written: the letter these answers have made already; empty for a draft.
        made: the versions that letter was made with, by name.
        data: the file's bytes.
    """

    answers: Answers = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)
    written: str = ""
    made: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""


def document(
    answers: Answers,
    passed: Sequence[str],
    memory: Mapping[str, Any],
    written: str = "",
    made: Mapping[str, str] | None = None,
) -> bytes:
    """A draft, or with ``written`` the answers beside a finished letter, as the bytes of a file.

    Args:
        made: the versions that letter was made with.
    """
    head = [f"{_PASSED}{', '.join(passed)}"] if passed else []
    head += [f"{_WRITTEN}{written}"] if written else []
    head += [f"{_MADE}{json.dumps(made)}"] if made else []
    head += [f"{_MEMORY}{json.dumps(memory, default=str)}"] if memory else []
    return "".join([*(f"{line}\n" for line in head), write_answers(answers)]).encode()


def begun(data: bytes, name: str) -> Begun:
    """What an answers file holds to start from. Raises InvalidAnswers."""
    answers = parse_answers(data, name)
    passed: tuple[str, ...] = ()
    memory: Mapping[str, Any] = {}
    written = ""
    made: dict[str, str] = {}
    for line in data.decode("utf-8-sig").splitlines():
        if not line.startswith("#"):
            break
        if line.startswith(_PASSED):
            passed = tuple(re.findall(r"[a-z0-9_.]+", line.removeprefix(_PASSED)))
        elif line.startswith(_WRITTEN):
            written = line.removeprefix(_WRITTEN).strip()
        elif line.startswith(_MADE):
            made = {name: str(value) for name, value in _read_back(line.removeprefix(_MADE)).items()}
        elif line.startswith(_MEMORY):
            memory = _read_back(line.removeprefix(_MEMORY))
    return Begun(answers, passed, memory, written, made, data)


def _read_back(text: str) -> dict[str, Any]:
    with suppress(ValueError):  # edited by hand: the answers themselves count
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {}


@dataclass(frozen=True)
class Draft:
    """An interview that was not finished.

    Args:
        who: who is asking.
        kind: which letter; empty where none was chosen.
        answered: how many questions have an answer.
        saved: seconds since 1970, when the last answer was saved.
        why_not: why it cannot be gone on with; mostly empty.
    """

    path: Path
    who: str
    kind: str
    answered: int
    saved: float
    why_not: str = ""

    def when(self, now: datetime) -> str:
        """When it was saved last, by the clock of the office."""
        saved = datetime.fromtimestamp(self.saved, now.tzinfo)
        days = (now.date() - saved.date()).days
        day = {0: "today", 1: "yesterday"}.get(days, f"{saved:%B} {saved.day}, {saved.year}")
        return f"{day} at {saved:%H:%M}"


def unfinished(folders: Sequence[Path]) -> list[Draft]:
    """The drafts in these folders, the last one saved first."""
    paths = [path for folder in folders for path in folder.glob("*.toml") if path.is_file()]
    drafts = [draft for path in paths if (draft := _draft(path))]
    return sorted(drafts, key=lambda draft: -draft.saved)


def _draft(path: Path) -> Draft | None:
    try:
        saved = path.stat().st_mtime
        found = begun(path.read_bytes(), str(path))
    except FileNotFoundError:  # finished in another window just now
        return None
    except InvalidAnswers as error:
        return Draft(path, "", "", 0, saved, error.problems[0].message)
    except OSError as error:
        return Draft(path, "", "", 0, 0, f"The file cannot be read: {(error.strerror or str(error)).lower()}.")
    who = [get(found.answers, f"request.requester.{name}") for name in ("name", "agency")]
    kind = found.answers.get("kind")
    return Draft(
        path,
        ", ".join(each for each in who if isinstance(each, str)) or "nobody named yet",
        kind if isinstance(kind, str) else "",
        _count(found.answers) - (1 if kind else 0),
        saved,
    )


def _count(answers: Mapping[str, Any]) -> int:
    return sum(_count(value) if isinstance(value, dict) else 1 for value in answers.values())


def read_draft(path: Path) -> Begun:
    """Raises LettersError where it cannot be read."""
    try:
        return begun(path.read_bytes(), str(path))
    except OSError as error:
        raise LettersError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
