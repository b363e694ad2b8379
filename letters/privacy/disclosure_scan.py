"""Searches a finished letter for what it must not disclose, before anybody receives the file.

Unemployment compensation law makes confidential whatever identifies a person or an employer (20 C.F.R. § 603.4, in
`templates/legal_basis.toml`). Searched for are social security numbers and wages, wherever they came from, and content
that a Word file has without showing it: tracked changes, comments, hidden text, people's names, paths on somebody's
disk, and fields that load something from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from letters._text.entities import unescaped
from letters._text.lazy_pattern import pattern
from letters._text.personal import masked, may_be_personal, personal
from letters.docx.fields import field_codes, why_refused
from letters.docx.names import PATH_ON_DISK
from letters.docx.package import Package, Packed, parse_xml
from letters.docx.paragraph_texts import (
    PARAGRAPH_END,
    OutlinedParagraph,
    OutlinedPart,
    PartOutline,
    StoredParagraph,
)
from letters.errors import InvalidAnswers, LettersError, Problem, TemplateAtFault

_HIDDEN = pattern(
    r"<w:(?:(ins|del|moveFrom|moveTo|rPrChange|pPrChange|tblPrChange|trPrChange|tcPrChange|sectPrChange)"
    r"|(commentReference|commentRangeStart)|(vanish|specVanish))\b(?![^>]*w:val=\"(?:0|false|off)\")"
)
_HIDDEN_KINDS = ("tracked changes", "comments", "hidden text")
_REVISIONS = pattern(r"<[^<>]*? w:rsid\w*=\"|<w:rsids>|<[^<>]*? w14:paraId=\"")
_PEOPLE = pattern(rb"<(?:cp:lastModifiedBy|Company|Manager|HyperlinkBase|Template)>([^<]+)<")
# Not in descriptions and tips, which answers may fill: the template's own are checked when it is read.
_PATHS = pattern(rf"<[^<>]*? (?!(?:descr|title|alt|w:tooltip|w:instr)=)[\w:]+=\"(?:{PATH_ON_DISK.pattern})")
# One of these is in each of them; most parts have none.
_IN_REVISIONS = (" w:rsid", "<w:rsids>", ' w14:paraId="')
_IN_PATHS = ("file:///", ":\\", "\\\\", "/home/", "/Users/", "/tmp/")
_IN_PEOPLE = (b"lastModifiedBy", b"Company", b"Manager", b"HyperlinkBase", b"Template")
_OUTSIDE = pattern(rb"<Relationship\b(?=[^>]*TargetMode=\"External\")[^>]*>")
_TO_THE_WEB = pattern(rb"Target=\"(?:https?://|mailto:)", re.IGNORECASE)
_SPACES = pattern(r"<w:(?:br|cr|tab)\b[^>]*>")
_MARKUP = pattern(r"<[^>]*>")
_PROPERTIES = "docProps/"  # parts without paragraphs, which differ from letter to letter
_COMMENTS = pattern(r"comments|people|commentsIds")

_HINT_WAY_OUT = (
    "If the letter must state it, record the reason in the answers (disclosure = “…”), or put it in an enclosure."
)
_HINT_TEMPLATE = "Remove it from the template. `letters check` names the place."
_MOST = 20  # findings reported for one letter
_MOST_KEPT = 50  # parts
_LONG_PARAGRAPH = 10_000  # is not kept


class DisclosureScan:
    """Checks finished letters for disclosures.

    What letters have in common is checked once: parts that are byte for byte what they were in an earlier letter are
    skipped, paragraphs keep what was found in them, and markup is not searched again when only the words in it differ.
    That is safe, because nothing searched for extends from one paragraph into the next.
    """

    def __init__(self) -> None:
        self._clean: dict[str, bytes] = {}
        self._sound_fields: set[tuple[str | PartOutline, ...]] = set()  # codes of parts whose fields a letter may have

    def check(self, members: Mapping[str, Packed], name: str, reason: str | None = None) -> tuple[Problem, ...]:
        """Check a finished letter.

        Args:
            members: its parts, by name.
            name: of the letter, for messages.
            reason: why counsel discloses a number or a wage in it; with a reason these are noted, not refused.

        Returns:
            What is disclosed for that reason.

        Raises:
            InvalidAnswers: the letter states a social security number or a wage.
            TemplateAtFault: the file has content it does not show.
        """
        stated: list[Problem] = []
        hidden: list[Problem] = []
        for part, member in members.items():
            if self._clean.get(part) == member.data:
                continue
            before = len(stated) + len(hidden)
            is_xml, has_properties = part.endswith((".xml", ".rels")), part.startswith(_PROPERTIES)
            content = member.content if is_xml else b""
            hidden += _hidden_in_part(part, content)
            if has_properties:
                hidden += _hidden_content(f"{_label(part)}, paragraph 1", content.decode("utf-8", "replace"))
            has_found = len(stated) + len(hidden) > before
            if member.outlined is not None and not has_found and self._is_clean(part, content, member.outlined):
                self._clean[part] = member.data
                continue
            paragraphs = member.paragraphs if is_xml and not has_properties else ()
            if b"instr" in content:
                hidden += self._refused_fields(part, content, _with_codes(paragraphs))
            found_in = _found_in(paragraphs)
            if found_in.count(_NOTHING) != len(found_in):
                for number, (paragraph, found) in enumerate(zip(paragraphs, found_in, strict=True), 1):
                    if found.hides:
                        hidden += _hidden_content(f"{_label(part)}, paragraph {number}", paragraph.markup)
                    if found.states and part.startswith("word/"):
                        stated += _stated(part, number, found.states)
            if len(stated) + len(hidden) == before:
                self._clean[part] = member.data
        _stop(hidden, name, TemplateAtFault)
        if not reason:
            _stop(stated, name, InvalidAnswers)
        recorded = f"The recorded reason: {reason}"
        return tuple(Problem(f"{each.message} {recorded}", each.where, code="disclosed") for each in stated)

    def _is_clean(self, part: str, content: bytes, outlined: OutlinedPart) -> bool:
        """Whether there is nothing in a part, as can be told from its outline and all its texts together."""
        known = outlined.outline.known
        if _FOUND not in known:
            known[_FOUND] = _found_in_outline(outlined.outline)
        common: _FoundInOutline = known[_FOUND]
        if not common.is_clean or any(each is not _NOTHING for each in _found_in(outlined.own)):
            return False
        if b"instr" in content and self._refused_fields(part, content, (outlined.outline, *_with_codes(outlined.own))):
            return False
        return not may_be_personal(unescaped(common.with_texts(outlined.texts)))

    def _refused_fields(self, part: str, xml: bytes, codes: tuple[str | PartOutline, ...]) -> list[Problem]:
        """The fields of a part that no letter may have.

        Args:
            codes: what determines them; see `_with_codes`.
        """
        if codes in self._sound_fields:
            return []
        refused = list(_refused_fields(part, xml))
        if not refused:
            if len(self._sound_fields) >= _MOST_KEPT:
                self._sound_fields.clear()
            self._sound_fields.add(codes)
        return refused


def _with_codes(paragraphs: Iterable[StoredParagraph]) -> tuple[str, ...]:
    """The paragraphs of a part as far as its fields depend on them. Those without any code tell only where they end."""
    return tuple([each.xml if "instr" in each.xml else each.markup for each in paragraphs])


_FOUND = "disclosures"
"""The name under which a paragraph keeps what was found in it."""


class _FoundInParagraph(Struct, frozen=True):
    """What was found in a paragraph, whatever part it is in.

    Args:
        hides: whether its markup has content that it does not show.
        states: its text, if that states a number or a wage.
    """

    hides: bool
    states: str


_NOTHING = _FoundInParagraph(hides=False, states="")


def _found_in(paragraphs: Sequence[StoredParagraph]) -> list[_FoundInParagraph]:
    """What was found in each paragraph, which keeps it. The words of all new ones are first looked at together."""
    new = [each for each in paragraphs if _FOUND not in each.known]
    markups = [_searched(each.markup) for each in new]
    texts = [each.with_texts(it.texts) if each.has_words else "" for each, it in zip(markups, new, strict=True)]
    states = [""] * len(new)
    if may_be_personal(unescaped("\n".join(texts))):
        states = [text if next(personal(text), None) else "" for text in map(unescaped, texts)]
    for paragraph, markup, text in zip(new, markups, states, strict=True):
        is_clean = not markup.hides and not text  # other threads may have the paragraph too, and see only the verdict
        paragraph.known[_FOUND] = _NOTHING if is_clean else _FoundInParagraph(markup.hides, text)
    return [each.known[_FOUND] for each in paragraphs]


@lru_cache(maxsize=500)
def _searched(markup: str) -> _ParagraphMarkup:
    before, *after = _without_markup(markup).split("\0")
    hides = next(_hidden_content("", markup), None) is not None
    return _ParagraphMarkup(before, tuple(after) if any(after) else (), "<w:t" in markup, hides)


class _ParagraphMarkup(Struct, frozen=True):
    """The markup of a paragraph, without its texts.

    Args:
        before: the characters before its texts, such as a space for a line break.
        after: those after each of its texts; empty if there are none.
        has_words: whether it has any text.
        hides: whether it has content that it does not show.
    """

    before: str
    after: tuple[str, ...]
    has_words: bool
    hides: bool

    def with_texts(self, texts: Sequence[str]) -> str:
        if not self.after:
            return self.before + "".join(texts)
        return self.before + "".join([f"{text}{after}" for text, after in zip(texts, self.after, strict=True)])


class _FoundInOutline(Struct, frozen=True):
    """What was found in the outline of a part.

    Args:
        is_clean: whether nothing was, so that only its texts need be looked at.
        pieces: what stands between these, such as a space for a line break, and in turn place for them.
    """

    is_clean: bool
    pieces: list[str]

    def with_texts(self, texts: Sequence[str]) -> str:
        pieces = self.pieces.copy()
        pieces[1::2] = texts
        return "".join(pieces)


def _found_in_outline(outline: PartOutline) -> _FoundInOutline:
    same = [each for each in outline.paragraphs if isinstance(each, StoredParagraph)]
    is_clean, pieces = all(each is _NOTHING for each in _found_in(same)), [""]
    for each in outline.paragraphs:
        if isinstance(each, OutlinedParagraph):
            markup = _searched(each.markup)
            is_clean = is_clean and markup.has_words and not markup.hides
            pieces[-1] += f"\n{markup.before}"
            for after in markup.after or [""] * each.number_of_texts:
                pieces += ("", after)
    return _FoundInOutline(is_clean, pieces)


def disclosures_in(package: Package) -> tuple[Problem, ...]:
    """Numbers and wages that a hand-edited letter states, as notes for counsel, who decides."""
    found = [
        replace(problem, hint="Remove it in Word, unless the letter must state it.")
        for part, xml in package.parts.items()
        if part.startswith("word/") and part.endswith(".xml")
        for number, paragraph in _doubtful_paragraphs(xml)
        for problem in _stated(part, number, unescaped(_without_markup(paragraph)), f"{package.name}, ")
    ]
    return tuple(found[:_MOST])


@lru_cache(maxsize=64)  # of parts that letters have in common, and in the others most paragraphs are
def _doubtful_paragraphs(xml: bytes) -> tuple[tuple[int, str], ...]:
    """The paragraphs of a part that are worth a closer look, with their numbers."""
    paragraphs = enumerate(xml.decode("utf-8", "replace").split(PARAGRAPH_END), 1)
    return tuple([(number, each) for number, each in paragraphs if _may_disclose(each)])


def _may_disclose(paragraph: str) -> bool:
    return _is_doubtful(paragraph) if len(paragraph) <= _LONG_PARAGRAPH else _is_doubtful.__wrapped__(paragraph)


@lru_cache(maxsize=3_000)
def _is_doubtful(paragraph: str) -> bool:
    return may_be_personal(unescaped(_without_markup(paragraph)))


def disclosures_in_texts(texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Numbers and wages in texts that are not in a Word file, such as those of a form.

    Args:
        texts: each with its place for messages.
    """
    for where, text in texts:
        for found in personal(text):
            place = _place(where, text, found.start, found.end)
            yield Problem(f"The words state a {found.what}.", place, _HINT_WAY_OUT, found.what.replace(" ", "-"))


def _stop(found: list[Problem], name: str, kind: type[LettersError]) -> None:
    if found:
        raise kind(problem.within(name) for problem in islice(found, _MOST))


def _without_markup(xml: str) -> str:
    return _MARKUP.sub("", _SPACES.sub(" ", xml))


def _stated(part: str, number: int, text: str, within: str = "") -> Iterator[Problem]:
    """Numbers and wages in the text of one paragraph."""
    for found in personal(text):
        place = _place(f"{within}{_label(part)}, paragraph {number}", text, found.start, found.end)
        yield Problem(f"The letter states a {found.what}.", place, _HINT_WAY_OUT, found.what.replace(" ", "-"))


def _place(where: str, text: str, start: int, end: int) -> str:
    """The place with the words around it, without the confidential digits."""
    words = " ".join(f"{text[max(0, start - 30) : start]}…{text[end : end + 20]}".split())
    return f"{where}, “{masked(words)}”"


def _label(part: str) -> str:
    stem = part.rpartition("/")[2].removesuffix(".xml")
    return "body" if stem == "document" else stem


def _hidden_content(where: str, xml: str) -> Iterator[Problem]:
    """What a paragraph contains without showing it; or a part, if it has no paragraphs."""
    if "<w:" in xml and (match := _HIDDEN.search(xml)):
        kind = _HIDDEN_KINDS[(match.lastindex or 1) - 1]
        yield Problem(f"The letter contains {kind}.", where, _HINT_TEMPLATE, "hidden")
    if any(map(xml.__contains__, _IN_REVISIONS)) and _REVISIONS.search(xml):
        message = "The letter contains traces of who edited its template when."
        yield Problem(message, where, _HINT_TEMPLATE, "metadata")
    if any(map(xml.__contains__, _IN_PATHS)) and _PATHS.search(xml):
        yield Problem("The letter contains a path on somebody's disk.", where, _HINT_TEMPLATE, "metadata")


@lru_cache(maxsize=128)
def _has_comments(part: str) -> bool:
    return part.startswith("word/") and _COMMENTS.search(part) is not None


def _hidden_in_part(part: str, xml: bytes) -> Iterator[Problem]:
    """What can only be found in a part as a whole."""
    where = f"part {part}"
    if _has_comments(part):
        yield Problem("The letter contains comments.", where, _HINT_TEMPLATE, "comments")
    if part.startswith(_PROPERTIES) and any(map(xml.__contains__, _IN_PEOPLE)) and _PEOPLE.search(xml):
        message = "The document properties name people or places from the template."
        yield Problem(message, where, _HINT_TEMPLATE, "metadata")
    if part.endswith(".rels"):
        for link in _OUTSIDE.finditer(xml):
            if not _TO_THE_WEB.search(link[0]):
                message = "The letter links to something other than a web page or an email address."
                yield Problem(message, where, _HINT_TEMPLATE, "outside")


def _refused_fields(part: str, xml: bytes) -> Iterator[Problem]:
    for _, code in field_codes(parse_xml(xml, part, part)):
        if refused := why_refused(code):
            yield Problem(refused[0], f"part {part}", refused[1], "outside")
