"""Where things stand that are placed on the page, by Word's rules and for either writer (20.4.3.4, 20.4.3.5)."""

from __future__ import annotations

from letters.pdf.document import Floating, Section


def across_page(section: Section, place: Floating, width: float) -> float:
    """How far from the left edge of the paper a thing stands that is not placed from its column."""
    start, room = {
        "page": (0.0, section.width),
        "margin": (section.left, section.text_width),
        "left-margin": (0.0, section.left),
        "right-margin": (section.width - section.right, section.right),
    }[place.x_from]
    return start + aligned(place.x_align, room - width, place.x)


def down_page(section: Section, place: Floating, height: float) -> float:
    """How far from the upper edge of the paper a thing stands that is not placed from its paragraph: never beyond."""
    top, bottom = abs(section.top), abs(section.bottom)
    start, room = {
        "page": (0.0, max(section.height, height)),
        "margin": (top, section.height - top - bottom),
        "top-margin": (0.0, top),
        "bottom-margin": (section.height - bottom, bottom),
    }[place.y_from]
    return min(max(start + aligned(place.y_align, room - height, place.y), 0.0), max(section.height - height, 0.0))


def aligned(align: str, free: float, otherwise: float) -> float:
    """Where a thing begins that is aligned in a place with so much room to spare, or stands at an offset."""
    return {"center": free / 2, "right": free, "bottom": free, "left": 0.0, "top": 0.0}.get(align, otherwise)
