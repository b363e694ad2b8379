"""Last touches on a PDF before it is written: what is told of it, what is page furniture, and what it may claim.

WeasyPrint has drawn the pages, every piece of text and every picture under a numbered mark. The structure tree is
written here (see ``structure``), and what PDF/A-2 (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) ask for beside it."""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from letters.pdf.tags.structure import Clickable, Mark, Node, Told, tell

_PRINTED = 4  # annotation flag Print (ISO 32000-1, 12.5.3), without which PDF/A takes no annotation
_DEEPEST = 28  # graphics states kept at once (ISO 19005-2, 6.1.13)
_EMBEDDED = {"FontFile", "FontFile2", "FontFile3"}
Describe = Callable[[Node, list[str], Mapping[str, str]], bytes]
"""Writes the metadata of a file by what is told of it, what was found in it, and what its Info entries say."""

Shown = dict[int, tuple[list[Any], int]]
"""Where in a page's content each mark is opened: by its number."""


class Finisher:
    """Writes the structure of one PDF while WeasyPrint writes its pages."""

    def __init__(self, pydyf: Any, pages: list[Any], describe: Describe) -> None:
        self._pydyf, self._pages, self._describe = pydyf, pages, describe
        self._boxes = [page._page_box for page in pages]
        self._marks: list[dict[Any, int]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Remember the mark each box is drawn under; WeasyPrint forgets them when it has written tags of its own.

        It is shown empty pages once a page is painted, so that it has nothing to write.
        """
        for page in self._pages:
            page.paint = self._painter(page, page.paint)
        try:
            yield
        finally:
            for page, box in zip(self._pages, self._boxes, strict=True):
                page._page_box = box
                del page.paint

    def _painter(self, page: Any, paint: Any) -> Any:
        def painted(stream: Any, scale: float = 1) -> None:
            paint(stream, scale)
            self._marks.append({box: mark["mcid"] for box, mark in stream._tags.items()})
            stream._tags.clear()
            page._page_box = page._page_box.copy_with_children(())

        return painted

    def finish(self, pdf: Any) -> None:
        """Write the structure and the metadata, once everything else is written."""
        told = tell(self._boxes, self._marks)
        shown = [_shown(_at(pdf, page["Contents"])) for page in _pages(pdf)]
        complete(self._pydyf, pdf, told, [len(page) for page in self._marks], shown, self._describe)


def complete(
    pydyf: Any, pdf: Any, told: Told, counts: list[int], shown: list[Shown] | None, describe: Describe
) -> None:
    """Write the structure and the metadata of a PDF whose pages are drawn.

    Args:
        counts: how many marks each page has, numbered from 0.
        shown: where in each page's content each mark is opened, so that it can be named after its element; None where
            it is already.
    """
    writer = _TreeWriter(pydyf, pdf, counts, shown)
    writer.write(told.document)
    for page, number, kind in told.furniture:
        writer.furnish(page, number, kind)
    for place in told.idle:
        marks = writer.pages[place.page]["Annots"]
        marks.remove(place.annotation.reference)
    for sheet in writer.pages:
        if sheet.get("Annots") == []:
            del sheet["Annots"]
    _mend(pydyf, pdf)
    info = {key: text.string for key, text in pdf.info.items()}
    stream = pydyf.Stream(
        [describe(told.document, list(_troubles(pdf)), info)], {"Type": "/Metadata", "Subtype": "/XML"}
    )
    pdf.add_object(stream)
    pdf.catalog["Metadata"] = stream.reference


def _mend(pydyf: Any, pdf: Any) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("Type") == "/Annot":
            item["F"] = _PRINTED
        extra = getattr(item, "extra", {})
        if "Interpolate" in extra:  # a viewer's guess at what is between two points of a picture (6.2.8)
            extra["Interpolate"] = "false"
    profile = pydyf.Stream([_colours()], {"N": 3}, compress=True)
    pdf.add_object(profile)
    name = pydyf.String("sRGB IEC61966-2.1")
    intent = {"Type": "/OutputIntent", "S": "/GTS_PDFA1", "OutputConditionIdentifier": name, "Info": name}
    intent["DestOutputProfile"] = profile.reference
    pdf.catalog["OutputIntents"] = pydyf.Array([pydyf.Dictionary(intent)])


@cache
def _colours() -> bytes:
    """The ICC profile of sRGB, which comes with WeasyPrint: what the colours of a letter mean."""
    # Found without importing it, which takes longer than a letter.
    there = str(getattr(importlib.util.find_spec("weasyprint"), "origin", ""))
    return (Path(there).parent / "pdf" / "sRGB2014.icc").read_bytes()


def _pages(pdf: Any) -> list[Any]:
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]


class _TreeWriter:
    """Writes nodes as structure elements, and says under each mark to which it belongs (ISO 32000-1, 14.7.4)."""

    def __init__(self, pydyf: Any, pdf: Any, counts: list[int], shown: list[Shown] | None) -> None:
        self.pydyf, self.pdf = pydyf, pdf
        self.pages = _pages(pdf)
        self.owners: list[list[Any]] = [[b"null"] * count for count in counts]
        self.links: list[bytes] = []
        self.shown: list[Shown] = shown if shown is not None else [{} for _ in self.pages]

    def write(self, document: Node) -> None:
        root = _at(self.pdf, self.pdf.catalog["StructTreeRoot"])
        top = _at(self.pdf, root["K"][0])
        top["K"] = self._kids(document, top)
        numbers = self.pydyf.Array()
        for at, owners in enumerate([*map(self.pydyf.Array, self.owners), *self.links]):
            numbers += [at, owners]
        _at(self.pdf, root["ParentTree"])["Nums"] = numbers
        root["ParentTreeNextKey"] = len(self.owners) + len(self.links)

    def _element(self, node: Node, above: Any) -> Any:
        element = self.pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.kind}", "P": above.reference})
        self.pdf.add_object(element)
        if node.language:
            element["Lang"] = self.pydyf.String(node.language)
        if node.spoken:
            element["ActualText"] = self.pydyf.String(node.spoken)
        if node.alternative and node.kind == "Figure":
            element["Alt"] = self.pydyf.String(node.alternative)
        if node.kind == "Note":  # each needs a name of its own (ISO 14289-1, 7.9)
            element["ID"] = self.pydyf.String(f"note-{element.number}")
        attributes = self._attributes(node)
        if attributes:
            element["A"] = self.pydyf.Dictionary(attributes)
        element["K"] = self._kids(node, element)
        return element

    def _kids(self, node: Node, element: Any) -> Any:
        kids = self.pydyf.Array()
        own = next((kid.page for kid in node.kids if isinstance(kid, Mark)), None)
        if own is not None:
            element["Pg"] = self.pages[own].reference
        for kid in node.kids:
            if isinstance(kid, Node):
                kids.append(self._element(kid, element).reference)
            elif isinstance(kid, Mark):
                kids.append(self._content(kid, own, node, element))
            else:
                kids.append(self._place(kid, node, element))
        return kids

    def _content(self, mark: Mark, own: int | None, node: Node, element: Any) -> Any:
        self.owners[mark.page][mark.number] = element.reference
        if mark.number in self.shown[mark.page]:  # not in a layer, which the comparison of words then finds lacking
            stream, at = self.shown[mark.page][mark.number]
            stream[at - 1] = f"/{node.kind}"
        if mark.page == own:
            return mark.number
        page = self.pages[mark.page].reference
        return self.pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": mark.number})

    def _place(self, place: Clickable, node: Node, element: Any) -> Any:
        annotation = place.annotation
        annotation["StructParent"] = len(self.owners) + len(self.links)
        self.links.append(element.reference)
        if node.alternative:
            annotation["Contents"] = self.pydyf.String(node.alternative)
        page = self.pages[place.page].reference
        return self.pydyf.Dictionary({"Type": "/OBJR", "Obj": annotation.reference, "Pg": page})

    def _attributes(self, node: Node) -> dict[str, Any]:
        if node.kind in ("TH", "TD"):
            spans = {"ColSpan": node.columns, "RowSpan": node.rows}
            wide = {name: count for name, count in spans.items() if count > 1}
            scope = {"Scope": "/Column"} if node.kind == "TH" else {}
            return {"O": "/Table", **scope, **wide} if scope or wide else {}
        if node.kind == "L":
            return {"O": "/List", "ListNumbering": f"/{node.numbering}"}
        if node.box is not None:
            page, left, top, right, bottom = node.box
            height = self.pages[page]["MediaBox"][3]
            return {"O": "/Layout", "BBox": self.pydyf.Array((left, height - bottom, right, height - top))}
        return {}

    def furnish(self, page: int, number: int, kind: str) -> None:
        """Mark a piece of content as page furniture; header rows shown again are a matter of layout."""
        if number not in self.shown[page]:
            return
        stream, at = self.shown[page][number]
        stream[at - 1] = "/Artifact"
        stream[at] = self.pydyf.Dictionary(
            {"Type": "/Pagination", "Subtype": f"/{kind}"} if kind else {"Type": "/Layout"}
        )


def _shown(stream: Any) -> Shown:
    """Where in a page's content each mark is opened: by its number."""
    content = stream.stream
    return {item["MCID"]: (content, at) for at, item in enumerate(content) if isinstance(item, dict) and "MCID" in item}


def _troubles(pdf: Any) -> Iterator[str]:
    """What is found in the finished file that keeps it from a claim, by its name in ``claims``."""
    for item in pdf.objects:
        if getattr(item, "extra", {}).get("ColorSpace") == "/DeviceCMYK":
            yield "cmyk"
        kind = item.get("Subtype") if isinstance(item, dict) and item.get("Type") == "/Font" else None
        if kind in ("/CIDFontType0", "/CIDFontType2"):
            descriptor = _at(pdf, item["FontDescriptor"])
            files = [_at(pdf, descriptor[key]) for key in _EMBEDDED & descriptor.keys()]
            if not files or not _agree(item["W"], b"".join(files[0].stream)):
                yield "font"
        elif kind == "/Type3":  # pictures of letters
            yield "font"
    if any(_depth(stream) > _DEEPEST for stream in _page_streams(pdf)):
        yield "depth"


def _at(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _agree(said: list[Any], font: bytes) -> bool:
    """Whether a font's characters are as wide as the file says (ISO 19005-2, 6.2.11.5), in thousandths of the size.

    They are not where two fonts were taken for one, or where a font's characters are pictures.
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


def _page_streams(pdf: Any) -> Iterator[list[Any]]:
    for page in pdf.objects:
        if isinstance(page, dict) and page.get("Type") == "/Page":
            yield _at(pdf, page["Contents"]).stream


def _depth(content: list[Any]) -> int:
    """How many graphics states are kept at once at most."""
    deepest = depth = 0
    for item in content:
        if item == b"q":
            depth += 1
            deepest = max(deepest, depth)
        elif item == b"Q":
            depth -= 1
    return deepest
