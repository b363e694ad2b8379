"""The table of docs/pdf.md: what the converter carries over, measured on the smallest letters that have it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from helpers import ROOT, charts
from helpers.documents import PIXEL, docx, field, paragraph, picture, text
from helpers.drawn_parts import DIAGRAM, diagram_parts, frame, stored_shape
from helpers.metafiles import brush, emf, record, rectangle
from helpers.pages import LONG, NUMBERED, item, table

from letters.docx.package import open_package
from letters.errors import LettersError
from letters.pdf import fonts
from letters.pdf.convert import convert_package
from letters.pdf.note_codes import APPEARANCE

NOTE = f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r>{text(" By rule.")}</w:p></w:footnote>'
MATH = '<m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r><m:t>x</m:t></m:r></m:oMath>'
CHART = (
    '<w:r><w:drawing><wp:inline><a:graphic><a:graphicData uri="x"><c:chart xmlns:c="urn:x"/></a:graphicData>'
    "</a:graphic></wp:inline></w:drawing></w:r>"
)
FLOATING = (
    '<w:r><w:drawing><wp:anchor distR="114300"><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset>'
    '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
    '<wp:extent cx="914400" cy="914400"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="p" descr="Seal"/>'
    '<a:graphic><a:graphicData uri="x"><pic:pic><pic:blipFill><a:blip r:embed="rIdPicture"/></pic:blipFill></pic:pic>'
    "</a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
)
COLUMNS = '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440"/>'
COLUMNS += '<w:cols w:num="2" w:space="720"/>'
UNEQUAL = 'w:num="2" w:equalWidth="0"><w:col w:w="2500" w:space="720"/><w:col w:w="6140"/></w:cols>'
BORDERS = '<w:pgBorders><w:top w:val="single" w:sz="8" w:space="24"/></w:pgBorders>'
FLOATS = table(("a", "b"), ("c", "d")).replace("<w:tblPr>", '<w:tblPr><w:tblpPr w:vertAnchor="text" w:tblpY="10"/>')
SHAPE = '<w:r><w:pict><v:shape style="position:absolute;margin-left:300pt;width:90pt;height:40pt">'
SHAPE += "<v:textbox>{}</v:textbox>"
BOX = SHAPE.format(f"<w:txbxContent>{paragraph('Box')}</w:txbxContent>") + "</v:shape></w:pict></w:r>"
ARROW = (
    '<w:r><w:drawing><wp:anchor behindDoc="0"><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset>'
    '</wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>914400</wp:posOffset></wp:positionV>'
    '<wp:extent cx="914400" cy="457200"/><wp:wrapNone/><wp:docPr id="1" name="s"/><a:graphic><a:graphicData uri="x">'
    '<wps:wsp><wps:spPr><a:prstGeom prst="rightArrow"/><a:solidFill><a:srgbClr val="336699"/></a:solidFill></wps:spPr>'
    "<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
)
STOPS = "".join(f'<a:gs pos="{at}"><a:srgbClr val="{ink}"/></a:gs>' for at, ink in ((0, "FFFFFF"), (100000, "336699")))
GRADIENT = ARROW.replace("rightArrow", "rect").replace("a:solidFill", "a:gradFill")
GRADIENT = GRADIENT.replace('<a:srgbClr val="336699"/>', f"<a:gsLst>{STOPS}</a:gsLst>")
WATERMARK = (
    '<w:r><w:pict><v:shape type="#_x0000_t136" style="position:absolute;width:200pt;height:50pt;rotation:315">'
    '<v:textpath style="font-family:Arial" string="DRAFT"/></v:shape></w:pict></w:r>'
)
RUBY = f"<w:r><w:ruby><w:rt>{text('y')}</w:rt><w:rubyBase>{text('x')}</w:rubyBase></w:ruby></w:r>"
PIXELS = {"rIdPicture": PIXEL}
FONTS = {"Boxes": Path(fonts.metrics("Times New Roman").face.file).read_bytes()}
CASES: dict[str, dict[str, Any]] = {
    "Paragraphs, styles, headings, links": {"body": paragraph(LONG, '<w:jc w:val="both"/>')},
    "Numbered and bulleted lists": {"body": item("one") + item("two", 1), "numbering": NUMBERED},
    "Tables, with repeated header rows": {"body": table(("a", "b"), ("c", "d"))},
    "Tables that run from right to left": {
        "body": table(("a", "b"), ("c", "d")).replace("<w:tblPr>", "<w:tblPr><w:bidiVisual/>")
    },
    "Turned text in tables and text boxes": {
        "body": table(("a", "b"), ("c", "d")).replace(
            "<w:tc>", '<w:tc><w:tcPr><w:textDirection w:val="btLr"/></w:tcPr>', 1
        ) + paragraph("x", inner=BOX.replace("<v:textbox>", '<v:textbox style="layout-flow:vertical">'))
    },
    "Footnotes": {"body": paragraph("x", inner='<w:r><w:footnoteReference w:id="1"/></w:r>'), "footnotes": NOTE},
    "Headers, footers, page numbers": {
        "body": paragraph("x"), "footers": {"default": paragraph(inner=field("PAGE", "1"))},
    },
    "Columns, of the same or of different widths": {
        "body": paragraph("x"), "page": COLUMNS.replace('w:num="2" w:space="720"/>', UNEQUAL),
    },
    "Page borders": {"body": paragraph("x"), "section": BORDERS},
    "Lines on a grid, as in Japanese and Chinese templates": {
        "body": paragraph("x"), "section": '<w:docGrid w:type="lines" w:linePitch="360"/>',
    },
    "Pictures (PNG, JPEG, GIF, BMP, TIFF)": {
        "body": paragraph("x", inner=picture(description="s")), "pictures": PIXELS,
    },
    "Pictures that are turned or mirrored": {
        "body": paragraph("x", inner=picture(description="s").replace("<a:xfrm>", '<a:xfrm rot="5400000" flipH="1">')),
        "pictures": PIXELS,
    },
    "Pictures made lighter, gray, or transparent (Washout)": {
        "body": paragraph("x", inner=picture(description="s").replace(
            '"rIdPicture"/>', '"rIdPicture"><a:lum bright="70000" contrast="-70000"/></a:blip>'
        )),
        "pictures": PIXELS,
    },
    "Pictures cut to a shape, such as a circle, or with a line around them": {
        "body": paragraph("x", inner=picture(description="s").replace(
            'prst="rect"><a:avLst/></a:prstGeom>',
            'prst="ellipse"/><a:ln w="12700"><a:solidFill><a:srgbClr val="336699"/></a:solidFill></a:ln>',
        )),
        "pictures": PIXELS,
    },
    "Pictures that are links": {
        "body": paragraph(
            "x", inner=picture(description="s").replace('"s"/>', '"s"><a:hlinkClick r:id="rIdA"/></wp:docPr>')
        ),
        "pictures": PIXELS, "links": {"rIdA": "https://example.org/"},
    },
    "EMF and WMF pictures": {
        "body": paragraph("x", inner=picture(description="s")),
        "pictures": {"rIdPicture": emf(brush(1, 255), rectangle(1, 1, 99, 99))},
    },
    "EMF pictures with masks": {
        "body": paragraph("x", inner=picture(description="s")), "pictures": {"rIdPicture": emf(record(79, bytes(40)))},
    },
    "Drawn shapes: arrows, circles, stars, freeforms, and the like": {"body": paragraph("x", inner=ARROW)},
    "Shading that changes from one color to another": {"body": paragraph("x", inner=GRADIENT)},
    "Watermarks and WordArt": {"body": paragraph("x", inner=WATERMARK)},
    "Text that wraps around pictures": {"body": paragraph(LONG, inner=FLOATING), "pictures": PIXELS},
    "Text boxes and frames": {"body": paragraph("x", inner=BOX)},
    "Floating tables": {"body": paragraph("x") + FLOATS + paragraph("y")},
    "Hindi, Thai, Vietnamese, and so on": {"body": paragraph("नमस्ते สวัสดี Nguyễn")},
    "Arabic and Hebrew": {"body": paragraph("שלום", "<w:bidi/>", run="<w:rtl/>")},
    "Embedded fonts": {"body": paragraph("AB", run='<w:rFonts w:ascii="Boxes" w:hAnsi="Boxes"/>'), "fonts": FONTS},
    "Words above others (furigana)": {"body": paragraph("x", inner=RUBY)},
    "Headings on the same line as their text (style separators)": {
        "body": paragraph("Duties.", "<w:rPr><w:vanish/><w:specVanish/></w:rPr>") + paragraph("We keep records."),
    },
    "Space between the cells of a table": {
        "body": table(("a", "b"), ("c", "d")).replace("<w:tblPr>", '<w:tblPr><w:tblCellSpacing w:w="15"/>')
    },
    "Text made wider or narrower": {"body": paragraph("x", run='<w:w w:val="80"/>')},
    "Text effects (shadow, outline)": {"body": paragraph("x", run="<w:outline/>")},
    "Hidden text": {"body": paragraph("x", inner=text("secret", "<w:vanish/>"))},
    "Symbols of fonts that are not here": {
        "body": paragraph("x\uf04d", run='<w:rFonts w:ascii="Marlett" w:hAnsi="Marlett"/>'),
    },
    "Emoji that no font here has": {"body": paragraph("x \U0001f9e0")},
    "Formulas": {"body": paragraph("x", inner=MATH)},
    "Diagrams (SmartArt), as Word last drew them": {
        "body": paragraph("x", inner=frame(DIAGRAM)), "others": diagram_parts(stored_shape("Words", 0)),
    },
    "Charts: columns, bars, lines, areas, pies, rings": {
        "body": paragraph("x", inner=frame(charts.CHART)),
        "others": charts.chart_parts(f"<c:barChart>{charts.series('a', (1, 2, 3))}</c:barChart>"),
    },
    "Charts of other kinds": {"body": paragraph("x", inner=CHART)},
    "Tracked changes": {"body": paragraph("x", inner=f'<w:ins w:id="1" w:author="a">{text("new")}</w:ins>')},
}  # fmt: skip


def outcome(case: dict[str, Any]) -> tuple[str, str]:
    """What becomes of it, and what sets the pages."""
    try:
        letter = convert_package(open_package(docx(case.pop("body"), **case), "letter.docx"))
    except LettersError:
        return "refused", ""
    with pikepdf.open(io.BytesIO(letter.data)) as pdf:
        by = "composer" if str(pdf.docinfo["/Producer"]).startswith("Letters") else "HTML"
    codes = {note.code for note in letter.notes}
    if codes - APPEARANCE:
        return "left out, with a note", by
    return ("looks different, with a note" if codes else "as in Word"), by


@pytest.mark.parametrize("what", CASES)
def test_the_table_of_the_guide_is_right(what: str) -> None:
    found, by = outcome(dict(CASES[what]))
    rows = (ROOT / "docs" / "pdf.md").read_text("utf-8").splitlines()
    assert [row for row in rows if row.startswith(f"| {what} |")] == [f"| {what} | {found} | {by} |"]


def test_the_guide_has_no_other_rows() -> None:
    rows = [row for row in (ROOT / "docs" / "pdf.md").read_text("utf-8").splitlines() if row.startswith("| ")]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows[1:]] == list(CASES)
