"""The contact notice: tells a requester which office and person to write to."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import Letter
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment
from letters.model.values import Day


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
        yield from not_a_fragment("request.received_by", request.received_by)
        if self.date and self.answer_by and self.answer_by < self.date:
            yield broken(
                "answer_by",
                f"is {long_date(self.answer_by)}, before the letter's date ({long_date(self.date)}).",
                "Write a later day.",
            )
