"""Formats of a Document as CSS declarations, and the line heights of Word in CSS's terms."""

from __future__ import annotations

import re

from letters.pdf import fonts
from letters.pdf.document import Border, ParagraphFormat, RunFormat
from letters.pdf.layout_rules.text import LOWER, RAISE, height_of


def pt(length: float) -> str:
    """A length for CSS: points, to a hundredth."""
    text = f"{length:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("0", "-0", "") else f"{text}pt"


def css_string(text: str) -> str:
    """A quoted CSS string, safe for any text (CSS Syntax 3, 4.3.5)."""
    return '"' + re.sub(r'[\\"<>&\x00-\x1f\x7f]', lambda match: f"\\{ord(match[0]):x} ", text) + '"'


def lift_of(layout: ParagraphFormat, look: RunFormat) -> float:
    """How much lower Word's baseline stands in its line than CSS's, which centres the letters.

    Word and LibreOffice put the gap above the letters; what a multiple adds goes below, what "at least" adds above;
    an exact line has four fifths above the baseline (measured with LibreOffice 7.4).
    """
    face = fonts.metrics(look.family, look.bold, look.italic)
    up, down = (part * look.size for part in face.drawn)
    height = height_of(layout, look)
    natural = fonts.line_height(look)
    if layout.line_rule == "exact":
        wanted = 0.8 * height
    elif layout.line_rule == "auto" and layout.line >= 1:
        wanted = natural - down
    else:
        wanted = height - down
    return wanted - ((height - up - down) / 2 + up)


def run_declarations(look: RunFormat, base: RunFormat | None, layout: ParagraphFormat) -> list[str]:
    """Declarations for ``look``; only what differs from ``base``, which it stands in."""
    found: list[str] = []

    def differs(*names: str) -> bool:
        return base is None or any(getattr(look, name) != getattr(base, name) for name in names)

    if differs("family"):
        found.append(f"font-family:{css_string(fonts.choose(look.family).family)}")
    if differs("size", "position"):
        found.append(f"font-size:{pt(look.size * (fonts.SCRIPT_SIZE if look.position != 'baseline' else 1))}")
    if differs("family", "size", "bold", "italic") and (
        base is None or height_of(layout, look) != height_of(layout, base)
    ):
        found.append(f"line-height:{pt(height_of(layout, look))}")
    if differs("bold"):
        found.append(f"font-weight:{'bold' if look.bold else 'normal'}")
    if differs("italic"):
        found.append(f"font-style:{'italic' if look.italic else 'normal'}")
    if differs("colour") and (base is not None or look.colour):
        found.append(f"color:{look.colour or '#000000'}")
    if differs("spacing") and (base is not None or look.spacing):
        found.append(f"letter-spacing:{pt(look.spacing) if look.spacing else 'normal'}")
    if differs("kerning", "ligatures") and (base is not None or look.kerning or look.ligatures):
        found.append(f"font-kerning:{'normal' if look.kerning else 'none'}")
        found.append(f"font-variant-ligatures:{'normal' if look.ligatures else 'none'}")
    if differs("caps") and (base is not None or look.caps):
        found.append(f"text-transform:{'uppercase' if look.caps else 'none'}")
    return found + _own_declarations(look)


def _own_declarations(look: RunFormat) -> list[str]:
    """Declarations that are not inherited, and so always said on the run itself."""
    found = []
    lines = [name for name, wanted in (("underline", look.underline), ("line-through", look.strike)) if wanted]
    if lines:
        style = look.underline if look.underline not in ("", "solid") else ""
        found.append(f"text-decoration:{' '.join([*lines, style]).strip()}")
    if look.background:
        found.append(f"background:{look.background}")
    if look.position != "baseline" or look.raised:
        moved = look.raised + {"super": RAISE, "sub": -LOWER, "baseline": 0.0}[look.position] * look.size
        found.append(f"vertical-align:{pt(moved)};line-height:0")
    return found


def border_css(side: str, line: Border) -> str:
    return f"border-{side}:{pt(line.width)} {line.style} {line.colour or '#000000'}"


def indents(layout: ParagraphFormat, inside: float = 0.0) -> str:
    """Left and right indents, with room for lines at the sides; ``inside`` is where the holder's text begins."""
    left, right = layout.left - inside, layout.right
    if layout.borders.left is not None:
        left -= layout.borders.left.space + layout.borders.left.width
    if layout.borders.right is not None:
        right -= layout.borders.right.space + layout.borders.right.width
    # A box reaches to where its first line hangs, as LibreOffice draws it.
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
