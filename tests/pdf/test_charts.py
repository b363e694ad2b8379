"""Charts, which are drawn from the values that Word stored."""

from __future__ import annotations

import pytest
from helpers.charts import CHART, MONTHS, chart_parts, series
from helpers.documents import docx, paragraph
from helpers.drawn_parts import frame
from helpers.pages import place, places, printed
from helpers.pictures import pixel

from letters.docx.package import open_package
from letters.pdf.document import Image, inlines, paragraphs
from letters.pdf.reader.drawn_parts import with_drawn_parts
from letters.pdf.reader.reader import read_document

LABELS = '<c:dLbls><c:showVal val="1"/></c:dLbls>'
TWO = series("Granted", (12, 19, 3)) + series("Denied", (4, 6, 9))


def words(plot: str, **more: str) -> list[str]:
    letter = printed(paragraph("x", inner=frame(CHART, 400, 200)), others=chart_parts(plot, **more))
    assert [note.code for note in letter.notes] == ["look"]
    return [text for text, _, _ in places(letter.data)]


def pictures(plot: str, **more: str) -> list[Image]:
    """The shapes of a chart, from back to front."""
    package = open_package(
        docx(paragraph("", inner=frame(CHART, 400, 200)), others=chart_parts(plot, **more)), "letter.docx"
    )
    document = read_document(with_drawn_parts(package)[0])
    found = [item for each in paragraphs(document.sections[0].blocks) for item in inlines(each.content)]
    return [item for item in found if isinstance(item, Image)][:-1]  # the last takes up the room of the chart


def bars(plot: str, **more: str) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of the bars."""
    shapes = [each for each in pictures(plot, legend="", **more) if b"stroke" not in each.data]
    return [(each.floating.x, each.floating.y, each.width, each.height) for each in shapes if each.floating]


def test_the_words_of_a_chart_are_text() -> None:
    found = words(f'<c:barChart><c:barDir val="col"/>{TWO}</c:barChart>', title="Requests")
    assert found == ["Requests", "Granted", "Denied", "0", "5", "10", "15", "20", *MONTHS, "x"]


def test_bars_are_as_long_as_their_values_and_stand_side_by_side() -> None:
    found = bars(f'<c:barChart><c:barDir val="col"/>{TWO}</c:barChart>')
    heights = [height - 1 for _, _, _, height in found]  # a picture is a little larger than what it shows
    assert [height / heights[0] for height in heights] == pytest.approx(
        [1, 19 / 12, 3 / 12, 4 / 12, 6 / 12, 9 / 12], 0.01
    )
    lefts = [left for left, _, _, _ in found]
    assert lefts[:3] == sorted(lefts[:3])
    assert all(lefts[at] < lefts[at + 3] < lefts[at] + 1.1 * found[at][2] for at in range(3))


def test_bars_may_lie_and_be_stacked() -> None:
    plot = '<c:barChart><c:barDir val="bar"/><c:grouping val="stacked"/><c:overlap val="100"/>' + TWO + "</c:barChart>"
    found = bars(plot)
    assert all(found[at + 3][0] == pytest.approx(found[at][0] + found[at][2] - 1, abs=0.1) for at in range(3))
    assert found[0][1] > found[1][1] > found[2][1]  # the first category is at the bottom


def test_a_bar_below_zero_hangs_from_the_axis() -> None:
    up, down = bars(f"<c:barChart>{series('a', (5, -5, None))}</c:barChart>")
    assert down[1] == pytest.approx(up[1] + up[3] - 1, abs=0.1)


def test_values_are_written_as_their_cells_show_them() -> None:
    money = series("Fees", (1200.5, 800, 0), more=LABELS, code='"$"#,##0.00')
    found = words(f"<c:barChart>{money}</c:barChart>", legend="")
    assert {"$1,200.50", "$800.00", "$1,400.00"} <= set(found)


def test_large_and_small_values_are_read_as_they_are() -> None:
    found = words(f"<c:barChart>{series('a', (2.5e7, 1.2e7, 0), more=LABELS)}</c:barChart>", legend="")
    assert {"25000000", "12000000", "30000000"} <= set(found)
    small = words(f"<c:barChart>{series('a', (1e-3, 5e-4, 0), more=LABELS)}</c:barChart>", legend="")
    assert {"0.001", "0.0005"} <= set(small)


def test_a_line_goes_through_its_values_and_ends_where_one_is_missing() -> None:
    whole, broken = (
        [
            each
            for each in pictures(f"<c:lineChart>{series('a', values)}</c:lineChart>", legend="")
            if b"4f81bd" in each.data
        ]
        for values in ((1, 2, 3), (1, None, 3))
    )
    assert (len(whole), len(broken)) == (1, 0)


def test_slices_are_as_wide_as_their_shares() -> None:
    plot = f"<c:pieChart>{series('Share', (1, 2, 1))}</c:pieChart>"
    first, second, third = pictures(plot, legend="", axes="")
    assert (second.width, second.height) == pytest.approx((first.width * 2, first.height), abs=2)
    assert pixel(first, 0.3, 0.7)[:3] != pixel(third, 0.7, 0.7)[:3]
    shares = words(plot.replace("<c:cat>", '<c:dLbls><c:showPercent val="1"/></c:dLbls><c:cat>'), axes="")
    assert {"25%", "50%"} <= set(shares)
    assert set(MONTHS) <= set(shares)


def test_a_chart_is_read_aloud_as_its_values_or_as_its_alternative_text() -> None:
    said = [
        each.description for each in pictures(f"<c:barChart>{TWO}</c:barChart>", title="Requests") if each.description
    ]
    assert said == [
        "Column chart “Requests”. Granted: January 12, February 19, March 3; Denied: January 4, February 6, March 9."
    ]


def test_a_chart_of_a_kind_that_is_not_known_is_noted() -> None:
    letter = printed(
        paragraph("x", inner=frame(CHART, 400, 200)), others=chart_parts(f"<c:radarChart>{TWO}</c:radarChart>")
    )
    assert [note.code for note in letter.notes] == ["drawing"]


def test_a_chart_in_a_centered_paragraph_is_in_its_middle() -> None:
    plot = chart_parts(f"<c:barChart>{TWO}</c:barChart>", title="Requests")
    plain, centered = (
        printed(paragraph("", f'<w:jc w:val="{align}"/>', inner=frame(CHART, 400, 200)), others=plot)
        for align in ("left", "center")
    )
    moved = place(centered.data, "Requests")[0] - place(plain.data, "Requests")[0]
    assert moved == pytest.approx((468 - 400) / 2, abs=1)
