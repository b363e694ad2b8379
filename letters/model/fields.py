"""The fields of a letter, laid flat: dotted name, type in words, meaning, example, whether required.

One walk over the model serves `letters fields`, the interview and the wording of error messages, so that all three
call a field by the same name.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from letters.model.kinds import letter_type
from letters.model.office_data import Person, Rulebook
from letters.model.values import Model

# Where the values of some fields are listed: attribute of the Rulebook, to the file its owner edits.
IN_LIBRARY = {
    "assertable": "legal_basis.toml",
    "bases": "legal_basis.toml",
    "conditions": "conditions.toml",
    "objections": "objections.toml",
    "records": "conditions.toml",
    "signatories": "office.toml",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field an answer file may hold.

    Args:
        name: dotted name, ``request.requester.agency``.
        kind: ``text``, ``date``, ``choice``, ``choices``, ``yes-no``, ``list``, ``persons``, ``group`` or ``table``.
        choices: allowed values, for ``choice`` and ``choices``; empty where the library has them.
        parts: for ``group``: the fields of each of its entries.
        library: which entries of the library the values name (a key of `IN_LIBRARY`); else empty.
        confidential: messages never quote its answers (see `confidential`).
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

    @property
    def type_in_words(self) -> str:
        words = {
            "text": "text",
            "date": "date (YYYY-MM-DD)",
            "yes-no": "true or false",
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


def _walk(model: type[Model], prefix: str) -> Iterator[Field]:
    for name, info in model.model_fields.items():
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
            parts=tuple(_walk(bare(get_args(bare(info.annotation))[0]), "")) if kind == "group" else (),
            confidential=bool(_extra(info).get("confidential")),
        )


def _library(info: FieldInfo) -> str:
    return str(_extra(info).get("library", ""))


def _extra(info: FieldInfo) -> Mapping[str, Any]:
    """What the model says of a field beside its type."""
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


def fields_of(kind: str) -> dict[str, Field]:
    """Every field of a kind of letter."""
    return fields_of_model(letter_type(kind))


@cache
def validator(kind: str, name: str) -> TypeAdapter[Any]:
    """Checks a value for one field on its own, as the model does."""
    return TypeAdapter(fields_of(kind)[name].annotation)


def title_of(model: type[Model], path: tuple[str | int, ...]) -> str:
    """What messages call the field at ``path``: its title, with the item's number where it is in a list."""
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


def schema_of(kind: str, rulebook: Rulebook, extras: Iterable[Field] = ()) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the answers for one kind, with the ids this library has as choices.

    Args:
        extras: the fields the office has added (their names begin with ``extra.``).
    """
    schema = letter_type(kind).model_json_schema()

    def with_choices(node: Any) -> Any:
        if isinstance(node, list):
            return [with_choices(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        node = {key: with_choices(inner) for key, inner in node.items()}
        if isinstance(node.get("library"), str):
            ids = list(getattr(rulebook, node.pop("library")))
            if node.get("type") == "array":
                node["items"] = {**node.get("items", {}), "enum": ids}
            else:
                node["enum"] = ids
        return node

    properties = schema.pop("properties")
    if added := {field.name.removeprefix("extra."): _schema_of_extra(field) for field in extras}:
        properties["extra"] = {**properties["extra"], "properties": added}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **with_choices(schema),
        "title": f"Answers for a letter of the kind {kind}",
        "properties": {**with_choices(properties), "kind": {**properties["kind"], "const": kind}},
    }


def _schema_of_extra(field: Field) -> dict[str, Any]:
    examples = {"examples": [field.example]} if field.example is not None else {}
    schema = TypeAdapter(field.annotation).json_schema()
    return {**schema, "title": field.title, "description": field.description, **examples}


def get(answers: Mapping[str, Any], name: str) -> Any:
    """The answer at a dotted name, or None."""
    current: Any = answers
    for step in name.split("."):
        if not isinstance(current, Mapping) or step not in current:
            return None
        current = current[step]
    return current


def put(answers: dict[str, Any], name: str, value: Any) -> None:
    """Set the answer at a dotted name; None takes it out."""
    *path, last = name.split(".")
    for step in path:
        if value is None and step not in answers:
            return
        answers = answers.setdefault(step, {})
    if value is None:
        answers.pop(last, None)
    else:
        answers[last] = value
