"""Everything known about one interview, as plain data: the answers, what was skipped or set aside, and where we are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from msgspec import Struct, field

from letters.library.answers import Answers
from letters.library.library import Library
from letters.library.prompts import Question, Questionnaire, load_questionnaire
from letters.model.fields import Field
from letters.model.rulebook import Rulebook

if TYPE_CHECKING:
    from letters.library.advice import Advice
    from letters.matters.intake.arrived import Proposal
    from letters.matters.memory import Memory

Entry = dict[str, Any]
Result = TypeVar("Result")


class EntryInProgress(Struct):
    """An entry of a list while its parts are being asked for.

    Args:
        name: the field that holds the list.
        number: the entry's position in the list, from 0.
        parts: the parts answered so far.
        done: the names of the parts already asked, in order.
        is_new: whether the entry is not in the list yet.
        error: why the part asked next must be changed; usually empty.
    """

    name: str
    number: int
    parts: Entry = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    is_new: bool = True
    error: str = ""


class InterviewState(Struct, eq=False):
    """One interview. Start one with `letters.interview.interview.start`.

    Args:
        advice: the rules that recommend a kind of letter; None means no recommendation.
        today: the day that relative dates count from, in the office's time zone.
        questionnaire: the questions for this kind of letter.
        kind: the kind of letter; empty until counsel chooses one.
        language: that the questions are asked in, by the suffix of its files; empty for the office's own.
        answers: every answer given, including those that do not count at the moment.
        skipped: fields whose questions were skipped.
        opened: seldom needed fields that counsel picked from their list.
        filled: fields whose answers were filled in, and follow the answers they came from.
        set_aside: by kind of letter left behind, the answers another kind does not use, by dotted name.
        unused_at_start: titles of the answers at the start that this kind of letter does not use.
        previous: by field, what an earlier answer said that could not be kept.
        claims: by field, what a returned form says; counsel confirms each or types something else.
        conflicts: by field, why an answer conflicts with others; these questions are asked again.
        advice_seen: the ids of the advice rules counsel had seen when choosing the kind.
        entry: the list entry being filled in.
        unfinished_entries: by field, list entries left before they were complete.
        half_typed: by field (or part of an entry), text typed but not yet entered.
        position: the question or place to show; empty for the first open question.
        letter_before: the earlier letter of the matter that this one starts from: its kind, date and reference; and
            under ``about``, whether this one is about the same request or a new one.
        used_before: by field, what earlier letters said there, the latest first.
        notices_shown: deadline notices shown so far.
        references_offered: the register's next numbers, as they were offered for the question about our reference.
        proposals: by field, what the request that was read in proposes; nothing is an answer until counsel accepts it.
        filed: the name under which the register has that request; may be empty.
        memory: what the register remembers; None without a register.
        recalled: whether counsel was asked about the earlier requests it remembers.
        worked_out: what was worked out from the answers, by name, and the state of things (as text) that it holds for.
    """

    library: Library
    rulebook: Rulebook
    advice: Advice | None
    today: date
    questionnaire: Questionnaire
    kind: str = ""
    language: str = ""
    answers: Answers = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    set_aside: dict[str, Answers] = field(default_factory=dict)
    unused_at_start: tuple[str, ...] = ()
    previous: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    advice_seen: tuple[str, ...] | None = None
    entry: EntryInProgress | None = None
    unfinished_entries: dict[str, Entry] = field(default_factory=dict)
    half_typed: dict[str, str] = field(default_factory=dict)
    position: str = ""
    letter_before: dict[str, Any] = field(default_factory=dict)
    used_before: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notices_shown: set[str] = field(default_factory=set)
    references_offered: set[str] = field(default_factory=set)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    filed: str = ""
    memory: Memory | None = None
    recalled: bool = False
    worked_out: tuple[str, dict[str, Any]] = field(default_factory=lambda: ("", {}))

    def load_questions(self, kind: str) -> None:
        """Continue with the questions for this kind of letter."""
        self.kind = kind
        self.questionnaire = load_questionnaire(self.library, kind, self.language)

    def while_unchanged(self, name: str, work_out: Callable[[], Result]) -> Result:
        """What ``work_out`` finds, which depends on the answers and what counsel did with each question.

        One screen asks for the same thing many times; until something changes, it is worked out only once.
        """
        now = repr((self.kind, self.language, self.answers, self.opened, self.skipped, self.conflicts.keys()))
        if self.worked_out[0] != now:
            self.worked_out = (now, {})
        known = self.worked_out[1]
        if name not in known:
            known[name] = work_out()
        return cast("Result", known[name])

    @property
    def fields(self) -> dict[str, Field]:
        """Every field an answer may fill, by dotted name."""
        return dict(self.questionnaire.fields)

    def question(self, name: str) -> Question | None:
        """The question for a field, whether or not it applies."""
        return next((each for each in self.questionnaire.questions if each.field.name == name), None)

    def kind_title(self, kind: str) -> str:
        """The title of a kind of letter, as counsel knows it."""
        found = self.library.kinds.get(kind)
        return found.title if found else kind.replace("-", " ").capitalize()
