"""A Word file as its sentences, however it was saved.

Word and LibreOffice write a letter anew whenever it is saved: runs are split and joined, properties added, parts
renamed. What stays is read here: the words of each paragraph, without regard to runs, spaces and page numbers, and
beside them what a reader sees of their looks. Read by pattern and paragraph by paragraph, because it is done for every
letter that is written: most paragraphs are the same in all of them, and most others have the same markup round their
words.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from lxml import etree

from letters.docx.accepting import accepted
from letters.docx.markup import T, taken_apart
from letters.docx.package import Package, Packed, W
from letters.provenance.seal import Seal

_STORY = re.compile(r"word/(document|header|footer|footnotes|endnotes)\d*\.xml")
_HEADINGS = ("word/header", "word/footer")
_STYLES, _PICTURES = "word/styles.xml", "word/media/"
PREFIXES = {
    "w": W,
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
}
_STYLE = re.compile(r'<w:style (?=[^>]*w:type="paragraph")(?=[^>]*w:styleId="([^"]*)")([^>]*)>(.*?)</w:style>', re.S)
_NUMBERING = "word/numbering.xml"
_LABEL = re.compile(r'<w:lvlText w:val="([^"]*[^\W\d_]{2}[^"]*)"')
_ALTERNATIVE = re.compile(
    r"<mc:Choice[^>]*>((?:(?!</mc:Choice>).)*)</mc:Choice>\s*<mc:Fallback>((?:(?!</mc:Fallback>).)*)</mc:Fallback>",
    re.S,
)
_TRACKED = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo) ")
_SAYS = re.compile(
    r"<w:t(?: [^>]*)?>(?P<text>[^<]*)</w:t>|<w:(?P<mark>tab|br|cr|noBreakHyphen)(?: [^>]*)?/>"
    r'|<w:sym (?=[^>]*w:char="(?P<symbol>[0-9A-Fa-f]+)")[^>]*/>|<v:textpath [^>]*?string="(?P<art>[^"]*)"'
)
_MARKS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
_HOLE = re.compile("\0(\\d+)\0")
_PAGE = re.compile(r"(?:<w:instrText[^>]*>|w:instr=\")\s*(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_RUN = re.compile(r"<w:r(?: [^>]*)?>(?:<w:rPr>(?P<looks>.*?)</w:rPr>)?(?P<rest>.*?)</w:r>", re.S)
_LOOKS = re.compile(
    r'<w:(b|i|u|strike|dstrike|caps|smallCaps|vanish|color|sz|highlight|vertAlign)(?: w:val="([^"]*)")?[^>]*/>'
)
_FONT = re.compile(r'<w:rFonts (?=[^>]*w:ascii="([^"]*)")')
_PLAIN = frozenset({"0", "false", "off", "none", "auto", "baseline", "000000"})
_SHAPE = re.compile(r'<w:(pStyle|jc) w:val="([^"]*)"')
_IN_STYLE = re.compile(r'<w:(name|basedOn|jc) w:val="([^"]*)"')
_SIDES = {"": "left", "start": "left", "end": "right"}
# Not after an abbreviation: “U.S.”, “No.”, “Mrs.”, a single letter; unless a quotation ends with it.
# What may follow stands first: a pattern that begins with look-behinds is tried at every letter.
_END = re.compile(
    r"[.?!](?:(?<=[?!])|(?<!\b[A-Za-z]\.)(?<!\bNo\.)(?<!\b[MDJS]r\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)|(?=[”’\")\]]))"  # noqa: RUF001
    r"[”’\")\]]*\s+(?=[\w“‘\"(\[])"  # noqa: RUF001
)
_SAME = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None) | dict.fromkeys("\u2010\u2011", "-"))
LONGEST = 4095
"""Characters of a sentence that its length can say; 64 by 64, less one."""
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True)
class Words:
    """What a Word file says.

    Args:
        body: its paragraphs, then its footnotes and endnotes, each as it reads.
        headings: those of its headers and footers, and words that stand in the numbers of lists.
        looks: of all of them, in a form that can be compared.
        tracked: it held tracked changes, which are read as accepted.
    """

    body: tuple[str, ...]
    headings: tuple[str, ...]
    looks: str
    tracked: bool = False

    @property
    def sentences(self) -> list[str]:
        return [sentence for line in self.body for sentence in sentences(line)]


def words_in(members: Iterable[Packed]) -> Words:
    """What a letter says that was just written here."""
    stories: dict[str, str] = {}
    pictures: list[str] = []
    for member in members:
        if _is_read(member.name):
            stories[member.name] = _decoded(member.content)
        elif member.name.startswith(_PICTURES):
            pictures.append(_digest_of(member))
    return _words(stories, pictures)


def words_of(package: Package) -> Words:
    """What any Word file says. Raises NotAWordFile."""
    tracked = any(_TRACKED.search(package.parts[part]) for part in package.parts if _STORY.fullmatch(part))
    if tracked:
        package = accepted(package)
    stories = {part: _usual_of(package, part) for part in package.parts if _is_read(part)}
    pictures = [digest_of(package.parts[part]) for part in package.parts if part.startswith(_PICTURES)]
    found = _words(stories, pictures)
    return Words(found.body, found.headings, found.looks, tracked)


@lru_cache(maxsize=128)
def _is_read(part: str) -> bool:
    return part in (_STYLES, _NUMBERING) or _STORY.fullmatch(part) is not None


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=16)
def _decoded(part: bytes) -> str:
    """Kept, so that styles are the very same text in letter after letter, and known again without being compared."""
    return part.decode()


@lru_cache(maxsize=16)
def _digest_of(picture: Packed) -> str:
    """Kept, because a letterhead's picture is the same in letter after letter."""
    return digest_of(picture.content)


_SPELT: dict[bytes, str] = {}
_SPELT_KEPT = 32


def _usual_of(package: Package, part: str) -> str:
    """Kept, because letters have all but the text itself in common."""
    data = package.parts[part]
    if data not in _SPELT:
        spelt = _usual(package.xml(part))
        if len(_SPELT) >= _SPELT_KEPT:
            _SPELT.clear()
        _SPELT[data] = spelt
    return _SPELT[data]


def _usual(root: etree._Element) -> str:
    """A part as text in the usual spelling, so that no word hides from the patterns in an unusual one."""
    etree.strip_tags(root, etree.Comment, etree.PI)
    for node in root.iter(T):
        if len(node):
            node.text = "".join(node.itertext())
            del node[:]
    if any(node.prefix != "w" for node in root.iter(f"{{{W}}}*")):
        root = _respelt(root, etree.Element(root.tag, nsmap=PREFIXES))
    return str(etree.tostring(root, encoding="unicode"))


def _respelt(node: etree._Element, new: etree._Element) -> etree._Element:
    new.text, new.tail = node.text, node.tail
    for name, value in node.attrib.items():
        new.set(name, value)
    for child in node:
        _respelt(child, etree.SubElement(new, child.tag))
    return new


def stories_of(package: Package) -> list[str]:
    """The parts that make up the text, in the order in which ``Words.body`` has them."""
    return sorted(part for part in package.parts if _STORY.fullmatch(part) and not part.startswith(_HEADINGS))


def paragraphs_of(xml: str) -> list[str]:
    """What each paragraph of a part says, empty ones too, in the order in which they end."""
    return [_paragraph(*paragraph)[0] for paragraph in taken_apart(xml)[:-1]]


def _words(stories: Mapping[str, str], pictures: Iterable[str]) -> Words:
    body: list[str] = []
    headings: list[str] = []
    looks: list[str] = []
    styles = _styles(stories.get(_STYLES, ""))
    for name in sorted(stories):
        if name in (_STYLES, _NUMBERING):
            continue
        found = _story(stories[name], styles)
        (headings if name.startswith(_HEADINGS) else body).extend(line for line, _ in found)
        looks += [look for _, look in found]
    headings += _labels(stories.get(_NUMBERING, ""))
    return Words(tuple(body), tuple(headings), "\n".join(sorted([*looks, *dict.fromkeys(pictures)])))


@lru_cache(maxsize=8)
def _labels(xml: str) -> tuple[str, ...]:
    """The words that stand in the numbers of lists, each once."""
    return tuple(dict.fromkeys(_LABEL.findall(xml)))


@lru_cache(maxsize=32)
def _story(xml: str, styles: _ParagraphStyles) -> tuple[tuple[str, str], ...]:
    """The paragraphs of one part that say something, each with its looks."""
    if "<mc:Fallback>" in xml:
        xml = _ALTERNATIVE.sub(_once, xml)
    return tuple(each for markup, texts in taken_apart(xml) if (each := _line(markup, texts, styles))[0])


@lru_cache(maxsize=512)
def _line(markup: str, texts: tuple[str, ...], styles: _ParagraphStyles) -> tuple[str, str]:
    said, style, side, runs = _paragraph(markup, texts)
    own, set_to = styles.known.get(style, (style, ""))
    return said, f"{own} {_SIDES.get(side or set_to, side or set_to)} {runs}"


def _once(match: re.Match[str]) -> str:
    """What stands there in two versions, for new programs and old: once, where both say the same."""
    return match[1] if fold(_says(match[1])) == fold(_says(match[2])) else match[0]


@dataclass(frozen=True, eq=False)  # told apart as objects: much is kept by them
class _ParagraphStyles:
    """The name of each paragraph style and the side its lines keep to, by id: other programs give other ids."""

    known: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=8)
def _styles(xml: str) -> _ParagraphStyles:
    own: dict[str, tuple[str, str, str]] = {}
    default = ""
    for style, said, inside in _STYLE.findall(xml):
        values = dict(_IN_STYLE.findall(inside))
        own[style] = (values.get("name", style), values.get("basedOn", ""), values.get("jc", ""))
        default = style if 'w:default="1"' in said else default
    found: dict[str, tuple[str, str]] = {}
    for style, (name, _, side) in own.items():
        seen, above = {style}, own[style][1]
        while not side and above in own and above not in seen:
            seen.add(above)
            side, above = own[above][2], own[above][1]
        found[style] = (fold(name).casefold(), side)
    return _ParagraphStyles(found | {"": found.get(default, ("", ""))})


def _paragraph(markup: str, texts: Sequence[str]) -> tuple[str, str, str, str]:
    """What one paragraph says, its style, the side it keeps to and its runs; its markup begins somewhere before it."""
    frame = _frame(markup)
    said = frame.said.with_texts(texts)
    if not said:
        return "", "", "", ""
    runs: list[tuple[str, str]] = []
    for look, says in frame.runs:
        words = fold(said if says is frame.said else says.with_texts(texts))
        if not words:
            continue
        if runs and runs[-1][0] == look:
            words = runs.pop()[1] + words
        runs.append((look, words))
    runs = [(look, re.sub(r"\d", "", words)) for look, words in runs] if frame.said.is_numbered else runs
    return said, frame.style, frame.side, str(runs)


@dataclass(frozen=True, slots=True)
class _Says:
    """What stretches of markup say.

    Args:
        pieces: words, and numbers of texts that go between them.
        is_numbered: there is the number of a page in it, whichever it is.
    """

    pieces: tuple[str | int, ...]
    is_numbered: bool

    def with_texts(self, texts: Sequence[str]) -> str:
        text = "".join([texts[piece] if type(piece) is int else piece for piece in self.pieces])  # type: ignore[misc]
        if "&" in text:
            text = unescape(text)
        if self.is_numbered:
            text = re.sub(r"\d", "", text)
        return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _SentenceMarkup:
    """The markup of a paragraph, read once for all letters in which it stands round other words."""

    said: _Says
    style: str
    side: str
    runs: tuple[tuple[str, _Says], ...]


@lru_cache(maxsize=512)
def _frame(markup: str) -> _SentenceMarkup:
    first, *others = markup.split("\0")
    chunk = first + "".join(f"\0{number}\0{after}" for number, after in enumerate(others))
    shape = chunk.rfind("<w:pPr>")
    start = max(chunk.find("</w:pPr>", shape), 0) if shape >= 0 else 0
    found = dict(_SHAPE.findall(chunk, max(shape, 0), start))
    said = _in_markup(chunk)
    runs = [(_look_of(run["looks"] or ""), _in_markup(run["rest"])) for run in _RUN.finditer(chunk, start)]
    alike = [(look, said if says == said else says) for look, says in runs]  # of a single run, read once
    return _SentenceMarkup(said, found.get("pStyle", ""), found.get("jc", ""), tuple(alike))


def _look_of(properties: str) -> str:
    switches = [f"{name}={value or 1}" for name, value in _LOOKS.findall(properties) if value not in _PLAIN]
    return " ".join(sorted([*switches, *_FONT.findall(properties)]))


def _in_markup(markup: str) -> _Says:
    pieces: list[str | int] = []
    for match in _SAYS.finditer(markup):
        if match.lastgroup in ("text", "art"):
            for place, piece in enumerate(_HOLE.split(match[match.lastgroup])):
                pieces.append(int(piece) if place % 2 else piece)
        else:
            pieces.append(_MARKS.get(match["mark"], "") or f"\N{REPLACEMENT CHARACTER}{match['symbol']}")
    return _Says(tuple(piece for piece in pieces if piece != ""), _PAGE.search(markup) is not None)


def _says(markup: str) -> str:
    return _in_markup(markup).with_texts(())


def fold(text: str) -> str:
    """What counts of a text: composed letters, no white space, no invisible marks."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_SAME)
    return "".join(text.split())


def sentences(text: str) -> list[str]:
    """A paragraph in sentences; one without a full stop is one."""
    found, start = [], 0
    for end in _END.finditer(text):
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


# --- fingerprints ---


def marks(lines: Iterable[str], seal: Seal, *, cased: bool = True) -> list[str]:
    """The fingerprint of every sentence: two characters for its length, eight for what it says.

    Args:
        cased: whether capitals count. In a PDF they do not: there, a style may have made them.
    """
    found: list[str] = []
    for line in lines:
        found += _marks(line, seal, cased)
    return found


@lru_cache(maxsize=512)
def _marks(line: str, seal: Seal, cased: bool) -> tuple[str, ...]:
    return tuple(mark for sentence in sentences(line) if (mark := _mark(sentence, seal, cased)))


@lru_cache(maxsize=1024)
def _mark(sentence: str, seal: Seal, cased: bool) -> str:
    """Kept for itself, as in a paragraph that differs from letter to letter most sentences do not."""
    folded = fold(sentence)
    return mark_of(folded, seal, cased=cased) if folded else ""


def mark_of(folded: str, seal: Seal, *, cased: bool = True) -> str:
    """The fingerprint of one folded sentence."""
    length = min(len(folded), LONGEST)
    data = (folded if cased else folded.casefold()).encode()
    return _DIGITS[length // 64] + _DIGITS[length % 64] + urlsafe_b64encode(seal.mark("words", data, 6)).decode()


def length_of(mark: str) -> int:
    """How many characters the folded sentence has."""
    return _DIGITS.index(mark[0]) * 64 + _DIGITS.index(mark[1])


def in_marks(text: str) -> Iterator[str]:
    """Fingerprints written one after another."""
    return (text[at : at + 10] for at in range(0, len(text) - 9, 10))
