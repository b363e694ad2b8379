"""Writes real .docx bytes from a few lines of WordprocessingML, so that a test shows all it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from letters.docx.package import Packed, write_package

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_NAMES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": _W,
        "r": _R,
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": _PICTURE,
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman"/>'
    '<w:sz w:val="24"/><w:lang w:val="en-US"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
)
SECTION = (
    '<w:pgSz w:w="12240" w:h="15840"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720"'
    ' w:gutter="0"/>'
)
FONT_KEY = "{3E1F4A5B-0C2D-4E6F-8091-A2B3C4D5E6F7}"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005"
    "fe02fe0def46b80000000049454e44ae426082"
)
"""A white picture of one pixel, PNG."""


def text(words: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def paragraph(words: str = "", properties: str = "", *, inner: str = "", run: str = "") -> str:
    """A paragraph of ``words``, or of the runs in ``inner``."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{text(words, run) if words else ''}{inner}</w:p>"


def field(code: str, result: str) -> str:
    """A complex field with its stored result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText> {escape(code)} </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"{text(result)}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def picture(relation: str = "rIdPicture", description: str = "", *, floats: bool = False) -> str:
    """A picture half an inch square, in its line or floating over the text, as Word writes it."""
    side = '<wp:extent cx="457200" cy="457200"/>'
    named = f'<wp:docPr id="1" name="Picture" descr="{escape(description)}"/>'
    shown = (
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="1" name="picture.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        '<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="457200" cy="457200"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
    )
    if not floats:
        return f"<w:r><w:drawing><wp:inline>{side}{named}{shown}</wp:inline></w:drawing></w:r>"
    return (
        '<w:r><w:drawing><wp:anchor behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1" simplePos="0"'
        ' relativeHeight="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:posOffset>914400</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        f"{side}<wp:wrapNone/>{named}{shown}</wp:anchor></w:drawing></w:r>"
    )


def docx(
    body: str,
    *,
    styles: str = "",
    section: str = "",
    numbering: str = "",
    settings: str = "",
    headers: Mapping[str, str] | None = None,
    footers: Mapping[str, str] | None = None,
    pictures: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
    footnotes: str = "",
    endnotes: str = "",
    fonts: Mapping[str, bytes] | None = None,
    others: Mapping[str, tuple[str, str]] | None = None,
    usual_styles: bool = True,
    page: str = SECTION,
    title: str = "A letter",
    language: str = "en-US",
) -> bytes:
    """The bytes of a .docx.

    Args:
        body: paragraphs and tables.
        styles: more of ``w:styles``, after the usual ones.
        section: more of the body's ``w:sectPr``, such as ``<w:titlePg/>``.
        headers, footers: content by which page it is for: ``default``, ``first`` or ``even``.
        pictures: files by relationship id.
        links: outside addresses by relationship id.
        footnotes, endnotes: content of ``w:footnotes`` and ``w:endnotes``.
        fonts: fonts to embed, by their families, mixed with a key as Word does it (ECMA-376 Part 1, 17.8.1).
        others: other parts by relationship id: the type of the relationship, and the XML.
        usual_styles: begin the styles with the usual ones, STYLES.
        page: the beginning of the body's ``w:sectPr``: the size and margins of the page.
    """
    relations: list[str] = []
    overrides: list[str] = []
    parts: dict[str, str | bytes] = {}

    def part(kind: str, root: str, content: str, name: str = "") -> str:
        name = name or kind
        relation = f"rId_{name}"
        parts[f"word/{name}.xml"] = f"<w:{root} {_NAMES}>{content}</w:{root}>"
        relations.append(f'<Relationship Id="{relation}" Type="{_R}/{kind}" Target="{name}.xml"/>')
        overrides.append(f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{kind}+xml"/>')
        return relation

    part("styles", "styles", STYLES + styles if usual_styles else styles)
    if numbering:
        part("numbering", "numbering", numbering)
    if footnotes:
        part("footnotes", "footnotes", footnotes)
    if endnotes:
        part("endnotes", "endnotes", endnotes)
    if fonts:
        part("fontTable", "fonts", "".join(
            f'<w:font w:name="{family}"><w:embedRegular r:id="rId{at}" w:fontKey="{FONT_KEY}"/></w:font>'
            for at, family in enumerate(fonts)
        ))  # fmt: skip
        parts["word/_rels/fontTable.xml.rels"] = (
            f'<Relationships xmlns="{_RELATIONSHIPS}">'
            + "".join(
                f'<Relationship Id="rId{at}" Type="{_R}/font" Target="fonts/font{at}.odttf"/>'
                for at in range(len(fonts))
            )
            + "</Relationships>"
        )
        key = bytes.fromhex(FONT_KEY.strip("{}").replace("-", ""))[::-1] * 2
        for at, data in enumerate(fonts.values()):
            mixed = bytes(one ^ other for one, other in zip(data, key, strict=False))
            parts[f"word/fonts/font{at}.odttf"] = mixed + data[len(mixed) :]
    part("settings", "settings", settings)
    references = ""
    for kind, root, contents in (("header", "hdr", headers), ("footer", "ftr", footers)):
        for which, content in (contents or {}).items():
            relation = part(kind, root, content, f"{kind}_{which}")
            references += f'<w:{kind}Reference w:type="{which}" r:id="{relation}"/>'
    for relation, data in (pictures or {}).items():
        parts[f"word/media/{relation}.png"] = data
        relations.append(f'<Relationship Id="{relation}" Type="{_R}/image" Target="media/{relation}.png"/>')
    for relation, (kind, xml) in (others or {}).items():
        parts[f"word/{relation}.xml"] = xml
        relations.append(f'<Relationship Id="{relation}" Type="{kind}" Target="{relation}.xml"/>')
    for relation, target in (links or {}).items():
        relations.append(
            f'<Relationship Id="{relation}" Type="{_R}/hyperlink" Target="{escape(target)}" TargetMode="External"/>'
        )
    parts["word/document.xml"] = (
        f"<w:document {_NAMES}><w:body>{body}<w:sectPr>{references}{page}{section}</w:sectPr></w:body></w:document>"
    )
    parts["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_RELATIONSHIPS}">{"".join(relations)}</Relationships>'
    )
    for name in [name for name in parts if name.startswith(("word/header", "word/footer"))]:
        if pictures:
            parts[f"word/_rels/{name[5:]}.rels"] = parts["word/_rels/document.xml.rels"]
    parts["docProps/core.xml"] = (
        "<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        f"<dc:language>{language}</dc:language></cp:coreProperties>"
    )
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{_RELATIONSHIPS}">'
        f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
        '<Relationship Id="rId2"'
        ' Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    )
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="odttf" ContentType="application/vnd.openxmlformats-officedocument.obfuscatedFont"/>'
        '<Override PartName="/word/document.xml"'
        f' ContentType="{_MAIN}.document.main+xml"/>{"".join(overrides)}</Types>'
    )
    names = [
        "[Content_Types].xml",
        "_rels/.rels",
        *(name for name in parts if name not in ("[Content_Types].xml", "_rels/.rels")),
    ]
    return write_package(
        Packed.of(name, data.encode() if isinstance(data, str) else data) for name in names for data in (parts[name],)
    )
