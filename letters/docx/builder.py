"""Plain Word documents written here for people in the office: headings, paragraphs, lists and two-column tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from letters.docx.names import (
    CONTENT_TYPES,
    CORE,
    CORE_LINK,
    CORE_PROPERTIES,
    DOCUMENT_TYPE,
    DUBLIN_CORE,
    DUBLIN_CORE_TERMS,
    PACKAGE_LINKS,
    PACKAGE_RELATIONSHIPS,
    RELATIONSHIPS,
    TYPES,
    XSI,
    W,
)
from letters.docx.package import Packed, write_package

_STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
    '<w:sz w:val="21"/><w:lang w:val="en-US"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
    '<w:spacing w:after="100"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr>'
    '<w:keepNext/><w:spacing w:after="160"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/><w:pPr>'
    '<w:keepNext/><w:spacing w:before="200" w:after="80"/><w:outlineLvl w:val="1"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="24"/></w:rPr></w:style>'
)  # fmt: skip
_BORDER = 'w:val="single" w:sz="4" w:space="0" w:color="999999"'


class DocumentBuilder:
    """A document, written from top to bottom."""

    def __init__(self, title: str, dated: date, language: str) -> None:
        self._title, self._dated, self._language = title, dated, language
        self._blocks: list[str] = []

    def heading(self, words: str, level: int = 1) -> None:
        self._blocks.append(_paragraph(words, f'<w:pStyle w:val="Heading{level}"/>'))

    def say(self, words: str, *, bold: bool = False) -> None:
        self._blocks.append(_paragraph(words, run="<w:b/>" if bold else ""))

    def points(self, lines: Iterable[str]) -> None:
        indent = '<w:spacing w:after="40"/><w:ind w:left="284" w:hanging="284"/>'
        self._blocks += [_paragraph(f"–\t{line}", indent) for line in lines]  # noqa: RUF001

    def table(self, rows: Iterable[tuple[str, str]], widths: tuple[int, int] = (3200, 6160)) -> None:
        """Add a table.

        Args:
            rows: the first one is the header row.
            widths: of the columns, in twentieths of a point.
        """
        borders = "".join(f"<w:{side} {_BORDER}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        written = "".join(_row(row, widths, is_head=number == 0) for number, row in enumerate(rows))
        self._blocks.append(
            f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{written}</w:tbl>{_paragraph("")}'
        )

    def written(self) -> bytes:
        """The bytes of the .docx."""
        main = f'xmlns:w="{W}"'
        section = (
            '<w:sectPr><w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" '
            'w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
        )
        day = f'<dcterms:modified xsi:type="dcterms:W3CDTF">{self._dated.isoformat()}T00:00:00Z</dcterms:modified>'
        parts = {
            TYPES: f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
            f'ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{DOCUMENT_TYPE}"/>'
            '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.styles+xml"/></Types>',
            PACKAGE_LINKS: f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"><Relationship Id="rId1" '
            f'Type="{RELATIONSHIPS}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" '
            f'Type="{CORE_LINK}" Target="{CORE}"/></Relationships>',
            CORE: f'<cp:coreProperties xmlns:cp="{CORE_PROPERTIES}" xmlns:dc="{DUBLIN_CORE}" '
            f'xmlns:dcterms="{DUBLIN_CORE_TERMS}" xmlns:xsi="{XSI}">'
            f"<dc:title>{escape(self._title, quote=False)}</dc:title><dc:language>{self._language}</dc:language>{day}"
            "</cp:coreProperties>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONSHIPS}"><Relationship Id="rId1" '
            f'Type="{RELATIONSHIPS}/styles" Target="styles.xml"/></Relationships>',
            "word/document.xml": f"<w:document {main}><w:body>{''.join(self._blocks)}{section}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {main}>{_STYLES}</w:styles>",
        }
        return write_package(Packed.of(name, data.encode()) for name, data in parts.items())


def _paragraph(words: str, properties: str = "", run: str = "") -> str:
    tabbed = '</w:t><w:tab/><w:t xml:space="preserve">'.join(map(escape, words.split("\t")))
    broken = tabbed.replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    text = f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{broken}</w:t></w:r>' if words else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{text}</w:p>"


def _row(cells: tuple[str, str], widths: tuple[int, int], *, is_head: bool) -> str:
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(words, '', '<w:b/>' if is_head else '')}</w:tc>"
        for words, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{written}</w:tr>"
