"""No page shows text over other text, and no good page is taken for one that does."""

from __future__ import annotations

import io

import pikepdf
import pytest
from helpers.documents import SECTION, docx, paragraph, text
from helpers.pages import LONG, places, printed, table

from letters.pdf.convert import Writer, convert
from letters.pdf.parity.overprint import TextOverText
from letters.pdf.pdf_file import pdf_words

FLOATING = (
    '<w:tbl><w:tblPr><w:tblpPr w:vertAnchor="page" w:horzAnchor="margin" w:tblpY="2400"/><w:tblW w:w="9360"/></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="9360"/></w:tblGrid>'
    + "".join(f"<w:tr><w:tc>{paragraph(f'Row {at}')}</w:tc></w:tr>" for at in range(4))
    + "</w:tbl>"
)
TEXT_BOX = (
    '<w:r><w:drawing><wp:anchor behindDoc="0"><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset>'
    '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
    '<wp:extent cx="1800000" cy="400000"/><wp:wrapNone/><a:graphic><a:graphicData><wps:wsp><wps:spPr/>'
    "<wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx>"
    '<wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0"/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>'
    "</w:r>"
)
LONG_WORD = (
    '<w:tbl><w:tblPr><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="1500"/><w:gridCol w:w="7860"/>'
    "</w:tblGrid><w:tr><w:tc>"
    + paragraph(
        inner=text("(")
        + text("type_of_response.all_true_improper_service", '<w:color w:val="FF0000"/>')
        + text("_state_and_more_words_here", '<w:color w:val="00AA00"/>')
    )
    + f"</w:tc><w:tc>{paragraph('The neighbor')}</w:tc></w:tr></w:tbl>"
)
COPIES = paragraph("Dear Ms. Doe", inner="".join([TEXT_BOX.format(paragraph("Page 1 of 1"))] * 2).replace(
    "<wp:posOffset>0<", "<wp:posOffset>1200000<"
))  # fmt: skip
"""A text box that lies on its copy."""
TIGHT = '<w:spacing w:line="{}" w:lineRule="exact"/>'
GOOD = {
    "the same words twice in one place": COPIES,
    "superscripts and subscripts": paragraph(
        inner=text("E = mc")
        + text("2", '<w:vertAlign w:val="superscript"/>')
        + text(" and H")
        + text("2", '<w:vertAlign w:val="subscript"/>')
        + text("O"),
    )
    + paragraph(LONG),
    "raised and lowered text": paragraph(
        inner=text("up", '<w:position w:val="8"/>') + text("down", '<w:position w:val="-8"/>')
    ),
    "underlines and strikethrough": paragraph(
        inner=text("gypsy", '<w:u w:val="double"/>') + text("struck", "<w:strike/>")
    )
    * 3,
    "kerning": paragraph("AVAVAV To Yo WAVE", run='<w:kern w:val="2"/>') * 3,
    "narrowed letters": paragraph(
        inner=text("narrow", '<w:spacing w:val="-40"/>') + text("narrow too", '<w:spacing w:val="-30"/>')
    )
    * 3,
    "negative indents": paragraph(LONG, '<w:ind w:left="-720" w:right="-720" w:hanging="360"/>'),
    "table borders": table(("A", "B"), ("gjpqy", "ÁÉÍ")) + paragraph("After"),
    "tight lines": paragraph(LONG, TIGHT.format(200)),
    "lines to fill in": paragraph("Name: ____________ ........ Date: ____", TIGHT.format(190)) * 2,
    "accents of their own": paragraph("Na\u0301a\u0328ltsoos bi\u0301ka\u0301 ana\u0301\u0142\u02bci\u0301") * 3,
    "two directions": paragraph("Dear שלום עולם and العربية", run='<w:rtl w:val="0"/>') * 3,
    "small capitals and large initials": paragraph(
        inner=text("L", '<w:sz w:val="48"/>') + text("etterhead", "<w:smallCaps/>")
    )
    * 2,
    "justified text": paragraph(LONG, '<w:jc w:val="both"/>'),
    "a right tab": paragraph(
        "Left", '<w:tabs><w:tab w:val="right" w:pos="9360"/></w:tabs>', inner="<w:r><w:tab/><w:t>Right</w:t></w:r>"
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_page_is_printed_as_it_is(writer: Writer | None, name: str) -> None:
    assert [note.code for note in printed(GOOD[name]).notes if note.code == "reflowed"] == []


def test_text_is_found_where_it_is_painted(writer: Writer | None) -> None:
    data = printed(paragraph(LONG, '<w:jc w:val="both"/>') + GOOD["kerning"] + table(("A", "B"))).data
    shown = [(round(x, 1), round(y, 1)) for words, x, y in places(data) if words.strip()]
    found = [
        (round(each.x, 1), round(792 - each.y, 1))
        for each in pdf_words(data, positions=True).placed[0]
        if "".join(letters for letters, _, _ in each.glyphs()).strip()
    ]
    assert found == shown


def test_a_content_stream_in_another_spelling_is_read_as_well(writer: Writer | None) -> None:
    """Strings in parentheses, a comment: what another program makes of the file."""
    data = printed(paragraph(LONG, '<w:jc w:val="both"/>') + GOOD["kerning"]).data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sheet = pdf.pages[0]
        spelled = pikepdf.unparse_content_stream(pikepdf.parse_content_stream(sheet))
        sheet.Contents = pdf.make_stream(b"% (changed)\n" + spelled)
        changed = io.BytesIO()
        pdf.save(changed)
    one, other = pdf_words(data, positions=True), pdf_words(changed.getvalue(), positions=True)
    assert (one.body, one.furniture, one.loose) == (other.body, other.furniture, other.loose)
    assert [each.glyphs() for each in one.placed[0]] == [each.glyphs() for each in other.placed[0]]


def test_text_gives_way_to_a_floating_table(writer: Writer | None) -> None:
    letter = printed(paragraph("Above") * 2 + FLOATING + paragraph("Below") * 6)
    assert ("reflowed" in [note.code for note in letter.notes]) is (writer == "html")
    shown = [words for words, _, _ in sorted(places(letter.data), key=lambda each: each[2])]
    rows = ["Row 0", "Row 1", "Row 2", "Row 3"]
    assert sorted(shown) == sorted([*["Above"] * 2, *rows, *["Below"] * 6])
    assert shown[shown.index("Row 0") :][:4] == rows


def test_a_text_box_that_would_cover_the_text_is_set_in_the_text(writer: Writer | None) -> None:
    letter = printed(paragraph("Covered words", inner=TEXT_BOX.format(paragraph("In the box"))))
    assert "reflowed" in [note.code for note in letter.notes]
    heights = {words: y for words, _, y in places(letter.data)}
    assert heights["Covered words"] - heights["In the box"] > 10


def test_a_watermark_stays_behind_the_text_that_is_set_one_after_another(writer: Writer | None) -> None:
    watermark = (
        '<w:r><w:pict><v:shape type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:400pt;'
        'height:400pt;z-index:-1;mso-position-horizontal-relative:margin;mso-position-vertical-relative:margin">'
        '<v:textpath style="font-family:Arial" string="PREVIEW"/></v:shape></w:pict></w:r>'
    )
    covered = paragraph("Covered words", inner=TEXT_BOX.format(paragraph("In the box")))
    letter = printed(covered, headers={"default": paragraph(inner=watermark)})
    assert "reflowed" in [note.code for note in letter.notes]
    assert min(y for words, _, y in places(letter.data) if words == "Covered words") < 120


def test_a_text_box_beside_the_text_stays_where_it_is(writer: Writer | None) -> None:
    letter = printed(
        paragraph("", inner=TEXT_BOX.format(paragraph("In the box"))) + paragraph() * 3 + paragraph("Below")
    )
    assert "reflowed" not in [note.code for note in letter.notes]


def test_a_word_longer_than_its_cell_does_not_cover_the_next_cell(writer: Writer | None) -> None:
    placed = pdf_words(printed(LONG_WORD).data, positions=True).placed[0]
    neighbor = next(each for each in placed if [letters for letters, _, _ in each.glyphs()][:3] == ["T", "h", "e"])
    assert max(each.x + each.width for each in placed if each is not neighbor) < neighbor.x


def test_a_letter_that_neither_writer_can_set_without_it_is_refused_with_the_place() -> None:
    with pytest.raises(TextOverText, match=r"On page 1, “.*” and “.*” would be printed one over the other") as refused:
        convert(docx(paragraph(LONG, TIGHT.format(40))), name="tight.docx")
    assert refused.value.problems[0].where == "tight.docx"
    assert refused.value.problems[0].code == "overprint"


def test_a_header_that_would_cover_the_text_pushes_it_down() -> None:
    """As a margin below zero has it in Word, they may overlap."""
    tight = SECTION.replace('w:top="1440"', 'w:top="-700"')
    letter = convert(docx(paragraph(LONG) * 12, headers={"default": paragraph("Page two")}, page=tight))
    assert [note.code for note in letter.notes] == ["reflowed"]
    found = {words: y for words, _, y in places(letter.data, 1)}
    assert min(y for words, y in found.items() if words != "Page two") - found["Page two"] > 10
