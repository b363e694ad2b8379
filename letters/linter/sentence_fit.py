"""Checks wording that completes a sentence of the letter: a summary of law, the words for a choice, a reason.

A phrase begins in lowercase and ends without a period, because the letter goes on after it; a text that a letter prints
as it is begins with a capital letter and ends like a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from letters._text.lazy_pattern import pattern
from letters.assembly.template.tags import short
from letters.errors import Problem
from letters.linter.findings import Severity
from letters.model.office import Office
from letters.model.rulebook import Rulebook

# Sections of phrases.toml whose words are no part of a sentence, or begin one.
_APART = frozenset({"mark", "salutation", "channel_memo", "ordinal", "quotation", "language"})
_ENDS = pattern(r"[.;:,!?]$")
_ENDS_A_SENTENCE = pattern(r"[.!?…][”’\"')\]]*$|[}%]\}$")  # noqa: RUF001
_ABBREVIATION = pattern(r"\b(?:[A-Z]\.|Inc\.|Co\.|Corp\.|Dept\.|No\.|St\.|etc\.|Jr\.|Sr\.)$")
_CAPITAL = pattern(r"[A-Z][a-z]+\b(?! ?[A-Z])")
# Words with which nothing goes on that begins “20 C.F.R. § 603.4”.
_NO_VERB = pattern(r"(?:the|a|an|that|which|it|this|these|to|no|any|all|if|when|where|in|under|\w+ing)\b", re.I)
_GOES_ON = "The letter goes on after it, so it ends without a punctuation mark."
IN_SENTENCES = ("short_name", "law_name", "unit", "head_title", "accepts_service")
"""Details of the office that stand within sentences."""
Graded = tuple[Severity, Problem]


def wording_fit(rulebook: Rulebook, phrases: Mapping[str, Mapping[str, str]], *, in_english: bool) -> Iterator[Graded]:
    """What does not fit into its sentence.

    Args:
        in_english: whether the wording is in English, where only names begin with a capital letter.
    """
    for basis in rulebook.bases.values():
        where = f"templates/legal_basis.toml, basis {basis.id}"
        yield from _summary(basis.summary, basis.citation, where, in_english=in_english)
    for records in rulebook.records.values():
        yield from _phrase(records.name, f"templates/conditions.toml, records {records.id}", in_english=in_english)
    for element in rulebook.showing.values():
        where = f"templates/showing.toml, element {element.id}"
        yield from _phrase(element.text, where, in_english=in_english)
        yield from _sentence(element.why, where)
    for file, table, entries in (
        ("conditions", "condition", rulebook.conditions),
        ("objections", "objection", rulebook.objections),
        ("reasons", "reason", rulebook.reasons),
    ):
        for each in entries.values():
            yield from _sentence(each.text, f"templates/{file}.toml, {table} {each.id}")
    for section, words in phrases.items():
        for choice, text in words.items() if section not in _APART else ():
            yield from _phrase(text, f"templates/phrases.toml, {section}.{choice}", in_english=in_english)


def office_fit(office: Office) -> Iterator[Problem]:
    """Details of the office that end like a sentence, although the letter goes on after them."""
    for name in IN_SENTENCES:
        if why := why_no_part(getattr(office, name)):
            yield Problem(why, f"templates/office.toml, {name}", _GOES_ON, "sentence")


def why_no_part(text: str) -> str:
    """Why a text cannot stand within a sentence, in a sentence; empty if it can."""
    return f"“…{_end(text)}” ends with a punctuation mark." if _ends_wrongly(text) else ""


def _summary(text: str, citation: str, where: str, *, in_english: bool) -> Iterator[Graded]:
    """A summary of law follows its citation."""
    reads = f"It would read “{short(f'{citation} {text}', 70)}”."
    if why := why_no_part(text):
        yield "error", Problem(why, where, _GOES_ON, "sentence")
    if in_english and (_CAPITAL.match(text) or _NO_VERB.match(text)):
        hint = "Begin with what it does, in lowercase: “requires …”, “forbids …”, “defines …”."
        yield "error", Problem(f"The summary does not go on after the citation. {reads}", where, hint, "sentence")


def _phrase(text: str, where: str, *, in_english: bool) -> Iterator[Graded]:
    if why := why_no_part(text):
        yield "error", Problem(why, where, _GOES_ON, "sentence")
    if in_english and _CAPITAL.match(text):
        hint = "Write it as it stands in the middle of a sentence, unless it is a name."
        yield "note", Problem(f"“{short(text, 60)}” begins with a capital letter.", where, hint, "sentence")


def _sentence(text: str, where: str) -> Iterator[Graded]:
    if text and not _ENDS_A_SENTENCE.search(text):
        hint = "The letter prints it as it is: end it with a period."
        yield "error", Problem(f"“…{_end(text)}” does not end like a sentence.", where, hint, "sentence")
    if text[:1].islower():
        hint = "The letter prints it as it is: begin with a capital letter."
        yield "error", Problem(f"“{short(text, 60)}” does not begin like a sentence.", where, hint, "sentence")


def _ends_wrongly(text: str) -> bool:
    return bool(_ENDS.search(text)) and not _ABBREVIATION.search(text)


def _end(text: str) -> str:
    return " ".join(text.split())[-30:]
