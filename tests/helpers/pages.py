"""Letters printed as PDF in a test, and what can be read from their pages: structure, words and their positions."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pikepdf

from helpers.documents import docx, paragraph
from letters.pdf.convert import Writer, convert
from letters.pdf.job import ConvertedLetter
from letters.pdf.pdf_file import TextDecoder

writer: Writer | None = None
"""What sets the pages of `printed`: None for the writer that Letters would choose. The fixture `writer` changes it."""
DATED = date(2019, 8, 19)
LONG = "The Department may disclose its records only to those whom the law names and for the purposes it names. " * 6
GRID = (
    '<w:tblBorders><w:top w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/>'
    '<w:insideH w:val="single" w:sz="4"/></w:tblBorders>'
)
NUMBERED = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/>'
    '<w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl><w:lvl w:ilvl="1">'
    '<w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="(%2)"/><w:pPr><w:ind w:left="1440" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def printed(body: str, **more: Any) -> ConvertedLetter:
    """The PDF of a letter with this body; ``more`` as for `documents.docx`."""
    return convert(docx(body, **more), dated=DATED, writer=writer)


def item(words: str, level: int = 0, list_id: int = 1) -> str:
    """A paragraph of a list, such as the one in `NUMBERED`."""
    return paragraph(words, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def table(*rows: tuple[str, ...], head: bool = True) -> str:
    """A table of one paragraph per cell; ``head`` repeats its first row on each page."""

    def row(at: int, cells: tuple[str, ...]) -> str:
        properties = "<w:trPr><w:tblHeader/></w:trPr>" if head and at == 0 else ""
        return f"<w:tr>{properties}{''.join(f'<w:tc>{paragraph(words)}</w:tc>' for words in cells)}</w:tr>"

    columns = '<w:gridCol w:w="3000"/>' * len(rows[0])
    return (
        f"<w:tbl><w:tblPr>{GRID}</w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(row(at, cells) for at, cells in enumerate(rows))}</w:tbl>"
    )


def tags(data: bytes) -> str:
    """The structure tree as one line: ``P``, ``L(LI(Lbl LBody))``."""

    def spell(element: Any) -> str:
        kids = element.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        inner = " ".join(spell(kid) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid)
        name = str(element["/S"])[1:]
        return f"{name}({inner})" if inner and inner.replace("Span", "").strip() else name

    with pikepdf.open(io.BytesIO(data)) as pdf:
        return spell(pdf.Root.StructTreeRoot.K[0])


def places(data: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """Every piece of text on a page, with its distance from the left and the top edge in points."""
    found = []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sheet = pdf.pages[page]
        fonts, decoder = sheet.obj["/Resources"]["/Font"], TextDecoder()
        matrix, stack, font = pikepdf.Matrix(), [], None
        for operands, operator in pikepdf.parse_content_stream(sheet):
            name = str(operator)
            if name == "q":
                stack.append(matrix)
            elif name == "Q":
                matrix = stack.pop()
            elif name == "cm":
                matrix = pikepdf.Matrix(*[float(number) for number in operands]) @ matrix
            elif name == "Tf":
                font = fonts[str(operands[0])]
            elif name == "Tm":
                placed = pikepdf.Matrix(*[float(number) for number in operands]) @ matrix
            elif name in ("Tj", "TJ"):
                found.append((decoder.text(font, operands[-1]), placed.e, float(sheet.mediabox[3]) - placed.f))
    return found


def place(data: bytes, words: str, page: int = 0) -> tuple[float, float]:
    """The distance from the left and the top edge of the first piece of text that starts with ``words``."""
    return next((x, y) for shown, x, y in places(data, page) if shown.startswith(words))


def texts_turned(data: bytes) -> list[tuple[float, float, float, float]]:
    """The place of each piece of turned text on the first page, and the direction in which it reads."""
    found, matrix = [], None
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
            if str(operator) == "cm":
                matrix = pikepdf.Matrix(*[float(each) for each in operands])
            elif str(operator) == "Q":
                matrix = None
            elif str(operator) == "Tm" and matrix is not None:
                placed = pikepdf.Matrix(*[float(each) for each in operands]) @ matrix
                found.append((placed.e, 792 - placed.f, placed.a, placed.b))
    return found
