"""How the model says that a rule is broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from letters.errors import Problem


def broken(name: str, message: str, hint: str = "", code: str = "rule") -> Problem:
    """A rule of the model broken at the field called ``name``."""
    return Problem(message, hint=hint, code=code, field=name)


def unknown(name: str, value: str, known: Mapping[str, object]) -> Problem:
    """``value`` is none of ``known``; the hint names the nearest, or all when they are few."""
    near = get_close_matches(value, known, n=1)
    some = ", ".join(known) if len(known) <= 12 else ", ".join(list(known)[:12]) + ", …"
    hint = f"It may be: {some}." if known else "The library has none; take it out."
    if near:
        hint = f"Did you mean {near[0]}?"
    return broken(name, f"is “{value[:60]}”, which the library does not have.", hint, "unknown")


def repeated(name: str, values: Sequence[str] | None) -> Iterator[Problem]:
    """Entries of the list ``name`` that stand there more than once."""
    for number, value in enumerate(values or [], 1):
        if value in (values or [])[: number - 1]:
            yield broken(f"{name}.{number}", f"names “{value}” a second time.", "Name each once.")


def not_a_fragment(name: str, value: str | None, marks: str = ".") -> Iterator[Problem]:
    """A text that is printed within a sentence, and brings punctuation of its own."""
    if value and value.endswith(tuple(marks)):
        yield broken(
            name,
            f"ends with “{value[-1]}”, but stands within a sentence of the letter.",
            "Take it off; if it belongs to an abbreviation, put another word last.",
        )


class RulesBroken(ValueError):
    """Carries the rules a letter breaks out of pydantic."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))
