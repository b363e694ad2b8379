"""`letters pdf`: print Word letters, hand-edited ones first of all, as the PDFs that say the same."""

from __future__ import annotations

import argparse
from pathlib import Path

from letters.commands.common import library_of, read_bytes, tell_notes, tell_written
from letters.desk import Desk
from letters.errors import Collector, InvalidAnswers, Problem, Usage
from letters.output import write_all


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("files", nargs="+", metavar="FILE.docx")
    parser.add_argument("-o", "--output", metavar="FILE", help="name of the PDF (default: the letter's name with .pdf)")
    parser.add_argument("--overwrite", action="store_true", help="replace a PDF that exists")
    parser.add_argument("--accept-changes", action="store_true", help="print as with all tracked changes accepted")
    parser.add_argument("--strict", action="store_true", help="print nothing where something is not carried over")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    sources = [Path(each) for each in arguments.files]
    if arguments.output and len(sources) > 1:
        raise Usage(Problem("-o names one file, but there are several to print.", hint="Leave it out, or print one."))
    desk = Desk(library_of(arguments))
    files: dict[Path, bytes] = {}
    problems = Collector()
    for source in sources:
        with problems.collect():
            printed = desk.print_word(
                read_bytes(source),
                str(source),
                accept_changes=arguments.accept_changes,
                strict=arguments.strict,
            )
            tell_notes(printed.notes, str(source))
            files[Path(arguments.output) if arguments.output else source.with_suffix(".pdf")] = printed.data
    problems.stop_if_any(InvalidAnswers)
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0
