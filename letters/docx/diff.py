"""What is the same in two versions of a text and what is not: by paragraph, then word by word."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from typing import TypeVar

from letters._text.lazy_pattern import pattern

T = TypeVar("T")


class Op(Enum):
    """What happened to a piece of the old version, or where a piece of the new one comes from."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


_WORDS = pattern(r"\{[{%#].*?[}%#]\}|\w+(?:[’'-]\w+)*|\s+|[^\w\s]", re.S)  # noqa: RUF001
_ALIKE = 0.5  # with this share of common words a paragraph counts as changed, with less as replaced
_MOST_COMPARED = 40_000  # pairs of paragraphs; beyond that, none are matched


def words_of(text: str) -> list[str]:
    """The words, spaces and punctuation marks of a text; a tag is one word."""
    return _WORDS.findall(text)


def likeness(old: str, new: str) -> float:
    """From 0 (nothing in common) to 1 (the same), ignoring spaces."""
    before, now = ([word for word in words_of(text) if word.strip()] for text in (old, new))
    matcher = SequenceMatcher(None, before, now, False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


Step = tuple[str, int, int, int, int]


def differences(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[Op, int, int]]:
    """Both sequences as one: each step with its index in the old and in the new, the old of a replaced pair first.

    Where the two have little in common they are listed one after the other, not as a patchwork of common words.
    """
    steps = SequenceMatcher(None, old, new, False).get_opcodes()
    for tag, a, b, c, d in _without_islands([*steps], old):
        if tag == "equal":
            yield from ((Op.SAME, a + each, c + each) for each in range(b - a))
        else:
            yield from ((Op.DELETED, each, c) for each in range(a, b))
            yield from ((Op.INSERTED, b, each) for each in range(c, d))


def _without_islands(steps: Sequence[Step], old: Sequence[Hashable]) -> list[Step]:
    """Common spaces and single punctuation marks between two changes become part of one change."""
    found: list[Step] = []
    for number, step in enumerate(steps):
        tag, a, b, c, d = step
        inside = 0 < number < len(steps) - 1
        is_island = tag == "equal" and inside and not any(re.search(r"\w", str(each)) for each in old[a:b])
        if found and found[-1][0] != "equal" and (tag != "equal" or is_island):
            _, first, _, third, _ = found[-1]
            found[-1] = ("replace", first, b, third, d)
        else:
            found.append(("replace" if is_island else tag, a, b, c, d))
    return found


def aligned(
    old: Sequence[T], new: Sequence[T], words: Callable[[T], str], fit: Callable[[T, T], bool]
) -> list[tuple[T | None, T | None]]:
    """Pieces of both versions in pairs: a changed piece with what it became, a deleted or new one with None.

    Args:
        words: the text of a piece.
        fit: whether two pieces may be paired at all.
    """
    found: list[tuple[T | None, T | None]] = []
    matcher = SequenceMatcher(None, [words(each) for each in old], [words(each) for each in new], False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal" and all(fit(left, right) for left, right in zip(old[a:b], new[c:d], strict=True)):
            found.extend(zip(old[a:b], new[c:d], strict=True))
        else:
            pairs = _by_likeness(old[a:b], new[c:d], words, fit)
            found.extend(pairs)
    return found


def _by_likeness(
    old: Sequence[T], new: Sequence[T], words: Callable[[T], str], fit: Callable[[T, T], bool]
) -> Iterator[tuple[T | None, T | None]]:
    """The pairing with the most in common that keeps both orders."""
    rows, columns = len(old), len(new)
    if not rows or not columns or rows * columns > _MOST_COMPARED:
        yield from ((left, None) for left in old)
        yield from ((None, right) for right in new)
        return
    like = [[likeness(words(left), words(right)) if fit(left, right) else 0.0 for right in new] for left in old]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            both = like[row][column] + best[row + 1][column + 1] if like[row][column] >= _ALIKE else 0.0
            best[row][column] = max(both, best[row + 1][column], best[row][column + 1])
    row = column = 0
    while row < rows or column < columns:
        here = like[row][column] if row < rows and column < columns else 0.0
        if here >= _ALIKE and best[row][column] == here + best[row + 1][column + 1]:
            yield old[row], new[column]
            row, column = row + 1, column + 1
        elif row < rows and best[row][column] == best[row + 1][column]:
            yield old[row], None
            row += 1
        else:
            yield None, new[column]
            column += 1


def in_line(old: str, new: str) -> str:
    """Both texts in one line, for a terminal: ``the [-old-]{+new+} words``."""
    before, after = words_of(old), words_of(new)
    pieces: list[tuple[Op, str]] = []
    for op, a, b in differences(before, after):
        word = after[b] if op is Op.INSERTED else before[a]
        if pieces and pieces[-1][0] is op:
            pieces[-1] = (op, pieces[-1][1] + word)
        else:
            pieces.append((op, word))
    shape = {Op.SAME: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "{{+{}+}}"}
    return "".join(shape[op].format(words) for op, words in pieces)
