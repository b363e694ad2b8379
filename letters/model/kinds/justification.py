"""The request for a justification: what a request lacks, and why it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.office_data import Element, Rulebook
from letters.model.rules import broken
from letters.model.values import Access, Day, Nature, Process, Text

# The law of the notice that a public-records request needs more time.
_MORE_TIME = "ipra-14-2-10"


class RequestForJustification(StatusSentence):
    """Asks for what a request lacks before it can be considered; decides nothing.

    A public-records request is never asked for reasons: for one that is broad or burdensome this letter is the notice
    that more time is needed (NMSA 1978, § 14-2-10).
    """

    needs_legal_basis = True

    kind: Literal["request-for-justification"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["request-for-justification"]
    )
    due: Day | None = Field(
        default=None,
        title="Answer wanted by",
        description="Day by which the requester is asked to supply what is missing.",
        examples=["2019-09-13"],
    )
    also_asked: list[Text] = Field(
        default=[],
        title="Further questions",
        description="What else the requester is asked to state, beyond what the request lacks; each ends the list.",
        examples=[["whether the records are to be shown to any other agency"]],
    )
    answer_by: Day | None = Field(
        default=None,
        title="Day of our answer",
        description="For a public-records request: day by which the Department will respond.",
        examples=["2019-09-30"],
    )

    def missing(self, rulebook: Rulebook) -> list[Element]:
        """What the request does not show, in the order of `showing.toml`."""
        if self.request.public_records:
            return []
        return [element for element in rulebook.showing.values() if element.missing_from(self.request)]

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        yield from super().cites(rulebook)
        for element in self.missing(rulebook):
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
                "is “policy-inquiry”: nothing is asked for that could be justified.",
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
            yield broken(
                "due", "is missing: the letter must say by when an answer is wanted.", "Write a day.", "missing"
            )
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
                "Decide on the request, or say what else is to be asked.",
                "missing",
            )
        if self.answer_by is not None:
            yield broken("answer_by", "is given, yet the request is not a public-records request.", "Take it out.")

    def _time_notice_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        for name in ("due", "also_asked"):
            if getattr(self, name):
                yield broken(
                    name, "is given, yet a public-records request is not to be asked for reasons.", "Take it out."
                )
        if not self.request.burdensome:
            yield broken(
                "request.burdensome",
                "is “no”: only an excessively burdensome or broad public-records request has its time extended "
                "(NMSA 1978, § 14-2-10), and none may be asked for reasons.",
                "Answer the request (denial, or release), or answer yes if it is burdensome or broad.",
            )
        if self.legal_basis and _MORE_TIME in rulebook.bases and _MORE_TIME not in self.legal_basis:
            yield broken(
                "legal_basis",
                f"does not cite {rulebook.bases[_MORE_TIME].citation}, the law that allows the time.",
                f"Add {_MORE_TIME}.",
            )
        if self.answer_by is None:
            yield broken(
                "answer_by", "is missing: the notice says when the answer will come.", "Write a day.", "missing"
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
                "is “yes”: 11.3.100.106(C) NMAC asks for a signed release, and for no justification beside it.",
                "Check whether the release can be followed as it is (conditional-approval).",
            )
        if self.request.nature is Nature.CHILD_SUPPORT:
            yield broken(
                "request.nature",
                "is “child-support”: the law requires wage information to be disclosed for it upon request.",
                "Ask only for what the disclosure itself needs.",
            )
