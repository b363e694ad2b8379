"""Answers with formatting reach Word and the PDF as real formatting."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pikepdf
import pytest
from helpers.documents import docx, paragraph, text
from helpers.pages import tags

from letters._text.light_markup import FormattedAnswer, RichBlock, RichPiece, parse_rich_text
from letters.assembly.template.template import DocumentProperties, Template
from letters.docx.markup import text_of
from letters.docx.names import P_PR, R_PR, P, w
from letters.docx.package import Package, open_package
from letters.errors import TemplateAtFault
from letters.pdf.convert import convert

PROPERTIES = DocumentProperties("A letter", "The Office", "en-US", date(2026, 8, 14))
NOTE = """\
Please bring **these papers** and *nothing else*; see [our page](https://dws.example/hearings).

- your last notice
- an **identification**

1. Sign in.
2. Wait for {{ you }} & <others>.

Then:
1. Go home."""


def filled(
    note: str, body: str = paragraph("{{ note|rich }}", '<w:spacing w:after="120"/>', run="<w:sz w:val='28'/>")
) -> Package:
    made = Template.compile(docx(body), "letter.docx").fill({"note": FormattedAnswer(note)}, PROPERTIES)
    return open_package(made, "letter.docx")


def test_the_formatting_is_read() -> None:
    assert parse_rich_text("a **b *c* d** e") == (
        RichBlock(
            "paragraph",
            (
                RichPiece("a "),
                RichPiece("b ", bold=True),
                RichPiece("c", bold=True, italic=True),
                RichPiece(" d", bold=True),
                RichPiece(" e"),
            ),
        ),
    )
    plain = parse_rich_text("2 * 3 * 4, a*b, **, f(x) [1] and snake_case")
    assert plain == (RichBlock("paragraph", (RichPiece("2 * 3 * 4, a*b, **, f(x) [1] and snake_case"),)),)
    assert [block.kind for block in parse_rich_text(NOTE)] == [
        "paragraph", "bullet", "bullet", "number", "number", "paragraph", "number",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="javascript"):
        parse_rich_text("[x](javascript:alert)")


def test_a_formatted_answer_becomes_paragraphs_lists_and_runs() -> None:
    package = filled(NOTE)
    root = package.tree(package.main)
    lines = [text_of(node) for node in root.iter(P)]
    assert lines[1:5] == ["your last notice", "an identification", "Sign in.", "Wait for {{ you }} & <others>."]
    bold = [text_of(run) for run in root.iter(w("r")) if run.find(f"{R_PR}/{w('b')}") is not None]
    assert bold == ["these papers", "identification"]
    italic = [text_of(run) for run in root.iter(w("r")) if run.find(f"{R_PR}/{w('i')}") is not None]
    assert italic == ["nothing else"]
    sizes = {run.find(f"{R_PR}/{w('sz')}").get(w("val")) for run in root.iter(w("r")) if run.find(w("t")) is not None}
    assert sizes == {"28"}  # the look of the tag
    lists = [node.find(f"{P_PR}/{w('numPr')}/{w('numId')}") for node in root.iter(P)]
    ids = [None if each is None else each.get(w("val")) for each in lists]
    assert ids[1] == ids[2] != ids[3] == ids[4] != ids[6]
    assert "HYPERLINK" in "".join(node.text or "" for node in root.iter(w("instrText")))
    spacing = [node.find(f"{P_PR}/{w('spacing')}") for node in root.iter(P)]
    assert None not in spacing[:7]


def test_the_pdf_has_lists_and_a_link() -> None:
    made = Template.compile(docx(paragraph("{{ note|rich }}")), "letter.docx").fill({"note": NOTE}, PROPERTIES)
    data = convert(made, dated=date(2026, 8, 14)).data
    structure = tags(data)
    assert structure.count("LI") >= 5
    assert "Link" in structure
    with pikepdf.open(BytesIO(data)) as pdf:
        (link,) = pdf.pages[0].Annots
        assert str(link.A.URI) == "https://dws.example/hearings"


def test_one_paragraph_may_stand_among_other_words() -> None:
    body = paragraph("", inner=text("Note: {{ note|rich }} End."))
    package = filled("bring **it**", body)
    assert [text_of(node) for node in package.tree(package.main).iter(P)] == ["Note: bring it End."]
    with pytest.raises(TemplateAtFault, match="in a paragraph of its own"):
        filled("- one\n- two", body)


def test_without_the_filter_its_marks_are_not_printed() -> None:
    with pytest.raises(TemplateAtFault, match=r"Write \{\{ note\|rich \}\}"):
        filled("**bold**", paragraph("{{ note }}"))


def test_a_template_with_lists_of_its_own_keeps_them() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>'
    )
    own = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
    data = docx(paragraph("First", own) + paragraph("{{ note|rich }}"), numbering=numbering)
    made = Template.compile(data, "letter.docx").fill({"note": "1. one\n2. two"}, PROPERTIES)
    package = open_package(made, "letter.docx")
    ids = [node.get(w("val")) for node in package.tree(package.main).iter(w("numId"))]
    assert ids[0] == "7"
    assert ids[1] == ids[2] != "7"
    numbers = package.xml("word/numbering.xml")
    order = [str(node.tag).rsplit("}", 1)[-1] for node in numbers]
    assert order == sorted(order)  # every abstractNum stands before every num
