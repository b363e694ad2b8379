"""The law and the terms of a library: what is stale, and what nothing uses. What is wrong is found in loading them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from letters.errors import Problem
from letters.library.prompts import Questionnaire
from letters.model.rulebook import Rulebook

_LAW = "templates/legal_basis.toml"


def notes_on_law(
    rulebook: Rulebook,
    scripts: Mapping[str, Questionnaire],
    used: Mapping[str, Collection[str]],
    advised: Collection[str],
    day: date,
) -> Iterator[Problem]:
    """Bases to look up again, and bases no letter can cite.

    Args:
        used: every path the template of a kind takes.
        advised: ids the decision guide names.
        day: today.
    """
    bases = rulebook.bases.values()
    if stale := [each.id for each in bases if each.stale_on(day)]:
        message = (
            f"The text of {_number(len(stale), 'basis', 'bases')} was read more than two years ago, or is undated:"
        )
        hint = "Look each up in the official source, and write its day under as_of."
        yield Problem(f"{message} {', '.join(stale)}.", _LAW, hint, "stale-law")
    if over := [each.id for each in bases if each.in_force_until and each.in_force_until < day]:
        hint = "Keep them for letters of those days, or take them out."
        yield Problem(f"No longer in force: {', '.join(over)}.", _LAW, hint, "past-law")
    offered = {kind for kind, script in scripts.items() if _asks(script, "legal_basis")}
    cited = {
        path.split(".")[1].replace("_", "-") for paths in used.values() for path in paths if path.startswith("law.")
    }
    referred = {name for each in rulebook.conditions.values() for name in each.basis}
    for each in bases:
        if not offered.intersection(each.supports) and each.id not in {*cited, *advised, *referred}:
            message = (
                f"{each.id} can be cited in no letter: no template names it, and no kind it supports asks for its law."
            )
            yield Problem(message, _LAW, "Add a kind to what it supports, or take it out.", "unused-law")


def unused_terms(rulebook: Rulebook, scripts: Mapping[str, Questionnaire]) -> Iterator[Problem]:
    """Entries that no question offers."""
    for field, entries, file, what in (
        ("conditions", rulebook.conditions, "conditions.toml", "condition"),
        ("objections", rulebook.objections, "objections.toml", "objection"),
    ):
        asking = [
            question for script in scripts.values() for question in script.questions if question.field.name == field
        ]
        offered = {name for question in asking for name in (question.choices or entries)}
        for name in entries:
            if name not in offered:
                hint = "Offer it among the choices in prompts, or take it out."
                yield Problem(f"The {what} {name} is offered by no question.", f"templates/{file}", hint, "unused-term")


def _asks(script: Questionnaire, name: str) -> bool:
    return any(question.field.name == name for question in script.questions)


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
