"""`letters init`: make a library for your office: its details, templates, questions and law."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from letters._system.output import write_all
from letters.assembly.assembler import Assembler
from letters.authoring.init.examples import example_files, examples
from letters.authoring.init.new_library import new_library, office_of
from letters.authoring.init.office_details import Detail, checked, details, office_from
from letters.cli.ask_lines import chosen_form_of_kinds, typed_line
from letters.cli.common import kind_of, library_of, read_bytes, tell_error, tell_written
from letters.errors import CannotWrite, InvalidAnswers, LibraryAtFault, Problem, Usage


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("dir", metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--example",
        metavar="NAME",
        help=f"copy the library of an example office, as it is, and nothing else: {', '.join(examples())}",
    )
    parser.add_argument(
        "--answers", metavar="FILE", help="a file like office.toml, which may add kinds = […] and bases = […]"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; its exit code."""
    folder = Path(arguments.dir)
    if folder.exists() and any(folder.iterdir()):
        raise CannotWrite(Problem("is not empty.", where=str(folder), hint="Choose a new or empty folder."))
    if arguments.example:
        return _from_example(folder, arguments)
    assembler = Assembler(library_of(arguments))
    if arguments.answers:
        given = office_of(read_bytes(Path(arguments.answers)), arguments.answers)
        kinds, bases = given.pop("kinds", None), given.pop("bases", None)
        office = checked(given)
    else:
        office, kinds, bases = _asked_for_an_office(assembler)
    chosen = [kind_of(str(kind), assembler.library) for kind in kinds or assembler.library.kinds]
    _refuse_unknown_bases(assembler, bases)
    made = new_library(assembler, office, chosen, bases)
    tell_written(write_all({folder / name: data for name, data in made.files.items()}), as_json=False)
    for basis, needing in made.kept.items():
        print(f"Kept {basis} as well, because it is needed by {', '.join(needing)}.", file=sys.stderr)
    print(f"Next: read {folder / 'README.md'}. Nothing is vetted yet, so every letter is a draft.", file=sys.stderr)
    return 0


def _from_example(folder: Path, arguments: argparse.Namespace) -> int:
    """Copy the library of an example office."""
    if arguments.answers or arguments.library:
        raise Usage(
            Problem(
                "--example copies a library as it is.", hint="Leave out --answers and --library; edit it afterward."
            )
        )
    files = example_files(arguments.example)
    tell_written(write_all({folder / name: data for name, data in files.items()}), as_json=False)
    office = folder / "templates" / "office.toml"
    print(
        f"Next: put your own details into {office}, then run `letters check` in {folder}. Nothing is vetted, so every "
        "letter is a draft.",
        file=sys.stderr,
    )
    return 0


def _asked_for_an_office(assembler: Assembler) -> tuple[dict[str, Any], list[str] | None, list[str] | None]:
    """The office's details, and the kinds and legal bases to include, asked line by line."""
    if not sys.stdin.isatty():
        hint = "In a script, use: letters init DIR --answers FILE, with a file like office.toml."
        raise Usage(Problem("`letters init` asks for the office's details, so it needs a terminal.", hint=hint))
    print("Tell me about your office. You can change every answer later, in templates/office.toml.\n", file=sys.stderr)
    answers: dict[str, str] = {}
    asked = details()
    while asked:
        for detail in asked:
            answers[detail.name] = _answer_to(detail)
        try:
            office, asked = office_from(answers), []
        except LibraryAtFault as error:  # problems that only show together; only those are asked again
            wrong = {problem.field for problem in error.problems}
            asked = [detail for detail in details() if detail.name in wrong] or details()
            tell_error(error, as_json=False)
    forms = chosen_form_of_kinds(assembler.library)
    among = {kind.name: kind.summary for kind in assembler.library.kinds.values() if kind.form in forms}
    kinds = _chosen("Which letters do you want?", among) or list(among)
    bases = _chosen(
        "Which law may they cite?",
        {each.id: f"{each.citation}: {each.title}" for each in assembler.rulebook.bases.values()},
    )
    return office, kinds, bases


def _answer_to(detail: Detail) -> str:
    shown = f" [{detail.default}]" if detail.default else ""
    print(f"{detail.title}{shown}", file=sys.stderr)
    _hint(detail.description, detail.example)
    while typed := typed_line() or detail.default:
        if not (wrong := detail.problem_with(typed)):
            return typed
        print(f"  That {wrong}", file=sys.stderr)
    if not detail.info.is_required():
        return ""
    print("  An answer is needed.", file=sys.stderr)
    return _answer_to(detail)


def _hint(description: str, example: str) -> None:
    shown = f" For example: {example}" if example else ""
    print(textwrap.fill(f"{description}{shown}", 98, initial_indent="  ", subsequent_indent="  "), file=sys.stderr)


def _chosen(question: str, among: dict[str, str]) -> list[str] | None:
    """Some of these, chosen by number; None for all."""
    print(f"\n{question}", file=sys.stderr)
    for number, (name, line) in enumerate(among.items(), 1):
        print(textwrap.shorten(f"  {number:>2}  {name}: {line}", 110, placeholder=" …"), file=sys.stderr)
    print("  Type their numbers, such as 1 3 4-6, or press Enter for all of them.", file=sys.stderr)
    names = list(among)
    while typed := typed_line():
        numbers: set[int] = set()
        for part in typed.replace(",", " ").split():
            first, _, last = part.partition("-")
            if first.isdigit() and (last or first).isdigit():
                numbers |= set(range(int(first), int(last or first) + 1))
            else:
                numbers.add(0)
        if numbers and numbers <= set(range(1, len(names) + 1)):
            return [names[number - 1] for number in sorted(numbers)]
        print(f"  Type numbers from 1 to {len(names)}.", file=sys.stderr)
    return None


def _refuse_unknown_bases(assembler: Assembler, bases: Sequence[str] | None) -> None:
    unknown = [str(name) for name in bases or () if name not in assembler.rulebook.bases]
    if unknown:
        hint = f"There are: {', '.join(assembler.rulebook.bases)}."
        raise InvalidAnswers(Problem(f"There is no legal basis {', '.join(unknown)}.", hint=hint))
