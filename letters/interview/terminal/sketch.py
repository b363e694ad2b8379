"""The letter so far, as text: what has been answered stands in it, what has not is a marked blank.

It is made from the kind's own template, filled with stand-ins where answers are missing. It shows and decides nothing
else: whatever goes wrong in it is said in its place, and the interview goes on.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from letters.assembly.assembler import Assembler
from letters.assembly.context import context_of
from letters.errors import LettersError, Problem, TemplateAtFault
from letters.interview.interview import Interview
from letters.interview.terminal.plaintext import WIDTH, lines_of
from letters.interview.terminal.standins import Day, blank, marked, printable, stand_in, visible
from letters.library.validation import partial_letter
from letters.model.fields import get, put
from letters.model.letter import Letter

# How many answers a template may need that nothing marks as needed; each costs one attempt.
_ATTEMPTS = 60
_TAG = re.compile(r"\{\{\s*([\w.]+).*?\}\}|\{%.*?%\}")


def sketch_of(assembler: Assembler, interview: Interview, last: str = "") -> str:
    """The letter as far as the answers make it.

    Args:
        last: the field answered last; its answer stands between ``>>`` and ``<<``.
    """
    kind = interview.kind or interview.kind_default() or _likely(interview)
    head = [f"{assembler.library.kinds[kind].title}, as far as it goes. What stands in [ ] is still open."]
    if not interview.kind:
        head.append("No kind of letter has been chosen yet; this is the one the answers point to so far.")
    try:
        text = _text(assembler, interview, kind, last)
    except LettersError as error:
        text = f"It cannot be shown yet: {error.problems[0]}"
    except Exception as error:  # a picture of the letter must not stop the interview it is a picture of
        text = f"It cannot be shown yet ({type(error).__name__}). The letter is checked in full before it is written."
    if last:
        head.append(
            "Your last answer stands between >> and <<." if ">>" in text else "Your last answer is not printed in it."
        )
    return "\n".join([*(textwrap.fill(line, WIDTH) for line in head), "-" * WIDTH, "", text, ""])


def _likely(interview: Interview) -> str:
    """The kind the facts point to as long as they are incomplete."""
    state = interview.state
    outcome = state.guide.on(state.settled_facts()) if state.guide else None
    return outcome.kind if outcome and outcome.kind in state.library.kinds else next(iter(state.library.kinds))


def _text(assembler: Assembler, interview: Interview, kind: str, last: str) -> str:
    from letters.assembly.template.template import Properties

    context = _context(assembler, interview, kind, last)
    template = assembler.template(kind)
    properties = Properties(title="", author="", language=assembler.office.language, dated=interview.state.today)
    for _ in range(_ATTEMPTS):
        days: dict[str, str] = {}
        try:
            filled = template.fill(printable(context, assembler.phrases, days), properties)
        except TemplateAtFault as error:
            if not _mended(context, interview, error.problems[0]):
                raise
        else:
            return "\n".join(lines_of(filled, partial(visible, days=days)))
    return "It cannot be shown yet: too much of it is still open."


def _context(assembler: Assembler, interview: Interview, kind: str, last: str) -> dict[str, Any]:
    field = interview.script.fields.get(last)
    looked_up = field is not None and (bool(field.library) or field.kind in ("choice", "choices"))
    so_far = partial_letter(interview.settled() | {"kind": kind})
    letter = stand_in(type(so_far), so_far, "" if looked_up else last)
    assert isinstance(letter, Letter)
    signs = (
        letter.signatory
        if letter.signatory in assembler.rulebook.signatories
        else next(iter(assembler.rulebook.signatories))
    )
    day = interview.state.today if isinstance(letter.date, Day) else letter.date
    extras = assembler.extras(kind)
    context = context_of(
        letter.model_copy(update={"date": day, "signatory": signs}),
        assembler.office,
        assembler.rulebook,
        assembler.phrases,
        _lenient(),
        extras=extras,
    )
    context["date"] = letter.date
    if letter.signatory != signs:
        context["signatory"] = {name: blank(f"{name} of the signatory") for name in ("name", "title")}
    if not letter.delivery:
        context["delivery_words"] = blank("how it is sent")
    if letter.needs_legal_basis and not context["legal_basis"]:
        names = ("citation", "citation_after_name", "summary", "title")
        context["legal_basis"] = [
            {name: blank("legal basis") for name in names} | {"case_name": "", "authority": "binding"}
        ]
        context["citations"] = blank("legal basis")
    if looked_up:
        _mark_what_follows(context, last)
    return context


def _lenient() -> Callable[[str, Mapping[str, Any], str], str]:
    """Fills the wording of a condition; where an answer is missing, its tags become blanks."""
    from letters.assembly.template.template import fill_text

    def fill(wording: str, names: Mapping[str, Any], where: str) -> str:
        try:
            return fill_text(wording, names, where)
        except TemplateAtFault:
            return _TAG.sub(lambda tag: blank(tag[1].rsplit(".", 1)[-1].replace("_", " ")) if tag[1] else "", wording)

    return fill


def _mark_what_follows(context: dict[str, Any], name: str) -> None:
    """Mark what a template prints for an answer that was picked: its words, names or citations."""
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


# Of what a picked answer stands for, the parts that can be printed with a mark round them.
_PRINTED = ("name", "title", "citation", "citation_after_name", "subject")


def _mended(context: dict[str, Any], interview: Interview, problem: Problem) -> bool:
    """Put a blank where the template wants an answer that there is none of; False where that is not the trouble."""
    name = problem.field
    holder, _, last = name.rpartition(".")
    among = get(context, holder) if holder else context
    if not isinstance(among, dict) or last not in among or among[last] not in (None, "", []):
        return False
    field = interview.script.fields.get(name)
    title = field.title if field else last.replace("_", " ")
    if among[last] == []:
        among[last] = [blank(title)]
    else:
        among[last] = Day.blank(title) if field and field.kind == "date" else blank(title)
    return True
