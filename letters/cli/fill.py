"""`letters fill`: write letters from saved answers (TOML or JSON) without asking questions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from letters._system.output import file_names, refuse_existing, write_all
from letters.assembly.assembler import Assembler
from letters.cli.common import STDIN, add_format, formats_of, library_of, read_answers, tell_notes, tell_written
from letters.errors import Collector, InvalidAnswers, Problem
from letters.library.answers import Answers
from letters.matters.register import Numbered, WrittenLetter
from letters.matters.registration import LetterToEnter, Registration, place_of, with_number
from letters.model.letter import Letter


def add(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "answers",
        nargs="+",
        metavar="ANSWERS",
        help="answers files, after which the letters are named; - reads standard input, and writes “letter”",
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="folder for the letters")
    add_format(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace existing letters")
    parser.add_argument(
        "--allow-duplicates", action="store_true", help="accept answers that are the same, or that share a reference"
    )
    parser.add_argument(
        "--email-draft",
        action="store_true",
        help="also write an unsent mail (.eml) with each letter attached",
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON: the files, each letter's deadlines and notes, any problems"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit code."""
    formats = formats_of(arguments.format)
    assembler = Assembler(library_of(arguments))
    _ = assembler.seal  # a library that has lost it makes no letters; no number is used up for them
    letters = _all_checked(assembler, [Path(source) for source in arguments.answers])
    if not arguments.allow_duplicates:
        _refuse_duplicates(letters)
    out = Path(arguments.out)
    paths = {
        source: {
            suffix: out / name
            for suffix, name in file_names(
                _stem(source),
                (*assembler.suffixes(letter, formats), *(["eml"] if arguments.email_draft else [])),
                is_draft=assembler.is_draft(letter),
            ).items()
        }
        for source, letter in letters.items()
    }
    refuse_existing({path: b"" for each in paths.values() for path in each.values()}, overwrite=arguments.overwrite)
    registration = Registration.of(assembler.library, assembler.office, assembler.rulebook)
    numbered: dict[Path, Numbered] = {}
    if registration:
        wanted = [
            LetterToEnter(letter, place="" if source == STDIN else place_of(source), where=str(source))
            for source, letter in letters.items()
        ]
        numbered = dict(zip(letters, registration.number(wanted), strict=True))
        letters = {source: with_number(letter, numbered[source]) for source, letter in letters.items()}
    files: dict[Path, bytes] = {}
    problems = Collector()
    reports: list[dict[str, Any]] = []
    entered: list[WrittenLetter] = []
    for source, letter in letters.items():
        made = None
        with problems.collect(answers=_shown(source)):
            made = assembler.make(letter, formats, entered=numbered[source].head if numbered else "")
        if made is None:
            continue
        remembered = registration.remembered(letter) if registration else ()
        notes = (*assembler.notes_on(letter), *remembered, *made.notes)
        deadlines = assembler.due_dates(letter)
        tell_notes((*notes, *(each.note for each in deadlines if each.passed)), _shown(source))
        own = {paths[source][suffix]: data for suffix, data in made.files.items()}
        files |= own
        if arguments.email_draft:
            from letters.matters.email_draft import email_draft, to_attach

            attached = to_attach({path.name: data for path, data in own.items()})
            files[paths[source]["eml"]] = email_draft(letter, assembler.office, attached)
        if registration:
            registration.join(numbered[source], letter)
            told = {each.id: each.day.isoformat() for each in deadlines}
            by_path = {place_of(path): data for path, data in own.items()}
            entered.append(registration.entered(letter, numbered[source], by_path, is_draft=made.is_draft, told=told))
        reports.append(
            {
                "answers": str(source),
                "kind": letter.kind,
                "is_draft": made.is_draft,
                **({"reference": letter.reference} if registration else {}),
                "files": [str(path) for path in own],
                "deadlines": [each.as_dict() for each in deadlines],
                "notes": [note.as_dict() for note in notes],
            }
        )
    problems.stop_if_any(problems.raised[0] if problems.raised else InvalidAnswers)
    written = write_all(files, overwrite=arguments.overwrite)
    if registration:
        registration.issue(entered)
    tell_written(written, as_json=arguments.json, letters=reports)
    return 0


def _shown(source: Path) -> str:
    return "standard input" if source == STDIN else str(source)


def _stem(source: Path) -> str:
    """What the letter of an answers file is called."""
    return "letter" if source == STDIN else source.stem


def _all_checked(assembler: Assembler, sources: Sequence[Path]) -> dict[Path, Letter]:
    """The letter each file describes. Raises InvalidAnswers with every problem in every file."""
    letters: dict[Path, Letter] = {}
    problems = Collector()
    taken: dict[str, Path] = {}
    for source in sources:
        # Case-insensitive, because on Windows and macOS Letter.docx and letter.docx are the same file.
        other = taken.setdefault(_stem(source).casefold(), source)
        if other != source:
            problems.add(
                Problem(
                    f"would be written under the same name as {other}.",
                    where=str(source),
                    hint="Rename one of the two files, or fill them into different folders.",
                )
            )
        answers: Answers | None = None
        with problems.collect():
            answers = read_answers(source)
        if answers is None:
            continue
        with problems.collect(answers=_shown(source)):
            letters[source] = assembler.check(answers)
        if answers.get("kind") in tuple(assembler.library.kinds):  # one run tells all
            with problems.collect():
                assembler.template(str(answers["kind"]))
    problems.stop_if_any(InvalidAnswers)
    return letters


def _refuse_duplicates(letters: Mapping[Path, Letter]) -> None:
    """Raise InvalidAnswers for files that describe the same letter, or two letters of one reference."""
    problems = Collector()
    contents: dict[str, Path] = {}
    references: dict[str, Path] = {}
    for source, letter in letters.items():
        same = contents.setdefault(letter.model_dump_json(), source)
        other = references.setdefault((letter.reference or "").casefold(), source) if letter.reference else source
        if same != source:
            message, hint = f"describes the same letter as {same}.", "Leave one of them out"
        elif other != source:
            message, hint = f"has the same reference as {other}: {letter.reference}.", "Correct one of them"
        else:
            continue
        problems.add(Problem(message, str(source), f"{hint}, or use --allow-duplicates.", "duplicate"))
    problems.stop_if_any(InvalidAnswers)
