"""The letter: what every kind of it has, and the rules every kind keeps.

Every field has a title (how messages call it), a description (what it means) and an example. Fields are checked one
by one; `Letter.problems` then checks what no field can know alone: dates in order, a legal basis that supports this
kind of letter and is in force on its date. Both are reported together, so that counsel sees all there is to mend at
once. What one kind adds stands in `letters.model.kinds`.

What the rules rest on: 20 C.F.R. part 603 and 11.3.100.106 NMAC as recorded in `templates/legal_basis.toml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from letters._text.citations import citations_in, may_cite
from letters._text.dates import long_date
from letters._text.english import listed
from letters._text.personal import may_be_personal, personal
from letters.errors import Problem
from letters.model.office_data import Due, LegalBasis, Person, Rulebook, due
from letters.model.request import Request
from letters.model.rules import RulesBroken, broken, not_a_fragment, repeated, unknown
from letters.model.values import AgencyKind, Day, Delivery, Model, Text, Topic, clean_answers

# The category of records on which counsel drafts every answer.
_STATUS = "immigration-status"

# Answers that no letter prints.
_FOR_THE_FILE = frozenset(
    {"request.authority", "request.received_by", "request.requester.identification", "request.requester.supervisor"}
)


class SentLetter(Model):
    """A letter of ours that went before this one."""

    date: Day = Field(title="Date", description="Date of that letter.", examples=["2019-08-02"])
    reference: Text | None = Field(
        default=None, title="Reference", description="Our file number on it.", examples=["OGC-2019-0142"]
    )
    said: Text = Field(
        title="What it said",
        description="Completes “our letter of August 2, 2019, in which the Department …”.",
        examples=["denied direct access to its database of employment records"],
    )


class UnvettedLaw(Model):
    """Law that `legal_basis.toml` does not have. A letter that cites any is a draft."""

    citation: Text = Field(title="Citation", description="As it is to be printed.", examples=["42 U.S.C. § 654"])
    summary: Text = Field(
        title="What it says",
        description="Completes a sentence that begins with the citation.",
        examples=["lists what a State plan for child support must provide"],
    )


class Letter(Model):
    """What every letter has. A kind with fields of its own adds them in a subclass."""

    needs_legal_basis: ClassVar[bool] = False

    kind: Text = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])
    date: Day = Field(title="Date of the letter", description="Day the letter bears.", examples=["2019-08-02"])
    reference: Text | None = Field(
        default=None, title="Our reference", description="Our file number.", examples=["OGC-2019-0142"]
    )
    delivery: list[Delivery] = Field(
        min_length=1, title="Delivery", description="How the letter is sent.", examples=[["email", "mail"]]
    )
    request: Request = Field(title="Request", description="What the letter answers.")
    signatory: Text = Field(
        title="Signatory",
        description="Short name of the person who signs, from office.toml.",
        json_schema_extra={"library": "signatories"},
        examples=["chief-counsel"],
    )
    legal_basis: list[Text] = Field(
        default=[],
        title="Legal basis",
        description="Short names of the provisions and cases the letter rests on, from legal_basis.toml.",
        json_schema_extra={"library": "bases"},
        examples=[["cfr-603-4", "nm-51-1-32"]],
    )
    unvetted_law: list[UnvettedLaw] = Field(
        default=[],
        title="Law outside the file",
        description="Law that legal_basis.toml does not have; marked as not vetted, and makes the letter a draft.",
        examples=[[]],
    )
    departure: Text | None = Field(
        default=None,
        title="Reason for departing from the advice",
        description="Why this kind of letter, where the decision guide recommends another; for the file, not printed.",
        examples=["The request repeats one that another office of the agency made; counsel answers both at once."],
    )
    disclosure: Text | None = Field(
        default=None,
        title="Reason for disclosing a number or wage",
        description="Why the letter itself must state a social security number or a wage; for the file, not printed.",
        examples=["The agency asked that its own employee's number be confirmed, and the law lets us."],
    )
    earlier_letters: list[SentLetter] = Field(
        default=[],
        title="Our earlier letters",
        description="Letters of ours in the same matter that this one refers to.",
        examples=[
            [{"date": "2019-08-02", "reference": "OGC-2019-0142", "said": "denied direct access to its database"}]
        ],
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
    extra: Annotated[dict[str, Any], BeforeValidator(clean_answers)] = Field(
        default={},
        title="Further answers",
        description="Answers to questions this office has added.",
        examples=[{}],
    )

    @model_validator(mode="after")
    def _keeps_the_rules(self, info: ValidationInfo) -> Letter:
        if not isinstance(info.context, Rulebook):
            raise TypeError("a letter is checked against the library: use letters.library.answers.check")
        if found := list(self.problems(info.context)):
            raise RulesBroken(found)
        return self

    @property
    def is_draft(self) -> bool:
        """Whether it may not go out as it is: it cites law that nobody has vetted."""
        return bool(self.unvetted_law)

    @property
    def topics(self) -> frozenset[Topic]:
        """What the letter is about, for choosing legal bases that fit it."""
        return self.request.topics

    def citable(self, rulebook: Rulebook) -> dict[str, LegalBasis]:
        """The bases this letter may cite: they support its kind, are in force on its date and fit its request."""
        return {
            name: basis
            for name, basis in rulebook.bases.items()
            if self.kind in basis.supports and not any(self._bars(basis))
        }

    def deadlines(self, rulebook: Rulebook) -> dict[str, Due]:
        """The days by which the law wants this request answered, by the short names of legal_basis.toml."""
        return due(self.request.received, self.topics, rulebook)

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        """What counsel should know of this letter and may decide to live with."""
        yield from self._stale(rulebook)
        yield from self._for_counsel_to_stop_at(rulebook)
        for number, name in enumerate(self.legal_basis, 1):
            basis = rulebook.bases[name]
            if not self.topics & set(basis.applies_to):
                yield broken(
                    f"legal_basis.{number}",
                    f"cites {basis.citation}, which is noted as fitting other requests: {', '.join(basis.applies_to)}.",
                    "Check that it fits this one.",
                )

    def _for_counsel_to_stop_at(self, rulebook: Rulebook) -> Iterator[Problem]:
        if self.request.requester.agency_kind is AgencyKind.LABOR:
            yield broken(
                "request.requester.agency_kind",
                "is “labor”: federal law may require that it be given what it asks for.",
                "No letter is recommended for it; ask the chief legal counsel before this one goes out.",
            )
        if _STATUS in self.request.records:
            yield broken(
                "request.records",
                f"include {rulebook.records[_STATUS].name}, on which there is no automatic letter.",
                "Counsel drafts the answer on that part, with 8 U.S.C. § 1373 in view.",
            )
        if self.request.child_victim:
            yield broken(
                "request.child_victim",
                "is “yes”: an official who learns that a person under 18 may be a victim of trafficking must notify "
                "the Secretary of Health and Human Services within 24 hours (22 U.S.C. § 7105(b)(1)(H)).",
                "See that it has been done; it does not wait for this letter.",
            )

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        """Short names of the law the letter is known to cite: what was chosen, and what its terms bring with them."""
        yield from self.legal_basis

    def _stale(self, rulebook: Rulebook) -> Iterator[Problem]:
        stale = [
            f"{basis.citation} ({long_date(basis.as_of) if isinstance(basis.as_of, date) else basis.as_of})"
            for basis in (rulebook.bases[name] for name in dict.fromkeys(self.cites(rulebook)))
            if basis.stale_on(self.date)
        ]
        if stale:
            yield broken(
                "legal_basis",
                f"rests on text that was read more than two years before the letter's date, or is undated: "
                f"{'; '.join(stale)}.",
                "Look each up in the official source before the letter goes out.",
                "stale",
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
            yield from repeated("delivery", self.delivery)
            yield from repeated("request.records", self.request.records)
            for number, category in enumerate(self.request.records or [], 1):
                if category not in rulebook.records:
                    yield unknown(f"request.records.{number}", category, rulebook.records)
            for number, name in enumerate(self.request.asserted or [], 1):
                if name in rulebook.bases and name not in rulebook.assertable:
                    yield broken(
                        f"request.asserted.{number}",
                        f"names {name}, which legal_basis.toml does not have among what requesters rely on.",
                        "Take it out, or have its entry there say: assertable = true.",
                        "unknown",
                    )
                elif name not in rulebook.bases:
                    yield unknown(f"request.asserted.{number}", name, rulebook.assertable)
            yield from self._earlier_problems()
        if self.signatory is not None and self.signatory not in rulebook.signatories:
            yield unknown("signatory", self.signatory, rulebook.signatories)
        yield from self._basis_problems(rulebook)
        own = self._own_texts()
        yield from self._typed_law(rulebook, own)
        yield from self._disclosures(own)

    def _disclosures(self, own: Sequence[tuple[str, str]]) -> Iterator[Problem]:
        """Numbers and wages in answers that may be printed, unless counsel has said why the letter must state them."""
        if self.disclosure:
            return
        texts = [*own, *_texts("request", self.request)]
        if not may_be_personal("\n".join([text for _, text in texts])):
            return
        told = [
            f"{place} states a {found.what}"
            for place, text in texts
            if place not in _FOR_THE_FILE
            for found in personal(text)
        ]
        if told:
            yield broken(
                "disclosure",
                f"is missing, yet {listed(list(dict.fromkeys(told)))}.",
                "Take it out there, or record here why the letter itself must state it.",
                "missing",
            )

    def _earlier_problems(self) -> Iterator[Problem]:
        for number, each in enumerate(self.earlier_letters or [], 1):
            place = f"earlier_letters.{number}"
            if self.date and each.date > self.date:
                yield broken(
                    f"{place}.date",
                    f"is {long_date(each.date)}, after the letter's own date ({long_date(self.date)}).",
                    "Correct one of the two dates.",
                )
            if each.reference and each.reference == self.reference:
                yield broken(f"{place}.reference", "is this letter's own reference.", "Write the earlier letter's.")
            yield from not_a_fragment(f"{place}.said", each.said)
        for number, earlier in enumerate(self.request.earlier or [], 1):
            if self.date and earlier.answered and earlier.answered > self.date:
                yield broken(
                    f"request.earlier.{number}.answered",
                    f"is {long_date(earlier.answered)}, after the letter's date ({long_date(self.date)}).",
                    "Correct one of the two dates.",
                )
            if earlier.reference and earlier.reference == self.reference:
                yield broken(
                    f"request.earlier.{number}.reference",
                    "is this letter's own reference.",
                    "Write that of the letter which answered the earlier request.",
                )

    def _typed_law(self, rulebook: Rulebook, own: Sequence[tuple[str, str]]) -> Iterator[Problem]:
        """Citations typed into our own words. What stands under `request` is the requester's, and is left alone."""
        yield from self._needlessly_unvetted(rulebook)
        if not may_cite(" | ".join([text for _, text in own])):
            return
        typed = [(place, citations) for place, text in own if (citations := citations_in(text))]
        if not typed:
            return
        citable: set[str] = set()
        barred: dict[str, tuple[str, str]] = {}
        for basis in rulebook.bases.values():
            if bars := list(self._bars(basis)):
                barred |= dict.fromkeys(citations_in(basis.citation), bars[0])
            else:
                citable |= citations_in(f"{basis.citation}; {basis.summary}").keys()
        declared = {found for each in self.unvetted_law or [] for found in citations_in(each.citation)}
        for place, citations in typed:
            for found, words in citations.items():
                if found in citable | declared:
                    continue
                if found in barred:
                    why, hint = barred[found]
                    yield broken(place, f"cites “{words}”, which {why}", hint)
                    continue
                yield broken(
                    place,
                    f"cites “{words}”, which legal_basis.toml does not have.",
                    "Take it out, or enter it as law outside the file (unvetted_law); the letter is then a draft.",
                    "unvetted",
                )

    def _needlessly_unvetted(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Law entered as outside the file that the file has, or keeps out of this letter."""
        yield from repeated("unvetted_law", [each.citation for each in self.unvetted_law or []])
        for number, each in enumerate(self.unvetted_law or [], 1):
            yield from not_a_fragment(f"unvetted_law.{number}.summary", each.summary)
            cited, place = citations_in(each.citation).keys(), f"unvetted_law.{number}.citation"
            same = [basis for basis in rulebook.bases.values() if cited & citations_in(basis.citation).keys()]
            allowed = [basis for basis in same if not list(self._bars(basis))]
            if same and not allowed:
                why, hint = next(self._bars(same[0]))
                yield broken(place, f"is “{each.citation}”, which {why}", hint)
            elif allowed and cited <= {found for basis in allowed for found in citations_in(basis.citation)}:
                if any(self.kind in basis.supports for basis in allowed):
                    hint = "Choose it as a legal basis; then it needs no entry here."
                else:
                    hint = f"It is there for other letters: take it out, or have {allowed[0].id} support this kind."
                yield broken(place, f"is “{each.citation}”, which legal_basis.toml has.", hint)

    def _own_texts(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for name in type(self).model_fields:
            if name not in ("request", "unvetted_law", "departure", "disclosure", "kind", "reference"):
                found += _texts(name, getattr(self, name))
        for number, law in enumerate(self.unvetted_law or [], 1):
            found.append((f"unvetted_law.{number}.summary", law.summary))
        return found

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
                f"Choose at least one basis; `letters fields {self.kind or 'KIND'}` lists them.",
                "missing",
            )
        seen: set[str] = set()
        for number, name in enumerate(chosen, 1):
            place = f"legal_basis.{number}"
            basis = rulebook.bases.get(name)
            if name in seen:
                yield broken(place, f"names {name} a second time.", "Name each basis once.")
            seen.add(name)
            if basis is None:
                yield unknown(place, name, rulebook.bases)
                continue
            yield from self._misuses(basis, place)
        known = [rulebook.bases[name] for name in chosen if name in rulebook.bases]
        if self.needs_legal_basis and known and all(basis.authority == "persuasive" for basis in known):
            yield broken(
                "legal_basis",
                "rests only on decisions of other courts, which persuade and do not bind.",
                "Add the statute or the rule that the letter rests on.",
            )
        yield from self.pairs_broken(seen, rulebook)

    def pairs_broken(self, cited: Collection[str], rulebook: Rulebook) -> Iterator[Problem]:
        """Bases among ``cited`` that must not stand without another, where the other is missing.

        Args:
            cited: short names, of the bases chosen or of all that the finished letter cites.
        """
        for name in sorted(set(cited) & rulebook.bases.keys()):
            basis = rulebook.bases[name]
            if not self._pairs(basis):
                continue
            for partner in basis.pair_with:
                other = rulebook.bases.get(partner)
                if other and partner not in cited and self.kind in other.supports:
                    yield broken(
                        "legal_basis",
                        f"cites {basis.citation} without {other.citation}, which must stand beside it.",
                        f"Add {partner}.",
                    )

    def _pairs(self, basis: LegalBasis) -> bool:
        """Whether in this letter a basis calls for those it is cited with."""
        return not basis.pair_for or bool(self.topics & set(basis.pair_for))

    def _misuses(self, basis: LegalBasis, place: str) -> Iterator[Problem]:
        if self.kind and self.kind not in basis.supports:
            yield broken(
                place,
                f"names {basis.id} ({basis.citation}), which does not support a letter of the kind {self.kind}.",
                f"It supports: {', '.join(basis.supports)}.",
            )
        for why, hint in self._bars(basis):
            yield broken(place, f"names {basis.id} ({basis.citation}), which {why}", hint)

    def _bars(self, basis: LegalBasis) -> Iterator[tuple[str, str]]:
        """Why no letter of this date on this request may cite a basis: what bars it, and what to do."""
        if self.date and not basis.in_force_on(self.date):
            since = f" It is in force from {long_date(basis.in_force_from)}." if basis.in_force_from else ""
            until = f" It was in force until {long_date(basis.in_force_until)}." if basis.in_force_until else ""
            yield (
                f"is not in force on {long_date(self.date)}, the letter's date.{since}{until}",
                "Take it out, or correct the date.",
            )
        if self.request and basis.only_for and not self.topics & set(basis.only_for):
            yield (
                f"may be cited only where the request is about {', '.join(basis.only_for)}.",
                "Take it out, or correct the answers about the request.",
            )
        if self.request and basis.only_if_asserted and basis.id not in (self.request.asserted or []):
            yield (
                "is cited only in answer to a requester who relies on it.",
                "Take it out, or add it to the statutes the requester relies on (request.asserted).",
            )


class StatusSentence(Letter):
    """A letter that may carry the sentence on 8 U.S.C. § 1373, which counsel settles for each."""

    status_sentence: bool = Field(
        default=True,
        title="Sentence on 8 U.S.C. § 1373",
        description="Whether to say that nothing in it restricts the exchange of immigration-status information.",
        examples=[True],
    )


_NO_TEXTS = (Enum, date, int, float, type(None))


def _texts(name: str, value: Any) -> list[tuple[str, str]]:
    """Every text within an answer, with the dotted name of its place."""
    if type(value) is str:
        return [(name, value)]
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, (list, tuple)):
        inner = enumerate(value, 1)
    elif not isinstance(value, _NO_TEXTS) and isinstance(value, Model):  # last: pydantic takes its time over it
        inner = vars(value).items()
    found: list[tuple[str, str]] = []
    for key, each in inner:
        if type(each) is str:
            found.append((f"{name}.{key}", each))
        elif each is not None:
            found += _texts(f"{name}.{key}", each)
    return found
