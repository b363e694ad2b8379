"""Pydantic's findings in plain words: the field by its title, what is wrong, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from msgspec.structs import replace
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from letters._text.toml_inline import in_toml
from letters.errors import Problem
from letters.model.fields import fields_of_model, title_of
from letters.model.rules import RulesBroken
from letters.model.values import SHORT_NAME, WEB_ADDRESS, YEAR_OR_UNDATED, Model

_MESSAGES = {
    "bool_parsing": "is neither true nor false.",
    "bool_type": "is neither true nor false.",
    "date_type": "is not a date.",
    "date_from_datetime_parsing": "is not a date.",
    "date_parsing": "is not a date.",
    "date_from_datetime_inexact": "is not a date.",
    "dict_type": "is not a table of names and values.",
    "list_type": "is not a list.",
    "missing": "is missing.",
    "null": "is null, which is no value.",
    "model_attributes_type": "is not a table of names and values.",
    "model_type": "is not a table of names and values.",
    "string_type": "is not text.",
    "string_unicode": "contains half of a character.",
    "too_short": "is empty.",
}
_FORMS = {
    SHORT_NAME: "is not a short name, which has lowercase letters, digits, and hyphens.",
    WEB_ADDRESS: "is not a web address, which begins with https://.",
    YEAR_OR_UNDATED: "is neither a date, nor a year, nor “undated”.",
}
_CODES = {"missing": "missing", "too_short": "missing", "extra_forbidden": "unknown"}
_MOST = 100  # problems that are described; many more come from a file that is no answers at all
_LONGEST_NAME = 200  # characters of a name that are shown
# Words that pydantic adds to a path when a value may have several types.
_NOT_FIELDS = ("constrained-str", "date", "str")


def problems_in(error: ValidationError, model: type[Model]) -> list[Problem]:
    """The findings of pydantic about ``model``, each as a Problem that names its field in words; the first hundred."""
    details = error.errors()
    found = _without_mistyped([problem for detail in details[:_MOST] for problem in _problems(detail, model)])
    if len(details) > _MOST:
        found.append(Problem(f"There are {len(details) - _MOST:,} more problems like these.", code="more"))
    return found


def _without_mistyped(problems: list[Problem]) -> list[Problem]:
    """The problems without missing fields whose names were probably mistyped, which is reported of those names."""
    meant = {problem.hint for problem in problems if problem.code == "unknown"}
    return [each for each in problems if each.code != "missing" or _did_you_mean(each.field) not in meant]


def _did_you_mean(name: str) -> str:
    return f"Did you mean {name}?"


def _printable(name: str) -> str:
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return shown.encode("utf-8", "replace").decode()


def named(problem: Problem, model: type[Model]) -> Problem:
    """``problem`` with a place in words, made from its dotted field."""
    title = title_of(model, tuple(problem.field.split(".")))
    return replace(problem, where=f"{title} ({problem.field})")


def _problems(detail: ErrorDetails, model: type[Model]) -> Iterator[Problem]:
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, RulesBroken):
        yield from (named(problem, model) for problem in cause.problems)
        return
    path = tuple(step for step in detail["loc"] if step not in _NOT_FIELDS or step in model.model_fields)
    path = tuple(_printable(step) if isinstance(step, str) else step for step in path)
    name = ".".join(str(step + 1) if isinstance(step, int) else step for step in path)
    kind = detail["type"] if detail["input"] is not None or detail["type"] == "value_error" else "null"
    if kind == "value_error":
        message, hint = str(cause), ""
    elif kind == "extra_forbidden":
        message, hint = "is not a field here.", _nearest(model, path)
    elif kind in ("enum", "literal_error"):
        message, hint = (
            "is not one of the choices.",
            f"Write one of: {detail['ctx']['expected'].replace(chr(39), '')}.",
        )
    elif kind == "null":
        message, hint = _MESSAGES[kind], _instead_of_null(model, path)
    elif kind == "string_pattern_mismatch":
        message, hint = _FORMS[detail["ctx"]["pattern"]], _what_to_write(model, path)
    else:
        message, hint = _MESSAGES.get(kind, f"is not right: {detail['msg']}."), _what_to_write(model, path)
    where = f"{title_of(model, path)} ({name})" if path else ""
    yield Problem(message, where, hint, _CODES.get(kind, "value"), name)


def _what_to_write(model: type[Model], path: tuple[str | int, ...]) -> str:
    field = fields_of_model(model).get(".".join(step for step in path if isinstance(step, str)))
    if field is None:
        return ""
    example = f" For example: {in_toml(field.example)}" if field.example not in (None, [], {}) else ""
    return f"{field.description}{example}"


def _instead_of_null(model: type[Model], path: tuple[str | int, ...]) -> str:
    field = fields_of_model(model).get(".".join(step for step in path if isinstance(step, str)))
    if field is None or isinstance(path[-1], int) or not field.required:
        empty = " or write []" if field and field.default == [] and not isinstance(path[-1], int) else ""
        return f"Leave it out{empty}." if empty else "Leave it out."
    return _what_to_write(model, path)


def _nearest(model: type[Model], path: tuple[str | int, ...]) -> str:
    names = fields_of_model(model)
    wrong = ".".join(str(step) for step in path)
    if wrong in names:  # all of it is one key
        group, _, last = wrong.rpartition(".")
        return f"Write it in its group: {last}, under [{group}]." if group else "Remove it."
    if near := get_close_matches(wrong, names, n=1, cutoff=0.75):
        return _did_you_mean(near[0])
    group = wrong.rpartition(".")[0]
    beside = [name for name in names if name.rpartition(".")[0] == group]  # rather than of another group
    for known in (beside, names):
        by_last = {name.rpartition(".")[2]: name for name in known}
        if near := get_close_matches(str(path[-1]), by_last, n=1):
            return _did_you_mean(by_last[near[0]])
    return "Remove it."
