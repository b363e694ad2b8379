"""How the model reports a broken rule, and the rules that many fields share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.criteria import asked_about


def broken(name: str, message: str, hint: str = "", code: str = "rule") -> Problem:
    """A broken rule.

    Args:
        name: the dotted name of the field where the rule is broken.
        message: the rest of a sentence that begins with the field's title.
    """
    return Problem(message, hint=hint, code=code, field=name)


def unknown(name: str, value: str, known: Mapping[str, object]) -> Problem:
    """``value`` is not among ``known``; the hint names the nearest, or all of them when they are few."""
    if near := get_close_matches(value, known, n=1):
        hint = f"Did you mean {near[0]}?"
    elif known:
        hint = f"Write one of: {', '.join(list(known)[:12])}{', …' if len(known) > 12 else ''}."
    else:
        hint = "The library has none; remove it."
    return broken(name, f"is “{value[:60]}”, which is not in the library.", hint, "unknown")


_MOST_REPEATED = 50  # entries that are named each


def repeated(name: str, values: Sequence[str] | None) -> Iterator[Problem]:
    """Entries that appear more than once in the list ``name``."""
    seen: set[str] = set()
    twice: list[tuple[int, str]] = []
    for number, value in enumerate(values or [], 1):
        if value in seen:
            twice.append((number, value))
        seen.add(value)
    for number, value in twice[:_MOST_REPEATED]:
        yield broken(f"{name}.{number}", f"names “{value}” a second time.", "Name each one once.")
    if (left := len(twice) - _MOST_REPEATED) > 0:
        yield broken(name, f"has {left:,} more entries that are there already.", "Name each one once.")


# What may stand before the first word of a sentence, and after its last.
_OPENING, _CLOSING = "\u201c\u2018\"'([", "\u201d\u2019\"')]"
# Words with which no name begins, so that a capital is wrong in the middle of a sentence.
_NOT_CAPITALIZED = ("A ", "An ", "By ", "From ", "The ", "To ", "With ", "Within ")


def not_a_fragment(name: str, value: str | None, marks: str = ".,;:", *, opening: bool = False) -> Iterator[Problem]:
    """A text that is printed in the middle of a sentence must not end with punctuation of its own.

    Args:
        opening: whether it must not begin with a capitalized article or preposition either.
    """
    if opening and value and value.startswith(_NOT_CAPITALIZED):
        first = value.split()[0]
        yield broken(
            name,
            f"begins with “{first}”, but is printed in the middle of a sentence.",
            f"Write “{first.lower()}”.",
        )
    if value and value.endswith(tuple(marks)):
        yield broken(
            name,
            f"ends with “{value[-1]}”, but is printed in the middle of a sentence.",
            "Delete it; if it belongs to an abbreviation, put another word last.",
        )


def not_a_sentence(name: str, value: str | None) -> Iterator[Problem]:
    """A text that is printed as sentences of its own begins with a capital and ends with a period."""
    if not value:
        return
    start, end = value.lstrip(_OPENING), value.rstrip(_CLOSING)
    if start[:1].islower():
        word = start.split()[0]
        yield broken(name, f"begins with “{word}”, but must be a whole sentence.", "Begin it with a capital.")
    if not end.endswith((".", "!", "?")):
        yield broken(name, "does not end with a period, but must be a whole sentence.", "Add the period.")


def not_after(name: str, day: date | None, limit: date | None, what: str) -> Iterator[Problem]:
    """A day must not be later than another one.

    Args:
        limit: the other day; nothing is checked while either is not known.
        what: what the other day is, such as “the letter's date”.
    """
    if day and limit and day > limit:
        yield broken(name, f"is {long_date(day)}, after {what} ({long_date(limit)}).", "Correct one of the two dates.")


def not_before(name: str, day: date | None, limit: date | None, what: str) -> Iterator[Problem]:
    """A day must not be earlier than another one. Arguments as for `not_after`; ``what`` may be a clause."""
    if day and limit and day < limit:
        yield broken(name, f"is {long_date(day)}, before {what} ({long_date(limit)}).", "Correct one of the two dates.")


def facts_in_words(tables: Sequence[Mapping[str, object]]) -> str:
    """Criteria as a message tells them: ``request.subjects is not answered; or request.process is none``."""
    return "; or ".join(" and ".join(_fact(name, wanted) for name, wanted in table.items()) for table in tables)


def _fact(name: str, wanted: object) -> str:
    if name != asked_about(name):
        words = wanted if isinstance(wanted, list) else [wanted]
        return f"{asked_about(name)} mentions {' or '.join(f'“{each}”' for each in words)}"
    if wanted == "any":
        return f"{name} is answered"
    if wanted is False:
        return f"{name} is empty or no"
    if wanted is True:
        return f"{name} is yes"
    options = wanted if isinstance(wanted, list) else [wanted]
    return f"{name} is {' or '.join(f'“{each}”' for each in options)}"


class RulesBroken(ValueError):
    """Carries the problems of a letter through pydantic's own validation error."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))
