"""`letters demo`: write the sample letter of every kind, with its answers."""

from __future__ import annotations

import argparse
from pathlib import Path

from letters.commands.common import library_of, tell_notes, tell_written
from letters.demo import story
from letters.desk import Desk
from letters.errors import Collector, LibraryAtFault
from letters.output import file_names, write_all


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("dir", nargs="?", metavar="DIR", default="letters-demo", help="folder (default: letters-demo)")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    desk = Desk(library_of(arguments))
    out = Path(arguments.dir)
    files: dict[Path, bytes] = {}
    problems = Collector()
    for number, (source, answers) in enumerate(story(desk), 1):
        where = desk.library.name_of(source)
        with problems.collect(within=where):
            letter = desk.check(answers)
            made = desk.make(letter)
            tell_notes(made.notes, where)
            stem = f"{number}-{letter.kind}"
            files[out / f"{stem}.toml"] = desk.library.read(source)
            names = file_names(stem, made.files, is_draft=desk.is_draft(letter))
            files |= {out / names[suffix]: data for suffix, data in made.files.items()}
    problems.stop_if_any(LibraryAtFault)
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    return 0
