"""The request, the letter and its kinds: the only authority on types and on what may be sent.

Every field has a title (how messages call it), a description (what it means) and an example. Fields are checked one
by one; `Letter.problems` then checks what no field can know alone: dates in order, a legal basis that supports this
kind of letter and is in force on its date, an approval that has everything an approval needs. Both are reported
together, so that counsel sees all there is to mend at once.

What the rules rest on: 20 C.F.R. part 603 and 11.3.100.106 NMAC as recorded in `templates/legal_basis.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from letters.dates import HOW_TO_WRITE, long_date, parse_date
from letters.errors import Problem

# --- values ----------------------------------------------------------------------------------------------------------


def clean_text(value: Any) -> Any:
    """Text as typed, but for its line ends (all become one newline) and the white space around it.

    Raises:
        ValueError: for a character no letter can print (control characters, half of a surrogate pair,
            noncharacters). Tabs and line breaks are fine.
    """
    if not isinstance(value, str):
        return value
    value = re.sub("\r\n|[\r\u0085\u2028\u2029]", "\n", value).strip()
    for place, character in enumerate(value, 1):
        if character in "\n\t":
            continue
        point = ord(character)
        if unicodedata.category(character) in ("Cc", "Cs") or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
            raise ValueError(
                f"holds the control character U+{point:04X} as its character {place}, which no letter can print. "
                "Delete it and type the text again."
            )
    if not value:
        raise ValueError("is empty. Leave it out altogether, or write it.")
    return value


def read_date(value: Any) -> date:
    """A day from a TOML date or from text; never from a number, never with a time of day."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return parse_date(value)
    raise ValueError(f"is not a date. {HOW_TO_WRITE}")


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value):
        raise ValueError("is not an e-mail address. Write it like name@agency.example.")
    return value


Text = Annotated[str, BeforeValidator(clean_text)]
EMail = Annotated[str, BeforeValidator(clean_text), BeforeValidator(lambda v: _email(v) if isinstance(v, str) else v)]
Day = Annotated[date, BeforeValidator(read_date)]


class AgencyKind(StrEnum):
    FEDERAL = "federal"
    STATE = "state"
    LOCAL = "local"
    TRIBAL = "tribal"
    CHILD_SUPPORT = "child-support"
    LABOR = "labor"
    PRIVATE = "private"


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"
    TELEPHONE = "telephone"
    VISIT = "visit"
    PORTAL = "portal"
    SERVICE = "service"


class Delivery(StrEnum):
    EMAIL = "email"
    MAIL = "mail"
    CERTIFIED_MAIL = "certified-mail"
    HAND = "hand"


class Access(StrEnum):
    DIRECT = "direct-access"
    BULK = "bulk"
    TARGETED = "targeted"
    POLICY = "policy-inquiry"


class Nature(StrEnum):
    CRIMINAL = "criminal"
    CIVIL = "civil"
    CHILD_SUPPORT = "child-support"
    NOT_STATED = "not-stated"


class Process(StrEnum):
    NONE = "none"
    ADMINISTRATIVE_SUBPOENA = "administrative-subpoena"
    LITIGANT_SUBPOENA = "litigant-subpoena"
    GRAND_JURY_SUBPOENA = "grand-jury-subpoena"
    COURT_ORDER = "court-order"
    SEARCH_WARRANT = "search-warrant"


class Topic(StrEnum):
    """What a request is about, in the words `legal_basis.toml` uses under ``applies_to``."""

    DIRECT_ACCESS = "direct-access"
    BULK = "bulk"
    TARGETED = "targeted"
    POLICY_INQUIRY = "policy-inquiry"
    ADMINISTRATIVE_SUBPOENA = "administrative-subpoena"
    JUDICIAL_SUBPOENA = "judicial-subpoena"
    COURT_ORDER = "court-order"
    PUBLIC_RECORDS = "public-records"
    CHILD_SUPPORT = "child-support"
    TRAFFICKING = "trafficking"


_PROCESS_TOPIC = {
    Process.ADMINISTRATIVE_SUBPOENA: Topic.ADMINISTRATIVE_SUBPOENA,
    Process.LITIGANT_SUBPOENA: Topic.JUDICIAL_SUBPOENA,
    Process.GRAND_JURY_SUBPOENA: Topic.COURT_ORDER,
    Process.COURT_ORDER: Topic.COURT_ORDER,
    Process.SEARCH_WARRANT: Topic.COURT_ORDER,
}


class Model(BaseModel):
    """Base of everything checked: unknown fields are refused, values are never echoed into error text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True)


# --- what the office owns --------------------------------------------------------------------------------------------


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
    email: EMail = Field(title="E-mail", description="E-mail address.", examples=["counsel@dws.example"])


class Office(Model):
    """Who we are: `templates/office.toml`."""

    name: Text = Field(title="Name of the office", description="Full legal name of the department.")
    short_name: Text = Field(title="Short name", description="How a letter calls it after the first mention.")
    law_name: Text = Field(title="Governing law", description="Name of the law under which the records are kept.")
    unit: Text = Field(title="Unit", description="The unit that writes the letters.")
    head_title: Text = Field(title="Title of the head", description="Title of the head of the department.")
    address: Text = Field(title="Address", description="Postal address, one line a line.")
    telephone: Text = Field(title="Telephone", description="Main number.")
    email: EMail = Field(title="E-mail", description="General address.")
    language: Text = Field(default="en-US", title="Language", description="Language of the letters (BCP 47).")
    time_zone: Text = Field(title="Time zone", description="IANA name; decides what day it is.")
    contact: Contact = Field(title="Contact", description="The only contact for further requests.")
    signatory: list[Signatory] = Field(min_length=1, title="Signatories", description="Who may sign.")

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
        default=None, title="Case name", description="For a case: the part of the citation printed in italics."
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
        default=[], title="Only for", description="If given, citable only where the request is about one of these."
    )
    pair_with: list[str] = Field(
        default=[], title="Cited with", description="Bases that must stand beside it in the same letter."
    )
    in_force_from: date | None = Field(
        default=None, title="In force from", description="First day it may be cited; absent where not recorded."
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


# --- the request -----------------------------------------------------------------------------------------------------


class Requester(Model):
    """Who sent the request."""

    agency: Text = Field(
        title="Requester's agency",
        description="Agency or organization that asks, by its full name.",
        examples=["U.S. Immigration and Customs Enforcement"],
    )
    agency_kind: AgencyKind = Field(
        title="Kind of agency", description="What sort of body the requester is.", examples=["federal"]
    )
    office: Text | None = Field(
        default=None,
        title="Requester's office",
        description="Component or field office.",
        examples=["Homeland Security Investigations, El Paso"],
    )
    name: Text | None = Field(
        default=None,
        title="Requester's name",
        description="Person who signed or made the request.",
        examples=["Jordan Sample"],
    )
    title: Text | None = Field(
        default=None,
        title="Requester's title",
        description="That person's official title.",
        examples=["Investigative Assistant"],
    )
    greeting: Text | None = Field(
        default=None,
        title="Greeting",
        description="Name as it stands after “Dear”. Without it the full name is used, or “Sir or Madam”.",
        examples=["Ms. Sample"],
    )
    identification: Text | None = Field(
        default=None,
        title="Requester's identification",
        description="Badge or identification number, for the file; not printed.",
        examples=["Badge 0000"],
    )
    address: Text | None = Field(
        default=None,
        title="Requester's address",
        description="Postal address, one line a line, as on an envelope.",
        examples=["P.O. Box 0000\nEl Paso, Texas 79900"],
    )
    email: EMail | None = Field(
        default=None,
        title="Requester's e-mail",
        description="E-mail address.",
        examples=["jordan.sample@agency.example"],
    )
    telephone: Text | None = Field(
        default=None, title="Requester's telephone", description="Telephone number.", examples=["(915) 555-0100"]
    )
    supervisor: Text | None = Field(
        default=None,
        title="Requester's supervisor",
        description="Supervisor, if named; for the file.",
        examples=["Taylor Specimen, Resident Agent"],
    )


class Request(Model):
    """What came in, and why."""

    received: Day = Field(
        title="Date received", description="Day the department received the request.", examples=["2019-08-01"]
    )
    dated: Day | None = Field(
        default=None,
        title="Date of the request",
        description="Date the request bears, if it bears one.",
        examples=["2019-08-01"],
    )
    channel: Channel = Field(title="Channel", description="How the request came.", examples=["email"])
    received_by: Text | None = Field(
        default=None,
        title="Received by",
        description="Who in the department it reached; for the file.",
        examples=["Office of the Secretary"],
    )
    their_reference: Text | None = Field(
        default=None,
        title="Requester's reference",
        description="Reference or file number the requester uses.",
        examples=["EP-2019-0000"],
    )
    requester: Requester = Field(title="Requester", description="Who sent the request.")
    access: Access = Field(
        title="Access sought", description="What sort of access the request is for.", examples=["direct-access"]
    )
    sought: Text = Field(
        title="Records sought",
        description="What is asked for, in our words; completes “your request for …”.",
        examples=["a log-in to the Department's database of employment records"],
    )
    quoted: Text | None = Field(
        default=None,
        title="Request in its own words",
        description="What is asked for, word for word, without quotation marks.",
        examples=["direct access to your wage and employer database"],
    )
    subjects: list[Text] = Field(
        default=[],
        title="Persons or employers named",
        description="Each person or employer whose records are asked for.",
        examples=[["Example Fabrication LLC"]],
    )
    period: Text | None = Field(
        default=None,
        title="Period of the records",
        description="The period for which records are asked for.",
        examples=["January 1, 2018, to June 30, 2019"],
    )
    records: list[str] = Field(
        default=[],
        title="Categories of records asked for",
        description="Short names of the categories in conditions.toml.",
        json_schema_extra={"library": "records"},
        examples=[["wage", "employer"]],
    )
    purpose: Text | None = Field(
        default=None,
        title="Stated purpose",
        description="Why the requester wants the records, as stated; completes “the purpose of the request as …”.",
        examples=["enforcement of the immigration laws"],
    )
    nature: Nature = Field(
        default=Nature.NOT_STATED,
        title="Nature of the matter",
        description="Whether the matter behind the request is criminal, civil, child support, or not stated.",
        examples=["criminal"],
    )
    investigation: Text | None = Field(
        default=None,
        title="Investigation",
        description="The investigation or proceeding, as a letter may name it; completes “in connection with …”.",
        examples=["a criminal investigation of suspected labor trafficking"],
    )
    case_number: Text | None = Field(
        default=None,
        title="Case number",
        description="Number of that investigation or proceeding.",
        examples=["TF-2019-0000"],
    )
    authority: Text | None = Field(
        default=None,
        title="Authority asserted",
        description="Legal authority the requester relies on, in the requester's words; for the file.",
        examples=["none stated"],
    )
    explanation: Text | None = Field(
        default=None,
        title="Explanation",
        description="The requester's explanation of how the records bear on the matter; whole sentences.",
        examples=["The named employer's wage reports show who was paid during the period under investigation."],
    )
    justification: Text | None = Field(
        default=None,
        title="Justification",
        description="The requester's justification for needing confidential records; whole sentences.",
        examples=["The employer's own books are not available and no other source holds the reports."],
    )
    process: Process = Field(
        default=Process.NONE,
        title="Compulsory process",
        description="Subpoena, order or warrant that came with the request.",
        examples=["none"],
    )
    released: bool = Field(
        default=False,
        title="Signed releases",
        description="Whether every person named has signed a written release.",
        examples=[False],
    )
    agreement: Text | None = Field(
        default=None,
        title="Existing agreement",
        description="Written agreement under which the requester may already receive records, if there is one.",
        examples=["Agreement 2018-00 of March 1, 2018"],
    )
    public_records: bool = Field(
        default=False,
        title="Public-records request",
        description="Whether it is made under the Inspection of Public Records Act.",
        examples=[False],
    )
    trafficking: bool = Field(
        default=False,
        title="Human trafficking",
        description="Whether the matter is an investigation of human trafficking.",
        examples=[False],
    )
    child_victim: bool = Field(
        default=False,
        title="Possible child victim",
        description="Whether a person under 18 may be a victim of trafficking.",
        examples=[False],
    )

    @property
    def topics(self) -> frozenset[Topic]:
        """What this request is about, for choosing legal bases that fit it."""
        topics = {Topic(self.access)} if self.access else set()
        if self.process in _PROCESS_TOPIC:
            topics.add(_PROCESS_TOPIC[self.process])
        if self.public_records:
            topics.add(Topic.PUBLIC_RECORDS)
        if self.nature == Nature.CHILD_SUPPORT:
            topics.add(Topic.CHILD_SUPPORT)
        if self.trafficking:
            topics.add(Topic.TRAFFICKING)
        return frozenset(topics)

    @property
    def names_a_matter(self) -> bool:
        """Whether it identifies a criminal investigation or child support proceeding (11.3.100.106(D) NMAC)."""
        return bool(self.investigation) and self.nature in (Nature.CRIMINAL, Nature.CHILD_SUPPORT)

    def problems(self) -> Iterator[Problem]:
        if self.dated and self.received and self.dated > self.received:
            yield broken(
                "request.dated",
                f"is {long_date(self.dated)}, after the day the request was received ({long_date(self.received)}).",
                "Correct one of the two dates.",
            )
        if self.access is Access.TARGETED and not (self.subjects or self.investigation or self.case_number):
            yield broken(
                "request.subjects",
                "is empty, yet the access sought is “targeted”.",
                "Name the persons, employers or the investigation, or choose another kind of access.",
            )
        if self.child_victim and not self.trafficking:
            yield broken(
                "request.trafficking",
                "is “no”, yet a possible child victim of trafficking is noted.",
                "Answer yes, or take the child victim back.",
            )


# --- the letter and its kinds ----------------------------------------------------------------------------------------


def broken(name: str, message: str, hint: str = "", code: str = "rule") -> Problem:
    """A rule of the model broken at the field called ``name``."""
    return Problem(message, hint=hint, code=code, field=name)


class Letter(Model):
    """What every letter has. A kind with fields of its own adds them in a subclass."""

    needs_legal_basis: ClassVar[bool] = False

    kind: str = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])
    date: Day = Field(title="Date of the letter", description="Day the letter bears.", examples=["2019-08-02"])
    reference: Text | None = Field(
        default=None, title="Our reference", description="Our file number.", examples=["OGC-2019-0142"]
    )
    delivery: list[Delivery] = Field(
        min_length=1, title="Delivery", description="How the letter is sent.", examples=[["email", "mail"]]
    )
    request: Request = Field(title="Request", description="What the letter answers.")
    signatory: str = Field(
        title="Signatory", description="Short name of the person who signs, from office.toml.", json_schema_extra={"library": "signatories"},
        examples=["chief-counsel"]
    )
    legal_basis: list[str] = Field(
        default=[],
        title="Legal basis",
        description="Short names of the provisions and cases the letter rests on, from legal_basis.toml.",
        json_schema_extra={"library": "bases"},
        examples=[["cfr-603-4", "nm-51-1-32"]],
    )
    responsible: list[Person] = Field(
        default=[],
        title="Persons responsible",
        description="Each person responsible for the decision, with title.",
        examples=[[{"name": "Casey Specimen", "title": "Secretary"}]],
    )
    copies: list[Text] = Field(
        default=[], title="Copies", description="Who receives a copy.", examples=[["Office of the Secretary"]]
    )
    enclosures: list[Text] = Field(
        default=[], title="Enclosures", description="What is enclosed.", examples=[["Your request of August 1, 2019"]]
    )
    extra: dict[str, Any] = Field(
        default={}, title="Further answers", description="Answers to questions this office has added.", examples=[{}]
    )

    @model_validator(mode="after")
    def _keeps_the_rules(self, info: ValidationInfo) -> Letter:
        if not isinstance(info.context, Rulebook):
            raise TypeError("a letter is checked against the library: use letters.answers.check")
        if found := list(self.problems(info.context)):
            raise RulesBroken(found)
        return self

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Every rule this letter breaks. Fields that failed on their own are None here and are passed over."""
        if self.request:
            yield from self.request.problems()
            if self.date and self.request.received and self.date < self.request.received:
                yield broken(
                    "date",
                    f"is {long_date(self.date)}, before the request was received "
                    f"({long_date(self.request.received)}).",
                    "Correct one of the two dates.",
                )
            yield from self._delivery_problems()
            for number, category in enumerate(self.request.records or [], 1):
                if category not in rulebook.records:
                    yield unknown(f"request.records.{number}", category, rulebook.records)
        if self.signatory and self.signatory not in rulebook.signatories:
            yield unknown("signatory", self.signatory, rulebook.signatories)
        yield from self._basis_problems(rulebook)

    def _delivery_problems(self) -> Iterator[Problem]:
        requester = self.request.requester
        if not requester or not self.delivery:
            return
        by_post = {Delivery.MAIL, Delivery.CERTIFIED_MAIL, Delivery.HAND} & set(self.delivery)
        if by_post and not requester.address:
            yield broken(
                "request.requester.address",
                "is missing, yet the letter goes by post or by hand.",
                "Write the address, or choose another delivery.",
                "missing",
            )
        if Delivery.EMAIL in self.delivery and not requester.email:
            yield broken(
                "request.requester.email",
                "is missing, yet the letter goes by e-mail.",
                "Write the e-mail address, or choose another delivery.",
                "missing",
            )

    def _basis_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        chosen = self.legal_basis or []
        if self.needs_legal_basis and not chosen:
            yield broken(
                "legal_basis",
                "is missing: this letter must say what law it rests on.",
                "Choose at least one basis; `letters fields` lists those that fit.",
                "missing",
            )
        seen: set[str] = set()
        for number, name in enumerate(chosen, 1):
            place = f"legal_basis.{number}"
            basis = rulebook.bases.get(name)
            if name in seen:
                yield broken(place, f"names {name} twice.", "Name each basis once.")
            seen.add(name)
            if basis is None:
                yield unknown(place, name, rulebook.bases)
                continue
            yield from self._misuses(basis, place, rulebook)
        for name in seen & rulebook.bases.keys():
            for partner in rulebook.bases[name].pair_with:
                other = rulebook.bases.get(partner)
                if other and partner not in seen and self.kind in other.supports:
                    yield broken(
                        "legal_basis",
                        f"cites {rulebook.bases[name].citation} without {other.citation}, "
                        "which must stand beside it.",
                        f"Add {partner}.",
                    )

    def _misuses(self, basis: LegalBasis, place: str, rulebook: Rulebook) -> Iterator[Problem]:
        if self.kind and self.kind not in basis.supports:
            yield broken(
                place,
                f"names {basis.id} ({basis.citation}), which does not support a letter of the kind {self.kind}.",
                f"It supports: {', '.join(basis.supports)}.",
            )
        if self.date and not basis.in_force_on(self.date):
            since = f" It is in force from {long_date(basis.in_force_from)}." if basis.in_force_from else ""
            until = f" It was in force until {long_date(basis.in_force_until)}." if basis.in_force_until else ""
            yield broken(
                place,
                f"names {basis.id} ({basis.citation}), which is not in force on {long_date(self.date)}, "
                f"the letter's date.{since}{until}",
                "Take it out, or correct the date.",
            )
        if self.request and basis.only_for and not self.request.topics & set(basis.only_for):
            yield broken(
                place,
                f"names {basis.id} ({basis.citation}), which may be cited only where the request is about "
                f"{', '.join(basis.only_for)}.",
                "Take it out, or correct the answers about the request.",
            )


class Denial(Letter):
    """Refuses access or records, says on what law, and says how to ask properly."""

    needs_legal_basis = True

    kind: Literal["denial"] = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])
    status_sentence: bool = Field(
        default=True,
        title="Sentence on 8 U.S.C. § 1373",
        description="Whether to say that the letter does not restrict the exchange of immigration-status information.",
        examples=[True],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        request = self.request
        if not request:
            return
        if request.process and request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{request.process}”: a denial answers a request that came without compulsory process.",
                "Counsel must answer the process itself (subpoena-response).",
            )
        if request.released:
            yield broken(
                "request.released",
                "is “yes”: a signed written release from every person named permits release, so a denial would be wrong.",
                "Ask counsel; 11.3.100.106(C) NMAC allows release upon a signed, written release.",
            )
        if request.access is Access.POLICY:
            yield broken(
                "request.access",
                "is “policy-inquiry”: nothing is asked for that could be denied.",
                "Choose policy-statement as the kind of letter, or correct the access sought.",
            )
        if request.public_records and not self.responsible:
            yield broken(
                "responsible",
                "is missing: the denial of a public-records request must name each person responsible for it "
                "(NMSA 1978, § 14-2-11(B)).",
                "Add the name and title of each.",
                "missing",
            )


class PolicyStatement(Letter):
    """States the office's policy in writing to a lawyer who asks for it."""

    needs_legal_basis = True

    kind: Literal["policy-statement"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["policy-statement"]
    )
    status_sentence: bool = Field(
        default=True,
        title="Sentence on 8 U.S.C. § 1373",
        description="Whether to say that the policy does not restrict the exchange of immigration-status information.",
        examples=[True],
    )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request and self.request.access and self.request.access is not Access.POLICY:
            yield broken(
                "request.access",
                f"is “{self.request.access}”: a policy statement answers a question about policy, not a request "
                "for records.",
                "Write policy-inquiry, or choose another kind of letter.",
            )


class ConditionalApproval(Letter):
    """Approves a targeted request on conditions (11.3.100.106(D) NMAC), or confirms a duty to child support."""

    needs_legal_basis = True

    kind: Literal["conditional-approval"] = Field(
        title="Kind of letter", description="Which letter this is.", examples=["conditional-approval"]
    )
    counsel_advised: Day | None = Field(
        default=None,
        title="Date of counsel's advice",
        description="Day the general counsel advised on this request.",
        examples=["2019-08-20"],
    )
    secretary_consented: Day | None = Field(
        default=None,
        title="Date of the secretary's consent",
        description="Day the secretary consented to and approved the release.",
        examples=["2019-08-22"],
    )
    approved: list[str] = Field(
        min_length=1,
        title="Categories approved",
        description="Short names of the categories of records approved; only categories that were asked for.",
        json_schema_extra={"library": "records"},
        examples=[["wage", "employer"]],
    )
    withheld_reason: Text | None = Field(
        default=None,
        title="Reason for withholding the rest",
        description="Why the other categories asked for are withheld; a whole sentence.",
        examples=["They are not needed for the purpose stated."],
    )
    agreement: Text = Field(
        title="Written agreement",
        description="The written agreement to be signed before any release; completes “under …”.",
        examples=["Disclosure Agreement OGC-2019-A07"],
    )
    recipients: list[Person] = Field(
        min_length=1,
        title="Recipients",
        description="Each person who may receive the records, because the purpose requires it.",
        examples=[[{"name": "Riley Placeholder", "title": "Task Force Investigator"}]],
    )
    method: Text = Field(
        title="Method of delivery",
        description="How the records are handed over; completes “The records will be delivered …”.",
        examples=["by encrypted file through the Department's secure portal"],
    )
    timing: Text = Field(
        title="Time of delivery",
        description="When; completes “The records will be delivered …”.",
        examples=["within ten business days after the agreement is signed"],
    )
    format: Text = Field(
        title="Format",
        description="In what form; completes “The records will be delivered …”.",
        examples=["as a comma-separated file with a record layout"],
    )
    conditions: list[str] = Field(
        min_length=1,
        title="Conditions",
        description="Short names of the conditions, from conditions.toml.",
        json_schema_extra={"library": "conditions"},
        examples=[["purpose", "need-to-know", "safeguards"]],
    )
    cost: Text | None = Field(
        default=None,
        title="Cost",
        description="What the requester pays; completes “The requester pays …”.",
        examples=["the Department's actual cost of preparing the records"],
    )
    expires: Day = Field(
        title="Expiry date", description="Last day of the approval.", examples=["2019-11-29"]
    )
    log_number: Text | None = Field(
        default=None,
        title="Log number",
        description="Number of the entry in the disclosure log.",
        examples=["DL-2019-0031"],
    )

    @property
    def confirms_duty(self) -> bool:
        """Child support: the law requires the disclosure (42 U.S.C. § 503(e)(1)), the letter only confirms it."""
        return self.request.nature is Nature.CHILD_SUPPORT

    @property
    def withheld(self) -> list[str]:
        """Categories that were asked for and are not approved."""
        return [category for category in self.request.records if category not in self.approved]

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from super().problems(rulebook)
        if self.request:
            yield from self._request_falls_short()
            yield from self._consent_problems()
            yield from self._records_problems(rulebook)
        yield from self._condition_problems(rulebook)
        if self.expires and self.date and self.expires <= self.date:
            yield broken(
                "expires",
                f"is {long_date(self.expires)}, not after the letter's date ({long_date(self.date)}).",
                "Write a later day.",
            )

    def _request_falls_short(self) -> Iterator[Problem]:
        ask = "An approval needs it. If the requester has not given it, ask for it: send a request-for-justification."
        request = self.request
        if request.access and request.access is not Access.TARGETED:
            yield broken(
                "request.access",
                f"is “{request.access}”: only a targeted request can be approved.",
                "Deny it, or ask for a targeted request: send a request-for-justification.",
            )
        if not request.subjects and request.subjects is not None:
            yield broken("request.subjects", "is missing: no person or employer is named.", ask, "missing")
        for name, what in (
            ("purpose", "the purpose"),
            ("explanation", "an explanation"),
            ("justification", "a justification"),
            ("investigation", "the investigation or proceeding"),
        ):
            duty = request.nature is Nature.CHILD_SUPPORT and name in ("explanation", "justification")
            if not getattr(request, name) and not duty:
                yield broken(f"request.{name}", f"is missing: the request must give {what}.", ask, "missing")
        if not request.records and request.records is not None:
            yield broken("request.records", "is missing: no category of records is named.", ask, "missing")
        if request.nature in (Nature.CIVIL, Nature.NOT_STATED) and not request.released:
            yield broken(
                "request.nature",
                f"is “{request.nature}”: 11.3.100.106(D) NMAC names only criminal investigations and child support "
                "proceedings.",
                "Deny the request, or ask which criminal investigation it serves (request-for-justification).",
            )
        kind = request.requester.agency_kind if request.requester else None
        if request.nature is Nature.CHILD_SUPPORT and kind and kind is not AgencyKind.CHILD_SUPPORT:
            yield broken(
                "request.requester.agency_kind",
                f"is “{kind}”: the duty to disclose for child support runs only to a State or local child support "
                "enforcement agency.",
                "Correct the kind of agency or the nature of the matter; if both are right, ask counsel.",
            )
        if request.process and request.process is not Process.NONE:
            yield broken(
                "request.process",
                f"is “{request.process}”: compulsory process is answered on its own terms, not by an approval.",
                "Counsel must answer the process itself (subpoena-response).",
            )

    def _consent_problems(self) -> Iterator[Problem]:
        duty = self.request.nature is Nature.CHILD_SUPPORT or self.request.released
        for name, day, who in (
            ("counsel_advised", self.counsel_advised, "the general counsel's advice"),
            ("secretary_consented", self.secretary_consented, "the secretary's consent and approval"),
        ):
            if day is None and not duty:
                yield broken(
                    name,
                    f"is missing: 11.3.100.106(D) NMAC requires {who} before any release.",
                    "Obtain it first; until then no approval can be written.",
                    "missing",
                )
            if day and self.date and day > self.date:
                yield broken(
                    name, f"is {long_date(day)}, after the letter's date.", "Date the letter on or after that day."
                )
            if day and self.request.received and day < self.request.received:
                yield broken(
                    name,
                    f"is {long_date(day)}, before the request was received ({long_date(self.request.received)}).",
                    "Correct one of the two dates.",
                )

    def _records_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        requested = self.request.records or []
        for number, name in enumerate(self.approved or [], 1):
            place, category = f"approved.{number}", rulebook.records.get(name)
            if category is None:
                yield unknown(place, name, rulebook.records)
            elif not category.may_be_approved:
                yield broken(place, f"names {category.name}: {category.reason}", "Take it out, or ask counsel.")
            elif requested and name not in requested:
                yield broken(
                    place,
                    f"names {category.name}, which the request does not ask for.",
                    "Approve only what was asked for, or correct the categories asked for.",
                )
        if self.approved and set(requested) - set(self.approved) and not self.withheld_reason:
            left = [rulebook.records[name].name for name in requested if name not in self.approved and name in rulebook.records]
            yield broken(
                "withheld_reason",
                f"is missing, yet part of what was asked for is withheld ({', '.join(left)}).",
                "Say why, in a whole sentence.",
                "missing",
            )

    def _condition_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        if self.conditions is None:
            return
        for number, name in enumerate(self.conditions, 1):
            if name not in rulebook.conditions:
                yield unknown(f"conditions.{number}", name, rulebook.conditions)
        for condition in rulebook.conditions.values():
            if condition.required and condition.id not in self.conditions:
                yield broken(
                    "conditions",
                    f"does not include “{condition.subject}” ({condition.id}), which every approval must carry.",
                    f"Add {condition.id}.",
                    "missing",
                )
        if "cost" in self.conditions and not self.cost:
            yield broken("cost", "is missing, yet the condition on cost is chosen.", "Write what is paid.", "missing")


class RulesBroken(ValueError):
    """Carries the rules a letter breaks out of pydantic."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.message for problem in problems))


def unknown(name: str, value: str, known: Mapping[str, object]) -> Problem:
    """``value`` is none of ``known``; the hint names the nearest, or all when they are few."""
    from difflib import get_close_matches

    near = get_close_matches(value, known, n=1)
    some = ", ".join(known) if len(known) <= 12 else ", ".join(list(known)[:12]) + ", …"
    hint = f"Did you mean {near[0]}?" if near else f"It may be: {some}."
    return broken(name, f"is “{value[:60]}”, which the library does not have.", hint, "unknown")


KINDS: Mapping[str, type[Letter]] = {
    "denial": Denial,
    "policy-statement": PolicyStatement,
    "conditional-approval": ConditionalApproval,
}


def letter_type(kind: str) -> type[Letter]:
    """The model of a kind. A kind an office has added, without Python, has the fields every letter has."""
    return KINDS.get(kind, Letter)
