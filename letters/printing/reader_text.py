"""What stands inside a paragraph: words, fields, links, tabs and breaks.

A complex field may begin in one paragraph and end in another, so one reader goes through all of a part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from letters.errors import LettersError, Problem
from letters.package import R
from letters.printing import fonts
from letters.printing.document import (
    Bookmark,
    Field,
    Inline,
    LineBreak,
    Link,
    PageBreak,
    RunFormat,
    Tab,
    Text,
)
from letters.printing.reader_book import Part, TableLook
from letters.printing.reader_pictures import alternative, drawn_pictures, old_picture, unknown
from letters.printing.reader_xml import MAX_DEPTH, MC, SILENT, THROUGH, Node, hex_of, is_marker, is_on, w


@dataclass
class _OpenField:
    """A complex field between its begin and end marks (17.16.18). Fields nest, and may span paragraphs."""

    code: str = ""
    in_result: bool = False
    format: RunFormat = field(default_factory=RunFormat)
    content: list[Inline] = field(default_factory=list)

    @property
    def kind(self) -> str:
        words = self.code.split()
        return words[0].upper() if words else ""

    @property
    def shape(self) -> str:
        """The form of number its ``\\*`` switches ask for, such as ``roman``; empty for plain figures (17.16.4.3.1)."""
        asked = re.findall(r'\\\*\s*"?(\w+)', self.code)
        return next((shape for shape in asked if shape.casefold() not in _PLAIN_SHAPES), "")


_PLAIN_SHAPES = frozenset({"arabic", "mergeformat", "charformat", "mergeformatinet"})
PAGE_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
# Fields that mark a place or an index entry and show nothing.
_SILENT_FIELDS = frozenset({"XE", "TC", "RD", "TA", "SET", "ASK", "PRIVATE", "NEXT", "NEXTIF", "SKIPIF", ""})


def _finish_field(done: _OpenField) -> Inline | None:
    """What a field shows: the page number, a link, or its stored result."""
    if done.kind in PAGE_FIELDS:
        return Field(done.kind, done.format)
    if done.kind == "HYPERLINK" and done.content:
        match = re.search(r'HYPERLINK\s+(?:(\\l)\s+)?"?([^"\s]+)"?', done.code, re.IGNORECASE)
        if match:
            return Link(f"#{match[2]}" if match[1] else match[2], tuple(done.content))
    return Field(done.kind, done.format, tuple(done.content)) if done.content else None


class TextReader:
    """Reads the content of paragraphs. Keeps the fields that are still open."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.book = part.book
        self.open: list[_OpenField] = []

    def read(self, paragraph: Node, style: str, look: TableLook) -> list[Inline]:
        """The content of one paragraph, and as much of a field left open as has been read."""
        content = self._inlines(paragraph, style, look)
        for still_open in self.open:
            if still_open.in_result and still_open.content:
                content += still_open.content
                still_open.content = []
        return list(_joined(content))

    def _inlines(self, parent: Node, style: str, look: TableLook, depth: int = 0) -> list[Inline]:
        found: list[Inline] = []
        if depth > MAX_DEPTH:
            raise LettersError(Problem("Controls are nested too deep.", where=self.part.title))
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == w("r"):
                self._run(child, style, look, found)
            elif child.tag == w("hyperlink"):
                inner = self._inlines(child, style, look, depth + 1)
                self._emit(found, *self._link(child, inner))
            elif child.tag == w("fldSimple"):
                inner = self._inlines(child, style, look, depth + 1)
                done = _OpenField(child.get(w("instr"), ""), True, self.book.run(None, style, look), inner)
                first = next((item.format for item in inner if isinstance(item, Text)), None)
                done.format = first or done.format
                self._close(done, found)
            elif child.tag == w("bookmarkStart"):
                if (name := child.get(w("name"), "")) and name != "_GoBack":
                    self._emit(found, Bookmark(name))
            elif child.tag in THROUGH:
                found += self._inlines(child, style, look, depth + 1)
            elif child.tag == f"{{{MC}}}AlternateContent":
                if (chosen := alternative(child)) is not None:
                    found += self._inlines(chosen, style, look, depth + 1)
            elif child.tag not in SILENT and not is_marker(child):
                unknown(self.part, child)
        return found

    def _emit(self, found: list[Inline], *items: Inline) -> None:
        """Add to the innermost open field, unless that is still in its code, which is never shown."""
        if not self.open:
            found.extend(items)
        elif all(still_open.in_result for still_open in self.open):
            self.open[-1].content.extend(items)

    def _link(self, node: Node, inner: list[Inline]) -> list[Inline]:
        relation = self.part.links.get(node.get(f"{{{R}}}id", ""))
        anchor = node.get(w("anchor"))
        if relation is not None and relation.external:
            return [Link(relation.target + (f"#{anchor}" if anchor else ""), tuple(inner))] if inner else []
        if anchor and inner:
            return [Link(f"#{anchor}", tuple(inner))]
        return inner

    def _run(self, run: Node, style: str, look: TableLook, found: list[Inline]) -> None:
        properties = run.find(w("rPr"))
        plain: RunFormat | None = None
        for child in run.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag == w("rPr"):
                continue
            if plain is None:
                plain = self.book.run(properties, style, look)
                if plain.hidden:
                    self._hidden(run)
                    self._fields_only(run, plain, found)
                    return
            if tag == w("t"):
                self._text(child.text or "", properties, style, look, plain, found)
            elif tag == w("fldChar"):
                self._field_mark(child, plain, found)
            elif tag == w("instrText"):
                if self.open:
                    self.open[-1].code += child.text or ""
            else:
                self._run_child(child, plain, found)

    def _run_child(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        tag = child.tag
        if tag == w("tab"):
            self._emit(found, Tab(plain))
        elif tag == w("ptab"):
            self._emit(found, Tab(plain, cast(Any, child.get(w("alignment"), "left"))))
        elif tag in (w("br"), w("cr")):
            kind = child.get(w("type"), "textWrapping")
            if kind == "column":
                self.part.note("A column break is set as a page break.")
            self._emit(found, PageBreak() if kind in ("page", "column") else LineBreak(plain))
        elif tag == w("noBreakHyphen"):
            self._emit(found, Text("\u2011", plain))
        elif tag == w("softHyphen"):
            self._emit(found, Text("\u00ad", plain))
        elif tag == w("sym"):
            self._symbol(child, plain, found)
        elif tag == w("drawing"):
            self._emit(found, *drawn_pictures(self.part, child))
        elif tag in (w("pict"), w("object")):
            if (picture := old_picture(self.part, child)) is not None:
                self._emit(found, picture)
        elif tag == f"{{{MC}}}AlternateContent":
            if (chosen := alternative(child)) is not None:
                for inner in chosen.iterchildren(tag=etree.Element):
                    self._run_child(inner, plain, found)
        elif tag in (w("footnoteReference"), w("endnoteReference")):
            self.part.note(
                "A footnote or endnote is not carried over into the PDF.",
                "Put what it says into the text, in brackets.",
                "footnote",
            )
        elif tag not in SILENT:
            unknown(self.part, child)

    def _text(
        self,
        text: str,
        properties: Node | None,
        style: str,
        look: TableLook,
        plain: RunFormat,
        found: list[Inline],
    ) -> None:
        """Words; a line feed in the file is a space, and right-to-left letters take the complex-script font."""
        text = re.sub(r"[\t\r\n]", " ", text)
        if not text:
            return
        for piece, complex_script in _by_script(text):
            shown = self.book.run(properties, style, look, complex_script=True) if complex_script else plain
            self._emit(found, Text(piece, shown))

    def _hidden(self, run: Node) -> None:
        if "".join(run.itertext(w("t"))).strip():
            self.part.note(
                "Hidden text is not printed.",
                "Delete it in the Word file if it must not leave the office.",
                "hidden",
            )

    def _fields_only(self, run: Node, plain: RunFormat, found: list[Inline]) -> None:
        """A hidden run may still open or close a field."""
        for child in run.iterchildren(w("fldChar"), w("instrText")):
            if child.tag == w("fldChar"):
                self._field_mark(child, plain, found)
            elif self.open:
                self.open[-1].code += child.text or ""

    def _symbol(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        family = child.get(w("font"), "")
        code = hex_of(child.get(w("char")))
        text = fonts.symbol(family, code)
        if not text and not fonts.is_symbol_font(family) and not 0xE000 <= code <= 0xF8FF and code > 31:
            text = chr(code)
        if text:
            self._emit(found, Text(text, plain))
        else:
            self.part.note(f"A symbol of the font {family} (code {code:04X}) is not carried over.",
                      "Replace it by a character of an ordinary font.")  # fmt: skip

    def _field_mark(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        kind = child.get(w("fldCharType"))
        if kind == "begin":
            self.open.append(_OpenField(format=plain))
            box = child.find(f"{w('ffData')}/{w('checkBox')}")
            if box is not None:
                ticked = box.find(w("checked")) if box.find(w("checked")) is not None else box.find(w("default"))
                self.open[-1].content.append(Text("☒" if ticked is not None and is_on(ticked) else "☐", plain))
        elif kind == "separate" and self.open:
            self.open[-1].in_result = True
            self.open[-1].format = plain
        elif kind == "end" and self.open:
            done = self.open.pop()
            self._close(done, found)

    def _close(self, done: _OpenField, found: list[Inline]) -> None:
        if done.kind in PAGE_FIELDS and (shape := done.shape):
            self.part.note(
                f"The page number is set in figures, not in the form “{shape}”.",
                "In Word: Insert, Page Number, Format Page Numbers: choose 1, 2, 3.",
                "page-number",
            )
        shown = _finish_field(done)
        if shown is not None:
            self._emit(found, shown)
        elif done.kind not in _SILENT_FIELDS and not done.in_result:
            self.part.note(
                f"The field {done.kind} has no stored result and prints nothing.",
                "Open the letter in Word, press Ctrl-A and F9, and save it.",
                "field",
            )


_COMPLEX = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_COMPLEX_RUN = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ \u00a0]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)


def _by_script(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of ``text``, each with whether it is in a right-to-left script."""
    if not _COMPLEX.search(text):
        yield text, False
        return
    at = 0
    for match in _COMPLEX_RUN.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def _joined(content: list[Inline]) -> Iterator[Inline]:
    """Word splits a sentence into many runs; put together again what looks the same."""
    held: Text | None = None
    for item in content:
        if isinstance(item, Text):
            if held is not None and held.format == item.format:
                held = Text(held.text + item.text, held.format)
                continue
            if held is not None:
                yield held
            held = item
        else:
            if held is not None:
                yield held
                held = None
            yield item
    if held is not None:
        yield held
