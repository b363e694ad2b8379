"""Moving through an interview: which step is shown, and back, forward, or straight to any question that applies."""

from __future__ import annotations

from dataclasses import dataclass

from letters.interview import entries, turning
from letters.interview.entries import LISTS
from letters.interview.state import InterviewState
from letters.library.prompts import Question
from letters.model.fields import get

# Places that are no question: choosing the kind of letter, and the review.
KIND, REVIEW = "?kind", "?review"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be shown now.

    Args:
        what: ``question`` (to be answered whole), ``list`` (its entries, to be added to, changed, moved, removed),
            ``part`` (one part of an entry), ``kind`` (of letter, to be chosen) or ``review``.
        item: the question for the part.
        number: the place of the part's entry in its list, from 0.
    """

    what: str
    question: Question | None = None
    item: Question | None = None
    number: int = 0


class Walk:
    """A place in an interview, and the ways from it."""

    def __init__(self, state: InterviewState) -> None:
        self.state = state
        self._at = ""

    def step(self) -> Step:
        """What is to be shown now."""
        state = self.state
        place = self._here()
        if state.entry:
            question = state.question(state.entry.name)
            item = entries.next_part(question, state.entry) if question else None
            if question and item and place == state.entry.name:
                return Step("part", question, item, state.entry.number)
            state.entry = None
        if place in (KIND, REVIEW):
            return Step("kind" if place == KIND else "review")
        question = state.question(place)
        assert question is not None
        field = question.field
        listed = field.kind == "group" or (field.kind in LISTS and get(state.answers, field.name))
        return Step("list" if listed else "question", question)

    def _here(self) -> str:
        places = self._places()
        return self._at if self._at in places else self._first_open()

    def _places(self) -> list[str]:
        """Every place there is as things stand, in order."""
        asked = self.asked()
        kind = [] if self.state.open_fact() else [KIND]
        names = [[each.field.name for each in asked if each.facts == facts] for facts in (True, False)]
        return [*names[0], *kind, *names[1], REVIEW]

    def _first_open(self) -> str:
        if fact := self.state.open_fact():
            return fact.field.name
        if turning.kind_is_due(self.state):
            return KIND
        question = self.next_question()
        return question.field.name if question else REVIEW

    def back(self) -> bool:
        """Go back one question, or one part of an entry. False at the first."""
        state = self.state
        if self.step().what == "part" and state.entry:
            if state.entry.done:
                state.entry.done.pop()
                state.entry.objection = ""
                return True
            self.leave_entry()
            question = state.question(self._here())
            if question and entries.entries_of(state, question):
                return True  # to the list of the entries there are
        places = self._places()
        number = places.index(self._here())
        if number == 0:
            return False
        self._at = places[number - 1]
        return True

    def forward(self) -> bool:
        """Go forward one question, keeping the answer. False where the question is still open."""
        if not self.may_go_forward():
            return False
        places = self._places()
        self._at = places[places.index(self._here()) + 1]
        return True

    def may_go_forward(self) -> bool:
        """Whether there is an answer here to be kept, so that `forward` leads on."""
        return self.step().what != "part" and self._here() not in (self._first_open(), REVIEW)

    def go_to(self, place: str) -> None:
        """Go to a question (by the name of its field), to `KIND` or to `REVIEW`; `go_on` leaves it again."""
        self.leave_entry()
        self._at = place

    def go_on(self) -> None:
        """Go on with the first question that is open."""
        self.leave_entry()
        self._at = ""

    def asked(self) -> list[Question]:
        """Every question that applies as things stand, answered or not."""
        return [question for question in self.state.script.questions if self.state.applies(question)]

    def open_questions(self) -> list[Question]:
        """The questions still to be answered."""
        return [question for question in self.state.script.questions if self.state.is_open(question)]

    def next_question(self) -> Question | None:
        """The first question still open, or None when counsel has been through them all (see `kind_is_due`)."""
        return next((question for question in self.state.script.questions if self.state.is_open(question)), None)

    def progress(self, question: Question) -> tuple[int, int, int, int]:
        """Number of the question's section and of the question, each with how many there are.

        They are those of the request, or those of the letter.
        """
        asked = [each for each in self.asked() if each.facts == question.facts]
        sections = list(dict.fromkeys(each.section for each in asked))
        names = [each.field.name for each in asked]
        number = names.index(question.field.name) + 1 if question.field.name in names else 1
        section = sections.index(question.section) + 1 if question.section in sections else 1
        return section, len(sections), number, len(names)

    def leave_entry(self) -> None:
        """Put the entry in hand down; what it has is kept for when an entry is added next."""
        entry, self.state.entry = self.state.entry, None
        if entry and entry.fresh and entry.parts:
            self.state.unfinished[entry.name] = entry.parts
