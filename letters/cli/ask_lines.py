"""Short questions that are answered with a line: what letters answer, for `letters init` and `letters scaffold`."""

from __future__ import annotations

import sys

from letters.errors import Interrupted
from letters.library.library import Library
from letters.model.rulebook import NO_FORM, RECORDS_REQUEST

_IN_WORDS = {
    RECORDS_REQUEST: "a request for records",
    NO_FORM: "nothing: you write first, and nothing is asked about what came in",
}
_ALL = "all of these"
_NEW = "another form of your own, which does not exist yet"


def typed_line() -> str:
    """What is typed next. Raises Interrupted at the end of the input."""
    print("> ", end="", file=sys.stderr, flush=True)
    typed = sys.stdin.readline()
    if not typed:
        raise Interrupted("Stopped. Nothing was written.")
    return typed.strip()


def chosen_form(library: Library) -> str:
    """What the letters of a new kind answer: the name of a request form."""
    forms = _forms(library)
    chosen = _number("What does this letter answer?", [*map(_named, forms), _NEW])
    if chosen < len(forms):
        return forms[chosen]
    print("What is the form called? For example: permit-application", file=sys.stderr)
    while not (name := typed_line()):
        print("  A name is needed.", file=sys.stderr)
    return name


def chosen_form_of_kinds(library: Library) -> list[str]:
    """What the letters of a new library answer: the names of request forms that the kinds to copy may have."""
    forms = [form for form in _forms(library) if any(kind.form == form for kind in library.kinds.values())]
    if len(forms) < 2:
        return forms
    chosen = _number("What do your letters answer?", [_ALL, *map(_named, forms)])
    print("  Letters that answer something else, or nothing, are made with: letters scaffold", file=sys.stderr)
    return [forms[chosen - 1]] if chosen else forms


def _forms(library: Library) -> list[str]:
    own = {kind.form for kind in library.kinds.values()} - {RECORDS_REQUEST, NO_FORM}
    return [RECORDS_REQUEST, *sorted(own), NO_FORM]


def _named(form: str) -> str:
    return _IN_WORDS.get(form, f"the form {form} (prompts/{form}.toml)")


def _number(question: str, choices: list[str]) -> int:
    """The number of a choice, from 0; Enter takes the first."""
    print(f"\n{question}", file=sys.stderr)
    for number, words in enumerate(choices, 1):
        print(f"  {number:>2}  {words}", file=sys.stderr)
    print("  Type its number, or press Enter for the first.", file=sys.stderr)
    while typed := typed_line():
        if typed.isdigit() and 0 < int(typed) <= len(choices):
            return int(typed) - 1
        print(f"  Type a number from 1 to {len(choices)}.", file=sys.stderr)
    return 0
