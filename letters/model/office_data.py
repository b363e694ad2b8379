"""What the office owns and the rules need: who signs, what may be cited, what may be granted and on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from letters._text.dates import DateOrder
from letters.model.calendar import WorkCalendar
from letters.model.values import Date, EMail, Model, Power, Process, Text, Topic

# The text of a provision that was read more years ago than this is to be looked up again before it is cited.
_FRESH_FOR = 2


class Person(Model):
    """A named official, with the title that goes with the name."""

    name: Text = Field(title="Name", description="Full name as it is to be printed.", examples=["Jordan Sample"])
    title: Text = Field(title="Title", description="Official title.", examples=["Investigative Assistant"])


class Signatory(Person):
    """Somebody who may sign for the office."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers call this signatory.", examples=["chief-counsel"]
    )


class Contact(Person):
    """The one person to whom further requests go."""

    telephone: Text = Field(title="Telephone", description="Direct line.", examples=["(505) 555-0100"])
    email: EMail = Field(title="Email", description="Email address.", examples=["counsel@dws.example"])


class Office(Model):
    """Who we are: `templates/office.toml`."""

    name: Text = Field(title="Name of the office", description="Full legal name of the department.")
    short_name: Text = Field(title="Short name", description="How a letter calls it after the first mention.")
    law_name: Text = Field(title="Governing law", description="Name of the law under which the records are kept.")
    unit: Text = Field(title="Unit", description="The unit that writes the letters.")
    head_title: Text = Field(title="Title of the head", description="Title of the head of the department.")
    address: Text = Field(title="Address", description="Postal address, one line a line.")
    telephone: Text = Field(title="Telephone", description="Main number.")
    email: EMail = Field(title="Email", description="General address.")
    language: Text = Field(default="en-US", title="Language", description="Language of the letters (BCP 47).")
    time_zone: Text = Field(title="Time zone", description="IANA name; decides what day it is.")
    date_order: DateOrder = Field(
        default="month-first",
        title="Order of dates",
        description="How 8/2/2019 is read: month-first, day-first, or ask.",
    )
    calendar: WorkCalendar = Field(title="Calendar", description="Days on which the office works.")
    accepts_service: Text = Field(
        title="Service of process",
        description="Who accepts process and where; completes “Process may be served on …”.",
    )
    records_custodian: Contact = Field(
        title="Records custodian", description="Who receives requests under the public-records law."
    )
    contact: Contact = Field(title="Contact", description="The only contact for further requests.")
    signatory: list[Signatory] = Field(min_length=1, title="Signatories", description="Who may sign.")

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is not a time zone. Write an IANA name, such as America/Denver.") from None
        return name

    @field_validator("signatory")
    @classmethod
    def _ids_are_unique(cls, people: list[Signatory]) -> list[Signatory]:
        if len({person.id for person in people}) < len(people):
            raise ValueError("two signatories share a short name. Give each its own.")
        return people


class Deadline(Model):
    """A number of days a provision gives for an answer."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What templates call it: deadlines.written_denial."
    )
    days: Annotated[int, Field(ge=1, le=366)] = Field(title="Days", description="How many days it gives.")
    counted: Literal["calendar", "working"] = Field(title="Counted in", description="Which days count.")
    what: Text = Field(title="What is due", description="Completes “By then the Department must …”.")

    @property
    def in_words(self) -> str:
        """``3 business days``; ``15 calendar days``."""
        kind = "business" if self.counted == "working" else "calendar"
        return f"{self.days} {kind} day{'' if self.days == 1 else 's'}"


class LegalBasis(Model):
    """One provision or case a letter may cite: an entry of `templates/legal_basis.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers and templates call this basis.", examples=["cfr-603-4"]
    )
    citation: Text = Field(title="Citation", description="The citation as a letter prints it.")
    case_name: Text | None = Field(
        default=None,
        title="Case name",
        description="For a case: the part of the citation printed in italics.",
    )
    title: Text = Field(title="Title", description="What counsel sees beside the citation when choosing.")
    form: Literal["statute", "regulation", "case"] = Field(
        title="Form", description="What it is; decides the order in which a letter cites it."
    )
    jurisdiction: Literal["us", "us-nm"] = Field(title="Jurisdiction", description="Whose law it is.")
    authority: Literal["binding", "persuasive"] = Field(
        default="binding", title="Authority", description="Persuasive where it does not bind in New Mexico."
    )
    summary: Text = Field(title="What it says", description="Completes a sentence that begins with the citation.")
    supports: list[str] = Field(min_length=1, title="Kinds", description="Kinds of letter that may cite it.")
    applies_to: list[Topic] = Field(min_length=1, title="Topics", description="Requests it fits.")
    only_for: list[Topic] = Field(
        default=[],
        title="Only for",
        description="If given, citable only where the request is about one of these.",
    )
    pair_with: list[str] = Field(
        default=[], title="Cited with", description="Bases that must stand beside it in the same letter."
    )
    pair_for: list[Topic] = Field(
        default=[],
        title="Pairing for",
        description="If given, the pairing is called for only where the request is about one of these.",
    )
    only_if_asserted: bool = Field(
        default=False,
        title="Only in answer",
        description="Citable only where the requester relies on it.",
    )
    assertable: bool = Field(
        default=False,
        title="Relied on by requesters",
        description="Whether counsel is asked if the requester relies on it.",
    )
    deadlines: list[Deadline] = Field(
        default=[], title="Deadlines", description="Days it gives for an answer, counted from the day of receipt."
    )
    in_force_from: Date | None = Field(
        default=None,
        title="In force from",
        description="First day it may be cited; absent where not recorded.",
    )
    in_force_until: Date | None = Field(
        default=None, title="In force until", description="Last day it may be cited; absent while in force."
    )
    source: Annotated[str, Field(pattern=r"^https?://")] = Field(
        title="Source", description="Address of the copy that was read."
    )
    as_of: date | Annotated[str, Field(pattern=r"^([12]\d{3}|undated)$")] = Field(
        title="As of", description="Date of the text that was read: a date, a year, or “undated”."
    )
    caveat: Text = Field(title="Caveat", description="What counsel must know before citing it.")

    @model_validator(mode="after")
    def _case_name_begins_the_citation(self) -> LegalBasis:
        if self.case_name and not self.citation.startswith(self.case_name):
            raise ValueError("the case name must be the beginning of the citation.")
        if (self.form == "case") != bool(self.case_name):
            raise ValueError("a case needs a case name, and nothing else has one.")
        if self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from:
            raise ValueError("it ends before it begins.")
        return self

    def in_force_on(self, day: date) -> bool:
        """Whether it may be cited in a letter of that day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def stale_on(self, day: date) -> bool:
        """Whether the text was read from a copy more than two years older than that day, or from an undated one.

        A case does not go stale by its date; that it still stands is for counsel to look up each time.
        """
        if self.form == "case":
            return False
        if self.as_of == "undated":
            return True
        read = self.as_of if isinstance(self.as_of, date) else date(int(self.as_of), 12, 31)
        return read < day.replace(year=day.year - _FRESH_FOR, day=min(day.day, 28) if day.month == 2 else day.day)

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Order of citing: what binds before what persuades; statutes, regulations, cases; federal before State."""
        forms = ("statute", "regulation", "case")
        return (self.authority == "persuasive", forms.index(self.form), self.jurisdiction)


class Condition(Model):
    """One term an approval may carry: an entry of `templates/conditions.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers call this condition."
    )
    subject: Text = Field(title="Subject", description="The word or two that open the condition in the letter.")
    text: Text = Field(title="Wording", description="The condition itself; may use the same tags as a template.")
    required: bool = Field(default=False, title="Required", description="Whether every approval must carry it.")
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that call for it.")


class Objection(Model):
    """One objection to an agency's subpoena or summons: an entry of `templates/objections.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers call this objection."
    )
    subject: Text = Field(title="Subject", description="The word or two that open the objection in the letter.")
    text: Text = Field(title="Wording", description="The objection itself; may use the same tags as a template.")
    answers_to: list[Process] = Field(
        min_length=1, title="Answers to", description="The kinds of process it may be made to."
    )
    powers: list[Power] = Field(
        default=[],
        title="Powers",
        description="If given, made only to an agency's subpoena that relies on one of these powers.",
    )
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases its wording cites.")


class Element(Model):
    """One thing a request must show: an entry of `templates/showing.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What messages call it."
    )
    text: Text = Field(title="What to state", description="Completes “Such a request should state …”.")
    why: Text = Field(title="Why it is needed", description="A whole sentence; may use the same tags as a template.")
    fields: list[str] = Field(
        min_length=1, title="Fields", description="Answers that hold it; while one is empty, it is missing."
    )
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases its reason cites.")

    def missing_from(self, request: Model) -> bool:
        """Whether the request leaves any part of it open."""
        for name in self.fields:
            value: object = request
            for step in name.removeprefix("request.").split("."):
                value = getattr(value, step, None)
            if value in (None, "", [], "not-stated"):
                return True
        return False


class RecordCategory(Model):
    """One category of confidential records: an entry of `templates/conditions.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers call this category."
    )
    name: Text = Field(title="Name", description="As a letter prints it, within a sentence.")
    may_be_approved: bool = Field(
        default=True, title="May be approved", description="Whether an approval letter may grant it."
    )
    owed_for_child_support: bool = Field(
        default=False,
        title="Owed for child support",
        description="Whether the duty to child support enforcement covers it (42 U.S.C. § 503(e)(1)).",
    )
    reason: Text | None = Field(
        default=None, title="Reason", description="Why not, when it may not be approved; counsel reads it."
    )


@dataclass(frozen=True)
class Rulebook:
    """What the rules need from the library: who may sign, what may be cited, granted, objected to and asked for."""

    signatories: Mapping[str, Signatory]
    bases: Mapping[str, LegalBasis]
    conditions: Mapping[str, Condition]
    records: Mapping[str, RecordCategory]
    objections: Mapping[str, Objection]
    showing: Mapping[str, Element]
    calendar: WorkCalendar
    date_order: DateOrder = "month-first"

    @property
    def assertable(self) -> Mapping[str, LegalBasis]:
        """What requesters are known to rely on."""
        return {name: basis for name, basis in self.bases.items() if basis.assertable}


@dataclass(frozen=True)
class Due:
    """A day by which something is due."""

    day: date
    deadline: Deadline
    basis: LegalBasis


def due(received: date, topics: frozenset[Topic], rulebook: Rulebook) -> dict[str, Due]:
    """The days by which the law wants a request answered that was received on ``received``, by short name.

    The day after receipt is the first that counts. Working days are counted by the office's calendar.
    """
    return {
        deadline.id: Due(
            rulebook.calendar.after(received, deadline.days, working=deadline.counted == "working"), deadline, basis
        )
        for basis in rulebook.bases.values()
        if basis.in_force_on(received) and (not basis.only_for or topics & set(basis.only_for))
        for deadline in basis.deadlines
    }
