"""The formats of a Document as CSS declarations, and Word's line heights in terms of CSS."""

from __future__ import annotations

import re

from letters.pdf import fonts
from letters.pdf.document import Border, ParagraphFormat, RunFormat
from letters.pdf.layout_rules.text import LOWER, RAISE, height_of, on_grid


def pt(length: float) -> str:
    """A CSS length in points, to two decimals."""
    text = f"{length:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("0", "-0", "") else f"{text}pt"


def css_string(text: str) -> str:
    """A quoted CSS string, safe for any text (CSS Syntax 3, 4.3.5)."""
    return '"' + re.sub(r'[\\"<>&\x00-\x1f\x7f]', lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def baseline_shift_of(layout: ParagraphFormat, run_format: RunFormat) -> float:
    """How much lower Word's baseline is in its line than that of CSS, which centers the text.

    Word and LibreOffice put the line gap above the text. Line spacing adds space below it if it is a multiple, above
    it if it is "at least"; an exact line has four fifths above the baseline (measured with LibreOffice 7.4).
    """
    face = fonts.metrics(run_format.family, run_format.bold, run_format.italic)
    up, down = (part * run_format.size for part in face.drawn)
    height = height_of(layout, run_format)
    natural = on_grid(layout, fonts.line_height(run_format))
    lower = face.descent * run_format.size + (natural - fonts.line_height(run_format)) / 2
    if layout.line_rule == "exact":
        wanted = 0.8 * height
    elif layout.line_rule == "auto" and layout.line >= 1:
        wanted = natural - lower
    else:
        wanted = height - lower
    return wanted - ((height - up - down) / 2 + up)


def run_declarations(run_format: RunFormat, base: RunFormat | None, layout: ParagraphFormat) -> list[str]:
    """Declarations for ``run_format``, without what is inherited from ``base``."""
    found: list[str] = []

    def differs(*names: str) -> bool:
        return base is None or any(getattr(run_format, name) != getattr(base, name) for name in names)

    if differs("family"):
        found.append(f"font-family:{css_string(fonts.choose(run_format.family).family)}")
    if differs("size", "position"):
        found.append(
            f"font-size:{pt(run_format.size * (fonts.SCRIPT_SIZE if run_format.position != 'baseline' else 1))}"
        )
    if differs("family", "size", "bold", "italic") and (
        base is None or height_of(layout, run_format) != height_of(layout, base)
    ):
        found.append(f"line-height:{pt(height_of(layout, run_format))}")
    if differs("bold"):
        found.append(f"font-weight:{'bold' if run_format.bold else 'normal'}")
    if differs("italic"):
        found.append(f"font-style:{'italic' if run_format.italic else 'normal'}")
    if differs("color") and (base is not None or run_format.color):
        found.append(f"color:{run_format.color or '#000000'}")
    spacing = fonts.tracking(run_format)
    if spacing != (0.0 if base is None else fonts.tracking(base)):
        found.append(f"letter-spacing:{pt(spacing) if spacing else 'normal'}")
    if differs("kerning", "ligatures") and (base is not None or run_format.kerning or run_format.ligatures):
        found.append(f"font-kerning:{'normal' if run_format.kerning else 'none'}")
        found.append(f"font-variant-ligatures:{'normal' if run_format.ligatures else 'none'}")
    if differs("caps") and (base is not None or run_format.caps):
        found.append(f"text-transform:{'uppercase' if run_format.caps else 'none'}")
    return found + _own_declarations(run_format)


def _own_declarations(run_format: RunFormat) -> list[str]:
    """Declarations of properties that are not inherited."""
    found = []
    lines = [
        name for name, wanted in (("underline", run_format.underline), ("line-through", run_format.strike)) if wanted
    ]
    if lines:
        style = run_format.underline if run_format.underline not in ("", "solid") else ""
        found.append(f"text-decoration:{' '.join([*lines, style]).strip()}")
    if run_format.background:
        found.append(f"background:{run_format.background}")
    if run_format.position != "baseline" or run_format.raised:
        moved = (
            run_format.raised + {"super": RAISE, "sub": -LOWER, "baseline": 0.0}[run_format.position] * run_format.size
        )
        found.append(f"vertical-align:{pt(moved)};line-height:0")
    return found


def border_css(side: str, line: Border) -> str:
    return f"border-{side}:{pt(line.width)} {line.style} {line.color or '#000000'}"


def indents(layout: ParagraphFormat, inside: float = 0.0) -> str:
    """Left and right indents, with room for borders at the sides. ``inside`` is where the parent's content begins."""
    left, right = layout.left - inside, layout.right
    if layout.borders.left is not None:
        left -= layout.borders.left.space + layout.borders.left.width
    if layout.borders.right is not None:
        right -= layout.borders.right.space + layout.borders.right.width
    # The box includes a hanging first line, as in LibreOffice.
    hanging = max(0.0, -layout.first_line) if (layout.borders or layout.shading) and not inside else 0.0
    left -= hanging
    if layout.bidi:
        left, right = right, left
    found = [f"margin-{side}:{pt(value)}" for side, value in (("left", left), ("right", right)) if pt(value) != "0"]
    if hanging:
        room = layout.borders.left.space if layout.borders.left is not None else 0.0
        found.append(f"padding-{'right' if layout.bidi else 'left'}:{pt(room + hanging)}")
    if layout.first_line:
        found.append(f"text-indent:{pt(layout.first_line)}")
    return ";".join(found)
