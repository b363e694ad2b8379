"""The rulebook: everything the office owns that the rules of a letter need, and the deadlines that follow from it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, cast

from msgspec import Struct, field
from pydantic import Field, model_validator

from letters._text.dates import DateOrder
from letters._text.english import folded_words, listed
from letters._text.lazy_pattern import pattern
from letters._text.lazy_property import lazy_property
from letters._text.limited_memory import remember
from letters.model.by_answers import AnswerTo, ByAnswers
from letters.model.calendar import WorkCalendar
from letters.model.citation_rules import CitationRules
from letters.model.criteria import answer_in, one_applies
from letters.model.legal_basis import Deadline, Jurisdiction, LegalBasis
from letters.model.office import Signatory
from letters.model.office_rules import LAW_TAG, RuleSet, Tables
from letters.model.values import Model, ShortName, Text

# The form of a kind that answers a records request; a kind of the office's own may have another one, or none.
RECORDS_REQUEST = "request"
NO_FORM = "none"
_CITABLE_KEPT = 200
_REMEMBERED = 500
_Found = TypeVar("_Found")


class FactualWording(Model):
    """Words the office owns, and the facts on which a letter may print them."""

    id: ShortName = Field(title="Short name", description="The name used in answers and messages.")
    when: Tables = Field(
        default=[], title="When", description="Facts of which one table must hold; none if it is always true."
    )
    unless: Tables = Field(default=[], title="Unless", description="Facts that make it untrue, even if `when` holds.")

    def fits(self, letter: Model) -> bool:
        """Whether the facts of a letter bear these words out."""
        return self.is_borne_out(lambda name: answer_in(letter, name))

    def is_borne_out(self, answer_to: AnswerTo) -> bool:
        """The same for a letter with these answers."""
        return (not self.when or one_applies(self.when, answer_to)) and not one_applies(self.unless, answer_to)


class Condition(FactualWording):
    """One term an approval may carry: an entry of `templates/conditions.toml`."""

    subject: Text = Field(title="Subject", description="The word or two that begin the condition in the letter.")
    text: Text = Field(title="Wording", description="The condition itself; may use the same tags as a template.")
    required: bool = Field(default=False, title="Required", description="Whether every approval must carry it.")
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that require it.")


class Objection(FactualWording):
    """One objection to a subpoena or summons: an entry of `templates/objections.toml`."""

    subject: Text = Field(title="Subject", description="The word or two that begin the objection in the letter.")
    text: Text = Field(title="Wording", description="The objection itself; may use the same tags as a template.")
    answers_to: list[ShortName] = Field(
        min_length=1, title="Answers to", description="The kinds of process it may be made to."
    )
    powers: list[ShortName] = Field(
        default=[],
        title="Powers",
        description="If given, it may be made only to an agency's subpoena that relies on one of these powers.",
    )
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that its wording cites.")


class Reason(FactualWording):
    """One reason why a request is refused: an entry of `templates/reasons.toml`."""

    text: Text = Field(title="Wording", description="A complete sentence or two; may use the same tags as a template.")
    chosen: bool = Field(
        default=False,
        title="Chosen",
        description="Whether it is printed only if counsel chooses it; otherwise wherever the facts call for it.",
    )
    title: Text | None = Field(
        default=None, title="Title", description="What counsel sees when choosing it; for a reason that is chosen."
    )
    needs: list[str] = Field(default=[], title="Needs", description="The answers that it prints.")
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that its wording cites.")


class Element(FactualWording):
    """One thing a request must show: an entry of `templates/showing.toml`."""

    text: Text = Field(title="What to state", description="Completes “Such a request should state …”.")
    why: Text = Field(title="Why it is needed", description="A complete sentence; may use the same tags as a template.")
    fields: list[str] = Field(
        min_length=1, title="Fields", description="The answers that show it; if any of them is empty, it is missing."
    )
    basis: list[str] = Field(default=[], title="Basis", description="Legal bases that its reason cites.")

    def missing_from(self, request: Model) -> bool:
        """Whether the request leaves any part of it unanswered."""
        for name in self.fields:
            value: object = request
            for step in name.removeprefix("request.").split("."):
                value = getattr(value, step, None)
            if value in (None, "", [], "not-stated"):
                return True
        return False


class RecordCategory(Model):
    """One category of confidential records: an entry of `templates/conditions.toml`."""

    id: ShortName = Field(title="Short name", description="The name used in answers for this category.")
    name: Text = Field(title="Name", description="As a letter prints it, in the middle of a sentence.")
    may_be_approved: bool = Field(
        default=True, title="May be approved", description="Whether an approval letter may grant it."
    )
    owed_for: list[ShortName] = Field(
        default=[],
        title="Owed for",
        description="Matters for which the law itself requires it to be disclosed, so that nothing is granted.",
    )
    owed_to: list[ShortName] = Field(
        default=[],
        title="Owed to",
        description="Kinds of requester to whom the law itself requires it to be disclosed, whatever the matter.",
    )
    reason: Text | None = Field(
        default=None, title="Reason", description="Why it may not be approved; shown to counsel."
    )

    @model_validator(mode="before")
    @classmethod
    def _old_name(cls, data: Any) -> Any:
        """Files written before ``owed_for`` say ``owed_for_child_support = true``."""
        if not isinstance(data, dict) or not isinstance(data.get("owed_for_child_support"), bool):
            return data
        rest = {name: value for name, value in data.items() if name != "owed_for_child_support"}
        return {"owed_for": ["child-support"]} | rest if data["owed_for_child_support"] else rest


class Rulebook(Struct, frozen=True, dict=True):
    """Everything the rules need: who may sign, and what may be cited, approved, objected to and asked for."""

    signatories: Mapping[str, Signatory]
    bases: Mapping[str, LegalBasis]
    conditions: Mapping[str, Condition]
    records: Mapping[str, RecordCategory]
    objections: Mapping[str, Objection]
    showing: Mapping[str, Element]
    reasons: Mapping[str, Reason]
    calendar: WorkCalendar
    date_order: DateOrder = "month-first"
    office_rules: RuleSet = field(default_factory=RuleSet)
    jurisdictions: Mapping[str, Jurisdiction] = field(default_factory=dict)
    template_law: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Short names of the law that the template of a kind names in its tags, by kind."""
    languages: Mapping[str, str] = field(default_factory=dict)
    """Every language that letters may be in, with its name; the office's own is the first."""
    translations: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The languages besides the office's own that a kind has a template in, by kind."""

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The values of the answers that rules.toml defines, by table."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """The request form of each kind whose form is not the records request, by kind."""

    effects: Mapping[str, str] = field(default_factory=dict)
    """What letters of a kind do, by kind: ``releases`` records, or ``refuses`` them; only kinds that say so."""

    def form_of(self, kind: str) -> str:
        """The request form of a kind."""
        return self.forms.get(kind, RECORDS_REQUEST)

    def languages_of(self, kind: str) -> Mapping[str, str]:
        """The languages that a letter of this kind may be in, with their names; the office's own is the first."""
        own = next(iter(self.languages), "")
        chosen = (own, *self.translations.get(kind, ()))
        return {tag: name for tag, name in self.languages.items() if tag in chosen}

    @lazy_property
    def _by_answers(self) -> dict[tuple[object, ...], ByAnswers[Any]]:
        return {}

    def by_answers(self, question: str, form: type, kind: str | None) -> ByAnswers[Any]:
        """What is remembered of one question that is asked about letters of one kind."""
        key = question, form, kind
        known = self._by_answers.get(key)
        if known is None:
            known = self._by_answers[key] = ByAnswers()
        return known

    @lazy_property
    def _remembered(self) -> dict[tuple[Any, ...], Any]:
        return {}

    def remembered(self, work: Callable[..., Iterable[_Found]], *key: Any) -> Sequence[_Found]:
        """What some work gives, which depends on this rulebook and on what it is handed, and on nothing else."""
        known = self._remembered
        try:
            return cast("Sequence[_Found]", known[work, *key])
        except KeyError:
            found = tuple(work(self, *key))
            remember(known, _REMEMBERED, (work, *key), found)
            return found

    @lazy_property
    def case_names(self) -> re.Pattern[str]:
        """Matches the name of a case, as one group; nothing, if the office cites no cases."""
        names = [re.escape(basis.case_name) for basis in self.bases.values() if basis.case_name]
        return pattern(f"({'|'.join(sorted(names, key=len, reverse=True))})" if names else r"((?!))")

    @lazy_property
    def by_role(self) -> Mapping[str, Sequence[LegalBasis]]:
        """The law that fills each role, in the order of the file."""
        found: dict[str, list[LegalBasis]] = {}
        for basis in self.bases.values():
            for role in basis.roles if basis.can_fill_a_role else ():
                found.setdefault(role, []).append(basis)
        return found

    @lazy_property
    def with_deadlines(self) -> Sequence[LegalBasis]:
        """The law that sets deadlines, in the order of the file."""
        return [basis for basis in self.bases.values() if basis.deadlines]

    @lazy_property
    def _citable(self) -> dict[CitationRules, Mapping[str, LegalBasis]]:
        return {}

    def citable(self, rules: CitationRules) -> Mapping[str, LegalBasis]:
        """The law that a letter may cite. Kept, because most letters of a batch may cite the same."""
        if rules not in self._citable:
            found = {name: basis for name, basis in self.bases.items() if rules.allow(basis)}
            remember(self._citable, _CITABLE_KEPT, rules, found)
        return self._citable[rules]

    def with_law(self, text: str) -> str:
        """A text with each {{ law.ROLE }} replaced by the citations of the law that has this role, or this id."""
        return LAW_TAG.sub(lambda tag: listed([each.citation for each in self.named(tag[1])], "or"), text)

    def named(self, name: str) -> Sequence[LegalBasis]:
        """The law that a template names: an entry by its short name, or every entry that fills a role."""
        return [self.bases[name]] if name in self.bases else self.by_role.get(name, ())

    @lazy_property
    def by_words(self) -> Mapping[str, Mapping[str, str]]:
        """By list, the short names of its entries by what answers may say instead: a citation, a subject, a title.

        The words are folded with `folded_words`. What two entries share is left out.
        """
        lists = {
            "bases": [(basis.citation, name) for name, basis in self.bases.items()],
            "conditions": [(each.subject, name) for name, each in self.conditions.items()],
            "objections": [(each.subject, name) for name, each in self.objections.items()],
            "grounds": [(each.title or "", name) for name, each in self.grounds.items()],
        }
        lists["amended"] = lists["assertable"] = lists["bases"]
        return {which: _distinct(entries) for which, entries in lists.items()}

    @lazy_property
    def amended(self) -> Mapping[str, LegalBasis]:
        """The law that is known to have been amended."""
        return {name: basis for name, basis in self.bases.items() if basis.amended}

    @lazy_property
    def grounds(self) -> Mapping[str, Reason]:
        """The reasons for a refusal that are given only if counsel chooses them."""
        return {name: reason for name, reason in self.reasons.items() if reason.chosen}

    @property
    def requesters(self) -> Sequence[str]:
        """The kinds of requester."""
        return self.values["requester"]

    @property
    def natures(self) -> Sequence[str]:
        """What the matter behind a request may be."""
        return self.values["nature"]

    @property
    def processes(self) -> Sequence[str]:
        """The kinds of compulsory process, and that there is none."""
        return self.values["process"]

    @property
    def powers(self) -> Sequence[str]:
        """The powers that an agency's subpoena may rely on."""
        return self.values["power"]

    @property
    def decisions(self) -> Sequence[str]:
        """The decisions that may answer compulsory process."""
        return self.values["decision"]

    @lazy_property
    def assertable(self) -> Mapping[str, LegalBasis]:
        """The law that requesters are known to rely on."""
        return {name: basis for name, basis in self.bases.items() if basis.assertable}


def _distinct(entries: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for words, name in entries:
        found.setdefault(folded_words(words), set()).add(name)
    return {words: next(iter(names)) for words, names in found.items() if words and len(names) == 1}


class Due(Struct, frozen=True):
    """A day by which something is due.

    Args:
        day: where a period ends that would end on a closed day, the day that the deadline's own rule gives.
        counted: the last day of the period, as counted.
        start: the day that started the clock.
    """

    day: date
    deadline: Deadline
    basis: LegalBasis
    counted: date
    start: date


def due(start_of: Callable[[Deadline], date | None], topics: frozenset[str], rulebook: Rulebook) -> dict[str, Due]:
    """The days by which the law requires an answer to a request, by short name.

    Args:
        start_of: the day on which the clock of a deadline starts; None while it is not known.
    """
    found: dict[str, Due] = {}
    for basis in rulebook.with_deadlines:
        if basis.only_for and not topics & set(basis.only_for):
            continue
        for deadline in basis.deadlines:
            start = start_of(deadline)
            if start is not None and basis.in_force_on(start):
                counted = deadline.counted_day(start, rulebook.calendar)
                found[deadline.id] = Due(deadline.settled(counted, rulebook.calendar), deadline, basis, counted, start)
    return found
