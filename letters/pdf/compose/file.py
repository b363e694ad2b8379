"""Writes drawn pages as a PDF file: font subsets, pictures, links and the outline.

The structure tree and the metadata are written by `tags.tree`, as for the other writer."""

from __future__ import annotations

import hashlib
import zlib
from datetime import date
from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from letters._system.version import VERSION
from letters.pdf import fonts
from letters.pdf.compose import pdf_output
from letters.pdf.compose.layout_context import LayoutContext
from letters.pdf.compose.pdf_output import (
    PDF,
    Array,
    Dictionary,
    FixedArray,
    FixedDictionary,
    FixedStream,
    Object,
    Stream,
    String,
    packed,
)
from letters.pdf.compose.resources import DrawnPage, LinkTargets, PageResources
from letters.pdf.compose.shaping import Font
from letters.pdf.compose.unsupported import Unsupported
from letters.pdf.document import Document
from letters.pdf.tags.structure import Clickable, Node, StructureTree, pruned
from letters.pdf.tags.tree import Describe, write_structure

_SYMBOLIC, _ITALIC, _SERIF = 1 << 2, 1 << 6, 1 << 1
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo
<< /Registry (Adobe)
/Ordering (UCS)
/Supplement 0
>> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""


class FileWriter(Struct):
    """Writes one letter."""

    document: Document
    dated: date
    context: LayoutContext
    structure: Node
    pages: list[DrawnPage]
    resources: PageResources
    targets: LinkTargets
    pdf: PDF = field(default_factory=PDF)
    page_objects: list[Any] = field(default_factory=list)

    def write(self, describe: Describe) -> bytes:
        pdf = self.pdf
        self._info()
        resources = Dictionary({"Font": self._fonts(), "XObject": self._pictures()})
        pdf.add_object(resources)
        digest = hashlib.sha256(f"{self.document.title}\0{self.document.language}\0{self.dated}".encode())
        for at, page in enumerate(self.pages):
            compressed = packed(page.content)
            content = Stream(packed=compressed)
            pdf.add_object(content)
            digest.update(compressed)
            box = Array([0, 0, page.width, page.height])
            page_object = Dictionary({
                "Type": "/Page", "Parent": pdf.pages.reference, "MediaBox": box, "TrimBox": box, "BleedBox": box,
                "Resources": resources.reference, "Contents": content.reference, "StructParents": at, "Tabs": "/S",
            })  # fmt: skip
            pdf.add_page(page_object)
            self.page_objects.append(page_object)
        self._links()
        tree = StructureTree(self.structure, shape=pruned(self.structure))
        self._outline()
        self._tree()
        write_structure(pdf_output, pdf, tree, [page.marks for page in self.pages], describe)
        return pdf.write(digest.hexdigest()[:32])

    def _info(self) -> None:
        day = f"D:{self.dated:%Y%m%d}"
        for key, text in (
            ("Producer", f"Letters {VERSION}"), ("Title", self.document.title), ("Creator", "Letters"),
            ("CreationDate", day), ("ModDate", day),
        ):  # fmt: skip
            self.pdf.info[key] = String(text)
        self.pdf.catalog["Lang"] = String(self.document.language)
        self.pdf.catalog["ViewerPreferences"] = Dictionary({"DisplayDocTitle": "true"})
        self.pdf.catalog["MarkInfo"] = Dictionary({"Marked": "true"})

    def _tree(self) -> None:
        """An empty structure tree, which `tags.tree` fills."""
        top = Dictionary({"Type": "/StructElem", "S": "/Document"})
        numbers = Dictionary({})
        root = Dictionary({"Type": "/StructTreeRoot"})
        for item in (root, top, numbers):
            self.pdf.add_object(item)
        top["P"] = root.reference
        root["K"], root["ParentTree"] = Array([top.reference]), numbers.reference
        self.pdf.catalog["StructTreeRoot"] = root.reference

    # ------------------------------------------------------------ fonts and pictures

    def _fonts(self) -> Any:
        found = Dictionary({})
        resources = self.resources.shown
        for font, shown in resources.fonts.items():
            objects = _font_objects(font, shown.characters, len(self.pdf.objects))
            self.pdf.add_numbered(objects)
            found[resources.names[font]] = objects[-1].reference
        return found

    def _pictures(self) -> Any:
        found = Dictionary({})
        if not self.resources.pictures:
            return found
        from letters.pdf.compose.pictures import packed_picture

        for name, image in self.resources.pictures.values():
            picture = packed_picture(image)
            extra = Dictionary(picture.entries)
            if picture.mask is not None:
                mask = Stream([picture.mask], {
                    **{key: picture.entries[key] for key in ("Type", "Subtype", "Width", "Height")},
                    "ColorSpace": "/DeviceGray", "BitsPerComponent": 8, "Filter": "/FlateDecode",
                })  # fmt: skip
                self.pdf.add_object(mask)
                extra["SMask"] = mask.reference
            stream = Stream([picture.data], extra)
            self.pdf.add_object(stream)
            found[name] = stream.reference
        return found

    # ------------------------------------------------------------ where things lead

    def _links(self) -> None:
        running: dict[Node, None] = {}
        for at, page in enumerate(self.pages):
            annotations = []
            for link_area in page.links:
                annotation = Dictionary({
                    "Type": "/Annot", "Subtype": "/Link", "Rect": Array(link_area.edges),
                    "Border": Array([0, 0, 0]),
                })  # fmt: skip
                self._lead(annotation, link_area.link.target)
                self.pdf.add_object(annotation)
                annotations.append(annotation.reference)
                if link_area.node not in self.context.parents:
                    running[link_area.node] = None
                link_area.node.kids.append(Clickable(at, annotation))
            if annotations:
                self.page_objects[at]["Annots"] = Array(annotations)
        for node in running:  # links of headers and footers are read once, after the letter
            self.structure.kids.append(Node("P", [node]))

    def _lead(self, annotation: Any, target: str) -> None:
        if not target.startswith("#"):
            action = {"Type": "/Action", "S": "/URI", "URI": String(target)}
            annotation["A"] = Dictionary(action)
        elif target[1:] in self.targets.anchors:
            annotation["Dest"] = self._destination(*self.targets.anchors[target[1:]])
        else:
            raise Unsupported("a link to hidden text")

    def _destination(self, page: int, x: float, y: float) -> Any:
        return Array([self.page_objects[page].reference, "/XYZ", x, y, 0])

    def _outline(self) -> None:
        """The headings, as bookmarks in the sidebar of a PDF viewer."""
        if not self.targets.headings:
            return
        root = Dictionary({"Type": "/Outlines"})
        self.pdf.add_object(root)
        self.pdf.catalog["Outlines"] = root.reference
        open_: list[tuple[int, Any]] = [(0, root)]
        last: dict[int, Any] = {}
        for node, page, x, y in self.targets.headings:
            rank = int(node.kind[1])
            while open_[-1][0] >= rank:
                open_.pop()
            above = open_[-1][1]
            entry = Dictionary({
                "Title": String(node.words), "Parent": above.reference, "Dest": self._destination(page, x, y)
            })  # fmt: skip
            self.pdf.add_object(entry)
            before = last.get(above.number)
            if before is None:
                above["First"] = entry.reference
            else:
                before["Next"], entry["Prev"] = entry.reference, before.reference
            last[above.number] = entry
            above["Last"] = entry.reference
            for _, holder in open_:
                holder["Count"] = holder.get("Count", 0) + 1
            open_.append((rank, entry))


class _WrittenFont(Struct, frozen=True):
    """A font with some of its glyphs, as it is written."""

    data: bytes
    packed: bytes
    """The same, compressed."""
    name: str
    widths: Array
    widest: float
    packed_texts: bytes
    """What its glyphs stand for."""


@lru_cache(maxsize=100)  # about 4 MB
def _written_font(font: Font, shown: frozenset[tuple[int, str]]) -> _WrittenFont:
    """A font with the glyphs that are shown, and what they stand for; letters of one kind often show the same."""
    glyphs, face = dict(shown), font.face
    data = font.subset(frozenset(glyphs))
    names = hashlib.sha256(repr((face.family, face.cut, face.italic, sorted(glyphs))).encode()).digest()
    cut = ("Bold" if face.bold else "") + ("Italic" if face.italic else "")
    name = "".join([chr(65 + byte % 26) for byte in names[:6]]) + "+" + face.family.replace(" ", "-")
    name = "/" + "".join([each for each in name if each.isascii() and (each.isalnum() or each in "+-")])
    name += f"-{cut}" if cut else ""
    widths = {glyph: round(font.advance(glyph) * 1000, 3) for glyph in sorted(glyphs)}
    texts = zlib.compress(character_map(glyphs))
    return _WrittenFont(data, zlib.compress(data), name, _runs_of(widths), max(widths.values()), texts)


@lru_cache(maxsize=100)
def _font_objects(font: Font, shown: frozenset[tuple[int, str]], first: int) -> list[Object]:
    """The objects of a font with the glyphs that are shown, numbered from ``first``; the last is the font itself.

    Letters of one kind often have the same.
    """
    objects: list[Object] = []

    def add(item: Object) -> str:
        item.number = first + len(objects)
        item.reference = f"{item.number} 0 R"
        objects.append(item)
        return item.reference

    subset = _written_font(font, shown)
    data, name = subset.data, subset.name
    about = {"Subtype": "/OpenType"} if font.is_cubic else {"Length1": len(data)}
    file = add(FixedStream([data], about, subset.packed))
    metrics = fonts.metrics(font.face.family, font.face.bold, font.face.italic)
    up, down = (round(part * 1000) for part in metrics.drawn)
    descriptor = add(FixedDictionary({
        "Type": "/FontDescriptor", "FontName": name, "FontFamily": String(font.face.family),
        "Flags": _SYMBOLIC + _ITALIC * font.face.italic + _SERIF * ("Serif" in font.face.family),
        "FontBBox": Array([0, -down, subset.widest, up]), "ItalicAngle": 0, "Ascent": up,
        "Descent": -down, "CapHeight": up, "StemV": 80, "StemH": 80,
        "FontFile3" if font.is_cubic else "FontFile2": file,
    }))  # fmt: skip
    system = Dictionary({"Registry": String("Adobe"), "Ordering": String("Identity"), "Supplement": 0})
    inner = add(FixedDictionary({
        "Type": "/Font", "Subtype": "/CIDFontType0" if font.is_cubic else "/CIDFontType2", "BaseFont": name,
        "CIDSystemInfo": system, **({} if font.is_cubic else {"CIDToGIDMap": "/Identity"}),
        "FontDescriptor": descriptor, "W": subset.widths,
    }))  # fmt: skip
    texts = add(FixedStream(packed=subset.packed_texts))
    add(FixedDictionary({
        "Type": "/Font", "Subtype": "/Type0", "BaseFont": name, "Encoding": "/Identity-H",
        "DescendantFonts": Array([inner]), "ToUnicode": texts,
    }))  # fmt: skip
    return objects


def _runs_of(widths: dict[int, float]) -> Any:
    """Glyph widths as a PDF lists them: consecutive glyphs by the first one (ISO 32000-1, 9.7.4.3)."""
    found = Array([])
    for glyph, width in widths.items():
        if glyph - 1 in widths:
            found[-1].append(width)
        else:
            found += [glyph, Array([width])]
    return FixedArray(found)


def character_map(glyphs: dict[int, str]) -> bytes:
    """The ToUnicode map of a font: the characters that each glyph stands for (ISO 32000-1, 9.10.3)."""
    lines = [f"<{glyph:04x}> <{characters.encode('utf-16-be').hex()}>" for glyph, characters in sorted(glyphs.items())]
    groups = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    said = "\n".join(["\n".join([f"{len(group)} beginbfchar", *group, "endbfchar"]) for group in groups])
    return _CMAP.format(said).encode()
