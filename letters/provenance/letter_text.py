"""The sentences of a Word file and their fingerprints, the same no matter which program saved it.

Word and LibreOffice rewrite a letter whenever they save it: they split and join runs, add properties, rename parts.
This module reads what stays the same: the words of each paragraph, ignoring runs, white space and page numbers, and the
formatting a reader can see.

This runs for every letter written, so it uses regular expressions and caches paragraphs: most are identical in all
letters of a batch, and most others have the same markup around different words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from lxml import etree
from msgspec import Struct

from letters._text.entities import unescaped
from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember, seen_again
from letters.docx.names import MC, T, V, W
from letters.docx.package import Package, Packed
from letters.docx.paragraph_texts import (
    OutlinedPart,
    PartOutline,
    StoredParagraph,
    joined,
    taken_apart,
)
from letters.provenance.seal import Seal

_STORY = pattern(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml")
_HEADINGS = ("word/header", "word/footer")
_STYLES, _PICTURES = "word/styles.xml", "word/media/"
PREFIXES = {
    "w": W,
    "mc": MC,
    "v": V,
}
_STYLE = pattern(r'<w:style (?=[^>]*w:type="paragraph")(?=[^>]*w:styleId="([^"]*)")([^>]*)>(.*?)</w:style>', re.S)
_NUMBERING = "word/numbering.xml"
_OTHERS = (_STYLES, _NUMBERING)
_LABEL = pattern(r'<w:lvlText w:val="([^"]*[^\W\d_]{2}[^"]*)"')
_ALTERNATIVE = pattern(
    r"<mc:Choice[^>]*(?<!/)>((?:(?!</mc:Choice>).)*)</mc:Choice>\s*<mc:Fallback>((?:(?!</mc:Fallback>).)*)</mc:Fallback>",
    re.S,
)
_DIGIT = pattern(r"\d")
_TRACKED = "<w:ins ", "<w:del ", "<w:moveFrom ", "<w:moveTo "
_TEXT = pattern(
    r"<w:t(?: [^>]*)?>(?P<text>[^<]*)</w:t>|<w:(?P<character>tab|br|cr|noBreakHyphen)(?: [^>]*)?/>"
    r'|<w:sym (?=[^>]*w:char="(?P<symbol>[0-9A-Fa-f]+)")[^>]*/>|<v:textpath [^>]*?string="(?P<art>[^"]*)"'
)
_CHARACTERS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
_PLACEHOLDER = pattern("\0(\\d+)\0")
_PAGE = pattern(r"(?:<w:instrText[^>]*>|w:instr=\")\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_RUN = pattern(r"<w:r(?: [^>]*)?>(?:<w:rPr>(?P<looks>.*?)</w:rPr>)?(?P<rest>.*?)</w:r>", re.S)
_LOOKS = pattern(
    r'<w:(b|i|u|strike|dstrike|caps|smallCaps|vanish|color|sz|highlight|vertAlign)(?: w:val="([^"]*)")?[^>]*/>'
)
_FONT = pattern(r'<w:rFonts (?=[^>]*w:ascii="([^"]*)")')
_PLAIN = frozenset({"0", "false", "off", "none", "auto", "baseline", "000000"})
_PARAGRAPH_LOOK = pattern(r'<w:(pStyle|jc) w:val="([^"]*)"')
_IN_STYLE = pattern(r'<w:(name|basedOn|jc) w:val="([^"]*)"')
_SIDES = {"": "left", "start": "left", "end": "right"}
# Not after an abbreviation (“U.S.”, “No.”, “Mrs.”, a single letter), unless a quotation ends with it.
# The period comes first, because a pattern that begins with look-behinds is tried at every character.
_END = pattern(
    r"[.?!](?:(?<=[?!])|(?<!\b[A-Za-z]\.)(?<!\bNo\.)(?<!\b[MDJS]r\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)|(?=[”’\")\]]))"  # noqa: RUF001
    r"[”’\")\]]*\s+(?=[\w“‘\"(\[])"  # noqa: RUF001
)
_SAME = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None) | dict.fromkeys("\u2010\u2011", "-"))
_NOT_AS_SEEN = "".join(map(chr, _SAME))
LONGEST = 4095
"""The greatest length a fingerprint can state, in characters; longer sentences have it too."""
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class LetterText(Struct, frozen=True):
    """What a Word file says.

    Args:
        body: its paragraphs, then its footnotes and endnotes.
        headings: the paragraphs of its headers and footers, and words in list numbers.
        looks: the visible formatting of all of them and the pictures, in a form that can be compared.
        tracked: whether it contains tracked changes, which are read as accepted.
    """

    body: tuple[str, ...]
    headings: tuple[str, ...]
    looks: str
    tracked: bool = False

    @property
    def sentences(self) -> list[str]:
        return [sentence for line in self.body for sentence in sentences(line)]


def text_of_members(members: Iterable[Packed]) -> LetterText:
    """The text of a letter this program has just written, by its packed parts."""
    stories: dict[str, _Paragraphs] = {}
    others: dict[str, str] = {}
    pictures: list[str] = []
    for member in members:
        if member.name in _OTHERS:
            others[member.name] = _decoded(member.content)
        elif _is_story(member.name):
            stories[member.name] = member.paragraphs if member.outlined is None else member.outlined
        elif member.name.startswith(_PICTURES):
            pictures.append(_digest_of(member))
    return _text(stories, others, pictures)


def text_as_written(package: Package) -> LetterText:
    """The text of a letter that this program has written and nobody has changed since."""
    if _is_tracked(package):
        return text_of_package(package)
    stories = {part: package.stored(part) for part, _ in _stories_in(package)}
    others = {part: _decoded(package.parts[part]) for part in _OTHERS if part in package.parts}
    return _text(stories, others, _pictures_in(package))


def text_of_package(package: Package) -> LetterText:
    """The text of any Word file. Raises NotAWordFile."""
    tracked = _is_tracked(package)
    if tracked:
        from letters.docx.revisions import accepted

        package = accepted(package)
    stories = {part: taken_apart(_normalized_part(package, part)) for part, _ in _stories_in(package)}
    others = {part: _normalized_part(package, part) for part in _OTHERS if part in package.parts}
    found = _text(stories, others, _pictures_in(package))
    return LetterText(found.body, found.headings, found.looks, tracked)


def _is_tracked(package: Package) -> bool:
    return any(any(map(_has_changes, package.stored(part))) for part, _ in _stories_in(package))


def _has_changes(paragraph: StoredParagraph) -> bool:
    """Whether any of a paragraph is tracked; found out once for all letters that have it."""
    known = paragraph.known
    if _CHANGES not in known:
        known[_CHANGES] = any(mark in paragraph.xml for mark in _TRACKED)
    return known[_CHANGES] is True


_CHANGES = "changes"
"""The name under which a paragraph keeps it."""


def _stories_in(package: Package) -> Iterator[tuple[str, bytes]]:
    return ((part, data) for part, data in package.parts.items() if _is_story(part))


def _pictures_in(package: Package) -> Iterator[str]:
    return (digest_of(data) for part, data in package.parts.items() if part.startswith(_PICTURES))


@lru_cache(maxsize=128)
def _is_story(part: str) -> bool:
    return _STORY.fullmatch(part) is not None


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=16)
def _decoded(part: bytes) -> str:
    """Cached, so that the styles of all letters are one string object, which other caches find without comparing."""
    return part.decode()


@lru_cache(maxsize=16)
def _digest_of(picture: Packed) -> str:
    """Cached, because all letters have the same picture in the letterhead."""
    return digest_of(picture.content)


_NORMALIZED: dict[bytes, str] = {}
_NORMALIZED_KEPT = 32


def _normalized_part(package: Package, part: str) -> str:
    """Cached, because letters have all parts in common except the body."""
    data = package.parts[part]
    if data in _NORMALIZED:
        return _NORMALIZED[data]
    usual = _is_usual(data)
    xml = etree.tostring(package.tree(part), encoding="unicode") if usual else _normalized(package.xml(part))
    if part != package.main:
        remember(_NORMALIZED, _NORMALIZED_KEPT, data, xml)
    return xml


_ODD = pattern(rb"<w:t[ >][^<]*<(?!/w:t>)")
_PREFIX_OF_WORD = f'xmlns:w="{W}"'.encode()


def _is_usual(part: bytes) -> bool:
    """Whether a part has the usual prefix, no comments, and nothing but text in its texts: most are written so."""
    return (
        part.count(W.encode()) == part.count(_PREFIX_OF_WORD) == 1
        and b"<!" not in part
        and part.find(b"<?", 1) < 0
        and not _ODD.search(part)
    )


def _normalized(root: etree._Element) -> str:
    """A part with the usual prefixes and without comments, so that the regular expressions miss no word."""
    etree.strip_tags(root, etree.Comment, etree.PI)
    for node in root.iter(T):
        if len(node):
            node.text = "".join(node.itertext())
            del node[:]
    if any(node.prefix != "w" for node in root.iter(f"{{{W}}}*")):
        root = _with_usual_prefixes(root, etree.Element(root.tag, nsmap=PREFIXES))
    return etree.tostring(root, encoding="unicode")


def _with_usual_prefixes(node: etree._Element, new: etree._Element) -> etree._Element:
    new.text, new.tail = node.text, node.tail
    for name, value in node.attrib.items():
        new.set(name, value)
    for child in node:
        _with_usual_prefixes(child, etree.SubElement(new, child.tag))
    return new


def stories_of(package: Package) -> list[str]:
    """The parts that make up the text, in the order of ``LetterText.body``."""
    return sorted(part for part in package.parts if _STORY.fullmatch(part) and not part.startswith(_HEADINGS))


def paragraphs_of(xml: str) -> list[str]:
    """The words of each paragraph of a part, empty ones included, in the order in which they end."""
    return [_paragraph(_parsed(each.markup), each.texts)[0] for each in taken_apart(xml)[:-1]]


def _text(stories: Mapping[str, _Paragraphs], others: Mapping[str, str], pictures: Iterable[str]) -> LetterText:
    body: list[str] = []
    headings: list[str] = []
    looks: list[str] = []
    styles = _styles(others.get(_STYLES, ""))
    for name in sorted(stories):
        story = stories[name]
        found = _outlined_story(story, styles) if isinstance(story, OutlinedPart) else _story(story, styles)
        (headings if name.startswith(_HEADINGS) else body).extend([line for line, _ in found])
        looks += [look for _, look in found]
    headings += _labels(others.get(_NUMBERING, ""))
    return LetterText(tuple(body), tuple(headings), "\n".join(sorted([*looks, *dict.fromkeys(pictures)])))


@lru_cache(maxsize=8)
def _labels(xml: str) -> tuple[str, ...]:
    """The words in list numbers, each once."""
    return tuple(dict.fromkeys(_LABEL.findall(xml)))


_Paragraphs = tuple[StoredParagraph, ...] | OutlinedPart
"""Those of a part, or the part by its outline."""


def _story(paragraphs: tuple[StoredParagraph, ...], styles: _ParagraphStyles) -> list[tuple[str, str]]:
    """The paragraphs of one part that are not empty, each with its formatting."""
    known = [each.known.get(_LINE) for each in paragraphs]
    lines = [
        found[1] if found is not None and found[0] is styles else _line(each, styles)
        for each, found in zip(paragraphs, known, strict=True)
    ]
    if None in lines:
        lines = [
            _new_line(each.markup, each.texts, styles)
            for each in taken_apart(_ALTERNATIVE.sub(_once, joined(paragraphs)))
        ]
    return [each for each in lines if each and each[0]]


_Place = tuple[int, int, int, str, str]
"""Of a paragraph, its place among the lines, where its texts begin and end, its markup, and `_LineForm.before`."""


class _OutlinedLines(Struct, frozen=True):
    """The lines of a part by its outline.

    Args:
        lines: those that all letters have, and place for the others; None where a part must be read as a whole.
        simple: where those go that have a single run with a single text.
        others: where other paragraphs go.
        own: the places of those that only one letter has.
    """

    lines: list[tuple[str, str] | None]
    simple: list[_Place]
    others: list[_Place]
    own: list[int]


def _outlined_lines(outline: PartOutline, styles: _ParagraphStyles) -> _OutlinedLines:
    found, end = _OutlinedLines([], [], [], []), 0
    for at, each in enumerate(outline.paragraphs):
        line: tuple[str, str] | None = _EMPTY
        if each is None:
            found.own.append(at)
        elif isinstance(each, StoredParagraph):
            line = _line(each, styles)
        else:
            form, begun, end = _line_form(each.markup, styles), end, end + each.number_of_texts
            place = at, begun, end, each.markup, form.before
            (found.simple if form.before and end == begun + 1 else found.others).append(place)
            line = None if form.is_stored_twice else _EMPTY
        found.lines.append(line)
    return found


def _outlined_story(part: OutlinedPart, styles: _ParagraphStyles) -> list[tuple[str, str]]:
    """The same as `_story` for a part by its outline."""
    known, texts = part.outline.known, part.texts
    if _LINE not in known or known[_LINE][0] is not styles:
        known[_LINE] = styles, _outlined_lines(part.outline, styles)
    form: _OutlinedLines = known[_LINE][1]
    own = [_line(each, styles) for each in part.own]
    if None in form.lines or None in own:
        return _story(part.paragraphs, styles)
    lines, said = form.lines.copy(), [texts[begun] for _, begun, *_ in form.simple]
    spaceless = _without_spaces(said)
    for (at, _, _, _, before), text, squeezed in zip(form.simple, said, spaceless, strict=False):
        lines[at] = text, f"{before}{squeezed}')]"
    for at, begun, end, markup, _ in form.others if spaceless else (*form.others, *form.simple):
        lines[at] = _new_line(markup, texts[begun:end], styles)
    for at, line in zip(form.own, own, strict=True):
        lines[at] = line
    return [each for each in lines if each and each[0]]


def _without_spaces(texts: list[str]) -> list[str]:
    """Texts without their spaces, if all are as `_is_usual_text` says; otherwise none."""
    together = "|".join(texts)
    if "| " in together or " |" in together or together.count("|") >= len(texts) or not _is_usual_text(together or " "):
        return []
    return together.replace(" ", "").split("|")


def _line(paragraph: StoredParagraph, styles: _ParagraphStyles) -> tuple[str, str] | None:
    """The words of a paragraph and its formatting, which it keeps; None if its part must be read as a whole."""
    form, texts = _line_form(paragraph.markup, styles), paragraph.texts
    if form.before and len(texts) == 1 and _is_usual_text(said := texts[0]):
        line: tuple[str, str] | None = said, f"{form.before}{said.replace(' ', '')}')]"
    else:
        line = None if form.is_stored_twice else _new_line(paragraph.markup, texts, styles)
    paragraph.known[_LINE] = styles, line
    return line


_LINE = "line"
"""The name under which a paragraph keeps it."""
_EMPTY = "", ""


class _LineForm(Struct, frozen=True):
    """What the markup of a paragraph says of its line, if it has a single run with a single text.

    Args:
        before: its formatting as far as its words, as `_new_line` writes it; empty if it has more than a single text.
        is_stored_twice: whether it has content that is stored for new programs and again for old ones.
    """

    before: str
    is_stored_twice: bool


@lru_cache(maxsize=2_000)
def _line_form(markup: str, styles: _ParagraphStyles) -> _LineForm:
    parsed = _parsed(markup)
    is_stored_twice, before = "<mc:Fallback>" in markup, ""
    if parsed.is_simple and not is_stored_twice:
        before = f"{_look_of_paragraph(parsed, styles)} [({parsed.runs[0][0]!r}, '"
    return _LineForm(before, is_stored_twice)


def _is_usual_text(said: str) -> bool:
    """Whether a text is the words of a line as it stands, and Python writes it without escapes."""
    return (
        said.isascii()
        and said.isprintable()
        and not (said[0] == " " or said[-1] == " " or "  " in said or "&" in said or "'" in said or "\\" in said)
    )


def _new_line(markup: str, texts: Sequence[str], styles: _ParagraphStyles) -> tuple[str, str]:
    parsed = _parsed(markup)
    words, runs = _paragraph(parsed, texts)
    return (words, f"{_look_of_paragraph(parsed, styles)} {runs}") if words else _EMPTY


def _look_of_paragraph(parsed: _ParsedMarkup, styles: _ParagraphStyles) -> str:
    own, set_to = styles.known.get(parsed.style, (parsed.style, ""))
    return f"{own} {_SIDES.get(parsed.side or set_to, parsed.side or set_to)}"


def _once(match: re.Match[str]) -> str:
    """Content stored twice, for new programs and for old ones: read once if both say the same."""
    return match[1] if fold(_plain_text(match[1])) == fold(_plain_text(match[2])) else match[0]


# compared by identity, because it is part of the key of several caches
class _ParagraphStyles(Struct, frozen=True, eq=False):
    """Name and alignment of each paragraph style, by id. The ids themselves change from program to program."""

    known: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=8)
def _styles(xml: str) -> _ParagraphStyles:
    own: dict[str, tuple[str, str, str]] = {}
    default = ""
    for style, attributes, inside in _STYLE.findall(xml):
        values = dict(_IN_STYLE.findall(inside))
        own[style] = (values.get("name", style), values.get("basedOn", ""), values.get("jc", ""))
        default = style if 'w:default="1"' in attributes else default
    found: dict[str, tuple[str, str]] = {}
    for style, (name, _, side) in own.items():
        seen, above = {style}, own[style][1]
        while not side and above in own and above not in seen:
            seen.add(above)
            side, above = own[above][2], own[above][1]
        found[style] = (fold(name).casefold(), side)
    return _ParagraphStyles(found | {"": found.get(default, ("", ""))})


def _paragraph(parsed: _ParsedMarkup, texts: Sequence[str]) -> tuple[str, str]:
    """The words of one paragraph and its runs."""
    full = parsed.text.with_texts(texts)
    if not full:
        return _EMPTY
    runs: list[tuple[str, str]] = []
    for look, text in parsed.runs:
        words = fold(full if text is parsed.text else text.with_texts(texts))
        if not words:
            continue
        if runs and runs[-1][0] == look:
            words = runs.pop()[1] + words
        runs.append((look, words))
    runs = [(look, _DIGIT.sub("", words)) for look, words in runs] if parsed.text.is_numbered else runs
    return full, str(runs)


class _MarkupText(Struct, frozen=True):
    """The words of a stretch of markup.

    Args:
        pieces: words, and indexes of the texts that go between them.
        is_numbered: whether it contains a page number, which is ignored.
    """

    pieces: tuple[str | int, ...]
    is_numbered: bool

    def with_texts(self, texts: Sequence[str]) -> str:
        text = "".join([texts[piece] if type(piece) is int else piece for piece in self.pieces])  # type: ignore[misc]
        text = unescaped(text)
        if self.is_numbered:
            text = _DIGIT.sub("", text)
        return " ".join(text.split())


class _ParsedMarkup(Struct, frozen=True):
    """The markup of a paragraph, read once for all letters that have it with other words.

    Args:
        is_simple: whether all it has is one run with one text.
    """

    text: _MarkupText
    style: str
    side: str
    runs: tuple[tuple[str, _MarkupText], ...]
    is_simple: bool


@lru_cache(maxsize=2_000)
def _parsed(markup: str) -> _ParsedMarkup:
    first, *others = markup.split("\0")
    chunk = first + "".join(f"\0{number}\0{after}" for number, after in enumerate(others))
    properties = chunk.rfind("<w:pPr>")
    start = max(chunk.find("</w:pPr>", properties), 0) if properties >= 0 else 0
    found = dict(_PARAGRAPH_LOOK.findall(chunk, max(properties, 0), start))
    text = _in_markup(chunk)
    runs = [(_look_of(run["looks"] or ""), _in_markup(run["rest"])) for run in _RUN.finditer(chunk, start)]
    alike = [(look, text if run == text else run) for look, run in runs]  # a paragraph of a single run is read once
    is_simple = text.pieces == (0,) and not text.is_numbered and len(alike) == 1 and alike[0][1] is text
    return _ParsedMarkup(text, found.get("pStyle", ""), found.get("jc", ""), tuple(alike), is_simple)


def _look_of(properties: str) -> str:
    switches = [f"{name}={value or 1}" for name, value in _LOOKS.findall(properties) if value not in _PLAIN]
    return " ".join(sorted([*switches, *_FONT.findall(properties)]))


def _in_markup(markup: str) -> _MarkupText:
    pieces: list[str | int] = []
    for match in _TEXT.finditer(markup):
        if match.lastgroup in ("text", "art"):
            for number, piece in enumerate(_PLACEHOLDER.split(match[match.lastgroup])):
                pieces.append(int(piece) if number % 2 else piece)
        else:
            pieces.append(_CHARACTERS.get(match["character"], "") or f"\N{REPLACEMENT CHARACTER}{match['symbol']}")
    return _MarkupText(tuple(piece for piece in pieces if piece != ""), _PAGE.search(markup) is not None)


def _plain_text(markup: str) -> str:
    return _in_markup(markup).with_texts(())


def fold(text: str) -> str:
    """A text as it is compared: characters composed (NFC), no white space, no invisible characters."""
    if text.isascii():
        return text.encode().translate(None, _ASCII_SPACES).decode()  # in a fifth of the time that splitting it takes
    text = unicodedata.normalize("NFC", text)
    if any(each in text for each in _NOT_AS_SEEN):
        text = text.translate(_SAME)
    return "".join(text.split())


_ASCII_SPACES = b" \t\n\v\f\r\x1c\x1d\x1e\x1f"
"""What Python takes for white space in a text."""


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph. One without a period is one sentence."""
    found, start = [], 0
    for end in _END.finditer(text):
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


# --- fingerprints ---


def fingerprints(lines: Iterable[str], seal: Seal, *, cased: bool = True) -> str:
    """The fingerprints of every sentence, one after another: two characters for its length, eight for its words.

    Args:
        lines: paragraphs, with nothing but single spaces between their words.
        cased: whether capital letters count. In a PDF they do not, because a style may have made them.
    """
    known, seen = _fingerprints_by_line(seal, cased)
    said = tuple(lines)
    found = list(map(known.get, said))
    new = [line for line, mark in zip(said, found, strict=True) if mark is None]
    if not new:
        return "".join(filter(None, found))
    marks = _new_fingerprints(new, seal, cased=cased)
    for line in seen_again(seen, _LINES_SEEN, new):
        remember(known, _LINES_KEPT, line, marks[new.index(line)])
    given = iter(marks)
    return "".join([next(given) if mark is None else mark for mark in found])


@lru_cache(maxsize=8)
def _fingerprints_by_line(seal: Seal, cased: bool) -> tuple[dict[str, str], set[int]]:
    """Those that are known, and which lines were seen."""
    return {}, set()


_LINES_KEPT, _LINES_SEEN = 2_000, 10_000
_NEXT_LINE, _NEXT_SENTENCE = "\0", "\1"
"""Stand between lines and sentences that are looked at together: no letter has them, and they are no white space."""


def _new_fingerprints(lines: Sequence[str], seal: Seal, *, cased: bool) -> list[str]:
    """The fingerprints of the sentences of each line."""
    if not lines:
        return []
    together = _NEXT_LINE.join(lines)
    ends = [found.end() for found in _END.finditer(together)]  # not `sub`, which calls a function for each
    together = fold(_NEXT_SENTENCE.join([together[begun:end] for begun, end in pairwise([0, *ends, len(together)])]))
    folded = [[each for each in line.split(_NEXT_SENTENCE) if each] for line in together.split(_NEXT_LINE)]
    found = iter(_fingerprints([each for line in folded for each in line], seal, cased=cased))
    return ["".join([next(found) for _ in line]) for line in folded]


def _fingerprints(folded: Sequence[str], seal: Seal, *, cased: bool) -> list[str]:
    data = [(each if cased else each.casefold()).encode() for each in folded]
    digests = b"".join(seal.fingerprints("words", data, 6))
    words = b2a_base64(digests, newline=False).translate(_URL_SAFE).decode()
    return [f"{_in_digits(len(each))}{words[8 * at : 8 * at + 8]}" for at, each in enumerate(folded)]


@lru_cache(maxsize=LONGEST)
def _in_digits(length: int) -> str:
    length = min(length, LONGEST)
    return f"{_DIGITS[length // 64]}{_DIGITS[length % 64]}"


def fingerprint(folded: str, seal: Seal, *, cased: bool = True) -> str:
    """The fingerprint of one folded sentence."""
    data = (folded if cased else folded.casefold()).encode()
    digest = b2a_base64(seal.fingerprint("words", data, 6), newline=False).translate(_URL_SAFE)
    return f"{_in_digits(len(folded))}{digest.decode()}"


def length_of(fingerprint: str) -> int:
    """How many characters the folded sentence with this fingerprint has."""
    return _DIGITS.index(fingerprint[0]) * 64 + _DIGITS.index(fingerprint[1])


def split_fingerprints(text: str) -> Iterator[str]:
    """The fingerprints in a field of the record, where they follow one another without separators."""
    return (text[at : at + 10] for at in range(0, len(text) - 9, 10))
