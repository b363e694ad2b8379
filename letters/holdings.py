"""What the office owns and the rules need: who signs, what may be cited, what may be granted and on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from letters.values import EMail, Model, Text, Topic


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
    in_force_from: date | None = Field(
        default=None,
        title="In force from",
        description="First day it may be cited; absent where not recorded.",
    )
    in_force_until: date | None = Field(
        default=None, title="In force until", description="Last day it may be cited; absent while in force."
    )
    source: Annotated[str, Field(pattern=r"^https?://")] = Field(
        title="Source", description="Address of the copy that was read."
    )
    as_of: date | Annotated[str, Field(pattern=r"^(\d{4}|undated)$")] = Field(
        title="As of", description="Date of the text that was read: a date, a year, or “undated”."
    )
    caveat: Text = Field(title="Caveat", description="What counsel must know before citing it.")

    @model_validator(mode="after")
    def _case_name_begins_the_citation(self) -> LegalBasis:
        if self.case_name and not self.citation.startswith(self.case_name):
            raise ValueError("the case name must be the beginning of the citation.")
        if self.in_force_from and self.in_force_until and self.in_force_until < self.in_force_from:
            raise ValueError("it ends before it begins.")
        return self

    def in_force_on(self, day: date) -> bool:
        """Whether it may be cited in a letter of that day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )


class Condition(Model):
    """One term an approval may carry: an entry of `templates/conditions.toml`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        title="Short name", description="What answers call this condition."
    )
    subject: Text = Field(title="Subject", description="The word or two that open the condition in the letter.")
    text: Text = Field(title="Wording", description="The condition itself; may use the same tags as a template.")
    required: bool = Field(default=False, title="Required", description="Whether every approval must carry it.")
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that call for it.")


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
    """What the rules below need from the library: who may sign, what may be cited, what may be granted."""

    signatories: Mapping[str, Signatory]
    bases: Mapping[str, LegalBasis]
    conditions: Mapping[str, Condition]
    records: Mapping[str, RecordCategory]
