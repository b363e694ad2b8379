"""Finds the command on the command line, runs it, and reports its errors.

Results (paths of files, tables, JSON) go to standard output, messages to standard error. Only the module of the command
is imported, so that `letters --help` and `letters kinds` answer at once.
"""

from __future__ import annotations

import argparse
import codecs
import errno
import gc
import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from letters._system.garbage import THRESHOLD
from letters._system.version import VERSION
from letters.cli.command_parser import CommandParser

if TYPE_CHECKING:  # `main` imports the rest of Letters, once no garbage is collected
    from letters.errors import LettersError

COMMANDS = {
    "new": "Write a letter by answering questions; the facts decide which letter to recommend.",
    "web": "Write letters in your browser; drafts, the register, review, and the preview of templates.",
    "fill": "Write letters from saved answers (TOML or JSON), without questions.",
    "batch": "Write a letter for every row of a table. All rows are checked first.",
    "pdf": "Convert Word letters, including edited ones, to accessible PDFs with the same words.",
    "advise": "Recommend a letter for the facts in an answers file, with reasons and law.",
    "kinds": "List the kinds of letter, and when to use each one.",
    "fields": "List the fields that answers may contain and templates may use, or those of a PDF form.",
    "explain": "Trace a rule of the office: what it asks, and which law it finds.",
    "schema": "Print the JSON Schema of the answers for a kind of letter.",
    "enclose": "Take a PDF form in, so that it goes out with a kind of letter, filled from its answers.",
    "read": "Show what a returned form claims, side by side with what you know.",
    "vet": "Show what has changed since a kind of letter was approved, and approve it as it is now.",
    "verify": "Show which vetted template a letter was made from, and whether it has been changed.",
    "register": "Keep the office's register: numbers, earlier requests, deadlines, and what was sent.",
    "review": "List letters that wait for a colleague; approve or return one.",
    "rebuild": "Make a letter again, byte for byte, from its answers and the same versions.",
    "scaffold": "Make a new kind of letter from a Word file, or update its questions.",
    "check": "Check templates, prompts, and law, and report everything that is wrong.",
    "preview": "Open a sample letter as a PDF, once or after every save.",
    "init": "Create a library for your office: details, templates, questions, and law.",
    "doctor": "Check this machine, and show how to install what is missing.",
    "demo": "Write a sample letter of every kind, with its answers.",
}

_TELL_ALL = ("check", "init")  # `init` tries out a library that is not there yet
_MODULES = {"review": "review_queue"}  # `review` is what an interview ends with
_LIBRARY = "folder of the library (default: LETTERS_LIBRARY, the nearest letters.toml, or the library that is shipped)"
_EPILOG = """\
exit codes: 0 success, 1 problems in the answers or found by check, 2 incorrect usage,
  3 mistake in the library, 4 cannot write, 130 interrupted
"""


_READABLE = "letters-readable"
_PLAIN = str.maketrans({
    "\u2192": "->", "\u2500": "-", "\u2013": "-", "\u2014": "--", "\u201c": '"', "\u201d": '"', "\u2018": "'",
    "\u2019": "'", "\u2026": "...", "\u2022": "*",
})  # fmt: skip
"""Arrow, line, dashes, quotation marks, ellipsis and bullet."""


def _readable(error: UnicodeError) -> tuple[str, int]:
    """What a terminal without a character shows for it: a similar one, or its code."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end].translate(_PLAIN)
    return lacking.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(_READABLE, _readable)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the arguments; those of the process if None.
    """
    gc.disable()  # until the command begins: imports leave no garbage, and what they make is kept
    # Letters uses no plugins of pydantic, which would be looked for among all packages that are installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _import_records()
    from letters.cli.common import tell_error
    from letters.errors import CannotWrite, Interrupted, LettersError

    given = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A character that cannot be printed must not stop a command.
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            is_unicode = stream.encoding.lower().startswith("utf")
            stream.reconfigure(errors="surrogateescape" if is_unicode else _READABLE)
    arguments = argparse.Namespace()
    try:
        arguments = _parsed(given)
        code = int(arguments.run(arguments))
        sys.stdout.flush()  # here, so that what goes wrong with it is told below
        return code
    except LettersError as error:
        tell_error(error, as_json=getattr(arguments, "json", False))
        if tells_all := _command_that_tells_all(error, arguments):
            print(f"letters: for everything that is wrong: {tells_all}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nInterrupted. No file was left incomplete.", file=sys.stderr)
        return Interrupted.exit_code
    except BrokenPipeError:  # whatever reads the output has ended, as in `letters fields denial | head`
        _discard_output()
        if getattr(arguments, "by", None):
            told = "letters: stopped, because what reads the output has ended. What is recorded: letters vet --status"
            print(told, file=sys.stderr)
            return LettersError.exit_code
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("letters: the disk is full; the output is incomplete.", file=sys.stderr)
        with suppress(OSError):
            sys.stdout.flush()
        _discard_output()
        return CannotWrite.exit_code


def _discard_output() -> None:
    """Send what is left to print nowhere, or Python would fail to print it as the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _import_records() -> None:
    """Import msgspec, which takes typing_extensions where it is installed, although what Letters states of its records
    needs nothing from there: the package takes longer to import than msgspec itself."""
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]  # so Python says that it is not installed
    try:
        import msgspec  # noqa: F401
    finally:
        del sys.modules["typing_extensions"]


def _command_that_tells_all(error: LettersError, arguments: argparse.Namespace) -> str:
    """The command that lists every fault of the library where this one stopped at the first; empty if it has."""
    import shlex  # here, because only a command that fails needs it

    from letters.errors import LibraryAtFault

    in_library = any(f"{folder}/" in problem.where for problem in error.problems for folder in ("templates", "prompts"))
    if not isinstance(error, LibraryAtFault) or not in_library or arguments.command in _TELL_ALL:
        return ""
    kind = getattr(arguments, "kind", None) if arguments.command != "scaffold" else None  # it may not exist yet
    words = ["letters", "check", *([kind] if isinstance(kind, str) else [])]
    return shlex.join([*words, *(["--library", arguments.library] if arguments.library else [])])


def _open_closed_streams() -> None:
    """Open to nothing what the caller has closed, as in ``letters fill a.toml >&-``; a file would take its place."""
    nothing = Path(os.devnull)
    sys.stdin = sys.stdin or nothing.open(encoding="utf-8")
    sys.stdout = sys.stdout or nothing.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nothing.open("w", encoding="utf-8")


def _parsed(given: list[str]) -> argparse.Namespace:
    try:
        chosen = next((word for word in given if word in COMMANDS), "")
        return _parser(chosen, [chosen] if given[:1] == [chosen] else COMMANDS).parse_args(given)
    finally:
        gc.freeze()
        gc.set_threshold(max(gc.get_threshold()[0], THRESHOLD))  # what it reads of a library lives on
        gc.enable()


def _parser(chosen: str, known: Iterable[str]) -> argparse.ArgumentParser:
    """The parser for the known commands, with the arguments of the chosen one."""
    parser = CommandParser(
        prog="letters",
        description="Write response letters from vetted Word templates, as Word files and accessible PDFs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"letters {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in known:
        command = commands.add_parser(name, help=COMMANDS[name], description=COMMANDS[name])
        if name == chosen:
            module = import_module(f"letters.cli.{_MODULES.get(name, name)}")
            command.add_argument("--library", metavar="DIR", help=_LIBRARY)
            module.add(command)
            command.set_defaults(run=module.run, command=name)
    return parser
