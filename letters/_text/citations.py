"""Citations in running text: finds them, and tells which provision or case each one names.

A citation is identified by its code and section, whatever paragraph follows: ``20 C.F.R. § 603.7(b)(2)`` and
``20 C.F.R. § 603.7`` name the same section. The forms are those that American law offices write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_SECTION = r"\d+[a-z]{0,2}(?:[-.]\d+[a-z]{0,2})*"
_PARAGRAPHS = r"(?:\s?\([^)\s]{1,5}\)(?:-\([^)\s]{1,5}\))?)*"
_ONE = rf"{_SECTION}{_PARAGRAPHS}"
_SIGN = r"(?:§{1,2}|sections?|secs?\.|parts?|pts?\.)"
_BETWEEN = r"(?:[,;]? (?:and|or) |[,;] ?| ?& ?)"
# Several sections only if a sign says so: “§ 1373, 5 times” names one section, “§ 1373 and § 1644” two.
_WHICH = (
    rf"(?:,? ?(?:§§|sections|secs\.|parts|pts\.) ?(?P<many>{_ONE}(?:{_BETWEEN}(?:{_SIGN} ?)?{_ONE})*)"
    rf"|(?:,? ?{_SIGN})? ?(?P<one>{_ONE}(?:{_BETWEEN}{_SIGN} ?{_ONE})*))"
)
# Not after an amount of money: “$100 U.S. 12 people”.
_START = r"(?<![\w.$])(?<![$\d],)"
_CODE_NAMES = {
    "U.S.C.": r"(?:U\.? ?S\.? ?(?:C\.?(?: ?A\.)?|Code)|United States Code)",
    "C.F.R.": r"(?:C\.? ?F\.? ?R\.?|Code of Federal Regulations)",
}
_CODES = tuple(
    (code, re.compile(pattern, re.I))
    for code, name in _CODE_NAMES.items()
    for pattern in (
        rf"{_START}(?P<title>\d{{1,2}}) {name}{_WHICH}",
        rf"\btitle (?P<title>\d{{1,2}})(?:,| of the) {name}{_WHICH}",
        rf"{_SIGN} ?(?P<many>{_ONE}(?:{_BETWEEN}(?:{_SIGN} ?)?{_ONE})*)(?P<one>)"
        rf",? of title (?P<title>\d{{1,2}})(?:,|,? of the) {name}",
    )
)
# “NMSA 1978, § 51-1-32”, “Section 51-1-32 NMSA 1978”, “N.M. Stat. Ann. § 51-1-32”, and “§ 51-1-32” on its own.
_STATE_SECTION = r"(\d+[A-Z]?-\d+[A-Z]?-\d+(?:\.\d+)?)"
_NMSA = (
    re.compile(rf"\bN\.? ?M\.? ?S\.? ?A\.?(?: 1978)?,? ?(?:{_SIGN} ?)?{_STATE_SECTION}", re.I),
    re.compile(rf"\bN\.? ?M\.? Stat(?:\.|utes)?(?: Ann(?:\.|otated))?,? ?(?:{_SIGN} ?)?{_STATE_SECTION}", re.I),
    re.compile(rf"(?:§{{1,2}} ?|\bsections? |\bsecs?\. ?){_STATE_SECTION}", re.I),
    re.compile(rf"(?<![\w.-]){_STATE_SECTION}{_PARAGRAPHS},? N\.? ?M\.? ?S\.? ?A\b", re.I),
)
_RULE_SECTION = r"(\d+\.\d+\.\d+\.\d+)"
_NMAC = (
    re.compile(rf"(?<![\w.]){_RULE_SECTION}{_PARAGRAPHS},? N\.?M\.?A\.?C\b", re.I),
    re.compile(rf"\b(?:N\.?M\.?A\.?C\.?|N\.?M\.? (?:Admin\. Code|Code R\.)),? ?(?:{_SIGN} ?)?{_RULE_SECTION}", re.I),
)
_LAWS = re.compile(r"\b(\d{4}) N\.? ?M\.? Laws,? ch(?:apter|\.) ?(\d+)", re.I)
_REPORTER = re.compile(
    rf"{_START}(\d{{1,4}}) (U\. ?S\.|US(?= \d+(?:, \d+)? ?\(\d{{4}}\))|S\. ?Ct\.|L\. ?Ed\. ?2d|F\.? ?(?:2d|3d|4th)"
    r"|F\. ?Supp\.(?: ?(?:2d|3d))?"
    r"|F\. ?App.x|P\. ?(?:2d|3d)|N\.M\.|Fed\. ?Reg\.|Stat\.|WL) (\d{1,7})\b"
)
_NEUTRAL = re.compile(r"\b(\d{4})-(NMSC|NMCA)-(\d+)\b")
_EXEC = re.compile(r"\b(?:Executive Order|E\.? ?O\.?) (?:No\. ?)?(\d{4,5})\b", re.I)
_PUBLIC_LAW = re.compile(r"\b(?:Pub(?:\.|lic) ?L(?:\.|aw)|P\. ?L\.) ?(?:No\. ?)?(\d{2,3}-\d{1,3})\b", re.I)
_CONSTITUTION = re.compile(r"\b(U\.S\.|N\.M\.) Const\.,? (art|amend)\. ?([IVX]+)\b", re.I)

# What every citation of the forms above contains, except one of a constitution: a digit, and what is next to it. Most
# texts contain nothing like it, so one search is enough for them.
_MAYBE = re.compile(r"\d(?: [UCSLFPNW]|[A-Z]?-[\dN]|\.\d+\.\d|(?<=[ro.] \d)\d{3}|(?<=\.\d)\d{3}|(?<=title \d))", re.I)


@lru_cache(maxsize=256)
def citations_in(text: str) -> dict[str, str]:
    """Every citation in a text: the words that cite, by what they name, in one form for all spellings.

    The result is shared between calls; do not change it.
    """
    if not any(map(str.isdigit, text)) and "Const" not in text:
        return {}
    words = _normalized(text)
    return dict(_found(words)) if _may_cite(words) else {}


def _normalized(text: str) -> str:
    """The text with hyphens for all kinds of dashes in numbers, and single spaces."""
    if not text.isascii():
        text = re.sub("[\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}]", "-", text)
    return " ".join(text.split())


def may_cite(text: str) -> bool:
    """Whether a text may contain a citation; if false, neither it nor any part of it does."""
    return _may_cite(_normalized(text))


def _may_cite(words: str) -> bool:
    return _MAYBE.search(words) is not None or "const" in words.casefold()


def _found(text: str) -> Iterator[tuple[str, str]]:
    for code, pattern in _CODES:
        for match in pattern.finditer(text):
            for section in _sections(match["many"] or match["one"]):
                yield f"{match['title']} {code} {section}", match[0]
    for pattern in _NMSA:
        for match in pattern.finditer(text):
            yield f"NMSA {match[1].upper()}", match[0]
    for pattern in _NMAC:
        for match in pattern.finditer(text):
            yield f"{match[1]} NMAC", match[0]
    for match in _LAWS.finditer(text):
        yield f"{match[1]} N.M. Laws {match[2]}", match[0]
    for match in _REPORTER.finditer(text):
        yield f"{match[1]} {re.sub('[ .]', '', match[2])} {match[3]}", match[0]
    for match in _NEUTRAL.finditer(text):
        yield match[0], match[0]
    for match in _EXEC.finditer(text):
        yield f"E.O. {match[1]}", match[0]
    for match in _PUBLIC_LAW.finditer(text):
        yield f"Pub. L. {match[1]}", match[0]
    for match in _CONSTITUTION.finditer(text):
        yield f"{match[1].upper()} Const. {match[2].lower()}. {match[3].upper()}", match[0]


def _sections(text: str) -> Iterator[str]:
    """The section numbers in ``§§ 1373(a)-(b), 1644``: 1373 and 1644."""
    for piece in re.split(_BETWEEN, text):
        number = re.sub(r"\([^)]*\).*|[^0-9a-z.-]", "", re.sub(_SIGN, "", piece, flags=re.I).lower())
        if number:
            yield number
