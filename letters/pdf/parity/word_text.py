"""The text of a part of a .docx, read from its XML without the reader, so that what the reader loses is noticed."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from letters.docx.attribute_values import hex_of, is_on
from letters.docx.names import MC, w
from letters.docx.package import Package
from letters.pdf import fonts
from letters.pdf.reader.pictures import alternative

ANY_NUMBER = "\0"
"""In place of a page number, which is known only once the pages are laid out."""
BACKWARDS = "\2"
"""Marks a paragraph with words set from right to left, whatever their letters."""
NOTE_MARK = "\1"
"""In place of the number of a footnote or endnote, which is nowhere in the file."""

_SKIP = frozenset(w(name) for name in ("instrText", "delText", "delInstrText", "rPr", "pPr", "sdtPr"))
_NOTES = frozenset(w(name) for name in ("footnoteReference", "endnoteReference"))
_OWN_MARKS = frozenset(w(name) for name in ("footnoteRef", "endnoteRef"))


@dataclass
class Story:
    """The raw text of a part, paragraph by paragraph, without field codes.

    The text of a text box comes before the paragraph that it is anchored in.
    """

    hidden: frozenset[str]
    out: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """The kind and id of the footnotes and endnotes that are referred to."""
    line: list[str] | None = None
    """Pieces of the paragraph being read."""
    numbers: list[int] = field(default_factory=list)
    """The index in the file of each paragraph read; -1 for text outside paragraphs."""
    known: dict[etree._Element, int] = field(default_factory=dict)
    before_line: int = 0
    """How many of the notes come before that paragraph."""
    fields: list[list[str]] = field(default_factory=list)
    """Open fields: the pieces of each code; the last is ``=`` once the result has begun."""

    def read(self, node: etree._Element) -> list[str]:
        self.known = self.known or {found: at for at, found in enumerate(node.getroottree().iter(w("p")))}
        self._walk(node)
        return self.out

    def _walk(self, node: etree._Element) -> None:
        for child in node.iterchildren(tag=etree.Element):
            tag = child.tag
            if tag in _SKIP:
                if tag == w("instrText") and self.fields:
                    self.fields[-1].append(child.text or "")
                continue
            if tag == w("p"):
                self.line, self.before_line = [], len(self.notes)
                if any(is_on(node) for node in child.iter(w("rtl"), w("bidi"))):
                    self._add(BACKWARDS)
                self._walk(child)
                self.out.append("".join(self.line or []))
                self.numbers.append(self.known[child])
                self.line = None
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
            elif tag not in (w("del"), w("moveFrom")):
                self._walk(child)

    def _box(self, node: etree._Element) -> None:
        """A text box: a story of its own, read before the paragraph that holds it."""
        inside = Story(self.hidden, known=self.known)
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
        properties = run.find(w("rPr"))
        vanish = None if properties is None else properties.find(w("vanish"))
        style = None if properties is None else properties.find(w("rStyle"))
        hidden = is_on(vanish)
        hidden = hidden or (vanish is None and style is not None and style.get(w("val")) in self.hidden)
        for child in run.iterchildren(tag=etree.Element):
            if child.tag == w("fldChar"):
                self._field_mark(child)
            elif child.tag == w("instrText"):
                if self.fields:
                    self.fields[-1].append(child.text or "")
            elif child.tag == f"{{{MC}}}AlternateContent":
                self._alternative(child)
            elif not hidden and all(code[-1:] == ["="] and not _is_page_field("".join(code)) for code in self.fields):
                if child.tag in (w("drawing"), w("pict"), w("object")):
                    self._walk(child)
                else:
                    self._word(child)

    def _field_mark(self, node: etree._Element) -> None:
        kind = node.get(w("fldCharType"))
        if kind == "begin":
            box = node.find(f"{w('ffData')}/{w('checkBox')}")
            if box is not None:
                states = [box.find(w(name)) for name in ("checked", "default")]
                state = next((found for found in states if found is not None), None)
                self._add("☒" if is_on(state) else "☐")
            self.fields.append([""])
        elif kind == "separate" and self.fields:
            self.fields[-1].append("=")
        elif kind == "end" and self.fields:
            code = "".join(self.fields.pop())
            shown = all(outer[-1:] == ["="] for outer in self.fields)
            self._add(ANY_NUMBER if shown and _is_page_field(code) else "")

    def _word(self, child: etree._Element) -> None:
        text = ""
        if child.tag == w("t"):
            text = child.text or ""
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


def _symbol_text(node: etree._Element) -> str:
    family, code = node.get(w("font"), ""), hex_of(node.get(w("char")))
    text = fonts.symbol(family, code)
    plain = not fonts.is_symbol_font(family) and not 0xE000 <= code <= 0xF8FF and code > 31
    return text or (chr(code) if plain else "")


def _is_page_field(code: str) -> bool:
    words = code.split()
    return bool(words) and words[0].upper() in ("PAGE", "NUMPAGES", "SECTIONPAGES")


_HIDDEN: dict[bytes, frozenset[str]] = {}
_HIDDEN_KEPT = 16


def hidden_styles(package: Package) -> frozenset[str]:
    """The styles that hide their words. Cached by the bytes of the part, which letters have in common."""
    found: frozenset[str] = frozenset()
    for link in package.links(package.main).values():
        if link.kind == "styles" and link.target in package.parts:
            data = package.parts[link.target]
            if data not in _HIDDEN:
                if len(_HIDDEN) >= _HIDDEN_KEPT:
                    _HIDDEN.clear()
                _HIDDEN[data] = _hidden_in(package.tree(link.target))
            found |= _HIDDEN[data]
    return found


def _hidden_in(styles: etree._Element) -> frozenset[str]:
    found = set()
    for style in styles.iter(w("style")):
        if is_on(style.find(f"{w('rPr')}/{w('vanish')}")):
            found.add(style.get(w("styleId"), ""))
    return frozenset(found)
