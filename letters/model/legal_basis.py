"""A legal basis: one provision or case that a letter may cite, and the deadlines it sets."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from letters.model.values import Date, Model, Text, Topic

# Years after which the text of a provision must be looked up again before it is cited.
_FRESH_FOR = 2


class Deadline(Model):
    """A number of days that a provision allows for an answer."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="The name used in templates: deadlines.written_denial."
    )
    days: Annotated[int, Field(ge=1, le=366)] = Field(title="Days", description="How many days it allows.")
    counted: Literal["calendar", "working"] = Field(title="Counted in", description="Which days are counted.")
    what: Text = Field(title="What is due", description="Completes “By then the Department must …”.")

    @property
    def in_words(self) -> str:
        """``3 business days``; ``15 calendar days``."""
        kind = "business" if self.counted == "working" else "calendar"
        return f"{self.days} {kind} day{'' if self.days == 1 else 's'}"


class LegalBasis(Model):
    """One provision or case a letter may cite: an entry of `templates/legal_basis.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="The name used in answers and templates for this basis.", examples=["cfr-603-4"]
    )
    citation: Text = Field(title="Citation", description="The citation as a letter prints it.")
    case_name: Text | None = Field(
        default=None,
        title="Case name",
        description="For a case: the part of the citation printed in italics.",
    )
    title: Text = Field(title="Title", description="What counsel sees next to the citation when choosing.")
    form: Literal["statute", "regulation", "case"] = Field(
        title="Form", description="What it is; determines the order in which a letter cites it."
    )
    jurisdiction: Literal["us", "us-nm"] = Field(title="Jurisdiction", description="Whose law it is.")
    authority: Literal["binding", "persuasive"] = Field(
        default="binding", title="Authority", description="Persuasive if it is not binding in New Mexico."
    )
    summary: Text = Field(title="What it says", description="Completes a sentence that begins with the citation.")
    supports: list[str] = Field(min_length=1, title="Kinds", description="Kinds of letter that may cite it.")
    applies_to: list[Topic] = Field(min_length=1, title="Topics", description="Requests it fits.")
    only_for: list[Topic] = Field(
        default=[],
        title="Only for",
        description="If given, it may be cited only where the request is about one of these.",
    )
    pair_with: list[str] = Field(
        default=[], title="Cited with", description="Bases that must be cited with it in the same letter."
    )
    pair_for: list[Topic] = Field(
        default=[],
        title="Pairing for",
        description="If given, the pairing is required only where the request is about one of these.",
    )
    only_if_asserted: bool = Field(
        default=False,
        title="Only in answer",
        description="Whether it may be cited only where the requester relies on it.",
    )
    assertable: bool = Field(
        default=False,
        title="Relied on by requesters",
        description="Whether counsel is asked if the requester relies on it.",
    )
    deadlines: list[Deadline] = Field(
        default=[], title="Deadlines", description="Days it allows for an answer, counted from the day of receipt."
    )
    in_force_from: Date | None = Field(
        default=None,
        title="In force from",
        description="First day it may be cited; left out if not recorded.",
    )
    in_force_until: Date | None = Field(
        default=None, title="In force until", description="Last day it may be cited; left out while it is in force."
    )
    source: Annotated[str, Field(pattern=r"^https?://")] = Field(
        title="Source", description="Web address of the copy that was read."
    )
    as_of: date | Annotated[str, Field(pattern=r"^([12]\d{3}|undated)$")] = Field(
        title="As of", description="Date of the text that was read: a date, a year, or “undated”."
    )
    caveat: Text = Field(title="Caveat", description="What counsel must know before citing it.")

    @model_validator(mode="after")
    def _case_name_begins_the_citation(self) -> LegalBasis:
        if self.case_name and not self.citation.startswith(self.case_name):
            raise ValueError("the citation must begin with the case name.")
        if (self.form == "case") != bool(self.case_name):
            raise ValueError("a case must have a case name, and nothing else may have one.")
        if self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from:
            raise ValueError("it ends before it takes effect.")
        return self

    def in_force_on(self, day: date) -> bool:
        """Whether it may be cited in a letter of that day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def stale_on(self, day: date) -> bool:
        """Whether the text was read from a copy more than two years older than that day, or from an undated one.

        A case does not go stale with time; counsel must check each time that it is still good law.
        """
        if self.form == "case":
            return False
        if self.as_of == "undated":
            return True
        read = self.as_of if isinstance(self.as_of, date) else date(int(self.as_of), 12, 31)
        return read < day.replace(year=day.year - _FRESH_FOR, day=min(day.day, 28) if day.month == 2 else day.day)

    @property
    def rank(self) -> tuple[bool, int, str]:
        """The order of citation: binding before persuasive; statutes, regulations, cases; federal before State."""
        forms = ("statute", "regulation", "case")
        return (self.authority == "persuasive", forms.index(self.form), self.jurisdiction)


class UnvettedLaw(Model):
    """Law that is not in `legal_basis.toml`. A letter that cites any is a draft."""

    citation: Text = Field(title="Citation", description="As it should be printed.", examples=["42 U.S.C. § 654"])
    summary: Text = Field(
        title="What it says",
        description="Completes a sentence that begins with the citation.",
        examples=["lists what a State plan for child support must provide"],
    )
