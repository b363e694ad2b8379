"""Writes paragraphs and headings, with Word's spacing between them."""

from __future__ import annotations

from msgspec.structs import replace

from letters.pdf.document import (
    SIDES,
    Block,
    Bookmark,
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
from letters.pdf.html.text import TextWriter
from letters.pdf.layout_rules.paragraphs import (
    PrecedingBlock,
    at_page_breaks,
    base_format,
    below_heading,
    fitted,
    has_words,
    heading_above,
    heading_rank,
    is_empty,
    joins,
    label_places,
    same_box,
)
from letters.pdf.layout_rules.text import height_of

_WORTH_MOVING = 0.5
"""Points by which text may be too high or low at the top of a page that begins inside a paragraph."""


class ParagraphWriter:
    """Writes one paragraph after another."""

    def __init__(self, sheet: CssCollector) -> None:
        self.sheet = sheet
        sheet.write_note = self.note
        self.headings: list[int] = []
        """Outline levels of the headings above the current position."""

    def paragraph(self, block: Paragraph, width: float, before: PrecedingBlock, following: Block | None = None) -> str:
        """A paragraph or heading; a page break inside makes it two."""
        block = fitted(block, width)
        if before.paragraph is not None and before.paragraph.runs_in:
            block = below_heading(block)
            self.sheet.note(heading_above(block))
        if block.mark.hidden and is_empty(block):  # takes up no space: not even its mark is visible
            return "".join(self.sheet.place(item.name) for item in inlines(block.content) if isinstance(item, Bookmark))
        pieces = at_page_breaks(block)
        out = []
        for at, (piece, kind) in enumerate(pieces):
            if at:
                before.break_page, before.break_column = kind == "page", kind == "column"
            if at and at == len(pieces) - 1 and not piece.content and kind == "page":
                # The paragraph mark after a page break takes no line of its own (17.15.3.57, splitPgBreakAndParaMark).
                break
            out.append(self._piece(piece, width, before, following if at == len(pieces) - 1 else None))
        self.sheet.begun |= block.location.story == "body"
        return "\n".join(out)

    def note(self, blocks: tuple[Block, ...]) -> str:
        """The blocks of a footnote, inside the paragraph that refers to it."""
        before, out = PrecedingBlock(), []
        width = self.sheet.section.text_width
        for block in paragraphs(blocks):
            block = fitted(block, width)
            base = base_format(block)
            declarations = self.block_declarations(block, base, before, None)
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
        declarations = self.block_declarations(block, base, before, following)
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
        """The number of a numbered heading, as part of its text."""
        _, end, to = label_places(label, writer.layout, self.sheet.document.default_tab, width)
        html = writer.styled(writer.html_of(label.text, label.format), label.format)
        gap = writer.space(to - end, replace(label.format, underline=""), "") if label.suffix == "tab" else ""
        return html + (gap or (" " if label.suffix == "space" else "")), to

    def block_declarations(
        self,
        block: Paragraph,
        base: RunFormat,
        before: PrecedingBlock,
        following: Block | None,
        *,
        movable: bool = True,
    ) -> str:
        """Declarations of a block: format, space above, and page breaks. Updates ``before``.

        Args:
            movable: whether the whole block may be shifted up or down without moving anything else.
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
            # Shifted as a whole, so that it is right on later pages too.
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
        if (
            layout.page_break_before and self.sheet.begun
        ) or before.break_page:  # the first paragraph begins a page anyway
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
        """Borders and shading. Borders at the sides are outside the text (17.3.1.7)."""
        found = [f"background:{layout.shading}"] if layout.shading else []
        for side in SIDES:
            line = layout.borders.on(side)
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
    """Whether it anchors a float, which would be shifted with it."""
    return any(isinstance(item, Image) and item.floating is not None for item in inlines(block.content))


def _weight(base: RunFormat) -> str:
    """Headings are bold in HTML unless declared otherwise."""
    return f"font-weight:{'bold' if base.bold else 'normal'}"
