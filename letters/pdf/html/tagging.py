"""Tags the PDF that WeasyPrint writes: its own tags are dropped, and ours are written in their place.

WeasyPrint draws every piece of text and every picture under a numbered mark (MCID), and forgets which mark belongs to
which box once it has written its own tags. So the marks are recorded while the pages are painted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from letters.pdf.html.box_structure import structure_of
from letters.pdf.tags.tree import Describe, MarkPlaces, object_at, pages_of, write_structure


class Tagger:
    """Tags one PDF while WeasyPrint writes it."""

    def __init__(self, pydyf: Any, pages: list[Any], describe: Describe) -> None:
        self._pydyf, self._pages, self._describe = pydyf, pages, describe
        self._boxes = [page._page_box for page in pages]
        self._marks: list[dict[Any, int]] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record the mark that each box is drawn under.

        Once a page is painted, WeasyPrint is shown an empty page, so that it has no tags of its own to write.
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
        tree = structure_of(self._boxes, self._marks)
        places = [_mark_places(object_at(pdf, page["Contents"])) for page in pages_of(pdf)]
        write_structure(self._pydyf, pdf, tree, [len(page) for page in self._marks], self._describe, places)


def _mark_places(stream: Any) -> MarkPlaces:
    content = stream.stream
    return {item["MCID"]: (content, at) for at, item in enumerate(content) if isinstance(item, dict) and "MCID" in item}
