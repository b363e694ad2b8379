"""The last step of either writer: the structure tree, and whatever else PDF/A-2 and PDF/UA-1 require.

The pages are drawn, every piece of text and every picture under a numbered mark (MCID). WeasyPrint builds its PDF from
the objects of pydyf, which it brings with it, and the composer from those of its `pdf_output`, which have the same
names; the module is passed in. The standards are ISO 19005-2 (PDF/A-2) and ISO 14289-1 (PDF/UA-1).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from letters.pdf.kept_results import KeptResults
from letters.pdf.tags.structure import Clickable, Mark, Node, StructureTree

_PRINTED = 4  # annotation flag Print (ISO 32000-1, 12.5.3), which PDF/A requires
_DEEPEST = 28  # nested graphics states (ISO 19005-2, 6.1.13)
_EMBEDDED = {"FontFile", "FontFile2", "FontFile3"}
Describe = Callable[[StructureTree, list[str], Mapping[str, str]], bytes]
"""Gives the metadata of a file: from its structure, the troubles found in it, and its Info entries."""

MarkPlaces = dict[int, tuple[list[Any], int]]
"""Where each mark of a page is opened, by its number: the content stream and the index in it."""


def write_structure(
    pydyf: Any,
    pdf: Any,
    tree: StructureTree,
    counts: list[int],
    describe: Describe,
    places: list[MarkPlaces] | None = None,
) -> None:
    """Write the structure and the metadata of a PDF whose pages are drawn.

    Args:
        pydyf: the module the PDF was made with: pydyf, or `pdf_output`.
        counts: how many marks each page has; they are numbered from 0.
        describe: gives the metadata.
        places: where the marks of each page are opened, so that each can be named after its element; None where the
            writer has done so.
    """
    writer = _TreeWriter(pydyf, pdf, counts, places)
    writer.write(tree)
    for page, number, kind in tree.furniture:
        writer.furnish(page, number, kind)
    for place in tree.idle:
        marks = writer.pages[place.page]["Annots"]
        marks.remove(place.annotation.reference)
    for sheet in writer.pages:
        if sheet.get("Annots") == []:
            del sheet["Annots"]
    others = [*pdf.objects[: writer.elements.start], *pdf.objects[writer.elements.stop :]]
    _conform(pydyf, pdf, others)
    info = {key: text.string for key, text in pdf.info.items()}
    stream = pydyf.Stream(
        [describe(tree, list(_troubles(pdf, others)), info)], {"Type": "/Metadata", "Subtype": "/XML"}
    )
    pdf.add_object(stream)
    pdf.catalog["Metadata"] = stream.reference


def _conform(pydyf: Any, pdf: Any, objects: list[Any]) -> None:
    """Set what PDF/A requires and neither writer sets: annotation flags, no interpolation, the color profile.

    Args:
        objects: those of the file but the elements of its structure.
    """
    for item in objects:
        if isinstance(item, dict) and item.get("Type") == "/Annot":
            item["F"] = _PRINTED
        extra = getattr(item, "extra", {})
        if "Interpolate" in extra:  # a viewer must not blur the pixels of a picture (6.2.8)
            extra["Interpolate"] = "false"
    profile = pydyf.Stream([_color_profile()], {"N": 3, "Filter": "/FlateDecode"})
    pdf.add_object(profile)
    name = pydyf.String("sRGB IEC61966-2.1")
    intent = {"Type": "/OutputIntent", "S": "/GTS_PDFA1", "OutputConditionIdentifier": name, "Info": name}
    intent["DestOutputProfile"] = profile.reference
    pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])


@cache
def _color_profile() -> bytes:
    """The ICC profile of sRGB, the color space of every letter, compressed.

    The file is that of the International Color Consortium (www.color.org/srgbprofiles.xalter), which may be copied,
    distributed and embedded without restriction as long as it is not altered.
    """
    return zlib.compress(Path(__file__).with_name("sRGB2014.icc").read_bytes(), 9)


def pages_of(pdf: Any) -> list[Any]:
    """The page objects of a pydyf PDF, in order."""
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]


@cache
def _kind_of_written(pydyf: Any) -> Any:
    """The class of objects that are written already: ``source`` is what is in the file. An element is never changed
    once its kids are known, and a letter has more elements than other objects.
    """
    return type("Written", (pydyf.Object,), {"source": "", "data": property(lambda self: self.source.encode("ascii"))})


class _WrittenTree(Struct, frozen=True):
    """The elements of a structure, as they are written."""

    objects: list[Any]
    kids: str
    """References to those directly below the root."""
    page: str | None
    """The page that marks directly below the root are on."""
    owners: str
    """For each mark and link, the element it belongs to."""


_TREES = KeptResults[_WrittenTree](5_000)
"""A number of elements: letters of one kind often have the same."""


class _TreeWriter:
    """Writes nodes as structure elements, and records which element each mark belongs to (ISO 32000-1, 14.7.4)."""

    def __init__(self, pydyf: Any, pdf: Any, counts: list[int], places: list[MarkPlaces] | None) -> None:
        self.pydyf, self.pdf = pydyf, pdf
        self.written = _kind_of_written(pydyf)
        self.pages = pages_of(pdf)
        self.page_references = [f"{page.number} 0 R" for page in self.pages]
        self.owners = [["null"] * count for count in counts]
        self.links: list[str] = []
        self.elements = range(0)
        """The numbers of the elements."""
        self.places: list[MarkPlaces] = places if places is not None else [{} for _ in self.pages]

    def write(self, tree: StructureTree) -> None:
        root = object_at(self.pdf, self.pdf.catalog["StructTreeRoot"])
        top = object_at(self.pdf, root["K"][0])
        first = len(self.pdf.objects)
        found = self._elements(tree, top.number)
        self.elements = range(first, len(self.pdf.objects))
        if found.page is not None:
            top["Pg"] = found.page
        top["K"] = found.kids
        object_at(self.pdf, root["ParentTree"])["Nums"] = found.owners
        root["ParentTreeNextKey"] = len(self.owners) + len(self.links)

    def _elements(self, tree: StructureTree, top: int) -> _WrittenTree:
        """Write all elements, unless an earlier file has the very same ones."""
        shape, first = tree.shape, len(self.pdf.objects)
        key = shape, first, top, *self.page_references, *map(len, self.owners)
        known = None if shape is None else _TREES.get(key)
        if known is not None:
            self.pdf.objects += known.objects
            return known
        kids, page = self._kids(tree.document, f"{top} 0 R")
        numbers = [f"[{' '.join(owners)}]" for owners in self.owners] + self.links
        said = " ".join([f"{at} {owners}" for at, owners in enumerate(numbers)])
        found = _WrittenTree(self.pdf.objects[first:], kids, page, f"[{said}]")
        if shape is not None:
            _TREES.keep(key, None, found, len(found.objects))
        return found

    def _element(self, node: Node, above: str) -> str:
        """Write an element, and return the reference to it."""
        element = self.written()
        self.pdf.add_object(element)
        reference = f"{element.number} 0 R"
        about = "".join([f"/{key} {value}" for key, value in self._entries(node, element.number)])
        kids, page = self._kids(node, reference)
        on = "" if page is None else f"/Pg {page}"
        element.source = f"<</Type /StructElem/S /{node.kind}/P {above}{about}{on}/K {kids}>>"
        return reference

    def _entries(self, node: Node, number: int) -> Iterator[tuple[str, str]]:
        """What is said of an element beside its kind and its place in the tree."""
        if node.language:
            yield "Lang", self._string(node.language)
        if node.spoken:
            yield "ActualText", self._string(node.spoken)
        if node.alternative and node.kind in ("Figure", "Formula"):
            yield "Alt", self._string(node.alternative)
        if node.kind == "Note":  # each needs an identifier (ISO 14289-1, 7.9)
            yield "ID", self._string(f"note-{number}")
        if attributes := self._attributes(node):
            yield "A", f"<<{attributes}>>"

    def _string(self, text: str) -> str:
        return _said(self.pydyf.String(text))

    def _kids(self, node: Node, element: str) -> tuple[str, str | None]:
        """The kids of an element, and the reference to the page that its marks are on unless they say otherwise."""
        kids: list[str] = []
        own: int | None = None
        for kid in node.kids:
            if isinstance(kid, Node):
                kids.append(self._element(kid, element))
            elif isinstance(kid, Mark):
                if own is None:
                    own = kid.page
                kids.append(self._content(kid, own, node, element))
            else:
                kids.append(self._place(kid, node, element))
        return f"[{' '.join(kids)}]", None if own is None else self.page_references[own]

    def _content(self, mark: Mark, own: int, node: Node, element: str) -> str:
        page, number = mark.page, mark.number
        self.owners[page][number] = element
        if number in self.places[page]:  # it is not in an inner layer, which the comparison of words reports
            stream, at = self.places[page][number]
            stream[at - 1] = f"/{node.kind}"
        return str(number) if page == own else f"<</Type /MCR/Pg {self.page_references[page]}/MCID {number}>>"

    def _place(self, place: Clickable, node: Node, element: str) -> str:
        annotation = place.annotation
        annotation["StructParent"] = len(self.owners) + len(self.links)
        self.links.append(element)
        if node.alternative:
            annotation["Contents"] = self.pydyf.String(node.alternative)
        return f"<</Type /OBJR/Obj {annotation.number} 0 R/Pg {self.page_references[place.page]}>>"

    def _attributes(self, node: Node) -> str:
        if node.kind in ("TH", "TD"):
            said = f"/Scope /{node.scope}" if node.kind == "TH" else ""
            said += f"/ColSpan {node.columns}" if node.columns > 1 else ""
            said += f"/RowSpan {node.rows}" if node.rows > 1 else ""
            return f"/O /Table{said}" if said else ""
        if node.kind == "L":
            return f"/O /List/ListNumbering /{node.numbering}"
        if node.box is not None:
            page, left, top, right, bottom = node.box
            height = self.pages[page]["MediaBox"][3]
            edges = _said(self.pydyf.Array((left, height - bottom, right, height - top)))
            return f"/O /Layout/BBox {edges}"
        return ""

    def furnish(self, page: int, number: int, kind: str) -> None:
        """Mark a piece of content as page furniture; repeated table headers count as layout."""
        if number not in self.places[page]:
            return
        stream, at = self.places[page][number]
        stream[at - 1] = "/Artifact"
        stream[at] = self.pydyf.Dictionary(
            {"Type": "/Pagination", "Subtype": f"/{kind}"} if kind else {"Type": "/Layout"}
        )


def _troubles(pdf: Any, objects: list[Any]) -> Iterator[str]:
    """What keeps the finished file from a claim, by the names that ``claims`` uses.

    Args:
        objects: those of the file but the elements of its structure.
    """
    for item in objects:
        if getattr(item, "extra", {}).get("ColorSpace") == "/DeviceCMYK":
            yield "cmyk"
        kind = item.get("Subtype") if isinstance(item, dict) and item.get("Type") == "/Font" else None
        if kind in ("/CIDFontType0", "/CIDFontType2"):
            descriptor = object_at(pdf, item["FontDescriptor"])
            files = [object_at(pdf, descriptor[key]) for key in _EMBEDDED & descriptor.keys()]
            if not files or not _agree(item["W"], files[0].stream):
                yield "font"
        elif kind == "/Type3":  # glyphs that are drawings
            yield "font"
    if any(_depth(stream) > _DEEPEST for stream in _page_streams(pdf, objects)):
        yield "depth"


def _said(item: Any) -> str:
    """An object as it is written."""
    data: bytes = item.data
    return data.decode("ascii")


def object_at(pdf: Any, reference: bytes) -> Any:
    """The object of a pydyf PDF that a reference is to."""
    return pdf.objects[int(reference.split()[0])]


_AGREEING = KeptResults[bool](100)


def _agree(said: list[Any], file: list[bytes]) -> bool:
    """The same as `_are_as_wide`, found out once for a font that several files embed."""
    key = id(said), *map(id, file)
    found = _AGREEING.get(key)
    if found is None:
        found = _are_as_wide(said, b"".join(file))
        _AGREEING.keep(key, (said, *file), found)
    return found


def _are_as_wide(said: list[Any], font: bytes) -> bool:
    """Whether the glyphs of a font are as wide as the file says, in thousandths of the size (ISO 19005-2, 6.2.11.5).

    They are not where two fonts were taken for one, or where the glyphs are pictures.
    """
    count = int.from_bytes(font[4:6], "big")
    tables = {font[at : at + 4]: struct.unpack(">II", font[at + 8 : at + 16]) for at in range(12, 12 + 16 * count, 16)}
    em = struct.unpack_from(">H", font, tables[b"head"][0] + 18)[0]
    long = struct.unpack_from(">H", font, tables[b"hhea"][0] + 34)[0]
    start = tables[b"hmtx"][0]
    for first, widths in zip(said[::2], said[1::2], strict=True):
        for glyph, width in enumerate(widths, first):
            own = struct.unpack_from(">H", font, start + 4 * min(glyph, long - 1))[0] * 1000 / em
            if abs(own - width) > 1:
                return False
    return True


def _page_streams(pdf: Any, objects: list[Any]) -> Iterator[list[Any]]:
    for page in objects:
        if isinstance(page, dict) and page.get("Type") == "/Page":
            yield object_at(pdf, page["Contents"]).stream


def _depth(content: list[Any]) -> int:
    """How deep graphics states are nested."""
    deepest = depth = 0
    for item in content:
        if item == b"q":
            depth += 1
            deepest = max(deepest, depth)
        elif item == b"Q":
            depth -= 1
    return deepest
