"""The request for justification: what a request lacks, and why it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rulebook import Element, Rulebook
from letters.model.rules import broken
from letters.model.values import Access, Day, Nature, Process, Text

# The law that allows more time for a public-records request.
_MORE_TIME = "ipra-14-2-10"


class RequestForJustification(StatusSentence):
    """Asks for what a request lacks before it can be considered; decides nothing.

    Nobody is asked to justify a public-records request: for one that is broad or burdensome, this letter is the notice
    that more time is needed (NMSA 1978, § 14-2-10).
    """

    needs_legal_basis = True

    kind: Literal["request-for-justification"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["request-for-justification"]
    )
    due: Day | None = Field(
        default=None,
        title="Answer due",
        description="Day by which the requester is asked to supply what is missing.",
        examples=["2019-09-13"],
    )
    also_asked: list[Text] = Field(
        default=[],
        title="Further questions",
        description="What else the requester is asked to state; added at the end of the list of what is missing.",
        examples=[["whether the records are to be shown to any other agency"]],
    )
    answer_by: Day | None = Field(
        default=None,
        title="Day of our answer",
        description="For a public-records request: the day by which the Department will respond.",
        examples=["2019-09-30"],
    )

    def missing(self, rulebook: Rulebook) -> list[Element]:
        """What the request does not show, in the order of `showing.toml`."""
        if self.request.public_records:
            return []
        return [element for element in rulebook.showing.values() if element.missing_from(self.request)]

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        yield from super().cites(rulebook)
        for element in self.missing(rulebook) if self.request else ():
            yield from element.basis

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if request.public_records:
            yield from self._time_notice_problems(rulebook)
        else:
            yield from self._question_problems(rulebook)
        if request.access is Access.POLICY:
            yield broken(
                "request.access",
                "is “policy-inquiry”: no records are asked for, so there is nothing to justify.",
                "Choose policy-statement as the kind of letter, or correct the access sought.",
            )
        if request.process and request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{request.process}”: compulsory process is answered on its own terms.",
                "Choose subpoena-response as the kind of letter.",
            )

    def _question_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        if self.due is None:
            yield broken("due", "is missing: the letter must say when an answer is due.", "Write a day.", "missing")
        elif self.date and self.due <= self.date:
            yield broken(
                "due",
                f"is {long_date(self.due)}, not after the letter's date ({long_date(self.date)}).",
                "Write a later day.",
            )
        if not self.also_asked and not self.missing(rulebook):
            yield broken(
                "also_asked",
                "is missing: the request lacks nothing that this letter asks for.",
                "Decide the request, or say what else to ask.",
                "missing",
            )
        if self.answer_by is not None:
            yield broken("answer_by", "is given, but the request is not a public-records request.", "Remove it.")

    def _time_notice_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        for name in ("due", "also_asked"):
            if getattr(self, name):
                yield broken(
                    name, "is given, but nobody may be asked to justify a public-records request.", "Remove it."
                )
        if not self.request.burdensome:
            yield broken(
                "request.burdensome",
                "is “no”: the time may be extended only for an excessively burdensome or broad public-records request "
                "(NMSA 1978, § 14-2-10), and nobody may be asked to justify one.",
                "Answer the request (denial, or release), or answer yes if it is burdensome or broad.",
            )
        if self.legal_basis and _MORE_TIME in rulebook.bases and _MORE_TIME not in self.legal_basis:
            yield broken(
                "legal_basis",
                f"does not cite {rulebook.bases[_MORE_TIME].citation}, the law that allows more time.",
                f"Add {_MORE_TIME}.",
            )
        if self.answer_by is None:
            yield broken(
                "answer_by", "is missing: the notice must say when the answer will come.", "Write a day.", "missing"
            )
        elif self.date and self.answer_by <= self.date:
            yield broken(
                "answer_by",
                f"is {long_date(self.answer_by)}, not after the letter's date ({long_date(self.date)}).",
                "Write a later day.",
            )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        notice = self.deadlines(rulebook).get("more-time")
        if notice and self.date > notice.day:
            yield broken(
                "date",
                f"is after {long_date(notice.day)}, the last day for this notice.",
                f"{notice.basis.citation} gives {notice.deadline.in_words} from receipt.",
            )
        if self.due and (why := rulebook.calendar.why_closed(self.due)):
            yield broken("due", f"is {long_date(self.due)}, {why}.", "Choose a business day.")
        if self.request.released:
            yield broken(
                "request.released",
                "is “yes”: 11.3.100.106(C) NMAC requires a signed release, and no justification in addition.",
                "Check whether the records can be released as they were requested (conditional-approval).",
            )
        if self.request.nature is Nature.CHILD_SUPPORT:
            yield broken(
                "request.nature",
                "is “child-support”: the law requires wage information to be disclosed for that purpose upon request.",
                "Ask only for what the disclosure itself needs.",
            )
