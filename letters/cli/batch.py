"""`letters batch`: write a letter for every row of a table: all rows are checked first."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from letters.cli import batch_run as orders
from letters.cli.common import add_format, formats_of, kind_of, library_of, read_answers, tell_written, visible
from letters.errors import Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("rows", nargs="?", metavar="ROWS", help=".csv, .xlsx or .jsonl; - is standard input")
    parser.add_argument("--out", metavar="DIR", help="folder for the letters, or an address such as s3://bucket/folder")
    parser.add_argument("--kind", metavar="KIND", help="which letter; else the column kind says it")
    parser.add_argument("--answers", metavar="FILE", help="answers that are the same for all rows")
    add_format(parser)
    parser.add_argument("--name", metavar="PATTERN", help="of the files (default: {row}-{requester.agency}-{kind})")
    parser.add_argument("--sheet", metavar="NAME", help="which sheet of an Excel file (default: the first)")
    parser.add_argument("--dry-run", action="store_true", help="only check; write no letter")
    parser.add_argument("--report", metavar="FILE", help="write every problem to this .json or .csv file")
    parser.add_argument("--skip-bad", action="store_true", help="write the good rows; put the bad ones aside")
    parser.add_argument("--bad", metavar="FILE", help="where --skip-bad puts them (default: ROWS-bad, beside ROWS)")
    parser.add_argument("--drafts", action="store_true", help="write letters that nobody has vetted, marked as drafts")
    parser.add_argument("--resume", action="store_true", help="go on with a batch that was cut off, if there is one")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--workers", type=_at_least_one, metavar="N", help="processes (default: one a processor)")
    parser.add_argument("--cluster", metavar="ADDR", help="work on a Dask cluster; local starts one here")
    parser.add_argument("--json", dest="events", action="store_true", help="one JSON event a line, for a script")
    parser.add_argument("--blank", metavar="KIND", help="write an empty sheet for this kind, to -o FILE")
    parser.add_argument("-o", "--output", metavar="FILE", help="with --blank: the sheet, .xlsx or .csv")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    if arguments.blank:
        if arguments.rows or not arguments.output:
            raise Usage(Problem("An empty sheet needs a name.", hint="Write: letters batch --blank KIND -o rows.xlsx"))
        library = library_of(arguments)
        path = orders.blank_file(
            library, kind_of(arguments.blank, library), Path(arguments.output), arguments.overwrite
        )
        tell_written([path], as_json=False)
        return 0
    if not arguments.rows or not (arguments.out or arguments.dry_run):
        raise Usage(
            Problem(
                "A batch needs rows, and a place for their letters.",
                hint="Write: letters batch ROWS --out DIR, or letters batch ROWS --dry-run.",
            )
        )
    return orders.run(
        arguments,
        library_of(arguments),
        formats_of(arguments.format),
        read_answers(Path(arguments.answers)) if arguments.answers else {},
        out=lambda text: print(visible(text)),
        talk=lambda text, ends: print(visible(text) if ends else text, end="\n" if ends else "", file=sys.stderr),
        flush=lambda: (sys.stdout.flush(), sys.stderr.flush()),
        clock=time.monotonic,
        live=sys.stderr.isatty() and os.environ.get("TERM") != "dumb",
    )


def _at_least_one(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError("write a whole number, 1 or more")
    return int(text)
