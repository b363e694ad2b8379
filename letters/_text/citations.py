"""Citations in running text: finds them, and tells which provision or case each one names.

A citation is identified by its code and section, whatever paragraph follows: ``20 C.F.R. § 603.7(b)(2)`` and
``20 C.F.R. § 603.7`` name the same section. The forms are those that American law offices write: the federal ones are
here, those of the States and the reporters of cases in `citation_forms.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from msgspec import Struct

from letters._text import lazy_pattern
from letters._text.citation_forms import ANY_SIGN, BETWEEN, PARAGRAPHS, SIGN, forms, spelled
from letters._text.figure_search import FigureSearch
from letters._text.lazy_pattern import pattern

_SECTION = r"\d+[a-z]{0,2}(?:[-.]\d+[a-z]{0,2})*"
_ONE = rf"{_SECTION}{PARAGRAPHS}"
# Several sections only if a sign says so: “§ 1373, 5 times” names one section, “§ 1373 and § 1644” two.
_WHICH = (
    rf"(?:,? ?(?:§§|sections|secs\.|parts|pts\.) ?(?P<many>{_ONE}(?:{BETWEEN}(?:{SIGN} ?)?{_ONE})*)"
    rf"|(?:,? ?{SIGN})? ?(?P<one>{_ONE}(?:{BETWEEN}{SIGN} ?{_ONE})*))"
)
# Not after an amount of money: “$100 U.S. 12 people”.
_START = r"(?<![\w.$])(?<![$\d],)"
_CODE_NAMES = {
    "U.S.C.": r"(?:U\.? ?S\.? ?(?:C\.?(?: ?[AS]\.)?|Code)|United States Code)",
    "C.F.R.": r"(?:C\.? ?F\.? ?R\.?|Code of Federal Regulations)",
}
_CODES = tuple(
    (code, lazy_pattern.pattern(source, re.I))
    for code, name in _CODE_NAMES.items()
    for source in (
        rf"{_START}(?P<title>\d{{1,2}}),? {name}{_WHICH}",
        rf"\btitle (?P<title>\d{{1,2}})(?:,| of the) {name}{_WHICH}",
        rf"{SIGN} ?(?P<many>{_ONE}(?:{BETWEEN}(?:{SIGN} ?)?{_ONE})*)(?P<one>)"
        rf",? of title (?P<title>\d{{1,2}})(?:,|,? of the) {name}",
    )
)
# What is cited by a number alone: a pattern, and how the provision is called.
_NUMBERED = tuple(
    (lazy_pattern.pattern(source), called)
    for source, called in (
        (r"\b(?i:Executive Order|Exec\. Order|E\.? ?O\.?) (?:No\. ?)?(\d{4,5})\b", "E.O."),
        (r"\b(?i:Pub(?:\.|lic) ?L(?:\.|aw)|P\. ?L\.) ?(?:No\. ?|Number )?(\d{2,3}-\d{1,3})\b", "Pub. L."),
        (r"\b(?:Pvt\. ?L\.|Private Law) (?:No\. ?)?(\d{2,3}-\d{1,3})\b", "Pvt. L."),
        (r"\bTreas\. Reg\.,? § ?(\d+\.[\w-]+)", "Treas. Reg."),
        (r"\bFed\. ?R\. ?(Civ\. ?P|Crim\. ?P|App\. ?P|Bankr\. ?P|Evid)\. ?(\d+(?:\.\d+)?)", "Fed. R."),
        (r"\bP\.A\. (?:No\. )?(\d{2,4}-\d{1,4})\b", "P.A."),
        (r"\b(?:Laws(?: of)?|Stats\.) (\d{4}),? (?i:ch(?:apter|\.)) ?(\d+)", "Laws"),
        (r"\bRule (\d+-\d+(?:\.\d+)?)(?:\([\w.]+\))* NMRA\b", "NMRA"),
    )
)
# Words before the number of a chapter, an article, a page or a rule.
_ABBREVIATED = (
    *(r"[Cc]\.", r"[Cc]h\.", "hapter", r"[PR]\.", r"Evid\."),
    *(r"\bart", r"\barts", r"\bart\.", r"\barts\."),
)
_OF_ORDERS = (r"(?i:order) ", r"(?i:no\.) ", r"(?i:e\.o\.) ", r"(?i:e\. o\.) ", r"(?i:eo) ")  # before a number
# A section in three parts or more on its own belongs to whichever code the library has it of.
_BARE = pattern(r"(?:§{1,2} ?|\b[Ss]ections? |\b[Ss]ecs?\. ?)(\d+[A-Z]?-\d+[A-Z]?-\d+(?:[-.]\d+)*)(?!\w)")


def _figure_after(*words: str) -> str:
    """A pattern for the place behind a first figure that one of these words precedes; only some end with a space."""
    after_space = "|".join(rf"(?<={word}\d)" for word in words if word.endswith(" ")) or "(?!)"
    others = "|".join(rf"(?<={word}\d)" for word in words if not word.endswith(" ")) or "(?!)"
    return rf"(?:(?<= \d)(?:{after_space})|(?<! \d)(?:{others}))"


# What is in every citation but a constitution's: a sign, or a figure and what is next to it. Most texts are read once.
# Every part begins with the sign, the figure, or the parenthesis that it has, and what must come before is looked at
# from there: a search that knows its first characters passes over all others ten times as fast.
_MAYBE = FigureSearch(
    r"[§\d)](?:(?<=§)"
    r"|(?!\d)(?:[A-Z]?,? (?:[A-Z]|u\.? ?s\.? ?c|c\.? ?f\.? ?r|of (?:the )?(?:[A-Z]|title))|(?<=\d)-(?:NM|NC|Oh))"
    r"|(?<!\d\d)(?:(?<=[A-Z]\d)\d*-\d|(?<=[A-Za-z.,)] \d)[\dA-Z]*[-.:/]\.?[\dA-Z]"
    rf"|{_figure_after(*_OF_ORDERS)}\d{{3}}"
    rf"|{_figure_after('(?i:title) ', 'ection ', 'ections ')}"
    rf"|{_figure_after(*_ABBREVIATED, *(f'{word} ' for word in _ABBREVIATED))}))"
)


class Found(Struct, frozen=True):
    """One place in a text that cites: what it names, and where it is."""

    names: tuple[str, ...]
    words: str
    start: int
    end: int


@lru_cache(maxsize=256)
def citations_in(text: str) -> dict[str, str]:
    """Every citation in a text: the words that cite, by what they name, in one form for all spellings.

    A name that begins with ``§`` leaves open whose law it is: see `same`. The result is shared between calls; do not
    change it.
    """
    if not any(map(str.isdigit, text)) and "onst" not in text:
        return {}
    words = _normalized(text)
    if not _may_cite(words):
        return {}
    names = {name: found.words for found in _apart(list(_found(words))) for name in found.names}
    told = [name for name in names if not name.startswith("§ ")]
    return {name: words for name, words in names.items() if not name.startswith("§ ") or not same(name, told)}


def same(found: str, known: Collection[str]) -> str:
    """Which of the names in ``known`` means the provision found; empty where none does."""
    if found in known:
        return found
    if found.startswith("§ "):
        return next((name for name in known if name.endswith(found[1:])), "")
    return next((name for name in known if name.startswith("§ ") and found.endswith(name[1:])), "")


def _apart(found: list[Found]) -> list[Found]:
    """Of citations that overlap, the longest: “West Virginia Code § 1” is not Virginia's."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
        elif each.end - each.start > kept[-1].end - kept[-1].start:
            kept[-1] = each
    return kept


def _normalized(text: str) -> str:
    """The text with hyphens for all kinds of dashes in numbers, straight apostrophes, and single spaces."""
    if not text.isascii():
        text = re.sub("[\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}]", "-", text)
        text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return " ".join(text.split())


def may_cite(text: str) -> bool:
    """Whether a text is worth looking at; false where neither it nor a part of it cites anything."""
    return _may_cite(_normalized(text))


def _may_cite(words: str) -> bool:
    return _MAYBE.occurs_in(words) or "const" in words.casefold()


def _found(text: str) -> Iterator[Found]:
    for code, searched in _CODES:
        for match in searched.finditer(text):
            sections = _sections(match["many"] or match["one"])
            yield _at(match, *(f"{match['title']} {code} {section.casefold()}" for section in sections))
    for searched, called in _NUMBERED:
        for match in searched.finditer(text):
            yield _at(match, " ".join([called, *(re.sub("[. ]", "", group) for group in match.groups())]))
    yield from _of_states(text)
    yield from _named_otherwise(text)
    yield from _cases(text)


def _at(match: re.Match[str], *names: str) -> Found:
    return Found(names, match[0].rstrip(" ,;"), match.start(), match.end())


def _of_states(text: str) -> Iterator[Found]:
    known = forms()
    for form in known.fitting(text):
        for searched in known.patterns(form):
            for match in searched.finditer(text):
                groups = match.groupdict()
                about = [form.of, groups.get("title"), known.common(groups.get("subject") or "")]
                code = " ".join(filter(None, about))
                yield _at(match, *(f"{code} {section}" for section in _sections(match["many"] or match["one"])))


def _named_otherwise(text: str) -> Iterator[Found]:
    """What is cited with no State, or by no section of a code."""
    if "§" in text or "ection" in text:
        for searched in _codes():
            for match in searched.finditer(text):
                yield _at(match, f"§ {forms().common(match['subject'])} {match['section'].upper()}")
        for match in _BARE.finditer(text):
            yield _at(match, f"§ {match[1].upper()}")
    if "onst" in text or "ONST" in text:
        for match in _constitutions().finditer(text):
            part = "art." if match["part"][:3].casefold() == "art" else "amend."
            yield _at(match, f"{_state(match['state'])} Const. {part} {match['number'].upper()}")
    if "Laws" in text or "Acts" in text:
        for match in _session_laws().finditer(text):
            yield _at(match, f"{match['year']} {_state(match['state'])} Laws {match['number']}")


@lru_cache(maxsize=1)
def _codes() -> tuple[re.Pattern[str], ...]:
    """“Gov't Code § 6254”, “section 6254 of the Government Code”; any other code only with the sign for a section."""
    section = r"(?P<section>\d[\dA-Za-z]*(?:[-.:/]\d[\dA-Za-z]*)*)" + PARAGRAPHS
    subject = f"(?P<subject>{forms().subject})"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"(?<!\w){subject} (?:Code|Law)(?: Ann\.)?,? {SIGN} ?{section}",
            rf"(?<!\w)[Ss]ections? {section} of the {subject} (?:Code|Law)\b",
            rf"(?<!\w)(?P<subject>(?:[A-Z][\w.'&]* ){{1,4}})"
            rf"(?:Code|Laws?|Stats?\.|Statutes|Regs?\.|Regulations|Act)(?: Ann\.)?,? §{{1,2}} ?{section}",
        )
    )


@lru_cache(maxsize=1)
def _constitutions() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?P<state>{_states()}|U\.S\.|United States) (?i:Const\.?|Constitution),? ?"
        r"(?P<part>(?i:art(?:icle)?|amend(?:ment)?))\.? ?(?P<number>(?i:[IVXL]+|\d+))\b"
    )


@lru_cache(maxsize=1)
def _session_laws() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?P<year>\d{{4}}) (?P<state>{_states()}) (?:Sess\. |Gen\. |Pub\. )?(?:Laws|Acts),? ?"
        r"(?:(?i:ch(?:apter|\.)|no\.|p\.a\.) ?)?(?P<number>\d[\d-]*)"
    )


def _states() -> str:
    names = sorted((name for each in forms().states.values() for name in each), key=len, reverse=True)
    return "|".join([*map(spelled, names), r"N\.?M\.?"])


def _state(name: str) -> str:
    key = re.sub("[. ]", "", name).casefold()
    for state, names in forms().states.items():
        if key in {re.sub("[. ]", "", each).casefold() for each in names}:
            return state
    return "U.S."


def _cases(text: str) -> Iterator[Found]:
    if _REPORTED.search(text):
        for searched in _reporters():
            for match in searched.finditer(text):
                yield _at(match, f"{match[1]} {re.sub('[ .]', '', match[2])} {match[3].replace(',', '')}")
    for match in _neutral().finditer(text) if _DECIDED.search(text) else ():
        yield _at(match, match[0])


# What is near every reported case, and every decision cited by its year and number.
_REPORTED = pattern(r"\d [A-Z][A-Za-z.' ]{0,20}(?:[2-5](?:d|th))?\.? \d")
_DECIDED = pattern(r"\b[12]\d{3}[ -][A-Z]")


@lru_cache(maxsize=1)
def _reporters() -> tuple[re.Pattern[str], ...]:
    plain, dated = (
        "|".join(sorted(map(spelled, forms().reporters[name]), key=len, reverse=True)) for name in ("plain", "dated")
    )
    start = r"(?<![\w.$-])(?<![\d],)(\d{1,3})"
    year = r"(?=(?:, ?[\dA-Z][\w .-]*)* ?\((?:[A-Z][\w. ]{0,20} )?\d{4}\))"
    return (
        re.compile(rf"{start} (US)(?= \d+(?:, \d+)? ?\(\d{{4}}\)) (\d{{1,4}})\b"),
        re.compile(rf"{start} (U\. ?S\.|{plain}) (\d{{1,5}})(?![\w-])"),
        re.compile(rf"{start} ({dated}) (\d{{1,4}})(?![\w-]){year}"),
        re.compile(rf"{start} (Fed\. ?Reg\.|Stat\.|FR|F\.R\.) (\d{{1,3}}(?:,\d{{3}})+|\d{{2,6}})(?![\w-])"),
    )


@lru_cache(maxsize=1)
def _neutral() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.$-])\d{{4}}(?:{'|'.join(forms().reporters['neutral'])})(?![\w-])")


def _sections(text: str) -> Iterator[str]:
    """The section numbers in ``§§ 1373(a)-(b), 1644``: 1373 and 1644."""
    for piece in re.split(BETWEEN, text):
        number = re.sub(r"\([^)]*\).*|[^0-9A-Za-z.:/-]", "", re.sub(f"^ ?{ANY_SIGN}", "", piece))
        if number:
            yield number.strip(".").upper() if number[0].isalpha() or "-" in number else number.strip(".")
