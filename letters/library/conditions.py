"""Facts: the conditions that prompt files and the decision guide write under `when`, and whether answers fit them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letters.model.fields import get


def holds(wanted: Any, answer: Any) -> bool:
    """Whether one answer is as wanted: that value, one of a list, “any” answer, or false for none and for no."""
    if wanted == "any":
        return answer not in (None, "", [])
    if wanted is False:  # a yes-no question not yet asked is “no”
        return not answer
    options = wanted if isinstance(wanted, list) else [wanted]
    given = answer if isinstance(answer, list) else [answer]
    return any(option in given for option in options)


def applies(when: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether all conditions hold: each dotted field with what is wanted of it."""
    return all(holds(wanted, get(answers, name)) for name, wanted in when.items())
