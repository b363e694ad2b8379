"""One part of a template that contains tags (body, header, footnotes …), compiled once and filled for each letter.

This is the only module that calls docxtpl, for its patching of table cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct, field

from letters._text.languages import Language
from letters._text.limited_memory import remember
from letters.assembly.template.paragraph_forms import (
    LONG,
    FilledOutline,
    FilledParagraph,
    PartForms,
    finished,
    has_leftover,
    kept,
)
from letters.assembly.template.rich_text import ListNumbering, expanded, is_marked
from letters.assembly.template.sandbox import CompiledText, with_braces
from letters.assembly.template.structure_repair import PartStructure
from letters.assembly.template.tags import CELL_WORDS, Tag
from letters.docx.markup import (
    DOCUMENT_HEAD,
    STRICT,
    with_stops_set,
    without_blank_marks,
    without_empty_runs,
)
from letters.docx.names import TC, TC_PR, T, w
from letters.docx.package import QUICK, Packed, parse_xml
from letters.docx.paragraph_texts import PARAGRAPH_END, joined, paragraph, taken_apart
from letters.errors import TemplateAtFault

_TC_PR_ORDER = {
    w(name): place
    for place, name in enumerate(
        [
            "cnfStyle",
            "tcW",
            "gridSpan",
            "hMerge",
            "vMerge",
            "tcBorders",
            "shd",
            "noWrap",
            "tcMar",
            "textDirection",
            "tcFitText",
            "vAlign",
            "hideMark",
        ]
    )
}

_TREES_KEPT = 32
_SHAPES_KEPT = 32


class TemplatePart(Struct, frozen=True, eq=False):
    """One compiled part.

    Args:
        name: of the part in the package.
        script: its XML with tags, compiled.
        structure: that the filled part must have.
        words: every word in its tags, and so every name it may use.
        label: its name in messages.
        lists: of the template, for answers with formatting.
        is_american: whether commas and periods stand inside quotation marks.
        forms: of its paragraphs.
    """

    name: str
    script: CompiledText
    structure: PartStructure
    words: frozenset[str]
    label: str
    lists: ListNumbering | None
    is_american: bool
    forms: PartForms
    _latest: list[tuple[list[str], Packed]] = field(default_factory=list)
    _trees: dict[str, etree._Element] = field(default_factory=dict)
    _sound: set[tuple[str | tuple[str, ...], ...]] = field(default_factory=set)
    _sound_outlines: set[tuple[object, ...]] = field(default_factory=set)

    @classmethod
    def of(
        cls,
        name: str,
        label: str,
        root: etree._Element,
        tags: list[Tag],
        base: int,
        language: Language,
        lists: ListNumbering | None = None,
    ) -> TemplatePart:
        """Compile a part.

        Args:
            name: of the part in the package.
            label: its name in messages.
            root: the part with tokens in place of ``tags``.
            tags: every tag of the template, by number.
            base: first free id.
            language: of the template.
            lists: of the template, for answers with formatting.
        """
        if any(tag.word in CELL_WORDS for tag in tags):
            root = _with_cell_tags(root)
        script = CompiledText.of(etree.tostring(root, encoding="unicode"), tags, language=language)
        words = frozenset(word for tag in script.tags.values() for word in re.findall(r"\w+", tag.says))
        inside = language.is_american
        return cls(name, script, PartStructure.of(root, label, base), words, label, lists, inside, PartForms(inside))

    def fill(self, values: Mapping[str, Any]) -> Packed:
        """The filled part, packed. Raises TemplateAtFault if a tag or the result is wrong.

        The last result is cached, because a letterhead is the same in all letters. So is markup that could be parsed
        and needed no repair, because letters that take the same branches differ only in their words; where these are
        plain words, no parser can find anything wrong.
        """
        pieces = self.script.pieces(values)
        for known, packed in self._latest:  # looked at once, because other threads may replace it
            if known == pieces:
                return packed
        outlined = self.forms.outlined(pieces)
        if outlined is not None and outlined.key in self._sound_outlines:
            packed = Packed.of(self.name, outlined.part.xml.encode(), outlined=outlined.part, level=QUICK)
        else:
            packed = self._filled_apart(pieces, outlined)
        self._latest[:] = [(pieces, packed)]
        return packed

    def _filled_apart(self, pieces: list[str], outlined: FilledOutline | None) -> Packed:
        """The filled part, packed, put together paragraph by paragraph.

        Args:
            outlined: the same by its outline, which is known afterward if it is sound.
        """
        filled = self._paragraphs(pieces)
        if True in [each.has_leftover for each in filled]:
            raise self._unfilled
        shape = tuple([each.shape for each in filled])
        paragraphs = tuple([each.paragraph for each in filled])
        if shape not in self._sound or False in [each.is_plain for each in filled]:
            root = self._parsed(PARAGRAPH_END.join([each.xml for each in filled]))
            if self.structure.repair(root):
                xml = etree.tostring(root, encoding="unicode")
                paragraphs = taken_apart(without_blank_marks(with_braces(xml)))
                paragraphs = (paragraph(DOCUMENT_HEAD + paragraphs[0].xml), *paragraphs[1:])
            else:
                if len(self._sound) >= _SHAPES_KEPT:
                    self._sound.clear()
                self._sound.add(shape)
        if outlined is not None and shape in self._sound:
            if len(self._sound_outlines) >= _SHAPES_KEPT:
                self._sound_outlines.clear()
            self._sound_outlines.add(outlined.key)
        return Packed.of(self.name, joined(paragraphs).encode(), paragraphs, level=QUICK)

    def _paragraphs(self, pieces: Sequence[str]) -> list[FilledParagraph]:
        found = self.forms.filled(pieces)
        if found is None:
            xml = self._with_formatting("".join(pieces)).split(PARAGRAPH_END)
            found = [
                (kept if len(each) <= LONG else finished)(each, not at, self.is_american) for at, each in enumerate(xml)
            ]
        return found

    def tree(self, values: Mapping[str, Any]) -> etree._Element:
        """The filled part as a tree, which is cached and must not be changed.

        Braces that come from data are still replaced with other characters.
        """
        filled = self._filled(values)
        root = self._trees.get(filled)
        if root is None:
            root = self._parsed(filled)
            self.structure.repair(root)
            remember(self._trees, _TREES_KEPT, filled, root)
        return root

    def _filled(self, values: Mapping[str, Any]) -> str:
        """The filled XML, before it is parsed and repaired."""
        xml = without_empty_runs(self._rendered(values))
        if has_leftover(xml):
            raise self._unfilled
        return with_stops_set(xml, is_american=self.is_american)

    def _rendered(self, values: Mapping[str, Any]) -> str:
        """The XML with its tags filled, and answers with formatting as paragraphs."""
        return self._with_formatting(self.script.fill(values))

    def _with_formatting(self, xml: str) -> str:
        """The XML in which answers with formatting are paragraphs."""
        if not is_marked(xml):
            return xml
        if has_leftover(xml):
            raise self._unfilled
        return expanded(without_empty_runs(xml), self.lists, self.label)

    @property
    def _unfilled(self) -> TemplateAtFault:
        return self.structure.damaged("a tag was left unfilled")

    def _parsed(self, xml: str) -> etree._Element:
        try:
            return etree.fromstring(xml, STRICT)
        except etree.XMLSyntaxError as error:
            raise self.structure.damaged("its markup is not well-formed") from error


def _with_cell_tags(root: etree._Element) -> etree._Element:
    """Apply docxtpl's patching of colspan, cellbg, vm and hm, then put the properties in the order Word requires."""
    from docxtpl import DocxTemplate  # here, because importing it takes as long as filling thirty letters

    for cell in root.iter(TC):
        if any(f"{{% {word} " in (text.text or "") for text in cell.iter(T) for word in CELL_WORDS):
            properties = cell.find(TC_PR)
            if properties is None:
                properties = etree.Element(TC_PR)
                cell.insert(0, properties)
            if len(properties) == 0:  # docxtpl does not see <w:tcPr/>
                etree.SubElement(properties, w("tcW"), {w("w"): "0", w("type"): "auto"})
    patched = DocxTemplate("").patch_xml(etree.tostring(root, encoding="unicode"))
    tree = parse_xml(patched.encode(), "word", "")
    for properties in tree.iter(TC_PR):
        properties[:] = sorted(properties, key=lambda node: _TC_PR_ORDER.get(str(node.tag), 99))
    return tree
