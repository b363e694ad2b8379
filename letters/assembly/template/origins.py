"""Where the paragraphs of a part come from: each is named and counted in the file its author has open.

A part of a template may hold passages, which are files of their own; the template's paragraphs keep the numbers they
have without them.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from letters.assembly.template.tags import TagPlace
from letters.docx.markup import TBL, P, around, numbered, text_of


@dataclass(frozen=True, eq=False)
class WordingSource:
    """What is counted on its own: a part of the template, or a passage each time it is included.

    Args:
        label: how messages call it, the file first.
        around: what includes it; None for a part of the template.
    """

    label: str
    around: WordingSource | None = None

    def within(self, other: WordingSource) -> bool:
        """Whether this is ``other``, or is included by it."""
        return self is other or (self.around is not None and self.around.within(other))


WHOLE = WordingSource("")  # of a text that is no part of a document


@dataclass(frozen=True, slots=True)
class Origin:
    """A paragraph's own file, and its number there."""

    source: WordingSource
    number: int


class Origins:
    """The origin of every paragraph of one part."""

    def __init__(self, root: etree._Element, label: str) -> None:
        self.own = WordingSource(label)
        self._found = {paragraph: Origin(self.own, number) for number, paragraph in numbered(root)}

    def __getitem__(self, paragraph: etree._Element) -> Origin:
        return self._found[paragraph]

    def __setitem__(self, paragraph: etree._Element, origin: Origin) -> None:
        self._found[paragraph] = origin

    def source(self, node: etree._Element) -> WordingSource:
        """The source of anything in the part; of a table's own properties too."""
        paragraph = self._paragraph(node)
        if paragraph is None and (table := node if node.tag == TBL else around(node, TBL)) is not None:
            paragraph = next(table.iter(P), None)
        return self.own if paragraph is None else self._found[paragraph].source

    def where(self, node: etree._Element) -> TagPlace:
        """The paragraph ``node`` stands in."""
        paragraph = self._paragraph(node)
        if paragraph is None:
            return TagPlace(self.source(node).label)
        origin = self._found[paragraph]
        return TagPlace(origin.source.label, origin.number, words=text_of(paragraph))

    def _paragraph(self, node: etree._Element) -> etree._Element | None:
        return node if node.tag == P else around(node, P)
