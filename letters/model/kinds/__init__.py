"""The eight kinds of letter, and the fields and rules that each adds to what every letter has.

In: the fields of `letters.model.letter.Letter` and the office's rulebook. Out: one model per kind, and `KINDS`, which
finds it by the name used in answers. Knows what `letters.model` knows, and nothing else.

- `denials`: a denial, and a denial of a request made again
- `policy_statement`: the office's policy in writing
- `conditional_approval`: approval of a targeted request on conditions, or confirmation of a duty to disclose
- `request_for_justification`: asks for what a request lacks
- `subpoena_response`: the answer to a subpoena, summons, order, or warrant
- `routing_memo`: tells all staff where to send such requests
- `contact_notice`: tells a requester whom to write to
- `without_request`: any letter of the office's own that answers no records request
"""

from __future__ import annotations

from collections.abc import Mapping

from letters.model.kinds.conditional_approval import ConditionalApproval
from letters.model.kinds.contact_notice import ContactNotice
from letters.model.kinds.denials import Denial, RepeatDenial
from letters.model.kinds.policy_statement import PolicyStatement
from letters.model.kinds.request_for_justification import RequestForJustification
from letters.model.kinds.routing_memo import RoutingMemo
from letters.model.kinds.subpoena_response import SubpoenaResponse
from letters.model.kinds.without_request import LetterWithoutRequest
from letters.model.letter import Letter
from letters.model.rulebook import RECORDS_REQUEST

__all__ = [
    "KINDS",
    "ConditionalApproval",
    "ContactNotice",
    "Denial",
    "LetterWithoutRequest",
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


def letter_type(kind: str, form: str = RECORDS_REQUEST) -> type[Letter]:
    """The model of a kind. A kind that an office has added on its own has the fields of every letter.

    Args:
        form: the request form that the kind has chosen.
    """
    return KINDS.get(kind) or (Letter if form == RECORDS_REQUEST else LetterWithoutRequest)
