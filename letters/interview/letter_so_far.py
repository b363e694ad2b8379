"""The unfinished letter as text: the answers given so far, and a named blank for each one missing.

It is made from the kind's own template, with placeholders for missing answers. It is for looking at only: whatever goes
wrong here is reported in the text itself, and the interview continues.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from letters.assembly.assembler import Assembler
from letters.assembly.template_context import context_of
from letters.errors import LettersError, Problem, TemplateAtFault
from letters.interview.applicability import effective_answers
from letters.interview.kind_choice import likely_kind
from letters.interview.placeholders import PlaceholderDay, blank, marked, printable, visible, with_placeholders
from letters.interview.plain_text import WIDTH, lines_of
from letters.interview.state import InterviewState
from letters.interview.wording import fill_blanks
from letters.library.validation import partial_letter
from letters.model.fields import get, put
from letters.model.letter import Letter
from letters.model.values import Model

# How many missing answers a template may need beyond those the model requires; each costs one attempt.
_ATTEMPTS = 60
# The parts of a chosen item that a template prints, and that can therefore be marked.
_PRINTED = ("name", "title", "citation", "citation_after_name", "subject")


def letter_so_far(assembler: Assembler, state: InterviewState, last: str = "") -> str:
    """The letter as far as the answers go, as text.

    Args:
        last: the field answered last; its answer appears between ``>>`` and ``<<``.
    """
    kind = likely_kind(state)
    head = [f"{assembler.library.kinds[kind].title}: the letter so far. Blanks in [ ] are still to be answered."]
    if not state.kind:
        head.append("You have not chosen a kind of letter yet; the answers so far point to this one.")
    try:
        text = _text(assembler, state, kind, last)
    except LettersError as error:
        text = f"The letter cannot be shown yet: {error.briefly}"
    except Exception as error:  # a failure to show the letter must not end the interview
        text = (
            f"The letter cannot be shown yet ({type(error).__name__}). It will be checked in full before it is written."
        )
    if last:
        in_it = "is between >> and <<" if ">>" in text else "does not appear in the letter"
        head.append(f"Your last answer {in_it}.")
    return "\n".join([*(textwrap.fill(line, WIDTH) for line in head), "-" * WIDTH, "", text, ""])


def _text(assembler: Assembler, state: InterviewState, kind: str, last: str) -> str:
    docx, days = filled_with_blanks(assembler, state, kind, effective_answers(state), last)
    return "\n".join(lines_of(docx, partial(visible, days=days)))


def filled_with_blanks(
    assembler: Assembler,
    state: InterviewState,
    kind: str,
    answers: Mapping[str, Any],
    last: str,
    change: Callable[[Model], Model] = lambda letter: letter,
) -> tuple[bytes, dict[str, str]]:
    """The letter of this kind as a .docx, with placeholders as `placeholders` describes them.

    Args:
        last: the field whose answer is marked.
        change: applied to what is known of the letter, before placeholders are put in.

    Returns:
        The letter, and how each placeholder day prints with the text that replaces it.

    Raises:
        LettersError: the template cannot be filled.
    """
    from letters.assembly.template.document_properties import DocumentProperties

    context = _context(
        assembler, state, kind, change(partial_letter({**answers, "kind": kind}, state.rulebook.form_of(kind))), last
    )
    template = assembler.template(kind)
    properties = DocumentProperties(title="", author="", language=assembler.office.language, dated=state.today)
    for _ in range(_ATTEMPTS):
        days: dict[str, str] = {}
        try:
            filled = template.fill(printable(context, assembler.phrases, days), properties)
        except TemplateAtFault as error:
            if not _fill_blank(context, state, error.problems[0]):
                raise
        else:
            return filled, days
    raise LettersError("too many answers are still missing.")


def _context(assembler: Assembler, state: InterviewState, kind: str, known: Model, last: str) -> dict[str, Any]:
    field = state.fields.get(last)
    # The letter prints words for a choice, not the value chosen, so those words are marked below.
    is_choice = field is not None and (bool(field.library) or field.kind in ("choice", "choices"))
    letter = with_placeholders(type(known), known, "" if is_choice else last)
    assert isinstance(letter, Letter)
    signatories = assembler.rulebook.signatories
    signatory = letter.signatory if letter.signatory in signatories else next(iter(signatories))
    day = state.today if isinstance(letter.date, PlaceholderDay) else letter.date
    context = context_of(
        letter.model_copy(update={"date": day, "signatory": signatory}),
        assembler.office,
        assembler.rulebook,
        assembler.phrases,
        _fill_leniently(),
        extras=assembler.extras(kind),
    )
    context["date"] = letter.date
    if letter.signatory != signatory:
        context["signatory"] = {name: blank(f"{name} of the signatory") for name in ("name", "title")}
    if not letter.delivery:
        context["delivery_words"] = blank("how it is sent")
    if get(context, "request") and get(context, "request.channel") is None:
        way = blank("how it came")
        context["request"] |= {"opening_words": f"your {way} of", "memo_words": f"By {way} of"}
    if letter.needs_legal_basis and not context["legal_basis"]:
        names = ("citation", "citation_after_name", "summary", "title")
        context["legal_basis"] = [
            {name: blank("legal basis") for name in names} | {"case_name": "", "authority": "binding"}
        ]
        context["citations"] = blank("legal basis")
    if is_choice:
        _mark_words_for(context, last)
    return context


def _fill_leniently() -> Callable[[str, Mapping[str, Any], str], str]:
    """Fills the wording of a condition; where an answer is missing, its tags become blanks."""
    from letters.assembly.template.template import fill_text

    def fill(wording: str, names: Mapping[str, Any], where: str) -> str:
        try:
            return fill_text(wording, names, where)
        except TemplateAtFault:
            return fill_blanks(wording)

    return fill


def _mark_words_for(context: dict[str, Any], name: str) -> None:
    """Mark what a template prints for a choice: its words, names or citations."""
    holder, _, last = name.rpartition(".")
    places = {"delivery": ["delivery_words"], "legal_basis": ["legal_basis", "citations"]}.get(
        name, [f"{holder}.{last}_words".lstrip("."), name]
    )
    for place in places:
        value = get(context, place)
        if place.endswith("_words") or isinstance(value, list | dict) or place == "citations":
            put(context, place, _all_marked(value))


def _all_marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _all_marked(each) if key in _PRINTED else each for key, each in value.items()}
    return [_all_marked(each) for each in value] if isinstance(value, list) else marked(value)


def _fill_blank(context: dict[str, Any], state: InterviewState, problem: Problem) -> bool:
    """Put a blank where the template needs an answer that is missing; False if that is not the problem."""
    name = problem.field
    holder, _, last = name.rpartition(".")
    among = get(context, holder) if holder else context
    if not isinstance(among, dict) or last not in among or among[last] not in (None, "", []):
        return False
    field = state.fields.get(name)
    title = field.title if field else last.replace("_", " ")
    if among[last] == []:
        among[last] = [blank(title)]
    else:
        among[last] = PlaceholderDay.blank(title) if field and field.kind == "date" else blank(title)
    return True
