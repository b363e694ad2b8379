"""The positions of frames, tables, DrawingML anchors and VML shapes, which use different names for the same areas."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from letters.pdf.document import Floating
from letters.pdf.reader.context import StoryPart

_X_FROM: dict[str, Literal["page", "margin", "left-margin", "right-margin"]] = {
    "page": "page", "margin": "margin",
    "leftMargin": "left-margin", "insideMargin": "left-margin", "rightMargin": "right-margin",
    "outsideMargin": "right-margin",
    "left-margin-area": "left-margin", "inner-margin-area": "left-margin", "right-margin-area": "right-margin",
    "outer-margin-area": "right-margin",
}  # fmt: skip
_Y_FROM: dict[str, Literal["page", "margin", "top-margin", "bottom-margin"]] = {
    "page": "page", "margin": "margin",
    "topMargin": "top-margin", "bottomMargin": "bottom-margin", "insideMargin": "margin", "outsideMargin": "margin",
    "top-margin-area": "top-margin", "bottom-margin-area": "bottom-margin", "inner-margin-area": "margin",
    "outer-margin-area": "margin",
}  # fmt: skip
_X_ALIGN: dict[str, Literal["left", "center", "right"]] = {
    "left": "left", "center": "center", "right": "right", "inside": "left", "outside": "right",
}  # fmt: skip
_Y_ALIGN: dict[str, Literal["top", "center", "bottom"]] = {
    "top": "top", "center": "center", "bottom": "bottom", "inside": "top", "outside": "bottom",
}  # fmt: skip

_SIDES: dict[str, Literal["left", "right", "largest"]] = {"left": "left", "right": "right", "largest": "largest"}


class AxisPosition(Struct, frozen=True):
    """A position along one axis, as the Word file gives it."""

    offset: float = 0.0
    """In points."""
    relative_to: str = ""
    """Anything that is not a page or margin area means the column or the paragraph."""
    align: str = ""


def floating_at(
    part: StoryPart,
    x: AxisPosition,
    y: AxisPosition,
    *,
    wraps: Literal["none", "square", "top-and-bottom"],
    distance: tuple[float, float, float, float],
    sides: str = "",
    behind: bool = False,
) -> Floating:
    """The position as a Document has it (17.18.35, 17.18.100, 20.4.3; Part 4, 19.1)."""
    at_top = y.relative_to not in _Y_FROM and _Y_ALIGN.get(y.align) == "top"
    return Floating(
        x=x.offset,
        y=0.0 if at_top else y.offset,
        x_from=_X_FROM.get(x.relative_to, "column"),
        y_from=_Y_FROM.get(y.relative_to, "paragraph"),
        x_align=_X_ALIGN.get(x.align, ""),
        y_align="" if at_top else _Y_ALIGN.get(y.align, ""),
        wraps=wraps,
        sides=_SIDES.get(sides, "both"),
        distance=distance,
        behind=behind,
        story=part.story,
    )
