"""The fields of a letter as a flat list: dotted name, type, title, description, example, and whether it is required.

`letters fields`, the interview and the wording of error messages all use this list, so they call a field by the same
name.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from letters.model.by_answers import steps_of
from letters.model.kinds import letter_type
from letters.model.office import Person
from letters.model.rulebook import RECORDS_REQUEST
from letters.model.values import Model

# Where the values of some fields are listed: the file its owner edits, by attribute of the Rulebook.
IN_LIBRARY = {
    "amended": "legal_basis.toml",
    "assertable": "legal_basis.toml",
    "decisions": "rules.toml",
    "natures": "rules.toml",
    "powers": "rules.toml",
    "processes": "rules.toml",
    "requesters": "rules.toml",
    "bases": "legal_basis.toml",
    "conditions": "conditions.toml",
    "grounds": "reasons.toml",
    "languages": "the languages of the kind",
    "objections": "objections.toml",
    "records": "conditions.toml",
    "signatories": "office.toml",
}


class Field(Struct, frozen=True):
    """One field that an answers file may contain.

    Args:
        name: dotted name, ``request.requester.agency``.
        kind: ``text``, ``date``, ``choice``, ``choices``, ``yes-no``, ``number``, ``money``, ``list``,
            ``persons``, ``group`` or ``table``.
        choices: allowed values, for ``choice`` and ``choices``; empty if the library lists them.
        parts: for ``group``: the fields of each of its entries.
        library: which entries of the library the values name, a key of `IN_LIBRARY`; empty if none.
        confidential: whether messages must never quote its answers.
        sentences: whether a letter prints it as sentences of its own.
    """

    name: str
    kind: str
    title: str
    description: str
    required: bool
    default: Any
    example: Any
    choices: tuple[str, ...]
    library: str
    annotation: Any
    parts: tuple[Field, ...] = ()
    confidential: bool = False
    sentences: bool = False

    @property
    def type_in_words(self) -> str:
        """The type, for people."""
        words = {
            "text": "text",
            "date": "date (YYYY-MM-DD)",
            "yes-no": "true or false",
            "number": "number",
            "money": "amount of money",
            "list": "list of texts",
            "persons": "list of name and title",
            "table": "table",
        }
        if self.library:
            return ("one id" if self.kind == "choice" else "list of ids") + f" from {IN_LIBRARY[self.library]}"
        if self.kind == "group":
            names = ", ".join(part.name if part.required else f"[{part.name}]" for part in self.parts)
            return f"list of tables: {names}"
        if self.kind == "choice":
            return "one of: " + ", ".join(self.choices)
        if self.kind == "choices":
            return "list of: " + ", ".join(self.choices)
        return words[self.kind]


def bare(annotation: Any) -> Any:
    """The annotation without Annotated and without ``| None``."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            inner = [part for part in get_args(annotation) if part is not type(None)]
            annotation = inner[0]
        else:
            return annotation


def _kind(annotation: Any) -> tuple[str, tuple[str, ...]]:
    core = bare(annotation)
    if get_origin(core) is list:
        item = bare(get_args(core)[0])
        if isinstance(item, type) and issubclass(item, Person):
            return "persons", ()
        if isinstance(item, type) and issubclass(item, Model):
            return "group", ()
        if isinstance(item, type) and issubclass(item, Enum):
            return "choices", tuple(member.value for member in item)
        return "list", ()
    if get_origin(core) is Literal:
        return "choice", tuple(get_args(core))
    if get_origin(core) is dict:
        return "table", ()
    if isinstance(core, type) and issubclass(core, Enum):
        return "choice", tuple(member.value for member in core)
    if core is bool:
        return "yes-no", ()
    if core is date:
        return "date", ()
    return "text", ()


@cache  # kinds of letter have most of what they ask about in common
def _walk(model: type[Model], prefix: str) -> tuple[Field, ...]:
    return tuple(_fields(model, prefix))


def _fields(model: type[Model], prefix: str) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        if info.exclude:  # a field that this kind of letter does not have
            continue
        inner = bare(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Model):
            yield from _walk(inner, f"{prefix}{name}.")
            continue
        kind, choices = _kind(info.annotation)
        library = _library(info)
        if library:
            kind = "choices" if kind == "list" else "choice"
        yield Field(
            name=f"{prefix}{name}",
            kind=kind,
            title=info.title or name,
            description=info.description or "",
            required=info.is_required(),
            default=None if info.is_required() else info.get_default(call_default_factory=False),
            example=info.examples[0] if info.examples else None,
            choices=choices,
            library=library,
            annotation=annotation_of(info),
            parts=_walk(bare(get_args(bare(info.annotation))[0]), "") if kind == "group" else (),
            confidential=bool(_extra(info).get("confidential")),
            sentences=bool(_extra(info).get("sentences")),
        )


def _library(info: FieldInfo) -> str:
    return str(_extra(info).get("library", ""))


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    """What the model says about a field besides its type."""
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def annotation_of(info: FieldInfo) -> Any:
    """The field's type with its checks, for validating a value on its own."""
    if not info.metadata:
        return info.annotation
    return Annotated[(info.annotation, *info.metadata)]


@cache
def fields_of_model(model: type[Model]) -> dict[str, Field]:
    """Every field of a model by dotted name, in the order of the model."""
    return {field.name: field for field in _walk(model, "")}


def fields_of(kind: str, form: str = RECORDS_REQUEST) -> dict[str, Field]:
    """Every field of a kind of letter.

    Args:
        form: the request form that the kind has chosen.
    """
    return fields_of_model(letter_type(kind, form))


@cache
def validator(kind: str, name: str) -> TypeAdapter[Any]:
    """Checks a value for one field on its own, as the model does."""
    return TypeAdapter(fields_of(kind)[name].annotation)


def title_of(model: type[Model], path: tuple[str | int, ...]) -> str:
    """What messages call the field at ``path``: its title, with the number of the item if it is in a list."""
    current: Any = model
    title = item = ""
    for step in path:
        core = bare(current)
        if isinstance(step, int) or step.isdigit():
            item = f", item {step + 1 if isinstance(step, int) else step}"
            current = get_args(core)[0] if get_args(core) else str
            continue
        if not (isinstance(core, type) and issubclass(core, Model)) or step not in core.model_fields:
            return f"{title}{item}, “{step}”" if title else f"“{step}”"
        info = core.model_fields[step]
        inner = info.title or step
        title = f"{title}{item}, {inner.lower()}" if item else inner
        item, current = "", info.annotation
    return title + item


def get(answers: Mapping[str, Any], name: str) -> Any:
    """The answer at a dotted name, or None."""
    current: Any = answers
    for step in steps_of(name):
        if type(current) is not dict and not isinstance(current, Mapping):  # the first is far cheaper to ask
            return None
        if step not in current:
            return None
        current = current[step]
    return current


def put(answers: dict[str, Any], name: str, value: Any) -> None:
    """Set the answer at a dotted name; None removes it."""
    *path, last = steps_of(name)
    for step in path:
        if value is None and step not in answers:
            return
        answers = answers.setdefault(step, {})
    if value is None:
        answers.pop(last, None)
    else:
        answers[last] = value
