"""Charts, which are drawn from the values that Word stored."""

from __future__ import annotations

import io

import pikepdf
import pytest
from helpers.charts import CHART, MONTHS, chart_parts, series
from helpers.documents import docx, paragraph
from helpers.drawn_parts import frame
from helpers.pages import place, places, printed
from helpers.pictures import pixel

from letters.docx.names import A
from letters.docx.package import open_package
from letters.pdf.document import Image, inlines, paragraphs
from letters.pdf.reader.drawn_parts import with_drawn_parts
from letters.pdf.reader.reader import read_document

THEME = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/theme"
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


def label(at: int, more: str) -> str:
    return f'<c:dLbl><c:idx val="{at}"/>{more}</c:dLbl>'


def typed(text: str) -> str:
    return f"<c:tx><c:rich><a:p><a:r><a:t>{text}</a:t></a:r></a:p></c:rich></c:tx>"


def test_a_label_may_have_words_of_its_own_a_format_of_its_own_or_be_left_out() -> None:
    own = label(0, typed("about a half")) + label(2, '<c:delete val="1"/>')
    labels = f'<c:dLbls>{own}<c:numFmt formatCode="0%" sourceLinked="0"/><c:showVal val="1"/></c:dLbls>'
    found = words(f"<c:barChart>{series('a', (0.52, 0.25, 0.125), more=labels)}</c:barChart>", legend="")
    assert {"about a half", "25%"} <= set(found)
    assert not {"52%", "0.52", "0.25", "12%", "13%", "0.125"} & set(found)


def test_a_label_of_a_field_says_the_value() -> None:
    field = '<c:tx><c:rich><a:p><a:fld type="VALUE"><a:t>[VALUE]</a:t></a:fld></a:p></c:rich></c:tx>'
    own = label(0, field + '<c:showVal val="1"/>')
    labels = f"<c:dLbls>{own}</c:dLbls>"
    found = words(f"<c:barChart>{series('a', (7, 8, 9), more=labels)}</c:barChart>", legend="")
    assert "[VALUE]" not in found
    assert found.count("7") == 1


@pytest.mark.parametrize(("direction", "at"), [("col", 2), ("bar", 1)])
def test_labels_are_where_the_file_says(direction: str, at: int) -> None:
    """Along a bar: outside its end, inside it, in its middle, at its beginning."""
    found = []
    for where in ("outEnd", "inEnd", "ctr", "inBase"):
        labels = f'<c:dLbls><c:dLblPos val="{where}"/><c:showVal val="1"/></c:dLbls>'
        plot = f'<c:barChart><c:barDir val="{direction}"/>{series("a", (93, 50, 50), more=labels)}</c:barChart>'
        letter = printed(paragraph("x", inner=frame(CHART, 400, 200)), others=chart_parts(plot, legend=""))
        found.append(next(each for each in places(letter.data) if each[0] == "93")[at])
    assert found == sorted(found, reverse=direction == "bar")
    assert len({round(each) for each in found}) == 4


def font_sizes(data: bytes) -> set[float]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        steps = pikepdf.parse_content_stream(pdf.pages[0])
        return {round(float(operands[1]), 1) for operands, operator in steps if str(operator) == "Tf"}


def test_words_of_a_chart_have_the_sizes_that_the_file_gives_them() -> None:
    def look(size: int) -> str:
        return f'<c:txPr><a:p><a:pPr><a:defRPr sz="{size}"/></a:pPr></a:p></c:txPr>'

    plot = f'<c:barChart><c:barDir val="bar"/>{series("a", (1, 2, 3))}</c:barChart>'
    usual = chart_parts(plot, legend="")
    small = chart_parts(plot, legend="", axes=f"<c:catAx>{look(700)}</c:catAx><c:valAx>{look(500)}</c:valAx>")
    sizes = []
    for parts in (usual, small):
        data = printed(paragraph("x", inner=frame(CHART, 400, 200)), others=parts).data
        sizes.append(font_sizes(data))
    assert (sizes[0] & {5.0, 7.0, 10.0}, sizes[1] & {5.0, 7.0, 10.0}) == ({10.0}, {5.0, 7.0})


def test_the_names_beside_lying_bars_stay_on_one_line_in_a_font_that_is_replaced() -> None:
    named = '<a:fontScheme><a:minorFont><a:latin typeface="Century Gothic"/></a:minorFont></a:fontScheme>'
    theme = {"rIdTheme": (THEME, f'<a:theme xmlns:a="{A}"><a:themeElements>{named}</a:themeElements></a:theme>')}
    plot = f'<c:barChart><c:barDir val="bar"/>{series("a", (1, 2, 3)).replace("March", "Web Development")}</c:barChart>'
    letter = printed(paragraph("x", inner=frame(CHART, 290, 60)), others=chart_parts(plot, legend="") | theme)
    assert "Web Development" in [text for text, _, _ in places(letter.data)]


def test_an_axis_may_have_no_line_and_the_lines_behind_the_values_a_color() -> None:
    none = "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
    line = '<c:spPr><a:ln><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr>'
    gray = f"<c:majorGridlines>{line}</c:majorGridlines>"
    plot = f"<c:barChart>{series('a', (1, 2, 3))}</c:barChart>"
    usual = b"".join(each.data for each in pictures(plot, legend=""))
    drawn = b"".join(each.data for each in pictures(plot, legend="", axes=f"<c:catAx/><c:valAx>{gray}{none}</c:valAx>"))
    assert (usual.count(b"#868686"), drawn.count(b"#868686")) == (2, 1)
    assert b"#d9d9d9" in drawn


def test_a_title_that_says_nothing_says_what_word_writes() -> None:
    parts = chart_parts(f"<c:barChart>{TWO}</c:barChart>", title="?")
    link, xml = parts["rIdChart"]
    empty = {"rIdChart": (link, xml.replace("<c:tx><c:rich><a:p><a:r><a:t>?</a:t></a:r></a:p></c:rich></c:tx>", ""))}
    letter = printed(paragraph("x", inner=frame(CHART, 400, 200)), others=empty)
    assert "Chart Title" in [text for text, _, _ in places(letter.data)]


def test_a_chart_below_another_one_in_its_paragraph_is_on_its_own_page_with_its_words() -> None:
    plot = f"<c:barChart>{TWO}</c:barChart>"
    link, second = chart_parts(plot, title="Second")["rIdChart"]
    parts = chart_parts(plot, title="First") | {"rIdSecond": (link, second)}
    both = frame(CHART, 400, 500) + frame(CHART.replace("rIdChart", "rIdSecond"), 400, 500)
    spaced = paragraph("", '<w:spacing w:before="200" w:after="200"/>', inner=both)
    letter = printed(spaced + paragraph("x"), others=parts)
    first, then = ([text for text, _, _ in places(letter.data, page)] for page in (0, 1))
    assert ("First" in first, "Second" in first) == (True, False)
    assert {"Second", *MONTHS, "x"} <= set(then)
