"""Finds lists that lack the comma before their last item: “workers, claimants or employers”.

Two words with a comma before them need not be the end of a list (“on paper, signed and dated”; “under the rule,
employers and workers”), so a list is taken for one only if its items are alike: all plural nouns, all with the same
kind of article, or four or more of them. Others are left to a reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from letters._text.english_words import english_words
from letters._text.lazy_pattern import pattern

_JOINED = pattern(r"(?<![,\s]) (?:and|or) (?=[a-z])")
_BREAK = pattern(r"[.;:?!()\u201c\u201d\u2014\n\ufffc]")
_WORD = pattern(r"[A-Za-z][A-Za-z\u2019-]*")
_LONGEST_ITEM = 4  # words
_ARTICLES = {"a": "a", "an": "a"} | {word: word for word in ("the", "its", "their", "his", "her", "our", "your")}


def missing_serial_commas(text: str) -> Iterator[tuple[int, int]]:
    """Where each such list begins and ends in the text."""
    for found in _JOINED.finditer(text):
        if text.count("\u201c", 0, found.start()) > text.count("\u201d", 0, found.start()):
            continue  # quoted as it was written
        start = max((each.end() for each in _BREAK.finditer(text, 0, found.start())), default=0)
        first, *others = text[start : found.start()].split(", ")
        if others and _is_list(first, others, _item_at(text, found.end())):
            yield start + len(first) - len(first.split()[-1]), found.end() + len(_item_at(text, found.end()))


def _item_at(text: str, start: int) -> str:
    """The last item: up to a mark, or up to a word that says more about it."""
    end = re.compile(r"[,.;:?!()\u201c\u201d\u2014\n\ufffc]|$").search(text, start)
    words = text[start : end.start() if end else len(text)]
    says_more = re.search(rf"(?<=\w) (?:{'|'.join(sorted(english_words()['before_phrases']))})\b", words)
    return words[: says_more.start()] if says_more else words


def _is_list(first: str, others: Sequence[str], last: str) -> bool:
    if not all(map(_may_be_an_item, (*others, last))) or not re.search(r"[a-z]$", first):
        return False
    if not _goes_before_a_list(first):
        return False
    items = [_WORD.findall(each) for each in (first, *others, last)]
    if len(items) > 3:
        return True
    own = [[_ARTICLES[word] for word in words[-_LONGEST_ITEM:] if word in _ARTICLES][-1:] for words in items]
    if own[1] and own[0] == own[1] == own[2]:
        return True
    return not any(own[1:]) and all(_is_plural(words[-1]) for words in items)


def _may_be_an_item(words: str) -> bool:
    """Whether it is a few words, without a verb and without what begins a phrase or a clause."""
    found, known = words.split(), english_words()
    if not 0 < len(found) <= _LONGEST_ITEM or not all(_WORD.fullmatch(word) and word.islower() for word in found):
        return False
    if found[0] in known["before_phrases"] or found[0].endswith(("ly", "ing")):
        return False
    return not any(word in known["auxiliaries"] or word in known["pronouns"] for word in found)


def _goes_before_a_list(words: str) -> bool:
    """Whether the list follows a verb, in a clause of its own: not after “if it is so, …” or “under the rule, …”."""
    found, known = [word.lower() for word in _WORD.findall(words)], english_words()
    if not found or found[0] in known["before_phrases"] or any(word in known["before_clauses"] for word in found):
        return False
    verbs = known["verbs"] | known["auxiliaries"] | known["past_forms"]
    return any(word in verbs or _stem(word) in verbs or word.endswith("ed") for word in found[:-1])


def _stem(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word[:-1] if word.endswith("s") else word


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))
