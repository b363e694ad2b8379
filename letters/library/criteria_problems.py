"""What is wrong with a `when` or `unless`: a fact that does not exist, or an answer that the fact can never have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any

from letters.errors import Problem
from letters.library.advice import options_of
from letters.model.criteria import asked_about
from letters.model.fields import Field
from letters.model.rulebook import Rulebook


def criterion_problems(
    name: str, wanted: Any, where: str, known: Mapping[str, Field], rulebook: Rulebook
) -> Iterator[Problem]:
    """What is wrong with one criterion.

    Args:
        name: the dotted name of a field.
        wanted: the answer, or the answers, it is compared with.
        where: for messages.
        known: the fields that may be asked about.
    """
    field = known.get(asked_about(name))
    if field is not None and name != asked_about(name):
        if field.kind not in ("text", "list") or not all(isinstance(word, str) for word in options_of(wanted)):
            yield Problem(f"“{name}” must list words to look for in a text.", where, "Write [“word”, “words”].")
        return
    if field is None:
        near = get_close_matches(name, known, n=1)
        hint = (
            f"Did you mean {near[0]}?" if near else "`letters fields KIND` lists the facts; each begins with request."
        )
        yield Problem(f"“{name}” is not a fact about a request.", where, hint)
        return
    if wanted == "any" or wanted is False:
        yield from _presence_problems(field, wanted, where, rulebook)
        return
    if wanted == [] or (isinstance(wanted, list) and "any" in wanted):
        yield Problem(f"lists no answers for {name}.", where, 'List the answers, or write "any" without brackets.')
        return
    for option in options_of(wanted):
        yield from _value_problems(field, option, where, rulebook)


def possible_values(field: Field, rulebook: Rulebook) -> tuple[str, ...]:
    """The only values that a field may have; none if it may have any."""
    return tuple(getattr(rulebook, field.library) if field.library else field.choices)


def _presence_problems(field: Field, wanted: Any, where: str, rulebook: Rulebook) -> Iterator[Problem]:
    """Problems of asking whether a field is answered, if it has a default and so is always answered."""
    if field.kind == "yes-no":
        if wanted == "any":
            yield Problem(
                f"asks whether {field.name} is answered, but a question left unanswered counts as no.",
                where,
                _YES_OR_NO,
            )
    elif field.default not in (None, []):
        always = "always" if wanted == "any" else "never"
        yield Problem(
            f"asks whether {field.name} is answered, but left unanswered it counts as “{_plain(field.default)}”, so "
            f"this is {always} true.",
            where,
            f"List the answers instead: {', '.join(possible_values(field, rulebook))}.",
        )


def _value_problems(field: Field, option: Any, where: str, rulebook: Rulebook) -> Iterator[Problem]:
    if field.kind == "yes-no":
        if not isinstance(option, bool):
            yield Problem(f"asks whether {field.name} is “{option}”, which it can never be.", where, _YES_OR_NO)
        return
    possible = possible_values(field, rulebook)
    if possible and option not in possible:
        near = get_close_matches(str(option), possible, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Possible answers: {', '.join(possible)}."
        yield Problem(f"asks whether {field.name} is “{option}”, which it can never be.", where, hint)
    elif not possible and (field.kind not in ("text", "list") or not isinstance(option, str)):
        yield Problem(
            f"asks whether {field.name} is “{option}”, which it can never be.",
            where,
            'Write "any" if it is answered, or false if it is not.',
        )


_YES_OR_NO = "Write true or false."


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value
