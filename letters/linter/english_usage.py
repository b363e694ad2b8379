"""English in templates and in the wording that letters take from data: quotation marks, articles, commas, capitals.

Only for libraries whose letters are in English; what a sample letter says is read where it is made (`sample_runs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from letters._text.usage import usage_mistakes
from letters.assembly.anatomy import WordingPiece
from letters.assembly.template.tags import OBJECT, scan, short
from letters.errors import Problem
from letters.model.rulebook import Rulebook


def usage_in_pieces(pieces: Iterable[WordingPiece]) -> Iterator[Problem]:
    """Mistakes in the words of a template, its tags left aside."""
    for piece in pieces:
        for message, hint in _mistakes(piece.words):
            yield Problem(message, str(piece.place), hint, "english", about=piece.place)


def usage_in_data(rulebook: Rulebook, phrases: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    """Mistakes in the words of the law, the terms, and the phrases that letters print."""
    for file, name, text in (
        *(("legal_basis.toml", each.id, each.summary) for each in rulebook.bases.values()),
        *(("conditions.toml", each.id, f"{each.subject}. {each.text}") for each in rulebook.conditions.values()),
        *(("conditions.toml", each.id, each.name) for each in rulebook.records.values()),
        *(("objections.toml", each.id, f"{each.subject}. {each.text}") for each in rulebook.objections.values()),
        *(("reasons.toml", each.id, each.text) for each in rulebook.reasons.values()),
        *(("showing.toml", each.id, each.text) for each in rulebook.showing.values()),
        *(("showing.toml", each.id, each.why) for each in rulebook.showing.values()),
        *(("phrases.toml", f"[{field}]", words) for field, of in phrases.items() for words in of.values()),
    ):
        for message, hint in _mistakes(text):
            yield Problem(message, f"templates/{file}, {name}", hint, "english")


def _mistakes(text: str) -> Iterator[tuple[str, str]]:
    words = _without_tags(text)
    for found in usage_mistakes(words):
        around = short(words[max(0, found.start - 25) : found.end + 15].replace("\n", " "), 60)
        yield f"{found.what[0].upper()}{found.what[1:]} (“…{around}…”).", found.hint


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]}{OBJECT}{words[end:]}"
    return words
