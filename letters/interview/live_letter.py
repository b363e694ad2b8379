"""The letter with the answer being typed in its place: the sentence it completes, and the letter around it.

The letter is filled once for a question; what is typed is then put into the text, so that it can follow every key. A
choice is shown as each of its options would stand, and a yes-or-no question by the sentence that yes would add.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial, reduce
from typing import Any, NamedTuple, get_args

from msgspec import Struct

from letters._text.dates import long_date
from letters._text.lazy_pattern import pattern
from letters.assembly.assembler import Assembler
from letters.interview.applicability import effective_answers
from letters.interview.kind_choice import likely_kind
from letters.interview.letter_so_far import filled_with_blanks
from letters.interview.placeholders import LAST, LAST_END, with_blanks, with_placeholders
from letters.interview.plain_text import TextParagraph, paragraphs_of
from letters.interview.state import InterviewState
from letters.interview.text_input import parse
from letters.library.prompts import Question
from letters.library.validation import partial_model
from letters.model.fields import bare, put
from letters.model.office import Person
from letters.model.values import Model

# Where the typed text goes, and the second part of a person: private-use characters, which no answer contains.
_TYPED, _TITLE = "\ue014", "\ue015"
# A sentence ends with a period or colon after a word in lower case, a figure, or a closing mark; not after “U.S.”
_SENTENCE_END = pattern(r"(?<=[a-z0-9)”\]][.?!:]) +(?=[A-Z“\[])")
_LONGEST = 400


class Sentence(NamedTuple):
    """A sentence of the letter, in three parts: before the answer, the answer or its blank, and after it."""

    before: str
    answer: str
    after: str


class LiveLetter(Struct, frozen=True):
    """The letter while one question is being answered.

    Args:
        question: the question.
        paragraphs: the letter, with the answer between marks.
        added: the paragraphs that a choice adds, where the letter does not print the choice itself.
    """

    state: InterviewState
    question: Question
    paragraphs: Sequence[TextParagraph]
    added: Sequence[TextParagraph] = ()

    def sentence(self, typed: str) -> Sentence | None:
        """The sentence with what was typed; None if the letter does not print it."""
        found = self._place()
        if found < 0:
            return None
        whole = self.paragraphs[found].text
        if LAST not in whole:
            return Sentence("", whole[:_LONGEST], "")
        begin, end = whole.index(LAST), whole.index(LAST_END)
        before = _SENTENCE_END.split(whole[:begin])[-1]
        after = _SENTENCE_END.split(whole[end + 1 :])[0]
        return Sentence(*(self._plain(part, typed) for part in (before, whole[begin:end], after)))

    def lines(self, typed: str, width: int) -> tuple[list[str], range]:
        """The letter in lines of this width, and which of them are the paragraph with the answer."""
        lines: list[str] = []
        place, at = self._place(), range(0)
        for number, paragraph in enumerate(self.paragraphs):
            own = paragraph._replace(text=self._plain(paragraph.text, typed)).lines(width)
            if number == place:
                at = range(len(lines), len(lines) + len(own))
            lines += own
        return lines, at

    def _place(self) -> int:
        """The number of the paragraph with the answer: a full sentence rather than a heading; -1 if there is none."""
        found = [number for number, each in enumerate(self.paragraphs) if LAST in each.text or each in self.added]
        whole = (number for number in found if self.paragraphs[number].text.rstrip().endswith((".", ":", ";")))
        return next(whole, found[0] if found else -1)

    def _plain(self, text: str, typed: str) -> str:
        """The text with the answer in it and without marks."""
        name, title = self._shown(typed)
        return text.replace(LAST, "").replace(LAST_END, "").replace(_TYPED, name).replace(_TITLE, title)

    def _shown(self, typed: str) -> tuple[str, str]:
        """What stands for the answer: the typed text, or its blank."""
        field = self.question.field
        if not typed.strip():
            name = f"{field.title[:1].lower()}{field.title[1:]}".replace("'", "\u2019")  # as the letter prints it
            return f"[{name}]", "[title]"
        if field.kind == "persons":
            name, _, title = typed.strip().split("\n")[0].partition(",")
            return name.strip(), title.strip() or "[title]"
        if field.kind == "date":
            try:
                day = parse(self.question, typed, self.state.rulebook, self.state.today)
            except ValueError:
                return typed, ""
            return (long_date(day) if isinstance(day, date) else typed), ""
        return typed.strip(), ""


def live_letter(
    assembler: Assembler,
    state: InterviewState,
    question: Question,
    value: Any = None,
    item: Question | None = None,
    without: Sequence[str] | None = None,
) -> LiveLetter | None:
    """The letter while the question is being answered; None if it cannot be shown, which never stops the interview.

    Args:
        item: for a list whose entries have parts, the question about the part of the entry in progress.
        value: for a choice, the value or values it is shown with; for a date, the one to start from.
        without: for a choice of several, the values without the one whose words are to be shown.
    """
    try:
        kind = question.field.kind
        if kind in ("choice", "choices", "yes-no"):
            return _with_choice(assembler, state, question, value, without)
        if kind == "group":
            return _with_entry(assembler, state, question, item, value) if item and state.entry else None
        probe = Probe(question, value if isinstance(value, date) else state.today)
        paragraphs = _paragraphs(assembler, state, question, effective_answers(state), probe)
        return LiveLetter(state, question, paragraphs)
    except Exception:
        return None


def _with_choice(
    assembler: Assembler, state: InterviewState, question: Question, value: Any, without: Sequence[str] | None
) -> LiveLetter:
    answers = effective_answers(state)
    put(answers, question.field.name, value)
    paragraphs = _paragraphs(assembler, state, question, answers)
    printed = sum(LAST in each.text for each in paragraphs)
    if printed == 1 or (printed and without is None):
        return LiveLetter(state, question, paragraphs)
    if without is None:
        other = False if question.field.kind == "yes-no" else another(question, value)
    else:
        other = list(without)
    put(answers, question.field.name, other)
    common = {each.text for each in _paragraphs(assembler, state, question, answers)}
    added = [each for each in paragraphs if each.text not in common]
    if printed:  # other lines are printed as well
        paragraphs = [each if each in added else _unmarked(each) for each in paragraphs]
    return LiveLetter(state, question, paragraphs, added)


def _unmarked(paragraph: TextParagraph) -> TextParagraph:
    return paragraph._replace(text=paragraph.text.replace(LAST, "").replace(LAST_END, ""))


def _with_entry(
    assembler: Assembler, state: InterviewState, question: Question, item: Question, value: Any
) -> LiveLetter:
    """The letter with the entry in progress, and blanks for what is not known of it yet."""
    entry = state.entry
    assert entry is not None
    is_choice = item.field.kind in ("choice", "choices", "yes-no")
    day = value if isinstance(value, date) else state.today
    probe = day if item.field.kind == "date" else _TYPED
    model = get_args(bare(question.field.annotation))[0]
    known = partial_model(model, {**entry.parts, item.field.name: value})
    known = known if is_choice else known.model_copy(update={item.field.name: probe})
    shown = with_placeholders(model, known, "" if is_choice else item.field.name)

    def change(letter: Model) -> Model:
        path = question.field.name.split(".")
        listed: list[Any] = list(reduce(getattr, path, letter) or ())
        listed[entry.number : entry.number + (not entry.is_new)] = [shown]
        return _replaced(letter, path, listed)

    def filled(change: Callable[[Model], Model]) -> list[TextParagraph]:
        docx, days = filled_with_blanks(assembler, state, likely_kind(state), effective_answers(state), "", change)
        return list(paragraphs_of(docx, partial(with_blanks, days=days)))

    found = filled(change)
    if not is_choice:
        printed = Probe(item, day)
        return LiveLetter(state, item, [each._replace(text=printed.marked(each.text)) for each in found])
    without = {each.text for each in filled(lambda letter: letter)}
    return LiveLetter(state, item, found, [each for each in found if each.text not in without])


def another(question: Question, value: Any) -> Any:
    """Another value of a choice, to see what this one changes."""
    values = [each for each in question.choices or question.field.choices if each != value]
    return values[0] if values else None


def _paragraphs(
    assembler: Assembler,
    state: InterviewState,
    question: Question,
    answers: Mapping[str, Any],
    probe: Probe | None = None,
) -> list[TextParagraph]:
    change = probe or (lambda letter: letter)
    docx, days = filled_with_blanks(assembler, state, likely_kind(state), answers, question.field.name, change)
    found = paragraphs_of(docx, partial(with_blanks, days=days))
    return [each._replace(text=probe.marked(each.text)) if probe else each for each in found]


class Probe:
    """Puts a mark where the answer goes."""

    def __init__(self, question: Question, today: date) -> None:
        self._name, self._kind, self._day = question.field.name, question.field.kind, today

    def __call__(self, letter: Model) -> Model:
        values: Mapping[str, Any] = {
            "date": self._day,
            "list": [_TYPED],
            "persons": [Person.model_construct(name=_TYPED, title=_TITLE)],
        }
        return _replaced(letter, self._name.split("."), values.get(self._kind, _TYPED))

    def marked(self, text: str) -> str:
        """The text, with the mark in place of the day that stood for a date."""
        return text.replace(f"{LAST}{long_date(self._day)}{LAST_END}", f"{LAST}{_TYPED}{LAST_END}")


def _replaced(model: Model, path: Sequence[str], value: Any) -> Model:
    name, *rest = path
    inner = getattr(model, name)
    if isinstance(inner, dict):  # answers to questions of the office's own
        return model.model_copy(update={name: {**inner, rest[0]: value}})
    return model.model_copy(update={name: _replaced(inner, rest, value) if rest else value})
