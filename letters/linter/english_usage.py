"""English in templates and in the wording that letters take from data: quotation marks, articles, commas, capitals.

Only for libraries whose letters are in English; what a sample letter says is read where it is made (`sample_runs`).
Questions, rules, and advice are read as well, since counsel reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from letters._text.lazy_pattern import pattern
from letters._text.usage import usage_mistakes
from letters.assembly.anatomy import WordingPiece
from letters.assembly.template.tags import OBJECT, scan, short
from letters.errors import Problem
from letters.linter.incomplete_sentences import fragments
from letters.model.rulebook import Rulebook

_SENTENCE = pattern(r"^[A-Z“].*\s.*[.?!]$", re.S)
# The value of an answer, quoted as it is: is “no”, so the letter …
_QUOTES_A_VALUE = pattern(r"“[\w-]+”[.,]")


def usage_in_pieces(pieces: Iterable[WordingPiece]) -> Iterator[Problem]:
    """Mistakes in the words of a template, its tags left aside."""
    for piece in pieces:
        for what, hint in english_mistakes(_without_tags(piece.words), spacing=False):
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
        words = _without_tags(text)
        for what, hint in (*english_mistakes(words), *incomplete_sentences(words)):
            yield Problem(f"{_capitalized(what)}.", f"templates/{file}, {name}", hint, "english")


def usage_in_sentences(files: Iterable[tuple[str, object]]) -> Iterator[Problem]:
    """Mistakes in the sentences of files that no letter prints: questions, rules, and advice.

    Args:
        files: the name of each, and what is in it.
    """
    for name, data in files:
        for text in dict.fromkeys(_sentences_in(data)):
            for found in usage_mistakes(_without_tags(text)):
                if _QUOTES_A_VALUE.search(text, max(found.start - 40, 0), found.end):
                    continue
                around = short(text[max(0, found.start - 25) : found.end + 15].replace("\n", " "), 60)
                if '"' not in around and "'" not in around:  # what somebody types into a file
                    yield Problem(f"{_capitalized(found.what)} (“…{around}…”).", name, found.hint, "english")


def _sentences_in(data: object) -> Iterator[str]:
    match data:
        case str() if _SENTENCE.search(data):
            yield data
        case dict():
            for each in data.values():
                yield from _sentences_in(each)
        case list():
            for each in data:
                yield from _sentences_in(each)


def english_mistakes(text: str, *, spacing: bool = True) -> Iterator[tuple[str, str]]:
    """Each mistake with the words around it, without a period; and the hint.

    Every line is read by itself: two entries of a list may begin with the same word.

    Args:
        spacing: with spaces and punctuation marks that do not fit; `proofreading` finds those of a letter.
    """
    for found in usage_mistakes(text, spacing=spacing):
        around = short(text[max(0, found.start - 25) : found.end + 15].replace("\n", " "), 60)
        yield f"{found.what} (“…{around}…”)", found.hint


def incomplete_sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence of a paragraph without a verb, and the hint."""
    for sentence in fragments(text):
        yield f"a sentence has no verb (“{short(sentence, 60)}”)", "Complete it, or write it as a heading."


def _capitalized(what: str) -> str:
    return what[0].upper() + what[1:]


def _without_tags(words: str) -> str:
    for start, end in reversed(scan(words)[0] if "{" in words else []):
        words = f"{words[:start]}{OBJECT}{words[end:]}"
    return words
