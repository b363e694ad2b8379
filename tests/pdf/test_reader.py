"""How the reader resolves Word's styles, lists, tables and fields."""

from __future__ import annotations

import pytest
from helpers.documents import PIXEL, SECTION, docx, field, paragraph, picture, text
from helpers.pages import NUMBERED, item, printed, table

from letters.docx.package import open_package, write_parts
from letters.errors import LettersError
from letters.pdf.convert import convert
from letters.pdf.document import (
    Box,
    Document,
    Image,
    Link,
    ListBlock,
    Paragraph,
    Table,
    Text,
    WordField,
    footnotes,
    inlines,
    paragraphs,
)
from letters.pdf.numerals import format_number
from letters.pdf.parity.comparison import fold
from letters.pdf.pdf_file import pdf_words
from letters.pdf.reader.reader import TrackedChanges, read_document


def read(body: str, **more: object) -> Document:
    return read_document(open_package(docx(body, **more), "letter.docx"))  # type: ignore[arg-type]


def all_paragraphs(document: Document) -> list[Paragraph]:
    return [found for section in document.sections for found in paragraphs(section.blocks)]


def first_text(document: Document) -> Text:
    return next(item for item in all_paragraphs(document)[0].content if isinstance(item, Text))


def style(name: str, properties: str, *, based_on: str = "", kind: str = "paragraph") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{base}{properties}</w:style>'


def numbering(*levels: str, more: str = "") -> str:
    described = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/>{level}'
        f'<w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
        for at, level in enumerate(levels)
    )
    return (
        f'<w:abstractNum w:abstractNumId="0">{described}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>{more}'
    )


def labels(document: Document) -> list[str]:
    return [found.label.text if found.label else "" for found in all_paragraphs(document)]


DECIMAL = '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
LETTER = '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/>'


def test_a_style_inherits_from_the_style_it_is_based_on_and_direct_formatting_wins():
    styles = style("Base", '<w:rPr><w:sz w:val="30"/><w:i/></w:rPr>') + style(
        "Own", "<w:rPr><w:b/></w:rPr>", based_on="Base"
    )

    look = first_text(
        read(paragraph("Words", '<w:pStyle w:val="Own"/>', run='<w:sz w:val="20"/>'), styles=styles)
    ).format

    assert (look.size, look.bold, look.italic, look.family) == (10, True, True, "Times New Roman")


def test_bold_in_both_the_paragraph_style_and_the_character_style_cancels_out():
    styles = style("Strong paragraph", "<w:rPr><w:b/></w:rPr>") + style(
        "Strong", "<w:rPr><w:b/></w:rPr>", kind="character"
    )
    body = paragraph("Words", '<w:pStyle w:val="Strong paragraph"/>', run='<w:rStyle w:val="Strong"/>')

    assert first_text(read(body, styles=styles)).format.bold is False


def test_a_list_counts_restarts_its_lower_levels_and_shows_words_own_labels():
    body = item("a") + item("b") + item("c", 1) + item("d", 1) + item("e") + item("f", 1)

    assert labels(read(body, numbering=numbering(DECIMAL, LETTER))) == ["1.", "2.", "(a)", "(b)", "3.", "(a)"]


def outline(block: object) -> object:
    """A list as nested Python lists of its paragraphs' words."""
    if isinstance(block, ListBlock):
        return [[outline(each) for each in item.blocks] for item in block.items]
    assert isinstance(block, Paragraph)
    return "".join(each.text for each in block.content if isinstance(each, Text))


def test_list_paragraphs_are_grouped_into_nested_lists_with_the_paragraphs_between_them():
    levels = numbering('<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>', '<w:numFmt w:val="bullet"/>')
    indent = '<w:ind w:left="720"/>'
    first = item("a") + item("b", 1) + paragraph("more of a", indent)
    body = first + item("c") + paragraph("after", indent) + item("d") + paragraph("Out") + item("e")
    blocks = read(body, numbering=levels).sections[0].blocks

    assert [outline(block) for block in blocks] == [
        [["a", [["b"]], "more of a"], ["c", "after"], ["d"]], "Out", [["e"]],
    ]  # fmt: skip
    assert [block.ordered for block in blocks if isinstance(block, ListBlock)] == [True, True]


def test_a_list_continues_across_a_continuous_section_break():
    levels = numbering('<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>')
    end = f'<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:sectPr>{SECTION}</w:sectPr></w:pPr>{text("a")}</w:p>'
    (section,) = read(end + item("b"), numbering=levels, section='<w:type w:val="continuous"/>').sections

    assert [outline(block) for block in section.blocks] == [[["a"], ["b"]]]


@pytest.mark.parametrize("story", ["header", "footer"])
def test_a_block_knows_its_story_and_its_paragraph_in_the_file(story):
    document = read(
        paragraph("One") + table(("Two", "Three")),
        section="<w:titlePg/>",
        **{f"{story}s": {"first": paragraph("Running") + paragraph("head")}},
    )
    running = getattr(document.sections[0], f"{story}s").first
    grid = document.sections[0].blocks[1]

    assert [(each.location.story, each.location.index) for each in running] == [(story, 0), (story, 1)]
    assert (running[0].location.part, running[0].location.text) == (
        f"word/{story}_first.xml", f"first-page {story}, paragraph 1",
    )  # fmt: skip
    assert isinstance(grid, Table)
    assert (grid.location.story, grid.location.index) == ("body", 1)
    assert grid.location.text == "body, table after paragraph 1"


def test_a_footnote_is_a_story_of_its_own():
    notes = f'<w:footnote w:id="1"><w:p>{text("By the rule.")}</w:p></w:footnote>'
    document = read(paragraph("Claim", inner='<w:r><w:footnoteReference w:id="1"/></w:r>'), footnotes=notes)
    (note,) = footnotes(all_paragraphs(document)[0])

    assert (note.location.story, note.location.text) == ("footnote", "footnote 1, paragraph 1")


def test_a_list_with_a_start_override_restarts():
    more = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = item("a") + item("b") + item("c", list_id=2) + item("d", list_id=2)

    assert labels(read(body, numbering=numbering(DECIMAL, more=more))) == ["1.", "2.", "1.", "2."]


def test_another_list_with_the_same_definition_continues_the_numbering():
    more = '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'

    assert labels(read(item("a") + item("b", list_id=2), numbering=numbering(DECIMAL, more=more))) == [
        "1.",
        "2.",
    ]


def test_a_bullet_of_the_symbol_font_becomes_a_character_of_an_ordinary_font():
    bullet = (
        '<w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0b7"/><w:rPr>'
        '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/></w:rPr>'
    )
    document = read(item("a"), numbering=numbering(bullet))

    assert labels(document) == ["•"]
    assert document.notes == ()


@pytest.mark.parametrize(
    ("number", "shape", "spelt"),
    [(4, "lowerRoman", "iv"), (1999, "upperRoman", "MCMXCIX"), (28, "lowerLetter", "bb"), (3,
    "upperLetter", "C"),
     (12, "ordinal", "12th"), (22, "ordinal", "22nd"), (7, "decimalZero", "07"), (5, "none", ""),
     (21, "ordinalText", "Twenty-first"), (40, "cardinalText", "Forty"),
     (15, "hebrew1", "\u05d8\u05d5"), (16, "hebrew1", "\u05d8\u05d6"), (392, "hebrew1", "שצב"), (400, "hebrew1", "400"),
     (22, "hebrew2", "ת"), (24, "hebrew2", "תב"), (3, "russianLower", "\u0432"),
     (30, "russianUpper", "\u0410\u0410"),
     (28, "arabicAlpha", "\u064a"), (4, "arabicAbjad", "\u062f")],
)  # fmt: skip
def test_numbers_have_words_number_formats(number, shape, spelt):
    assert format_number(number, shape) == spelt


def test_vertically_merged_cells_become_one_cell_that_spans_rows():
    def cell(words: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(words)}</w:tc>"

    wide, tall, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = (
        '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="3000"/></w:tblGrid>'
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('Head', wide)}</w:tr>"
        f"<w:tr>{cell('Tall', tall)}{cell('one')}</w:tr>"
        f"<w:tr>{cell('', below)}{cell('two')}</w:tr></w:tbl>"
    )
    table = read(body).sections[0].blocks[0]

    assert isinstance(table, Table)
    assert table.columns == (100, 150)
    assert [[(found.columns, found.rows) for found in row.cells] for row in table.rows] == [
        [(2, 1)],
        [(1, 2), (1, 1)],
        [(1, 1)],
    ]
    assert [row.header for row in table.rows] == [True, False, False]


def test_a_first_row_formatted_by_the_table_style_is_a_header_row():
    styles = style(
        "Ruled",
        '<w:tblPr><w:tblBorders><w:insideH w:val="single" w:sz="8"/></w:tblBorders></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
        '<w:shd w:val="clear" w:fill="DDEEFF"/></w:tcPr></w:tblStylePr>',
        kind="table",
    )
    rows = "".join(f"<w:tr><w:tc>{paragraph(words)}</w:tc></w:tr>" for words in ("Head", "Row"))
    body = (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Ruled"/><w:tblLook w:val="0020"/></w:tblPr><w:tblGrid>'
        f'<w:gridCol w:w="2000"/></w:tblGrid>{rows}</w:tbl>'
    )
    document = read(body, styles=styles)
    table = document.sections[0].blocks[0]

    assert isinstance(table, Table)
    head, row = (found.cells[0] for found in table.rows)
    assert (head.shading, row.shading) == ("#ddeeff", "")
    assert head.borders.bottom is not None
    assert head.borders.bottom.width == 1
    assert head.borders.top is None
    assert [found.format.bold for found in all_paragraphs(document)[0].content if isinstance(found, Text)] == [True]


def test_a_page_number_is_a_field_and_other_fields_keep_their_stored_result():
    number, day = all_paragraphs(read(paragraph(inner=field("PAGE", "7") + field("DATE \\@ d", "August 19"))))[
        0
    ].content

    assert isinstance(number, WordField)
    assert isinstance(day, WordField)
    assert (number.kind, number.content, day.kind) == ("PAGE", (), "DATE")
    assert [stored.text for stored in day.content if isinstance(stored, Text)] == ["August 19"]


def test_a_link_and_a_picture_are_read_with_target_and_description():
    inner = f'<w:hyperlink r:id="rIdLink">{text("our site")}</w:hyperlink>{picture(description="The seal")}'
    document = read(
        paragraph(inner=inner), links={"rIdLink": "https://example.org/a?b&c"}, pictures={"rIdPicture": PIXEL}
    )
    link, image = all_paragraphs(document)[0].content

    assert isinstance(link, Link)
    assert link.target == "https://example.org/a?b&c"
    assert isinstance(image, Image)
    assert (image.description, image.width, image.data) == ("The seal", 36, PIXEL)


def test_the_text_of_content_controls_is_read():
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('Inside')}</w:sdtContent></w:sdt>"

    assert first_text(read(body)).text == "Inside"


def test_hidden_text_is_marked_and_noted():
    document = read(paragraph("Seen", inner=text("secret", "<w:vanish/>")))

    assert [found.text for found in all_paragraphs(document)[0].content if isinstance(found, Text)] == ["Seen"]
    assert [note.code for note in document.notes] == ["hidden"]


def test_tracked_changes_are_refused_with_the_location_of_the_first():
    body = paragraph("First") + paragraph(
        "We shall", inner=f"<w:del>{text('not')}</w:del><w:ins>{text('gladly')}</w:ins>"
    )

    with pytest.raises(
        TrackedChanges, match=r"2 tracked changes, the first in paragraph 2 \(“We shallnotgladly”\).*Accept"
    ):
        read(body)


def test_a_text_box_is_read_as_a_box_before_the_paragraph_it_is_anchored_in():
    shape = '<v:shape style="position:absolute;margin-left:10pt;width:100pt;height:40pt">'
    box = (
        f"<w:r><w:pict>{shape}<v:textbox><w:txbxContent>{paragraph('Boxed words')}</w:txbxContent>"
        "</v:textbox></v:shape></w:pict></w:r>"
    )
    document = read(paragraph("Beside it", inner=box))
    found = document.sections[0].blocks[0]

    assert isinstance(found, Box)
    assert (found.width, found.height) == (100, 40)
    assert found.floating is not None
    assert found.floating.x == 10
    assert [first.text for each in all_paragraphs(document) for first in each.content if isinstance(first, Text)] == [
        "Boxed words",
        "Beside it",
    ]
    assert document.notes == ()


def test_a_drawing_that_is_not_supported_is_noted_with_its_location():
    chart = '<a:graphic><a:graphicData uri="x"><c:chart xmlns:c="urn:x"/></a:graphicData></a:graphic>'
    drawing = f"<w:r><w:drawing><wp:inline>{chart}</wp:inline></w:drawing></w:r>"
    note = read(paragraph("Beside it", inner=drawing)).notes[0]

    assert note.code == "drawing"
    assert note.where.startswith("body, paragraph 1 (“Beside it")


def test_a_letter_without_a_language_is_refused_unless_there_is_a_usual_one():
    data = docx(paragraph("Words"), usual_styles=False, language="")
    with pytest.raises(LettersError, match=r"which language.*--lang") as caught:
        read_document(open_package(data, "letter.docx"))
    assert len(caught.value.problems) == 1
    read = read_document(open_package(data, "letter.docx"), usual_language=lambda: "es-MX")
    assert (read.language, [note.code for note in read.notes]) == ("es-MX", ["no-language"])


def test_the_indents_of_a_style_override_those_of_its_list():
    styles = style("Clause", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:ind w:left="1000"/></w:pPr>')
    layout = all_paragraphs(
        read(paragraph("a", '<w:pStyle w:val="Clause"/>'), styles=styles, numbering=numbering(DECIMAL))
    )[0].format

    assert (layout.left, layout.first_line) == (50, -18)


@pytest.mark.parametrize(
    ("code", "section", "shape", "page_shape"),
    [
        ("PAGE \\* roman", "", "lowerRoman", "decimal"),
        ("PAGE \\* ALPHABETIC", "", "upperLetter", "decimal"),
        ("PAGE", '<w:pgNumType w:fmt="upperRoman"/>', "", "upperRoman"),
    ],
)
def test_a_page_number_keeps_its_number_format(code, section, shape, page_shape):
    document = read(paragraph("Words"), footers={"default": paragraph(inner=field(code, "i"))}, section=section)
    (number,) = (item for found in paragraphs(document.sections[0].footers.default) for item in found.content)

    assert isinstance(number, WordField)
    assert (number.number_format, document.sections[0].page_number_format) == (shape, page_shape)
    assert document.notes == ()


def test_a_page_number_looks_like_its_stored_result_if_it_keeps_its_format():
    red = field("PAGE \\* MERGEFORMAT", "1").replace(
        "<w:rPr></w:rPr><w:t ", '<w:rPr><w:color w:val="FF0000"/></w:rPr><w:t '
    )
    for code, color in ((red, "#ff0000"), (red.replace(" \\* MERGEFORMAT", ""), "")):
        (number,) = all_paragraphs(read(paragraph(inner=code)))[0].content
        assert isinstance(number, WordField)
        assert number.format.color == color


@pytest.mark.parametrize("code", ["PAGE \\* MERGEFORMAT", "PAGE \\* Arabic", "DATE \\* roman"])
def test_an_ordinary_page_number_needs_no_note(code):
    assert read(paragraph(inner=field(code, "1")), section='<w:pgNumType w:fmt="decimal"/>').notes == ()


def test_a_field_that_never_ends_hides_no_words() -> None:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    body = paragraph(inner=begin + field("TITLE", "A title")) + paragraph("Words") + paragraph(inner=begin)
    said = [item for each in all_paragraphs(read(body)) for item in inlines(each.content) if isinstance(item, Text)]
    assert [item.text for item in said] == ["A title", "Words"]
    assert fold(pdf_words(printed(body).data).body) == fold("A title Words")


def bound(shown: str, path: str = "/n:letter/n:name[2]", kind: str = "<w:text/>") -> bytes:
    """A letter with a content control that shows the second name in the data of the file, Specimen."""
    mapping = f'<w:dataBinding w:prefixMappings="xmlns:n=\'urn:n\'" w:xpath="{path}" w:storeItemID="{{A1}}"/>'
    control = f"<w:sdt><w:sdtPr>{mapping}{kind}</w:sdtPr><w:sdtContent>{paragraph(shown)}</w:sdtContent></w:sdt>"
    package = open_package(docx(control), "letter.docx")
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    data = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    more = {
        "customXml/item1.xml": '<letter xmlns="urn:n"><name>Casey</name><name a="b">Specimen</name></letter>',
        "customXml/itemProps1.xml": f'<ds:datastoreItem xmlns:ds="{data}" ds:itemID="{{a1}}"/>',
        "customXml/_rels/item1.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXmlProps" '
        'Target="itemProps1.xml"/></Relationships>',
    }
    return write_parts({**package.parts, **{name: content.encode() for name, content in more.items()}})


@pytest.mark.parametrize(
    ("shown", "more", "noted"),
    [
        ("Specimen", {}, False),
        ("Example", {}, True),
        ("Example", {"path": "/n:letter/n:name[3]"}, False),
        ("Example", {"path": "//n:name"}, False),
        ("Example", {"path": "/n:letter[1]/n:name[2]/@a"}, True),
        ("Example", {"kind": "<w:date/>"}, False),
        ("Example", {"kind": "<w:showingPlcHdr/>"}, False),
    ],
)
def test_a_control_that_does_not_show_its_data_is_noted(shown: str, more: dict[str, str], noted: bool) -> None:
    notes = read_document(open_package(bound(shown, **more), "letter.docx")).notes
    assert [note.code for note in notes] == (["field"] if noted else [])


def test_a_part_that_is_packed_as_in_an_earlier_file_is_not_believed_to_be_whole() -> None:
    data = docx(paragraph("Words that were read before"))
    for _ in range(3):  # kept the second time
        assert read_document(open_package(data, "letter.docx")).title == "A letter"
    damaged = bytearray(data)
    damaged[data.index(b"word/document.xml") + 60] ^= 0xFF
    with pytest.raises(LettersError, match="damaged"):
        open_package(bytes(damaged), "letter.docx")


def test_words_above_others_are_printed_after_them_in_parentheses() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{text('kan')}</w:rt><w:rubyBase>{text('Word')}</w:rubyBase></w:ruby></w:r>"
    body = paragraph("A ", inner=ruby + text(" end"))
    letter = printed(body)
    assert fold(pdf_words(letter.data).body) == fold("A Word(kan) end")
    assert [note.code for note in letter.notes] == ["look"]


def test_space_between_cells_is_noted() -> None:
    body = table(("a", "b"), ("c", "d")).replace("<w:tblPr>", '<w:tblPr><w:tblCellSpacing w:w="{}" w:type="dxa"/>')
    assert [note.code for note in read(body.format(15)).notes] == ["look"]
    assert not read(body.format(0)).notes


def colors_of(body: str, **more: str) -> dict[str, str]:
    """The color of each text, and of the numbers of lists."""
    everyone = [each for section in read(body, **more).sections for each in paragraphs(section.blocks)]
    texts = [item for each in everyone for item in inlines(each.content) if isinstance(item, Text)]
    labels = [each.label for each in everyone if each.label is not None]
    return {each.text: each.format.color for each in [*texts, *labels]}


def test_text_without_a_color_is_white_on_a_dark_ground_alone():
    shade = '<w:shd w:val="clear" w:fill="{}"/>'
    inner = paragraph("auto") + paragraph("red", run='<w:color w:val="FF0000"/>') + item("list")
    inner += paragraph("marked", run='<w:highlight w:val="yellow"/>') + paragraph("own", shade.format("FFFF00"))
    nested = f"<w:tbl><w:tblPr/><w:tr><w:tc>{paragraph('inside')}</w:tc></w:tr></w:tbl>"
    cell = f"<w:tbl><w:tblPr/><w:tr><w:tc><w:tcPr>{shade}</w:tcPr>{inner}{nested}<w:p/></w:tc></w:tr></w:tbl>"
    dark = colors_of(cell.format("0A3266"), numbering=NUMBERED)
    white = {"auto", "list", "1.", "inside"}
    assert dark == {each: "#ffffff" if each in white else "#ff0000" if each == "red" else "" for each in dark}
    light = colors_of(cell.format("C45911"), numbering=NUMBERED)
    assert {each for each, color in light.items() if color} == {"red"}
    assert colors_of(paragraph("x", shade.format("000000"))) == {"x": "#ffffff"}
    assert colors_of(paragraph("x", run='<w:highlight w:val="black"/>')) == {"x": "#ffffff"}


def test_all_bodies_of_a_file_are_one_and_an_empty_one_has_a_paragraph() -> None:
    several = paragraph("One") + "</w:body><w:body>" + paragraph("Two") + "</w:body><w:body>"
    assert pdf_words(printed(several).data).body.split() == ["One", "Two"]
    for writer in ("composer", "html"):
        empty = convert(docx("", footers={"default": paragraph("Page one")}), writer=writer)
        assert empty.pages == 1
        assert pdf_words(empty.data).furniture == ["Page one"]
