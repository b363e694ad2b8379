"""`letters demo`: write the sample letter of every kind, with its answers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from letters._system.output import file_names, refuse_existing, write_all
from letters.assembly.assembler import Assembler, FinishedLetter
from letters.authoring.demo import samples_by_date
from letters.authoring.demo_register import NAMES, DemoRegister
from letters.cli.common import library_of, tell_notes, tell_written, visible
from letters.errors import CannotWrite, Collector, LibraryAtFault, Problem
from letters.matters.registration import with_number
from letters.model.letter import Letter


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("dir", nargs="?", metavar="DIR", default="letters-demo", help="folder (default: letters-demo)")
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    assembler = Assembler(library_of(arguments))
    out = Path(arguments.dir)
    problems = Collector()
    checked: dict[str, tuple[Path, Letter]] = {}
    for number, (source, answers) in enumerate(samples_by_date(assembler), 1):
        with problems.collect(answers=assembler.library.name_of(source)):
            letter = assembler.check(answers)
            checked[f"{number}-{letter.kind}"] = source, letter
    problems.stop_if_any(LibraryAtFault)
    names = {
        stem: file_names(stem, assembler.suffixes(letter), is_draft=assembler.is_draft(letter))
        for stem, (_, letter) in checked.items()
    }
    wanted = {out / name: b"" for stem in names for name in (f"{stem}.toml", *names[stem].values())}
    wanted |= {out / name: b"" for name in NAMES}
    refuse_existing(wanted, overwrite=arguments.overwrite)
    files: dict[Path, bytes] = {}
    lacking: dict[str, Problem] = {}
    with DemoRegister([letter for _, letter in checked.values()], assembler.rulebook) as register:
        for stem, (source, letter) in checked.items():
            where = assembler.library.name_of(source)
            with problems.collect(answers=where):
                numbered, remembered = register.enter(letter)
                for sentence in remembered:
                    print(f"{stem}: {visible(sentence)}", file=sys.stderr)
                made = _made(assembler, with_number(letter, numbered), numbered.head, lacking)
                tell_notes(made.notes, where)
                own = {names[stem][suffix]: data for suffix, data in made.files.items()}
                register.issue(letter, numbered, own, is_draft=made.is_draft)
                files[out / f"{stem}.toml"] = assembler.library.read(source)
                files |= {out / name: data for name, data in own.items()}
        problems.stop_if_any(LibraryAtFault)
        entered = {out / name: data for name, data in register.files().items()}
    for why in lacking.values():
        left_out = ", ".join(name for own in names.values() for name in own.values() if out / name not in files)
        print(visible(f"Not made: {left_out}. {why.message} {why.hint}"), file=sys.stderr)
    tell_written(write_all(files, overwrite=arguments.overwrite), as_json=False)
    tell_written(write_all(entered, overwrite=arguments.overwrite, private=True), as_json=False)
    print(f"To look into its register: LETTERS_REGISTER={out / NAMES[0]} letters register list", file=sys.stderr)
    return 0


def _made(assembler: Assembler, letter: Letter, entered: str, lacking: dict[str, Problem]) -> FinishedLetter:
    """The sample letter; without its enclosures in HTML where the libraries they need are missing, which is noted."""
    try:
        return assembler.make(letter, entered=entered, pages=not lacking)
    except CannotWrite as error:
        if error.problems[0].code != "no-pango":
            raise
        lacking["no-pango"] = error.problems[0]
        return assembler.make(letter, entered=entered, pages=False)
