"""Questions that an office adds itself: `field = "extra.note"` in a prompt file, with a type, and no Python.

The answer is saved under `extra`, and a template prints it as `{{ extra.note }}`. What a prompt file says about it
becomes a field like those of the model, so whatever asks, checks, lists or saves fields handles it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from letters.model.fields import Field
from letters.model.values import Day, OwnText

TYPES = ("text", "date", "yes-no", "choice", "choices", "list")
# What only such a question may say about its field; the program knows it for every other field.
OWN_KEYS = frozenset({"type", "title", "required", "example", "confidential"})
_NAME = re.compile(r"extra\.[a-z][a-z0-9_]*")


def is_extra(name: object) -> bool:
    """Whether a field is one that the office added."""
    return isinstance(name, str) and name.startswith("extra.")


def is_valid_name(name: str) -> bool:
    """Whether a template can use it: lowercase letters, digits and underscores."""
    return _NAME.fullmatch(name) is not None


def extra_field(entry: Mapping[str, Any]) -> Field:
    """The field that a question in a prompt file describes; the entry has been checked."""
    name, kind, choices = entry["field"], entry.get("type", "text"), tuple(entry.get("choices", {}))
    return Field(
        name=name,
        kind=kind,
        title=entry.get("title") or name.removeprefix("extra.").replace("_", " ").capitalize(),
        description=entry.get("help") or entry.get("ask", ""),
        required=entry.get("required", False),
        default=None,
        example=entry.get("example"),
        choices=choices if kind in ("choice", "choices") else (),
        library="",
        annotation=_annotation(kind, choices),
        confidential=bool(entry.get("confidential", False)),
    )


def _annotation(kind: str, choices: Sequence[str]) -> Any:
    one: Any = Literal[tuple(choices)] if kind in ("choice", "choices") else OwnText
    return {"text": OwnText, "date": Day, "yes-no": bool, "list": list[OwnText], "choices": list[one]}.get(kind, one)
