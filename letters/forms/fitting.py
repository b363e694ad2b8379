"""Breaks words into lines and finds the size at which they fit a box. Words are never clipped: what does not fit is
reported, with how much room there is.

All lengths are in points; widths of text are relative to the font size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

USUAL, STEP = 12.0, 0.5
"""The largest size of words whose form leaves the size open, and by how much a size is reduced at a time."""
TIGHT = 0.86
"""The share of a line's height that its letters need: the rest is room above capitals, which a low box may cut off."""


class TextBox(Struct, frozen=True):
    """Where words go.

    Args:
        width: between the paddings at the sides.
        height: inside the border.
        size: of the font, as the form has it; 0 for as large as fits.
        smallest: the size below which words may not be reduced.
        multiline: whether they may be broken into lines.
        cells: for a comb, the number of its cells; otherwise 0.
    """

    width: float
    height: float
    size: float
    smallest: float
    multiline: bool = False
    cells: int = 0

    def sizes(self, line_height: float) -> Iterator[float]:
        """The sizes to try, from the largest.

        Args:
            line_height: of one line, relative to the font size.
        """
        largest = self.size
        if not largest:
            largest = USUAL if self.multiline else min(USUAL, max(self.height / line_height, self.smallest))
        least = min(self.smallest, largest)
        size = largest
        while size > least:
            yield size
            size = max(size - STEP, least)
        yield least


class FittedText(Struct, frozen=True):
    """Words broken into lines at the size at which they fit."""

    lines: tuple[str, ...]
    size: float


class DoesNotFit(Exception):
    """Words do not fit their box.

    Args:
        message: how much room there is and how much they need, as the rest of a sentence about them.
        fitting: how many characters from the beginning fit at the smallest size.
    """

    def __init__(self, message: str, fitting: int = 0) -> None:
        super().__init__(message)
        self.message, self.fitting = message, fitting


def fit(
    text: str, box: TextBox, width_of: Callable[[str], float], line_height: float, breaks: Callable[[str], bytes]
) -> FittedText:
    """The lines of a text, and their size. Raises DoesNotFit.

    Args:
        width_of: the width of a piece of it.
        line_height: of one line, relative to the font size.
        breaks: where a line may break: for each character of a text, whether before it.
    """
    if box.cells:
        return _in_cells(text, box, width_of, line_height)
    if not box.multiline:
        return _on_one_line(" ".join(text.split("\n")), box, width_of, line_height)
    lines: list[str] = []
    size = room = 0.0
    for size in box.sizes(line_height):
        lines = [
            line for paragraph in text.split("\n") for line in _lines(paragraph, box.width / size, width_of, breaks)
        ]
        room = box.height / (line_height * size)
        needed = len(lines) - 1 + TIGHT
        if needed <= room:
            return FittedText(tuple(lines), size)
    whole = max(int(room + 1 - TIGHT), 0)
    if not whole:
        raise DoesNotFit(_too_low(box, size))
    raise DoesNotFit(
        f"need {_count(len(lines), 'line')} at {size:g} points; there is room for {whole}",
        len("\n".join(lines[:whole])),
    )


def _on_one_line(text: str, box: TextBox, width_of: Callable[[str], float], line_height: float) -> FittedText:
    wide = width_of(text)
    size = 0.0
    for size in box.sizes(line_height):
        if wide * size <= box.width + 0.01 and line_height * size * TIGHT <= box.height:
            return FittedText((text,), size)
    if line_height * size * TIGHT > box.height:
        raise DoesNotFit(_too_low(box, size))
    fitting = next((end for end in range(len(text), 0, -1) if width_of(text[:end]) * size <= box.width), 0)
    raise DoesNotFit(
        f"are {wide * size:.0f} points wide at {size:g} points; there is room for {box.width:.0f}", fitting
    )


def _in_cells(text: str, box: TextBox, width_of: Callable[[str], float], line_height: float) -> FittedText:
    if len(text) > box.cells:
        raise DoesNotFit(f"have {len(text)} characters; there are {box.cells} cells", box.cells)
    cell = box.width / box.cells
    widest = max((width_of(each) for each in text), default=0.0)
    size = 0.0
    for size in box.sizes(line_height):
        if widest * size <= cell + 0.01 and line_height * size * TIGHT <= box.height:
            return FittedText((text,), size)
    raise DoesNotFit(
        _too_low(box, size) if widest * size <= cell else f"have a character wider than a cell at {size:g} points"
    )


def _too_low(box: TextBox, size: float) -> str:
    return f"cannot be read in a box {box.height:.0f} points high: even at {size:g} points a line is higher"


def _lines(
    paragraph: str, room: float, width_of: Callable[[str], float], breaks: Callable[[str], bytes]
) -> Iterator[str]:
    """The lines of one paragraph; a word wider than the box is broken between two characters."""
    if width_of(paragraph) <= room:
        yield paragraph
        return
    may_break = breaks(paragraph)
    start = 0
    while start < len(paragraph):
        end = _end(paragraph, start, room, width_of, may_break)
        yield paragraph[start:end].rstrip(" ")
        start = end


def _end(text: str, start: int, room: float, width_of: Callable[[str], float], may_break: Sequence[int]) -> int:
    """Where the line that begins at ``start`` ends."""
    low, high = start + 1, len(text)
    while low < high:  # the most characters that fit
        middle = (low + high + 1) // 2
        if width_of(text[start:middle].rstrip(" ")) <= room:
            low = middle
        else:
            high = middle - 1
    while low < len(text) and text[low] == " ":  # spaces hang into the margin
        low += 1
    if low >= len(text):
        return len(text)
    return next((at for at in range(low, start, -1) if may_break[at]), low)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
