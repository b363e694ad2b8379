"""The routing memo: tells all staff to send such requests to the legal office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from letters._text.dates import long_date
from letters.errors import Problem
from letters.model.letter import StatusSentence
from letters.model.rulebook import Rulebook
from letters.model.rules import broken, not_a_fragment
from letters.model.values import Day, Text


class RoutingMemo(StatusSentence):
    """Tells every employee to send such requests to the legal office. An internal memo, not a letter."""

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
        description="Whether to tell staff where to send requests under the public-records law.",
        examples=[True],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        yield from not_a_fragment("addressees", self.addressees)
        if self.effective and self.date and self.effective < self.date:
            yield broken(
                "effective",
                f"is {long_date(self.effective)}, before the memo's date ({long_date(self.date)}).",
                "An instruction cannot take effect before it is given; write the memo's date or a later one.",
            )

    def _delivery_problems(self) -> Iterator[Problem]:
        yield from ()  # it goes to our own staff, not to the requester
