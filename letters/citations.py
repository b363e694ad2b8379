"""Citations in running text: finding them, and telling which provision or case each names.

A citation is known by its code and section, whatever paragraph follows: ``20 C.F.R. § 603.7(b)(2)`` and
``20 C.F.R. § 603.7`` name the same section. The forms are those American offices write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ONE = r"\d+[a-z]{0,2}(?:[-.]\d+[a-z]{0,2})*(?:\([^)\s]{1,5}\)(?:-\([^)\s]{1,5}\))?)*"
# A list of sections only after a sign that announces one: “§ 1373, 5 times” names one section.
_WHICH = (
    rf"\s*(?:(?:§§|sections)\s*(?P<many>{_ONE}(?:(?:,\s+and|,|\s+and)\s+{_ONE})*)"
    rf"|(?:§|section|sec\.|part)?\s*(?P<one>{_ONE}))"
)
_CODES = (
    ("U.S.C.", re.compile(rf"(?<![\w.])(?P<title>\d{{1,2}})\s+U\.?\s?S\.?\s?(?:C\.?(?:\s?A\.)?|Code){_WHICH}", re.I)),
    ("C.F.R.", re.compile(rf"(?<![\w.])(?P<title>\d{{1,2}})\s+C\.?\s?F\.?\s?R\.?{_WHICH}", re.I)),
)
_NMSA = re.compile(
    r"\bN\.?M\.?S\.?A\.?(?:\s+1978)?,?\s*(?:§{1,2}|sections?|secs?\.)?\s*(\d+[A-Z]?-\d+[A-Z]?-\d+(?:\.\d+)?)", re.I
)
_NMAC = re.compile(r"(?<![\w.])(\d+\.\d+\.\d+\.\d+)(?:\([^)\s]{1,5}\))*\s+NMAC\b|\bNMAC\s+(\d+\.\d+\.\d+\.\d+)", re.I)
_LAWS = re.compile(r"\b(\d{4})\s+N\.?\s?M\.?\s+Laws,?\s+ch(?:apter|\.)\s*(\d+)", re.I)
_REPORTER = re.compile(
    r"(?<![\w.])(\d{1,4})\s+(U\.\s?S\.|S\.\s?Ct\.|L\.\s?Ed\.\s?2d|F\.\s?(?:2d|3d|4th)|F\.\s?Supp\.(?:\s?(?:2d|3d))?"
    r"|P\.\s?(?:2d|3d)|N\.M\.|Fed\.\s?Reg\.)\s+(\d{1,5})\b"
)
_NEUTRAL = re.compile(r"\b(\d{4})-(NMSC|NMCA)-(\d+)\b")
_EXEC = re.compile(r"\b(?:Executive Order|E\.O\.)\s+(?:No\.\s*)?(\d{4,5})\b", re.I)


def citations_in(text: str) -> dict[str, str]:
    """Every citation in a text: what it names, in one form for all spellings, to the words that name it."""
    return dict(_found(text.replace("\N{EN DASH}", "-")))


def _found(text: str) -> Iterator[tuple[str, str]]:
    for code, pattern in _CODES:
        for match in pattern.finditer(text):
            for section in _sections(match["many"] or match["one"]):
                yield f"{match['title']} {code} {section}", match[0]
    for match in _NMSA.finditer(text):
        yield f"NMSA {match[1]}", match[0]
    for match in _NMAC.finditer(text):
        yield f"{match[1] or match[2]} NMAC", match[0]
    for match in _LAWS.finditer(text):
        yield f"{match[1]} N.M. Laws {match[2]}", match[0]
    for match in _REPORTER.finditer(text):
        yield f"{match[1]} {''.join(match[2].split())} {match[3]}", match[0]
    for match in _NEUTRAL.finditer(text):
        yield match[0], match[0]
    for match in _EXEC.finditer(text):
        yield f"E.O. {match[1]}", match[0]


def _sections(text: str) -> Iterator[str]:
    """The section numbers in ``§§ 1373(a)-(b), 1644``: 1373 and 1644."""
    for piece in re.split(r",\s+and\s+|,\s*|\s+and\s+", text):
        yield re.sub(r"-?\([^)]*\)", "", piece).lower()
