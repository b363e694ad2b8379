"""What goes out beside an answer: the memo to all staff, and the notice to the requester whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import Letter, StatusSentence
from letters.model.office_data import Rulebook
from letters.model.rules import broken, not_a_fragment
from letters.model.values import Day, Process, Text, Topic


class RoutingMemo(StatusSentence):
    """Tells every employee to send such contacts to the legal office. Internal: a memo, not a letter."""

    needs_legal_basis = True

    kind: Literal["routing-memo"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["routing-memo"]
    )
    addressees: Text = Field(
        default="All employees", title="Addressees", description="Who receives the memo.", examples=["All employees"]
    )
    effective: Day = Field(
        title="Effective date", description="Day from which the instruction applies.", examples=["2019-08-09"]
    )
    covers_public_records: bool = Field(
        default=True,
        title="Public-records requests",
        description="Whether to tell staff where requests under the Inspection of Public Records Act go.",
        examples=[True],
    )

    @property
    def topics(self) -> frozenset[Topic]:
        own = {Topic.POLICY_INQUIRY, Topic.CHILD_SUPPORT, Topic.TRAFFICKING, Topic.ADMINISTRATIVE_SUBPOENA}
        return self.request.topics | own | ({Topic.PUBLIC_RECORDS} if self.covers_public_records else set())

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        yield from not_a_fragment("addressees", self.addressees)
        if self.effective and self.date and self.effective < self.date:
            yield broken(
                "effective",
                f"is {long_date(self.effective)}, before the memo's date ({long_date(self.date)}).",
                "An instruction does not bind backwards; write the memo's date or a later one.",
            )

    def _delivery_problems(self) -> Iterator[Problem]:
        yield from ()  # it goes to our own staff, not to the requester


class ContactNotice(Letter):
    """Tells the requester which one office and person to write to, and what a request should contain."""

    kind: Literal["contact-notice"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["contact-notice"]
    )
    answer_by: Day | None = Field(
        default=None,
        title="Day of our answer",
        description="For a public-records request: day by which the Department will respond.",
        examples=["2019-08-16"],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if not request.received_by:
            yield broken(
                "request.received_by",
                "is missing: the notice says whom in the Department the requester approached.",
                "Write the person or the office.",
                "missing",
            )
        yield from not_a_fragment("request.received_by", request.received_by)
        if not request.public_records:
            if self.answer_by is not None:
                yield broken("answer_by", "is given, yet the request is not a public-records request.", "Take it out.")
            return
        if self.answer_by is None:
            yield broken(
                "answer_by",
                "is missing: the notice of a public-records request must say when the Department will respond "
                "(NMSA 1978, § 14-2-8).",
                "Write the day.",
                "missing",
            )
            return
        if self.date and self.answer_by < self.date:
            yield broken(
                "answer_by",
                f"is {long_date(self.answer_by)}, before the letter's date ({long_date(self.date)}).",
                "Write a day to come.",
            )
        if request.received:
            last = self.deadlines(rulebook).get("permit-inspection")
            late = bool(last and self.date and self.date > last.day)  # then no day is left that would be in time
            if last and not late and self.answer_by > last.day:
                yield broken(
                    "answer_by",
                    f"is {long_date(self.answer_by)}, after {long_date(last.day)}, the last day the law gives.",
                    f"{last.basis.citation} gives {last.deadline.in_words} from receipt.",
                )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        if self.request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{self.request.process}”, which this notice does not answer.",
                "Answer it as well, before its return date: send a subpoena-response.",
            )
        first = self.deadlines(rulebook).get("explain-when")
        if first and self.date > first.day:
            yield broken(
                "date",
                f"is after {long_date(first.day)}, the day by which this notice was due.",
                f"{first.basis.citation} gives {first.deadline.in_words} from receipt.",
            )
