"""What a careful typist never lets a line break: after a section sign, within a citation, between a month and its day.

In the PDF the text itself is not changed, so it is found and copied as it was typed. Word knows no other way than a
no-break space, so the spaces within citations, and no others, become those in the Word file; read again, they are
spaces. Its no-break hyphen is not used: programs that read Word files drop it or search for another character, and a
section number without its hyphens is the number of another section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import pairwise

from letters._text.figure_search import FigureSearch
from letters._text.lazy_pattern import pattern

_LONG = 5_000
"""Characters of a text that is looked at as a whole, and forgotten."""
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_LONGEST = 44
"""Characters that are held at most; the name of a code before a section is held only as far as that."""
_PARAGRAPHS = r"(?:\(\w+\))*(?:-\(\w+\))?"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
# What the name of a code may stand before: § 603.5(e), § 14-2-6(A), (E), (F), § 8-72-107, C.R.S., 50.13.060(1).
_SECTION = (
    rf"(?:§§?|¶¶?) [0-9][\w.:-]*{_PARAGRAPHS}(?:, \(\w+\))*(?:, (?:[A-Z]\.){{2,}})?"
    rf"|\b[A-Z]?\d\w*+(?: / |[-.:/])[\w.:/-]*\w{_PARAGRAPHS}"
)
_CITED = (
    r"(?=[§¶\dA-Zacps])(?:"
    r"\b\d+(?:\.\d+){2,8}(?:\([A-Z0-9]+\))* [A-Z]{3,4}\b"  # 1.2.3.4(D) CODE: a State's administrative code
    rf"|(?P<section>{_SECTION})"
    r"|\b\d+ (?:C\.F\.R\.|U\.S\.C\.) (?:[Pp]art |pt\. )?\d+"
    r"|\b\d{1,4} (?:[A-Z][A-Za-z]{0,4}\. ?){1,6}(?:[2-5](?:d|th) )?\d+(?:,\d{3})*(?:, \d+)?(?: \([^()]{4,14}\))?"
    r"|\b(?:19|20)\d\d (?:[A-Z]\.){1,4} Laws\b|\b(?:ch|pt)\. \d+[A-Z]?\b|\b(?:art|amend)\. [IVX\d]+\b"
    r"|\bPub\. L\. (?:No\. )?\d+-\d+|\bE(?:\.O\.|xec\. Order) (?:No\. )?\d[\d,]+"
    r"|\bFed\. R\. (?:Civ\. P|Crim\. P|App\. P|Evid)\. \d+(?:\(\w+\))*|\bRule \d[\w.-]*(?:\(\w+\))*(?: NMRA\b)?"
    rf"|\b[Ss](?:ections?|\.) \d[\w.:-]*{_PARAGRAPHS})"
)
_ALSO_HELD = rf"\b(?:{_MONTH}) \d{{1,2}}\b|\bNo\. \S+"
# A word of the name of a code, read backward from the section: an abbreviation, capitals, or one of a few words.
_NAME = pattern(
    r"(?:(?:[A-Z][A-Za-z]*(?:['\u2019][a-z]+)?\.)+(?:[A-Z][a-z]*\.?)*|[A-Z]{2,6}|[A-Z][a-z]*['\u2019]t"
    r"|(?:tit|[Cc]h|[Pp]t|art|[cr])\."
    r"|[\dA-Z]{1,5}(?=,)|(?:19|20)\d\d|Code|Codified|Laws?|Lab(?:or)?|Gen|Supp\.|&),?"
)
_TITLE = pattern(r"\d+[\w-]*")
# What a text must have for a search to be worth while: most have none of it. Every part begins with the sign, the
# figure, or the letter that it has, and what must come before is looked at from there: a search that knows its first
# characters passes over all others ten times as fast.
_MAY_CITE = (
    r"[§¶\dIVXLO](?:(?<=\d)(?<!\d\d)(?:(?<=[.,A-Zens] \d)(?:(?<=[A-Za-z]\. \d)|(?<=[A-Za-z]\., \d)|(?<=[A-Z]{2} \d)"
    r"|(?<=ection \d)|(?<=ections \d)|(?<=Rule \d)|(?<=Code \d))"
    r"|(?<=[A-Z]\d)(?:(?<=[A-Za-z]\. [A-Z]\d)|(?<=[A-Za-z]\., [A-Z]\d))|(?<=\d\.\d)|(?<=Code .\d))"
    r"|(?<!\d)(?:(?<=[§¶])|(?<=L)aws|(?<=O)rder|(?<=\bart\. [IVX])|(?<=\bamend\. [IVX])))"
)


def _also_held(source: str) -> re.Pattern[str]:
    """The pattern, in which each space may be a no-break space."""
    return pattern(_also_with_no_break_spaces(source))


def _also_with_no_break_spaces(source: str) -> str:
    return source.replace(" ", rf"[ {_NO_BREAK_SPACE}]")


_CITATION, _OTHER_PIECE = _also_held(_CITED), _also_held(_ALSO_HELD)
_MAYBE = FigureSearch(_also_with_no_break_spaces(_MAY_CITE))
_MAY_BE_HELD = pattern(rf"{_MAYBE.source}|No\. |\b(?:{_MONTH}) \d")
_BETWEEN_WORDS = pattern(r" [a-z]{2,} (?=[a-z]{2,} )")
"""Where one word in small letters follows another, which is in no piece but in parentheses."""
_IN_PARENTHESES = 14
"""Characters within parentheses that may be held at most."""


def held_together(text: str) -> Iterator[tuple[int, int]]:
    """Where each piece begins and ends that no line break may divide."""
    if len(text) > _LONG:
        if _MAY_BE_HELD.search(text):
            yield from _pieces(text, _held_in(text))
        return
    begins = [0, *filter(partial(_may_begin, text), [found.end() for found in _BETWEEN_WORDS.finditer(text)])]
    parts = [text[begun:end] for begun, end in pairwise([*begins, len(text)])]
    if any(map(_may_be_held, parts)):
        for begun, part in zip(begins, parts, strict=True):
            for start, end in _pieces_of_part(part):
                yield begun + start, begun + end


def _may_begin(text: str, at: int) -> bool:
    """Whether a part of a text that is looked at alone may begin between two words: not within parentheses."""
    return text.find("(", max(at - _IN_PARENTHESES, 0), at) < 0


@lru_cache(maxsize=2_000)  # letters have most parts of their texts in common
def _may_be_held(part: str) -> bool:
    return _MAY_BE_HELD.search(part) is not None


@lru_cache(maxsize=2_000)
def _pieces_of_part(part: str) -> tuple[tuple[int, int], ...]:
    return tuple(_pieces(part, _held_in(part)))


may_be_cited = _MAYBE.occurs_in
"""Whether something may be cited in a text, or in one of several with what is no letter between them."""
place_of_citation = _MAYBE.place_in
"""Where something may be cited for the first time in such a text, from some place on; -1 if nowhere."""


@lru_cache(maxsize=1000)
def with_no_break_spaces(text: str) -> str:
    """A text for Word: the spaces within its citations are no-break spaces."""
    return _replaced(text, " ", _NO_BREAK_SPACE) if may_be_cited(text) else text


def with_typed_spaces(text: str) -> str:
    """The text as it was typed, from a Word file: no-break spaces within citations are spaces, others stay."""
    return _replaced(text, _NO_BREAK_SPACE, " ") if _NO_BREAK_SPACE in text else text


def has_held_citations(xml: bytes) -> bool:
    """Whether a part of a Word file has no-break spaces within its citations, as `with_no_break_spaces` gives it."""
    at = xml.find(_NO_BREAK_BYTES)
    for _ in range(_LOOKS):
        if at < 0:
            return False
        around = xml[max(at - _AROUND, 0) : at + _AROUND]
        text = _TAG.sub(b"", around).decode(errors="ignore")
        if with_typed_spaces(text) != text:
            return True
        at = xml.find(_NO_BREAK_BYTES, at + 1)
    return False


_NO_BREAK_BYTES = _NO_BREAK_SPACE.encode()
_LOOKS, _AROUND = 50, 200
"""No-break spaces that are looked at, and bytes around each."""
_TAG = pattern(rb"^[^<>]*>|<[^>]*>|<[^>]*$")


def _replaced(text: str, old: str, new: str) -> str:
    for start, end in _pieces(text, _CITATION.finditer(text)):  # as many characters as before
        text = f"{text[:start]}{text[start:end].replace(old, new)}{text[end:]}"
    return text


def _held_in(text: str) -> Iterator[re.Match[str]]:
    """What one pattern of both would find. A citation goes before; it is compiled once, for it takes longest."""
    cited, other = _CITATION.search(text), _OTHER_PIECE.search(text)
    while cited is not None or other is not None:
        first = cited if other is None or (cited is not None and cited.start() <= other.start()) else other
        assert first is not None
        yield first
        if cited is not None and cited.start() < first.end():
            cited = _CITATION.search(text, first.end())
        if other is not None and other.start() < first.end():
            other = _OTHER_PIECE.search(text, first.end())


def _pieces(text: str, found_in: Iterator[re.Match[str]]) -> Iterator[tuple[int, int]]:
    after = 0
    for found in found_in:
        start, end = found.span()
        if found.re.groups and found["section"]:
            start = _with_name(text, after, start, end)
            if start == found.start() and text[start] not in "§¶":
                continue  # a number that nothing says is a section
        yield start, end
        after = end


def _with_name(text: str, after: int, start: int, end: int) -> int:
    """Where the name of the code begins that stands before a section."""
    while start - 1 > after and text[start - 1] in (" ", _NO_BREAK_SPACE):
        before = max(text.rfind(each, after, start - 1) for each in (" ", _NO_BREAK_SPACE, "\n", "\t")) + 1
        word = text[max(before, after) : start - 1].lstrip("(“")
        is_title = _TITLE.fullmatch(word) is not None
        is_name = _NAME.fullmatch(word) or (text.startswith("Code", start) and word.istitle())
        if end - start + len(word) >= _LONGEST or not (is_title or is_name):
            break
        start -= len(word) + 1
        if is_title and not word.startswith(("19", "20")):
            break
    return start
