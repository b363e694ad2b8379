"""Short questions that are answered with a line: what letters answer, for `letters init` and `letters scaffold`;
what a picture shows, for `letters pdf`.
"""

from __future__ import annotations

import sys

from letters._text.english import listed
from letters.errors import Interrupted
from letters.library.library import Library
from letters.model.rulebook import NO_FORM, RECORDS_REQUEST

_IN_WORDS = {
    RECORDS_REQUEST: "a request for records",
    NO_FORM: "nothing: you write first, and nothing is asked about what came in",
}
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
    chosen = _number("What does this letter answer?", [*(_named(form, library) for form in forms), _NEW])
    if chosen < len(forms):
        return forms[chosen]
    print("What is the form called? For example: permit-application", file=sys.stderr)
    while not (name := typed_line()):
        print("  A name is needed.", file=sys.stderr)
    return name


def forms_of_kinds(library: Library) -> dict[str, str]:
    """What the letters of a library answer: each request form that one of its kinds has, in words."""
    used = {kind.form for kind in library.kinds.values()}
    return {form: _named(form, library) for form in _forms(library) if form in used}


def _forms(library: Library) -> list[str]:
    own = {kind.form for kind in library.kinds.values()} - {RECORDS_REQUEST, NO_FORM}
    return [RECORDS_REQUEST, *sorted(own), NO_FORM]


def _named(form: str, library: Library) -> str:
    titles = [f"“{kind.title}”" for kind in library.kinds.values() if kind.form == form]
    answer = "answers" if len(titles) == 1 else "answer"
    return _IN_WORDS.get(form) or f"what {listed(titles)} {answer} (prompts/{form}.toml)"


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
