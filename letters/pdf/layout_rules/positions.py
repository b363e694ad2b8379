"""Word's rules for floats: their position on the page (20.4.3.4, 20.4.3.5)."""

from __future__ import annotations

from letters.pdf.document import Floating, Section


def across_page(section: Section, place: Floating, width: float) -> float:
    """The distance from the left edge of the page, for a float not positioned relative to its column."""
    start, room = {
        "page": (0.0, section.width),
        "margin": (section.left, section.text_width),
        "left-margin": (0.0, section.left),
        "right-margin": (section.width - section.right, section.right),
    }[place.x_from]
    return start + aligned(place.x_align, room - width, place.x)


def down_page(section: Section, place: Floating, height: float) -> float:
    """The distance from the top of the page, for a float not positioned relative to its paragraph. It never leaves the
    page.
    """
    top, bottom = abs(section.top), abs(section.bottom)
    start, room = {
        "page": (0.0, max(section.height, height)),
        "margin": (top, section.height - top - bottom),
        "top-margin": (0.0, top),
        "bottom-margin": (section.height - bottom, bottom),
    }[place.y_from]
    return within_page(section, start + aligned(place.y_align, room - height, place.y), height)


def within_page(section: Section, top: float, height: float) -> float:
    """The top of a float that would be at ``top``: it never leaves the page, as far as there is room for it."""
    return min(max(top, 0.0), max(section.height - height, 0.0))


def aligned(align: str, free: float, otherwise: float) -> float:
    """The offset of an aligned float, with ``free`` points to spare; ``otherwise`` if it is not aligned."""
    return {"center": free / 2, "right": free, "bottom": free, "left": 0.0, "top": 0.0}.get(align, otherwise)
