"""Denials: of a request, and of a request made again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment, not_a_sentence
from letters.model.values import SENTENCES, Access, AgencyKind, Nature, Process, Text

# The law that makes the records confidential. A denial rests on some of it, whatever else it cites.
_CONFIDENTIALITY_LAW = ("nm-51-1-32", "nmac-106-c", "cfr-603-4", "nm-sensitive-information-2025")


class Refusal(StatusSentence):
    """The rules that a first denial and a repeated one share."""

    needs_legal_basis = True

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if request.process and request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{request.process}”: a denial answers only a request that came without compulsory process.",
                "Counsel must answer the process itself (subpoena-response).",
            )
        if request.released:
            yield broken(
                "request.released",
                "is “yes”: signed releases from every person named permit release, so a denial would be wrong.",
                "Ask counsel; 11.3.100.106(C) NMAC allows release upon a signed, written release.",
            )
        kind = request.requester.agency_kind if request.requester else None
        if request.nature is Nature.CHILD_SUPPORT and kind is AgencyKind.CHILD_SUPPORT:
            yield broken(
                "request.nature",
                "is “child-support”, asked by a child support enforcement agency: 42 U.S.C. § 503(e)(1) requires wage "
                "information to be disclosed to it upon request, so a denial would be wrong.",
                "Write a conditional-approval, which confirms the duty; for other records ask counsel.",
            )
        if request.access is Access.POLICY:
            yield broken(
                "request.access",
                "is “policy-inquiry”: nothing is asked for that could be denied.",
                "Choose policy-statement as the kind of letter, or correct the access sought.",
            )
        closing = [name for name in _CONFIDENTIALITY_LAW if name in rulebook.bases]
        if self.legal_basis and closing and not set(closing) & set(self.legal_basis):
            yield broken(
                "legal_basis",
                "cites no law that makes the records confidential, so the denial has no basis.",
                f"Add one of: {', '.join(closing)}.",
            )
        if request.public_records and not self.responsible:
            yield broken(
                "responsible",
                "is missing: the denial of a public-records request must name each person responsible for it "
                "(NMSA 1978, § 14-2-11(B)).",
                "Add the name and title of each.",
                "missing",
            )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        last = self.deadlines(rulebook).get("written-denial")
        if last and self.date > last.day:
            yield broken(
                "date",
                f"is after {long_date(last.day)}, the last day for a written denial of a public-records request.",
                f"{last.basis.citation} gives {last.deadline.in_words} from receipt.",
            )


class Denial(Refusal):
    """Denies access or records, names the law, and says how to make a proper request."""

    kind: Literal["denial"] = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])


class RepeatDenial(Refusal):
    """Denies again what was denied before; lists each earlier request and answer, and says what is new."""

    kind: Literal["repeat-denial"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["repeat-denial"]
    )
    new_matter: Text | None = Field(
        default=None,
        title="What is new",
        description="What this request adds to the earlier ones; completes “The only new matter in it is …”. "
        "Left out, the letter says that nothing new was supplied.",
        examples=["a reference to a list of employers, which was not supplied"],
    )
    why_unchanged: Text | None = Field(
        default=None,
        title="Why the answer stays the same",
        description="Why the new matter does not change the answer; a complete sentence.",
        json_schema_extra=SENTENCES,
        examples=["It does not identify an investigation, and it does not narrow the access that is asked for."],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if not self.request:
            return
        earlier = self.request.earlier
        if earlier is not None and not any(each.answered for each in earlier):
            yield broken(
                "request.earlier",
                "is missing: a repeated denial lists each earlier request, at least one of which was answered."
                if not earlier
                else "lists no request that was answered, so nothing has been denied before.",
                "Add it with the date of our answer, or write a first denial (denial).",
                "missing",
            )
        if self.enclosures is not None and not self.enclosures:
            yield broken(
                "enclosures",
                "is missing: a repeated denial encloses each earlier answer.",
                "Name each earlier letter of ours that is enclosed.",
                "missing",
            )
        if self.new_matter and not self.why_unchanged:
            yield broken(
                "why_unchanged",
                "is missing, but the request adds something new.",
                "Say in a complete sentence why it does not change the answer.",
                "missing",
            )
        if self.why_unchanged and not self.new_matter:
            yield broken(
                "new_matter",
                "is missing, but a reason is given why it changes nothing.",
                "Say what is new, or remove the reason.",
                "missing",
            )
        yield from not_a_fragment("new_matter", self.new_matter, opening=True)
        yield from not_a_sentence("why_unchanged", self.why_unchanged)
