"""Writes lists as nested HTML lists with Word's own numbers and bullets."""

from __future__ import annotations

from letters.pdf.document import Block, Label, ListBlock, ListItem, Paragraph
from letters.pdf.html.css import css_string, indents, pt, run_declarations
from letters.pdf.html.paragraphs import ParagraphWriter
from letters.pdf.html.text import TextWriter
from letters.pdf.layout_rules.paragraphs import (
    PrecedingBlock,
    base_format,
    fitted,
    has_words,
    is_empty,
    label_places,
    with_following,
)
from letters.pdf.layout_rules.text import height_of


class ListWriter:
    """Writes one list, and those nested in it, in a column ``width`` points wide."""

    def __init__(self, paragraphs: ParagraphWriter, width: float, before: PrecedingBlock) -> None:
        self.paragraphs, self.sheet = paragraphs, paragraphs.sheet
        self.width, self.before = width, before
        self.out: list[str] = []

    def write(self, block: ListBlock, following: Block | None) -> str:
        self._list(block, 0.0, following)
        return "\n".join(self.out)

    def _list(self, block: ListBlock, inside: float, following: Block | None) -> None:
        """A list, inside an item that begins ``inside`` points from the left margin."""
        tag = "ol" if block.ordered else "ul"
        self.out.append(f"<{tag}>")
        for at, (item, after) in enumerate(with_following(block.items, None)):
            if at:
                self.out.append("</li>")
            self._item(item, inside, following if after is None else after.blocks[0])
        self.out.append(f"</li></{tag}>")

    def _item(self, item: ListItem, inside: float, following: Block | None) -> None:
        begins = inside
        for block, below in with_following(item.blocks, following):
            if isinstance(block, ListBlock):
                self._list(block, begins, below)
            elif block.label is None:
                self._continuation(fitted(block, self.width), begins, below)
            else:
                html, begins = self._item_html(fitted(block, self.width), block.label, below, inside)
                self.out.append(html)

    def _item_html(self, block: Paragraph, label: Label, following: Block | None, inside: float) -> tuple[str, float]:
        """The start tag and text of an item, and where its box begins: after its label, since CSS puts markers to the
        left.
        """
        layout = block.format
        base = base_format(block) if has_words(block) else block.mark
        declarations = self.paragraphs.block_declarations(block, base, self.before, following, movable=False)
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

    def _continuation(self, block: Paragraph, inside: float, following: Block | None) -> None:
        """A paragraph of an item that has no label."""
        base = base_format(block)
        declarations = self.paragraphs.block_declarations(block, base, self.before, following)
        if is_empty(block):
            name = self.sheet.classes.name("e", f"{declarations};height:{pt(height_of(block.format, base))}")
            self.out.append(f'<div class="{name}"></div>')
            return
        name = self.sheet.classes.name("p", f"{declarations};{indents(block.format, inside)}")
        start = block.format.left + block.format.first_line
        html = TextWriter(self.sheet, block, self.width, base).write(block.content, start)
        self.out.append(f'<p class="{name}">{html}</p>')
