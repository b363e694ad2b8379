"""Writes list paragraphs as nested lists, with Word's own labels."""

from __future__ import annotations

from letters.pdf.document import Block, Label, Paragraph
from letters.pdf.html.css import css_string, indents, pt, run_declarations
from letters.pdf.html.paragraphs import ParagraphWriter
from letters.pdf.html.text import TextWriter
from letters.pdf.layout_rules.paragraphs import Before, base_look, fitted, has_words, is_empty, label_places
from letters.pdf.layout_rules.text import height_of


class ListWriter:
    """Writes a run of list paragraphs as nested lists."""

    def __init__(self, paragraphs: ParagraphWriter, width: float, before: Before) -> None:
        self.paragraphs, self.sheet = paragraphs, paragraphs.sheet
        self.width, self.before = width, before
        self.out: list[str] = []
        self.open: list[tuple[str, int, int, float]] = []
        """Lists now open: element, level, list id, and where their items' boxes begin."""

    def write(self, blocks: tuple[Block, ...]) -> str:
        for at, block in enumerate(blocks):
            assert isinstance(block, Paragraph)
            following = blocks[at + 1] if at + 1 < len(blocks) else None
            block = fitted(block, self.width)
            if block.label is None:
                self._continuation(block, following)
            else:
                self._item(block, block.label, following)
        while self.open:
            self._close()
        return "\n".join(self.out)

    def _close(self) -> None:
        tag = self.open.pop()[0]
        self.out.append(f"</li></{tag}>")

    def _item(self, block: Paragraph, label: Label, following: Block | None) -> None:
        tag = "ol" if label.ordered else "ul"
        while self.open and (
            self.open[-1][1] > label.level
            or (self.open[-1][1] == label.level and self.open[-1][2] != label.list_id and len(self.open) > 1)
        ):
            self._close()
        if (
            self.open
            and self.open[-1][1] == label.level
            and self.open[-1][2] == label.list_id
            and self.open[-1][0] == tag
        ):
            self.out.append("</li>")
        else:
            if self.open and self.open[-1][1] >= label.level:
                self._close()
            inside = self.open[-1][3] if self.open else 0.0
            self.out.append(f"<{tag}>")
            self.open.append((tag, label.level, label.list_id, inside))
        inside = self.open[-2][3] if len(self.open) > 1 else 0.0
        html, begins = self._item_html(block, label, following, inside)
        self.open[-1] = (*self.open[-1][:3], begins)
        self.out.append(html)

    def _item_html(self, block: Paragraph, label: Label, following: Block | None, inside: float) -> tuple[str, float]:
        """Opening tag and words of an item. Its box begins where its label ends, for the marker stands left
        of it.
        """
        layout = block.format
        base = base_look(block) if has_words(block) else block.mark
        declarations = self.paragraphs.placed(block, base, self.before, following, movable=False)
        _, end, words = label_places(label, layout, self.sheet.document.default_tab, self.width)
        marker = ";".join(run_declarations(label.format, base, layout))
        kind = css_string(label.text) if label.text else "none"
        side = "right" if layout.bidi else "left"
        item = self.sheet.classes.name(
            "l",
            f"{declarations};margin-{side}:{pt(end - inside)};"
            f"margin-{'left' if layout.bidi else 'right'}:{pt(layout.right)};list-style:{kind} outside",
            extra=f"&::marker{{{marker}}}" if marker else "",
        )
        inner = self.sheet.classes.name(
            "x", f"margin-{side}:{pt(layout.left - end)};text-indent:{pt(words - layout.left)}"
        )
        html = TextWriter(self.sheet, block, self.width, base).write(block.content, words)
        direction = ' dir="rtl"' if layout.bidi else ""
        return f'<li class="{item}"{direction}><p class="{inner}">{html}</p>', end

    def _continuation(self, block: Paragraph, following: Block | None) -> None:
        """A paragraph of an item that has no number of its own."""
        while len(self.open) > 1 and self.open[-1][3] > block.format.left:
            self._close()
        base = base_look(block)
        declarations = self.paragraphs.placed(block, base, self.before, following)
        inside = self.open[-1][3]
        if is_empty(block):
            name = self.sheet.classes.name("e", f"{declarations};height:{pt(height_of(block.format, base))}")
            self.out.append(f'<div class="{name}"></div>')
            return
        name = self.sheet.classes.name("p", f"{declarations};{indents(block.format, inside)}")
        start = block.format.left + block.format.first_line
        html = TextWriter(self.sheet, block, self.width, base).write(block.content, start)
        self.out.append(f'<p class="{name}">{html}</p>')
