"""The words of a Word file, read past the program."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from letters._text.held_together import with_typed_spaces
from letters.docx.names import W, w
from letters.docx.package import Package


def words(docx: bytes) -> str:
    """What its body says, with plain spaces within citations, as they were typed."""
    body = etree.fromstring(zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml"))
    text, line_break = f"{{{W}}}t", f"{{{W}}}br"
    lines = [
        "".join("\n" if node.tag == line_break else node.text or "" for node in paragraph.iter(text, line_break))
        for paragraph in body.iter(f"{{{W}}}p")
    ]
    return with_typed_spaces("\n".join(lines))


def settled(package: Package, part: str, *, accept: bool) -> list[str]:
    """The paragraphs of a part once every tracked change is accepted, or rejected, as Word does it."""
    root = package.xml(part)
    goes, stays = ("del", "ins") if accept else ("ins", "del")
    for row in [row for row in root.iter(w("tr")) if row.find(f"{w('trPr')}/{w(goes)}") is not None]:
        row.getparent().remove(row)
    gone = [node for node in root.iter(w("p")) if node.find(f"{w('pPr')}/{w('rPr')}/{w(goes)}") is not None]
    for node in list(root.iter(w(goes))):
        if node.getparent().tag != w("rPr"):
            node.getparent().remove(node)
    for node in [node for node in root.iter(w(stays)) if node.getparent().tag == w("p")]:
        for child in node:
            node.addprevious(child)
        node.getparent().remove(node)
    for paragraph_ in gone:
        following = paragraph_.getnext()
        words = [child for child in paragraph_ if child.tag != w("pPr")]
        if following is not None and following.tag == w("p"):
            place = 1 if following.find(w("pPr")) is not None else 0
            following[place:place] = words
        assert following is not None
        assert following.tag == w("p") or not words
        paragraph_.getparent().remove(paragraph_)
    tables = [table for table in root.iter(w("tbl")) if table.find(w("tr")) is None]
    for table in tables:
        table.getparent().remove(table)
    return ["".join(node.text or "" for node in each.iter(w("t"), w("delText"))) for each in root.iter(w("p"))]


def plain(package: Package, part: str) -> list[str]:
    return ["".join(node.text or "" for node in each.iter(w("t"))) for each in package.xml(part).iter(w("p"))]
