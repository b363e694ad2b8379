"""Proves that the Word letter and its PDF hold the same words, in the same order.

The .docx side is read straight from its XML, past ``reader``; only list labels, which stand nowhere in the
file, come from the Document. The PDF side is decoded from the finished file's own content streams, through
the fonts' own character maps, and put in the order of the structure tree: the order in which it is read
aloud. White space does not count. Headers and footers are printed on many pages, so they are held apart and
compared as a set of words."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from lxml import etree

from letters import fonts
from letters.document import Block, Document, Paragraph, Text, inlines, paragraphs
from letters.errors import LettersError, Problem
from letters.package import Package, R, W

MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_CONTEXT = 30
_ANY_NUMBER = "\0"
"""Stands for a page number, which only the printing knows."""
# The same glyph serves several characters, so a font's own map may name the other one.
_SAME_GLYPH = str.maketrans({
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u00ad": None, "\u200b": None, "\u2060": None,
    "\ufeff": None,
    "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\u202a": None, "\u202b": None,
    "\u202c": None,
    "\u202d": None, "\u202e": None, "\u2066": None, "\u2067": None, "\u2068": None, "\u2069": None,
    "\u03bc": "\u00b5", "\u2219": "\u00b7", "\u22c5": "\u00b7", "\u02bc": "\u2019", "\u2044": "/",
    "\u2215": "/",
    "\u0394": "\u2206", "\u03a9": "\u2126", "\u02c9": "\u00af", "\u0110": "\u00d0", "\u0189": "\u00d0",
})  # fmt: skip
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class WordsDiffer(LettersError):
    """The PDF does not say what the Word letter says."""


# ---------------------------------------------------------------- the PDF


@dataclass
class PdfWords:
    """Text of a PDF: in reading order, and of the page furniture."""

    body: str = ""
    furniture: list[str] = field(default_factory=list)
    """Headers and footers, page by page."""
    loose: str = ""
    """Text that is neither in the structure nor marked as furniture."""


def pdf_words(data: bytes) -> PdfWords:
    """Decode the text of a tagged PDF."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = PdfWords()
        by_mark: dict[tuple[int, int], str] = {}
        maps: dict[Any, dict[bytes, str]] = {}
        for at, page in enumerate(pdf.pages):
            found.furniture.append("")
            for mark, text in _page_text(page, maps):
                if mark == "furniture":
                    found.furniture[at] += text
                elif isinstance(mark, int):
                    by_mark[at, mark] = by_mark.get((at, mark), "") + text
                elif mark is None:
                    found.loose += text
        numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        order = list(_marks_in_order(pdf.Root.StructTreeRoot.K, numbers, None))
        found.body = " ".join(by_mark.pop(key, "") for key in order)
        found.loose += "".join(by_mark.values())
        return found


def _marks_in_order(kids: Any, numbers: dict[Any, int], page: int | None) -> Iterator[tuple[int, int]]:
    """(page, mark) of every piece of content, walking the structure tree (ISO 32000-1, 14.7.4)."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            own = numbers.get(kid["/Pg"].objgen, page) if "/Pg" in kid else page
            if "/K" in kid:
                yield from _marks_in_order(kid["/K"], numbers, own)
        elif page is not None:
            yield page, int(kid)


def _page_text(page: Any, maps: dict[Any, dict[bytes, str]]) -> Iterator[tuple[int | str | None, str]]:
    """Each shown string with the mark it stands under: a number, ``furniture``, or None."""
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    known = resources.get("/Font", pikepdf.Dictionary())
    marks: list[int | str | None] = []
    current: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        name = str(instruction.operator)
        if name == "Tf":
            font = known[str(instruction.operands[0])]
            key = font.objgen
            if key not in maps:
                maps[key] = _character_map(font)
            current = maps[key]
        elif name in ("BDC", "BMC"):
            marks.append(_mark(instruction.operands))
        elif name == "EMC" and marks:
            marks.pop()
        elif name in ("Tj", "TJ", "'", '"'):
            mark = next((mark for mark in reversed(marks) if mark is not None), None)
            shown = instruction.operands[-1]
            strings = shown if isinstance(shown, pikepdf.Array) else [shown]
            text = "".join(_decode(bytes(piece), current) for piece in strings if isinstance(piece, pikepdf.String))
            yield mark, text


def _mark(operands: Any) -> int | str | None:
    properties = operands[1] if len(operands) > 1 else None
    if str(operands[0]) == "/Artifact":
        # Header rows of a table shown again on its later pages are layout, not furniture.
        layout = isinstance(properties, pikepdf.Dictionary) and properties.get("/Type") == "/Layout"
        return "repeated" if layout else "furniture"
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties["/MCID"])
    return None


def _decode(codes: bytes, known: dict[bytes, str]) -> str:
    """WeasyPrint writes every font with two-byte codes, bitmap fonts (emoji) with one."""
    width = len(next(iter(known), b"\0\0"))
    return "".join([known.get(codes[at : at + width], "\ufffd") for at in range(0, len(codes), width)])


def _character_map(font: Any) -> dict[bytes, str]:
    """Codes to text, from the font's ToUnicode map (ISO 32000-1, 9.10.3)."""
    found: dict[bytes, str] = {}
    if "/ToUnicode" not in font:
        return found
    source = font["/ToUnicode"].read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            first = int(text, 16)
            for at in range(int(high, 16) - int(low, 16) + 1):
                found[(int(low, 16) + at).to_bytes(len(low) // 2, "big")] = chr(first + at)
    return found


# ---------------------------------------------------------------- the .docx


def _q(name: str) -> str:
    return f"{{{W}}}{name}"


_SKIP = frozenset(_q(name) for name in ("instrText", "delText", "delInstrText", "txbxContent", "rPr", "pPr", "sdtPr"))


@dataclass
class _Story:
    """Raw text of one part, paragraph by paragraph, with the field codes taken out."""

    hidden: frozenset[str]
    out: list[str] = field(default_factory=list)
    fields: list[list[str]] = field(default_factory=list)
    """Open fields: what has been read of each code; the word ``=`` at the end once its result has begun."""

    def read(self, node: etree._Element) -> list[str]:
        self._walk(node)
        return self.out

    def _walk(self, node: etree._Element) -> None:
        for child in node.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag in _SKIP:
                if tag == _q("instrText") and self.fields:
                    self.fields[-1].append(child.text or "")
                continue
            if tag == _q("p"):
                self.out.append("")
                self._walk(child)
            elif tag == _q("r"):
                self._run(child)
            elif tag == _q("fldSimple"):
                if _is_page_field(child.get(_q("instr"), "")):
                    self._add(_ANY_NUMBER)
                else:
                    self._walk(child)
            elif tag == f"{{{MC}}}AlternateContent":
                self._alternative(child)
            elif tag not in (_q("del"), _q("moveFrom")):
                self._walk(child)

    def _alternative(self, node: etree._Element) -> None:
        """Words stand in either version, not in both; drawings have none that are printed."""
        chosen = node.find(f"{{{MC}}}Fallback")
        if chosen is not None and chosen.find(f".//{_q('t')}") is None:
            chosen = node.find(f"{{{MC}}}Choice")
        if chosen is not None:
            self._walk(chosen)

    def _run(self, run: etree._Element) -> None:
        properties = run.find(_q("rPr"))
        vanish = None if properties is None else properties.find(_q("vanish"))
        style = None if properties is None else properties.find(_q("rStyle"))
        hidden = vanish is not None and vanish.get(_q("val"), "1") not in ("0", "false", "off")
        hidden = hidden or (vanish is None and style is not None and style.get(_q("val")) in self.hidden)
        for child in run.iterchildren(tag=etree.Element):
            if child.tag == _q("fldChar"):
                self._field_mark(child)
            elif child.tag == _q("instrText"):
                if self.fields:
                    self.fields[-1].append(child.text or "")
            elif child.tag == f"{{{MC}}}AlternateContent":
                self._alternative(child)
            elif not hidden and all(code[-1:] == ["="] and not _is_page_field("".join(code)) for code in self.fields):
                self._word(child)

    def _field_mark(self, node: etree._Element) -> None:
        kind = node.get(_q("fldCharType"))
        if kind == "begin":
            box = node.find(f"{_q('ffData')}/{_q('checkBox')}")
            if box is not None:
                states = [box.find(_q(name)) for name in ("checked", "default")]
                state = next((found for found in states if found is not None), None)
                ticked = state is not None and state.get(_q("val"), "1") not in ("0", "false", "off")
                self._add("☒" if ticked else "☐")
            self.fields.append([""])
        elif kind == "separate" and self.fields:
            self.fields[-1].append("=")
        elif kind == "end" and self.fields:
            code = "".join(self.fields.pop())
            shown = all(outer[-1:] == ["="] for outer in self.fields)
            self._add(_ANY_NUMBER if shown and _is_page_field(code) else "")

    def _word(self, child: etree._Element) -> None:
        text = ""
        if child.tag == _q("t"):
            text = child.text or ""
        elif child.tag == _q("noBreakHyphen"):
            text = "-"
        elif child.tag == _q("sym"):
            text = _symbol_text(child)
        self._add(text)

    def _add(self, text: str) -> None:
        self.out = self.out or [""]
        self.out[-1] += text


def _hex(text: str) -> int:
    return int(text, 16) if re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0


def _symbol_text(node: etree._Element) -> str:
    family, code = node.get(_q("font"), ""), _hex(node.get(_q("char"), ""))
    text = fonts.symbol(family, code)
    plain = not fonts.is_symbol_font(family) and not 0xE000 <= code <= 0xF8FF and code > 31
    return text or (chr(code) if plain else "")


def _is_page_field(code: str) -> bool:
    words = code.split()
    return bool(words) and words[0].upper() in ("PAGE", "NUMPAGES", "SECTIONPAGES")


def _hidden_styles(package: Package) -> frozenset[str]:
    found = set()
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            for style in package.xml(link.target).iter(_q("style")):
                vanish = style.find(f"{_q('rPr')}/{_q('vanish')}")
                if vanish is not None and vanish.get(_q("val"), "1") not in ("0", "false", "off"):
                    found.add(style.get(_q("styleId"), ""))
    return frozenset(found)


# ---------------------------------------------------------------- the comparison


def fold(text: str) -> str:
    """What counts of a text: composed letters, no white space, no invisible marks, one of each look-alike."""
    text = unicodedata.normalize("NFC", text).translate(_SAME_GLYPH)
    return "".join(text.split())


def check_words(package: Package, document: Document, data: bytes) -> None:
    """Raise WordsDiffer unless the PDF ``data`` says what the .docx says."""
    printed = pdf_words(data)
    # Capitals may be the font's doing (17.3.2.5, 17.3.2.33); then only the letters count, not their case.
    recase = str.casefold if _uses_capitals(document) else str
    parts = _furniture_parts(package, document)
    first = document.sections[0]
    opening = parts.get(("header", "first" if first.title_page else "default"), "")
    problem = difference(recase(opening + "\n" + _body(package, document)), recase(printed.body))
    if problem is None and fold(printed.loose):
        problem = Problem(f"The PDF holds words outside its structure: “{printed.loose[:60]}”.")
    if problem is None:
        problem = _furniture_difference(document, parts, printed, recase)
    if problem is not None:
        raise WordsDiffer(
            Problem(
                f"The PDF does not say the same as the Word letter. {problem.message}",
                where=package.name,
                hint=("Send the Word letter to whoever keeps Letters, so that this can be mended; no PDF was written."),
                code="words-differ",
            )
        )


def _uses_capitals(document: Document) -> bool:
    return any(
        isinstance(item, Text) and (item.format.caps or item.format.small_caps)
        for blocks in _all_blocks(document)
        for paragraph in paragraphs(blocks)
        for item in inlines(paragraph.content)
    ) or any(
        paragraph.label is not None and (paragraph.label.format.caps or paragraph.label.format.small_caps)
        for blocks in _all_blocks(document)
        for paragraph in paragraphs(blocks)
    )


def _all_blocks(document: Document) -> Iterator[tuple[Block, ...]]:
    for section in document.sections:
        yield section.blocks
        for furniture in (section.headers, section.footers):
            yield from (furniture.default, furniture.first, furniture.even)


def _body(package: Package, document: Document) -> str:
    body = package.xml(package.main).find(_q("body"))
    assert body is not None
    raw = _Story(_hidden_styles(package)).read(body)
    return _labelled(raw, [paragraph for section in document.sections for paragraph in paragraphs(section.blocks)])


def _labelled(raw: list[str], read: list[Paragraph]) -> str:
    """Raw paragraphs, each with the list label the Document gives it; both sides count paragraphs alike."""
    labels = [paragraph.label.text if paragraph.label is not None else "" for paragraph in read]
    labels += [""] * (len(raw) - len(labels))
    return "\n".join(f"{label} {text}" for label, text in zip(labels, raw, strict=False))


def _furniture_parts(package: Package, document: Document) -> dict[tuple[str, str], str]:
    """Raw words of the headers and footers in use: by kind and which; a later section's is added in brackets."""
    links, hidden = package.links(package.main), _hidden_styles(package)
    found: dict[tuple[str, str], str] = {}
    for at, node in enumerate(package.xml(package.main).iter(_q("sectPr"))):
        for reference in node.iterchildren(_q("headerReference"), _q("footerReference")):
            kind = "header" if reference.tag == _q("headerReference") else "footer"
            which = reference.get(_q("type"), "default")
            link = links.get(reference.get(f"{{{R}}}id", ""))
            if link is None or link.target not in package.parts or which not in ("default", "first", "even"):
                continue
            raw = _Story(hidden).read(package.xml(link.target))
            section = document.sections[min(at, len(document.sections) - 1)]
            blocks = getattr(section.headers if kind == "header" else section.footers, which)
            key = (kind, which) if (kind, which) not in found else (kind, f"{which} {at}")
            found[key] = _labelled(raw, list(paragraphs(blocks)))
    return found


def difference(wanted: str, printed: str) -> Problem | None:
    """The first words that differ, with what stands round them; None when both say the same.

    Right-to-left words come out of a PDF in the order they are painted, so there letters are counted, not
    ordered.
    """
    one, other = fold(wanted), fold(printed)
    if one == other or (_ANY_NUMBER in one and _pattern(one).fullmatch(other)):
        return None
    if (_RIGHT_TO_LEFT.search(one) or _RIGHT_TO_LEFT.search(other)) and _same_but_right_to_left(one, other):
        return None
    at = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right and left != _ANY_NUMBER),
        min(len(one), len(other)),
    )
    return Problem(f"Word has “{_around(wanted, at)}”, the PDF has “{_around(printed, at)}”.")


def _pattern(folded: str) -> re.Pattern[str]:
    """``folded`` with any number where a page number stands."""
    return re.compile(r"[0-9]+".join(re.escape(piece) for piece in folded.split(_ANY_NUMBER)))


def _same_but_right_to_left(one: str, other: str) -> bool:
    """Left-to-right letters must match in order, all others in number."""

    def straight(text: str) -> str:
        return "".join(c for c in text if unicodedata.bidirectional(c) == "L")

    def bag(text: str) -> Counter[str]:
        text = unicodedata.normalize("NFKC", text).translate(str.maketrans("([{<«", ")]}>»"))
        return Counter(c for c in text if unicodedata.bidirectional(c) not in ("L", "NSM"))

    return straight(one) == straight(other) and bag(one) == bag(other)


def _around(text: str, at: int) -> str:
    """The words of ``text`` round the ``at``-th character that counts."""
    counted, place = 0, len(text)
    for index, character in enumerate(text):
        if counted >= at:
            place = index
            break
        counted += len(fold(character))
    start, end = max(0, place - _CONTEXT), min(len(text), place + _CONTEXT)
    shown = " ".join(text[start:end].replace(_ANY_NUMBER, "#").split())
    return f"{'… ' if start else ''}{shown}{' …' if end < len(text) else ''}" if shown else "(nothing)"


def _furniture_difference(
    document: Document, parts: dict[tuple[str, str], str], printed: PdfWords, recase: Callable[[str], str]
) -> Problem | None:
    """Each page's furniture is one header and one footer of the letter: the right ones, where there is one
    section.
    """
    one_section = len(document.sections) == 1
    first = document.sections[0]
    for page, text in enumerate(printed.furniture):
        which = "default"
        if page == 0 and first.title_page:
            which = "first"
        elif document.even_and_odd and (page + (first.first_page_number or 1)) % 2 == 0:
            which = "even"
        choices: dict[str, list[str]] = {}
        for kind in ("header", "footer"):
            if one_section:
                choices[kind] = [parts.get((kind, which), "")]
            else:
                choices[kind] = [words for (of, _), words in parts.items() if of == kind] + [""]
            if kind == "header" and page == 0:
                choices[kind] = [""]  # printed as the beginning of the text
        shown = fold(recase(text))
        wanted = [fold(recase(header + footer)) for header in choices["header"] for footer in choices["footer"]]
        wanted += [fold(recase(footer + header)) for header in choices["header"] for footer in choices["footer"]]
        if not any(_pattern(one).fullmatch(shown) or _same_but_right_to_left(one, shown) for one in wanted):
            return Problem(f"On page {page + 1} the header and footer should be “{wanted[0]}”, the PDF has “{text}”.")
    return None
