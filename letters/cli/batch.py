"""`letters batch`: write a letter for every row of a table. All rows are checked first."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from letters.cli import batch_run
from letters.cli.batch_progress import Progress
from letters.cli.common import add_format, formats_of, kind_of, library_of, read_answers, tell_written
from letters.errors import Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "rows", nargs="?", metavar="ROWS", help="a .csv, .xlsx, .ods or .jsonl file; - reads standard input"
    )
    parser.add_argument("--out", metavar="DIR", help="folder for the letters, or an address such as s3://bucket/folder")
    parser.add_argument("--kind", metavar="KIND", help="kind of every letter (default: the column kind)")
    parser.add_argument("--answers", metavar="FILE", help="TOML or JSON file of answers that all rows share")
    add_format(parser)
    parser.add_argument(
        "--name", metavar="PATTERN", help="pattern of the file names (default: {row}-{requester.agency}-{kind})"
    )
    parser.add_argument("--sheet", metavar="NAME", help="sheet of an Excel file (default: the first)")
    parser.add_argument(
        "--header-row",
        type=_at_least_one,
        metavar="N",
        help="row that has the headings (default: the first with words)",
    )
    parser.add_argument(
        "--ignore-columns", type=_names, default=(), metavar="A,B", help="columns to leave out, by letter or heading"
    )
    parser.add_argument(
        "--allow-duplicates", action="store_true", help="accept rows that are the same, or that share a reference"
    )
    parser.add_argument("--dry-run", action="store_true", help="check the rows, but write no letters")
    parser.add_argument("--report", metavar="FILE", help="write all problems to this .json or .csv file")
    parser.add_argument(
        "--skip-bad", action="store_true", help="write the letters of good rows, and save the bad rows to a file"
    )
    parser.add_argument("--bad", metavar="FILE", help="file for the bad rows (default: ROWS-bad, beside ROWS)")
    parser.add_argument("--drafts", action="store_true", help="write letters that are not vetted, marked as drafts")
    parser.add_argument("--resume", action="store_true", help="continue an interrupted batch, if there is one")
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
    parser.add_argument(
        "--workers", type=_at_least_one, metavar="N", help="number of processes (default: one per processor)"
    )
    parser.add_argument(
        "--cluster", metavar="ADDR", help="run on a Dask cluster at this address; local starts one here"
    )
    parser.add_argument(
        "--json", dest="events", action="store_true", help="print one JSON event per line, for a script"
    )
    parser.add_argument("--blank", metavar="KIND", help="write an empty spreadsheet for this kind of letter to -o FILE")
    parser.add_argument("-o", "--output", metavar="FILE", help="with --blank: the spreadsheet, .xlsx or .csv")
    parser.add_argument(
        "--columns", type=_names, default=(), metavar="A,B", help="with --blank: only these columns, in this order"
    )
    parser.add_argument(
        "--required", action="store_true", help="with --blank: only the columns that every letter needs, and --columns"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    if arguments.blank:
        if arguments.rows or not arguments.output:
            raise Usage(
                Problem("--blank needs a file to write.", hint="Write: letters batch --blank KIND -o rows.xlsx")
            )
        library = library_of(arguments)
        path = batch_run.blank_file(
            library,
            kind_of(arguments.blank, library),
            Path(arguments.output),
            names=arguments.columns,
            only_required=arguments.required,
            overwrite=arguments.overwrite,
        )
        tell_written([path], as_json=False)
        return 0
    if not arguments.rows or not (arguments.out or arguments.dry_run):
        raise Usage(
            Problem(
                "A batch needs rows, and a folder for the letters.",
                hint="Write: letters batch ROWS --out DIR, or letters batch ROWS --dry-run.",
            )
        )
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    try:
        return batch_run.run(
            arguments,
            library_of(arguments),
            formats_of(arguments.format),
            read_answers(Path(arguments.answers)) if arguments.answers else {},
            Progress(as_events=arguments.events, live=live),
        )
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _at_least_one(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError("write a whole number, 1 or more")
    return int(text)
