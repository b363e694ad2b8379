"""The request for justification: what a request lacks, and why it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rule_engine import Case
from letters.model.rulebook import Element, Rulebook
from letters.model.rules import broken
from letters.model.values import Day, Text


class RequestForJustification(StatusSentence):
    """Asks for what a request lacks before it can be considered; decides nothing.

    Nobody is asked to justify a public-records request: for one that is broad or burdensome, this letter is the notice
    that more time is needed.
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
        case = Case.of(self, rulebook)
        return [
            each
            for each in rulebook.showing.values()
            if case.bears_out(each, "showing") and each.missing_from(self.request)
        ]

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
            yield from self._time_notice_problems()
        else:
            yield from self._question_problems(rulebook)

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

    def _time_notice_problems(self) -> Iterator[Problem]:
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
