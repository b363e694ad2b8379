"""Compares questions with the model and templates: fields no question asks for, and questions nobody uses or sees."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from letters.errors import Problem
from letters.library.extra_questions import is_extra
from letters.library.prompts import Questionnaire
from letters.model.fields import Field
from letters.model.office_rules import RuleSet

_NOT_ASKED = frozenset({"kind", "extra"})  # the first is chosen; the second groups the office's own fields


def unasked(
    scripts: Mapping[str, Questionnaire], used: Mapping[str, Collection[str]]
) -> Iterator[tuple[Problem, tuple[str, ...]]]:
    """Fields that a template uses but no question of its kind asks for, with the kinds.

    Args:
        scripts: the questions of each kind.
        used: every path the template of each kind uses.
    """
    found: dict[str, list[str]] = {}
    for kind, script in scripts.items():
        asked = {question.field.name for question in script.questions} | script.presets.keys() | _NOT_ASKED
        taken = {path.removesuffix("_words") for path in used.get(kind, ())}
        for name in script.fields:
            if is_extra(name):
                continue
            if name not in asked and any(path == name or path.startswith((f"{name}.", f"{name}[")) for path in taken):
                found.setdefault(name, []).append(kind)
    for name, kinds in found.items():
        message = f"No question asks for {name}, so it can only come from an answers file."
        hint = f'To ask for it, add a [[section.question]] with field = "{name}".'
        yield Problem(message, "prompts", hint, "unasked"), tuple(kinds)


def unused(
    scripts: Mapping[str, Questionnaire], used: Mapping[str, Collection[str]], rules: RuleSet
) -> Iterator[tuple[Problem, str]]:
    """Questions for fields that the office has added and neither a template nor a rule uses, with the kind.

    Args:
        scripts: the questions of each kind.
        used: every path that the template of each kind, or the wording it prints, uses.
    """
    for kind, script in scripts.items():
        looked_at = {name for question in script.questions for name in (*question.when, *question.unless)}
        taken = {path.removesuffix("_words") for path in used.get(kind, ())} | looked_at | set(rules.answers_used(kind))
        for question in script.extras:
            if kind in used and question.field.name not in taken:
                message = f"Nothing uses {question.field.name}, so its question is asked for no reason."
                hint = f"Print it in the template with {{{{ {question.field.name} }}}}, or delete the question."
                yield Problem(message, f"prompts/{kind}.toml", hint, "unused-question"), kind


def never_asked(scripts: Mapping[str, Questionnaire], kinds: Collection[str]) -> Iterator[Problem]:
    """Questions whose condition cannot be true in any kind of letter."""
    impossible: dict[str, list[tuple[str, str]]] = {}
    waiting: dict[str, int] = {}
    for script in scripts.values():
        asked = {question.field.name for question in script.questions}
        for question in script.questions:
            name = question.field.name
            waiting[name] = waiting.get(name, 0) + 1
            for other, wanted in question.when.items():
                if reason := _impossible(other, wanted, script, asked, kinds):
                    impossible.setdefault(name, []).append(reason)
                    break
    for name, reasons in impossible.items():
        if len(reasons) == waiting[name]:
            why, hint = reasons[0]
            yield Problem(f"The question for {name} is never asked: {why}.", "prompts", hint, "never-asked")


def _impossible(
    other: str, wanted: Any, script: Questionnaire, asked: Collection[str], kinds: Collection[str]
) -> tuple[str, str] | None:
    options = wanted if isinstance(wanted, list) else [wanted]
    if other == "kind":
        unknown = [option for option in options if option not in (*kinds, "any")]
        if len(unknown) == len(options):
            return f"it is only for letters of the kind “{unknown[0]}”, which does not exist", "Correct the kind."
        return None
    if wanted is False or other in asked or is_extra(other):
        return None
    held = script.presets.get(other, _default(script.fields.get(other)))
    given = held if isinstance(held, list) else [held]
    if any(option in given or (option == "any" and held) for option in options):
        return None
    return f"it depends on {other}, which no question asks for", f"Ask for {other} too, or remove the condition."


def _default(field: Field | None) -> Any:
    return None if field is None else field.default
