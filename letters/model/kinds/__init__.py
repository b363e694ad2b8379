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

from collections.abc import Iterator, Mapping

from letters.model.letter import Letter
from letters.model.rulebook import RECORDS_REQUEST

__all__ = ["KINDS", "letter_type"]


class _Kinds(Mapping[str, type[Letter]]):
    """The models, each imported when it is first asked for: few letters need more than one."""

    def __getitem__(self, kind: str) -> type[Letter]:
        match kind:
            case "denial":
                from letters.model.kinds.denials import Denial

                return Denial
            case "repeat-denial":
                from letters.model.kinds.denials import RepeatDenial

                return RepeatDenial
            case "policy-statement":
                from letters.model.kinds.policy_statement import PolicyStatement

                return PolicyStatement
            case "conditional-approval":
                from letters.model.kinds.conditional_approval import ConditionalApproval

                return ConditionalApproval
            case "request-for-justification":
                from letters.model.kinds.request_for_justification import RequestForJustification

                return RequestForJustification
            case "subpoena-response":
                from letters.model.kinds.subpoena_response import SubpoenaResponse

                return SubpoenaResponse
            case "routing-memo":
                from letters.model.kinds.routing_memo import RoutingMemo

                return RoutingMemo
            case "contact-notice":
                from letters.model.kinds.contact_notice import ContactNotice

                return ContactNotice
        raise KeyError(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)

    def __contains__(self, kind: object) -> bool:
        return kind in _NAMES


_NAMES = (
    "denial",
    "repeat-denial",
    "policy-statement",
    "conditional-approval",
    "request-for-justification",
    "subpoena-response",
    "routing-memo",
    "contact-notice",
)
KINDS: Mapping[str, type[Letter]] = _Kinds()


def letter_type(kind: str, form: str = RECORDS_REQUEST) -> type[Letter]:
    """The model of a kind. A kind that an office has added on its own has the fields of every letter.

    Args:
        form: the request form that the kind has chosen.
    """
    if kind in KINDS:
        return KINDS[kind]
    if form == RECORDS_REQUEST:
        return Letter
    from letters.model.kinds.without_request import LetterWithoutRequest

    return LetterWithoutRequest
