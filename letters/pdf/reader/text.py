"""Reads the content of paragraphs: text, fields, links, tabs and breaks.

A complex field may begin in one paragraph and end in another, so one reader goes through a whole story."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from letters._text.held_together import with_typed_spaces
from letters._text.lazy_pattern import pattern
from letters.docx.attribute_values import hex_of, is_on, preserved_text
from letters.docx.fields import FieldInstruction
from letters.docx.markup import MAX_DEPTH, SILENT, THROUGH, is_marker
from letters.docx.names import MC, RELATIONSHIPS, WP, A, Node, w
from letters.errors import LettersError, Problem
from letters.pdf import fonts
from letters.pdf.document import (
    PAGE_FIELDS,
    Block,
    Bookmark,
    Footnote,
    Formula,
    Image,
    Inline,
    LineBreak,
    Link,
    PageBreak,
    RunFormat,
    Tab,
    Text,
    WordField,
)
from letters.pdf.reader.context import CellStyle, StoryPart
from letters.pdf.reader.foreign_elements import FORMULAS, alternative, unknown
from letters.pdf.reader.formats import Script
from letters.pdf.reader.lists import with_lists
from letters.pdf.reader.notes import note_kind

if TYPE_CHECKING:  # most letters have no shapes and no formulas
    from letters.pdf.reader.drawingml import Shape
    from letters.pdf.reader.formulas import FormulaPiece


_LINK_OF_PICTURE = f"*/{{{WP}}}docPr/{{{A}}}hlinkClick"


class _OpenField(Struct):
    """A complex field between its begin and end marks (17.16.18). Fields nest, and may span paragraphs."""

    code: str = ""
    in_result: bool = False
    format: RunFormat = field(default_factory=RunFormat)
    content: list[Inline] = field(default_factory=list)

    @property
    def kind(self) -> str:
        match = _FIELD.match(self.code)  # a switch may follow without a space
        return match[1].upper() if match else ""

    @property
    def number_format(self) -> str:
        r"""The number format its ``\*`` switches ask for, by its name in 17.18.59; empty for none (17.16.4.3.1)."""
        asked = _FORMAT_SWITCH.findall(self.code)
        return next((shape for name in asked if (shape := _shape(name))), "")


_SHAPES = {"roman": "Roman", "alphabetic": "Letter"}


def _shape(name: str) -> str:
    """``roman`` asks for lower-case numerals, ``ROMAN`` for capitals."""
    plain = name.casefold()
    if plain in _SHAPES:
        return ("lower" if name[:1].islower() else "upper") + _SHAPES[plain]
    return {"arabic": "decimal", "ordinal": "ordinal", "cardtext": "cardinalText", "ordtext": "ordinalText"}.get(
        plain, ""
    )


_MATH_FONTS = (" Math", "Symbol")
_TAB_ALIGN: dict[str, Literal["center", "right"]] = {"center": "center", "right": "right"}
_EFFECTS = {
    w("emboss"): "embossed", w("imprint"): "engraved", w("outline"): "outlined", w("shadow"): "shadowed",
    w("bdr"): "framed", w("em"): "marked for emphasis", w("fitText"): "fitted to a width",
}  # fmt: skip
# Fields that mark a position or an index entry and show nothing.
_SILENT_FIELDS = frozenset({"XE", "TC", "RD", "TA", "SET", "ASK", "PRIVATE", "NEXT", "NEXTIF", "SKIPIF", ""})


def _finish_field(done: _OpenField) -> Inline | None:
    """What a field shows: the page number, a link, or its stored result."""
    if done.kind in PAGE_FIELDS:
        kept = next((item.format for item in done.content if isinstance(item, Text)), done.format)
        look = kept if "MERGEFORMAT" in done.code.upper() else done.format
        return WordField(done.kind, look, number_format=done.number_format)
    if done.kind == "HYPERLINK" and done.content:
        match = re.search(r'HYPERLINK\s+(?:(\\l)\s+)?"?([^"\s]+)"?', done.code, re.IGNORECASE)
        if match:
            return Link(f"#{match[2]}" if match[1] else match[2], tuple(done.content))
    if done.kind == "PAGEREF" and done.content and (target := FieldInstruction.of(done.code).target):
        return Link(f"#{target}", tuple(done.content))
    return WordField(done.kind, done.format, tuple(done.content)) if done.content else None


NoteReader = Callable[[Node, Literal["footnote", "endnote"], str], tuple[Block, ...]]
"""Reads the blocks of a note, from its element, its kind and its reference mark."""


class TextReader:
    """Reads the content of paragraphs, and keeps track of open fields."""

    def __init__(self, part: StoryPart, read_note: NoteReader, *, boxed: bool = False) -> None:
        self.part, self.boxed = part, boxed
        self.context = part.context
        self.read_note = read_note
        self.open: list[_OpenField] = []
        self.shapes: list[Shape] = []

    def take_shapes(self) -> list[Shape]:
        """The text boxes and drawn lines anchored in what has been read since the last call."""
        taken, self.shapes = self.shapes, []
        return taken

    def read(self, paragraph: Node, style: str, cell_style: CellStyle) -> list[Inline]:
        """The content of one paragraph, including what has been read of a field that is still open."""
        content = self._inlines(paragraph, style, cell_style)
        for still_open in self.open:
            if still_open.in_result and still_open.content:
                content += still_open.content
                still_open.content = []
        return list(_joined(content))

    def _inlines(self, parent: Node, style: str, cell_style: CellStyle, depth: int = 0) -> list[Inline]:
        found: list[Inline] = []
        if depth > MAX_DEPTH:
            raise LettersError(Problem("Controls are nested too deep.", where=self.part.title))
        for child in parent.iterchildren(tag=etree.Element):
            if child.tag == w("r"):
                self._run(child, style, cell_style, found)
            elif child.tag == w("hyperlink"):
                inner = self._inlines(child, style, cell_style, depth + 1)
                self._emit(found, *self._link(child, inner))
            elif child.tag == w("fldSimple"):
                inner = self._inlines(child, style, cell_style, depth + 1)
                done = _OpenField(child.get(w("instr"), ""), True, self.context.run(None, style, cell_style), inner)
                first = next((item.format for item in inner if isinstance(item, Text)), None)
                done.format = first or done.format
                self._close(done, found)
            elif child.tag == w("bookmarkStart"):
                if (name := child.get(w("name"), "")) and name != "_GoBack":
                    self._emit(found, Bookmark(name))
            elif child.tag in THROUGH:
                found += self._inlines(child, style, cell_style, depth + 1)
            elif child.tag == f"{{{MC}}}AlternateContent":
                if (chosen := alternative(child)) is not None:
                    found += self._inlines(chosen, style, cell_style, depth + 1)
            elif child.tag in FORMULAS:
                self._formula(child, style, cell_style, found)
            elif child.tag not in SILENT and not is_marker(child):
                unknown(self.part, child)
        return found

    def _formula(self, node: Node, style: str, cell_style: CellStyle, found: list[Inline]) -> None:
        """A formula, in the font of the text around it unless it names one that is not made for formulas."""
        from letters.pdf.reader.formulas import formula_pieces, formula_shape, formula_text, has_shape

        around = self.context.run(None, style, cell_style)

        def look_of(piece: FormulaPiece) -> Text:
            own = None if piece.run is None else piece.run.find(w("rPr"))
            look = around if own is None else self.context.run(own, style, cell_style)
            return Text(
                piece.text,
                replace(
                    look,
                    family=around.family if look.family.endswith(_MATH_FONTS) else look.family,
                    italic=piece.italic,
                    bold=look.bold or piece.bold,
                    position=piece.level,
                    hidden=False,
                ),
            )

        if content := tuple(map(look_of, formula_pieces(node))):
            shape = formula_shape(node, look_of)
            self._emit(found, Formula(formula_text(node), content, shape if has_shape(shape) else None))

    def _emit(self, found: list[Inline], *items: Inline) -> None:
        """Add to the innermost open field, unless that is still in its code, which is never shown."""
        if not self.open:
            found.extend(items)
        elif all(still_open.in_result for still_open in self.open):
            self.open[-1].content.extend(items)

    def _draw(self, shapes: Iterable[Shape | Image], found: list[Inline], link: Node | None = None) -> None:
        for shape in shapes:
            if isinstance(shape, Image):
                self._emit(found, *([shape] if link is None else self._link(link, [shape])))
                continue
            if shape.drawing is not None:
                from letters.pdf.reader.drawingml import picture_of

                self._emit(found, picture_of(shape, shape.drawing))
            if (shape.words is not None or shape.drawing is None) and all(each.in_result for each in self.open):
                self.shapes.append(shape)

    def _link(self, node: Node, inner: list[Inline]) -> list[Inline]:
        relation = self.part.links.get(node.get(f"{{{RELATIONSHIPS}}}id", ""))
        anchor = node.get(w("anchor"))
        if relation is not None and relation.external:
            return [Link(relation.target + (f"#{anchor}" if anchor else ""), tuple(inner))] if inner else []
        if anchor and inner:
            return [Link(f"#{anchor}", tuple(inner))]
        return inner

    def _run(self, run: Node, style: str, cell_style: CellStyle, found: list[Inline]) -> None:
        properties = run.find(w("rPr"))
        plain: RunFormat | None = None
        for child in run.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag == w("rPr"):
                continue
            if plain is None:
                plain = self.context.run(properties, style, cell_style)
                self._note_effects(properties)
                if plain.hidden:
                    self._hidden(run)
                    self._fields_only(run, plain, found)
                    return
            if tag == w("t"):
                self._text(preserved_text(child), properties, style, cell_style, plain, found)
            elif tag == w("ruby"):
                self._ruby(child, style, cell_style, plain, found)
            elif tag == w("fldChar"):
                self._field_mark(child, plain, found)
            elif tag == w("instrText"):
                if self.open:
                    self.open[-1].code += child.text or ""
            else:
                self._run_child(child, plain, found)

    def _ruby(self, node: Node, style: str, cell_style: CellStyle, plain: RunFormat, found: list[Inline]) -> None:
        """Words with others above them that tell how they are pronounced (17.3.3.25)."""
        for base in node.iterchildren(w("rubyBase")):
            found += self._inlines(base, style, cell_style)
        above = [item for each in node.iterchildren(w("rt")) for item in self._inlines(each, style, cell_style)]
        if above:
            self._emit(found, Text("(", plain))
            found += above
            self._emit(found, Text(")", plain))
            self.part.note("Words above others are printed after them in parentheses.", code="look")

    def _run_child(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        tag = child.tag
        if tag == w("tab"):
            self._emit(found, Tab(plain))
        elif tag == w("ptab"):
            self._emit(found, Tab(plain, _TAB_ALIGN.get(child.get(w("alignment"), ""), "left")))
        elif tag in (w("br"), w("cr")):
            kind = child.get(w("type"), "textWrapping")
            column = kind == "column" and self.context.in_columns  # without columns it begins the next page
            breaks = kind in ("page", "column") and self.part.breakable
            self._emit(found, PageBreak(column) if breaks else LineBreak(plain))
        elif tag == w("noBreakHyphen"):
            self._emit(found, Text("\u2011", plain))
        elif tag == w("softHyphen"):
            self._emit(found, Text("\u00ad", plain))
        elif tag == w("sym"):
            self._symbol(child, plain, found)
        elif tag == w("drawing"):
            from letters.pdf.reader.drawings import drawn_in

            self._draw(drawn_in(self.part, child), found, child.find(_LINK_OF_PICTURE))
        elif tag in (w("pict"), w("object")):
            from letters.pdf.reader.pictures import vml_pictures
            from letters.pdf.reader.vml import vml_shapes

            self._emit(found, *vml_pictures(self.part, child))
            self._draw(vml_shapes(self.part, child), found)
        elif tag == f"{{{MC}}}AlternateContent":
            if (chosen := alternative(child)) is not None:
                for inner in chosen.iterchildren(tag=etree.Element):
                    self._run_child(inner, plain, found)
        elif tag in (w("footnoteReference"), w("endnoteReference")):
            self._note(child, plain, found)
        elif tag in (w("footnoteRef"), w("endnoteRef")):
            self._emit(found, Text(self.part.note_mark, plain))
        elif tag not in SILENT:
            unknown(self.part, child)

    def _text(
        self,
        text: str,
        properties: Node | None,
        style: str,
        cell_style: CellStyle,
        plain: RunFormat,
        found: list[Inline],
    ) -> None:
        """Text. A line feed in the file is a space, and text in a complex script has the font for those.

        Spaces within a citation are as they were typed: the PDF holds it together in another way.
        """
        text = with_typed_spaces(_TYPED_SPACE.sub(" ", text))
        if not text:
            return
        if fonts.is_symbol_font(plain.family):
            self._emit(found, Text(self._from_symbol_font(text, plain.family), plain))
            return
        if _is_western(text):
            self._emit(found, Text(text, plain))
            return
        if _PRIVATE.search(text):
            other = self.context.run(properties, style, cell_style, "other").family
            text = _PRIVATE.sub(lambda found: self._private(found[0], other), text)
        for piece, script in _by_script(text):
            self._emit(found, Text(piece, self.context.run(properties, style, cell_style, script) if script else plain))

    def _note(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        """A reference to a note. Footnotes are kept with it, endnotes collected for the end (17.11.14, 17.11.7)."""
        kind, notes = note_kind(child), self.context.note_texts
        node = notes.find(kind, child.get(w("id"), ""))
        if node is None:
            self.part.note(
                "The text of a footnote or endnote is missing.", "Delete its reference mark in Word.", "footnote"
            )
            return
        if notes.restarts_on_pages():
            self.part.note("Footnotes are numbered through the section, not restarted on each page.", code="numbering")
        own = child.get(w("customMarkFollows")) in ("1", "true", "on")
        mark = "" if own else notes.next_mark(kind)
        blocks = self.read_note(node, kind, mark)
        at_end = kind == "endnote" or self.boxed  # a box has no room for footnotes
        if at_end:
            self.context.endnotes += blocks
        self._emit(found, Footnote(mark, plain, () if at_end else with_lists(blocks)))

    def _note_effects(self, properties: Node | None) -> None:
        """Note text effects that are not carried over."""
        for child in () if properties is None else properties.iterchildren(*_EFFECTS):
            if is_on(child):
                name = _EFFECTS[str(child.tag)]
                self.part.note(f"Text that is {name} is printed plain.", code="look")

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

    def _from_symbol_font(self, text: str, family: str) -> str:
        """The characters that text in a symbol font shows: “ü” in Wingdings is a check mark."""
        shown = fonts.in_symbol_font(text, family)
        if len(shown) < len(text):
            self.part.note(f"A symbol of the font {family} is not carried over.",
                      "Replace it with a character of an ordinary font.")  # fmt: skip
        return shown

    def _private(self, character: str, family: str) -> str:
        """A character that means something in one font only, if that font is here or has symbols that are known."""
        if shown := fonts.symbol(family, ord(character)):
            return shown
        if fonts.metrics(family).has(character):
            return character
        self.part.note(f"A symbol of the font {family} (code {ord(character):04X}) is not carried over.",
                  "Replace it with a character of an ordinary font.")  # fmt: skip
        return ""

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
                      "Replace it with a character of an ordinary font.")  # fmt: skip

    def _field_mark(self, child: Node, plain: RunFormat, found: list[Inline]) -> None:
        kind = child.get(w("fldCharType"))
        if kind == "begin" and child in self.part.unclosed_fields:
            return
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
        shown = _finish_field(done)
        if shown is not None:
            self._emit(found, shown)
        elif done.kind not in _SILENT_FIELDS and not done.in_result:
            self.part.note(
                f"The field {done.kind} has no stored result and prints nothing.",
                "Open the letter in Word, press Ctrl-A and F9, and save it.",
                "field",
            )


_COMPLEX = "\u0590-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc"  # Hebrew to Burmese, and Khmer
_EAST = "\u1100-\u11ff\u2e80-\u303f\u3040-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
_EAST += "\uff00-\uffef\U00020000-\U0003ffff"
_FIELD, _FORMAT_SWITCH = pattern(r"\s*([^\s\\\"]+)"), pattern(r'\\\*\s*"?(\w+)')
_TYPED_SPACE = pattern(r"[\t\r\n]")
_PRIVATE = pattern("[\ue000-\uf8ff]")
"""Characters without a meaning of their own (the private use area of Unicode)."""
_OTHER_SCRIPTS = pattern(f"(?P<complex>[{_COMPLEX}]+(?:[ \u00a0]+[{_COMPLEX}]+)*)|(?P<east>[{_EAST}]+)")


_GENERAL_PUNCTUATION = frozenset(map(chr, range(0x2000, 0x2070)))


def _is_western(text: str) -> bool:
    """Whether all comes before Hebrew or is general punctuation, as in most letters: no pattern need be compiled."""
    return text.isascii() or max(set(text) - _GENERAL_PUNCTUATION, default="") < "\u0590"


def _by_script(text: str) -> Iterator[tuple[str, Script]]:
    """Pieces of ``text``, each with the font of the run that applies to it (17.3.2.26)."""
    at = 0
    for match in _OTHER_SCRIPTS.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], ""
        yield match[0], "complex" if match["complex"] else "east"
        at = match.end()
    if at < len(text):
        yield text[at:], ""


def _joined(content: list[Inline]) -> Iterator[Inline]:
    """Join neighboring text of the same format: Word splits sentences into many runs."""
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
