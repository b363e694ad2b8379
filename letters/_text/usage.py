"""English as a careful office writes it: what is wrong in a text that a letter prints.

In: a text of one or more sentences. Out: each mistake, with the words around it. Knows nothing of letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
# Words that begin with a vowel and sound as if they did not, or the other way round.
_SOUNDS_LIKE_YOU = r"(?:[Oo]nc?e\b|[Uu]ni|[Uu]s[eu]|[Uu]til|[Ee]u)"
_SILENT_H = r"(?:hour|honest|honor|heir)"
_ABBREVIATIONS = r"(?<!\bNo)(?<!\bart)(?<!\bch)(?<!\bpt)(?<!\bReg)(?<!\bStat)(?<!\bCo)(?<!\bCt)(?<!\bStats)(?<!\bRev)"


@dataclass(frozen=True, slots=True)
class UsageMistake:
    """One mistake.

    Args:
        what: is wrong; completes a sentence.
        hint: what to write.
        start, end: of the words in the text.
    """

    what: str
    hint: str
    start: int
    end: int


_RULES = (
    (re.compile(r"[\"']"), "a quotation mark or apostrophe is straight", "Write curly ones."),
    (
        re.compile(rf"\b(?:{_MONTH}) \d{{1,2}}, \d{{4}} (?=[a-z])"),
        "there is no comma after the year",
        "Write one: January 1, 2024, to June 30, 2025.",
    ),
    (re.compile(r"\b([A-Za-z]++) \1\b(?! \1)", re.IGNORECASE), "a word is doubled", "Delete one."),
    (
        re.compile(rf"\b[Aa] (?!{_SOUNDS_LIKE_YOU})[aeiouAEIO][a-z]|\b[Aa] {_SILENT_H}"),
        "“a” stands before a vowel",
        "Write “an”.",
    ),
    (
        re.compile(rf"\b[Aa]n (?!{_SILENT_H})(?:[b-df-hj-np-tv-z][a-z]|{_SOUNDS_LIKE_YOU})"),
        "“an” stands before a consonant",
        "Write “a”.",
    ),
    (
        re.compile(rf"(?<![a-z])[a-z]{{2,}}+{_ABBREVIATIONS}[.?!] (?=[a-z]{{2,}})"),
        "a sentence begins with a small letter",
        "Begin it with a capital, or join the two.",
    ),
    (
        re.compile(r"(?<=[a-z,;] )(?:The|A|An|By|From|To|With|Within|Of|In|And|Or) (?=[a-z])"),
        "a small word has a capital in mid-sentence",
        "Write it with a small letter.",
    ),
)
_DOUBLED_IN_ENGLISH = frozenset({"that that", "had had"})


def usage_mistakes(text: str) -> Iterator[UsageMistake]:
    """Every mistake in a text, in the order of the rules. Each of its lines is read by itself."""
    for pattern, what, hint in _RULES:
        for found in pattern.finditer(text):
            if found[0].casefold() not in _DOUBLED_IN_ENGLISH:
                yield UsageMistake(what, hint, *found.span())
