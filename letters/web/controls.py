"""A question as part of a form: what it asks, what is said around it, and the control that takes the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from letters._text.dates import long_date
from letters.interview import question_help, question_notes
from letters.interview.applicability import is_required
from letters.interview.options import Option, options_for
from letters.interview.state import InterviewState
from letters.interview.suggestions import suggestions_for
from letters.interview.text_input import as_typed
from letters.library.prompts import Question

Line = tuple[str, str]
_FORMS = {"yes-no": "yes-no", "choice": "one", "choices": "several", "date": "date"}
_YES_NO = (Option("yes", "Yes"), Option("no", "No"))


class Control(Struct, frozen=True):
    """One question of a page.

    Args:
        name: the name of the field in the form.
        text: the question.
        form: ``line``, ``lines``, ``date``, ``yes-no``, ``one`` or ``several``.
        value: the text to start from.
        chosen: the values to start from, for choices.
        help: a line or two below the question.
        more: further help, to be unfolded.
        notes: what is said before the question, with styles.
        error: why the answer was not accepted.
        readings: the days that an ambiguous date may mean, for counsel to choose.
    """

    name: str
    text: str
    form: str
    value: str = ""
    chosen: Sequence[str] = ()
    options: Sequence[Option] = ()
    help: str = ""
    more: Sequence[str] = ()
    notes: Sequence[Line] = ()
    error: str = ""
    suggestions: Sequence[str] = ()
    required: bool = False
    readings: Sequence[Option] = ()

    @property
    def id(self) -> str:
        """The id of the element that takes the answer."""
        return f"answer-{self.name.replace('.', '-')}"

    @property
    def is_choice(self) -> bool:
        """Whether there are several elements, in a group with a legend."""
        return self.form in ("yes-no", "one", "several")


class RefusedAnswer(Struct):
    """An answer that was not accepted: as it was sent, why not, and the days it may mean."""

    sent: Any
    error: str
    readings: Sequence[Option] = field(default_factory=tuple)


def control_for(state: InterviewState, question: Question, refused: RefusedAnswer | None = None) -> Control:
    """The control of a question of the interview."""
    current, _ = question_notes.start_from(state, question)
    return _control(
        state,
        question,
        question.field.name,
        refused.sent if refused else current,
        notes=tuple(question_notes.before(state, question)),
        required=is_required(state, question),
        refused=refused,
    )


def control_for_part(
    state: InterviewState, question: Question, item: Question, refused: RefusedAnswer | None
) -> Control:
    """The control of one part of the entry in progress."""
    entry = state.entry
    assert entry is not None
    given = entry.parts.get(item.field.name)
    half_typed = state.half_typed.get(f"{question.field.name}.{item.field.name}")
    current = half_typed or (item.default if given is None else given)
    name = f"{question.field.name}.{item.field.name}"
    return _control(
        state, item, name, refused.sent if refused else current, required=item.field.required, refused=refused
    )


def control_for_menu(
    name: str, text: str, form: str, options: Sequence[Option], chosen: Sequence[str], *, help_: str, error: str = ""
) -> Control:
    """A choice that is no question of the library, such as that of the kind of letter."""
    return Control(
        name, text, form, chosen=tuple(chosen), options=tuple(options), help=help_, error=error, required=form == "one"
    )


def _control(
    state: InterviewState,
    question: Question,
    name: str,
    current: Any,
    *,
    required: bool,
    refused: RefusedAnswer | None,
    notes: Sequence[Line] = (),
) -> Control:
    kind = question.field.kind
    several_lines = kind in ("list", "persons") or question.several_lines
    form = _FORMS.get(kind, "lines" if several_lines else "line")
    options = _YES_NO if form == "yes-no" else tuple(options_for(state, question)) if kind in _FORMS else ()
    if form == "date":
        options = ()
    return Control(
        name,
        question.ask,
        form,
        value="" if form in ("yes-no", "one", "several") else _as_text(question, current),
        chosen=_as_chosen(form, current, options),
        options=options,
        help=question.help,
        more=[text for _, text in question_help.help_on(question, options, required=required)],
        notes=notes,
        error=refused.error if refused else "",
        suggestions=suggestions_for(state, question) if form in ("line", "lines") else (),
        required=required,
        readings=refused.readings if refused else (),
    )


def _as_text(question: Question, current: Any) -> str:
    return current if isinstance(current, str) else as_typed(question, current)


def _as_chosen(form: str, current: Any, options: Sequence[Option]) -> tuple[str, ...]:
    if form == "yes-no":
        return (("yes" if current else "no"),) if isinstance(current, bool) else ()
    if form not in ("one", "several"):
        return ()
    values = [current] if isinstance(current, str) else list(current or ())
    return tuple(str(each) for each in values)


def readings_of(days: Sequence[Any]) -> tuple[Option, ...]:
    """The days that an ambiguous date may mean, as choices."""
    return tuple(Option(day.isoformat(), long_date(day)) for day in days)
