"""Names of agencies, offices and persons, compared: what is the same name, and what only may be.

Only spelling is ignored: case, punctuation, “U.S.” for “United States”, “Dept.” for “Department”. A likeness of words
is never enough: it took a title company for Homeland Security. What else belongs together, counsel says once; such a
name is an alias from then on.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from letters._text.lazy_pattern import pattern

_INITIALS = pattern(r"\b(?:[a-z]\.\s?){2,}")
_LEFT_OUT = frozenset({"the", "of", "and", "for", "a", "an", "us", "de", "la"})
_SHORT = {"dept": "department", "div": "division", "ofc": "office", "sheriffs": "sheriff", "intl": "international"}


@lru_cache(4096)
def folded(name: str) -> str:
    """The form of a name for comparing; empty if nothing is left of it."""
    text = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = re.sub("['\u2019]", "", text)
    text = _INITIALS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", text)
    text = re.sub(r"\bunited states\b", "us", re.sub(r"[^\w\s]", " ", text))
    return " ".join(_SHORT.get(word, word) for word in text.split() if word not in _LEFT_OUT)


def may_be_same(name: str, known: str) -> bool:
    """Whether two different names may be of one agency, so that counsel should be asked.

    One contains the other as whole words (“ICE, Homeland Security Investigations, El Paso”), one is the other's
    initials (“ICE”), or only letters differ (“Enforcment”).
    """
    one, other = folded(name), folded(known)
    if not one or not other or one == other:
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter.split()) > 1 and f" {shorter} " in f" {longer} ":
        return True
    if _are_initials(shorter, longer) or _are_initials(one.split()[0], other):
        return True
    return len(one.split()) == len(other.split()) > 2 and _differs_by_a_letter(one, other)


def _are_initials(short: str, name: str) -> bool:
    words = name.split()
    return len(short) > 1 and len(words) > 1 and short in ("".join(word[0] for word in words), f"us{_initials(words)}")


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words)


def _differs_by_a_letter(one: str, other: str) -> bool:
    """Whether each word is the same, but for one letter too many, too few, other, or in the wrong place."""
    differing = [(a, b) for a, b in zip(one.split(), other.split(), strict=True) if a != b]
    return len(differing) == 1 and len(differing[0][0]) > 5 and _one_edit(*differing[0])


def _one_edit(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, also = one[start:], other[start:]
    swapped = len(rest) > 1 and rest[1::-1] == also[:2] and rest[2:] == also[2:]
    return rest[1:] == also or rest == also[1:] or rest[1:] == also[1:] or swapped
