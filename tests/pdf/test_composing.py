"""The composer lays out the same letter with the same structure as the HTML writer, and knows its limits."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import pikepdf
import pytest
from helpers import KINDS
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.pages import DATED, LONG, NUMBERED, item, place, places, table, tags, texts_turned

from letters.assembly.assembler import Assembler
from letters.pdf.convert import Writer, convert
from letters.pdf.job import ConvertedLetter
from letters.pdf.parity.comparison import fold
from letters.pdf.pdf_file import metadata_of, pdf_words
from letters.pdf.size_limits import CannotConvert


def both(letter: bytes) -> tuple[ConvertedLetter, ConvertedLetter]:
    """A letter as laid out by the composer and by WeasyPrint."""
    composed, by_html = convert(letter, dated=DATED, writer="composer"), convert(letter, dated=DATED, writer="html")
    assert producer(composed).startswith("Letters")
    assert producer(by_html).startswith("WeasyPrint")
    return composed, by_html


def composed(body: str, **more: Any) -> bytes:
    return convert(docx(body, **more), dated=DATED, writer="composer").data


def producer(letter: ConvertedLetter) -> str:
    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        return str(pdf.docinfo["/Producer"])


def outline(data: bytes) -> list[tuple[str, int]]:
    """The bookmarks in the sidebar, with the number of the page each leads to."""
    with pikepdf.open(io.BytesIO(data)) as pdf, pdf.open_outline() as found:
        pages = {page.objgen: at for at, page in enumerate(pdf.pages)}

        def walk(items: Any) -> Any:
            for each in items:
                yield each.title, pages[each.destination[0].objgen]
                yield from walk(each.children)

        return list(walk(found.root))


def claims(data: bytes) -> list[str]:
    metadata = metadata_of(data).decode()
    return [claim for claim in ("<pdfaid:part>2<", "<pdfuaid:part>1<") if claim in metadata]


def _beginnings(data: bytes, headings: list[tuple[str, int]]) -> list[tuple[float, float]]:
    """The positions of headings that are drawn as typed, in one piece, and below a header with the same words."""
    words = [(title.split()[0], page) for title, page in headings if title.split()[0] not in ("Memorandum",)]
    return [
        max([(x, y) for shown, x, y in places(data, page) if shown.startswith(word)], key=lambda at: at[1])
        for word, page in words
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_shipped_letters_are_the_same_from_both_writers(assembler: Assembler, sample: Any, kind: str) -> None:
    ours, theirs = both(assembler.make(assembler.check(sample(kind)), ("docx",)).files["docx"])

    assert ours.pages == theirs.pages
    assert ours.notes == theirs.notes == ()
    assert fold(pdf_words(ours.data).body) == fold(pdf_words(theirs.data).body)
    assert [fold(words) for words in pdf_words(ours.data).furniture] == [
        fold(words) for words in pdf_words(theirs.data).furniture
    ]
    assert tags(ours.data) == tags(theirs.data)
    assert claims(ours.data) == claims(theirs.data) == ["<pdfaid:part>2<", "<pdfuaid:part>1<"]
    headings = outline(ours.data)
    assert headings == outline(theirs.data)
    compared = [_beginnings(letter.data, headings) for letter in (ours, theirs)]
    assert len(compared[0]) > 2
    assert compared[0] == [pytest.approx(at, abs=3) for at in compared[1]]


def test_a_table_from_right_to_left_is_read_in_its_order_and_set_alike_by_both_writers() -> None:
    grid = table(("one", "two", "three"), ("four", "five", "six")).replace("<w:tblPr>", "<w:tblPr><w:bidiVisual/>")
    ours, theirs = both(docx(paragraph("Over") + grid + paragraph("Under")))
    assert tags(ours.data) == tags(theirs.data)
    assert fold(pdf_words(ours.data).body) == "Overonetwothreefourfivesix" + "Under"
    for word in ("one", "two", "three", "six", "Under"):
        assert place(ours.data, word) == pytest.approx(place(theirs.data, word), abs=1.5)
    assert place(ours.data, "three")[0] < place(ours.data, "two")[0] < place(ours.data, "one")[0]


def test_the_html_writer_lays_out_what_the_composer_does_not_support() -> None:
    body = paragraph("Dear שלום", inner=picture(description="The seal"))
    letter = docx(body, pictures={"rIdPicture": PIXEL})
    assert producer(convert(letter, dated=DATED)).startswith("WeasyPrint")
    with pytest.raises(CannotConvert, match="The composer does not set this letter"):
        convert(letter, dated=DATED, writer="composer")


def test_spaces_may_run_off_the_page() -> None:
    body = paragraph(inner=text("Dear Ms. Doe" + " " * 150) + text(" " * 100, "<w:b/>"))
    assert pdf_words(convert(docx(body), dated=DATED, writer="composer").data).body.strip() == "Dear Ms. Doe"


@pytest.mark.parametrize(
    ("run", "wide"),
    [
        ('<w:w w:val="80"/>', 0.8),
        ('<w:w w:val="150%"/>', 1.5),
        ('<w:rFonts w:ascii="Arial Narrow" w:hAnsi="Arial Narrow"/>', 0.82),
    ],
    ids=["narrower", "wider", "Arial Narrow"],
)
def test_text_made_wider_or_narrower_takes_as_much_room(run: str, wide: float) -> None:
    usual = run if "Fonts" not in run else run.replace(" Narrow", "")
    words = "Words of a letter, set at the right"
    plain, narrow = (
        composed(paragraph(words, '<w:jc w:val="right"/>', run=each)) for each in (usual if "Fonts" in run else "", run)
    )
    (shown, x, _), (again, other, _) = places(plain)[0], places(narrow)[0]
    assert shown == again
    assert 540 - other == pytest.approx((540 - x) * wide, abs=0.1)
    justified = composed(paragraph(LONG, '<w:jc w:val="both"/>', run=run))
    assert fold(pdf_words(justified).body) == fold(LONG)
    (lines,) = pdf_words(justified, positions=True).placed
    ends = [right for line in lines for shown, _, right in line.glyphs() if shown.strip()]
    assert max(ends) == pytest.approx(540, abs=0.5)


@pytest.mark.parametrize("wide", ["0", "601", "", "wide"])
def test_text_is_as_wide_as_its_font_where_a_width_is_impossible(wide: str) -> None:
    run = f'<w:w w:val="{wide}"/>'
    assert places(composed(paragraph("a b", '<w:jc w:val="right"/>', run=run))) == places(
        composed(paragraph("a b", '<w:jc w:val="right"/>'))
    )


def test_text_made_narrower_is_plain_by_html_with_a_note() -> None:
    letter = convert(docx(paragraph("Words", run='<w:w w:val="80"/>')), dated=DATED, writer="html")
    assert [note.message for note in letter.notes] == ["Text that is stretched is printed plain."]


def test_lines_of_a_justified_paragraph_end_at_the_right_margin() -> None:
    left = composed(paragraph(LONG))
    justified = composed(paragraph(LONG, '<w:jc w:val="both"/>'))

    def words(data: bytes) -> list[str]:
        return [shown for shown, _, _ in places(data)]

    assert words(justified) == words(left)
    with pikepdf.open(io.BytesIO(justified)) as pdf:
        stretched = [op for op in pikepdf.parse_content_stream(pdf.pages[0]) if str(op.operator) == "TJ"]
    assert len(stretched) == len(words(left)) - 1  # all but the last line


@pytest.mark.parametrize(("family", "height"), [("Aptos", 1.2207), ("Georgia", 1.1362), ("Segoe UI", 1.3301)])
@pytest.mark.parametrize("writer", ["composer", "html"])
def test_lines_are_as_high_as_those_of_a_font_that_is_not_here(family: str, height: float, writer: Writer) -> None:
    run = f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}"/><w:sz w:val="40"/>'
    data = convert(docx(paragraph("above", run=run) + paragraph("below", run=run)), dated=DATED, writer=writer).data
    assert place(data, "below")[1] - place(data, "above")[1] == pytest.approx(20 * height, abs=0.1)


@pytest.mark.parametrize(("family", "look", "wide"), [("Aptos", "", 0.4265), ("Georgia", "<w:b/>", 0.5125)])
@pytest.mark.parametrize("writer", ["composer", "html"])
def test_words_are_as_wide_as_those_of_a_font_that_is_not_here(
    family: str, look: str, wide: float, writer: Writer
) -> None:
    words = "Records of the Department are open to you, and to anybody else who asks for them, unless a law says that "
    run = f'<w:rFonts w:ascii="{family}" w:hAnsi="{family}"/>{look}<w:sz w:val="14"/>'
    letter = convert(docx(paragraph(words + "|", '<w:jc w:val="right"/>', run=run)), dated=DATED, writer=writer)
    (lines,) = pdf_words(letter.data, positions=True).placed
    ends = [x for line in lines for shown, x, _ in line.glyphs() if shown.strip()]
    assert max(ends) - min(ends) == pytest.approx(7 * wide * len(words), rel=0.03)


def test_what_is_kept_with_the_next_paragraph_moves_with_it() -> None:
    filled = paragraph("x") * 40
    kept = paragraph(LONG, "<w:keepNext/>") + paragraph("Sincerely,")
    whole = composed(filled + kept + paragraph("y") * 12)

    pages = [{shown.strip() for shown, _, _ in places(whole, page)} for page in (0, 1)]
    together = next(lines for lines in pages if "Sincerely," in lines)
    assert any(line.startswith("The Department may disclose") for line in together)


def test_more_than_a_page_of_paragraphs_kept_with_the_next_is_not_kept_together() -> None:
    data = composed(paragraph("x") * 30 + paragraph("kept", "<w:keepNext/>") * 60 + paragraph("end"))
    assert "kept" in {shown.strip() for shown, _, _ in places(data, 0)}
    assert round(place(data, "x")[1]) == round(place(data, "kept", 1)[1]) == 83


@pytest.mark.parametrize(("kept", "page"), [("<w:keepNext/>", 1), ("", 0)])
def test_a_row_that_stays_with_what_is_below_it_goes_to_the_next_page_whole(kept: str, page: int) -> None:
    lines = paragraph("Parties", kept) + "".join(paragraph(f"line{at}") for at in range(20))
    rows = table(("CELL",), head=False)
    cell = rows[rows.index("<w:p>") : rows.index("</w:tc>")]
    data = composed(paragraph("x") * 40 + rows.replace(cell, lines) + paragraph("end"))
    assert any(shown.startswith("Parties") for shown, _, _ in places(data, page))
    assert any(shown.startswith("line19") for shown, _, _ in places(data, 1))


def test_a_row_whose_lines_stay_together_goes_to_the_next_page_whole() -> None:
    kept = "".join(paragraph(f"line{at}", "<w:keepNext/>") for at in range(20))
    rows = table(("CELL",), head=False)
    cell = rows[rows.index("<w:p>") : rows.index("</w:tc>")]
    data = composed(paragraph("x") * 40 + rows.replace(cell, kept) + paragraph("end"))
    assert place(data, "line0", 1)[1] < place(data, "line19", 1)[1]


def test_space_between_shaded_paragraphs_does_not_begin_a_page() -> None:
    shaded = '<w:shd w:val="clear" w:fill="FFEE88"/><w:spacing w:before="600"/>'
    data = composed("".join(paragraph(f"line{at}", shaded) for at in range(20)))
    tops = [min(y for _, _, y in places(data, page)) for page in (0, 1)]
    assert tops[1] == pytest.approx(tops[0] - 30, abs=0.1)  # only the first paragraph keeps its space


@pytest.mark.parametrize("count", range(30, 50))
def test_no_page_has_a_single_line_of_a_paragraph(count: int) -> None:
    data = composed(paragraph("x") * count + paragraph(LONG))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = len(pdf.pages)
    lines = [sum(shown.strip() != "x" for shown, _, _ in places(data, page)) for page in range(pages)]

    assert all(on_page != 1 for on_page in lines)


def test_a_page_may_end_after_any_line_of_a_cell() -> None:
    data = composed(paragraph("x") * 40 + table((LONG,), head=False))
    above, below = ([words for words, _, _ in places(data, page) if words.strip() != "x"] for page in (0, 1))
    data = composed(paragraph("x") * 40 + table(("".join([*above, below[0]]),), head=False))
    assert [words.strip() for words, _, _ in places(data, 1)] == [below[0].strip()]


def test_a_page_break_at_the_end_of_a_full_page_begins_one_page() -> None:
    def pages(count: int, more: str = "") -> int:
        return convert(docx(paragraph("x") * count + more), dated=DATED, writer="composer").pages

    full = next(count for count in range(30, 60) if pages(count + 1) == 2)
    assert pages(full, paragraph(inner='<w:r><w:br w:type="page"/></w:r>' + text("After"))) == 2


def test_a_row_breaks_across_pages_and_is_read_cell_by_cell() -> None:
    cells = "".join(
        f"<w:tc>{''.join(paragraph(f'{words} {at}') for at in range(12))}</w:tc>" for words in ("one", "other")
    )
    head = f"<w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>{paragraph('Head')}</w:tc><w:tc>{paragraph('B')}</w:tc></w:tr>"
    grid = '<w:tblGrid><w:gridCol w:w="4000"/><w:gridCol w:w="4000"/></w:tblGrid>'
    data = composed(paragraph("x") * 40 + f"<w:tbl><w:tblPr/>{grid}{head}<w:tr>{cells}</w:tr></w:tbl>")

    told = [*(f"one {at}" for at in range(12)), *(f"other {at}" for at in range(12))]
    assert fold(pdf_words(data).body).endswith(fold("".join(["Head", "B", *told])))
    assert place(data, "Head", 1)[1] < place(data, "one", 1)[1]  # repeated, but read once
    assert place(data, "one", 1)[1] == place(data, "other", 1)[1]


MERGED = (
    '<w:tbl><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="8"/><w:bottom w:val="single" w:sz="8"/></w:tblBorders>'
    '</w:tblPr><w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="3000"/></w:tblGrid>{}</w:tbl>'
)


def merged(first: str, row: str, more: int) -> str:
    """A table whose first cell extends over all of its rows."""
    merge = "<w:tcPr><w:vMerge{}/></w:tcPr>"
    rows = [
        f"<w:tr><w:tc>{merge.format(' w:val=' + chr(34) + 'restart' + chr(34))}{first}</w:tc><w:tc>{row}</w:tc></w:tr>"
    ]
    rows += [f"<w:tr><w:tc>{merge.format('')}{paragraph()}</w:tc><w:tc>{row}</w:tc></w:tr>"] * more
    return MERGED.format("".join(rows))


def turned(direction: str, words: str, align: str = "left", height: int = 2000) -> str:
    """A table with one cell, 50 points wide, with text in this direction, and one beside it."""
    properties = f'<w:tcPr><w:textDirection w:val="{direction}"/></w:tcPr>'
    aligned = f'<w:jc w:val="{align}"/>'
    cell = f"<w:tc>{properties}{paragraph(words, aligned)}</w:tc>"
    row = f'<w:tr><w:trPr><w:trHeight w:val="{height}"/></w:trPr>{cell}<w:tc>{paragraph("level")}</w:tc></w:tr>'
    grid = '<w:tblGrid><w:gridCol w:w="1000"/><w:gridCol w:w="3000"/></w:tblGrid>'
    return f"<w:tbl><w:tblPr/>{grid}{row}</w:tbl>"


@pytest.mark.parametrize(
    ("points", "words", "tall"),
    [
        (3, "", 3),  # a row that only draws lines
        (30, "words", 30),
        (12, "words", 12),  # what is cut off is the space below the letters
        (6, "words", 13.8),  # words are never cut off
        (14, "words|", 14),  # nor is there room for the blank line after them, which is none
    ],
)
def test_a_row_of_an_exact_height_is_as_high_as_it_says_unless_words_would_be_lost(
    points: int, words: str, tall: float
) -> None:
    height = f'<w:trHeight w:hRule="exact" w:val="{points * 20}"/>'
    inside = "".join([paragraph(each) for each in words.split("|")])
    grid = '<w:tblGrid><w:gridCol w:w="4000"/></w:tblGrid>'
    rows = [f"<w:tr><w:trPr>{at}</w:trPr><w:tc>{each}</w:tc></w:tr>" for at, each in (
        ("", paragraph("Above")), (height, inside), ("", paragraph("Below"))
    )]  # fmt: skip
    data = composed(f"<w:tbl><w:tblPr/>{grid}{''.join(rows)}</w:tbl>" + paragraph("End"))
    assert place(data, "Below")[1] - place(data, "Above")[1] == pytest.approx(13.8 + tall, abs=0.1)


def test_turned_text_reads_upward_or_downward_in_its_cell() -> None:
    data = composed(paragraph("Above") + turned("btLr", "Up the side"))
    level = place(data, "level")
    ((x, y, a, b),) = texts_turned(data)
    assert (a, b) == (0, 1)
    assert 66 < x < level[0]
    assert y == pytest.approx(level[1] - 11 + 100, abs=4)  # it begins at the bottom of the row
    assert fold(pdf_words(data).body) == fold("Above Up the side level")
    ((x, y, a, b),) = texts_turned(composed(paragraph("Above") + turned("tbRl", "Down the side")))
    assert (a, b) == (0, -1)
    assert y == pytest.approx(level[1] - 11, abs=4)


def test_turned_text_that_is_longer_than_its_row_is_broken_into_lines_or_makes_it_taller() -> None:
    assert len(texts_turned(composed(turned("btLr", "Two lines of words")))) == 1
    lines = texts_turned(composed(turned("btLr", "Two lines of words", height=1400)))
    assert len(lines) == 2
    assert lines[1][0] > lines[0][0]
    tall = composed(turned("btLr", LONG[:200], height=300) + paragraph("After"))
    assert place(tall, "After")[1] > 72 + 200
    middle = texts_turned(composed(turned("btLr", "up", "center", height=4000)))
    assert middle[0][1] == pytest.approx(72 + 100, abs=12)


def test_turned_text_with_more_than_words_is_upright_with_a_note() -> None:
    body = turned("btLr", "Seal").replace("</w:p>", f"{picture(description='s')}</w:p>", 1)
    letter = convert(docx(body, pictures={"rIdPicture": PIXEL}), dated=DATED, writer="composer")
    assert [note.message for note in letter.notes] == ["Turned text in a table is printed upright."]
    assert place(letter.data, "Seal")
    by_html = convert(docx(turned("btLr", "Seal")), dated=DATED, writer="html")
    assert [note.message for note in by_html.notes] == ["Turned text in a table is printed upright."]


def test_a_page_breaks_between_the_rows_that_a_cell_spans_and_the_cell_goes_on() -> None:
    label = "".join(paragraph(f"Label {at}") for at in range(30))
    data = composed(paragraph("x") * 30 + merged(label, paragraph("row"), 34) + paragraph("After"))
    assert place(data, "Label 0")[1] == place(data, "row")[1]
    ends = [max(y for shown, _, y in places(data, page) if shown.startswith("row")) for page in (0, 1)]
    assert ends[0] > 700  # the first page is full
    assert place(data, "After", 1)[1] > ends[1]
    assert fold(pdf_words(data).body) == fold(
        "x" * 30 + "".join(f"Label{at}" for at in range(30)) + "row" * 35 + "After"
    )
    labels = [[shown for shown, _, _ in places(data, page) if shown.startswith("Label")] for page in (0, 1)]
    assert all(labels)


def test_a_row_that_a_cell_spans_breaks_across_pages_itself() -> None:
    row = "".join(paragraph(f"line {at}") for at in range(20))
    data = composed(paragraph("x") * 40 + merged(paragraph("Label"), row, 1))
    assert next(shown for shown, _, _ in places(data, 1) if shown.startswith("line")) not in ("line 0", "line 20")
    assert fold(pdf_words(data).body).endswith("Label" + "".join(f"line{at}" for at in range(20)) * 2)


def test_a_row_taller_than_a_page_is_divided_even_if_it_should_not_be() -> None:
    row = f"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>{paragraph('line') * 80}</w:tc></w:tr>"
    data = composed(MERGED.format(row))
    assert len([shown for shown, _, _ in places(data, 1) if shown == "line"]) > 20


def test_a_picture_taller_than_the_text_of_a_page_ends_in_the_margin() -> None:
    tall = paragraph(inner=picture(description="Map").replace('cy="457200"', 'cy="8600000"'))
    data = composed(paragraph("Before") + tall + paragraph("After"), pictures={"rIdPicture": PIXEL})
    assert place(data, "After", 2)


def test_a_row_taller_than_a_page_because_of_a_picture_ends_in_the_margin() -> None:
    tall = picture(description="Map").replace('cy="457200"', 'cy="8600000"')
    row = f"<w:tr><w:tc>{paragraph(inner=tall)}</w:tc></w:tr>"
    assert place(composed(MERGED.format(row) + paragraph("After"), pictures={"rIdPicture": PIXEL}), "After", 1)


def test_a_row_that_fits_on_a_page_but_for_the_space_below_its_last_line_stays_on_one() -> None:
    """The space of a line that is three times as high as its letters may be cut off, as at the end of a page."""
    exact = '<w:spacing w:line="640" w:lineRule="exact"/>'  # 19 lines of 32 points; a page has room for 648
    lines = paragraph("line", exact) * 19 + paragraph("last", '<w:spacing w:line="720"/>')
    data = composed(MERGED.format(f"<w:tr><w:tc>{lines}</w:tc></w:tr>") + paragraph("After"))
    assert [shown for shown, _, _ in places(data, 0)] == ["line"] * 19 + ["last"]
    assert place(data, "After", 1)


def test_a_tab_that_begins_off_the_page_is_no_word() -> None:
    stop = '<w:ind w:left="-2000"/><w:tabs><w:tab w:val="left" w:pos="1000"/></w:tabs>'
    data = composed(paragraph(inner=f"<w:r><w:tab/></w:r>{text('Words')}", properties=stop))
    assert place(data, "Words")[0] == pytest.approx(72 + 50)


@pytest.mark.parametrize(("stop", "tabs", "at"), [("", 6, 252), ('<w:tab w:val="left" w:pos="6000"/>', 1, 300)])
def test_text_after_a_tab_stop_beyond_the_right_indent_goes_on_to_the_margin(stop: str, tabs: int, at: int) -> None:
    """As in the caption of a court: the parties within the indent, the number of the case beside them."""
    case = "Index number one, and more words than this line has room for"
    inner = text("In the matter") + "<w:r><w:tab/></w:r>" * tabs + text(case)
    data = composed(paragraph(inner=inner, properties=f'<w:tabs>{stop}</w:tabs><w:ind w:right="4680"/>'))
    name, beside, below = (place for place in places(data) if place[0].strip())
    assert beside[1:] == (pytest.approx(72 + at), name[2])
    assert below[1] == pytest.approx(72)
    assert f"{beside[0]}{below[0]}" == case


@pytest.mark.parametrize("kind", ["right", "center"])
def test_what_a_tab_stop_would_put_off_the_page_ends_at_the_margin(kind: str) -> None:
    stop = f'<w:tabs><w:tab w:val="{kind}" w:pos="12000"/></w:tabs>'
    data = composed(paragraph("Article I", stop, inner="<w:r><w:tab/></w:r>" + text("4")))
    assert place(data, "4")[0] == pytest.approx(612 - 72 - 6, abs=0.01)


def test_tabs_reach_their_stops_on_every_line() -> None:
    stops = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="5000"/><w:tab w:val="decimal" w:pos="7000"/></w:tabs>'
    tab, stop = "<w:r><w:tab/></w:r>", "<w:r><w:br/></w:r>"
    rows = [("Fee", "page 3", "1,204.50"), ("Longer name", "page 12", "7.5")]
    inner = stop.join(text(a) + tab + text(b) + tab + text(c) for a, b, c in rows)
    data = composed(paragraph(inner=inner, properties=stops))
    shown = {words: (x, y) for words, x, y in places(data)}

    width = dict.fromkeys(("page 3", "page 12"), 0.0)
    for words in width:
        face = composed(paragraph(words, '<w:jc w:val="right"/>'))
        width[words] = 540 - place(face, words)[0]
    for words, value in width.items():
        assert shown[words][0] + value == pytest.approx(72 + 250, abs=0.1)
    assert shown["page 3"][1] < shown["page 12"][1]
    # The decimal points are aligned: the number with more digits before its point begins further left.
    assert shown["7.5"][0] > shown["1,204.50"][0]


@pytest.mark.parametrize("writer", ["composer", "html"])
def test_a_page_number_in_a_format_that_is_not_known_is_printed_in_digits_with_a_note(writer: Writer) -> None:
    footer = {"default": paragraph(inner=field("PAGE", "1"))}
    letter = convert(
        docx(paragraph("x"), footers=footer, section='<w:pgNumType w:fmt="chicago"/>'), dated=DATED, writer=writer
    )
    assert "1" in [words for words, _, _ in places(letter.data)]
    assert [note.code for note in letter.notes] == ["page-number"]


def test_what_has_no_room_after_a_decimal_point_begins_further_left() -> None:
    stop = '<w:tabs><w:tab w:val="decimal" w:pos="9000"/></w:tabs>'
    words = "0.25 as the table says"
    data = composed(paragraph(inner=f"{text('Fee')}<w:r><w:tab/></w:r>{text(words)}", properties=stop))
    right = composed(paragraph(words, '<w:jc w:val="right"/>'))
    assert place(data, "0.25") == (pytest.approx(place(right, "0.25")[0], abs=0.1), place(right, "0.25")[1])


def test_pages_are_counted_and_pictures_are_drawn_in_line() -> None:
    footers = {"default": paragraph(inner=text("Page ") + field("PAGE", "9") + text(" of ") + field("NUMPAGES", "9"))}
    body = paragraph(inner=text("Seal: ") + picture(description="The seal")) + paragraph("Next", "<w:pageBreakBefore/>")
    letter = docx(body, footers=footers, pictures={"rIdPicture": PIXEL})
    ours, theirs = both(letter)

    assert [fold(words) for words in pdf_words(ours.data).furniture] == ["Page1of2", "Page2of2"]
    assert tags(ours.data) == tags(theirs.data)
    assert "Figure" in tags(ours.data)


@pytest.mark.parametrize("first", ["", ' w:firstLine="180"', ' w:hanging="180"'])
def test_an_indent_may_reach_into_the_margin_or_beyond_a_cell(first: str) -> None:
    body = paragraph("Out " + LONG, f'<w:ind w:left="-360"{first}/>')
    more = 9 * (("first" in first) - ("hanging" in first))
    data = composed(body + table((f"In {LONG}", "b"), head=False).replace("<w:pPr>", '<w:pPr><w:ind w:left="-40"/>', 1))
    assert place(data, "Out")[0] == pytest.approx(72 - 18 + more, abs=0.1)
    assert place(data, "In")[0] == pytest.approx(72 - 2, abs=0.1)


def test_a_line_of_fixed_height_cuts_off_the_top_of_a_picture() -> None:
    """Half an inch in a line of 20 points, of which 16 are above the baseline."""
    seal = picture(description="The seal")
    body = paragraph("Beside ", '<w:spacing w:line="400" w:lineRule="exact"/>', inner=seal) + paragraph("After")
    data = composed(body, pictures={"rIdPicture": PIXEL})
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (shown,) = [each for each in pikepdf.parse_content_stream(pdf.pages[0]) if str(each.operator) == "re"]
    _, lower, width, height = map(float, shown.operands)
    assert (width, height) == pytest.approx((36, 16), abs=0.01)
    assert 792 - place(data, "Beside")[1] == pytest.approx(lower, abs=0.01)


@pytest.mark.parametrize("writer", ["composer", "html"])
def test_the_shadow_of_a_picture_takes_space_in_its_line_and_what_word_rounds_by_takes_none(writer: Writer) -> None:
    seal = picture(description="The seal")
    below = []
    for said in ("", 'l="76200" t="38100" r="63500" b="50800"', 'l="0" t="0" r="3175" b="9525"'):
        shown = seal.replace("<wp:docPr", f"<wp:effectExtent {said}/><wp:docPr")
        body = paragraph(inner=shown + text("Beside")) + paragraph("After")
        data = convert(docx(body, pictures={"rIdPicture": PIXEL}), dated=DATED, writer=writer).data
        below.append((place(data, "Beside")[0], place(data, "After")[1]))
    plain, shadowed, rounded = below
    assert (shadowed[0] - plain[0], shadowed[1] - plain[1]) == pytest.approx((11, 7), abs=0.1)
    assert rounded == pytest.approx(plain, abs=0.01)


def test_lists_and_tables_have_the_same_structure_from_both_writers() -> None:
    body = (
        item("one") + item("deeper", 1) + item("still deeper", 1) + item("two")
        + paragraph("More of two", '<w:ind w:left="720"/>') + item("three")
        + table(("Category", "Held by"), ("Wages", "Bureau")) + paragraph("The end.")
    )  # fmt: skip
    ours, theirs = both(docx(body, numbering=NUMBERED))

    assert tags(ours.data) == tags(theirs.data)
    tops = [y for _, _, y in places(ours.data)]
    assert all(upper <= lower + 0.01 for upper, lower in pairwise(tops))


def test_footnotes_and_text_boxes_have_the_same_structure_from_both_writers() -> None:
    notes = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" By the rule.")}</w:p></w:footnote>'
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    shape = '<v:shape style="position:absolute;margin-left:300pt;margin-top:200pt;width:120pt;height:40pt">'
    content = f"<w:txbxContent>{paragraph('Received')}</w:txbxContent>"
    box = f"<w:r><w:pict>{shape}<v:textbox>{content}</v:textbox></v:shape></w:pict></w:r>"
    body = paragraph(inner=text("It is denied.") + mark) + paragraph("Words", inner=box)
    ours, theirs = both(docx(body, footnotes=notes))

    assert tags(ours.data) == tags(theirs.data)
    assert fold(pdf_words(ours.data).body) == fold(pdf_words(theirs.data).body)
    assert place(ours.data, "1 By the rule")[1] > 600  # at the bottom of the page
    assert place(ours.data, "Received")[0] == pytest.approx(place(theirs.data, "Received")[0], abs=3)


def noted(lines: int, words: int, after: str = "") -> bytes:
    """A letter of so many lines, the last of which has a footnote of so many words."""
    mark = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    note = " ".join(f"word{at}" for at in range(words))
    notes = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" " + note)}</w:p></w:footnote>'
    body = "".join(paragraph(f"line{at}") for at in range(lines - 1)) + paragraph("last", inner=mark)
    return composed(body + after, footnotes=notes)


def shown(data: bytes, page: int) -> str:
    return " ".join(words for words, _, _ in places(data, page))


def test_a_footnote_longer_than_a_page_begins_below_its_reference_and_goes_on_on_the_next_page() -> None:
    data = noted(42, 700)
    first, second = shown(data, 0), shown(data, 1)
    assert "last" in first
    assert "word0 " in first
    assert "word99" not in first
    assert "word99" in second
    assert tags(data).count("Note") == 1


@pytest.mark.parametrize("lines", [42, 46])
def test_a_line_goes_to_the_next_page_with_a_footnote_that_has_no_room_below_it(lines: int) -> None:
    data = noted(lines, 100)
    assert "last" not in shown(data, 0)
    assert "word0 " in shown(data, 1)
    assert "word99" in shown(data, 1)


def test_a_footnote_longer_than_a_page_goes_on_beside_the_text() -> None:
    data = noted(40, 1500, after=paragraph("next") + paragraph("end"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = [shown(data, at) for at in range(len(pdf.pages))]
    assert len(pages) > 3
    assert "last" in pages[0]
    assert "next" in pages[1]
    assert "word1499" in pages[-1]


def test_endnotes_and_footnotes_with_marks_of_their_own_are_set_alike_by_both_writers() -> None:
    footnote = f'<w:footnote w:id="1"><w:p>{text("* By the rule.")}</w:p></w:footnote>'
    endnote = f'<w:endnote w:id="1"><w:p><w:r><w:endnoteRef/></w:r>{text(" By the law.")}</w:p></w:endnote>'
    marks = '<w:r><w:endnoteReference w:id="1"/></w:r>' + text(" and ")
    marks += '<w:r><w:footnoteReference w:id="1" w:customMarkFollows="1"/><w:t>*</w:t></w:r>'
    body = paragraph("Claims", inner=marks) + paragraph("The last words")
    ours, theirs = both(docx(body, footnotes=footnote, endnotes=endnote))
    assert tags(ours.data) == tags(theirs.data)
    assert fold(pdf_words(ours.data).body) == fold(pdf_words(theirs.data).body)
    last, law, rule = (place(ours.data, words)[1] for words in ("The last words", "i By the law", "* By the rule"))
    assert last < law < 200  # after the text
    assert rule > 600  # at the bottom of the page


def test_a_letter_set_after_another_is_the_same_as_one_set_first() -> None:
    """Lines and formats that letters have in common are kept; nothing of one letter gets into another."""
    styles = (
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:pPr><w:ind w:left="{}"/></w:pPr></w:style>'
    )
    body = item("one") + paragraph(LONG, '<w:pStyle w:val="B"/>') + table(("A", "B"), ("x", "y")) + paragraph("End")
    letters = [
        docx(
            body, styles=styles.format(indent), numbering=NUMBERED.replace('start w:val="1"', f'start w:val="{start}"')
        )
        for indent, start in ((0, 1), (720, 1), (720, 5))
    ]
    first = [convert(letter, dated=DATED, writer="composer").data for letter in letters]
    assert len(set(first)) == 3
    assert [convert(letter, dated=DATED, writer="composer").data for letter in reversed(letters)] == first[::-1]
    with pikepdf.open(io.BytesIO(first[0])) as pdf:
        parents = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/P"]
    assert len(parents) == 7


RUNS_IN = "<w:rPr><w:vanish/><w:specVanish/></w:rPr>"


def test_text_goes_on_in_the_line_of_its_heading() -> None:
    """Before a style separator; both are tagged as what they are."""
    heading = paragraph("Duties. ", f'<w:outlineLvl w:val="0"/><w:spacing w:after="480"/>{RUNS_IN}')
    format_of_text = '<w:spacing w:before="480" w:after="200"/><w:ind w:left="720"/>'
    text = paragraph("We keep records " * 8, f'<w:shd w:val="clear" w:fill="FFFFFF"/>{format_of_text}')
    letter = convert(docx(heading + text + paragraph("Next")), dated=DATED, writer="composer")
    assert tags(letter.data) == "Document(H1 P P)"
    assert [fold(piece) for piece in pdf_words(letter.data).pieces] == ["Duties.", "Wekeeprecords" * 8, "Next"]
    shown = places(letter.data)
    assert shown[0][2] == shown[1][2]  # on the same line
    assert shown[2][1:] == (pytest.approx(72), pytest.approx(shown[0][2] + 13.8, abs=0.1))
    assert place(letter.data, "Next")[1] == pytest.approx(shown[2][2] + 13.8 + 10, abs=0.1)
    assert not letter.notes


@pytest.mark.parametrize(
    ("writer", "more"),
    [("html", ""), ("composer", "<w:pageBreakBefore/>"), ("composer", '<w:shd w:val="clear" w:fill="eeeeee"/>')],
    ids=["by HTML", "before a page break", "with a ground of its own"],
)
def test_text_that_cannot_go_on_in_the_line_of_its_heading_begins_below_it(writer: Writer, more: str) -> None:
    text = paragraph("two", f'<w:spacing w:before="480"/><w:ind w:firstLine="720"/>{more}')
    letter = convert(docx(paragraph("one", RUNS_IN) + text), dated=DATED, writer=writer)
    page = letter.pages - 1
    assert place(letter.data, "two", page)[0] == pytest.approx(72, abs=0.1)
    if not page:
        assert place(letter.data, "two")[1] == pytest.approx(place(letter.data, "one")[1] + 13.8, abs=0.1)
    assert [note.message for note in letter.notes] == ["A heading on the same line as this text is printed above it."]


def test_a_footer_of_nothing_but_a_text_box_is_on_every_letter() -> None:
    """What a paragraph comes to is kept for other letters; what is anchored in it is not lost."""
    shape = '<v:shape style="position:absolute;width:100pt;height:40pt"><v:textbox><w:txbxContent>'
    inner = f"<w:r><w:pict>{shape}{paragraph('In the box')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    for words in ("First", "Second"):
        data = composed(paragraph(words), footers={"default": paragraph(inner=inner)})
        assert [fold(each) for each in pdf_words(data).furniture] == ["Inthebox"]


@pytest.mark.parametrize("properties", ["", '<w:jc w:val="both"/>'])
def test_no_string_in_a_file_is_longer_than_pdf_a_allows(properties: str) -> None:
    data = composed(paragraph("Words" + " " * 40_000 + "end and more", properties))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        shown = [operand for operands, _ in pikepdf.parse_content_stream(pdf.pages[0]) for operand in operands]
    strings = [each for one in shown for each in (one if isinstance(one, pikepdf.Array) else [one])]
    assert max(len(bytes(each)) for each in strings if isinstance(each, pikepdf.String)) <= 32_767
    assert [words.strip() for words, _, _ in places(data) if words.strip()][-1] == "end and more"
