"""Lines on the grid of their section, and the room that borders of several lines take."""

from __future__ import annotations

import pytest
from helpers.documents import paragraph
from helpers.pages import place, printed, table

GRID = '<w:docGrid w:type="lines" w:linePitch="400"/>'
pytestmark = pytest.mark.usefixtures("writer")


def below(body: str, first: str, second: str, **more: str) -> float:
    """How much lower the second piece of text is than the first, in points."""
    data = printed(body, **more).data
    return place(data, second)[1] - place(data, first)[1]


def test_lines_are_as_high_as_those_of_the_grid() -> None:
    lines = paragraph("one") + paragraph("two")
    assert below(lines, "one", "two") == pytest.approx(13.8, abs=0.1)
    assert below(lines, "one", "two", section=GRID) == pytest.approx(20, abs=0.1)
    assert below(lines, "one", "two", section=GRID.replace("lines", "default")) == pytest.approx(13.8, abs=0.1)


def test_text_that_is_higher_than_a_line_of_the_grid_takes_two() -> None:
    large = '<w:sz w:val="48"/>'
    lines = paragraph("one", run=large) + paragraph("two", run=large)
    assert below(lines, "one", "two", section=GRID) == pytest.approx(40, abs=0.1)


def test_a_paragraph_may_leave_the_grid_as_do_cells_unless_the_letter_says_otherwise() -> None:
    off = '<w:snapToGrid w:val="0"/>'
    assert below(paragraph("one", off) + paragraph("two", off), "one", "two", section=GRID) < 14
    rows = table(("one", "a"), ("two", "b"))
    adjusted = "<w:compat><w:adjustLineHeightInTable/></w:compat>"
    assert below(rows, "one", "two", section=GRID) < 16
    assert below(rows, "one", "two", section=GRID, settings=adjusted) > 19


@pytest.mark.parametrize(
    ("kind", "width"),
    [("single", 3), ("double", 9), ("thinThickSmallGap", 4.5), ("thickThinMediumGap", 6), ("thickThinLargeGap", 5.25)],
)
def test_a_border_of_several_lines_takes_their_widths_and_gaps(kind: str, width: float) -> None:
    line = f'<w:pBdr><w:bottom w:val="{kind}" w:sz="24" w:space="0"/></w:pBdr>'
    assert below(paragraph("one", line) + paragraph("two"), "one", "two") == pytest.approx(13.8 + width, abs=0.2)
