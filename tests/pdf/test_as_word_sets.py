"""Where lines and pages end in Word, as far as the standard leaves it open: measured in PDFs that Word itself made."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.documents import PIXEL, docx, paragraph, picture, text
from helpers.pages import DATED, place, places

from letters.pdf.convert import convert
from letters.pdf.pdf_file import pdf_words

LINE = 13.8
"""A line of Times New Roman, 12 points."""
RIGHT = '<w:jc w:val="right"/>'
SQUEEZES = (
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
    ' w:val="{}"/></w:compat>'
)


def composed(body: str, **more: Any) -> bytes:
    return convert(docx(body, **more), dated=DATED, writer="composer").data


def height(data: bytes, words: str, page: int = 0) -> float:
    return place(data, words, page)[1]


def bullets(family: str, character: str) -> str:
    return (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
        f'<w:lvlText w:val="{character}"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{family}" w:hAnsi="{family}"/></w:rPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )


@pytest.mark.parametrize(
    ("family", "character", "up", "down"),
    [
        ("Symbol", "\uf0b7", 1.002, 0.2197),
        ("Wingdings", "\uf0a7", 0.9336, 0.2163),
        ("Courier New", "o", 0.9336, 0.3003),
    ],
)
def test_the_font_of_a_bullet_makes_its_line_higher(family: str, character: str, up: float, down: float) -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    data = composed(paragraph("First", numbered) + paragraph("Second", numbered), numbering=bullets(family, character))
    assert height(data, "Second") - height(data, "First") == pytest.approx(12 * (up + down), abs=0.05)


@pytest.mark.parametrize(("multiple", "below"), [(240, 0.0), (360, 0.5), (480, 1.0)])
def test_a_picture_alone_has_nothing_below_it_but_line_spacing(multiple: int, below: float) -> None:
    spacing = f'<w:spacing w:line="{multiple}" w:lineRule="auto"/>'
    data = composed(
        paragraph("Above") + paragraph(properties=spacing, inner=picture()) + paragraph("Below"),
        pictures={"rIdPicture": PIXEL},
    )
    assert height(data, "Below") - height(data, "Above") == pytest.approx(LINE + 36 + below * LINE, abs=0.1)


def test_contextual_spacing_looks_into_a_table() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Close"><w:name w:val="Close"/><w:pPr><w:spacing w:after="400"/>'
        "<w:contextualSpacing/></w:pPr></w:style>"
    )
    close = '<w:pStyle w:val="Close"/>'
    rows = '<w:tbl><w:tblGrid><w:gridCol w:w="9000"/></w:tblGrid><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>'
    apart = composed(paragraph("Above", close) + rows.format(paragraph("Cell")), styles=styles)
    together = composed(paragraph("Above", close) + rows.format(paragraph("Cell", close)), styles=styles)
    assert height(apart, "Cell") - height(together, "Cell") == pytest.approx(20, abs=0.1)


def test_space_above_columns_is_that_above_their_first_line() -> None:
    section = '<w:sectPr><w:type w:val="continuous"/><w:pgSz w:w="12240" w:h="15840"/></w:sectPr>'
    data = composed(
        paragraph("Above", '<w:spacing w:after="280"/>')
        + paragraph(properties=section)
        + paragraph("In columns", '<w:spacing w:before="280"/>')
        + paragraph("Second"),
        section='<w:type w:val="continuous"/><w:cols w:num="2"/>',
    )
    assert height(data, "In columns") - height(data, "Above") == pytest.approx(LINE + 14, abs=0.1)


NOTES = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:pPr><w:spacing w:after="{after}"/></w:pPr>'
    "<w:r><w:separator/></w:r></w:p></w:footnote>"
    '<w:footnote w:id="1">{words}</w:footnote>'
)
REFERENCE = '<w:r><w:footnoteReference w:id="1"/></w:r>'


def pages_with_note(lines: int, words: str, *, after: int = 0, properties: str = "") -> list[list[str]]:
    """The words on each page of so many lines, the last of which refers to a footnote."""
    body = paragraph("Line", properties) * (lines - 1) + paragraph(
        "Refers", properties, inner=text("Refers") + REFERENCE
    )
    data = composed(body, footnotes=NOTES.format(after=after, words=words))
    found = []
    for page in range(3):
        try:
            found.append([shown.strip() for shown, _, _ in places(data, page) if shown.strip()])
        except IndexError:
            break
    return found


def test_the_line_above_footnotes_takes_as_much_room_as_its_paragraph() -> None:
    note = paragraph("Note")
    assert len(pages_with_note(44, note)) == 1  # with the separator and the note, 46 lines of 13.8 points, of 648
    assert len(pages_with_note(44, note, after=400)) == 2


def test_a_footnote_is_not_divided_where_its_line_may_move() -> None:
    pages = pages_with_note(44, "".join(paragraph(f"Note {at}") for at in range(6)))
    assert "Refers" not in pages[0]
    assert [each for each in pages[1] if each.startswith("Note")] == [f"Note {at}" for at in range(6)]


def test_spaced_lines_do_not_hang_into_footnotes() -> None:
    spaced = '<w:spacing w:line="480" w:lineRule="auto"/>'
    assert len(pages_with_note(22, paragraph("Note"), properties=spaced)) == 1
    assert len(pages_with_note(23, paragraph("Note"), properties=spaced)) == 2  # 634.8 of 648 points, before the note


def test_a_superscript_is_as_high_as_text_of_its_full_size() -> None:
    small = '<w:sz w:val="16"/>'
    raised = text("1", '<w:vertAlign w:val="superscript"/>')
    plain = composed(paragraph(inner=text("Above", small)) + paragraph(inner=text("Below", small)))
    higher = composed(paragraph(inner=text("Above", small)) + paragraph(inner=text("Below", small) + raised))
    difference = height(higher, "Below") - height(plain, "Below")
    assert difference == pytest.approx((12 - 8) * 0.9336, abs=0.1)


def test_spaces_alone_are_as_high_as_the_mark_of_the_paragraph() -> None:
    spaces = paragraph(properties='<w:rPr><w:sz w:val="16"/></w:rPr>', inner=text("  "))
    data = composed(paragraph("Above") + spaces + paragraph("Below"))
    assert height(data, "Below") - height(data, "Above") == pytest.approx(LINE + LINE * 8 / 12, abs=0.1)


def lines_of(data: bytes) -> list[str]:
    found: dict[float, str] = {}
    for words, _, y in places(data):
        found[round(y, 1)] = found.get(round(y, 1), "") + words
    return [found[y].strip() for y in sorted(found)]


def justified(room: float, version: int = 15) -> list[str]:
    """The lines of a justified paragraph in a column of this width."""
    words = "aaaa aaaa aaaa aaaa bbbb cccc cccc cccc"
    right = round(9360 - room * 20)
    properties = f'<w:ind w:right="{right}"/><w:jc w:val="both"/>'
    return lines_of(composed(paragraph(words, properties), settings=SQUEEZES.format(version)))


def test_spaces_of_a_justified_line_are_squeezed_by_a_quarter_at_most() -> None:
    """Four words, a space of 3 points after each, and a fifth word: spaces of 12 points may lose 3."""
    whole = 4 * 4 * 5.326 + 4 * 6.0 + 4 * 3.0  # the letters a and b are 5.326 and 6 points wide
    assert justified(whole + 0.1)[0] == "aaaa aaaa aaaa aaaa bbbb"
    assert justified(whole - 2.9)[0] == "aaaa aaaa aaaa aaaa bbbb"
    assert justified(whole - 3.2)[0] == "aaaa aaaa aaaa aaaa"
    assert justified(whole - 2.9, version=14)[0] == "aaaa aaaa aaaa aaaa"


def test_files_for_two_versions_of_word_in_one_process_are_each_squeezed_in_their_own_way() -> None:
    room = 4 * 4 * 5.326 + 4 * 6.0 + 4 * 3.0 - 2.9
    for _ in range(3):  # what letters have in common is remembered when it is seen again
        first = [justified(room, version)[0] for version in (15, 14)]
        assert first == ["aaaa aaaa aaaa aaaa bbbb", "aaaa aaaa aaaa aaaa"]


def test_the_last_line_of_a_justified_paragraph_may_be_squeezed_and_is_not_stretched() -> None:
    whole = 4 * 4 * 5.326 + 4 * 6.0 + 4 * 3.0
    for room, lines in ((-1, 1), (-3.2, 2), (30, 1)):
        properties = f'<w:ind w:right="{round(9360 - (whole + room) * 20)}"/><w:jc w:val="both"/>'
        data = composed(paragraph("aaaa aaaa aaaa aaaa bbbb", properties), settings=SQUEEZES.format(15))
        assert len(lines_of(data)) == lines
        last = max(pdf_words(data, positions=True).placed[0], key=lambda each: (-each.y, each.x))
        assert last.x + last.width == pytest.approx(72 + (24 if lines > 1 else min(whole, whole + room)), abs=0.2)


def test_a_line_may_end_between_a_quotation_and_a_parenthesis() -> None:
    right = '<w:ind w:right="7460"/>'
    assert lines_of(composed(paragraph("marked “maybe” (that is, so)", right)))[0] == "marked “maybe”"


def test_a_page_break_after_nothing_begins_no_empty_page() -> None:
    white = '<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>'
    body = paragraph("Line") * 46 + paragraph(properties=white, inner='<w:r><w:br w:type="page"/></w:r>' + text("Next"))
    data = composed(body)
    assert height(data, "Next", page=1) < 90


@pytest.mark.parametrize(
    ("space", "lines"),
    [
        (" ", ["as it is in 20 C.F.R. \N{SECTION SIGN} ", "603.5(e) now"]),
        ("\N{NO-BREAK SPACE}", ["as it is in ", "20 C.F.R. \N{SECTION SIGN} 603.5(e) ", "now"]),
    ],
)
def test_a_line_breaks_within_a_citation_unless_its_spaces_are_no_break_spaces(space: str, lines: list[str]) -> None:
    citation = space.join(["20", "C.F.R.", "\N{SECTION SIGN}", "603.5(e)"])
    narrow = '<w:ind w:right="7200"/>'  # 108 points are left
    data = composed(paragraph(f"as it is in {citation} now", narrow))
    assert [words for words, _, _ in places(data)] == lines
    assert pdf_words(data).body.split() == "".join(lines).split()


def test_two_files_in_one_process_break_the_same_paragraph_each_in_its_own_way() -> None:
    """One of them has no-break spaces somewhere else."""
    shared = paragraph("as it is in 20 C.F.R. \N{SECTION SIGN} 603.5(e) now", '<w:ind w:right="7200"/>')
    held = paragraph("29\N{NO-BREAK SPACE}C.F.R.\N{NO-BREAK SPACE}1.1")
    for _ in range(2):  # what is the same in both is remembered
        assert places(composed(shared))[0][0].startswith("as it is in 20")
        assert places(composed(held + shared))[1][0] == "as it is in "


@pytest.mark.parametrize(("version", "left", "right"), [(14, 72.0, 540.0), (15, 77.4, 534.6)])
def test_a_table_without_a_width_of_its_own_is_as_wide_as_the_page_in_older_files_with_its_padding(
    version: int, left: float, right: float
) -> None:
    """A grid of 9576 is what Word 2010 gives a table on Letter paper with margins of an inch."""
    padding = '<w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
    grid = '<w:tblGrid><w:gridCol w:w="4788"/><w:gridCol w:w="4788"/></w:tblGrid>'
    cells = f"<w:tc>{paragraph('First')}</w:tc><w:tc>{paragraph('right', RIGHT)}</w:tc>"
    table = f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/>{padding}</w:tblPr>{grid}<w:tr>{cells}</w:tr></w:tbl>'
    data = composed(table + paragraph("End"), settings=SQUEEZES.format(version))
    level = composed(paragraph("right", RIGHT))  # which ends at 540
    assert place(data, "First")[0] == pytest.approx(left, abs=0.1)
    assert place(data, "right")[0] - place(level, "right")[0] == pytest.approx(right - 540, abs=0.2)
