"""The contact notice: tells a requester which office and person to write to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import Letter
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment
from letters.model.values import Day, Process


class ContactNotice(Letter):
    """Tells the requester which office and person to write to, and what a request should contain."""

    kind: Literal["contact-notice"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["contact-notice"]
    )
    answer_by: Day | None = Field(
        default=None,
        title="Day of our answer",
        description="For a public-records request: the day by which the Department will respond.",
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
                "is missing: the notice says whom in the Department the requester contacted.",
                "Write the person or the office.",
                "missing",
            )
        yield from not_a_fragment("request.received_by", request.received_by)
        if not request.public_records:
            if self.answer_by is not None:
                yield broken("answer_by", "is given, but the request is not a public-records request.", "Remove it.")
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
                "Write a later day.",
            )
        if request.received:
            last = self.deadlines(rulebook).get("permit-inspection")
            late = bool(last and self.date and self.date > last.day)  # then no day can still be on time
            if last and not late and self.answer_by > last.day:
                yield broken(
                    "answer_by",
                    f"is {long_date(self.answer_by)}, after {long_date(last.day)}, the last day the law allows.",
                    f"{last.basis.citation} gives {last.deadline.in_words} from receipt.",
                )

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().cautions(rulebook)
        if self.request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{self.request.process}”, which this notice does not answer.",
                "Answer it separately, before its return date, with a subpoena-response.",
            )
        first = self.deadlines(rulebook).get("explain-when")
        if first and self.date > first.day:
            yield broken(
                "date",
                f"is after {long_date(first.day)}, the day by which this notice was due.",
                f"{first.basis.citation} gives {first.deadline.in_words} from receipt.",
            )
