"""Quotation marks, apostrophes, and primes as a typesetter sets them, from those that a keyboard has."""

from __future__ import annotations

from collections.abc import Sequence

from letters._text.lazy_pattern import pattern

_STRAIGHT = pattern("[\"']")
# 5'10" is feet and inches, 40°26'46" minutes and seconds, a 12" x 9" sheet has inches.
_PRIMES = pattern(
    r"(?<=\d)'(?=\d{1,2}\")|(?<=\d)(?:'|\")(?= ?(?:x|by) ?\d)|(?<=\d['\u2032]\d)\"|(?<=\d['\u2032]\d\d)\""
)
_BEFORE_OPENING = pattern(r"(?:^|[\s(\[{/\u2014\u2013\u201c\u2018-])$")
_MAY_CLOSE = pattern("(?<=\\S)['\u2019](?!\\w)")
_DECADE = pattern(r"\d0s\b")
_APOSTROPHE, _PRIME, _DOUBLE_PRIME = "\u2019", "\u2032", "\u2033"
_OPENING, _CLOSING = "\u201c\u2018", "\u201d\u2019"


def typeset(text: str) -> str:
    """The text with curly marks for straight ones, and primes after feet and inches. Other characters stay."""
    if '"' not in text and "'" not in text:
        return text
    text = _PRIMES.sub(lambda found: _PRIME if found[0] == "'" else _DOUBLE_PRIME, text)
    last_closing = max((each.start() for each in _MAY_CLOSE.finditer(text)), default=-1)
    found: list[str] = []
    at = 0
    for each in _STRAIGHT.finditer(text):
        before = text[at : each.start()]
        last, after = (before or "".join(found[-1:]))[-1:], text[each.end() : each.end() + 4]
        opens = _BEFORE_OPENING.search(last) is not None and after[:1].strip() != ""
        if each[0] == '"':
            mark = _OPENING[0] if opens else _CLOSING[0]
        elif opens and not _DECADE.match(after) and last_closing > each.start():
            mark = _OPENING[1]
        else:
            mark = _APOSTROPHE
        found += [before, mark]
        at = each.end()
    return "".join([*found, text[at:]])


def quoted(text: str, marks: Sequence[str]) -> str:
    """The text as a quotation. Marks inside it change from outer to inner ones and back.

    A text that was typed between quotation marks has them once.

    Args:
        marks: the outer opening and closing mark, and the inner ones.
    """
    outer_opening, outer_closing, inner_opening, inner_closing = marks
    text = _without_marks_around(typeset(text), marks)
    found: list[str] = []
    open_marks: list[str] = []
    for at, each in enumerate(text):
        if each in (outer_opening, "\u201c") or each == inner_opening:
            open_marks.append(each)
            found.append(inner_opening if len(open_marks) % 2 else outer_opening)
        elif each in (outer_closing, "\u201d") or (each == inner_closing and _closes(text, at, open_marks, marks)):
            found.append(inner_closing if len(open_marks) % 2 or not open_marks else outer_closing)
            if open_marks:
                open_marks.pop()
        else:
            found.append(each)
    return f"{outer_opening}{''.join(found)}{outer_closing}"


def _closes(text: str, at: int, open_marks: Sequence[str], marks: Sequence[str]) -> bool:
    """Whether an inner closing mark ends a quotation; in English it may be an apostrophe."""
    return bool(open_marks) and open_marks[-1] == marks[2] and not text[at + 1 : at + 2].isalnum()


def _without_marks_around(text: str, marks: Sequence[str]) -> str:
    for opening, closing in ((marks[0], marks[1]), ("\u201c", "\u201d")):
        inside = text[1:-1]
        if text[:1] == opening and text[-1:] == closing and opening not in inside and closing not in inside:
            return inside
    return text
