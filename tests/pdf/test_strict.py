"""Word files in the strict form of ISO/IEC 29500: the same letter in both forms becomes the same PDF."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.pages import DATED, NUMBERED, item, table

from letters.docx.package import NotAWordFile, open_package
from letters.pdf.convert import convert

_AREAS = r"(wordprocessingml|drawingml|officeDocument)/2006/"
_LENGTHS = re.compile(r'(?<= )(w:(?:w|h|left|right|top|bottom|header|footer|pos|space|hanging|before|after))="(-?\d+)"')


def strictly(data: bytes) -> bytes:
    """A letter as Word saves it in the strict form: other namespaces, lengths in points, sides by start and end."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith((".xml", ".rels")):
                said = re.sub(
                    "http://schemas.openxmlformats.org/" + _AREAS, r"http://purl.oclc.org/ooxml/\1/", part.decode()
                )
                if name.startswith("word/") and name.endswith(".xml"):
                    said = _LENGTHS.sub(lambda found: f'{found[1]}="{int(found[2]) / 20:g}pt"', said)
                    said = re.sub(r"(<w:ind [^>]*)w:left=", r"\1w:start=", said)
                    said = re.sub(r'(<w:jc w:val=")right', r"\1end", said).replace(
                        'type="pct" w:w="2500"', 'type="pct" w:w="50%"'
                    )
                    said = said.replace('l="25000"', 'l="25%"').replace('lIns="127000"', 'lIns="10pt"')
                part = said.encode()
            new.writestr(name, part)
    return out.getvalue()


BOX = (
    '<w:r><w:drawing><wp:anchor distR="114300"><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset>'
    '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
    '<wp:extent cx="1828800" cy="914400"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="2" name="50%"/>'
    '<a:graphic><a:graphicData uri="x"><wps:wsp><wps:spPr><a:ln w="12700"><a:solidFill><a:srgbClr val="336699">'
    '<a:lumMod val="75000"/></a:srgbClr></a:solidFill></a:ln></wps:spPr><wps:txbx><w:txbxContent>'
    f'{paragraph("In a box")}</w:txbxContent></wps:txbx><wps:bodyPr lIns="127000"/></wps:wsp></a:graphicData>'
    "</a:graphic></wp:anchor></w:drawing></w:r>"
)
CUT = picture(description="Half of 50%").replace("<a:stretch>", '<a:srcRect l="25000"/><a:stretch>')
NOTE = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" By rule.")}</w:p></w:footnote>'
TABS = '<w:tabs><w:tab w:val="right" w:pos="9000"/></w:tabs>'
LETTER = docx(
    paragraph("A heading", '<w:jc w:val="right"/><w:spacing w:before="240" w:after="120" w:line="300"/>', run='<w:b/>')
    + paragraph("Left", TABS, inner=f"<w:r><w:tab/></w:r>{text('right')}")
    + paragraph("It is so.", inner='<w:r><w:footnoteReference w:id="1"/></w:r>' + CUT)
    + item("one")
    + item("two", 1)
    + table(("a", "b"), ("c", "d")).replace("<w:tblPr>", '<w:tblPr><w:tblW w:type="pct" w:w="2500"/>')
    + paragraph("Beside the box.", '<w:ind w:left="720" w:hanging="360"/>', inner=BOX),
    numbering=NUMBERED,
    footnotes=NOTE,
    pictures={"rIdPicture": PIXEL},
    headers={"default": paragraph(inner=field("PAGE", "1"))},
)  # fmt: skip


def test_the_strict_form_becomes_the_same_pdf() -> None:
    strict = strictly(LETTER)
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(strict)).read("word/document.xml")
    assert convert(strict, dated=DATED).data == convert(LETTER, dated=DATED).data


def test_a_strict_letter_is_a_usual_one_once_it_is_open() -> None:
    package = open_package(strictly(LETTER), "letter.docx")
    assert not any(b"purl.oclc.org/ooxml" in part for part in package.parts.values())
    assert 'descr="Half of 50%"' in package.parts["word/document.xml"].decode()


def test_a_strict_letter_with_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE w:document [<!ENTITY a "aaaa">]><w:document'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(strictly(LETTER))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<w:document", bomb))
    with pytest.raises(NotAWordFile, match="DOCTYPE"):
        open_package(out.getvalue(), "letter.docx")
