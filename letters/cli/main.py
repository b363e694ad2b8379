"""The command line: which command is meant, and how its errors are told.

Results (paths of files written, tables, JSON) go to standard output, talk to standard error. Only the module of the
command that is meant is imported, so that `letters --help` and `letters kinds` answer at once.
"""

from __future__ import annotations

import argparse
import errno
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from letters import __version__
from letters.cli.common import tell_error
from letters.errors import CannotWrite, Interrupted, LettersError

COMMANDS = {
    "new": "Ask for the facts, say which letter they call for, ask for the rest, write the letter.",
    "fill": "Write letters from saved answers (TOML or JSON), with no questions.",
    "batch": "Write a letter for every row of a table: all rows are checked first.",
    "pdf": "Print Word letters, hand-edited ones first of all, as the PDFs that say the same.",
    "advise": "Say which letter the facts in an answers file call for, why, and on what law.",
    "kinds": "List the kinds of letter, and when to use each.",
    "fields": "List what answers may hold and a template may use.",
    "schema": "Print the JSON Schema of the answers for a kind.",
    "vet": "Show what changed since a kind was approved, and approve exactly these bytes.",
    "verify": "Say which vetted template made a letter, and whether and where it was changed since.",
    "rebuild": "Make a letter again, byte for byte, from its answers and the versions it was made with.",
    "scaffold": "Make a new kind of letter from a Word file, or keep it in step.",
    "check": "Report everything that is wrong in templates, prompts and law, in one run.",
    "preview": "Open the sample letter as PDF, once or after every save.",
    "init": "Make a library of one's own: the office's details, templates, questions and law.",
    "doctor": "Say what is missing on this machine, and the command that mends it.",
    "demo": "Write the sample letter of every kind, with its answers.",
}

_EPILOG = """\
exit codes: 0 done, 1 problems in the answers or found by check, 2 wrong usage,
  3 the library is at fault, 4 cannot write, 130 stopped
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):  # must not stop us
            in_full = stream.encoding.lower().startswith("utf")
            stream.reconfigure(errors="surrogateescape" if in_full else "backslashreplace")
    arguments = argparse.Namespace()
    try:
        arguments = _understood(given)
        return int(arguments.run(arguments))
    except LettersError as error:
        tell_error(error, as_json=getattr(arguments, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        print("\nStopped. Nothing was left half-written.", file=sys.stderr)
        return Interrupted.exit_code
    except BrokenPipeError:  # the reader of our output went away (`letters fields denial | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("letters: the disk is full; the output is incomplete.", file=sys.stderr)
        return CannotWrite.exit_code


def _understood(given: list[str]) -> argparse.Namespace:
    gc.disable()  # while so much is imported there is no garbage to look for, nor later in what was
    try:
        return _parser(next((word for word in given if word in COMMANDS), "")).parse_args(given)
    finally:
        gc.freeze()
        gc.enable()


def _parser(meant: str) -> argparse.ArgumentParser:
    """What is understood; of the commands only the one that is meant, in full."""
    parser = argparse.ArgumentParser(
        prog="letters",
        description="Response letters from vetted Word templates: questions in, the Word letter and its PDF out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"letters {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        if name == meant:
            module = import_module(f"letters.cli.{name}")
            command.add_argument(
                "--library", metavar="DIR", help="folder with templates/ and prompts/ (default: see README)"
            )
            module.add(command)
            command.set_defaults(run=module.run)
    return parser
