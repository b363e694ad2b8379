"""`letters scaffold`: make a new kind of letter from a Word file, or update its questions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from letters._system.output import write_all
from letters.approval.approve import kind_problems
from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.new_kind import new_kind
from letters.authoring.scaffold.sync import sync_questions
from letters.cli.ask_lines import chosen_form
from letters.cli.common import kind_of, library_of, read_bytes, tell_notes, tell_written, visible
from letters.errors import Problem, Usage
from letters.model.rulebook import RECORDS_REQUEST


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", nargs="?", metavar="FILE.docx", help="the Word letter; its tags become questions")
    parser.add_argument("--kind", metavar="KIND", required=True, help="name of the kind, such as hearing-notice")
    parser.add_argument(
        "--form",
        metavar="NAME",
        help="what is asked first: request (a records request), none, or your own form, prompts/NAME.toml; without it, "
        "you are asked in a terminal, and it is request in a script",
    )
    parser.add_argument("--sync", action="store_true", help="update its questions after a change to its letter.docx")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    assembler = Assembler(library_of(arguments))
    if bool(arguments.file) == arguments.sync:
        raise Usage(
            Problem("Give either the Word file of a new kind, or --sync for an existing kind.", hint="Not both.")
        )
    if arguments.sync:
        done = sync_questions(assembler, kind_of(arguments.kind, assembler.library))
        tell_notes(done.blanks.problems, "letter.docx")
        for line in done.lines():
            print(line, file=sys.stderr)
        files = {} if arguments.dry_run else done.files
        tell_written(write_all(files, overwrite=True), as_json=False)
        return 0
    data = read_bytes(Path(arguments.file))
    form = arguments.form or (chosen_form(assembler.library) if sys.stdin.isatty() else RECORDS_REQUEST)
    made = new_kind(assembler, arguments.kind, data, arguments.file, form)
    tell_notes(made.notes, arguments.file)
    for line in made.lines():
        print(line, file=sys.stderr)
    if arguments.dry_run:
        return 0
    tell_written(write_all(made.files), as_json=False)
    return _tell_problems(arguments)


def _tell_problems(arguments: argparse.Namespace) -> int:
    """Report what is still wrong with a kind that was just written; its files stay, to be fixed."""
    found = kind_problems(Assembler(library_of(arguments)), arguments.kind)
    for problem in found:
        print(f"letters: still to fix: {visible(str(problem))}", file=sys.stderr)
    if not found:
        print(f"Next: run letters preview {arguments.kind}, and reword prompts/{arguments.kind}.toml", file=sys.stderr)
    return int(bool(found))
