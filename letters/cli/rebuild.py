"""`letters rebuild`: the same letter again, byte for byte, from its answers and the versions it was made with."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from letters._system.output import file_names, write_all
from letters.assembly.assembler import Assembler
from letters.cli.common import add_format, formats_of, library_of, read_bytes, tell_written
from letters.errors import Problem, Usage
from letters.interview.drafts import parse_saved
from letters.provenance.rebuild import rebuild, record_from_letter
from letters.provenance.record import Record


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("answers", metavar="ANSWERS", help="the answers of the letter")
    parser.add_argument(
        "--as",
        dest="like",
        metavar="FILE",
        help="the finished letter, which names the versions and is compared with the result",
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for the letter")
    add_format(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace an existing letter")
    parser.add_argument("--json", action="store_true", help="print the files written and any problems as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    formats = formats_of(arguments.format)
    assembler, source = Assembler(library_of(arguments)), Path(arguments.answers)
    start = parse_saved(read_bytes(source), str(source))
    if arguments.like:
        data = read_bytes(Path(arguments.like))
        record = record_from_letter(data, arguments.like, assembler.seal)
        like = "pdf" if data.startswith(b"%PDF-") else "docx"
    elif start.made_with:
        record, like = Record.from_answers(start.made_with), ""
    else:
        raise Usage(
            Problem(
                "The answers do not say which versions the letter was made with.",
                str(source),
                "Give the finished letter as well, with --as FILE.",
            )
        )
    rebuilt = rebuild(assembler, start.answers, record, formats, like)
    names = file_names(source.stem, rebuilt.files, is_draft=rebuilt.is_draft)
    files = {Path(arguments.out) / names[suffix]: data for suffix, data in rebuilt.files.items()}
    written = write_all(files, overwrite=arguments.overwrite)
    if rebuilt.proven:
        print(f"letters: identical, byte for byte, to {arguments.like} as it was written", file=sys.stderr)
    else:
        print(
            "letters: made with the recorded versions; to compare the result with the original letter, add --as FILE",
            file=sys.stderr,
        )
    tell_written(written, as_json=arguments.json)
    return 0
