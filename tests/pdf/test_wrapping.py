"""What the composer does with pictures, boxes, tables and columns that are beside the text."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from helpers.documents import PIXEL, docx, field, paragraph, text
from helpers.pages import DATED, LONG, NUMBERED, place, places, table, tags

from letters.pdf.convert import Writer, convert
from letters.pdf.parity.comparison import fold
from letters.pdf.pdf_file import pdf_words

SECTION = (
    '<w:sectPr>{}<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" '
    'w:header="720" w:footer="720"/><w:cols w:num="{}" w:space="720" {}/></w:sectPr>'
)
CONTINUOUS = '<w:type w:val="continuous"/>'
COLUMN_BREAK = '<w:p><w:r><w:br w:type="column"/></w:r></w:p>'


def composed(body: str, **more: Any) -> bytes:
    return convert(docx(body, **more), dated=DATED, writer="composer").data


def inner_section(columns: int, kind: str = "", more: str = "") -> str:
    """The last paragraph of a section with columns."""
    return paragraph("", SECTION.format(kind, columns, more))


def last_section(columns: int) -> str:
    """What `docx` takes as its page."""
    return SECTION.format("", columns, "").removeprefix("<w:sectPr>").removesuffix("</w:sectPr>")


def picture(x: int, y: int, wrap: str = "Square", frame: str = "column", from_top: str = "paragraph") -> str:
    """A floating picture, 100 points square, that text wraps around; its position in points."""
    kind = f'<wp:wrap{wrap} wrapText="bothSides"/>' if wrap == "Square" else f"<wp:wrap{wrap}/>"
    return (
        '<w:r><w:drawing><wp:anchor distT="0" distR="114300" distB="0" distL="114300" behindDoc="0">'
        f'<wp:positionH relativeFrom="{frame}"><wp:posOffset>{x * 12700}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="{from_top}"><wp:posOffset>{y * 12700}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="1270000" cy="1270000"/>{kind}<wp:docPr id="1" name="p" descr="The seal"/>'
        '<a:graphic><a:graphicData uri="x"><pic:pic><pic:blipFill><a:blip r:embed="rIdPicture"/></pic:blipFill>'
        "</pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


def floating(rows: int, x: int, y: int, anchor: str = "text", width: int = 1500) -> str:
    """A table of two columns with a position; ``width`` of a column in twentieths of a point, the rest in points."""
    plain = table(*[(f"Row {at}", "cell") for at in range(rows)], head=False).replace("3000", str(width))
    position = f'<w:tblpPr w:vertAnchor="{anchor}" w:horzAnchor="margin" w:tblpX="{x * 20}" w:tblpY="{y * 20}"/>'
    return plain.replace("<w:tblPr>", f"<w:tblPr>{position}")


def lines(data: bytes, page: int = 0) -> list[tuple[float, float]]:
    """Where each line of text on a page begins, and its distance from the top."""
    found: dict[float, float] = {}
    for words, x, y in places(data, page):
        if words.strip():
            found[y] = min(x, found.get(y, x))
    return [(x, y) for y, x in sorted(found.items())]


def test_lines_beside_a_picture_begin_after_it_and_those_below_at_the_margin() -> None:
    data = composed(paragraph(LONG + LONG, inner=picture(0, 0)), pictures={"rIdPicture": PIXEL})
    beside = [x for x, y in lines(data) if y < 170]
    below = [x for x, y in lines(data) if y > 190]
    assert beside
    assert below
    assert beside == pytest.approx([72 + 100 + 9] * len(beside))
    assert below == pytest.approx([72] * len(below))


@pytest.mark.parametrize(
    ("sides", "x", "begins"),
    [
        ("bothSides", 200, {72, 381}),  # after the picture, 9 points away
        ("bothSides", 60, {241}),  # less than an inch is left before it
        ("largest", 200, {72}),
        ("largest", 100, {281}),
        ("left", 100, {72}),
        ("right", 200, {381}),
    ],
)
def test_text_goes_on_at_the_other_side_of_a_picture(sides: str, x: int, begins: set[int]) -> None:
    shown = picture(x, 0).replace("bothSides", sides)
    data = composed(paragraph("word " * 100, inner=shown), pictures={"rIdPicture": PIXEL})
    beside = [(words, left, y) for words, left, y in places(data) if y < 170 and words.strip()]
    assert {round(left) for _, left, _ in beside} == begins
    assert len({y for _, _, y in beside}) > 5
    assert fold(pdf_words(data).body) == "word" * 100


def test_text_at_either_side_of_a_picture_is_aligned_by_itself() -> None:
    begins = []
    for align in ("left", "center", "right"):
        shown = paragraph("word " * 100, f'<w:jc w:val="{align}"/>', inner=picture(200, 0))
        data = composed(shown, pictures={"rIdPicture": PIXEL})
        begins.append(sorted(x for words, x, y in places(data) if y < 90 and words.strip()))
    for left, center, right in zip(*begins, strict=True):
        assert left < center < right
        assert center - left == pytest.approx(right - center, abs=0.1)


def test_a_word_for_which_there_is_no_room_beside_a_picture_goes_below_it() -> None:
    rule = "_" * 45
    data = composed(paragraph(f"Signed {rule}", inner=picture(150, 0)), pictures={"rIdPicture": PIXEL})
    (signed, upper), (line, lower) = (place(data, words) for words in ("Signed", rule))
    assert signed == line == 72
    assert upper < 90
    assert lower > 72 + 100


def test_a_tab_goes_on_at_the_other_side_of_a_picture() -> None:
    words = text("Date") + "<w:r><w:tab/></w:r>" + text("Place")
    stop = '<w:tabs><w:tab w:val="left" w:pos="6000"/></w:tabs>'
    data = composed(paragraph(inner=picture(100, 0) + words, properties=stop), pictures={"rIdPicture": PIXEL})
    assert place(data, "Date")[0] == 72
    assert place(data, "Place") == pytest.approx((372, place(data, "Date")[1]), abs=0.1)


def test_a_float_that_would_push_its_paragraph_to_the_next_page_goes_there_with_it() -> None:
    """The picture has no room below its paragraph. If it stood higher, the paragraph would have none either."""
    tall = picture(0, 0, "TopAndBottom").replace('cy="1270000"', 'cy="3810000"')
    before = "".join([paragraph(f"Line {at}") for at in range(44)])
    data = composed(before + paragraph("Map", inner=tall) + paragraph("After"), pictures={"rIdPicture": PIXEL})
    assert place(data, "Line 43")[1] == pytest.approx(place(data, "Line 42")[1] + 13.8, abs=0.1)
    assert place(data, "Map", 1)
    assert place(data, "After", 1)[1] > 72 + 300


def test_tabs_and_spaces_at_the_end_of_a_line_are_not_in_the_way_of_a_page_number_in_a_frame() -> None:
    frame = '<w:framePr w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:xAlign="right" w:y="1"/>'
    stops = '<w:tabs><w:tab w:val="right" w:pos="9540"/></w:tabs><w:ind w:right="360"/>'
    tab = "<w:r><w:tab/></w:r>"
    footer = paragraph(inner=field("PAGE", "1"), properties=frame)
    footer += paragraph("Agreement", stops, inner=tab + text("      ") + tab)
    data = composed(paragraph("Body"), footers={"default": footer})
    assert place(data, "1")[1] == pytest.approx(place(data, "Agreement")[1] + 1, abs=1)


@pytest.mark.parametrize(("indent", "begins"), [(36, 100 + 9 + 36), (120, 120)])
def test_an_indent_counts_from_a_picture_that_reaches_into_the_text(indent: int, begins: int) -> None:
    indented = f'<w:ind w:left="{indent * 20}"/>'
    data = composed(paragraph(LONG + LONG, indented, inner=picture(0, 0)), pictures={"rIdPicture": PIXEL})
    assert {round(x) for x, y in lines(data) if y < 170} == {72 + begins}
    assert {round(x) for x, y in lines(data) if y > 190} == {72 + indent}


def test_text_whose_indent_leaves_it_no_room_beside_a_picture_goes_below_it() -> None:
    body = paragraph("beside", inner=picture(300, 0)) + paragraph("indented", '<w:ind w:left="5600"/>')
    data = composed(body, pictures={"rIdPicture": PIXEL})
    assert place(data, "beside")[1] < 100
    assert place(data, "indented") == (pytest.approx(72 + 280), pytest.approx(72 + 100 + 11.2, abs=0.1))


def test_text_whose_indent_clears_a_picture_stands_beside_it_where_the_indent_says() -> None:
    """The indent is wider than what the picture leaves of the line, but the picture does not reach into the text."""
    wide = picture(0, 0).replace('cx="1270000"', 'cx="3429000"')  # 270 points
    indented = paragraph("Trend", '<w:ind w:left="5800"/>')
    data = composed(paragraph("", inner=wide) + indented, pictures={"rIdPicture": PIXEL})
    assert place(data, "Trend")[0] == pytest.approx(72 + 290)
    assert place(data, "Trend")[1] < 72 + 40


def test_a_picture_leaves_the_text_alone_on_the_page_before_that_of_its_paragraph() -> None:
    empty = paragraph("", '<w:spacing w:before="10800"/>')
    tall = picture(0, 0).replace('cy="1270000"', 'cy="2540000"')
    data = composed(
        empty + paragraph("Above") + paragraph(LONG * 2, "<w:keepLines/>", inner=tall), pictures={"rIdPicture": PIXEL}
    )
    assert place(data, "Above")[0] == pytest.approx(72)
    assert lines(data, 1)[0][0] == pytest.approx(72 + 100 + 9)


def test_a_name_stands_below_the_line_to_sign_on() -> None:
    """As programs that make Word files of PDFs write it."""
    drawn = (
        '<w:r><w:pict><v:line style="position:absolute;mso-position-horizontal-relative:page" from="1in,17.65pt" '
        'to="190pt,17.65pt"><w10:wrap xmlns:w10="urn:schemas-microsoft-com:office:word" type="topAndBottom"/>'
        "</v:line></w:pict></w:r>"
    )
    below = paragraph("Casey Specimen")
    signed, plain = composed(paragraph(inner=drawn) + below), composed(paragraph() + below)
    down = place(signed, "Casey Specimen")[1] - place(plain, "Casey Specimen")[1]
    assert down == pytest.approx(17.65 - 13.8, abs=0.1)


def test_no_line_is_beside_a_picture_with_text_above_and_below_it_only() -> None:
    data = composed(paragraph(LONG, inner=picture(100, 20, "TopAndBottom")), pictures={"rIdPicture": PIXEL})
    tops = [y for _, y in lines(data)]
    assert max(below - above for above, below in pairwise(tops)) > 100


def test_a_line_stays_above_a_picture_that_begins_in_the_space_below_its_words() -> None:
    spaced = '<w:spacing w:line="480" w:lineRule="auto"/>'
    body = paragraph(LONG, spaced, inner=picture(100, 15, "TopAndBottom"))
    first, second, *_ = [y for _, y in lines(composed(body, pictures={"rIdPicture": PIXEL}))]
    assert first < 72 + 15 < 72 + 115 < second


def test_the_number_of_a_paragraph_begins_after_a_picture() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = paragraph("Beside", numbered, inner=picture(-70, 0))
    data = composed(body, numbering=NUMBERED, pictures={"rIdPicture": PIXEL})
    label, words = place(data, "1")[0], place(data, "Beside")[0]
    assert label == pytest.approx(72 + 30 + 9 + 18)
    assert words > label + 6


def test_text_before_its_anchor_gives_way_to_a_picture_with_a_position_on_the_page() -> None:
    body = paragraph(LONG) * 3 + paragraph(LONG, inner=picture(400, 100, frame="page", from_top="page"))
    data = composed(body, pictures={"rIdPicture": PIXEL})
    words = pdf_words(data, positions=True).placed[0]
    beside = [each for each in words if 792 - 200 < each.y < 792 - 110]
    assert beside
    assert max(right for each in beside for shown, _, right in each.glyphs() if shown.strip()) < 400
    assert fold(pdf_words(data).body) == fold(LONG * 4)


def test_a_paragraph_that_continues_on_the_next_page_leaves_the_float_behind() -> None:
    body = paragraph(LONG) * 6 + paragraph(LONG * 3, inner=picture(0, 0))
    data = composed(body, pictures={"rIdPicture": PIXEL})
    assert max(x for x, _ in lines(data)) > 180
    assert [x for x, _ in lines(data, 1)] == pytest.approx([72] * len(lines(data, 1)))


def test_text_stands_beside_a_narrow_floating_table_and_below_a_wide_one() -> None:
    narrow = composed(paragraph("Above") + floating(4, 300, 0) + paragraph(LONG))
    assert place(narrow, "The Department")[1] == pytest.approx(place(narrow, "Row 0")[1], abs=3)
    wide = composed(paragraph("Above") + floating(4, 0, 0, width=4600) + paragraph(LONG))
    assert place(wide, "The Department")[1] > place(wide, "Row 3")[1]


def test_a_table_whose_paragraphs_are_all_in_the_same_frame_floats_as_a_whole() -> None:
    frame = '<w:framePr w:hSpace="180" w:wrap="around" w:vAnchor="text" w:hAnchor="margin" w:x="2880" w:y="1"/>'
    framed = table(("Seller", "Buyer"), ("L.S.", "L.S."), head=False).replace("<w:pPr>", f"<w:pPr>{frame}")
    assert framed.count(frame) == 4
    data = composed(framed + paragraph("Signed " * 40))
    (left, top), (right, beside) = place(data, "Seller"), place(data, "Buyer")
    assert left > 72 + 144
    assert right > left
    assert top == beside
    assert lines(data)[0][0] == 72  # the text is beside it


def test_the_text_gives_way_to_a_picture_of_the_header_on_every_page() -> None:
    head = paragraph("Head", inner=picture(0, 60))
    data = composed(paragraph(LONG) * 10, headers={"default": head}, pictures={"rIdPicture": PIXEL})
    for page in (0, 1):
        beside = [x for x, y in lines(data, page) if 100 < y < 190]
        assert beside == pytest.approx([72 + 100 + 9] * len(beside))
        assert len(beside) > 5


@pytest.mark.parametrize("writer", ["composer", "html"])
def test_a_picture_of_the_header_is_behind_the_text_on_every_page(writer: Writer) -> None:
    head = paragraph("Head", inner=picture(0, 100, "None"))
    body = paragraph("one") + paragraph("two", "<w:pageBreakBefore/>")
    file = docx(body, headers={"default": head}, pictures={"rIdPicture": PIXEL})
    with pikepdf.open(io.BytesIO(convert(file, dated=DATED, writer=writer).data)) as pdf:
        for page in pdf.pages:
            drawn = [str(each.operator) for each in pikepdf.parse_content_stream(page)]
            assert drawn.index("Do") < len(drawn) - drawn[::-1].index("ET")


@pytest.mark.parametrize("at", [60, 400])
def test_text_in_a_long_cell_stays_below_a_table_in_it(at: int) -> None:
    inner = floating(3, 0, 0, width=3300).replace('horzAnchor="margin"', 'horzAnchor="text"')
    cell = "".join(map(paragraph, [f"line {each}" for each in range(at)])) + inner + paragraph("after")
    rows = table(("CELL", ""), head=False).replace("3000", "9000", 1)
    data = composed(rows.replace(rows[rows.index("<w:p>") : rows.index("</w:tc>")], cell))
    page = next(page for page in range(20) if any(shown.startswith("after") for shown, _, _ in places(data, page)))
    assert place(data, "after", page)[1] > place(data, "Row 2", page)[1]


def test_a_picture_beside_a_column_is_where_its_position_says() -> None:
    body = paragraph("one", inner=picture(300, 20, "None"))
    data = composed(body, section=last_section(2), pictures={"rIdPicture": PIXEL})
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn = [each for each in pikepdf.parse_content_stream(pdf.pages[0]) if str(each.operator) == "cm"]
    assert float(list(drawn[0].operands)[4]) == pytest.approx(72 + 300)


def test_a_picture_of_the_header_that_would_leave_the_text_no_room_does_not_count() -> None:
    body = picture(0, 60).replace('cx="1270000" cy="1270000"', 'cx="5943600" cy="7000000"')
    data = composed(paragraph("Text"), headers={"even": paragraph("Head", inner=body)}, pictures={"rIdPicture": PIXEL},
                    settings="<w:evenAndOddHeaders/>")  # fmt: skip
    assert place(data, "Text")[1] < 100


def test_the_words_of_a_cell_stand_beside_its_picture_and_the_next_row_below_it() -> None:
    rows = table(("In the Family Court", "other"), ("below", "right"), head=False)
    rows = rows.replace("</w:p>", f"{picture(0, 0)}</w:p>", 1).replace("3000", "4000")
    data = composed(paragraph("Above") + rows, pictures={"rIdPicture": PIXEL})
    assert place(data, "In the")[0] == pytest.approx(place(data, "Above")[0] + 5.4 + 100 + 9, abs=6)
    assert place(data, "below")[1] > place(data, "In the")[1] + 100


def test_a_picture_in_a_cell_keeps_no_distance_from_the_next_cell() -> None:
    rows = table(("", "other"), ("below", "right"), head=False).replace("</w:p>", f"{picture(0, 0)}</w:p>", 1)
    data = composed(paragraph("Above") + rows.replace("3000", "2250"), pictures={"rIdPicture": PIXEL})
    assert place(data, "below")[1] > place(data, "other")[1] + 100


def test_what_would_leave_the_page_at_its_end_stays_on_it() -> None:
    data = composed(paragraph("x", inner=picture(0, 2000, "None")), pictures={"rIdPicture": PIXEL})
    with pikepdf.open(io.BytesIO(data)) as pdf:
        drawn = [each for each in pikepdf.parse_content_stream(pdf.pages[0]) if str(each.operator) == "cm"]
    assert [float(number) for number in drawn[0].operands][-1] == pytest.approx(0)  # its lower edge


def test_spaces_past_the_edge_of_the_page_are_no_words() -> None:
    assert place(composed(paragraph(inner=text("Dean" + " " * 400) + text(" " * 40))), "Dean")[0] == 72


def test_the_shading_of_a_paragraph_ends_where_a_float_begins() -> None:
    shaded = paragraph(LONG + LONG, '<w:shd w:val="clear" w:fill="ffcc00"/>', inner=picture(0, 0))
    with pikepdf.open(io.BytesIO(composed(shaded, pictures={"rIdPicture": PIXEL}))) as pdf:
        drawn = [each for each in pikepdf.parse_content_stream(pdf.pages[0]) if str(each.operator) == "re"]
    boxes = sorted([round(float(number)) for number in each.operands][::2] for each in drawn)
    assert boxes == [[72, 468], [72 + 100 + 9, 468 - 100 - 9]]


def test_a_floating_table_longer_than_a_page_is_part_of_the_text() -> None:
    data = composed(paragraph("Above") + floating(80, 300, 0) + paragraph("Below"))
    assert fold(pdf_words(data).body).startswith("AboveRow0cell")
    assert place(data, "Row 79", 1)


def test_balanced_columns_are_read_one_after_the_other_and_the_text_goes_on_below() -> None:
    body = (
        paragraph("Title") + inner_section(1) + "".join(paragraph(f"Item {at}") for at in range(10))
        + inner_section(2, CONTINUOUS) + paragraph("After")
    )  # fmt: skip
    data = composed(body, section=CONTINUOUS)
    assert place(data, "Item 0")[1] == pytest.approx(place(data, "Item 6")[1], abs=14)
    assert place(data, "Item 9")[0] - place(data, "Item 0")[0] == pytest.approx((468 - 36) / 2 + 36)
    assert place(data, "After")[1] > place(data, "Item 5")[1]
    assert fold(pdf_words(data).body) == fold("".join(["Title", *(f"Item {at}" for at in range(10)), "After"]))


def test_columns_are_filled_page_by_page() -> None:
    data = composed("".join(paragraph(f"Item {at}") for at in range(150)), page=last_section(2))
    ends = [place(data, f"Item {at}", page)[0] for at, page in ((0, 0), (60, 0), (100, 1), (149, 1))]
    assert ends == pytest.approx([72, 324, 72, 324])


def test_a_row_goes_on_in_the_next_column() -> None:
    lines = "".join(paragraph(f"Line {at}") for at in range(60))
    row = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='4000'/></w:tblGrid><w:tr><w:tc>{lines}</w:tc></w:tr></w:tbl>"
    data = composed(row + paragraph("After"), page=last_section(2))
    assert [place(data, f"Line {at}")[0] > 300 for at in (0, 40, 50, 59)] == [False, False, True, True]
    assert place(data, "After")[1] > place(data, "Line 59")[1]


def test_columns_of_different_widths_are_filled_one_after_the_other() -> None:
    columns = '<w:cols w:num="2" w:equalWidth="0"><w:col w:w="2500" w:space="720"/><w:col w:w="6140"/></w:cols>'
    page = last_section(2).partition("<w:cols")[0] + columns
    letter = convert(docx(paragraph(LONG) * 12, page=page), dated=DATED, writer="composer")
    lines = [(len(words), x) for words, x, y in places(letter.data) if y < 700]
    narrow, wide = (max(length for length, x in lines if (x > 200) is right) for right in (False, True))
    assert {round(x) for _, x in lines} == {72, 72 + 125 + 36}
    assert wide > 2 * narrow
    assert fold(pdf_words(letter.data).body) == fold(LONG * 12)
    assert not letter.notes


def test_columns_of_different_widths_are_balanced_above_what_follows() -> None:
    columns = '<w:cols w:num="2" w:equalWidth="0"><w:col w:w="2500" w:space="720"/><w:col w:w="6140"/></w:cols>'
    section = f"<w:p><w:pPr><w:sectPr>{last_section(2).partition('<w:cols')[0]}{columns}</w:sectPr></w:pPr></w:p>"
    data = composed(paragraph(LONG) + section + paragraph("After"), section=CONTINUOUS)
    left, right = ([y for _, x, y in places(data) if (x > 200) is beside] for beside in (False, True))
    assert abs(len(left[:-1]) - len(right)) <= 2
    assert place(data, "After")[1] > max(right)


def test_a_footnote_of_a_column_is_below_all_columns() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    note = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" By the rule.")}</w:p></w:footnote>'
    lines = [paragraph(f"Item {at}", inner=mark if at == 3 else "") for at in range(120)]
    data = composed("".join(lines), footnotes=note, page=last_section(2))
    (below,) = [y for words, _, y in places(data) if "By the rule" in words]
    assert below > 690
    assert max(y for words, _, y in places(data) if words.startswith("Item")) < below
    assert place(data, "Item 119", 1)


def test_a_column_break_begins_the_next_column() -> None:
    data = composed(paragraph("left") + COLUMN_BREAK + paragraph("right"), page=last_section(2))
    assert place(data, "right")[0] == pytest.approx(324)
    assert place(data, "right")[1] < place(data, "left")[1] + 15


def test_a_section_on_an_odd_page_leaves_an_even_one_empty() -> None:
    footers = {"default": paragraph(inner=field("PAGE", "1"))}
    data = composed(
        paragraph("One") + inner_section(1) + paragraph("Two"), section='<w:type w:val="oddPage"/>', footers=footers
    )
    assert pdf_words(data).furniture[1:] == ["", "3"]
    assert place(data, "Two", 2)


def test_a_page_number_in_the_text_is_that_of_its_page() -> None:
    number = paragraph(inner=text("This is page ") + field("PAGE", "9") + text(" of ") + field("NUMPAGES", "9"))
    data = composed(paragraph(LONG) * 11 + number)
    assert fold(pdf_words(data).body).endswith("Thisispage2of2")


def test_a_footnote_of_a_table_is_at_the_bottom_of_the_page_and_read_in_its_cell() -> None:
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    cell = f"<w:tc>{paragraph(inner=text('Wages') + mark)}</w:tc><w:tc>{paragraph('Held')}</w:tc>"
    grid = '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    note = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" By the rule.")}</w:p></w:footnote>'
    data = composed(f"<w:tbl><w:tblPr/>{grid}<w:tr>{cell}</w:tr></w:tbl>" + paragraph("Words"), footnotes=note)
    assert place(data, "1 By the rule")[1] > 600
    assert "Note" in tags(data)


def test_a_word_is_divided_at_a_soft_hyphen_which_shows_only_there() -> None:
    data = composed(paragraph("Disclo\u00adsure of agen\u00adcy records " * 12))
    assert "\u00ad" not in pdf_words(data).body
    assert sum(words.endswith("-") for words, _, _ in places(data)) >= 1
    assert fold(pdf_words(data).body) == fold("Disclosure of agency records " * 12)


def test_bold_and_italic_in_a_font_that_has_neither() -> None:
    fonts = '<w:rFonts w:ascii="Noto Sans Cherokee" w:hAnsi="Noto Sans Cherokee"/><w:b/><w:i/>'
    data = composed(paragraph("Words", run=fonts))
    assert fold(pdf_words(data).body) == "Words"


def test_a_frame_in_the_header_is_as_wide_as_the_page_number_in_it() -> None:
    frame = '<w:framePr w:wrap="none" w:vAnchor="text" w:hAnchor="margin" w:xAlign="right" w:y="1"/>'
    header = paragraph(inner=field("PAGE", "1"), properties=frame) + paragraph("Our letter")
    body = "".join(paragraph(f"Page {at}", "<w:pageBreakBefore/>") for at in range(1, 12))
    data = composed(body, headers={"default": header})
    assert [fold(words) for words in pdf_words(data).furniture][-1] == "11Ourletter"
    assert place(data, "Our letter", 10) == place(data, "Our letter", 8)
    assert place(data, "9", 8)[0] - place(data, "11", 10)[0] == pytest.approx(6, abs=0.5)  # the width of a figure
