"""The eight kinds of letter: the fields and the rules each adds to what every letter has."""

from __future__ import annotations

from collections.abc import Mapping

from letters.model.kinds.approval import ConditionalApproval
from letters.model.kinds.denials import Denial, RepeatDenial
from letters.model.kinds.justification import RequestForJustification
from letters.model.kinds.notices import ContactNotice, RoutingMemo
from letters.model.kinds.policy import PolicyStatement
from letters.model.kinds.subpoena import SubpoenaResponse
from letters.model.letter import Letter

__all__ = [
    "KINDS",
    "ConditionalApproval",
    "ContactNotice",
    "Denial",
    "PolicyStatement",
    "RepeatDenial",
    "RequestForJustification",
    "RoutingMemo",
    "SubpoenaResponse",
    "letter_type",
]

KINDS: Mapping[str, type[Letter]] = {
    "denial": Denial,
    "repeat-denial": RepeatDenial,
    "policy-statement": PolicyStatement,
    "conditional-approval": ConditionalApproval,
    "request-for-justification": RequestForJustification,
    "subpoena-response": SubpoenaResponse,
    "routing-memo": RoutingMemo,
    "contact-notice": ContactNotice,
}


def letter_type(kind: str) -> type[Letter]:
    """The model of a kind. A kind an office has added, without Python, has the fields every letter has."""
    return KINDS.get(kind, Letter)
