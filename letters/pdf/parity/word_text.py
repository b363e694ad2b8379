"""The text of a part of a .docx, read from its XML without the reader, so that what the reader loses is noticed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree
from msgspec import Struct, field

from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember
from letters.docx.attribute_values import hex_of, is_on
from letters.docx.fields import unclosed
from letters.docx.names import MC, P_PR, R_PR, VAL, w
from letters.docx.package import Package
from letters.pdf import fonts
from letters.pdf.reader.foreign_elements import FORMULAS, alternative

_FONTS, _STYLE, _VANISH = w("rFonts"), w("pStyle"), w("vanish")
ANY_NUMBER = "\0"
"""In place of a page number, which is known only once the pages are laid out."""
BACKWARDS = "\2"
"""Marks a paragraph with words set from right to left, whatever their letters."""
NOTE_MARK = "\1"
"""In place of the number of a footnote or endnote, which is nowhere in the file."""


class _FieldCode(Struct):
    """A field that is open."""

    code: str = ""
    in_result: bool = False


class StylesOfWords(Struct, frozen=True, eq=False):
    """Which styles hide their words, whether words are hidden by default, and which styles name a symbol font.

    Styles of paragraphs and of characters toggle: if both hide, the words are shown (17.7.3).
    """

    by_default: bool = False
    paragraph: frozenset[str] = frozenset()
    character: frozenset[str] = frozenset()
    usual: str = ""
    """The style of paragraphs that name none."""
    fonts: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """The fonts that each style names for ASCII and for other characters, itself or by the styles it is based on, by
    kind and id; empty unless some style names a symbol font."""
    lines: dict[str, str] = field(default_factory=dict)
    """The words of paragraphs that stand alone, by their markup."""

    @classmethod
    def of(cls, styles: etree._Element) -> StylesOfWords:
        """Those of the root element of a part with styles."""
        own: dict[tuple[str, str], tuple[bool | None, str]] = {}
        found: dict[tuple[str, str], etree._Element] = {}
        usual = ""
        for at, style in enumerate(styles.iterchildren(w("style"))):
            kind, name = style.get(w("type"), "paragraph"), style.get(w("styleId")) or f"\0{at}"
            vanish, base = style.find(f"{w('rPr')}/{w('vanish')}"), style.find(w("basedOn"))
            found[kind, name] = style
            own[kind, name] = (
                None if vanish is None else is_on(vanish),
                "" if base is None else base.get(w("val"), ""),
            )
            if kind == "paragraph" and style.get(w("default")) in ("1", "true", "on"):
                usual = name

        def hides(kind: str, name: str) -> bool:
            seen: set[str] = set()
            while (kind, name) in own and name not in seen:
                seen.add(name)
                said, base = own[kind, name]
                if said is not None:
                    return said
                name = base
            return False

        named = {key: _named_fonts(style) for key, style in found.items()}

        def font(key: tuple[str, str]) -> tuple[str, str]:
            seen: set[tuple[str, str]] = set()
            families = "", ""
            while key in own and key not in seen and not all(families):
                seen.add(key)
                families = _or(families, named[key])
                key = key[0], own[key][1]
            return families

        symbols = any(fonts.is_symbol_font(family) for pair in named.values() for family in pair)
        families = {key: font(key) for key in own} if symbols else {}
        hiding = [(kind, name) for kind, name in own if hides(kind, name)]
        default = styles.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}/{w('vanish')}")
        return cls(
            by_default=default is not None and is_on(default),
            paragraph=frozenset(name for kind, name in hiding if kind == "paragraph"),
            character=frozenset(name for kind, name in hiding if kind == "character"),
            usual=usual,
            fonts=families,
        )

    def fonts_of(self, run: etree._Element | None, paragraph: etree._Element | None) -> tuple[str, str]:
        """The fonts of a run for ASCII and for other characters: those it names, or else those of its style, or else
        those of its paragraph's style.
        """
        families = _named_fonts(run)
        if all(families) or not self.fonts:
            return families
        properties = None if run is None else run.find(w("rPr"))
        style = None if properties is None else properties.find(w("rStyle"))
        if style is not None:
            families = _or(families, self.fonts.get(("character", style.get(w("val"), "")), _NO_FONTS))
        return _or(families, self.fonts.get(("paragraph", self._style_of(paragraph)), _NO_FONTS))

    def _style_of(self, paragraph: etree._Element | None) -> str:
        for properties in () if paragraph is None else paragraph.iterchildren(P_PR):
            for style in properties.iterchildren(_STYLE):
                return style.get(VAL, self.usual)
        return self.usual

    def hides_paragraph(self, paragraph: etree._Element) -> bool:
        """Whether the style of a paragraph hides its words."""
        return self._style_of(paragraph) in self.paragraph

    def hides_run(self, properties: etree._Element | None, in_hidden_style: bool) -> bool:
        """Whether words are hidden in a run with these properties that does not say so itself."""
        style = None if properties is None else properties.find(w("rStyle"))
        in_style = style is not None and style.get(w("val")) in self.character
        return self.by_default or in_hidden_style != in_style


_MOST_LINES, _LONG_PARAGRAPH = 3_000, 10_000
"""How many paragraphs are kept, and the length of the markup of one that is not."""
_SKIP = frozenset(w(name) for name in ("instrText", "delText", "delInstrText", "rPr", "pPr", "sdtPr"))
_NOTES = frozenset(w(name) for name in ("footnoteReference", "endnoteReference"))
_OWN_MARKS = frozenset(w(name) for name in ("footnoteRef", "endnoteRef"))


class Story(Struct):
    """The raw text of a part, paragraph by paragraph, without field codes.

    The text of a text box comes before the paragraph that it is anchored in.
    """

    package: Package
    styles: StylesOfWords
    out: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """The kind and id of the footnotes and endnotes that are referred to."""
    line: list[str] | None = None
    """Pieces of the paragraph being read."""
    numbers: list[int] = field(default_factory=list)
    """The index in the file of each paragraph read; -1 for text outside paragraphs."""
    known: Mapping[etree._Element, int] = field(default_factory=dict)
    """The index of every paragraph of the part."""
    before_line: int = 0
    """How many of the notes come before that paragraph."""
    fields: list[_FieldCode] = field(default_factory=list)
    """The fields that are open, the innermost last."""
    in_hidden_style: bool = False
    """Whether the style of the paragraph hides its words."""
    unclosed: frozenset[etree._Element] | None = None
    """The begin marks of fields that do not end, once a field begins."""
    ignored: int = 0
    """How many of them there were so far."""

    def read(self, node: etree._Element) -> list[str]:
        self.known = self.known or {found: at for at, found in enumerate(node.getroottree().iter(w("p")))}
        self._walk(node)
        return self.out

    def _walk(self, node: etree._Element) -> None:
        for child in node.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag in _SKIP:
                if tag == w("instrText") and self.fields:
                    self.fields[-1].code += child.text or ""
                continue
            if tag == w("p"):
                self._paragraph(child)
            elif tag == w("txbxContent"):
                self._box(child)
            elif tag == w("r"):
                self._run(child)
            elif tag == w("fldSimple"):
                if _is_page_field(child.get(w("instr"), "")):
                    self._add(ANY_NUMBER)
                else:
                    self._walk(child)
            elif tag == f"{{{MC}}}AlternateContent":
                self._alternative(child)
            elif tag in FORMULAS:
                from letters.pdf.reader.formulas import formula_pieces  # most letters have none

                self._add("".join([piece.text for piece in formula_pieces(child)]))
            elif tag not in (w("del"), w("moveFrom")):
                self._walk(child)

    def _paragraph(self, node: etree._Element) -> None:
        """A paragraph. If it stands alone, without fields, notes and boxes, its words are kept for other letters."""
        alone = self.line is None and not self.fields
        markup = self.package.markup(node) if alone else ""
        kept = self.styles.lines.get(markup)
        if kept is not None:
            self.out.append(kept)
            self.numbers.append(self.known[node])
            return
        self.in_hidden_style = self.styles.hides_paragraph(node)
        before = len(self.notes), len(self.out) + 1, self.ignored
        self.line, self.before_line = [], len(self.notes)
        if any(is_on(node) for node in node.iter(w("rtl"), w("bidi"))):
            self._add(BACKWARDS)
        self._walk(node)
        self.out.append("".join(self.line or []))
        self.numbers.append(self.known[node])
        self.line = None
        unchanged = before == (len(self.notes), len(self.out), self.ignored)
        if alone and not self.fields and unchanged and len(markup) <= _LONG_PARAGRAPH:
            remember(self.styles.lines, _MOST_LINES, markup, self.out[-1])

    def _box(self, node: etree._Element) -> None:
        """A text box: a story of its own, read before the paragraph that holds it."""
        inside = Story(self.package, self.styles, known=self.known)
        self.out += inside.read(node)
        self.numbers += inside.numbers
        self.notes[self.before_line : self.before_line] = inside.notes
        self.before_line += len(inside.notes)

    def _alternative(self, node: etree._Element) -> None:
        """Words are taken from one of the versions: from the one that is read, or if it has none, from another."""
        chosen = alternative(node)
        if chosen is None or chosen.find(f".//{w('t')}") is None:
            others = node.iterchildren(f"{{{MC}}}Choice", f"{{{MC}}}Fallback")
            chosen = next((other for other in others if other.find(f".//{w('t')}") is not None), chosen)
        if chosen is not None:
            self._walk(chosen)

    def _run(self, run: etree._Element) -> None:
        properties = next(run.iterchildren(R_PR), None)
        vanish = None if properties is None else next(properties.iterchildren(_VANISH), None)
        hidden = self.styles.hides_run(properties, self.in_hidden_style) if vanish is None else is_on(vanish)
        for child in run.iterchildren(tag=etree.Element):
            if child.tag == w("fldChar"):
                self._field_mark(child)
            elif child.tag == w("instrText"):
                if self.fields:
                    self.fields[-1].code += child.text or ""
            elif child.tag == f"{{{MC}}}AlternateContent":
                self._alternative(child)
            elif not hidden and all(each.in_result and not _is_page_field(each.code) for each in self.fields):
                if child.tag in (w("drawing"), w("pict"), w("object")):
                    self._walk(child)
                elif child.tag == w("ruby"):
                    self._ruby(child)
                else:
                    self._word(child)

    def _ruby(self, node: etree._Element) -> None:
        """Words with others above them, which are printed in parentheses."""
        for base in node.iterchildren(w("rubyBase")):
            self._walk(base)
        above = list(node.iterchildren(w("rt")))
        if any((each.text or "") for part in above for each in part.iter(w("t"))):
            self._add("(")
            for each in above:
                self._walk(each)
            self._add(")")

    def _field_mark(self, node: etree._Element) -> None:
        kind = node.get(w("fldCharType"))
        if kind == "begin" and self.unclosed is None:
            self.unclosed = unclosed(node.getroottree().getroot())
        if kind == "begin" and self.unclosed is not None and node in self.unclosed:
            self.ignored += 1
        elif kind == "begin":
            box = node.find(f"{w('ffData')}/{w('checkBox')}")
            if box is not None:
                states = [box.find(w(name)) for name in ("checked", "default")]
                state = next((found for found in states if found is not None), None)
                self._add("☒" if is_on(state) else "☐")
            self.fields.append(_FieldCode())
        elif kind == "separate" and self.fields:
            self.fields[-1].in_result = True
        elif kind == "end" and self.fields:
            code = self.fields.pop().code
            shown = all(outer.in_result for outer in self.fields)
            self._add(ANY_NUMBER if shown and _is_page_field(code) else "")

    def _word(self, child: etree._Element) -> None:
        text = ""
        if child.tag == w("t"):
            text = child.text or ""
            run = child.getparent()
            family, other = self.styles.fonts_of(run, None if run is None else next(run.iterancestors(w("p")), None))
            if text and fonts.is_symbol_font(family):
                text = fonts.in_symbol_font(text, family)
            elif text and fonts.is_symbol_font(other):
                text = fonts.with_private_symbols(text, other)
        elif child.tag == w("noBreakHyphen"):
            text = "-"
        elif child.tag == w("sym"):
            text = _symbol_text(child)
        elif child.tag in _OWN_MARKS:
            text = NOTE_MARK
        elif child.tag in _NOTES:
            kind = "footnote" if child.tag == w("footnoteReference") else "endnote"
            self.notes.append((kind, child.get(w("id"), "")))
            text = NOTE_MARK
        self._add(text)

    def _add(self, text: str) -> None:
        if self.line is not None:
            self.line.append(text)
        else:
            self.out.append(text)
            self.numbers.append(-1)


_NO_FONTS = "", ""


def _named_fonts(node: etree._Element | None) -> tuple[str, str]:
    """The fonts that a run or a style names itself for ASCII and for other characters; empty for none."""
    for properties in () if node is None else node.iterchildren(R_PR):
        for named in properties.iterchildren(_FONTS):
            return (
                named.get(w("asciiTheme"), "") or named.get(w("ascii"), ""),
                named.get(w("hAnsiTheme"), "") or named.get(w("hAnsi"), ""),
            )
    return _NO_FONTS


def _or(families: tuple[str, str], otherwise: tuple[str, str]) -> tuple[str, str]:
    return families[0] or otherwise[0], families[1] or otherwise[1]


def _symbol_text(node: etree._Element) -> str:
    family, code = node.get(w("font"), ""), hex_of(node.get(w("char")))
    text = fonts.symbol(family, code)
    plain = not fonts.is_symbol_font(family) and not 0xE000 <= code <= 0xF8FF and code > 31
    return text or (chr(code) if plain else "")


_PAGE_FIELD = pattern(r"\s*(PAGE|NUMPAGES|SECTIONPAGES)(?![^\s\\])", re.IGNORECASE)


def _is_page_field(code: str) -> bool:
    return _PAGE_FIELD.match(code) is not None


_KEPT_STYLES: dict[bytes, StylesOfWords] = {}
_MOST_KEPT = 16


def styles_of_words(package: Package) -> StylesOfWords:
    """The styles that decide which words are shown. Kept by the bytes of their part, which letters have in common."""
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            data = package.parts[link.target]
            if data not in _KEPT_STYLES:
                remember(_KEPT_STYLES, _MOST_KEPT, data, StylesOfWords.of(package.tree(link.target)))
            return _KEPT_STYLES[data]
    return StylesOfWords()
