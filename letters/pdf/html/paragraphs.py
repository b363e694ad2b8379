"""Writes paragraphs and headings with the space Word leaves between them."""

from __future__ import annotations

from dataclasses import replace

from letters.pdf.document import (
    Block,
    Bookmark,
    Border,
    Image,
    Label,
    Paragraph,
    ParagraphFormat,
    RunFormat,
    inlines,
    paragraphs,
)
from letters.pdf.html.css import baseline_shift_of, border_css, indents, pt, run_declarations
from letters.pdf.html.stylesheet import CssCollector
from letters.pdf.html.text import TextWriter, text_html
from letters.pdf.layout_rules.paragraphs import (
    PrecedingBlock,
    at_page_breaks,
    base_format,
    fitted,
    has_words,
    heading_rank,
    is_empty,
    joins,
    label_places,
    same_box,
)
from letters.pdf.layout_rules.text import height_of

_WORTH_MOVING = 0.5
"""Points that the letters of a line may stand too high or low where a page begins in the midst of a paragraph."""


class ParagraphWriter:
    """Writes paragraphs one after another."""

    def __init__(self, sheet: CssCollector) -> None:
        self.sheet = sheet
        sheet.write_note = self.note
        self.headings: list[int] = []
        """Outline levels of the headings the next one stands under."""

    def paragraph(self, block: Paragraph, width: float, before: PrecedingBlock, following: Block | None = None) -> str:
        """A paragraph or heading; a page break inside makes it two."""
        block = fitted(block, width)
        if block.mark.hidden and is_empty(block):  # takes no room: nothing of it is seen, not even its mark
            return "".join(self.sheet.place(item.name) for item in inlines(block.content) if isinstance(item, Bookmark))
        pieces = at_page_breaks(block)
        out = []
        for at, (piece, kind) in enumerate(pieces):
            if at:
                before.break_page, before.break_column = kind == "page", kind == "column"
            if at and at == len(pieces) - 1 and not piece.content and kind == "page":
                # The mark after a page break takes no line of its own (17.15.3.57, splitPgBreakAndParaMark).
                break
            out.append(self._piece(piece, width, before, following if at == len(pieces) - 1 else None))
        self.sheet.begun |= block.location.story == "body"
        return "\n".join(out)

    def note(self, blocks: tuple[Block, ...]) -> str:
        """What a footnote says, to stand inside the paragraph with its mark."""
        before, out = PrecedingBlock(), []
        width = self.sheet.section.text_width
        for block in paragraphs(blocks):
            block = fitted(block, width)
            base = base_format(block)
            declarations = self.placed(block, base, before, None)
            name = self.sheet.classes.name(
                "n", f"display:block;text-align:left;text-indent:0;{declarations};{indents(block.format)}"
            )
            label, start = "", block.format.left + block.format.first_line
            writer = TextWriter(self.sheet, block, width, base)
            if block.label is not None and block.label.text:
                label, start = self._label_in_line(block.label, writer, width)
            out.append(f'<span class="{name}">{label}{writer.write(block.content, start)}</span>')
        return "".join(out)

    def _piece(self, block: Paragraph, width: float, before: PrecedingBlock, following: Block | None) -> str:
        base = base_format(block)
        declarations = self.placed(block, base, before, following)
        layout = block.format
        start = layout.left + layout.first_line
        if is_empty(block):
            height = height_of(layout, base)
            name = self.sheet.classes.name("e", f"{declarations};height:{pt(height)}")
            anchors = "".join(TextWriter(self.sheet, block, width, base).write(block.content, start))
            return f'<div class="{name}">{anchors}</div>'
        writer = TextWriter(self.sheet, block, width, base)
        label = ""
        if block.label is not None and block.label.text:
            label, start = self._label_in_line(block.label, writer, width)
        inner = label + writer.write(block.content, start)
        level = layout.outline_level
        tag = "p" if level is None or not has_words(block) else f"h{heading_rank(self.headings, level)}"
        if tag != "p":
            declarations = f"{declarations};{_weight(base)}"
        direction = ' dir="rtl"' if layout.bidi else ""
        name = self.sheet.classes.name("p", f"{declarations};{indents(layout)}")
        return f'<{tag} class="{name}"{direction}>{inner}</{tag}>'

    def _label_in_line(self, label: Label, writer: TextWriter, width: float) -> tuple[str, float]:
        """The number of a numbered heading: part of the heading's words."""
        _, end, to = label_places(label, writer.layout, self.sheet.document.default_tab, width)
        html = writer.styled(text_html(label.text, label.format), label.format)
        gap = writer.space(to - end, replace(label.format, underline=""), "") if label.suffix == "tab" else ""
        return html + (gap or (" " if label.suffix == "space" else "")), to

    def placed(
        self,
        block: Paragraph,
        base: RunFormat,
        before: PrecedingBlock,
        following: Block | None,
        *,
        movable: bool = True,
    ) -> str:
        """Declarations of a block: its run_format, its gap to the block above, and how it may break. Updates
        ``before``.

        Args:
            movable: whether the whole block may be moved up or down without moving anything else.
        """
        layout = block.format
        previous = before.paragraph
        space_before, space_after = layout.before, before.after
        if previous is not None and previous.style == block.style:
            space_before = 0.0 if layout.contextual_spacing else space_before
            space_after = 0.0 if previous.format.contextual_spacing else space_after
        baseline_shift = 0.0 if is_empty(block) else baseline_shift_of(layout, base)
        moved = 0.0
        movable = movable and not (layout.borders or layout.shading or _holds_place(block) or self.sheet.has_footers)
        if movable and abs(baseline_shift) > _WORTH_MOVING:
            # Moved as a whole, so that it stands right on the pages it goes over to as well.
            baseline_shift, moved = 0.0, baseline_shift
        gap = space_after + space_before if self.sheet.document.spaces_add else max(space_after, space_before)
        found = run_declarations(
            replace(base, underline="", strike=False, background="", position="baseline", raised=0.0),
            None,
            layout,
        )
        boxed = previous is not None and same_box(previous.format, layout) and not before.break_page
        if boxed:
            found.append(f"padding-top:{pt(gap)}")
        margin = baseline_shift - before.baseline_shift + (0.0 if boxed else gap)
        if pt(margin) != "0":
            found.append(f"margin-top:{pt(margin)}")
        if moved:
            found.append(f"position:relative;top:{pt(moved)}")
        found += self._box(layout, joined_above=boxed, joined_below=joins(block, following))
        found += self._breaks(layout, before)
        if layout.align != "left" or layout.bidi:
            found.append(f"text-align:{layout.align}")
        before.after, before.baseline_shift, before.paragraph = layout.after, baseline_shift, block
        before.break_page = before.break_column = False
        return ";".join(found)

    def _breaks(self, layout: ParagraphFormat, before: PrecedingBlock) -> list[str]:
        found = []
        if (layout.page_break_before and self.sheet.begun) or before.break_page:  # the first begins a page anyway
            found.append("break-before:page")
            self.sheet.pages_begun += 1
        elif before.break_column:
            found.append("break-before:column")
        if layout.keep_next:
            found.append("break-after:avoid")
        if layout.keep_lines:
            found.append("break-inside:avoid")
        if not layout.widow_control:
            found.append("widows:1;orphans:1")
        return found

    @staticmethod
    def _box(layout: ParagraphFormat, *, joined_above: bool, joined_below: bool) -> list[str]:
        """Borders and shading. Lines at the sides stand outside the text (17.3.1.7)."""
        found = [f"background:{layout.shading}"] if layout.shading else []
        for side in ("top", "right", "bottom", "left"):
            line: Border | None = getattr(layout.borders, side)
            if side == "top" and joined_above:
                line = layout.borders.between
            if side == "bottom" and joined_below:
                line = None
            if line is None:
                continue
            found.append(border_css(side, line))
            if side != "top" or not joined_above:
                found.append(f"padding-{side}:{pt(line.space)}")
        return found


def _holds_place(block: Paragraph) -> bool:
    """Whether something in it is placed on the page, which a moved paragraph would take along."""
    return any(isinstance(item, Image) and item.floating is not None for item in inlines(block.content))


def _weight(base: RunFormat) -> str:
    """A heading is bold in HTML unless told otherwise; ours says its own weight already."""
    return f"font-weight:{'bold' if base.bold else 'normal'}"
