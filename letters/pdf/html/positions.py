"""The CSS of floats: pictures, boxes and tables that are not in line with the text.

What text wraps around becomes a CSS float; what is in front of or behind the text is positioned absolutely. CSS counts
from the containing block (the text area of the page, or the margin that holds a header), Word from the page."""

from __future__ import annotations

from letters.pdf.document import Floating
from letters.pdf.html.css import pt
from letters.pdf.html.stylesheet import CssCollector
from letters.pdf.layout_rules.positions import across_page, aligned, down_page

_NARROW = 48.0
"""Text does not go beside a float that leaves less room than this."""


def placing(sheet: CssCollector, place: Floating, width: float, height: float, room: float) -> list[str]:
    """Declarations for a float of this size in a column ``room`` points wide."""
    kind = wrapping(sheet, place, width, room)
    top, right, bottom, left = place.distance
    x = _across(sheet, place, width, room)
    if kind == "none":
        return _absolute(sheet, place, width, height, room)
    y = _down(sheet, place, height)
    if kind == "top-and-bottom":
        found = ["display:flow-root", "clear:both", f"margin-left:{pt(x)}"]
        return [*found, f"margin-top:{pt(max(y, 0.0) + top)}", f"margin-bottom:{pt(bottom)}"]
    if x + width / 2 > room / 2:
        return ["float:right", f"margin:{pt(y)} {pt(room - x - width)} {pt(bottom)} {pt(left)}"]
    return ["float:left", f"margin:{pt(y)} {pt(right)} {pt(bottom)} {pt(x)}"]


def wrapping(sheet: CssCollector, place: Floating, width: float, room: float) -> str:
    """How text wraps around a float here. If its position is far from the current one, not at all."""
    if place.wraps == "none" or (place.in_margin and place.y_from != "paragraph"):
        return "none"
    x = _across(sheet, place, width, room)
    if x + width < 1 or x > room - 1:
        return "none"  # in the margin beside the text
    if place.y_from != "paragraph":
        distance = down_page(sheet.section, place, 0.0) - sheet.origin(place)
        if sheet.begun or place.y_align in ("center", "bottom") or distance < -1 or distance > 150:
            return "none"
    if place.wraps == "square" and max(x, room - x - width) < _NARROW:
        return "top-and-bottom"
    return place.wraps


def is_in_flow(sheet: CssCollector, place: Floating | None, width: float, room: float) -> bool:
    """Whether a float takes up space in the flow, as a paragraph does."""
    return place is None or wrapping(sheet, place, width, room) == "top-and-bottom"


def _across(sheet: CssCollector, place: Floating, width: float, room: float) -> float:
    """Distance from the left edge of the column, without leaving the page or the cell."""
    section = sheet.section
    x = _asked(sheet, place, width, room)
    in_cell = room < section.text_width - 1
    left, right = (0.0, 0.0) if in_cell and place.x_from == "column" else (section.left, section.right)
    over = max(room, section.text_width if place.x_from != "column" else room) + right - width
    return max(min(x, max(over, 0.0)), -left)


def _asked(sheet: CssCollector, place: Floating, width: float, room: float) -> float:
    if place.x_from != "column":
        return across_page(sheet.section, place, width) - sheet.section.left
    return aligned(place.x_align, room - width, place.x)


def _down(sheet: CssCollector, place: Floating, height: float) -> float:
    """Distance from the current position."""
    if place.y_from == "paragraph":
        return place.y
    return down_page(sheet.section, place, height) - sheet.origin(place)


def _absolute(sheet: CssCollector, place: Floating, width: float, height: float, room: float) -> list[str]:
    found = ["position:absolute", "break-inside:avoid"]
    x = _across(sheet, place, width, room)
    if place.x_from == "column":
        found.append(f"margin-left:{pt(x)}")  # relative to the column, which may be a cell
    else:
        found.append(f"left:{pt(x)}")
    if place.y_from == "paragraph":
        found.append(f"margin-top:{pt(place.y)}")
    elif place.story == "footer":
        edge = sheet.section.height - sheet.section.footer_distance
        found.append(f"bottom:{pt(edge - down_page(sheet.section, place, height) - height)}")
    else:
        found.append(f"top:{pt(down_page(sheet.section, place, height) - sheet.origin(place))}")
    if place.behind or place.in_margin:
        found.append("z-index:-1")
    return found
