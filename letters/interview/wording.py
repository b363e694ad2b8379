"""What counsel reads in lists and messages: the library's wording filled in, and words for the names files use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from letters._text.lazy_pattern import pattern
from letters.errors import TemplateAtFault
from letters.interview.placeholders import blank, visible
from letters.interview.state import InterviewState
from letters.interview.text_input import in_words
from letters.library.prompts import Question
from letters.model.fields import get, put

_TAG = pattern(r"\{\{\s*([\w.]+).*?\}\}|\{%.*?%\}")
# The name of a field, with the space and parentheses around it: “Statutes relied on (request.asserted)”.
_FIELD = pattern(r" \(([a-z_]+(?:\.[a-z_0-9]+)*)\)")
# What may be the name of an entry of legal_basis.toml: “Add cfr-603-4.”
_ID = pattern(r"(?<![\w-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])")
# In the help: the words of the letter that the answer completes.
_FRAME = pattern(r"“([^”]*)…([^”]*)”")
_QUOTED = pattern(r"“([a-z]+(?:-[a-z]+)*)”")


def filled(state: InterviewState, wording: str) -> str:
    """A condition or objection as the letter will state it; answers still missing are named in brackets."""
    from letters.assembly.template.template import fill_text

    if "{" not in wording:
        return wording
    try:
        return visible(fill_text(wording, _names(state), ""), {})
    except TemplateAtFault:
        return visible(fill_blanks(wording), {})


def fill_blanks(wording: str) -> str:
    """The wording with a blank for each of its tags."""
    return _TAG.sub(lambda tag: blank(tag[1].rsplit(".", 1)[-1].replace("_", " ")) if tag[1] else "", wording)


def _names(state: InterviewState) -> dict[str, Any]:
    """Every answer by its dotted name, or a blank; and the law."""
    names: dict[str, Any] = {"confirms_duty": False}
    for field in state.fields.values():
        value = get(state.answers, field.name)
        put(names, field.name, blank(field.title) if value is None else "; ".join(in_words(value)))
    requester = "request.requester.agency"
    if get(state.answers, f"{requester}_in_sentence") is None:
        put(names, f"{requester}_in_sentence", get(names, requester))
    roles = {role: fill[0] for role, fill in state.rulebook.by_role.items()}
    names["law"] = {
        name.replace("-", "_"): {"citation": basis.citation, "summary": basis.summary, "title": basis.title}
        for name, basis in (roles | dict(state.rulebook.bases)).items()
    }
    return names


def without_ids(state: InterviewState, message: str) -> str:
    """A message in the words counsel knows: no field names, and words for choices, kinds of letter, and law."""
    fields, words = state.fields, dict(_words(state))
    bases = state.rulebook.bases

    def drop(found: re.Match[str]) -> str:
        known = found[1] in fields or found[1].startswith("request.") or found[1] in bases
        return "" if known or found[1] in state.library.kinds else found[0]

    message = _FIELD.sub(drop, re.sub(r" \(([a-z0-9]+(?:-[a-z0-9]+)+)\)", drop, message))
    message = _ID.sub(lambda found: bases[found[0]].citation if found[0] in bases else found[0], message)
    message = _QUOTED.sub(lambda found: f"“{words.get(found[1], found[1])}”", message)
    for kind in sorted(state.library.kinds, key=len, reverse=True):
        if "-" in kind:
            message = re.sub(rf"(?<![\w-]){kind}(?![\w-])", state.kind_title(kind).lower(), message)
    return message


def _words(state: InterviewState) -> Iterator[tuple[str, str]]:
    for question in state.questionnaire.questions:
        yield from question.choices.items()


def answer_required(description: str) -> str:
    """That a question must be answered, and with what.

    Args:
        description: of the field: the beginning of a sentence; may be empty.
    """
    begins = description[:2].istitle()  # not “IANA”
    what = f"{description[:1].lower()}{description[1:]}" if begins else description
    return f"An answer is required: {what}" if what else "An answer is required."


def sentence_with(question: Question, value: object) -> str:
    """The words of the letter around the answer, as they will stand; empty where the help does not give them."""
    found = _FRAME.search(question.help)
    return f"“{found[1]}{value}{found[2]}”" if found and question.field.kind == "text" and value else ""
