"""A legal basis: one provision or case that a letter may cite, and the deadlines it sets."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from letters._text.dates import long_date
from letters.model.calendar import WorkCalendar
from letters.model.values import WEB_ADDRESS, YEAR_OR_UNDATED, Date, Model, ShortName, Text

# How many years the words of a copy are taken to stand after its date, before they must be looked up again.
_FRESH_FOR = 2


class Deadline(Model):
    """A number of days that a provision allows for an answer."""

    id: ShortName = Field(title="Short name", description="The name used in templates: deadlines.written_denial.")
    days: Annotated[int, Field(ge=1, le=366)] = Field(title="Days", description="How many days it allows.")
    counted: Literal["calendar", "working"] = Field(title="Counted in", description="Which days are counted.")
    what: Text = Field(title="What is due", description="Completes “By then the Department must …”.")
    starts: list[str] = Field(
        default=["request.received"],
        min_length=1,
        title="Starts",
        description="The answers whose day starts the clock; the first that is given counts.",
    )
    start: Text = Field(default="receipt", title="Start", description="Completes “3 business days after …”.")
    first_day: Literal["excluded", "included"] = Field(
        default="excluded", title="First day", description="Whether the day that starts the clock is counted."
    )
    closed_last_day: Literal["earlier", "later", "stays"] = Field(
        default="earlier",
        title="Closed last day",
        description="Where a period ends that would end on a day on which the office is closed: on the last business "
        "day before it, on the next one after it, or on that day.",
    )
    after_stop: Literal["continues", "begins-anew"] = Field(
        default="continues",
        title="After a stop",
        description="Whether a period that was stopped continues when it is restarted, or begins anew.",
    )

    def counted_day(self, start: date, calendar: WorkCalendar) -> date:
        """The last day of the period, as counted."""
        days = self.days - (self.first_day == "included")
        return calendar.after(start, days, working=self.counted == "working")

    def settled(self, counted: date, calendar: WorkCalendar) -> date:
        """The day on which the period ends that was counted to this day."""
        match self.closed_last_day:
            case "earlier":
                return calendar.last_working_day(counted)
            case "later":
                return calendar.next_working_day(counted)
        return counted

    @property
    def in_words(self) -> str:
        """``3 business days``; ``15 calendar days``."""
        kind = "business" if self.counted == "working" else "calendar"
        return f"{self.days} {kind} day{'' if self.days == 1 else 's'}"


class Jurisdiction(Model):
    """Whose law an entry is: the federal law, a State's, a city's."""

    id: ShortName = Field(title="Short name", description="The name that entries of the law use.", examples=["us"])
    name: Text = Field(title="Name", description="As a letter prints it.", examples=["United States"])


class LegalBasis(Model):
    """One provision or case a letter may cite: an entry of `templates/legal_basis.toml`."""

    id: ShortName = Field(
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
    jurisdiction: ShortName = Field(
        title="Jurisdiction", description="Whose law it is: the short name of a [[jurisdiction]].", examples=["us"]
    )
    authority: Literal["binding", "persuasive"] = Field(
        default="binding", title="Authority", description="Persuasive if it does not bind in the office's State."
    )
    roles: list[ShortName] = Field(
        default=[],
        title="Roles",
        description="What it does in the office's law; the rules of the office ask for law by role.",
        examples=[["closes-records"]],
    )
    summary: Text = Field(title="What it says", description="Completes a sentence that begins with the citation.")
    supports: list[str] = Field(min_length=1, title="Kinds", description="Kinds of letter that may cite it.")
    applies_to: list[ShortName] = Field(min_length=1, title="Topics", description="Requests it fits.")
    only_for: list[ShortName] = Field(
        default=[],
        title="Only for",
        description="If given, it may be cited only where the request is about one of these.",
    )
    pair_with: list[str] = Field(
        default=[], title="Cited with", description="Bases that must be cited with it in the same letter."
    )
    pair_for: list[ShortName] = Field(
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
    deadlines: list[Deadline] = Field(default=[], title="Deadlines", description="Days it allows for an answer.")
    in_force_from: Date | None = Field(
        default=None,
        title="In force from",
        description="First day it may be cited; left out if not recorded.",
    )
    in_force_until: Date | None = Field(
        default=None, title="In force until", description="Last day it may be cited; left out while it is in force."
    )
    source: Annotated[str, Field(pattern=WEB_ADDRESS)] = Field(
        title="Source", description="Web address of the copy that was read."
    )
    as_of: date | Annotated[str, Field(pattern=YEAR_OR_UNDATED)] = Field(
        title="As of", description="Date of the text that was read: a date, a year, or “undated”."
    )
    words_from: Date | None = Field(
        default=None,
        title="Words from",
        description="First day on which the text is known to have read as the copy does; without it, the copy's date.",
    )
    words_until: Date | None = Field(
        default=None,
        title="Words until",
        description="Last day on which it is known to have read so; without it, two years after the copy's date.",
    )
    amended: list[Date] = Field(
        default=[], title="Amended", description="Each day on which an amendment of it is known to have taken effect."
    )
    confidence: Literal["high", "medium", "low"] | None = Field(
        default=None,
        title="Confidence",
        description="High: the operative text was read in full. Medium: in part, or as quoted. Low: less than that.",
    )
    unread: bool = Field(
        default=False,
        title="Unread",
        description="Whether nobody has read its text yet: a letter that cites it is a draft, and it fills no role.",
    )
    caveat: Text = Field(title="Caveat", description="What counsel must know before citing it.")

    @model_validator(mode="after")
    def _case_name_begins_the_citation(self) -> Self:
        if self.case_name and not self.citation.startswith(self.case_name):
            raise ValueError("the citation must begin with the case name.")
        if (self.form == "case") != bool(self.case_name):
            raise ValueError("a case must have a case name, and nothing else may have one.")
        if self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from:
            raise ValueError("it ends before it takes effect.")
        if self.words_from and self.words_until and self.words_until < self.words_from:
            raise ValueError("its words end before they begin.")
        return self

    @property
    def can_fill_a_role(self) -> bool:
        """Whether a letter that cites it meets a rule that asks for what it does."""
        return self.authority == "binding" and not self.unread

    def in_force_on(self, day: date) -> bool:
        """Whether it may be cited in a letter of that day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def stale_on(self, day: date) -> bool:
        """Whether no copy was read that shows the words of that day, so that they must be looked up.

        A case does not go stale with time; counsel must check each time that it is still good law.
        """
        if self.form == "case":
            return False
        first, last = self._first_day, self._last_day
        if first is None or last is None:
            return True
        oldest = day  # a copy is taken to be good for some years, unless its words are known to have ended
        if self.words_until is None:
            oldest = day.replace(year=day.year - _FRESH_FOR, day=min(day.day, 28) if day.month == 2 else day.day)
        return day < first or last < oldest or self.amended_before(day) is not None

    def amended_before(self, day: date) -> date | None:
        """The day of the last amendment known to lie between the words that were read and that day; None if none does.

        The words may be older than the day, or newer.
        """
        first, last = self._first_day, self._last_day
        if first is None or last is None:
            return None
        between = [each for each in self.amended if day < each <= first or last < each <= day]
        return max(between, default=None)

    @property
    def read_as_of(self) -> str:
        """Which text was read: ``October 29, 2019, to November 5, 2024``; ``2018``; ``undated``."""
        as_of = long_date(self.as_of) if isinstance(self.as_of, date) else self.as_of
        if self.words_until:
            as_of = long_date(self.words_until)
            first = self.words_from or (self.as_of if isinstance(self.as_of, date) else None)
            return f"{long_date(first)}, to {as_of}" if first else f"until {as_of}"
        return f"{long_date(self.words_from)}, to {as_of}" if self.words_from else as_of

    @property
    def _first_day(self) -> date | None:
        """The first day for which the words were read."""
        if self.words_from or self.as_of == "undated":
            return self.words_from
        return self.as_of if isinstance(self.as_of, date) else date(int(self.as_of), 1, 1)

    @property
    def _last_day(self) -> date | None:
        if self.words_until or self.as_of == "undated":
            return self.words_until
        return self.as_of if isinstance(self.as_of, date) else date(int(self.as_of), 12, 31)

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
