"""Letters as other programs write them, for the fidelity table; they are made here, so they need not be stored.

Some are from python-docx with its default template, and some have the XML that Google Docs exports (no theme, all
formatting written out). Both kinds, and the shipped letters, also come as LibreOffice saves them.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_SENTENCES = (
    "We have received your letter, and we thank you for the care with which you describe what you ask for.",
    "The Department may disclose its records only to those whom the law names, and for the purposes it names.",
    "Where a request lacks an explanation or a justification, we cannot weigh it, and we return it with this letter.",
    "A request that names the person, the investigation and the records it needs is considered on its own.",
    "Nothing in this letter decides a request that has not been made, and nothing in it waives a right.",
)


def _text(seed: int, sentences: int) -> str:
    return " ".join(_SENTENCES[(seed + at) % len(_SENTENCES)] for at in range(sentences))


def made() -> Iterator[tuple[str, bytes]]:
    """Letters by python-docx and in the style of Google Docs: name and bytes."""
    yield "python-docx-letter", _letter()
    yield "python-docx-lists-and-tables", _lists_and_tables()
    yield "python-docx-sections", _sections()
    yield "python-docx-tabs-and-spacing", _tabs_and_spacing()
    yield "google-letter", _google(8)
    yield "google-long", _google(30)


def resaved(letters: Iterable[tuple[str, bytes]], work: Path) -> Iterator[tuple[str, bytes]]:
    """The letters as LibreOffice saves them."""
    before, after = work / "before", work / "after"
    before.mkdir(parents=True)
    names = []
    for name, docx in letters:
        (before / f"{name}.docx").write_bytes(docx)
        names.append(name)
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    files = [before / f"{name}.docx" for name in names]
    command = ["soffice", profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", after, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=600)
    for name in names:
        yield f"libreoffice-{name}", (after / f"{name}.docx").read_bytes()


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.core_properties.title = "A letter"  # type: ignore[attr-defined]
    document.core_properties.language = "en-US"  # type: ignore[attr-defined]
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def _letter() -> bytes:
    import docx
    from docx.shared import Pt

    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(12)
    section = document.sections[0]
    section.header.paragraphs[0].text = "Office of General Counsel\tThe State\t505 Example Street"
    section.footer.paragraphs[0].text = "An example, and no more than that"
    for line in ("August 19, 2019", "Casey Specimen", "An Agency of Another State", "Dear Casey Specimen:"):
        document.add_paragraph(line)
    for at in range(9):
        paragraph = document.add_paragraph(_text(at, 3 + at % 3))
        paragraph.paragraph_format.space_after = Pt(12)
        run = paragraph.add_run(" See the law.")
        run.italic, run.bold = at % 2 == 0, at % 3 == 0
    document.add_paragraph("Sincerely,")
    document.add_paragraph("Morgan Example")
    return _saved(document)


def _lists_and_tables() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("What we decide", 0)
    for at in range(4):
        document.add_heading(f"Point {at + 1}", 1 + at % 2)
        document.add_paragraph(_text(at, 4))
        for item in range(3):
            document.add_paragraph(_text(item, 1), style="List Number" if at % 2 else "List Bullet")
        document.add_paragraph(_text(at, 1), style="List Bullet 2")
        table = document.add_table(rows=4, cols=3, style="Light Grid Accent 1" if at % 2 else "Table Grid")
        for row, cells in enumerate(table.rows):
            for column, cell in enumerate(cells.cells):
                cell.text = "Head" if not row else _text(row + column, 1)[: 20 + 15 * column]
    document.add_paragraph(_text(2, 2), style="Intense Quote")
    return _saved(document)


def _sections() -> bytes:
    import docx
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Inches

    document = docx.Document()
    for at in range(6):
        document.add_paragraph(_text(at, 4))
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    for at in range(4):
        document.add_paragraph(_text(at, 5))
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    section.left_margin = section.right_margin = Inches(1.75)
    for at in range(12):
        document.add_paragraph(_text(at, 3))
    document.add_page_break()
    document.add_paragraph(_text(0, 6))
    return _saved(document)


def _tabs_and_spacing() -> bytes:
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Inches, Pt

    document = docx.Document()
    document.styles["Normal"].font.name = "Arial"
    for at in range(6):
        paragraph = document.add_paragraph(f"Entry {at}\tpage {at}\t{at * 1234.5:,.2f}")
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Inches(4), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        stops.add_tab_stop(Inches(5.5), WD_TAB_ALIGNMENT.DECIMAL)
    for at, align in enumerate((WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER) * 4):
        paragraph = document.add_paragraph(_text(at, 4))
        paragraph.alignment = align
        layout = paragraph.paragraph_format
        layout.left_indent, layout.first_line_indent = Inches(0.25 * (at % 4)), Inches(0.5 - 0.25 * (at % 3))
        layout.line_spacing = (1.0, 1.15, 1.5, 2.0, Pt(18))[at % 5]
        layout.space_before, layout.keep_with_next = Pt(6 * (at % 3)), at % 4 == 0
    return _saved(document)


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FONT = '<w:rFonts w:ascii="Arial" w:cs="Arial" w:eastAsia="Arial" w:hAnsi="Arial"/>'


def _google(paragraphs: int) -> bytes:
    """What Google Docs exports: all formatting in the defaults, and again wherever it is used."""
    plain = (
        '<w:pageBreakBefore w:val="0"/><w:spacing w:after="0" w:before="0" w:line="276" w:lineRule="auto"/>'
        '<w:ind w:left="0" w:right="0" w:firstLine="0"/><w:jc w:val="left"/>'
    )

    def paragraph(words: str, properties: str = plain, run: str = "") -> str:
        return (
            f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}<w:rtl w:val="0"/></w:rPr>'
            f'<w:t xml:space="preserve">{words}</w:t></w:r></w:p>'
        )

    def item(words: str, level: int) -> str:
        numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        return paragraph(words, f'{numbering}<w:ind w:left="{720 * (level + 1)}" w:hanging="360"/>')

    def table() -> str:
        lines = "".join(f'<w:{side} w:color="000000" w:space="0" w:sz="8" w:val="single"/>'
                        for side in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
        margins = "".join(f'<w:{side} w:w="100.0" w:type="dxa"/>' for side in ("top", "left", "bottom", "right"))
        cell = f'<w:tcPr><w:shd w:fill="auto" w:val="clear"/><w:tcMar>{margins}</w:tcMar></w:tcPr>'
        rows = "".join(
            '<w:tr><w:trPr><w:cantSplit w:val="0"/><w:tblHeader w:val="0"/></w:trPr>'
            + "".join(f"<w:tc>{cell}{paragraph(_text(row + column, 1)[:60])}</w:tc>" for column in range(2))
            + "</w:tr>"
            for row in range(3)
        )
        grid = '<w:tblGrid><w:gridCol w:w="4680"/><w:gridCol w:w="4680"/></w:tblGrid>'
        return (
            f'<w:tbl><w:tblPr><w:tblW w:w="9360.0" w:type="dxa"/><w:jc w:val="left"/><w:tblBorders>{lines}'
            f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>{grid}{rows}</w:tbl>'
        )

    body = paragraph("A letter", '<w:pStyle w:val="Title"/>')
    for at in range(paragraphs):
        body += paragraph(_text(at, 3 + at % 2), run="<w:b w:val='1'/>" if at % 5 == 4 else "") + paragraph("")
        if at % 6 == 2:
            body += "".join(item(_text(at + level, 1), level) for level in (0, 0, 1, 2))
        if at % 8 == 5:
            body += table() + paragraph("A heading", '<w:pStyle w:val="Heading2"/>')
    section = (
        '<w:sectPr><w:pgSz w:h="15840" w:w="12240" w:orient="portrait"/><w:pgMar w:bottom="1440" w:top="1440" '
        'w:left="1440" w:right="1440" w:header="720" w:footer="720"/><w:pgNumType w:start="1"/></w:sectPr>'
    )
    styles = (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{_FONT}<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="en"/></w:rPr>'
        '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:styleId="Normal" w:default="1"><w:name w:val="normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr>'
        '<w:keepNext w:val="1"/><w:keepLines w:val="1"/><w:spacing w:after="60" w:before="0"/></w:pPr><w:rPr>'
        '<w:sz w:val="52"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name '
        'w:val="heading 2"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext w:val="1"/><w:keepLines w:val="1"/>'
        '<w:spacing w:after="120" w:before="360"/></w:pPr><w:rPr><w:sz w:val="32"/></w:rPr></w:style>'
    )
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="{"●○■"[at % 3]}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{720 * (at + 1)}" w:hanging="360"/></w:pPr><w:rPr>'
        '<w:u w:val="none"/></w:rPr></w:lvl>'
        for at in range(9)
    )
    parts = {
        "word/document.xml": f"<w:document {_W}><w:body>{body}{section}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        "word/numbering.xml": f'<w:numbering {_W}><w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            f'wordprocessingml.{kind}+xml"/>'
            for name, kind in (("document", "document.main"), ("styles", "styles"), ("numbering", "numbering"))
        )
        + "</Types>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
