"""The office's details: what to ask, and `office.toml` with a comment on each line that says what it is.

Both come from the model of the office, so nothing the model needs is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, get_args, get_origin

import tomli
from msgspec import Struct
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from letters._text.languages import is_known
from letters._text.lazy_pattern import pattern
from letters._text.toml_inline import in_toml
from letters.errors import LibraryAtFault, Problem
from letters.linter.sentence_fit import IN_SENTENCES, why_no_part
from letters.model.calendar import WorkCalendar
from letters.model.error_wording import problems_in
from letters.model.fields import bare
from letters.model.office import Office
from letters.model.values import Model

_CODES: Mapping[str, str] = {
    "calendar.country": "Write the two letters of the country, such as US.",
    "calendar.subdivision": "Write its two letters, such as NM.",
}
_SOME_DAY = date(2026, 1, 5)
_HEAD = "# The office's details. Every letter takes its letterhead, contact, and signatory from here.\n\n"
_EXAMPLES: Mapping[str, str] = {
    "name": "Department of Employment Security",
    "state": "Franklin",
    "short_name": "the Department",
    "law_name": "the Unemployment Compensation Law",
    "unit": "Office of General Counsel",
    "head_title": "Director",
    "address": "1 Main Street / Springfield 00000",
    "telephone": "555-0100",
    "email": "legal@agency.example",
    "language": "en-US",
    "time_zone": "America/Chicago",
    "accepts_service": "the Office of General Counsel, 1 Main Street, Springfield, on any business day",
    "calendar.country": "US",
}
_DESCRIPTIONS: Mapping[str, str] = {"address": "Mailing address; between its lines, a slash with spaces around it."}
_YES_OR_NO = ("window_envelope",)
_BETWEEN_LINES = pattern(r"\s+/\s*|\s*/\s+")  # the slash of “1 1/2 Main Street” or “c/o” is none


class Detail(Struct, frozen=True):
    """One thing to ask.

    Args:
        name: dotted, as in the file; ``signatory.1.name`` for the first signatory.
        default: used if nothing is typed; empty if an answer is required.
    """

    name: str
    title: str
    description: str
    example: str
    default: str
    info: FieldInfo

    def problem_with(self, typed: str, others: Mapping[str, str] | None = None) -> str:
        """What is wrong with an answer, in a sentence; empty if nothing is.

        Args:
            others: the other answers, by name.
        """
        office = _table({**(others or {}), self.name: typed})
        try:
            Office.model_validate(office)
        except ValidationError as error:
            for problem in problems_in(error, Office):
                if self.name == problem.field and self.name in _YES_OR_NO:
                    return "Type yes or no."
                if self.name == problem.field:
                    told = ". " in problem.message  # what to write instead
                    hint = problem.hint or (f"For example: {self.example}" if self.example and not told else "")
                    return f"{self.title} {problem.message} {hint}".strip()
        return _why_unfit(self.name, typed.strip(), office.get("calendar"))


def details() -> list[Detail]:
    """Everything to ask, in the order of the file; only the first signatory is asked for."""
    return list(_details(Office, "", ""))


def _details(model: type[Model], prefix: str, group: str) -> Iterator[Detail]:
    for name, info in model.model_fields.items():
        place = f"{prefix}{name}"
        inner = bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            yield from _details(inner, f"{place}.", info.title or name)
            continue
        entry = bare(get_args(inner)[0]) if get_args(inner) else None
        if isinstance(entry, type) and issubclass(entry, Model):
            yield from _details(entry, f"{place}.1.", f"First {name}")
            continue
        if get_origin(inner) in (list, dict):  # not asked: an office that wants more than the default edits the file
            continue
        title = f"{group}: {(info.title or name).lower()}" if group else info.title or name
        example = _EXAMPLES.get(place) or (str(info.examples[0]) if info.examples else "")
        value = "" if info.is_required() else info.get_default(call_default_factory=True)
        default = ("yes" if value else "no") if place in _YES_OR_NO else str(value or "")
        description = _DESCRIPTIONS.get(place) or info.description or ""
        yield Detail(place, title, description, example, default, info)


def _value(name: str, typed: str) -> str | bool:
    """An answer as the file has it: an address is typed on one line, with slashes between its lines."""
    if name in _YES_OR_NO and typed.strip().lower() in ("yes", "y", "true", "no", "n", "false"):
        return typed.strip().lower() in ("yes", "y", "true")
    return "\n".join(filter(None, _BETWEEN_LINES.split(typed.strip()))) if name == "address" else typed.strip()


def office_from(answers: Mapping[str, str]) -> dict[str, Any]:
    """The office as a table, from answers by dotted name. Raises LibraryAtFault with every problem."""
    return checked(_table(answers))


def _is_known(calendar: object) -> bool:
    """Whether the public holidays of a country or State are known."""
    try:
        WorkCalendar.model_validate(calendar).why_closed(_SOME_DAY)
    except LibraryAtFault:
        return False
    except ValidationError:
        pass  # of another answer
    return True


def _table(answers: Mapping[str, str]) -> dict[str, Any]:
    """The office as a table, not checked."""
    office: dict[str, Any] = {}
    for detail in details():
        typed = answers.get(detail.name, "").strip() or detail.default
        if not typed:
            continue
        holder: Any = office
        *path, last = detail.name.split(".")
        for step in path:
            holder = holder.setdefault("__entries", [{}])[0] if step.isdigit() else holder.setdefault(step, {})
        holder[last] = _value(detail.name, typed)
    return {name: value["__entries"] if isinstance(value, dict) and "__entries" in value else value
            for name, value in office.items()}  # fmt: skip


def checked(office: Mapping[str, Any]) -> dict[str, Any]:
    """The office as a plain table, checked. Raises LibraryAtFault with every problem."""
    try:
        Office.model_validate(office)
    except ValidationError as error:
        problems = problems_in(error, Office)
        raise LibraryAtFault(problem.within("office.toml") for problem in problems) from error
    calendar = office.get("calendar", {})
    given = {**office, **{f"calendar.{name}": value for name, value in calendar.items()}}
    if found := [
        Problem(why, f"office.toml, {name}", field=name)
        for name in ("language", *IN_SENTENCES, *_CODES)
        if name in given and (why := _why_unfit(name, str(given[name]), calendar))
    ]:
        raise LibraryAtFault(found)
    return dict(office)


def _why_unfit(name: str, text: str, calendar: object) -> str:
    """What is wrong with a detail that the model of an office takes, in a sentence; empty if nothing is."""
    if name == "language" and not is_known(text):
        return f"“{text}” is not the tag of a language that is known. Write one such as en-US, es-US, or vi."
    if name in IN_SENTENCES and (why := why_no_part(text)):
        return f"{why} The letter goes on after it."
    if name in _CODES and not _is_known({"country": text} if name == "calendar.country" else calendar):
        return f"The public holidays of {text} are not known. {_CODES[name]}"
    return ""


def office_file(office: Mapping[str, Any]) -> str:
    """The text of `office.toml`, with what each line means."""
    plain = [*_lines(Office, office)]
    tables = []
    for name, info in Office.model_fields.items():
        inner, value = bare(info.annotation), office.get(name)
        if isinstance(value, Mapping) and isinstance(inner, type) and issubclass(inner, Model):
            tables += ["", f"# {info.description}", f"[{name}]", *_lines(inner, value)]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            model = bare(get_args(inner)[0])
            for number, entry in enumerate(value):
                tables += ["", *([f"# {info.description}"] if not number else []), f"[[{name}]]", *_lines(model, entry)]
    return _HEAD + "\n".join([*plain, *tables]) + "\n"


def translated_office_file(office: Mapping[str, Any], shipped: str, language: str) -> str:
    """The text of `office.es.toml` for a new office, for its owner to write in that language.

    Args:
        shipped: the text of the same file in the library it is copied from.
        language: its tag.
    """
    known = tomli.loads(shipped)
    same = {"short_name"} if office.get("short_name") == "the Department" else set()
    lines = [
        f"# What letters in the language “{language}” say of the office. Names, addresses, and numbers are those of",
        "# office.toml. What is still as it is there has to be written in that language: `letters check` lists it.",
        "",
    ]
    for name in ("short_name", "law_name", "unit", "head_title", "accepts_service"):
        lines.append(f"{name} = {in_toml((known if name in same else office)[name])}")
    for table in ("records_custodian", "contact"):
        lines += ["", f"[{table}]", f"title = {in_toml(office[table]['title'])}"]
    for person in office["signatory"]:
        lines += ["", "[[signatory]]", f"id = {in_toml(person['id'])}", f"title = {in_toml(person['title'])}"]
    return "\n".join(lines) + "\n"


def _lines(model: type[Model], values: Mapping[str, Any]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        value = values.get(name)
        if value is None or isinstance(value, Mapping) or (isinstance(value, list) and _has_tables(value)):
            continue
        yield f"{name} = {in_toml(value)}  # {info.description}"


def _has_tables(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], Mapping)
