"""`letters review`: letters that wait for a colleague; shows one, and approves or returns it."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from letters._system.environment import user_name
from letters._system.output import write_all
from letters.cli.common import library_of, tell_written, visible
from letters.cli.register_output import entry_lines
from letters.errors import Problem, Usage
from letters.library.office_files import load_office
from letters.library.ssh_signatures import sign
from letters.matters import colleague_review
from letters.matters.location import open_register, refuse_no_register
from letters.matters.particulars import title_of
from letters.matters.register import Register


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
        return _decide(arguments, register, load_office(library).time_zone)
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


def _decide(arguments: argparse.Namespace, register: Register, time_zone: str) -> int:
    entry, by = register.find(arguments.reference), user_name()
    if arguments.redline:
        today = datetime.now(ZoneInfo(time_zone)).date()
        data = colleague_review.redline_of_versions(register, entry, by, today)
        if data is None:
            raise Usage(Problem("has no earlier version that is still there.", entry.reference))
        tell_written(write_all({Path(arguments.redline): data}, overwrite=arguments.overwrite), as_json=False)
    if arguments.approve:
        signature = sign(colleague_review.statement(entry), Path(arguments.sign)).decode() if arguments.sign else ""
        colleague_review.approve(register, arguments.reference, arguments.comment, signature, by=by)
        print(visible(f"{entry.reference}: approved by {by}; it is issued."))
    elif arguments.give_back:
        colleague_review.give_back(register, arguments.reference, arguments.comment, by=by)
        print(visible(f"{entry.reference}: returned."))
    elif not arguments.redline:
        for line in entry_lines(register, entry):
            print(visible(line))
        for path in colleague_review.changed_files(register, entry):
            print(visible(f"Changed or missing: {path}"))
    return 0
