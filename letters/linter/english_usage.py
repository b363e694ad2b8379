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
        for what, hint in english_mistakes(_without_tags(piece.words)):
            yield Problem(f"{_capitalized(what)}.", str(piece.place), hint, "english", about=piece.place)


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
        for what, hint in english_mistakes(_without_tags(text)):
            yield Problem(f"{_capitalized(what)}.", f"templates/{file}, {name}", hint, "english")


def english_mistakes(text: str) -> Iterator[tuple[str, str]]:
    """Each mistake with the words around it, without a period; and the hint.

    Every line is read by itself: two entries of a list may begin with the same word.
    """
    for found in usage_mistakes(text):
        around = short(text[max(0, found.start - 25) : found.end + 15].replace("\n", " "), 60)
        yield f"{found.what} (“…{around}…”)", found.hint


def _capitalized(what: str) -> str:
    return what[0].upper() + what[1:]


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]}{OBJECT}{words[end:]}"
    return words
