"""A value written as TOML on one line, as in an answers file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def in_toml(value: Any) -> str:
    """A value as it is written in an answers file, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {in_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(in_toml(inner) for inner in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)
