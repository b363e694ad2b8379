"""The same letters, made at random, are set by both writers and compared: pages, and where each paragraph begins."""

from __future__ import annotations

import os
import re

import pytest
from helpers.pages import DATED, places
from helpers.random_letters import random_letter

from letters.pdf.convert import convert
from letters.pdf.job import ConvertedLetter

COUNT = 8 * int(os.environ.get("LETTERS_FUZZ", "1"))
NEAR = 4.0
"""Points by which a paragraph may be further up or down, or further left or right."""
ALIKE = 0.85
"""The share of paragraphs of one letter that are at the same place; what is kept together at the end of a page, and the
space at the top of the next, differ a little, and all that follows with them.
"""


def beginnings(letter: ConvertedLetter) -> dict[str, tuple[int, float, float]]:
    """The page and the place of each word such as ``q12``, where it is painted first."""
    found: dict[str, tuple[int, float, float]] = {}
    for page in range(letter.pages):
        for words, x, y in places(letter.data, page):
            if match := re.match(r"\s*(?:\S{1,4}\s+)?(q\d+)\b", words):
                found.setdefault(match[1], (page, x, y))
    return found


def near(one: tuple[int, float, float], other: tuple[int, float, float]) -> bool:
    """Whether they are at the same place; on later pages, on the same page and as far to the left."""
    return one[0] == other[0] and abs(one[1] - other[1]) <= NEAR and (one[0] > 0 or abs(one[2] - other[2]) <= NEAR)


@pytest.mark.parametrize("first", range(0, COUNT, 4))
def test_both_writers_set_a_letter_in_the_same_places(first: int) -> None:
    different = []
    for seed in range(first, first + 4):
        data, words = random_letter(seed)
        ours, theirs = (convert(data, dated=DATED, writer=writer) for writer in ("composer", "html"))
        one, other = beginnings(ours), beginnings(theirs)
        both = one.keys() & other.keys()
        assert len(both) > words * 0.8
        apart = sorted((word for word in both if not near(one[word], other[word])), key=lambda word: int(word[1:]))
        if ours.pages != theirs.pages or len(apart) > len(both) * (1 - ALIKE):
            different.append((seed, ours.pages, theirs.pages, *[(each, one[each], other[each]) for each in apart[:1]]))
    assert len(different) <= 1, different
