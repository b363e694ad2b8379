"""The letter: the fields every kind of letter has, and the rules every kind follows.

Every field has a title (what messages call it), a description (what it means) and an example. Fields are checked one
by one; `Letter.problems` then checks what no field can know alone, such as the order of dates. Both are reported
together, so that counsel sees everything there is to fix at once. What a letter may cite is in `citation_rules`; what
each kind adds is in `letters.model.kinds`.

What the law and the office's practice ask is data: `templates/rules.toml`, applied by `rule_engine`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, model_validator

from letters._text.citations import may_cite
from letters._text.damage import may_have_notes, notes_on
from letters._text.english import listed
from letters._text.languages import matching
from letters._text.personal import may_be_personal, personal
from letters.errors import Problem
from letters.model.citation_rules import CitationRules, stale_law
from letters.model.legal_basis import LegalBasis, UnvettedLaw
from letters.model.office import Person
from letters.model.recipient import Recipient
from letters.model.request import Request
from letters.model.requester import Requester
from letters.model.rule_engine import NOT_OWN_WORDS, Case
from letters.model.rulebook import Due, Rulebook
from letters.model.rules import RulesBroken, broken, not_a_fragment, not_after, not_before, repeated, unknown
from letters.model.values import Day, Delivery, Model, Text, clean_answers

# Short names from the library, which are checked against it.
_NAMES = frozenset({"kind", "language", "signatory", "legal_basis"})

# Answers that no letter prints.
_FOR_THE_FILE = frozenset({"request.received_by", "request.requester.identification", "request.requester.supervisor"})


class SentLetter(Model):
    """An earlier letter of ours."""

    date: Day = Field(title="Date", description="Date of that letter.", examples=["2019-08-02"])
    reference: Text | None = Field(
        default=None, title="Reference", description="Our file number on it.", examples=["OGC-2019-0142"]
    )
    to: Text | None = Field(
        default=None,
        title="To whom",
        description="To whom it went, if not to this requester; completes “our letter to …”.",
        examples=["U.S. Immigration and Customs Enforcement"],
    )
    said: Text = Field(
        title="What it said",
        description="Completes “our letter of August 2, 2019, in which the Department …”.",
        examples=["denied direct access to its database of employment records"],
    )


class Letter(Model):
    """What every letter has. A kind that needs more fields adds them in a subclass."""

    needs_legal_basis: ClassVar[bool] = False

    kind: Text = Field(title="Kind of letter", description="Which letter this is.", examples=["denial"])
    date: Day = Field(title="Date of the letter", description="The date on the letter.", examples=["2019-08-02"])
    language: Text | None = Field(
        default=None,
        title="Language",
        description="Language of the letter, if not the office's own: one that its kind has a template in.",
        json_schema_extra={"library": "languages"},
        examples=["en-US"],
    )
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
        examples=[["cfr-603-4", "cfr-603-5-e"]],
    )
    unvetted_law: list[UnvettedLaw] = Field(
        default=[],
        title="Law outside the file",
        description="Law that is not in legal_basis.toml; it is marked as not vetted, and makes the letter a draft.",
        examples=[[]],
    )
    law_checked: list[Text] = Field(
        default=[],
        title="Law looked up",
        description="Short names of provisions whose text counsel has looked up as it stood on the letter's date.",
        json_schema_extra={"library": "amended"},
        examples=[[]],
    )
    departure: Text | None = Field(
        default=None,
        title="Reason for departing from the advice",
        description="Why this kind of letter when the decision guide recommends another; for the file, not printed.",
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
        description="Our earlier letters in the same matter that this one refers to.",
        examples=[
            [{"date": "2019-08-02", "reference": "OGC-2019-0142", "said": "denied direct access to its database"}]
        ],
    )
    responsible: list[Person] = Field(
        default=[],
        title="Persons responsible",
        description="Each person responsible for the decision, with a title.",
        examples=[[{"name": "Casey Specimen", "title": "Director"}]],
    )
    copies: list[Text] = Field(
        default=[], title="Copies", description="Who receives a copy.", examples=[["Office of the Director"]]
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
    def _keeps_the_rules(self, info: ValidationInfo) -> Self:
        if not isinstance(info.context, Rulebook):
            raise TypeError("a letter is checked against the library: use letters.library.answers.check")
        if found := list(self.problems(info.context)):
            raise RulesBroken(found)
        return self

    _notes: tuple[Problem, ...] = PrivateAttr(default=())

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What `letters.check` found that does not stop the letter: why it is a draft, and cautions for counsel."""
        return self._notes

    def with_notes(self, notes: Iterable[Problem]) -> Self:
        """The same letter with these notes."""
        copy = self.model_copy()
        copy._notes = tuple(notes)
        return copy

    @property
    def is_draft(self) -> bool:
        """Whether it may not go out as it is: it cites law that nobody has vetted, or a note says so."""
        return bool(self.unvetted_law) or any(note.code == "draft" for note in self.notes)

    @property
    def addressee(self) -> str:
        """Who the letter goes to, for titles and file names."""
        return self.request.requester.agency

    def releases(self, rulebook: Rulebook) -> bool:
        """Whether the letter releases or produces records, so that it must not say that it confirms none."""
        return bool(rulebook.effects.get(self.kind) == "releases")

    def topics(self, rulebook: Rulebook) -> frozenset[str]:
        """What the letter is about, for choosing legal bases that fit it."""
        return Case.of(self, rulebook).topics

    def citation_rules(self, rulebook: Rulebook) -> CitationRules:
        """What this letter may cite, as far as its answers tell."""
        return Case.of(self, rulebook).citation_rules

    def citable(self, rulebook: Rulebook) -> Mapping[str, LegalBasis]:
        """The bases this letter may cite: they support its kind, are in force on its date and fit its request."""
        return Case.of(self, rulebook).citable

    def unpaired(self, cited: Collection[str], rulebook: Rulebook) -> Iterator[Problem]:
        """Bases among ``cited`` that must not be cited without another one, where that one is missing."""
        return self.citation_rules(rulebook).unpaired(cited, rulebook.bases) if cited else iter(())

    def cites(self, rulebook: Rulebook) -> Iterator[str]:
        """Short names of the law the letter is known to cite: what was chosen, and what its terms bring with them."""
        yield from self.legal_basis or []

    def deadlines(self, rulebook: Rulebook) -> Mapping[str, Due]:
        """The days by which the law wants this request answered, by the short names in legal_basis.toml."""
        return Case.of(self, rulebook).deadlines

    # --- cautions: what counsel should know and may accept ---

    def cautions(self, rulebook: Rulebook) -> Iterator[Problem]:
        """What counsel should know about this letter, and may decide to accept."""
        cited = tuple(name for name in dict.fromkeys(self.cites(rulebook)) if name not in self.law_checked)
        yield from rulebook.remembered(_stale, cited, self.date)
        topics = self.topics(rulebook)
        for number, name in enumerate(self.legal_basis, 1):
            basis = rulebook.bases[name]
            if not topics & set(basis.applies_to):
                yield broken(
                    f"legal_basis.{number}",
                    f"cites {basis.citation}, which is marked for other requests: {', '.join(basis.applies_to)}.",
                    "Check that it fits this one.",
                )
        yield from Case.of(self, rulebook).problems("caution")
        yield from self._possible_damage(rulebook)

    def _possible_damage(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Texts that may have been damaged before they came here, or may be meant as they are."""
        case = Case.of(self, rulebook)
        if not may_have_notes(case.words):
            return
        for place, text in [
            each for name in type(self).model_fields if name not in _NAMES for each in case.texts[name]
        ]:
            for each in notes_on(text):
                if place not in _FOR_THE_FILE:
                    yield broken(place, each.message, each.hint, each.code)

    # --- rules ---

    def _law_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """What is wrong with the law that the letter cites, or that its template names, perhaps in a branch not taken.

        Worked out once for all letters that may cite the same law and do.
        """
        rules, chosen, checked = self.citation_rules(rulebook), self.legal_basis or [], self.law_checked or []
        yield from rulebook.remembered(_chosen_problems, rules, tuple(chosen), self.needs_legal_basis)
        yield from rulebook.remembered(_amended_problems, rules, tuple(self.cites(rulebook)), tuple(checked))

    def problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Every rule this letter breaks. Fields that failed on their own are None here and are skipped."""
        if self.request:
            yield from self._request_problems(rulebook)
        if self.language and not matching(self.language, tuple(rulebook.languages_of(self.kind or ""))):
            yield unknown("language", self.language, rulebook.languages_of(self.kind or ""))
        if self.signatory is not None and self.signatory not in rulebook.signatories:
            yield unknown("signatory", self.signatory, rulebook.signatories)
        rules, case = self.citation_rules(rulebook), Case.of(self, rulebook)
        yield from self._law_problems(rulebook)
        yield from rules.declared_problems(self.unvetted_law or [], rulebook.bases)
        if may_cite(case.own_words_together):
            yield from rules.typed_problems(self._own_texts(rulebook), self.unvetted_law or [], rulebook.bases)
        if not self.disclosure and may_be_personal(case.words_together):
            yield from self._disclosure_problems(rulebook)
        yield from case.problems("refuse")

    def _request_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        yield from self.request.problems()
        yield from not_before("date", self.date, self.request.received, "the request was received")
        yield from self._delivery_problems()
        yield from repeated("delivery", self.delivery)
        yield from repeated("request.records", self.request.records)
        for number, category in enumerate(self.request.records or [], 1):
            if category not in rulebook.records:
                yield unknown(f"request.records.{number}", category, rulebook.records)
        for number, name in enumerate(self.request.asserted or [], 1):
            if name not in rulebook.bases:
                yield unknown(f"request.asserted.{number}", name, rulebook.assertable)
            elif name not in rulebook.assertable:
                yield broken(
                    f"request.asserted.{number}",
                    f"names {name}, which legal_basis.toml does not list among the law that requesters rely on.",
                    "Remove it, or add to its entry there: assertable = true.",
                    "unknown",
                )
        yield from self._earlier_problems()

    def _disclosure_problems(self, rulebook: Rulebook) -> Iterator[Problem]:
        """Numbers and wages in answers that may be printed, which is refused unless counsel has said why."""
        texts = [*self._own_texts(rulebook), *Case.of(self, rulebook).texts.get("request", ())]
        stated = [
            f"{place} states a {found.what}"
            for place, text in texts
            if place not in _FOR_THE_FILE
            for found in personal(text)
        ]
        if stated:
            yield broken(
                "disclosure",
                f"is missing, but {listed(list(dict.fromkeys(stated)))}.",
                "Remove it there, or record here why the letter itself must state it.",
                "missing",
            )

    def _earlier_problems(self) -> Iterator[Problem]:
        for number, each in enumerate(self.earlier_letters or [], 1):
            place = f"earlier_letters.{number}"
            yield from not_after(f"{place}.date", each.date, self.date, "the letter's own date")
            if each.reference and each.reference == self.reference:
                yield broken(f"{place}.reference", "is this letter's own reference.", "Write the earlier letter's.")
            yield from not_a_fragment(f"{place}.said", each.said, opening=True)
        for number, earlier in enumerate(self.request.earlier or [], 1):
            place = f"request.earlier.{number}"
            yield from not_after(f"{place}.answered", earlier.answered, self.date, "the letter's date")
            if earlier.reference and earlier.reference == self.reference:
                yield broken(
                    f"{place}.reference",
                    "is this letter's own reference.",
                    "Write the reference of the letter that answered the earlier request.",
                )

    def _own_texts(self, rulebook: Rulebook) -> list[tuple[str, str]]:
        """The letter's own words, each with its dotted field; what the requester wrote is not among them."""
        texts = Case.of(self, rulebook).texts
        found = [each for name in type(self).model_fields if name not in NOT_OWN_WORDS for each in texts[name]]
        for number, law in enumerate(self.unvetted_law or [], 1):
            found.append((f"unvetted_law.{number}.summary", law.summary))
        return found

    def _delivery_problems(self) -> Iterator[Problem]:
        yield from cannot_be_reached("request.requester", self.request.requester, self.delivery)


def _stale(rulebook: Rulebook, cited: Sequence[str], on: date) -> Iterator[Problem]:
    return stale_law([rulebook.bases[name] for name in cited], on)


def _chosen_problems(
    rulebook: Rulebook, rules: CitationRules, chosen: Sequence[str], required: bool
) -> Iterator[Problem]:
    return rules.chosen_problems(chosen, rulebook.bases, required=required)


def _amended_problems(
    rulebook: Rulebook, rules: CitationRules, cited: Sequence[str], checked: Sequence[str]
) -> Iterator[Problem]:
    named: list[str] = []
    if rules.date and any(basis.amended_before(rules.date) for basis in rulebook.amended.values()):
        for name in sorted(rulebook.template_law.get(rules.kind or "", ())):
            named += [basis.id for basis in rulebook.named(name)]
    return rules.amended_problems([*cited, *named], checked, rulebook.bases)


def cannot_be_reached(
    field: str, to: Requester | Recipient | None, delivery: Iterable[Delivery] | None
) -> Iterator[Problem]:
    """What is missing to send a letter as it is to be sent.

    Args:
        field: where the answers about ``to`` are.
    """
    if to is None:
        return
    wanted = {
        "address": (
            to.address,
            {Delivery.MAIL, Delivery.CERTIFIED_MAIL, Delivery.HAND},
            "by mail or by hand",
            "address",
        ),
        "email": (to.email, {Delivery.EMAIL}, "by email", "email address"),
        "fax": (to.fax, {Delivery.FAX}, "by fax", "fax number"),
    }
    for name, (value, ways, how, what) in wanted.items():
        if ways & set(delivery or ()) and not value:
            message, hint = f"is missing, but the letter goes {how}.", f"Write the {what}, or choose another delivery."
            yield broken(f"{field}.{name}", message, hint, "missing")


class StatusSentence(Letter):
    """A letter that may carry the sentence on 8 U.S.C. § 1373; counsel decides each time."""

    status_sentence: bool = Field(
        default=True,
        title="Sentence on 8 U.S.C. § 1373",
        description="Whether to say that nothing in it restricts the exchange of immigration-status information.",
        examples=[True],
    )
