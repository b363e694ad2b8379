"""Last touches on the tags of a PDF before it is written, so that what an assistive reader hears is the letter."""

from __future__ import annotations

from typing import Any


class Finisher:
    """Last touches on the tags before the file is written.

    WeasyPrint marks the words of headers and footers as content and then leaves them out of the structure; they are
    page furniture, which PDF has a mark for (ISO 32000-1, 14.8.2.2). And it takes the words of a list item
    for a paragraph beside the label instead of the item's body (14.8.4.3.3).
    """

    def __init__(self, pydyf: Any, pdf: Any, pages: list[Any]) -> None:
        self._pydyf, self._pdf, self._pages_laid_out = pydyf, pdf, pages
        self._by_reference = {item.reference: item for item in pdf.objects}
        self._repeated: set[bytes] = set()
        """Header rows shown again on later pages of a table, and all in them."""

    def finish(self, xmp: bytes) -> None:
        metadata = self._pydyf.Stream([xmp], {"Type": "/Metadata", "Subtype": "/XML"})
        self._pdf.add_object(metadata)
        self._pdf.catalog["Metadata"] = metadata.reference
        root = self._by_reference[self._pdf.catalog["StructTreeRoot"]]
        top = self._by_reference[root["K"][0]]
        self._join_tables()
        self._prune(top)
        linked: set[bytes] = set()
        self._collect(top, linked)
        nums = self._by_reference[root["ParentTree"]]["Nums"]
        for at, page in enumerate(self._pages()):
            parents = nums[2 * at + 1]
            loose = {mark for mark, reference in enumerate(parents) if reference not in linked}
            if loose:
                repeated = {mark for mark in loose if parents[mark] in self._repeated}
                self._mark_furniture(self._by_reference[page["Contents"]], loose, repeated)
                for mark in loose:
                    parents[mark] = "null"

    def _pages(self) -> list[Any]:
        return [item for item in self._pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]

    def _collect(self, element: Any, linked: set[bytes]) -> None:
        linked.add(element.reference)
        for kid in element["K"]:
            if isinstance(kid, bytes) and (child := self._by_reference.get(kid)) is not None and "K" in child:
                self._collect(child, linked)

    def _prune(self, element: Any) -> bool:
        """Drop elements without content, name the body of list items; says whether anything is left."""
        kept = []
        for kid in element["K"]:
            child = self._by_reference.get(kid) if isinstance(kid, bytes) else None
            if child is None or child.get("Type") != "/StructElem":
                kept.append(kid)
                continue
            if element["S"] == "/LI" and child["S"] in ("/P", "/Div"):
                child["S"] = "/LBody"
            if self._prune(child) or child["S"] in ("/TD", "/TH", "/TR", "/LBody"):
                kept.append(kid)
        element["K"] = self._pydyf.Array(kept)
        return bool(kept)

    def _join_tables(self) -> None:
        """Make one table again of its pieces on several pages, without the header rows repeated on later ones.

        Nothing in the tags says which pieces belong together; the laid-out cells do, by the element they come from.
        """
        first: dict[Any, Any] = {}
        joined: set[bytes] = set()
        for page in self._pages_laid_out:
            for box in page._page_box.descendants(placeholders=True):
                if box.element_tag != "th" or not isinstance(getattr(box, "mark", None), dict):
                    continue
                piece = self._holder(box.mark, "/Table")
                table = first.setdefault(box.element, piece)
                if piece is not table and piece.reference not in joined:
                    joined.add(piece.reference)
                    holder = self._by_reference[piece["P"]]
                    holder["K"] = self._pydyf.Array(kid for kid in holder["K"] if kid != piece.reference)
                    self._move_rows(piece, table)

    def _holder(self, element: Any, kind: str) -> Any:
        while element["S"] != kind:
            element = self._by_reference[element["P"]]
        return element

    def _move_rows(self, piece: Any, table: Any) -> None:
        for kid in piece["K"]:
            part = self._by_reference[kid]
            if part["S"] == "/THead":
                self._collect(part, self._repeated)
            else:
                part["P"] = table.reference
                table["K"].append(kid)

    def _mark_furniture(self, stream: Any, loose: set[int], repeated: set[int]) -> None:
        for at, item in enumerate(stream.stream):
            if isinstance(item, dict) and item.get("MCID") in loose:
                stream.stream[at - 1] = "/Artifact"
                kind = "/Layout" if item["MCID"] in repeated else "/Pagination"
                stream.stream[at] = self._pydyf.Dictionary({"Type": kind})
