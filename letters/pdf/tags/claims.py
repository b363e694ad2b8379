"""Which standards a PDF may claim: PDF/UA-1 (ISO 14289-1), for all who listen to it, and PDF/A-2a (ISO 19005-2),
for all who keep it.

A claim is made only where everything holds that can be seen from here; otherwise a note says what is lacking, where,
and what to do about it in Word. PDF/A-2 and not 3: a letter has no files attached, and archives that refuse
attachments take it. Level a: with structure and with all text in Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from letters.errors import Problem
from letters.pdf import fonts
from letters.pdf.document import Block, Document, Footnote, Image, Inline, Paragraph, Text, inlines, paragraphs, tables
from letters.pdf.layout_rules.tables import lacks_header
from letters.pdf.tags.structure import Node

UA, ARCHIVE = "PDF/UA-1 (accessible)", "PDF/A-2a (archivable)"
_BOTH = frozenset({UA, ARCHIVE})


@dataclass(frozen=True)
class Lack:
    """Something that keeps the PDF from a claim."""

    standards: frozenset[str]
    short: str
    """For the sentence that sums up."""
    problem: Problem | None = None
    """What to do about it; None where another note says it."""


@dataclass(frozen=True)
class Claims:
    """What a PDF claims, and the notes on what it cannot."""

    standards: frozenset[str]
    notes: tuple[Problem, ...]


def claims(lacks: Iterable[Lack]) -> Claims:
    """The claims that remain, and the notes: each lack, then what follows from all."""
    lacks = list(dict.fromkeys(lacks))
    kept = _BOTH.difference(*(lack.standards for lack in lacks))
    notes = [lack.problem for lack in lacks if lack.problem is not None]
    for standard in sorted(_BOTH - kept, reverse=True):
        reasons = dict.fromkeys(lack.short for lack in lacks if standard in lack.standards)
        notes.append(Problem(f"The PDF does not claim to be {standard}: {'; '.join(reasons)}.", code="no-claim"))
    return Claims(kept, tuple(notes))


# ---------------------------------------------------------------- what is seen in the letter


def lacks_of_letter(document: Document) -> Iterator[Lack]:
    """What the letter itself lacks."""
    for place, inline in _told(document):
        if isinstance(inline, Image) and not inline.description and not inline.decorative:
            yield _no_description(place)
        elif isinstance(inline, Text) and not inline.format.hidden and (found := _without_meaning(inline.text)):
            yield _private(place, found)
    for paragraph in _paragraphs(document):
        if paragraph.label is not None and (found := _without_meaning(paragraph.label.text)):
            yield _private(paragraph.location.text, found)
    families = {item.format.family for _, item in _told(document) if isinstance(item, Text)}
    for family in sorted(family for family in families if not fonts.metrics(family).embeddable):
        yield Lack(_BOTH, f"the licence of the font {family} does not let it be put into a file")
    if any(lacks_header(table) for section in document.sections for table in tables(section.blocks)):
        yield Lack(frozenset({UA}), "a table has no header row")


def _no_description(place: str) -> Lack:
    problem = Problem(
        "A picture has no alternative text, so it is not told to those who cannot see it.",
        where=place,
        hint="In Word: right-click the picture, View Alt Text; describe it, or mark it as decorative.",
        code="alternative-text",
    )
    return Lack(frozenset({UA}), "a picture has no alternative text", problem)


def _private(place: str, found: str) -> Lack:
    problem = Problem(
        f"A character that has a meaning in one font only ({found}) cannot be read aloud or searched for.",
        where=place,
        hint="In Word: replace it by a character of an ordinary font (Insert, Symbol).",
        code="private-characters",
    )
    return Lack(_BOTH, "a character has a meaning in one font only", problem)


def _without_meaning(text: str) -> str:
    """The first character that Unicode gives no meaning: private use, or none at all."""
    if text.isascii():
        return ""
    return next((f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in ("Co", "Cn")), "")


def _told(document: Document) -> Iterator[tuple[str, Inline]]:
    for paragraph in _paragraphs(document):
        for inline in inlines(paragraph.content):
            yield paragraph.location.text, inline


def _paragraphs(document: Document) -> Iterator[Paragraph]:
    """Every paragraph that is told: those of the text, its footnotes, and the letterhead."""
    first = document.sections[0]
    yield from _with_notes(first.headers.first if first.title_page else first.headers.default)
    for section in document.sections:
        yield from _with_notes(section.blocks)


def _with_notes(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    for paragraph in paragraphs(blocks):
        yield paragraph
        for inline in inlines(paragraph.content):
            if isinstance(inline, Footnote):
                yield from _with_notes(inline.blocks)


# ---------------------------------------------------------------- what is seen in the PDF


def lacks_of_file(document: Node, found: Iterable[str]) -> Iterator[Lack]:
    """What the finished file lacks: by what is told of it, and by what ``found`` names in it."""
    rank = 0
    for node in document.every():
        if node.kind in ("H1", "H2", "H3", "H4", "H5", "H6"):
            if int(node.kind[1]) > rank + 1:
                yield Lack(frozenset({UA}), f"a heading skips a rank (“{node.words[:40]}”)")
            rank = int(node.kind[1])
        elif node.kind == "Table":
            yield from _lacks_of_table(node)
        elif node.kind == "Figure" and not node.alternative:
            yield Lack(frozenset({UA}), "a picture has no alternative text")
    if "cmyk" in found:
        yield Lack(frozenset({ARCHIVE}), "a picture is in the colours of a printing press", Problem(
            "A picture is in the colours of a printing press (CMYK).",
            hint="Save the picture as RGB, and put it in again.", code="cmyk"))  # fmt: skip
    if "font" in found:
        yield Lack(_BOTH, "the characters of a font are pictures, such as coloured ones, or do not fit its measures")
    if "depth" in found:
        yield Lack(frozenset({ARCHIVE}), "tables stand too deep in one another")


def _lacks_of_table(table: Node) -> Iterator[Lack]:
    if any(node.kind == "TH" for node in table.every()) and _is_regular(table):
        return
    words = table.words
    problem = Problem(
        f"The rows of the table “{words[:40]}…” do not have the same columns, so its cells cannot be told apart.",
        hint="In Word: give each row the same cells, or merge cells with Table Layout, Merge Cells.",
        code="table-shape",
    )
    yield Lack(frozenset({UA}), "the rows of a table do not have the same columns", problem)


def _is_regular(table: Node) -> bool:
    """Whether every place of the table's grid is filled by one cell (ISO 14289-1, 7.2 and 7.5)."""
    rows = list(_rows(table))
    filled: set[tuple[int, int]] = set()
    for at, row in enumerate(rows):
        column = 0
        for cell in row.kids:
            assert isinstance(cell, Node)
            while (at, column) in filled:
                column += 1
            place = {(at + down, column + over) for down in range(cell.rows) for over in range(cell.columns)}
            if place & filled:
                return False
            filled |= place
    width = max((column for _, column in filled), default=-1) + 1
    return bool(rows) and len(filled) == width * len(rows) and all(at < len(rows) for at, _ in filled)


def _rows(table: Node) -> Iterator[Node]:
    for kid in table.kids:
        if isinstance(kid, Node) and kid.kind == "TR":
            yield kid
        elif isinstance(kid, Node):
            yield from _rows(kid)


# ---------------------------------------------------------------- how the file says it

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{dated}</xmp:CreateDate><xmp:ModifyDate>{dated}</xmp:ModifyDate>{made_by}
</rdf:Description>{claims}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_ARCHIVE_CLAIM = """
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>"""
_UA_CLAIM = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>"""
# PDF/A takes no property whose schema it does not know; PDF/UA's is described to it (ISO 19005-2, 6.6.2.3).
_SCHEMAS = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>{}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
_UA_SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file meets</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li>"""


@dataclass(frozen=True)
class XmpClaims:
    """What else a PDF says of itself, as XMP.

    Args:
        properties: one ``rdf:Description``.
        schema: its schema, described to PDF/A: one ``rdf:li`` with the prefixes pdfaSchema and pdfaProperty.
    """

    properties: str = ""
    schema: str = ""


def metadata(
    title: str, language: str, dated: date, standards: frozenset[str], info: Mapping[str, str], more: XmpClaims
) -> bytes:
    """Title, language, date and claims, where readers and archives look for them (ISO 16684-1); ``info`` is what the
    file's older place for such things says of what made it.
    """
    said = (_ARCHIVE_CLAIM if ARCHIVE in standards else "") + (_UA_CLAIM if UA in standards else "") + more.properties
    schemas = (_UA_SCHEMA if UA in standards else "") + more.schema
    said += _SCHEMAS.format(schemas) if schemas else ""
    made_by = "".join(
        f"\n<{name}>{escape(info[key])}</{name}>"
        for key, name in (("Creator", "xmp:CreatorTool"), ("Producer", "pdf:Producer"))
        if key in info
    )
    return _XMP.format(
        title=escape(title), language=escape(language), dated=dated.isoformat(), made_by=made_by, claims=said
    ).encode()
