"""Finds sentences without a verb that says what somebody does or what is so.

A word that may be such a verb counts as one, so that no sentence is called a fragment wrongly; some fragments, whose
participles look like verbs, are not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from letters._text.english_words import english_words
from letters._text.lazy_pattern import pattern
from letters.provenance.letter_text import sentences

_SHORTEST = 4  # words of a sentence that is looked at
_LONGEST_HEADING = 10  # words of a heading that stands before the sentences of its paragraph
_WORDS = english_words()
_WORD = pattern(r"[A-Za-z][A-Za-z\u2019'-]*")


def _with_s(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"


_VERBS = _WORDS["verbs"]
_S_FORMS = frozenset(map(_with_s, _VERBS))
_COMPLETES = _WORDS["auxiliaries"] | _WORDS["past_forms"]


def fragments(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph that have no verb."""
    found: list[str] = []
    for piece in sentences(paragraph):
        if found and piece[:1].islower():  # after an abbreviation: Sample & Sons, Inc. asks
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    for number, sentence in enumerate(found):
        words = _WORD.findall(sentence)
        if not sentence.endswith((".", "?", "!")) or not sentence[:1].isupper() or len(words) < _SHORTEST:
            continue
        if all(word[0].isupper() for word in words if len(word) > 3):
            continue  # a name, such as Placeholder & Sample, P.C.
        if number == 0 and len(found) > 1 and len(words) <= _LONGEST_HEADING:
            continue
        if not any(_may_be_a_verb(words, at) for at in range(len(words))):
            yield sentence


def _may_be_a_verb(words: list[str], at: int) -> bool:
    word, before = words[at].lower(), words[at - 1].lower() if at else ""
    if word in _COMPLETES or (word.endswith("ed") and len(word) > 4) or "n\u2019t" in word:
        return True
    if word in _S_FORMS:
        return word not in _WORDS["verbs_often_nouns"] or (at > 0 and before not in _WORDS["before_nouns"])
    return word in _VERBS and before not in (
        "to",
        "a",
        "an",
        "the",
        "of",
        "no",
        "for",
        "in",
        "by",
        "its",
        "their",
        "your",
    )
