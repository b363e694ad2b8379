"""Where a line may break: Unicode Standard Annex 14, version 15.0, and what Word does otherwise.

The rules are those of the standard, with its example 7 for numbers, which WeasyPrint's library follows as well. The
classes of characters are in line_breaking.tsv, which scripts/line_breaking_table writes.

In the PDFs that Word makes, words of Western scripts break only after hyphens and dashes, so there is no opportunity
after a slash, another sign, or a closing brace; and lines break after every space, also one within parentheses or
before a sign. In a letter whose citations have no-break spaces in Word, no line breaks within a citation
(`held_together`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from letters._text.held_together import held_together
from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters._text.usual_characters import is_usual
from letters.pdf.compose.unsupported import Unsupported

_LONG = 5_000
"""Characters above which a paragraph is not cached."""
_UNSPACED = 24
"""Characters of Thai, Lao or Khmer in a row that are set without a line break: those of a long name."""
_CONSONANTS = "\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
_CONSONANTS += "\uaa60-\uaa6f\uaa71-\uaa7a\uaa7e\uaa7f"
_SYLLABLE = pattern(f"(?<=[\u1000-\u1038\u103a-\u109f\uaa60-\uaa7f])[{_CONSONANTS}](?!\u1037?[\u1039\u103a])")
"""The first letter of a syllable of Burmese, or of another language in its script: not one that is below another letter
or ends the syllable before. Word breaks lines between syllables."""
_AFTER_SPACE = pattern(
    "(?<=[\"'\u2019\u201d\u00bb]) +(?=[(\\[{\u00a1\u00bf])|(?<=[(\\[{\u00a1\u00bf]) +(?=\\S)| +(?=[!?:;)\\]},./])"
)
"""Where the standard has no opportunity after a space, and Word has one."""
_WITHIN_WORD = pattern("(?<=/)|(?<=[}!?|\u2026.,:;])(?=[^\\s\u2014\u2e80-\U0010ffff])|(?<=[)\\]}])(?=[(\\[{])")
"""Where the standard has opportunities in Western words, and Word has none."""
_BURMESE = pattern("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]+")


def breaks(text: str, *, holds_citations: bool) -> bytes:
    """Line-break opportunities: for each character and the end of the text, 1 where a line may break before it.

    Args:
        holds_citations: whether a line may not break within a citation.

    Raises:
        Unsupported: the text is in a script without spaces between its words, such as Thai; finding them takes a
            dictionary.
    """
    return (_breaks if len(text) < _LONG else _breaks.__wrapped__)(text, holds_citations)


@lru_cache(maxsize=500)
def _breaks(text: str, holds_citations: bool) -> bytes:
    state, opportunities = _START, list[bytes]()
    for word in _WORDS.findall(text):
        state, before = state.words.get(word) or state.through(word)
        opportunities.append(before)
    found = bytearray(b"".join([*opportunities, b"\0"]))
    for start, end in held_together(text) if holds_citations else ():
        found[start + 1 : end] = bytes(end - start - 1)
    found[-1] = 1
    for sign in _WITHIN_WORD.finditer(text):
        found[sign.start()] = 0
    for space in _AFTER_SPACE.finditer(text):
        found[space.end()] = 1
    if not is_usual(text):
        for syllable in _SYLLABLE.finditer(text):
            found[syllable.start()] = 1
    return bytes(found)


# ---------------------------------------------------------------- classes of characters

_NAMES = (
    "AL", "B2", "BA", "BB", "BK", "CB", "CL", "CM", "CP", "CPW", "CR", "EB", "EM", "EX", "GL", "H2", "H3", "HL", "HY",
    "ID", "IDX", "IN", "IS", "JL", "JT", "JV", "LF", "NL", "NS", "NU", "OP", "OPN", "OPW", "PO", "PR", "QU", "RI",
    "SA", "SP", "SY", "WJ", "ZW", "ZWJ",
)  # fmt: skip
"""Those of the standard, and four that its rules distinguish: wide parentheses (OPW, CPW), unassigned pictographs (IDX)
and parentheses before a number (OPN)."""
_CODES = dict(zip(_NAMES, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
_NAME_OF = {code: name for name, code in _CODES.items()}
_ABOVE = f"[{_CODES['CM']}{_CODES['ZWJ']}]*"
_WORDS_UNKNOWN = pattern(f"(?:{_CODES['SA']}{_ABOVE}){{{_UNSPACED},}}")
_NUMBER_IN_PARENTHESES = pattern(
    f"([{_CODES['PR']}{_CODES['PO']}]{_ABOVE})[{_CODES['OP']}{_CODES['OPW']}](?={_ABOVE}{_CODES['NU']})"
)


def _classes(word: str) -> str:
    """The classes of the characters of a word. Raises Unsupported."""
    classes = word.translate(_CLASSES)
    for unknown in _WORDS_UNKNOWN.finditer(classes):
        if not _BURMESE.fullmatch(word[unknown.start() : unknown.end()]):
            raise Unsupported("words of a script that puts no spaces between them")
    return _NUMBER_IN_PARENTHESES.sub(_kept_together, classes)


def _kept_together(found: re.Match[str]) -> str:
    return found[1] + _CODES["OPN"]


class _BreakClasses(dict[int, str]):
    """The class of each character that has been looked up, as `str.translate` takes it."""

    def __missing__(self, code: int) -> str:
        ranges = _ranges()
        _, name = ranges[bisect_right(ranges, f"{code:06X}\uffff") - 1].split("\t")
        found = self[code] = _CODES[name]
        return found


@cache
def _ranges() -> list[str]:
    """The lines of the table, comments first, and then in the order of the code points, which all have six digits."""
    return Path(__file__).with_name("line_breaking.tsv").read_text("utf-8").splitlines()


_CLASSES = _BreakClasses()


# ---------------------------------------------------------------- the rules


class _Preceding(Struct, frozen=True):
    """What the rules must know of the text before a character."""

    last: str = ""
    """The class of the character before it and before any spaces; empty at the beginning of the text."""
    spaced: bool = False
    joined: bool = False
    """Whether a zero-width joiner is the last character."""
    hebrew: bool = False
    """Whether a Hebrew letter stands before the last character."""
    number: str = ""
    """``open`` within a number, ``closed`` after the parenthesis that closes one."""
    odd: bool = False
    """Whether the number of regional indicators is odd."""


class _BreakState(dict[str, tuple["_BreakState", bool]]):
    """For each class of the next character: the state after it, and whether a line may break before it."""

    def __init__(self, before: _Preceding) -> None:
        super().__init__()
        self.before = before
        self.words: dict[str, tuple[_BreakState, bytes]] = {}
        """What `through` gave for words that letters have in common."""
        self._alike: dict[str, tuple[_BreakState, bytes]] = {}

    def through(self, word: str) -> tuple[_BreakState, bytes]:
        """The state after a word with the spaces after it, and before which of its characters a line may break."""
        return remember(self.words, _MOST_WORDS, word, self._through(_classes(word)))

    def _through(self, classes: str) -> tuple[_BreakState, bytes]:
        """The same by the classes of its characters: most words are letters and a space."""
        known = self._alike.get(classes)
        if known is None:
            state, before = self, bytearray(len(classes))
            for at, each in enumerate(classes):
                state, before[at] = state[each]
            known = remember(self._alike, _MOST_WORDS, classes, (state, bytes(before)))
        return known

    def __missing__(self, code: str) -> tuple[_BreakState, bool]:
        name = _NAME_OF[code]
        following = _after(self.before, name)
        found = self[code] = _state(following), _may_break(self.before, name)
        return found


@cache
def _state(before: _Preceding) -> _BreakState:
    return _BreakState(before)


_MOST_WORDS = 1_000
_WORDS = pattern("[^ ]* +|[^ ]+")
"""Each with the spaces after it, which have a class of their own."""
_START = _state(_Preceding())
_HARD = frozenset({"BK", "CR", "LF", "NL"})
_BEGINNINGS = frozenset({"", "BK", "CR", "LF", "NL", "ZW"})
_CLOSING = frozenset({"CL", "CP", "CPW"})
_OPENING = frozenset({"OP", "OPN", "OPW"})
_LETTERS = frozenset({"AL", "HL"})
_IDEOGRAPHS = frozenset({"ID", "IDX", "EB", "EM"})
_HANGUL = frozenset({"JL", "JV", "JT", "H2", "H3"})
_AFFIXES = frozenset({"PR", "PO"})
_PAIRS = frozenset(
    [("SY", "HL"), ("B2", "B2"), ("EB", "EM"), ("IDX", "EM"), ("IS", "AL"), ("IS", "HL"), ("HY", "NU")]
    + [(first, second) for first in _LETTERS for second in ("NU", "PR", "PO", "AL", "HL", "OP", "OPN")]
    + [(first, second) for first in ("NU", "PR", "PO", "CP") for second in _LETTERS]
    + [("PR", second) for second in _IDEOGRAPHS | _HANGUL | {"NU", "OPN"}]
    + [("PO", second) for second in ("NU", "OPN")]
    + [(first, "PO") for first in _IDEOGRAPHS | _HANGUL]
    + [("JL", second) for second in ("JL", "JV", "H2", "H3")]
    + [(first, second) for first in ("JV", "H2") for second in ("JV", "JT")]
    + [("JT", "JT"), ("H3", "JT"), ("CP", "NU"), ("NU", "NU"), ("NU", "OP"), ("NU", "OPN")]
)
"""Classes between which no rule from LB21b on allows a break."""


def _resolved(before: _Preceding, name: str) -> str:
    """The class as which a character counts (LB9, LB10, and LB1 for Thai and its like)."""
    if name in ("CM", "ZWJ"):
        return "AL" if before.last in _BEGINNINGS or before.spaced else ""
    return "AL" if name == "SA" else name


def _after(before: _Preceding, name: str) -> _Preceding:
    own = _resolved(before, name)
    if not own:  # it belongs to the character before
        return replace(before, joined=name == "ZWJ")
    if own == "SP":
        return _Preceding("SP" if before.last in _HARD or not before.last else before.last, spaced=True)
    number = ""
    if own == "NU" or (before.number == "open" and own in ("SY", "IS")):
        number = "open"
    elif before.number == "open" and own in _CLOSING:
        number = "closed"
    return _Preceding(
        own,
        joined=name == "ZWJ",
        hebrew=before.last == "HL" and not before.spaced,
        number=number,
        odd=own == "RI" and not (before.last == "RI" and not before.spaced and before.odd),
    )


def _may_break(before: _Preceding, name: str) -> bool:
    own = _resolved(before, name)
    if not own or not before.last:
        return False  # LB2, LB9
    return _before_spaces(before, own) if before.spaced else _between(before, own)


def _before_spaces(before: _Preceding, own: str) -> bool:
    """Whether a line may break between spaces and a character."""
    last = before.last
    if own in _HARD or own in ("SP", "ZW"):  # LB6, LB7
        return False
    if last == "ZW":  # LB8
        return True
    if own in ("WJ", "EX", "IS", "SY") or own in _CLOSING:  # LB11, LB13
        return False
    if last in _OPENING or (last == "QU" and own in _OPENING):  # LB14, LB15
        return False
    return not ((last in _CLOSING and own == "NS") or last == own == "B2")  # LB16, LB17, LB18


def _between(before: _Preceding, own: str) -> bool:
    """Whether a line may break between two characters without spaces between them."""
    last = before.last
    if last in _HARD:  # LB4, LB5
        return not (last == "CR" and own == "LF")
    if own in _HARD or own in ("SP", "ZW"):  # LB6, LB7
        return False
    if last == "ZW":  # LB8
        return True
    if before.joined or "WJ" in (last, own) or last == "GL":  # LB8a, LB11, LB12
        return False
    if own == "GL":  # LB12a
        return last in ("BA", "HY")
    if own in ("EX", "IS", "SY") or own in _CLOSING or last in _OPENING:  # LB13, LB14
        return False
    if (last in _CLOSING and own == "NS") or last == own == "B2" or "QU" in (last, own):  # LB16, LB17, LB19
        return False
    if "CB" in (last, own):  # LB20
        return True
    if own in ("BA", "HY", "NS", "IN") or last == "BB":  # LB21, LB22
        return False
    if before.hebrew and last in ("HY", "BA"):  # LB21a
        return False
    if (before.number and own in _AFFIXES) or (before.number == "open" and own == "NU"):  # LB25
        return False
    if last == own == "RI" and before.odd:  # LB30a
        return False
    return (last, own) not in _PAIRS
