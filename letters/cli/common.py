"""What the commands share: finding the library and files, and printing results, notes and errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from letters._system.output import why_unread
from letters.errors import InvalidAnswers, LettersError, Problem, Usage, told_once
from letters.library.library import Library, no_such_kind

if TYPE_CHECKING:  # imported only for types, so that `letters kinds` answers at once
    from letters.assembly.assembler import Assembler
    from letters.library.answers import Answers


def library_of(arguments: argparse.Namespace) -> Library:
    """The library for a command. Raises LibraryAtFault."""
    return Library.find(arguments.library)


def kind_of(name: str, library: Library) -> str:
    """The name, if there is such a kind of letter. Raises Usage, with a suggestion."""
    if name not in library.kinds:
        raise no_such_kind(name, library.kinds)
    return name


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the option that `formats_of` reads."""
    parser.add_argument("--format", default="docx,pdf", help="docx, pdf, or docx,pdf (default: docx,pdf)")


def add_no_open(parser: argparse.ArgumentParser) -> None:
    """Add the option that keeps the browser closed."""
    parser.add_argument(
        "--no-open", action="store_true", help="do not open a browser; only print the file name or address"
    )


def formats_of(wanted: str) -> tuple[str, ...]:
    """The formats in ``--format``, each once. Raises Usage."""
    known = ("docx", "pdf")
    formats = tuple(dict.fromkeys(part.strip().lower() for part in wanted.split(",") if part.strip()))
    if not formats or set(formats) - set(known):
        raise Usage(
            Problem(f"“{wanted}” is not a format.", hint="Write --format docx, --format pdf, or --format docx,pdf.")
        )
    return formats


_WIDEST = 98
STDIN = Path("-")
"""What stands for standard input on the command line."""


def read_answers(source: Path) -> Answers:
    """The answers in a TOML or JSON file, or in standard input (``-``), not yet checked. Raises InvalidAnswers."""
    from letters.library.answers import parse_answers

    if source == STDIN:
        data = sys.stdin.buffer.read()
        if not data.strip():
            hint = "Write, for example: letters fill - < answers.toml."
            raise InvalidAnswers(Problem("Standard input is empty.", hint=hint, code="empty"))
        return parse_answers(data, "standard input", is_json=data.lstrip()[:1] == b"{")
    return parse_answers(read_bytes(source), str(source))


def read_bytes(source: Path) -> bytes:
    """The contents of a file. Raises InvalidAnswers if it cannot be read."""
    try:
        return source.read_bytes()
    except OSError as error:
        raise InvalidAnswers(why_unread(error, str(source))) from error


def tell_notes(notes: Sequence[Problem], where: str) -> None:
    """Print notes, which do not stop a command.

    Args:
        where: what they are about; empty if it is plain.
    """
    for note in told_once(notes):
        placed = note if note.where.startswith(where) else note.within(where)
        print(f"letters: note: {visible(str(placed))}", file=sys.stderr)


def tell_written(paths: Sequence[Path], *, as_json: bool, letters: Sequence[Mapping[str, Any]] = ()) -> None:
    """Print the paths of files that were written, to standard output.

    Args:
        letters: what JSON says about each letter, besides its files.
    """
    if as_json:
        import json

        report = {"written": [str(path) for path in paths], "problems": [], **({"letters": letters} if letters else {})}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for path in paths:
            print(visible(str(path)) if sys.stdout.isatty() else path)


def now_at(assembler: Assembler) -> datetime:
    """The time at the office, which decides what day it is there."""
    from zoneinfo import ZoneInfo  # here, because most commands need no time

    return datetime.now(ZoneInfo(assembler.office.time_zone))


def drafts_folder() -> Path:
    """Where interviews save their answers: a private folder of the user, away from shared ones."""
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "letters" / "drafts"
    try:
        state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:  # there is no home folder
        state = Path.cwd()
    return state / "letters" / "drafts"


def say(text: str, indent: str = "    ") -> None:
    """Print a paragraph, wrapped and indented."""
    import textwrap

    print(textwrap.fill(text, line_width(sys.stdout), initial_indent=indent, subsequent_indent=f"{indent}  "))


def line_width(stream: TextIO) -> int:
    """How many characters of a paragraph go on a line: as many as can be read well, and fit into the window."""
    try:
        return max(20, min(_WIDEST, os.get_terminal_size(stream.fileno()).columns - 1))
    except (OSError, ValueError):  # a file or a pipe
        return _WIDEST


def visible(text: str) -> str:
    """The text with every character that could control a terminal replaced, since answers may contain anything."""
    return "".join(c if c.isprintable() or c == "\n" else f"<U+{ord(c):04X}>" for c in text)


def today() -> date:
    """The date on this machine, where the office's does not matter."""
    return date.today()


def tell_error(error: LettersError, *, as_json: bool) -> None:
    """Print everything that stopped a command to standard error; with --json, also as JSON to standard output."""
    if as_json:
        import json

        print(
            json.dumps(
                {"written": [], "problems": [p.as_dict() for p in error.problems]},
                ensure_ascii=False,
                indent=2,
            )
        )
    first, *others = error.in_words
    if not others:
        print(f"letters: {visible(first)}", file=sys.stderr)
        return
    print(f"letters: {1 + len(others)} problems:", file=sys.stderr)
    for problem in (first, *others):
        print(f"  • {visible(problem)}", file=sys.stderr)
