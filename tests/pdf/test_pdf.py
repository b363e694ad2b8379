"""What comes out of the printing: the same words, where Word puts them, for eyes and for ears."""

from __future__ import annotations

import doctest
import hashlib
import io
import re
import subprocess
import sys
import zlib
from typing import Any

import pikepdf
import pytest
from helpers import ROOT, pages
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.pages import DATED, GRID, LONG, NUMBERED, item, place, places, printed, table, tags
from msgspec.structs import replace

import letters.pdf
from letters.assembly.many_pdfs import WordFile, convert_all
from letters.docx.package import Packed, open_package, write_package
from letters.errors import LettersError
from letters.library.library import Library
from letters.pdf import fonts
from letters.pdf.convert import convert
from letters.pdf.html.weasyprint import engine, listening
from letters.pdf.parity.comparison import difference, fold
from letters.pdf.pdf_file import pdf_words
from letters.pdf.reader.reader import read_document
from letters.pdf.size_limits import CannotConvert

pytestmark = pytest.mark.usefixtures("writer")

# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    "words",
    ["Smith & Sons", "if A<B and C>D", "</p><style>p{display:none}</style>", "{{ 7*7 }} $title",
    "“O\u2019Brien” — 10\u00a0000 § 51-1-32",
     "Amélie, Łódź, Ñuñoa", "two  spaces", "שלום", "&amp; &lt;", "fifty-first\u00ad ﬁnal"],
)  # fmt: skip
def test_any_words_come_out_as_they_went_in(words):
    body = paragraph(words) + table(("Head", "B"), (words, words))
    letter = printed(
        body + paragraph("The end."),
        headers={"default": paragraph(words)},
        footers={"default": paragraph(words)},
    )

    assert pdf_words(letter.data).body.split()[-2:] == ["The", "end."]


def test_a_first_paragraph_that_begins_a_page_begins_the_one_with_the_letterhead():
    body = paragraph("First", "<w:pageBreakBefore/>") + paragraph("Second", "<w:pageBreakBefore/>")

    assert printed(body, headers={"default": paragraph("Head")}).pages == 2


def test_a_hyphen_that_does_not_break_takes_no_other_font_and_does_not_break():
    filler = "word " * 15
    letter = printed(
        paragraph(inner=text(f"{filler}co") + "<w:r><w:noBreakHyphen/></w:r>" + text("operation\u2011wide"))
    )

    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        assert len(pdf.pages[0].obj["/Resources"]["/Font"]) == 1
    # A font may have the hyphen that does not break, or draw the usual one for it.
    found = [(shown.replace("\u2011", "-"), x) for shown, x, _ in places(letter.data)]
    assert found[-1] == ("co-operation-wide", pytest.approx(72, abs=0.5))


def test_a_token_of_three_hundred_characters_stays_on_the_page():
    letter = printed(paragraph("x" * 300) + table(("A", "B"), ("y" * 300, "z")))

    assert letter.pages == 1


def test_a_character_no_font_has_is_named():
    with pytest.raises(CannotConvert, match=r"letter.docx: No font .* has this character: U\+31350"):
        printed(paragraph("Rare: \U00031350"))


def test_hidden_words_are_not_printed_and_that_is_said():
    letter = printed(paragraph("Seen.", inner=text("secret", "<w:vanish/>")))

    assert "secret" not in pdf_words(letter.data).body
    assert [(note.code, note.where) for note in letter.notes] == [
        ("hidden", "letter.docx, body, paragraph 1 (“Seen.secret”)")
    ]


@pytest.mark.parametrize(
    ("changed", "seen"),
    [("We can grant it today.", "cannot grant"), ("We cannot it grant today.", "cannot grant"),
    ("We cannot cannot grant it today.", "cannot grant"),
     ("We cannot grant it.", "today")],
    ids=["dropped", "reordered", "doubled", "cut short"],
)  # fmt: skip
def test_words_dropped_changed_or_doubled_are_found(changed, seen):
    problem = difference("We cannot grant it today.", changed)

    assert problem is not None
    assert seen in problem.message
    assert difference("We cannot  grant\nit today.", "We cannot grant it to day.") is None


def test_a_pdf_that_lost_words_is_refused(monkeypatch):
    """Whoever loses them: here the reader, so that both writers set what is left."""
    from letters.pdf import convert as printing

    def forgetful(package, **_given):
        document = read_document(package)
        section = document.sections[0]
        words = section.blocks[0].content[0]
        less = replace(words, text=words.text.replace("not ", ""))
        block = replace(section.blocks[0], content=(less,))
        return replace(document, sections=(replace(section, blocks=(block,)),))

    monkeypatch.setattr(printing, "read_document", forgetful)
    with pytest.raises(LettersError, match=r"does not have the same words.*shall not grant"):
        printed(paragraph("We shall not grant the request."))


# ---------------------------------------------------------------- structure


def test_headings_lists_and_tables_are_tagged_as_what_they_are():
    heading = '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    body = (
        paragraph("Title", '<w:pStyle w:val="H"/>') + paragraph("Words") + item("one") + item("deeper", 1) + item("two")
    )
    letter = printed(body + table(("Category", "Held by"), ("Wages", "Bureau")), styles=heading, numbering=NUMBERED)
    tree = tags(letter.data)

    assert "H1 P L(LI(Lbl LBody(P L(LI(Lbl LBody(P))))) LI(Lbl LBody(P)))" in tree
    assert "Table(THead(TR(TH(P) TH(P))) TBody(TR(TD(P) TD(P))))" in tree


def test_a_table_over_two_pages_is_one_table_and_its_repeated_header_is_not_read_twice():
    rows = [("Category", "Held by"), *((f"Row {at}", "Bureau") for at in range(80))]
    letter = printed(table(*rows))

    assert letter.pages == 2
    assert tags(letter.data).count("Table(") == 1
    assert pdf_words(letter.data).body.split().count("Category") == 1
    assert place(letter.data, "Category", page=1)


def tall_row(*heads: str) -> str:
    """A table whose last row no page can hold."""
    cells = "".join(
        f"<w:tc>{''.join(paragraph(f'{words} {at}') for at in range(90))}</w:tc>" for words in ("one", "other")
    )
    head = "".join(f"<w:tc>{paragraph(words)}</w:tc>" for words in heads)
    first = f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{head}</w:tr>" if heads else ""
    grid = '<w:tblGrid><w:gridCol w:w="4000"/><w:gridCol w:w="4000"/></w:tblGrid>'
    return f"<w:tbl><w:tblPr/>{grid}{first}<w:tr>{cells}</w:tr></w:tbl>"


def test_a_row_taller_than_a_page_is_read_cell_by_cell_though_its_cells_are_cut():
    letter = printed(tall_row())
    words = pdf_words(letter.data).body.split()

    assert letter.pages == 2
    assert words == [each for cell in ("one", "other") for at in range(90) for each in (cell, str(at))]


def test_the_words_of_a_text_box_are_printed_and_read():
    box = (
        "<w:r><w:pict><v:shape style='width:200pt;height:40pt'><v:textbox>"
        f"<w:txbxContent>{paragraph('Boxed words')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    assert "Boxed words" in pdf_words(printed(paragraph("Beside it", inner=box)).data).body


@pytest.mark.parametrize(
    ("code", "section", "shown"),
    [("PAGE \\* roman", "", "i"), ("PAGE", '<w:pgNumType w:fmt="upperRoman"/>', "I"), ("PAGE", "", "1")],
)
def test_a_page_number_is_printed_in_the_form_asked_for(code, section, shown):
    letter = printed(paragraph("Words"), footers={"default": paragraph(inner=field(code, "7"))}, section=section)
    assert [words.split() for words in pdf_words(letter.data).furniture] == [[shown]]


def test_a_table_that_only_places_things_is_not_told_as_a_table():
    borderless = table(("Left", "Right"), head=False).replace(GRID, "")

    assert "Table" not in tags(printed(borderless).data)


def test_labels_are_words_own():
    body = item("one") + item("a", 1) + item("b", 1) + item("two")

    assert pdf_words(printed(body, numbering=NUMBERED).data).body.split() == [
        "1.",
        "one",
        "(a)",
        "a",
        "(b)",
        "b",
        "2.",
        "two",
    ]


def test_the_letterhead_is_read_aloud_once_and_later_headers_and_footers_are_furniture():
    body = (
        paragraph("First page.")
        + paragraph("Second page.", "<w:pageBreakBefore/>")
        + paragraph("Third.", "<w:pageBreakBefore/>")
    )
    letter = printed(
        body,
        section="<w:titlePg/>",
        headers={
            "first": paragraph("State of New Mexico"),
            "default": paragraph(inner=text("Page ") + field("PAGE", "9")),
        },
        footers={"default": paragraph(inner=text("of ") + field("NUMPAGES", "9"))},
    )
    words = pdf_words(letter.data)

    assert words.body.split() == [
        "State",
        "of",
        "New",
        "Mexico",
        "First",
        "page.",
        "Second",
        "page.",
        "Third.",
    ]
    assert [re.sub(r"\s", "", page) for page in words.furniture] == ["", "Page2of3", "Page3of3"]


def test_a_picture_has_its_alternative_text_and_decoration_has_no_tag():
    letter = printed(
        paragraph("Seal", inner=picture(description="The seal") + picture()), pictures={"rIdPicture": PIXEL}
    )
    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        alternatives = [
            str(found["/Alt"])
            for found in pdf.objects
            if isinstance(found, pikepdf.Dictionary) and found.get("/S") == "/Figure"
        ]

    assert alternatives == ["The seal"]


def test_title_language_and_date_are_said():
    with pikepdf.open(io.BytesIO(printed(paragraph("Words"), title="Answer & <more>", language="es-MX").data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Answer & <more>"
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20190819")
        assert str(pdf.Root.Lang) == "es-MX"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Answer & <more>"


def test_a_link_leads_where_word_says_and_a_script_does_not():
    body = paragraph(
        inner=(
            f'<w:hyperlink r:id="rIdA">{text("here")}</w:hyperlink>'
            f'<w:hyperlink r:id="rIdB">{text("there")}</w:hyperlink>'
        )
    )
    letter = printed(body, links={"rIdA": "https://example.org/", "rIdB": "file:///etc/passwd"})
    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        addresses = [str(mark.A.URI) for mark in pdf.pages[0].Annots]

    assert addresses == ["https://example.org/"]
    assert [note.code for note in letter.notes] == ["link"]


# ---------------------------------------------------------------- place


def test_the_first_line_stands_where_word_puts_it():
    x, y = place(printed(paragraph("Words")).data, "Words")

    assert x == pytest.approx(72, abs=0.1)
    face = fonts.metrics("Times New Roman")
    assert y == pytest.approx(72 + (face.single - face.descent) * 12, abs=0.1)


@pytest.mark.parametrize(
    ("settings", "gap"),
    [("", 20), ("<w:compat><w:doNotUseHTMLParagraphAutoSpacing/></w:compat>", 30)],
    ids=["larger", "sum"],
)
def test_space_between_paragraphs_is_the_larger_one_or_the_sum_as_the_file_asks(settings, gap):
    body = paragraph("One", '<w:spacing w:after="200"/>') + paragraph("Two", '<w:spacing w:before="400"/>')
    data = printed(body, settings=settings).data

    assert place(data, "Two")[1] - place(data, "One")[1] == pytest.approx(
        fonts.metrics("Times New Roman").single * 12 + gap, abs=0.1
    )


def test_an_empty_paragraph_is_as_high_as_a_line():
    data = printed(paragraph("One") + paragraph() + paragraph("Two")).data

    assert place(data, "Two")[1] - place(data, "One")[1] == pytest.approx(
        2 * fonts.metrics("Times New Roman").single * 12, abs=0.1
    )


@pytest.mark.parametrize(("rule", "pitch"), [("exact", 20), ("atLeast", 20), ("auto", 13.8 * 4 / 3)])
def test_line_spacing_follows_its_rule(rule, pitch):
    spaced = f'<w:spacing w:line="{320 if rule == "auto" else 400}" w:lineRule="{rule}"/>'
    data = printed(paragraph("One", spaced) + paragraph("Two", spaced)).data

    assert place(data, "Two")[1] - place(data, "One")[1] == pytest.approx(pitch, abs=0.1)


def test_the_words_after_re_stand_at_the_hanging_indent_on_every_line():
    hanging = '<w:ind w:left="720" w:hanging="720"/>'
    data = printed(paragraph(inner=text("Re:") + "<w:r><w:tab/></w:r>" + text(LONG), properties=hanging)).data
    lines = [x for words, x, _ in places(data) if words.strip() and not words.startswith("Re:")]

    assert lines == pytest.approx([108] * len(lines), abs=0.1)


def test_a_right_tab_ends_at_its_stop():
    stop = '<w:tabs><w:tab w:val="right" w:pos="9360"/></w:tabs>'
    footer = paragraph(
        inner=text("File 7") + "<w:r><w:tab/></w:r>" + text("Page ") + field("PAGE", "1"), properties=stop
    )
    data = printed(paragraph("Words"), footers={"default": footer}).data
    x, _ = place(data, "1")

    assert x + 6 == pytest.approx(540, abs=0.2)


def test_the_decimal_points_of_a_column_stand_one_below_another():
    stop = '<w:tabs><w:tab w:val="decimal" w:pos="4000"/></w:tabs>'
    rows = [
        paragraph(inner=f"<w:r><w:tab/></w:r>{text(amount)}", properties=stop) for amount in ("5.25", "1,234.5", "70")
    ]
    data = printed("".join(rows)).data
    figure = 6.0  # points, at 12

    assert place(data, "5.25")[0] == pytest.approx(72 + 200 - figure, abs=0.5)
    assert place(data, "1,234.5")[0] == pytest.approx(72 + 200 - 4 * figure - 3, abs=0.5)
    assert place(data, "70")[0] == pytest.approx(72 + 200 - 2 * figure, abs=0.5)


def test_the_body_begins_below_a_header_taller_than_the_margin():
    tall = "".join(paragraph(f"Line {at}") for at in range(8))
    data = printed(paragraph("Body") + paragraph("More", "<w:pageBreakBefore/>"), headers={"default": tall}).data

    for page, words in ((0, "Body"), (1, "More")):
        assert place(data, words, page)[1] - place(data, "Line 7", page)[1] == pytest.approx(13.8, abs=0.3)


def test_a_signature_kept_with_the_next_paragraph_does_not_stand_alone():
    kept = "<w:keepNext/>"
    for lines in range(44, 50):
        body = "".join(paragraph(f"Line {at}") for at in range(lines))
        letter = printed(body + paragraph("Sincerely,", kept) + paragraph("Maria", kept) + paragraph("Counsel"))
        where = [
            page
            for page in range(letter.pages)
            for words, _, _ in places(letter.data, page)
            if words in ("Sincerely,", "Maria", "Counsel")
        ]
        assert len(set(where)) == 1


# ---------------------------------------------------------------- the run


def test_the_same_letter_gives_the_same_bytes_in_another_process_whatever_was_printed_before():
    shared = paragraph("No\u00a0break, firm\u2011hyphen")  # characters that share a glyph with others
    source = docx(shared + paragraph(LONG) + item("one") + table(("A", "B"), ("c", "d")), numbering=NUMBERED)
    printed(paragraph("A break, a-hyphen"))
    here = hashlib.sha256(convert(source, dated=DATED, writer=pages.writer).data).hexdigest()
    script = (
        "import sys; from datetime import date; from hashlib import sha256\n"
        "from letters.pdf.convert import convert\n"
        "data = convert(sys.stdin.buffer.read(), dated=date(2019, 8, 19), writer=sys.argv[1] or None).data\n"
        "print(sha256(data).hexdigest())\n"
        "import logging; 'weasyprint' in sys.modules and logging.getLogger('fontTools.ttLib').warning('an odd date')"
    )
    command = [sys.executable, "-c", script, pages.writer or ""]
    there = subprocess.run(command, input=source, capture_output=True, check=True, cwd=ROOT)

    assert there.stdout.decode().strip() == here
    assert there.stderr == b""


def test_a_font_without_a_stand_in_of_the_same_widths_is_noted():
    letter = printed(paragraph("Words", run='<w:rFonts w:ascii="Garamond Nova" w:hAnsi="Garamond Nova"/>'))

    assert [note.code for note in letter.notes] == ["font"]


def test_a_second_section_has_its_own_paper_header_and_numbers():
    first = (
        '<w:p><w:pPr><w:sectPr><w:pgSz w:w="12240" w:h="15840"/>'
        '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720"/>'
        "</w:sectPr></w:pPr></w:p>"
    )
    letter = printed(
        paragraph("Letter") + first + paragraph("Schedule") + paragraph("More", "<w:pageBreakBefore/>"),
        section='<w:pgNumType w:start="7"/>',
        footers={"default": paragraph(inner=text("Page ") + field("PAGE", "9"))},
    )

    assert pdf_words(letter.data).body.split() == ["Letter", "Schedule", "More"]
    assert [re.sub(r"\s", "", page) for page in pdf_words(letter.data).furniture] == ["", "Page7", "Page8"]


def test_rows_that_begin_further_in_leave_the_columns_where_they_are():
    def row(*cells: str, before: int = 0) -> str:
        return (
            f'<w:tr><w:trPr><w:gridBefore w:val="{before}"/></w:trPr>'
            f"{''.join(f'<w:tc>{paragraph(words)}</w:tc>' for words in cells)}</w:tr>"
        )

    grid = '<w:gridCol w:w="2000"/>' * 3
    for borders in ("", GRID):
        rows = row("a", "b", "c") + row("d", before=1)
        body = f"<w:tbl><w:tblPr>{borders}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        data = printed(body).data
        assert place(data, "d")[0] == pytest.approx(place(data, "b")[0], abs=0.1)


def test_a_word_underlined_throughout_a_paragraph_is_underlined():
    with_line, without = (
        printed(paragraph("Notice", run=properties)).data for properties in ('<w:u w:val="single"/>', "")
    )

    assert len(with_line) > len(without)


CHANGED = (
    '<w:p><w:r><w:t xml:space="preserve">It stays </w:t></w:r>'
    '<w:ins w:id="1" w:author="x"><w:r><w:t>new</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="x"><w:r><w:delText>old</w:delText></w:r></w:del></w:p>'
)


def test_tracked_changes_are_refused_unless_they_are_to_be_accepted():
    with pytest.raises(LettersError, match="contains 2 tracked changes"):
        printed(CHANGED)
    letter = convert(docx(CHANGED), dated=DATED, accept_changes=True, writer=pages.writer)
    assert pdf_words(letter.data).body == "It stays new"


@pytest.mark.parametrize("described", [letters.pdf, convert], ids=["the room", "convert"])
def test_the_examples_in_the_documentation_run(described: object) -> None:
    known = {"LETTER_DOCX": docx(paragraph("Dear Casey Specimen:")), "convert": convert}
    example = doctest.DocTestParser().get_doctest(described.__doc__ or "", known, "examples", None, None)
    result = doctest.DocTestRunner().run(example)

    assert result.attempted > 0
    assert result.failed == 0


def test_many_letters_are_told_of_in_their_order_each_with_what_is_problem_with_it():
    good = [docx(paragraph(f"Letter {at}")) for at in range(10)]
    given = [WordFile(data, f"{at}.docx") for at, data in enumerate([*good[:2], b"no letter", *good[2:]])]
    outcomes = list(convert_all(Library(ROOT), given, len(given), workers=2))

    assert [pdf_words(each.pdf).body if each.pdf else "" for each in outcomes] == [
        "Letter 0", "Letter 1", "", *(f"Letter {at}" for at in range(2, 10))
    ]  # fmt: skip
    assert [problem.where for each in outcomes for problem in each.problems] == ["2.docx"]
    assert outcomes[0].pdf == next(iter(convert_all(Library(ROOT), given[:1], 1))).pdf


def test_a_box_that_runs_off_the_page_is_printed_in_the_text_and_that_is_said():
    shape = '<v:shape style="position:absolute;margin-left:10pt;width:300pt;height:40pt">'
    inner = "".join(paragraph(f"Boxed line {at}") for at in range(80))
    box = f"<w:r><w:pict>{shape}<v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    letter = printed(paragraph("Beside it", inner=box))

    assert [note.code for note in letter.notes] == ["reflowed"]
    assert pdf_words(letter.data).body.split()[-2:] == ["Beside", "it"]


def test_a_table_wider_than_the_paper_is_printed_as_wide_as_that_and_that_is_said():
    wide = table(("one", "two", "three"), ("a", "b", "c")).replace('w:w="3000"', 'w:w="8000"')
    letter = printed(wide.replace("<w:tblPr>", '<w:tblPr><w:tblLayout w:type="fixed"/>'))

    assert [note.code for note in letter.notes] == ["reflowed"]
    assert pdf_words(letter.data).body.split() == ["one", "two", "three", "a", "b", "c"]
    assert place(letter.data, "three")[0] < 612 - 72


def test_a_table_in_a_cell_that_runs_off_the_paper_ends_in_the_cell_and_that_is_said():
    fixed = '<w:tblPr><w:tblLayout w:type="fixed"/>'
    wide = table(("Signature", "Date"), head=False).replace('w:w="3000"', 'w:w="7000"').replace("<w:tblPr>", fixed)
    around = table(("Left", "Right"), head=False).replace('w:w="3000"', 'w:w="4500"').replace("<w:tblPr>", fixed)
    letter = printed(around.replace(paragraph("Right"), wide + paragraph("Right")))

    assert [note.code for note in letter.notes if note.code == "reflowed"] == ["reflowed"]
    assert sorted(pdf_words(letter.data).body.split()) == ["Date", "Left", "Right", "Signature"]
    assert 72 + 225 < place(letter.data, "Date")[0] < 612 - 72


def test_a_layout_that_makes_more_pages_than_it_can_have_is_stopped():
    html = "".join(f'<p style="break-before:page">{at}</p>' for at in range(5))

    with listening(), pytest.raises(CannotConvert, match="never ends: it is at page 3"):
        engine().print(html, {}, lambda *_: b"", 2)


def test_a_picture_in_fine_shades_of_grey_is_printed():
    fine = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000011000000000")
    shades = fine + zlib.crc32(fine[12:]).to_bytes(4, "big") + chunk(b"IDAT", zlib.compress(b"\0\x80\0"))
    letter = printed(
        paragraph(inner=picture(description="Grey")), pictures={"rIdPicture": shades + chunk(b"IEND", b"")}
    )

    assert letter.notes == ()


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def test_a_table_without_any_width_shares_the_page():
    cells = "".join(f'<w:tc><w:tcPr><w:tcW w:w="0" w:type="dxa"/></w:tcPr>{paragraph(words)}</w:tc>' for words in "ab")
    grid = '<w:tblGrid><w:gridCol w:w="0"/><w:gridCol w:w="0"/></w:tblGrid>'
    data = printed(f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="dxa"/></w:tblPr>{grid}<w:tr>{cells}</w:tr></w:tbl>').data

    assert place(data, "b")[0] - place(data, "a")[0] == pytest.approx(234, abs=1)


@pytest.mark.parametrize(
    ("horizontal", "vertical", "x", "y"),
    [
        ('relativeFrom="page"><wp:posOffset>457200<', 'relativeFrom="page"><wp:posOffset>914400<', 36, 72),
        ('relativeFrom="margin"><wp:align>right<', 'relativeFrom="margin"><wp:align>bottom<', 540 - 36, 720 - 36),
        ('relativeFrom="rightMargin"><wp:align>center<', 'relativeFrom="topMargin"><wp:align>center<', 540 + 18, 18),
        ('relativeFrom="leftMargin"><wp:align>right<', 'relativeFrom="bottomMargin"><wp:align>top<', 36, 720),
    ],
    ids=["page", "margin", "right and top margin", "left and bottom margin"],
)
def test_a_picture_stands_where_its_anchor_says(horizontal, vertical, x, y):
    across, down = (
        f"<wp:position{axis} {said}/wp:{'align' if 'align' in said else 'posOffset'}></wp:position{axis}>"
        for axis, said in (("H", horizontal), ("V", vertical))
    )
    anchor = f'<wp:anchor behindDoc="0">{across}{down}<wp:wrapNone/>'
    inline = picture(description="The seal")
    anchored = inline.replace("<wp:inline>", anchor).replace("</wp:inline>", "</wp:anchor>")
    letter = printed(paragraph("Words", inner=anchored), pictures={"rIdPicture": PIXEL})
    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        figure = next(each for each in _elements(pdf.Root.StructTreeRoot.K[0]) if each.S == "/Figure")
        left, lower, right, upper = map(float, figure.A.BBox)

    assert (left, 792 - upper) == pytest.approx((x, y), abs=0.1)
    assert (right - left, upper - lower) == pytest.approx((36, 36), abs=0.1)


def _elements(element: Any) -> Any:
    yield element
    kids = element.get("/K", [])
    for kid in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield from _elements(kid)


SPANNING = (
    '<w:tbl><w:tblPr><w:tblLayout w:type="fixed"/></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="3000"/><w:gridCol w:w="6360"/></w:tblGrid>'
    f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("Heading over both")}</w:tc></w:tr>'
    f"<w:tr><w:tc>{paragraph('Question')}</w:tc><w:tc>{paragraph('Answer')}</w:tc></w:tr></w:tbl>"
)


def test_a_first_row_that_spans_columns_leaves_their_widths_alone(writer):
    data = printed(SPANNING).data
    assert place(data, "Answer")[0] - place(data, "Question")[0] == pytest.approx(150, abs=0.5)


@pytest.mark.parametrize(
    "tab",
    ['<w:tab w:val="left" w:pos="9340"/>', '<w:tab w:val="right" w:leader="underscore" w:pos="9360"/>'],
    ids=["left", "right"],
)
def test_a_space_after_a_tab_to_the_margin_does_not_begin_a_line(writer, tab):
    space = '<w:r><w:rPr><w:u w:val="single"/></w:rPr><w:tab/><w:t xml:space="preserve"> </w:t></w:r>'
    body = paragraph("Address:", f"<w:tabs>{tab}</w:tabs>", inner=space)
    data = printed(body + paragraph("Second")).data
    assert place(data, "Second")[1] - place(data, "Address")[1] == pytest.approx(13.8, abs=0.5)


def test_a_bullet_that_its_font_lacks_stands_on_the_line(writer):
    bullet = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/>'
        '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr>'
        '<w:rPr><w:rFonts w:ascii="Noto Sans Symbols" w:hAnsi="Noto Sans Symbols"/></w:rPr></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    data = printed(item("Verification") + item("of the debt"), numbering=bullet).data
    assert place(data, "●")[1] == pytest.approx(place(data, "Verification")[1], abs=0.5)
    assert place(data, "of the debt")[1] - place(data, "Verification")[1] == pytest.approx(13.8, abs=0.5)


def test_a_symbol_font_named_for_other_characters_is_that_of_the_private_ones_alone():
    run = '<w:r><w:rPr><w:rFonts {}="Wingdings"/></w:rPr><w:t>\uf0fc seen</w:t></w:r>'
    data = printed(paragraph("Other", inner=run.format("w:hAnsi"))).data
    assert fold("".join(pdf_words(data).pieces)) == "Other✓seen"
    styled = '<w:style w:type="character" w:styleId="Tick"><w:rPr><w:rFonts w:hAnsi="Wingdings"/></w:rPr></w:style>'
    mark = '<w:r><w:rPr><w:rStyle w:val="Tick"/></w:rPr><w:t>\uf0fc</w:t></w:r>'
    assert pdf_words(printed(paragraph("By style ", inner=mark), styles=styled).data).pieces == ["By style ✓"]


@pytest.mark.parametrize("section", ["", "<w:titlePg/>"], ids=["on all pages", "on the first page"])
def test_an_empty_header_pushes_the_text_down(writer, section):
    which = "first" if section else "default"
    data = printed(paragraph("Text"), headers={which: "<w:p/>" * 4}, section=section).data
    assert place(data, "Text")[1] - place(printed(paragraph("Text")).data, "Text")[1] == pytest.approx(19.2, abs=0.5)


def test_a_page_number_without_a_space_in_its_code_is_counted(writer):
    footer = paragraph("Page ", inner=field("PAGE", "1").replace(" PAGE ", "PAGE"))
    data = printed(paragraph(LONG) * 20, footers={"default": footer}).data
    shown = [fold(each) for each in pdf_words(data).furniture]
    assert shown == [f"Page{at + 1}" for at in range(len(shown))]
    assert len(shown) > 1


def test_text_hidden_by_the_style_of_its_paragraph_is_not_printed_and_that_is_noted(writer):
    hiding = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Hint"><w:name w:val="Hint"/><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:type="character" w:styleId="Too"><w:name w:val="Too"/><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    style = '<w:pStyle w:val="Hint"/>'
    letter = printed(
        paragraph("Before.") + paragraph("A hint", style) + paragraph("Shown.", style, run='<w:vanish w:val="0"/>')
        + paragraph("Twice hidden is shown.", style, run='<w:rStyle w:val="Too"/>'),
        styles=hiding,
    )  # fmt: skip
    assert fold(pdf_words(letter.data).body) == "Before.Shown.Twicehiddenisshown."
    assert "hidden" in [note.code for note in letter.notes]


def test_a_language_for_another_script_leaves_that_of_the_document(writer):
    east = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        '<w:rPr><w:lang w:eastAsia="ja-JP"/></w:rPr></w:style>'
    )
    with pikepdf.open(io.BytesIO(printed(paragraph("Words"), styles=east, language="").data)) as pdf:
        assert str(pdf.Root.Lang) == "en-US"


def test_the_title_is_found_though_a_second_part_with_properties_has_none():
    packed = open_package(docx(paragraph("Words"), title="Minimal"), "letter.docx")
    parts = dict(packed.parts)
    core = parts["docProps/core.xml"].replace(b"<dc:title>Minimal</dc:title><dc:language>en-US</dc:language>", b"")
    links = parts["_rels/.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId9" Target="docProps/core0.xml" Type="http://schemas.openxmlformats.org/officedocument/'
        b'2006/relationships/metadata/core-properties"/></Relationships>',
    )
    data = write_package(
        Packed.of(name, content) for name, content in
        {**parts, "_rels/.rels": links, "docProps/core0.xml": core}.items()
    )  # fmt: skip
    with pikepdf.open(io.BytesIO(convert(data).data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Minimal"
