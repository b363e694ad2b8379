"""`letters read`: what a returned form claims, side by side with what the answers say."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from letters.approval.proof.pack import in_words
from letters.assembly.assembler import Assembler
from letters.cli.common import library_of, read_answers, read_bytes, visible
from letters.errors import LettersError
from letters.forms.enclosure_file import Enclosure
from letters.forms.returned import Claim, FormIdentity, FormReader, ReturnedForm
from letters.model.fields import get


def add(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("form", metavar="RETURNED", help="a form that came back: .pdf, .xfdf or .fdf")
    parser.add_argument("--answers", metavar="ANSWERS", help="answers to compare it with")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Exit code 1 if it is not one of our forms, or something in it is in doubt."""
    returned = read_returned(Assembler(library_of(arguments)), Path(arguments.form))
    answers = read_answers(Path(arguments.answers)) if arguments.answers else {}
    if arguments.json:
        print(json.dumps(returned.as_dict(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(returned, answers):
            print(visible(line))
    return int(returned.identity is FormIdentity.OTHER or any(each.doubt for each in returned.claims))


def read_returned(assembler: Assembler, file: Path) -> ReturnedForm:
    """A returned form, read against the forms of a library. Raises LettersError."""
    return FormReader(_enclosures(assembler), assembler.seal).read(read_bytes(file), str(file))


def _enclosures(assembler: Assembler) -> Iterator[Enclosure]:
    for kind in assembler.library.kinds:
        try:
            yield from assembler.enclosures.of(kind)
        except LettersError:  # `letters check` reports it; the forms of other kinds can still be read
            continue


def _lines(returned: ReturnedForm, answers: Mapping[str, Any]) -> Iterator[str]:
    yield f"{returned.name}: {_identity(returned)}"
    yield "Everything below is what its sender claims. Confirm each answer; `letters new --from` asks one by one."
    for note in returned.notes:
        yield f"  note: {note.message}{f' {note.hint}' if note.hint else ''}"
    for claim in returned.claims:
        yield ""
        yield f"{claim.label} ({claim.field})" + (f", for {claim.to}" if claim.to else "")
        yield from _words("they say", claim.says or "(nothing)")
        if claim.shows:
            yield from _words("it shows", claim.shows)
        if claim.to:
            known = get(answers, claim.to)
            yield from _words("we have", in_words(known) if known not in (None, "", []) else "(nothing)")
        yield from (f"  {each}" for each in _remarks(claim))
    if not returned.claims:
        yield "It says nothing."


def _remarks(claim: Claim) -> Iterator[str]:
    if claim.changed:
        yield "We had filled this field; the sender changed it."
    if claim.doubt:
        yield f"Not proposed as an answer: {claim.doubt}."
    elif not claim.to:
        yield "For your information; it is no answer."


def _identity(returned: ReturnedForm) -> str:
    if returned.enclosure is None:
        return str(returned.identity)
    form = f"{returned.identity}: “{returned.enclosure.name}” of {returned.enclosure.kind}"
    return f"{form}, which went out with a letter dated {returned.record.dated}" if returned.record else form


def _words(who: str, text: str) -> list[str]:
    lines = [piece for line in text.split("\n") for piece in textwrap.wrap(line, 80) or [""]]
    return [f"  {who}:  {lines[0]}", *(" " * (len(who) + 5) + line for line in lines[1:])]
