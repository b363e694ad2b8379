"""`letters review`: letters that wait for a colleague; shows one, and approves or returns it."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from letters._system.environment import user_name
from letters._system.output import write_all
from letters.cli.common import library_of, tell_written, visible
from letters.errors import Problem, Usage
from letters.library.office_files import load_office
from letters.library.ssh_signatures import Signers, sign
from letters.library.trust import signers_of
from letters.matters import colleague_review
from letters.matters.location import open_register, refuse_no_register, returned_letters
from letters.matters.particulars import title_of
from letters.matters.register import Register, RegisterEntry
from letters.matters.register_lists import entry_lines


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("reference", nargs="?", metavar="NUMBER", help="a letter that waits (default: list them all)")
    parser.add_argument("--approve", action="store_true", help="it may go out as it is")
    parser.add_argument("--return", dest="give_back", action="store_true", help="back to who wrote it; needs --comment")
    parser.add_argument("--comment", metavar="TEXT", default="", help="for who wrote it; kept in the log")
    parser.add_argument("--sign", metavar="KEY", help="with --approve: sign the approval with this SSH key")
    parser.add_argument("--redline", metavar="FILE.docx", help="write the changes since the last version, tracked")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing redline")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code. Without a letter, 1 if any waits."""
    library = library_of(arguments)
    register = refuse_no_register(library, open_register(library))
    try:
        if not arguments.reference:
            return _list(register)
        if arguments.approve and arguments.give_back:
            raise Usage(Problem("Approve the letter, or return it."))
        if arguments.give_back and not arguments.comment:
            raise Usage(Problem("--return needs a --comment.", hint="Say what must change."))
        today = datetime.now(ZoneInfo(load_office(library).time_zone)).date()
        return _ReviewOfLetter(arguments, register, today, signers_of(library), returned_letters(library)).make()
    finally:
        register.close()


def _list(register: Register) -> int:
    found = colleague_review.waiting(register)
    for entry in found:
        by = colleague_review.written_by(register, entry)
        print(visible(f"{entry.reference}  {entry.day}  {entry.kind}  {title_of(entry.remembered)}  by {by}"))
    if not found:
        print("No letter waits for a colleague.", file=sys.stderr)
    return int(bool(found))


class _ReviewOfLetter(Struct, frozen=True):
    """What is asked for about one letter.

    Args:
        keep_in: folder for copies of letters as they were returned.
    """

    arguments: argparse.Namespace
    register: Register
    today: date
    signers: Signers | None
    keep_in: Path

    def make(self) -> int:
        """Show the letter or its redline, and note the decision; the exit code."""
        arguments, register, by = self.arguments, self.register, user_name()
        entry = register.find(arguments.reference)
        if arguments.redline:
            self._redline(entry, by)
        if arguments.approve:
            signed = (lambda data: sign(data, Path(arguments.sign))) if arguments.sign else None
            colleague_review.approve(
                register, entry.reference, arguments.comment, signed, by=by, signers=self.signers, on=self.today
            )
            print(visible(f"{entry.reference}: approved by {by}; it is issued."))
        elif arguments.give_back:
            colleague_review.give_back(register, entry.reference, arguments.comment, by=by, keep_in=self.keep_in)
            print(visible(f"{entry.reference}: returned."))
        elif not arguments.redline:
            for line in entry_lines(register, entry):
                print(visible(line))
            for path in colleague_review.changed_files(register, entry):
                print(visible(f"Changed or missing: {path}"))
        return 0

    def _redline(self, entry: RegisterEntry, by: str) -> None:
        data = colleague_review.redline_of_versions(self.register, entry, by, self.today)
        if data is None:
            hint = "A letter that was returned is kept until it is written again; otherwise keep its Word file."
            raise Usage(Problem("has no earlier version that is still there.", entry.reference, hint))
        written = write_all({Path(self.arguments.redline): data}, overwrite=self.arguments.overwrite)
        tell_written(written, as_json=False)
