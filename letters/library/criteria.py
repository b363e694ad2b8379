"""Criteria: what prompt files and the decision guide say under `when` and `unless`, compared with answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from letters.model.fields import get


def holds(wanted: Any, answer: Any) -> bool:
    """Whether an answer meets a criterion: a value, one of a list, “any” answer at all, or false for no or none."""
    if wanted == "any":
        return answer not in (None, "", [])
    if wanted is False:  # a yes-or-no question not asked yet counts as no
        return not answer
    options = wanted if isinstance(wanted, list) else [wanted]
    given = answer if isinstance(answer, list) else [answer]
    return any(option in given for option in options)


def applies(when: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    """Whether the answers meet all criteria, each given for a dotted field."""
    return all(holds(wanted, get(answers, name)) for name, wanted in when.items())
