"""An entry of a file that is being checked, with a stand-in for each value that is wrong.

So that one wrong value is reported once, and does not look like a missing entry everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from letters.model.fields import annotation_of, bare
from letters.model.values import Model

M = TypeVar("M", bound=Model)
NOT_KNOWN = "…"
"""Stands for a text of which no example is known."""


def with_stand_ins(model: type[M], data: Any) -> M:
    """The entry that ``data`` describes: its values where they are right, an example or the default elsewhere."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
    data = data if isinstance(data, Mapping) else {}
    values = {name: _value(info, data.get(name), name not in wrong) for name, info in model.model_fields.items()}
    return cast(M, model.model_construct(**values))


def _value(info: FieldInfo, given: Any, is_right: bool) -> Any:
    core = bare(info.annotation)
    if isinstance(core, type) and issubclass(core, Model) and (given is not None or info.is_required()):
        return with_stand_ins(core, given)
    entry = bare(get_args(core)[0]) if get_origin(core) is list else None
    if isinstance(entry, type) and issubclass(entry, Model) and isinstance(given, list):
        return [with_stand_ins(entry, each) for each in given]
    if is_right and given is not None:
        return TypeAdapter(annotation_of(info)).validate_python(given)
    if not info.is_required():
        return info.get_default(call_default_factory=True)
    if info.examples:
        return TypeAdapter(annotation_of(info)).validate_python(info.examples[0])
    return _of_type(core)


def _of_type(core: Any) -> Any:
    if get_origin(core) in (list, dict):
        return get_origin(core)()
    if get_origin(core) is Literal:
        return get_args(core)[0]
    if isinstance(core, type) and issubclass(core, Enum):
        return next(iter(core))
    return {date: date(2000, 1, 1), bool: False, int: 0}.get(core, NOT_KNOWN)
