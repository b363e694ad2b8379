"""The file that each paragraph of a part comes from, and its number there, so that messages match what authors see.

A part of a template may contain shared passages, which are separate files. The template's own paragraphs keep the
numbers they have without the passages.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree
from msgspec import Struct

from letters.assembly.template.tags import TagPlace
from letters.docx.markup import around, numbered, text_of
from letters.docx.names import ID, TBL, P, ws

_NOTES = ws("footnote endnote")


class WordingSource(Struct, frozen=True, eq=False):
    """Something whose paragraphs are counted separately: a part of the template, or one inclusion of a passage.

    Args:
        label: its name in messages, beginning with the file.
        around: what includes it; None for a part of the template.
    """

    label: str
    around: WordingSource | None = None

    def within(self, other: WordingSource) -> bool:
        """Whether this is ``other``, or is included by it."""
        return self is other or (self.around is not None and self.around.within(other))


NO_SOURCE = WordingSource("")  # for a text that is not in a document


class ParagraphOrigin(Struct, frozen=True):
    """The source of a paragraph, and its number there."""

    source: WordingSource
    number: int


class ParagraphOrigins:
    """The origin of every paragraph of one part."""

    def __init__(self, root: etree._Element, label: str, notes: Mapping[str, int] | None = None) -> None:
        """Find where each paragraph is.

        Args:
            label: the name of the part in messages, beginning with the file.
            notes: the number of each footnote or endnote by its id, as a reader sees it. Each note counts separately.
        """
        self.own = WordingSource(label)
        self._found = {paragraph: ParagraphOrigin(self.own, number) for number, paragraph in numbered(root)}
        for note in root.iterchildren(*_NOTES):
            number = (notes or {}).get(note.get(ID, ""))
            if number is not None:
                self._number_apart(note, WordingSource(f"{label.removesuffix('s')} {number}"))

    def _number_apart(self, note: etree._Element, source: WordingSource) -> None:
        paragraphs = list(numbered(note))
        alone = len(paragraphs) == 1
        self._found |= {node: ParagraphOrigin(source, 0 if alone else number) for number, node in paragraphs}

    def __getitem__(self, paragraph: etree._Element) -> ParagraphOrigin:
        return self._found[paragraph]

    def __setitem__(self, paragraph: etree._Element, origin: ParagraphOrigin) -> None:
        self._found[paragraph] = origin

    def source(self, node: etree._Element) -> WordingSource:
        """The source of any node in the part, including the properties of a table."""
        paragraph = self._paragraph(node)
        if paragraph is None and (table := node if node.tag == TBL else around(node, TBL)) is not None:
            paragraph = next(table.iter(P), None)
        return self.own if paragraph is None else self._found[paragraph].source

    def where(self, node: etree._Element) -> TagPlace:
        """The place of the paragraph that contains ``node``."""
        paragraph = self._paragraph(node)
        if paragraph is None:
            return TagPlace(self.source(node).label)
        origin = self._found[paragraph]
        return TagPlace(origin.source.label, origin.number, words=text_of(paragraph))

    def _paragraph(self, node: etree._Element) -> etree._Element | None:
        return node if node.tag == P else around(node, P)
