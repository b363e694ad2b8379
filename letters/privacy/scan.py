"""What a finished letter must not disclose, looked for in the file itself before it is called finished.

Confidential in the law of unemployment compensation is what reveals a person or an employer (20 C.F.R. § 603.4, in
`templates/legal_basis.toml`): here social security numbers and wages, wherever they came from. Beside them what a Word
file tells without showing it: changes, comments, hidden text, people, places on somebody's disk, fields that fetch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice

from letters._text.personal import masked, personal
from letters.docx.fields import field_codes, why_refused
from letters.docx.markup import taken_apart
from letters.docx.package import Package, Packed, parse_xml
from letters.errors import InvalidAnswers, LettersError, Problem, TemplateAtFault

_HIDDEN = re.compile(
    r"<w:(?:(ins|del|moveFrom|moveTo|rPrChange|pPrChange|tblPrChange|trPrChange|tcPrChange|sectPrChange)"
    r"|(commentReference|commentRangeStart)|(vanish|specVanish))\b(?![^>]*w:val=\"(?:0|false|off)\")"
)
_TOLD = ("tracked changes", "comments", "hidden text")
_REVISIONS = re.compile(r" w:rsid\w*=\"|<w:rsids>|w14:paraId=\"")
_PEOPLE = re.compile(rb"<(?:cp:lastModifiedBy|Company|Manager|HyperlinkBase|Template)>([^<]+)<")
_PATHS = re.compile(r"=\"(?:file:///|[A-Za-z]:\\|\\\\[\w$.-]+\\|/(?:home|Users|tmp)/)")
_OUTSIDE = re.compile(rb"<Relationship\b(?=[^>]*TargetMode=\"External\")[^>]*>")
_TO_THE_WEB = re.compile(rb"Target=\"(?:https?://|mailto:)", re.IGNORECASE)
_SPACES = re.compile(r"<w:(?:br|cr|tab)\b[^>]*>")
_MARKUP = re.compile(r"<[^>]*>")
_COMMENTS = re.compile(r"comments|people|commentsIds")

_HINT_WAY_OUT = "If the letter must state it, record why: disclosure = “…”; or write it in an enclosure."
_HINT_TEMPLATE = "Take it out of the template: letters check names the place."
_MOST = 20  # findings told of one letter
_MOST_FRAMES = 500
_DIGIT = re.compile(r"\d")


class Gate:
    """Lets finished letters through, or says what they would disclose.

    What letters have in common is looked at once: members of the file that are byte for byte what was passed before are
    not looked at again, nor is the markup of a paragraph that stands round other words. Nothing looked for reaches from
    one paragraph into the next.
    """

    def __init__(self) -> None:
        self._passed: dict[str, bytes] = {}
        self._frames: dict[str, _ParagraphMarkup] = {}

    def pass_through(self, members: Mapping[str, Packed], name: str, reason: str | None = None) -> tuple[Problem, ...]:
        """Look a finished letter through.

        Args:
            members: its parts, by name.
            name: how messages call it.
            reason: why counsel discloses a number or a wage in it; then these are noted, not refused.

        Returns:
            What is disclosed for that reason.

        Raises:
            InvalidAnswers: it states a social security number or a wage.
            TemplateAtFault: the file tells what it does not show.
        """
        stated: list[Problem] = []
        untold: list[Problem] = []
        for part, member in members.items():
            if self._passed.get(part) == member.data:
                continue
            before = len(stated) + len(untold)
            xml = member.content if part.endswith((".xml", ".rels")) else b""
            untold += _untold_by_part(part, xml)
            self._look_at_paragraphs(part, xml, stated, untold)
            if len(stated) + len(untold) == before:
                self._passed[part] = member.data
        _stop(untold, name, TemplateAtFault)
        if not reason:
            _stop(stated, name, InvalidAnswers)
        reasoned = f"The reason recorded: {reason}"
        return tuple(Problem(f"{each.message} {reasoned}", each.where, code="disclosed") for each in stated)

    def _look_at_paragraphs(self, part: str, xml: bytes, stated: list[Problem], untold: list[Problem]) -> None:
        for number, (markup, texts) in enumerate(taken_apart(xml.decode("utf-8", "replace")), 1):
            frame = self._frames.get(markup) or self._look_at_markup(part, number, markup, untold)
            if part.startswith("word/") and frame.has_words:
                text = frame.with_texts(texts)
                if _may_state(text):
                    stated += _stated(part, number, unescape(text))

    def _look_at_markup(self, part: str, number: int, markup: str, untold: list[Problem]) -> _ParagraphMarkup:
        frame = _ParagraphMarkup(tuple(_without_markup(markup).split("\0")), "<w:t" in markup)
        before = len(untold)
        untold += _untold(f"{_label(part)}, paragraph {number}", markup)
        if len(untold) == before:
            if len(self._frames) >= _MOST_FRAMES:
                self._frames.clear()
            self._frames[markup] = frame
        return frame


@dataclass(frozen=True, slots=True)
class _ParagraphMarkup:
    """The markup of a paragraph that tells nothing it does not show.

    Args:
        between: what stands before, between and behind its texts, such as the space of a line break.
    """

    between: tuple[str, ...]
    has_words: bool

    def with_texts(self, texts: Sequence[str]) -> str:
        first, *others = self.between
        if not any(others):
            return first + "".join(texts)
        return first + "".join([f"{text}{after}" for text, after in zip(texts, others, strict=True)])


def stated_in(package: Package) -> tuple[Problem, ...]:
    """What a letter changed by hand states: for counsel to know, who decides."""
    found = [
        replace(problem, hint="Take it out in Word, unless the letter must state it.")
        for part, xml in package.parts.items()
        if part.startswith("word/") and part.endswith(".xml")
        for number, paragraph in enumerate(xml.decode("utf-8", "replace").split("</w:p>"), 1)
        for problem in _stated(part, number, unescape(_without_markup(paragraph)), f"{package.name}, ")
    ]
    return tuple(found[:_MOST])


def _stop(found: list[Problem], name: str, kind: type[LettersError]) -> None:
    if found:
        raise kind(problem.within(name) for problem in islice(found, _MOST))


def _may_state(text: str) -> bool:
    """Whether there may be a figure in words as they stand in the markup: one of any script, or spelt as an entity."""
    return "&" in text or _DIGIT.search(text) is not None


def _without_markup(xml: str) -> str:
    return _MARKUP.sub("", _SPACES.sub(" ", xml))


def _stated(part: str, number: int, text: str, within: str = "") -> Iterator[Problem]:
    """Numbers and wages in the words of one paragraph."""
    for found in personal(text):
        place = _place(f"{within}{_label(part)}, paragraph {number}", text, found.start, found.end)
        yield Problem(f"The letter states a {found.what}.", place, _HINT_WAY_OUT, found.what.replace(" ", "-"))


def _place(where: str, text: str, start: int, end: int) -> str:
    """With the words round the place, and without what must not be told."""
    words = " ".join(f"{text[max(0, start - 30) : start]}…{text[end : end + 20]}".split())
    return f"{where}, “{masked(words)}”"


def _label(part: str) -> str:
    stem = part.rpartition("/")[2].removesuffix(".xml")
    return "body" if stem == "document" else stem


def _untold(where: str, xml: str) -> Iterator[Problem]:
    """What a paragraph, or a part that has none, tells without showing it."""
    if hidden := _HIDDEN.search(xml):
        told = _TOLD[(hidden.lastindex or 1) - 1]
        yield Problem(f"The letter carries {told}.", where, _HINT_TEMPLATE, "hidden")
    if _REVISIONS.search(xml):
        message = "The letter carries marks of who edited its template when."
        yield Problem(message, where, _HINT_TEMPLATE, "metadata")
    if _PATHS.search(xml):
        yield Problem("The letter names a place on somebody's disk.", where, _HINT_TEMPLATE, "metadata")


def _untold_by_part(part: str, xml: bytes) -> Iterator[Problem]:
    """What can only be seen in a part as a whole."""
    where = f"part {part}"
    if part.startswith("word/") and _COMMENTS.search(part):
        yield Problem("The letter carries comments.", where, _HINT_TEMPLATE, "comments")
    if part.startswith("docProps/") and _PEOPLE.search(xml):
        message = "The letter's properties name people or places of the template."
        yield Problem(message, where, _HINT_TEMPLATE, "metadata")
    if part.endswith(".rels"):
        for link in _OUTSIDE.finditer(xml):
            if not _TO_THE_WEB.search(link[0]):
                message = "The letter points to something outside that is no page of the web and no address for mail."
                yield Problem(message, where, _HINT_TEMPLATE, "outside")
    if b"instr" in xml:
        for _, code in field_codes(parse_xml(xml, part, part)):
            if refused := why_refused(code):
                yield Problem(refused[0], where, refused[1], "outside")
