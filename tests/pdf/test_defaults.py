"""What each missing attribute and element means that the reader reads: a table, by clause of ISO/IEC 29500-1.

The standard decides. Where it says nothing, or Word does otherwise than it says, the note says whose way is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers.documents import PIXEL, docx, paragraph, text
from helpers.documents import field as complex_field
from helpers.pages import NUMBERED
from helpers.pictures import pixel

from letters.docx.package import open_package
from letters.pdf.document import (
    Box,
    Document,
    Footnote,
    Image,
    LineBreak,
    Paragraph,
    ParagraphFormat,
    Row,
    RunFormat,
    Section,
    Table,
    Text,
    WordField,
    inlines,
    paragraphs,
)
from letters.pdf.reader.reader import read_document


@dataclass(frozen=True)
class Default:
    """One row of the table.

    Args:
        clause: of ISO/IEC 29500-1.
        missing: what is not there.
        means: what that means, and whose way it is if not the standard's.
        body: the body of a letter in which it is missing.
        found: what the reader makes of it.
        expected: what it should be.
        more: further parts, as for `documents.docx`.
    """

    clause: str
    missing: str
    means: str
    body: str
    found: Callable[[Document], Any]
    expected: Any
    more: dict[str, Any] = field(default_factory=dict)


def all_paragraphs(document: Document) -> list[Paragraph]:
    return [each for section in document.sections for each in paragraphs(section.blocks)]


def run(get: Callable[[RunFormat], Any], at: int = 0) -> Callable[[Document], Any]:
    """A property of the ``at``-th piece of text."""
    return lambda document: get(
        [item for each in all_paragraphs(document) for item in inlines(each.content) if isinstance(item, Text)][
            at
        ].format
    )


def layout(get: Callable[[ParagraphFormat], Any], at: int = 0) -> Callable[[Document], Any]:
    """A property of the ``at``-th paragraph."""
    return lambda document: get(all_paragraphs(document)[at].format)


def table(get: Callable[[Table], Any]) -> Callable[[Document], Any]:
    """A property of the first table."""
    return lambda document: get(next(each for each in document.sections[0].blocks if isinstance(each, Table)))


def row(get: Callable[[Row], Any], at: int = 0) -> Callable[[Document], Any]:
    return table(lambda found: get(found.rows[at]))


def section(get: Callable[[Section], Any]) -> Callable[[Document], Any]:
    return lambda document: get(document.sections[0])


def box(get: Callable[[Box], Any]) -> Callable[[Document], Any]:
    """A property of the first frame or text box."""
    return lambda document: get(next(each for each in document.sections[0].blocks if isinstance(each, Box)))


def labels(document: Document) -> list[str]:
    return [each.label.text if each.label else "" for each in all_paragraphs(document)]


def words(document: Document) -> str:
    return "|".join(
        "".join(getattr(item, "text", "") for item in inlines(each.content)) for each in all_paragraphs(document)
    )


def notes(document: Document) -> list[str]:
    return [note.message for note in document.notes]


def style(name: str, properties: str = "", kind: str = "paragraph", attributes: str = "") -> str:
    named = f' w:styleId="{name}"' if name else ""
    return f'<w:style w:type="{kind}"{named} {attributes}><w:name w:val="{name or "Nameless"}"/>{properties}</w:style>'


def styled(properties: str, own: str = "") -> tuple[str, dict[str, Any]]:
    """A paragraph of a style with these paragraph properties, with some of its own."""
    body = paragraph("Words", f'<w:pStyle w:val="S"/>{own}')
    return body, {"styles": style("S", f"<w:pPr>{properties}</w:pPr>")}


def spaces_of_all(document: Document) -> list[tuple[float, float]]:
    """The space before and after every paragraph."""
    return [(each.format.before, each.format.after) for each in all_paragraphs(document)]


def grid(*rows: str, properties: str = "", columns: str = '<w:gridCol w:w="2000"/><w:gridCol w:w="2000"/>') -> str:
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def cells(*inner: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(f'<w:tc>{each}</w:tc>' for each in inner)}</w:tr>"


def listed(level: str, more: str = "") -> dict[str, Any]:
    return {
        "numbering": f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">{level}</w:lvl></w:abstractNum>'
        f'{more}<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    }


BIG = '<w:rPr><w:sz w:val="60"/></w:rPr>'
ITEM = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
AUTOMATIC = "".join(
    paragraph(words, f'{more}<w:spacing w:beforeAutospacing="1" w:afterAutospacing="1"/>')
    for words, more in (("first", ""), ("second", ""))
)
AUTOMATIC += grid(cells(AUTOMATIC)) + AUTOMATIC.replace("<w:pPr>", f"<w:pPr>{ITEM}")
TWO = cells(paragraph("a"), paragraph("b"))
IN_LIST = paragraph("Item", '<w:numPr><w:numId w:val="1"/></w:numPr>')
FRAME = paragraph("Framed", '<w:framePr w:w="2000" {} />') + paragraph("After")
BANDED = style(
    "T",
    '<w:tblStylePr w:type="band1Horz"><w:rPr><w:sz w:val="40"/></w:rPr></w:tblStylePr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:sz w:val="60"/></w:rPr></w:tblStylePr>'
    '<w:tblStylePr w:type="lastRow"><w:rPr><w:sz w:val="20"/></w:rPr></w:tblStylePr>',
    "table",
)
COLUMNS = '<w:cols {}><w:col w:w="2640" w:space="720"/><w:col w:w="6000"/></w:cols>'
LEFT_500 = '<w:tblCellMar><w:left w:w="500" w:type="dxa"/></w:tblCellMar>'


def of(properties: str, words: str = "Words", style_of_runs: str = "") -> str:
    """A paragraph of one run with these properties."""
    return paragraph(inner=text(words, (f'<w:rStyle w:val="{style_of_runs}"/>' if style_of_runs else "") + properties))


def under(name: str, expected: Any, element: str, base: str, get: Callable[[RunFormat], Any]) -> Default:
    """A property without its value, over a character style that has one."""
    return Default(
        name,
        f"{element}/@val",
        "as if the element were missing: what is inherited stays",
        of(f"<w:{element}/>", style_of_runs="C"),
        run(get),
        expected,
        {"styles": style("C", f"<w:rPr>{base}</w:rPr>", "character")},
    )


RUNS = [
    Default(
        "17.3.2.40",
        "u/@val, nothing inherited",
        "no underline",
        of('<w:u w:color="FF0000"/>'),
        run(lambda it: it.underline),
        "",
    ),
    under("17.3.2.40", "double", "u", '<w:u w:val="double"/>', lambda it: it.underline),
    under("17.3.2.38", 30.0, "sz", '<w:sz w:val="60"/>', lambda it: it.size),
    under("17.3.2.6", "#ff0000", "color", '<w:color w:val="FF0000"/>', lambda it: it.color),
    under("17.3.2.15", "#ffff00", "highlight", '<w:highlight w:val="yellow"/>', lambda it: it.background),
    under("17.3.2.42", "super", "vertAlign", '<w:vertAlign w:val="superscript"/>', lambda it: it.position),
    under("17.3.2.24", 3.0, "position", '<w:position w:val="6"/>', lambda it: it.raised),
    under("17.3.2.35", 1.0, "spacing", '<w:spacing w:val="20"/>', lambda it: it.spacing),
    under("17.3.2.19", True, "kern", '<w:kern w:val="2"/>', lambda it: it.kerning),
    under("17.3.2.20", "fr-FR", 'lang w:eastAsia="ja-JP"', '<w:lang w:val="fr-FR"/>', lambda it: it.language),
    Default("17.17.4", "b/@val", "true", of("<w:b/>"), run(lambda it: it.bold), True),
    Default(
        "17.3.2.2",
        "bCs",
        "complex script is not bold, whatever b says",
        of("<w:b/>", "שלום"),
        run(lambda it: it.bold),
        False,
    ),
    Default(
        "17.3.2.17",
        "iCs",
        "complex script is not italic, whatever i says",
        of("<w:i/>", "שלום"),
        run(lambda it: it.italic),
        False,
    ),
    Default(
        "17.3.2.39",
        "szCs",
        "any size: that of other text",
        of('<w:sz w:val="60"/>', "שלום"),
        run(lambda it: it.size),
        30.0,
    ),
    Default(
        "17.3.2.26",
        "rFonts/@ascii",
        "the font inherited, not that of hAnsi",
        of('<w:rFonts w:hAnsi="Courier New"/>'),
        run(lambda it: it.family),
        "Times New Roman",
    ),
    Default(
        "17.3.2.26",
        "rFonts/@ascii, nothing inherited",
        "any font: that of hAnsi",
        of('<w:rFonts w:hAnsi="Courier New"/>'),
        run(lambda it: it.family),
        "Courier New",
        {"styles": "<w:docDefaults/>", "usual_styles": False},
    ),
    Default(
        "17.3.2.38",
        "sz, nothing inherited",
        "any size: 10 points, as in Word",
        of(""),
        run(lambda it: it.size),
        10.0,
        {"styles": "<w:docDefaults/>", "usual_styles": False},
    ),
    Default(
        "17.3.2.9",
        "dstrike/@val",
        "false does not undo strike",
        of('<w:strike/><w:dstrike w:val="false"/>'),
        run(lambda it: it.strike),
        True,
    ),
    Default(
        "17.3.5",
        "shd/@val",
        "no pattern, only the fill; it is required",
        of('<w:shd w:fill="00FF00"/>'),
        run(lambda it: it.background),
        "#00ff00",
    ),
    Default(
        "17.3.5",
        "shd/@color",
        "automatic: black",
        of('<w:shd w:val="pct50" w:fill="FFFFFF"/>'),
        run(lambda it: it.background),
        "#7f7f7f",
    ),
    Default("17.3.2.43", "w/@val", "not stretched", of("<w:w/>"), notes, []),
    Default("17.3.2.19", "kern", "not kerned", of(""), run(lambda it: it.kerning), False),
    Default(
        "17.3.2.38",
        "the unit of sz/@val",
        "half points; with a unit, that unit",
        of('<w:sz w:val="20pt"/>'),
        run(lambda it: it.size),
        20.0,
    ),
    Default(
        "17.3.3.31",
        "t/@xml:space",
        "no spaces at the ends (XML 1.0, 2.10)",
        "<w:p><w:r><w:t> one </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p>",
        words,
        "onetwo",
    ),
    Default(
        "17.3.3.1",
        "br/@type",
        "a line break",
        "<w:p><w:r><w:t>a</w:t><w:br/></w:r></w:p>",
        lambda it: [type(each) for each in all_paragraphs(it)[0].content],
        [Text, LineBreak],
    ),
    Default(
        "17.16.5.44",
        "a space after PAGE",
        "the page number all the same",
        paragraph(inner=complex_field("PAGE", "7").replace(" PAGE ", "PAGE")),
        lambda it: [each.kind for each in inlines(all_paragraphs(it)[0].content) if isinstance(each, WordField)],
        ["PAGE"],
    ),
    Default(
        "17.16.5.44",
        "a space before a switch",
        "the page number all the same",
        paragraph(inner=complex_field("PAGE", "7").replace(" PAGE ", "PAGE\\* ROMAN")),
        lambda it: [
            (each.kind, each.number_format)
            for each in inlines(all_paragraphs(it)[0].content)
            if isinstance(each, WordField)
        ],
        [("PAGE", "upperRoman")],
    ),
]

STYLES = [
    Default(
        "17.7.4.17",
        "style/@styleId",
        "nothing refers to the style",
        paragraph("Words"),
        run(lambda it: it.size),
        12.0,
        {"styles": style("", BIG)},
    ),
    Default(
        "17.7.4.17",
        "style/@styleId of a default style",
        "it applies all the same",
        paragraph("Words"),
        run(lambda it: it.size),
        30.0,
        {"styles": style("", BIG, attributes='w:default="1"')},
    ),
    Default(
        "17.7.4.17",
        "style/@type",
        "a paragraph style",
        paragraph("Words", '<w:pStyle w:val="S"/>'),
        run(lambda it: it.size),
        30.0,
        {"styles": f'<w:style w:styleId="S"><w:name w:val="S"/>{BIG}</w:style>'},
    ),
    Default(
        "17.7.4.17",
        "style/@default",
        "no default style",
        paragraph("Words"),
        run(lambda it: it.size),
        12.0,
        {"styles": style("S", BIG)},
    ),
    Default(
        "17.3.1.27",
        "pStyle",
        "the default style",
        paragraph("Words"),
        run(lambda it: it.size),
        30.0,
        {"styles": style("D", BIG, attributes='w:default="1"')},
    ),
    Default(
        "17.3.1.27",
        "the style that pStyle names",
        "no style, as in LibreOffice",
        paragraph("Words", '<w:pStyle w:val="X"/>'),
        run(lambda it: it.size),
        12.0,
        {"styles": style("D", BIG, attributes='w:default="1"')},
    ),
    Default(
        "17.3.1.27",
        "a paragraph style: pStyle names another kind",
        "no style",
        paragraph("Words", '<w:pStyle w:val="S"/>'),
        run(lambda it: it.size),
        12.0,
        {"styles": style("S", BIG, "character")},
    ),
    Default(
        "17.3.2.29",
        "a character style: rStyle names another kind",
        "no style",
        of("", style_of_runs="S"),
        run(lambda it: it.size),
        12.0,
        {"styles": style("S", BIG)},
    ),
    Default(
        "17.3.2.29",
        "rStyle",
        "no style, not even a default one, as in Word and LibreOffice",
        of(""),
        run(lambda it: it.size),
        12.0,
        {"styles": style("S", BIG, "character", 'w:default="1"')},
    ),
    Default(
        "17.7.4.3",
        "a style of the same kind: basedOn names another kind",
        "based on none",
        paragraph("Words", '<w:pStyle w:val="S"/>'),
        run(lambda it: it.size),
        12.0,
        {"styles": style("C", BIG, "character") + style("S", '<w:basedOn w:val="C"/>')},
    ),
    Default(
        "17.7.4.3",
        "basedOn",
        "based on none",
        paragraph("Words", '<w:pStyle w:val="S"/>'),
        run(lambda it: it.size),
        12.0,
        {"styles": style("D", BIG, attributes='w:default="1"') + style("S")},
    ),
]

PARAGRAPHS = [
    Default(
        "17.3.1.33",
        "spacing/@lineRule",
        "a multiple of a line, whatever rule was inherited",
        *(lambda it: (it[0], layout(lambda it: (it.line_rule, it.line)), ("auto", 2.0), it[1]))(
            styled('<w:spacing w:line="300" w:lineRule="exact"/>', '<w:spacing w:line="480"/>')
        ),
    ),
    Default(
        "17.3.1.33",
        "spacing/@line",
        "the height inherited, under the new rule",
        *(lambda it: (it[0], layout(lambda it: (it.line_rule, it.line)), ("exact", 24.0), it[1]))(
            styled('<w:spacing w:line="480"/>', '<w:spacing w:lineRule="exact"/>')
        ),
    ),
    Default(
        "17.3.1.33",
        "spacing",
        "single lines without space between",
        paragraph("Words"),
        layout(lambda it: (it.line_rule, it.line, it.before, it.after)),
        ("auto", 1.0, 0.0, 0.0),
    ),
    Default(
        "17.3.1.33",
        "spacing/@beforeAutospacing",
        "inherited, and stronger than @before",
        *(lambda it: (paragraph("x") + it[0], layout(lambda it: it.before, 1), 14.0, it[1]))(
            styled('<w:spacing w:beforeAutospacing="1"/>', '<w:spacing w:before="1200"/>')
        ),
    ),
    Default(
        "17.3.1.33",
        "spacing/@beforeAutospacing, at the beginning of the text or a cell, and between items of a list",
        "none, as in HTML (Word; the standard leaves the amount to the program)",
        AUTOMATIC,
        spaces_of_all,
        [(0, 14), (14, 14), (0, 14), (14, 0), (14, 0), (0, 14)],
        {"numbering": NUMBERED},
    ),
    Default(
        "17.15.3.27",
        "spacing/@beforeAutospacing, where the document does not want that of HTML",
        "5 points (Word, LibreOffice)",
        AUTOMATIC,
        spaces_of_all,
        [(5, 5)] * 6,
        {"numbering": NUMBERED, "settings": "<w:compat><w:doNotUseHTMLParagraphAutoSpacing/></w:compat>"},
    ),
    Default(
        "17.3.1.33",
        "spacing/@before, with @beforeAutospacing off",
        "the space inherited",
        *(lambda it: (it[0], layout(lambda it: it.before), 30.0, it[1]))(
            styled('<w:spacing w:before="600" w:beforeAutospacing="1"/>', '<w:spacing w:beforeAutospacing="0"/>')
        ),
    ),
    Default(
        "17.3.1.12",
        "ind/@hanging",
        "the hanging indent inherited stays",
        *(lambda it: (it[0], layout(lambda it: (it.left, it.first_line)), (72.0, -36.0), it[1]))(
            styled('<w:ind w:left="720" w:hanging="720"/>', '<w:ind w:left="1440"/>')
        ),
    ),
    Default(
        "17.3.1.12",
        "one of firstLine and hanging",
        "if both are there, firstLine is ignored",
        paragraph("Words", '<w:ind w:firstLine="200" w:hanging="400"/>'),
        layout(lambda it: it.first_line),
        -20.0,
    ),
    Default("17.3.1.13", "jc", "at the leading edge", paragraph("Words"), layout(lambda it: it.align), "left"),
    Default(
        "17.3.1.13",
        "jc/@val",
        "as if jc were missing; it is required",
        *(lambda it: (it[0], layout(lambda it: it.align), "center", it[1]))(
            styled('<w:jc w:val="center"/>', "<w:jc/>")
        ),
    ),
    Default("17.3.1.44", "widowControl", "on", paragraph("Words"), layout(lambda it: it.widow_control), True),
    Default("17.3.1.20", "outlineLvl", "body text", paragraph("Words"), layout(lambda it: it.outline_level), None),
    Default(
        "17.3.1.37",
        "tab/@leader",
        "no leader",
        paragraph("Words", '<w:tabs><w:tab w:val="left" w:pos="200"/></w:tabs>'),
        layout(lambda it: [each.leader for each in it.tabs]),
        [""],
    ),
    Default(
        "17.3.1.37",
        "tab/@pos",
        "no tab stop; it is required",
        paragraph("Words", '<w:tabs><w:tab w:val="left"/></w:tabs>'),
        layout(lambda it: it.tabs),
        (),
    ),
    Default(
        "17.3.4",
        "bottom/@sz",
        "half a point, as in Word and LibreOffice",
        paragraph("Words", '<w:pBdr><w:bottom w:val="single"/></w:pBdr>'),
        layout(lambda it: it.borders.bottom and it.borders.bottom.width),
        0.5,
    ),
    Default(
        "17.3.4",
        "a width: bottom/@sz is 0",
        "the least there is: a quarter of a point",
        paragraph("Words", '<w:pBdr><w:bottom w:val="single" w:sz="0"/></w:pBdr>'),
        layout(lambda it: it.borders.bottom and it.borders.bottom.width),
        0.25,
    ),
    Default(
        "17.3.4",
        "bottom/@val",
        "no line; it is required",
        paragraph("Words", '<w:pBdr><w:bottom w:sz="8"/></w:pBdr>'),
        layout(lambda it: it.borders.bottom),
        None,
    ),
    Default(
        "17.3.1.11",
        "framePr/@hRule",
        "at least @h, as in Word and LibreOffice",
        FRAME.format('w:h="2000"'),
        box(lambda it: (it.height, it.exact_height)),
        (100.0, False),
    ),
    Default(
        "17.3.1.11",
        "a rule for @h: framePr/@hRule is auto",
        "as tall as the text",
        FRAME.format('w:h="2000" w:hRule="auto"'),
        box(lambda it: it.height),
        0.0,
    ),
    Default(
        "17.3.1.11",
        "framePr/@hAnchor, @vAnchor",
        "from the text, as in LibreOffice",
        FRAME.format('w:x="300" w:y="300"'),
        box(lambda it: (it.floating.x_from, it.floating.y_from)),
        ("column", "paragraph"),
    ),
    Default("17.3.1.11", "framePr/@wrap", "around", FRAME.format(""), box(lambda it: it.floating.wraps), "square"),
]

LISTS = [
    Default("17.9.25", "start", "0", IN_LIST, labels, ["0."], listed('<w:lvlText w:val="%1."/>')),
    Default(
        "17.9.17", "numFmt", "decimal", IN_LIST, labels, ["3."], listed('<w:start w:val="3"/><w:lvlText w:val="%1."/>')
    ),
    Default("17.9.11", "lvlText", "no text", IN_LIST, labels, [""], listed('<w:start w:val="3"/>')),
    Default(
        "17.9.28",
        "suff",
        "a tab",
        IN_LIST,
        lambda it: all_paragraphs(it)[0].label.suffix,
        "tab",
        listed('<w:lvlText w:val="%1."/>'),
    ),
    Default(
        "17.9.7",
        "lvlJc",
        "left",
        IN_LIST,
        lambda it: all_paragraphs(it)[0].label.align,
        "left",
        listed('<w:lvlText w:val="%1."/>'),
    ),
    Default(
        "17.9.3",
        "ilvl",
        "the first level",
        IN_LIST,
        lambda it: all_paragraphs(it)[0].label.level,
        0,
        listed('<w:lvlText w:val="%1."/>'),
    ),
    Default(
        "17.9.15",
        "num/@numId",
        "nothing refers to the list; it is required",
        paragraph("No item"),
        labels,
        [""],
        listed('<w:lvlText w:val="%1."/>', '<w:num><w:abstractNumId w:val="0"/></w:num>'),
    ),
    Default(
        "17.9.18",
        "numId",
        "no list",
        paragraph("No item", "<w:numPr/>"),
        labels,
        [""],
        listed('<w:lvlText w:val="%1."/>', '<w:num><w:abstractNumId w:val="0"/></w:num>'),
    ),
]

TABLES = [
    Default(
        "17.4.87",
        "tblW/@type",
        "twentieths of a point",
        grid(TWO, properties='<w:tblW w:w="6000"/>'),
        table(lambda it: sum(it.columns)),
        300.0,
    ),
    Default(
        "17.4.87",
        "tblW/@type, with a percentage",
        "a percentage",
        grid(TWO, properties='<w:tblW w:w="50%"/>'),
        table(lambda it: sum(it.columns)),
        234.0,
    ),
    Default(
        "17.4.87",
        "tblW/@w",
        "0: as wide as the grid",
        grid(TWO, properties='<w:tblW w:type="dxa"/>'),
        table(lambda it: sum(it.columns)),
        200.0,
    ),
    Default("17.4.63", "tblW", "as wide as the grid", grid(TWO), table(lambda it: sum(it.columns)), 200.0),
    Default(
        "17.4.87",
        "tcW/@type",
        "twentieths of a point",
        grid(cells('<w:tcPr><w:tcW w:w="1500"/></w:tcPr>' + paragraph("a"), paragraph("b")), columns=""),
        table(lambda it: it.columns[0]),
        75.0,
    ),
    Default(
        "17.4.16",
        "gridCol/@w",
        "0: the widths of the cells count",
        grid(
            cells('<w:tcPr><w:tcW w:w="1500" w:type="dxa"/></w:tcPr>' + paragraph("a"), paragraph("b")),
            columns="<w:gridCol/><w:gridCol/>",
        ),
        table(lambda it: it.columns[0]),
        75.0,
    ),
    Default(
        "17.4.50",
        "tblInd/@type",
        "twentieths of a point",
        grid(TWO, properties='<w:tblInd w:w="1000"/>'),
        table(lambda it: it.indent),
        44.6,
    ),
    Default(
        "17.4.50",
        "a length: tblInd/@type is auto",
        "no indent",
        grid(TWO, properties='<w:tblInd w:w="1000" w:type="auto"/>'),
        table(lambda it: it.indent),
        -5.4,
    ),
    Default(
        "17.4.50",
        "tblInd",
        "no indent; of the text in the cell, before Word 2013",
        grid(TWO),
        table(lambda it: it.indent),
        -5.4,
    ),
    Default(
        "17.4.42",
        "tblCellMar",
        "5.4 points left and right, as in Word and LibreOffice (the standard has 5.75)",
        grid(TWO),
        row(lambda it: it.cells[0].padding),
        (0.0, 5.4, 0.0, 5.4),
    ),
    Default(
        "17.4.87",
        "tblCellMar/left/@type",
        "twentieths of a point",
        grid(TWO, properties='<w:tblCellMar><w:left w:w="500"/></w:tblCellMar>'),
        row(lambda it: it.cells[0].padding[3]),
        25.0,
    ),
    Default(
        "17.4.87",
        "a length: tcMar/left/@type is nil",
        "0",
        grid(
            cells('<w:tcPr><w:tcMar><w:left w:w="9" w:type="nil"/></w:tcMar></w:tcPr>' + paragraph("a")),
            properties=LEFT_500,
        ),
        row(lambda it: it.cells[0].padding[3]),
        0.0,
    ),
    Default("17.4.28", "jc", "left", grid(TWO), table(lambda it: it.align), "left"),
    Default(
        "17.4.80",
        "trHeight/@hRule",
        "at least, as in Word and LibreOffice",
        grid(cells(paragraph("a"), properties='<w:trHeight w:val="1000"/>')),
        row(lambda it: (it.height, it.exact)),
        (50.0, False),
    ),
    Default(
        "17.4.80",
        "trHeight/@val",
        "0",
        grid(cells(paragraph("a"), properties="<w:trHeight/>")),
        row(lambda it: it.height),
        0.0,
    ),
    Default("17.4.17", "gridSpan", "one column", grid(TWO), row(lambda it: it.cells[0].columns), 1),
    Default("17.4.15", "gridBefore", "no columns", grid(TWO), row(lambda it: it.cells[0].column), 0),
    Default(
        "17.4.84",
        "vMerge/@val",
        "continue",
        grid(
            cells('<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' + paragraph("a"), paragraph("b")),
            cells("<w:tcPr><w:vMerge/></w:tcPr>" + paragraph(), paragraph("c")),
        ),
        row(lambda it: it.cells[0].rows),
        2,
    ),
    Default("17.4.83", "vAlign", "top", grid(TWO), row(lambda it: it.cells[0].align), "top"),
    Default("17.4.6", "cantSplit", "may break across pages", grid(TWO), row(lambda it: it.cant_split), False),
    Default("17.4.49", "tblHeader", "not repeated", grid(TWO), row(lambda it: it.header), False),
    Default("17.4.38", "tblBorders", "no lines", grid(TWO), row(lambda it: bool(it.cells[0].borders)), False),
    Default(
        "17.4.55",
        "tblLook",
        "first row and bands, as in LibreOffice",
        grid(TWO, TWO, TWO, properties='<w:tblStyle w:val="T"/>'),
        lambda it: [run(lambda it: it.size, at)(it) for at in (0, 2, 4)],
        [30.0, 20.0, 12.0],
        {"styles": BANDED},
    ),
    Default(
        "17.4.55",
        "attributes of tblLook",
        "off",
        grid(TWO, TWO, TWO, properties='<w:tblStyle w:val="T"/><w:tblLook w:val="0000"/>'),
        lambda it: [run(lambda it: it.size, at)(it) for at in (0, 2, 4)],
        [20.0, 12.0, 20.0],
        {"styles": BANDED},
    ),
    Default(
        "17.7.6.7",
        "tblStyleRowBandSize",
        "bands of one row",
        grid(TWO, TWO, TWO, properties='<w:tblStyle w:val="T"/><w:tblLook w:noVBand="1"/>'),
        lambda it: [run(lambda it: it.size, at)(it) for at in (0, 2, 4)],
        [20.0, 12.0, 20.0],
        {"styles": BANDED},
    ),
    Default(
        "17.4.62",
        "a table style: tblStyle names another kind",
        "no style",
        grid(TWO, properties='<w:tblStyle w:val="S"/>'),
        run(lambda it: it.size),
        12.0,
        {"styles": style("S", BIG)},
    ),
    Default(
        "17.4.57",
        "tblpPr/@vertAnchor",
        "from the margin, as in Word and LibreOffice (the standard has the page)",
        grid(TWO, properties='<w:tblpPr w:tblpY="200"/>'),
        table(lambda it: it.floating.y_from),
        "margin",
    ),
    Default(
        "17.4.57",
        "tblpPr/@horzAnchor",
        "from the text, as in Word and LibreOffice (the standard has the page)",
        grid(TWO, properties='<w:tblpPr w:tblpX="200"/>'),
        table(lambda it: it.floating.x_from),
        "column",
    ),
    Default(
        "17.4.57",
        "tblpPr/@leftFromText and the like",
        "0",
        grid(TWO, properties="<w:tblpPr/>"),
        table(lambda it: it.floating.distance),
        (0.0, 0.0, 0.0, 0.0),
    ),
]

SECTIONS = [
    Default(
        "17.6.13",
        "pgSz",
        "Letter, as in Word for the United States",
        paragraph("Words"),
        section(lambda it: (it.width, it.height)),
        (612.0, 792.0),
        {"page": ""},
    ),
    Default(
        "17.6.11",
        "pgMar",
        "an inch, half an inch for headers and footers, as in Word",
        paragraph("Words"),
        section(lambda it: (it.top, it.left, it.header_distance)),
        (72.0, 72.0, 36.0),
        {"page": ""},
    ),
    Default(
        "17.6.4",
        "cols/@equalWidth",
        "off: the columns have their own widths",
        paragraph("Left", inner='<w:r><w:br w:type="column"/></w:r>') + paragraph("Right"),
        section(lambda it: next(each.columns for each in it.blocks if isinstance(each, Table))),
        (168.0, 300.0),
        {"section": COLUMNS.format('w:num="2"')},
    ),
    Default(
        "17.6.4",
        "cols/@num",
        "as many as there are col elements",
        paragraph("Left", inner='<w:r><w:br w:type="column"/></w:r>') + paragraph("Right"),
        section(lambda it: next(each.columns for each in it.blocks if isinstance(each, Table))),
        (168.0, 300.0),
        {"section": COLUMNS.format('w:equalWidth="0"')},
    ),
    Default(
        "17.6.4",
        "cols/@space",
        "36 points",
        paragraph("Words"),
        box(lambda it: it.text_columns.gap),
        36.0,
        {"section": '<w:cols w:num="2"/>'},
    ),
    Default(
        "17.6.4",
        "cols/@sep",
        "no line between",
        paragraph("Words"),
        box(lambda it: it.text_columns.ruled),
        False,
        {"section": '<w:cols w:num="2"/>'},
    ),
    Default(
        "17.6.12",
        "pgNumType",
        "counted on, in decimal",
        paragraph("Words"),
        section(lambda it: (it.first_page_number, it.page_number_format)),
        (None, "decimal"),
    ),
    Default("17.6.22", "type", "begins on the next page", paragraph("Words"), section(lambda it: it.starts), "page"),
    Default(
        "17.6.8",
        "lnNumType/@countBy",
        "lines are not numbered",
        paragraph("Words"),
        notes,
        [],
        {"section": "<w:lnNumType/>"},
    ),
    Default(
        "17.6.10",
        "pgBorders/@offsetFrom",
        "from the text",
        paragraph("Words"),
        section(lambda it: it.page_borders.top.space),
        68.5,
        {"section": '<w:pgBorders><w:top w:val="single" w:sz="4" w:space="3"/></w:pgBorders>'},
    ),
    Default(
        "17.10.6",
        "titlePg",
        "no header of its own on the first page",
        paragraph("Words"),
        section(lambda it: (it.title_page, it.headers.first)),
        (False, ()),
        {"headers": {"first": paragraph("First")}},
    ),
    Default(
        "17.10.1",
        "evenAndOddHeaders",
        "one header on all pages",
        paragraph("Words"),
        section(lambda it: it.headers.even),
        (),
        {"headers": {"even": paragraph("Even")}},
    ),
    Default("17.15.1.25", "defaultTabStop", "36 points", paragraph("Words"), lambda it: it.default_tab, 36.0),
    Default(
        "17.11.20",
        "numStart, numFmt",
        "from 1, in decimal",
        paragraph("Words", inner='<w:r><w:footnoteReference w:id="2"/></w:r>'),
        lambda it: [each.mark for each in inlines(all_paragraphs(it)[0].content) if isinstance(each, Footnote)],
        ["1"],
        {"footnotes": f'<w:footnote w:id="2">{paragraph("A note")}</w:footnote>'},
    ),
    Default(
        "17.11.10",
        "footnote/@id",
        "nothing refers to the note",
        paragraph("Words", inner="<w:r><w:footnoteReference/></w:r>"),
        notes,
        ["The text of a footnote or endnote is missing."],
        {"footnotes": f"<w:footnote>{paragraph('A note')}</w:footnote>"},
    ),
    Default(
        "OPC 9.3",
        "Relationship/@Id",
        "nothing refers to its target",
        paragraph(
            "Words",
            inner='<w:r><w:drawing><wp:inline><wp:extent cx="1" cy="1"/><a:graphic><a:graphicData><pic:pic>'
            "<pic:blipFill><a:blip/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
        ),
        lambda it: [each for each in inlines(all_paragraphs(it)[0].content) if isinstance(each, Image)],
        [],
        {"pictures": {"": PIXEL}},
    ),
]


def drawn(look: str, *, words: str = "", room: str = "<wps:bodyPr/>", wrap: str = "<wp:wrapNone/>") -> str:
    """A paragraph with a shape, 100 points wide and 50 points high, whose position leaves out what it can."""
    text_box = f"<wps:txbx><w:txbxContent>{paragraph(words)}</w:txbxContent></wps:txbx>" if words else ""
    place = "".join(
        f'<wp:position{axis} relativeFrom="{frame}"><wp:posOffset>0</wp:posOffset></wp:position{axis}>'
        for axis, frame in (("H", "column"), ("V", "paragraph"))
    )
    return paragraph(
        "x",
        inner=f'<w:r><w:drawing><wp:anchor>{place}<wp:extent cx="1270000" cy="635000"/>{wrap}'
        f'<wp:docPr id="1" name="s"/><a:graphic><a:graphicData uri="x"><wps:wsp><wps:spPr>{look}</wps:spPr>{text_box}'
        f"{room}</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>",
    )


def picture_of(get: Callable[[Image], Any]) -> Callable[[Document], Any]:
    """A property of the first picture."""
    return lambda document: get(
        next(item for each in all_paragraphs(document) for item in inlines(each.content) if isinstance(item, Image))
    )


RED = '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill>'
RECT, ROUND = '<a:prstGeom prst="rect"/>', '<a:prstGeom prst="ellipse"/>'
STOPS = "".join(f'<a:gs pos="{at}"><a:srgbClr val="{ink}"/></a:gs>' for at, ink in ((0, "FF0000"), (100000, "0000FF")))
TRIANGLE = (
    "<a:custGeom><a:pathLst><a:path{}><a:moveTo><a:pt x='0' y='0'/></a:moveTo>"
    "<a:lnTo><a:pt x='1270000' y='0'/></a:lnTo><a:lnTo><a:pt x='1270000' y='635000'/></a:lnTo>"
    "<a:close/></a:path></a:pathLst></a:custGeom>"
)
LINE = f'<a:ln w="25400">{RED.replace("FF0000", "0000FF")}</a:ln>'
BLIP = '<pic:blipFill><a:blip r:embed="rIdPicture"/>{}</pic:blipFill>'
PIC = (
    '<w:r><w:drawing><wp:inline><wp:extent cx="127000" cy="127000"/><wp:docPr id="1" name="s"/><a:graphic>'
    f"<a:graphicData><pic:pic>{BLIP}</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)
DRAWINGS = [
    Default(
        "20.4.2.3", "anchor/@behindDoc", "in front of the text", drawn(RECT + RED, words="W"),
        box(lambda it: it.floating.behind), False,
    ),
    Default(
        "20.4.2.3", "anchor/@distT and the like", "no distance", drawn(RECT + RED, words="W"),
        box(lambda it: it.floating.distance), (0.0, 0.0, 0.0, 0.0),
    ),
    Default(
        "20.4.2.17", "wrapSquare/@wrapText", "on both sides", drawn(RECT + RED, words="W", wrap="<wp:wrapSquare/>"),
        box(lambda it: it.floating.wraps), "square",
    ),
    Default(
        "21.1.2.1.1", "bodyPr/@lIns and the like", "a tenth of an inch at the sides, half of that above and below",
        drawn(RECT + RED, words="W"), box(lambda it: it.padding), (3.6, 7.2, 3.6, 7.2),
    ),
    Default(
        "21.1.2.1.1", "bodyPr", "as if it had no attributes", drawn(RECT + RED, words="W", room=""),
        box(lambda it: (it.padding, it.vertical_align)), ((3.6, 7.2, 3.6, 7.2), "top"),
    ),
    Default(
        "21.1.2.1.1", "bodyPr/@anchor", "at the top", drawn(RECT + RED, words="W"),
        box(lambda it: it.vertical_align), "top",
    ),
    Default("21.1.2.1.1", "bodyPr/@vert", "level", drawn(RECT + RED, words="W"), notes, []),
    Default("20.1.2.2.24", "ln", "no line", drawn(RECT + RED, words="W"), box(lambda it: bool(it.borders)), False),
    Default(
        "20.1.8.54", "a fill", "none", drawn(RECT + LINE, words="W"), box(lambda it: it.shading), "",
    ),
    Default(
        "20.1.8.48", "prstDash", "solid", drawn(RECT + LINE, words="W"), box(lambda it: it.borders.top.style), "solid",
    ),
    Default(
        "20.1.7.6", "xfrm", "neither turned nor mirrored", drawn('<a:prstGeom prst="rtTriangle"/>' + RED),
        picture_of(lambda it: (pixel(it, 0.1, 0.9)[3], pixel(it, 0.9, 0.1)[3])), (255, 0),
    ),
    Default(
        "20.1.9.18", "prstGeom/avLst", "the usual shape", drawn('<a:prstGeom prst="triangle"/>' + RED),
        picture_of(lambda it: (pixel(it, 0.5, 0.2)[3], pixel(it, 0.2, 0.2)[3])), (255, 0),
    ),
    Default(
        "20.1.9.15", "path/@fill, path/@stroke", "filled and drawn",
        drawn(TRIANGLE.format(' w="1270000" h="635000"') + RED + LINE),
        picture_of(lambda it: (pixel(it, 0.8, 0.3), pixel(it, 0.5, 0.117)[2] > 200)), ((255, 0, 0, 255), True),
    ),
    Default(
        "20.1.9.15", "path/@w, path/@h", "points are in the measures of the shape", drawn(TRIANGLE.format("") + RED),
        picture_of(lambda it: pixel(it, 0.8, 0.3)), (255, 0, 0, 255),
    ),
    Default(
        "20.1.8.41", "lin/@ang", "from left to right",
        drawn(RECT + f"<a:gradFill><a:gsLst>{STOPS}</a:gsLst><a:lin/></a:gradFill>"),
        picture_of(lambda it: (pixel(it, 0.1, 0.5)[0] > 200, pixel(it, 0.9, 0.5)[2] > 200)), (True, True),
    ),
    Default(
        "20.1.8.41", "lin", "from left to right (Word; the standard says nothing)",
        drawn(RECT + f"<a:gradFill><a:gsLst>{STOPS}</a:gsLst></a:gradFill>"),
        picture_of(lambda it: (pixel(it, 0.1, 0.5)[0] > 200, pixel(it, 0.9, 0.5)[2] > 200)), (True, True),
    ),
    Default(
        "20.1.8.38", "headEnd, tailEnd", "no arrowheads", drawn('<a:prstGeom prst="line"/>' + LINE),
        picture_of(lambda it: pixel(it, 0.99, 0.8)[3]), 0,
    ),
    Default(
        "20.4.2.5", "docPr/@descr", "no alternative text", drawn(ROUND + RED),
        picture_of(lambda it: it.description), "",
    ),
    Default(
        "20.1.8.55", "srcRect/@l and the like", "nothing is cut off", paragraph(inner=PIC.format("<a:srcRect/>")),
        picture_of(lambda it: it.data == PIXEL), True, {"pictures": {"rIdPicture": PIXEL}},
    ),
    Default(
        "20.1.8.55", "srcRect", "nothing is cut off", paragraph(inner=PIC.format("")),
        picture_of(lambda it: it.data == PIXEL), True, {"pictures": {"rIdPicture": PIXEL}},
    ),
    Default("17.4.72", "textDirection", "level", grid(TWO), row(lambda it: it.cells[0].turned), ""),
    Default(
        "17.3.1.9", "contextualSpacing", "off", paragraph("Words"), layout(lambda it: it.contextual_spacing), False,
    ),
    Default("17.3.1.6", "bidi", "from left to right", paragraph("Words"), layout(lambda it: it.bidi), False),
    Default("17.3.1.15", "keepNext", "off", paragraph("Words"), layout(lambda it: it.keep_next), False),
    Default("17.3.1.14", "keepLines", "off", paragraph("Words"), layout(lambda it: it.keep_lines), False),
    Default("17.3.1.23", "pageBreakBefore", "off", paragraph("Words"), layout(lambda it: it.page_break_before), False),
    Default("17.3.2.42", "vertAlign", "on the line", paragraph("Words"), run(lambda it: it.position), "baseline"),
    Default("17.3.2.24", "position", "on the line", paragraph("Words"), run(lambda it: it.raised), 0.0),
    Default("17.3.2.35", "spacing", "none between letters", paragraph("Words"), run(lambda it: it.spacing), 0.0),
    Default("17.3.2.41", "vanish/@val", "hidden", of("<w:vanish/>"), words, ""),
    Default("17.4.1", "bidiVisual", "from left to right", grid(TWO), table(lambda it: it.bidi), False),
]  # fmt: skip
DEFAULTS = [*DRAWINGS, *RUNS, *STYLES, *PARAGRAPHS, *LISTS, *TABLES, *SECTIONS]


@pytest.mark.parametrize("default", DEFAULTS, ids=[f"{each.clause} {each.missing}" for each in DEFAULTS])
def test_what_is_missing_means_what_the_standard_says(default: Default) -> None:
    document = read_document(open_package(docx(default.body, **default.more), "letter.docx"))
    found = default.found(document)
    assert found == (pytest.approx(default.expected) if isinstance(default.expected, float) else default.expected), (
        default.means
    )
