"""The letter: what every kind of it has, and the rules every kind keeps.

Every field has a title (how messages call it), a description (what it means) and an example. Fields are checked one
by one; `Letter.problems` then checks what no field can know alone: dates in order, a legal basis that supports this
kind of letter and is in force on its date. Both are reported together, so that counsel sees all there is to mend at
once. What one kind adds stands in `letters.kinds`.

What the rules rest on: 20 C.F.R. part 603 and 11.3.100.106 NMAC as recorded in `templates/legal_basis.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field, ValidationInfo, model_validator

from letters.dates import long_date
from letters.errors import Problem
from letters.holdings import LegalBasis, Person, Rulebook
from letters.request import Request
from letters.rules import RulesBroken, broken, repeated, unknown
from letters.values import Day, Delivery, Model, Text


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
        title="Signatory",
        description="Short name of the person who signs, from office.toml.",
        json_schema_extra={"library": "signatories"},
        examples=["chief-counsel"],
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
        default=[],
        title="Enclosures",
        description="What is enclosed.",
        examples=[["Your request of August 1, 2019"]],
    )
    extra: dict[str, Any] = Field(
        default={},
        title="Further answers",
        description="Answers to questions this office has added.",
        examples=[{}],
    )

    @model_validator(mode="after")
    def _keeps_the_rules(self, info: ValidationInfo) -> Letter:
        if not isinstance(info.context, Rulebook):
            raise TypeError("a letter is checked against the library: use letters.answers.check")
        if found := list(self.problems(info.context)):
            raise RulesBroken(found)
        return self

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        """What counsel should know of this letter and may decide to live with."""
        for number, name in enumerate(self.legal_basis, 1):
            basis = rulebook.bases[name]
            if not self.request.topics & set(basis.applies_to):
                yield broken(
                    f"legal_basis.{number}",
                    f"cites {basis.citation}, which is noted as fitting other requests: {', '.join(basis.applies_to)}.",
                    "Check that it fits this one.",
                )

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Every rule this letter breaks. Fields that failed on their own are None here and are passed over."""
        if self.request:
            yield from self.request.problems()
            if self.date and self.request.received and self.date < self.request.received:
                yield broken(
                    "date",
                    f"is {long_date(self.date)}, before the request was received ({long_date(self.request.received)}).",
                    "Correct one of the two dates.",
                )
            yield from self._delivery_problems()
            yield from repeated("request.records", self.request.records)
            for number, category in enumerate(self.request.records or [], 1):
                if category not in rulebook.records:
                    yield unknown(f"request.records.{number}", category, rulebook.records)
        if self.signatory is not None and self.signatory not in rulebook.signatories:
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
                "is missing, yet the letter goes by email.",
                "Write the email address, or choose another delivery.",
                "missing",
            )

    def _basis_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        chosen = self.legal_basis or []
        if self.needs_legal_basis and not chosen:
            yield broken(
                "legal_basis",
                "is missing: this letter must say what law it rests on.",
                "Choose at least one basis; `letters fields KIND` lists them.",
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
                        f"cites {rulebook.bases[name].citation} without {other.citation}, which must stand beside it.",
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
