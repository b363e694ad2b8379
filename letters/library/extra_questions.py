"""Questions that an office adds itself: `field = "extra.note"` in a prompt file, with a type, and no Python.

The answer is saved under `extra`, and a template prints it as `{{ extra.note }}`. What a prompt file says about it
becomes a field like those of the model, so whatever asks, checks, lists or saves fields handles it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, create_model

from letters._text.lazy_pattern import pattern
from letters.model.fields import Field
from letters.model.values import Amount, Day, FormattedText, Model, Number, OwnText, PictureText

TYPES = ("text", "rich-text", "date", "yes-no", "number", "money", "choice", "choices", "list", "entries", "picture")
# The types that one part of an entry may have.
PART_TYPES = ("text", "date", "yes-no", "number", "money", "choice")
# What only such a question may say about its field; the program knows it for every other field.
OWN_KEYS = frozenset({"type", "title", "required", "example", "confidential"})
_NAME = pattern(r"extra\.[a-z][a-z0-9_]*")
_PART = pattern(r"[a-z][a-z0-9_]*")


def is_extra(name: object) -> bool:
    """Whether a field is one that the office added."""
    return isinstance(name, str) and name.startswith("extra.")


def is_valid_name(name: str) -> bool:
    """Whether a template can use it: lowercase letters, digits and underscores."""
    return _NAME.fullmatch(name) is not None


def is_valid_part(name: object) -> bool:
    """The same for a part of an entry."""
    return isinstance(name, str) and _PART.fullmatch(name) is not None


def extra_field(entry: Mapping[str, Any]) -> Field:
    """The field that a question in a prompt file describes; the entry has been checked."""
    name, kind, choices = entry["field"], entry.get("type", "text"), tuple(entry.get("choices", {}))
    parts = tuple(map(extra_field, entry.get("item", []))) if kind == "entries" else ()
    return Field(
        name=name,
        kind={"entries": "group", "rich-text": "text", "picture": "text"}.get(kind, kind),
        title=entry.get("title") or name.removeprefix("extra.").replace("_", " ").capitalize(),
        description=entry.get("help") or entry.get("ask", ""),
        required=entry.get("required", False),
        default=None,
        example=entry.get("example"),
        choices=choices if kind in ("choice", "choices") else (),
        library="",
        annotation=_entries(name, parts) if kind == "entries" else _annotation(kind, choices),
        parts=parts,
        confidential=bool(entry.get("confidential", False)),
    )


def _annotation(kind: str, choices: Sequence[str]) -> Any:
    one: Any = Literal[tuple(choices)] if kind in ("choice", "choices") else OwnText
    simple = {
        "text": OwnText,
        "rich-text": FormattedText,
        "picture": PictureText,
        "date": Day,
        "yes-no": bool,
        "number": Number,
        "money": Amount,
    }
    return {**simple, "list": list[OwnText], "choices": list[one]}.get(kind, one)


def _entries(name: str, parts: Sequence[Field]) -> Any:
    """A list of entries, each a table with these parts."""
    columns: dict[str, Any] = {
        part.name: (part.annotation, ...) if part.required else (part.annotation | None, None) for part in parts
    }
    entry = create_model(name.replace(".", "_"), __base__=Model, **columns)
    return list[Annotated[entry, AfterValidator(_as_table)]]


def _as_table(entry: Model) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if value is not None}
