"""The law and terms of a library: what is out of date, and what nothing uses. Mistakes are found by loading them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from letters.errors import Problem
from letters.library.prompts import Questionnaire
from letters.model.rulebook import Rulebook

_LAW = "templates/legal_basis.toml"


def notes_on_law(
    rulebook: Rulebook,
    scripts: Mapping[str, Questionnaire],
    used: Mapping[str, Collection[str]],
    advised: Collection[str],
    day: date | None,
) -> Iterator[Problem]:
    """Law that should be looked up again, and law that no letter can cite.

    Args:
        scripts: the questions of each kind.
        used: every path the template of each kind uses.
        advised: ids that the decision guide names.
        day: the date by which law counts as out of date; None leaves that out.
    """
    bases = rulebook.bases.values()
    if day is not None and (stale := [each.id for each in bases if each.in_force_on(day) and each.stale_on(day)]):
        entries = "1 entry" if len(stale) == 1 else f"{len(stale)} entries"
        message = f"The text of {entries} was read more than two years ago, before an amendment, or from an undated "
        message += f"copy: {', '.join(stale)}."
        hint = "Check each in the official source, and enter the date under as_of."
        yield Problem(message, _LAW, hint, "stale-law")
    begins = {each.in_force_from for each in bases}
    if ended := [
        each.id
        for each in bases
        if day and each.in_force_until and each.in_force_until < day
        if each.in_force_until + timedelta(1) not in begins  # an earlier version of law that continues is kept
    ]:
        hint = "Keep them for letters of those days, or delete them."
        yield Problem(f"No longer in force: {', '.join(ended)}.", _LAW, hint, "past-law")
    for name in uncitable(rulebook, scripts, used, advised):
        message = f"No letter can cite {name}: no template does, and no kind under supports asks for legal bases."
        yield Problem(message, _LAW, "Add a kind to supports, or delete the entry.", "unused-law")


def uncitable(
    rulebook: Rulebook,
    scripts: Mapping[str, Questionnaire],
    used: Mapping[str, Collection[str]],
    advised: Collection[str],
) -> Iterator[str]:
    """The ids of law that no letter of some kinds can cite; with the arguments of `notes_on_law`."""
    offered = {kind for kind, script in scripts.items() if _asks(script, "legal_basis")}
    cited = {  # by id or by role
        path.split(".")[1].replace("_", "-") for paths in used.values() for path in paths if path.startswith("law.")
    }
    referred = {name for each in rulebook.conditions.values() for name in each.basis}
    named = {*cited, *advised, *referred}
    for each in rulebook.bases.values():
        if not offered.intersection(each.supports) and not named.intersection((each.id, *each.roles)):
            yield each.id


def foreign_law(rulebook: Rulebook, state: str) -> Iterator[Problem]:
    """Law of another State that is not marked as persuasive.

    Args:
        state: whose law binds the office, by name.
    """
    found: dict[str, list[str]] = {}
    for basis in rulebook.bases.values():
        name = rulebook.jurisdictions[basis.jurisdiction].name
        if "-" in basis.jurisdiction and name != state and basis.authority == "binding":  # a part of a country
            found.setdefault(name, []).append(basis.id)
    for name, entries in found.items():
        message = f"Law of {name} does not bind an office of {state}: {', '.join(entries)}."
        hint = 'Put your own law in its place, with the same roles; or mark it authority = "persuasive".'
        yield Problem(message, _LAW, hint, "foreign-law")


def unused_terms(rulebook: Rulebook, scripts: Mapping[str, Questionnaire]) -> Iterator[Problem]:
    """Conditions and objections that no question offers."""
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
                hint = "Add it to the choices of a question in prompts, or delete it."
                yield Problem(f"No question offers the {what} {name}.", f"templates/{file}", hint, "unused-term")


def _asks(script: Questionnaire, name: str) -> bool:
    return any(question.field.name == name for question in script.questions)
