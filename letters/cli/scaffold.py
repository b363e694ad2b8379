"""`letters scaffold`: make a new kind of letter from a Word file, or keep it in step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from letters._system.output import write_all
from letters.approval.approve import faults
from letters.assembly.assembler import Assembler
from letters.authoring.scaffold.kinds import new_kind
from letters.authoring.scaffold.sync import synced
from letters.cli.common import kind_of, library_of, read_bytes, tell_notes, tell_written, visible
from letters.errors import Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("file", nargs="?", metavar="FILE.docx", help="the Word letter; its tags become questions")
    parser.add_argument("--kind", metavar="KIND", required=True, help="what the kind is called: hearing-notice")
    parser.add_argument("--sync", action="store_true", help="its letter.docx was changed: change its questions")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    assembler = Assembler(library_of(arguments))
    if bool(arguments.file) == arguments.sync:
        raise Usage(
            Problem("Name the Word file of a new kind, or write --sync for a kind there is.", hint="One of the two.")
        )
    if arguments.sync:
        done = synced(assembler, kind_of(arguments.kind, assembler.library))
        tell_notes(done.wanted.problems, "letter.docx")
        for line in done.lines():
            print(line, file=sys.stderr)
        files = {} if arguments.dry_run else done.files
        tell_written(write_all(files, overwrite=True), as_json=False)
        return 0
    made = new_kind(assembler, arguments.kind, read_bytes(Path(arguments.file)), arguments.file)
    tell_notes(made.notes, arguments.file)
    for line in made.lines():
        print(line, file=sys.stderr)
    if arguments.dry_run:
        return 0
    tell_written(write_all(made.files), as_json=False)
    return _tell_faults(arguments)


def _tell_faults(arguments: argparse.Namespace) -> int:
    """What is still wrong with a kind that was just written; its files stay, to be mended."""
    found = faults(Assembler(library_of(arguments)), arguments.kind)
    for problem in found:
        print(f"letters: still to mend: {visible(str(problem))}", file=sys.stderr)
    if not found:
        print(f"Next: letters preview {arguments.kind}, and reword prompts/{arguments.kind}.toml", file=sys.stderr)
    return int(bool(found))
