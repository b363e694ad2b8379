"""The values in an XFDF or FDF file: what programs send instead of a whole form (ISO 19444-1; ISO 32000-1, 12.7.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.errors import LettersError, Problem
from letters.pdf.pdf_objects import Array, Dictionary, opened, reading, text_of

_DEEPEST = 30
_LARGEST = 20_000_000  # bytes
_OBJECT = pattern(rb"(?m)^[ \t]*(\d{1,10})[ \t]+\d{1,5}[ \t]+obj\b")

Values = dict[str, str | tuple[str, ...]]


class NotFormData(LettersError):
    """The file cannot be read as form data; the message says why."""


def read_xfdf(data: bytes, name: str) -> Values:
    """The values of an XFDF file, by full field names. Raises NotFormData.

    Args:
        name: of the file, for messages.
    """
    if len(data) > _LARGEST:
        raise NotFormData(Problem("The file is larger than any form.", name, code="too-large"))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        message = "The file has a DOCTYPE, which can make a program read other files. It was not opened."
        raise NotFormData(Problem(message, name, "Ask the sender for the form itself, as PDF.", "doctype"))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise NotFormData(Problem("The file is damaged.", name, "Ask the sender for it again.", "damaged")) from error
    if root.getroottree().docinfo.doctype:
        raise NotFormData(Problem("The file has a DOCTYPE. It was not opened.", name, code="doctype"))
    if etree.QName(root).localname != "xfdf":
        raise NotFormData(Problem("The file is XML, but not XFDF.", name, "Ask for the form as PDF.", "not-xfdf"))
    found: Values = {}
    for fields in root:
        if isinstance(fields.tag, str) and etree.QName(fields).localname == "fields":
            for field, values in _xfdf_fields(fields, "", 0):
                found[field] = values[0] if len(values) == 1 else tuple(values)
    return found


def _xfdf_fields(node: Any, prefix: str, depth: int) -> Iterator[tuple[str, list[str]]]:
    if depth > _DEEPEST:
        return
    for child in node:
        if not isinstance(child.tag, str) or etree.QName(child).localname != "field":
            continue
        name = ".".join(filter(None, (prefix, child.get("name", ""))))
        values = [
            "".join(each.itertext()).replace("\r\n", "\n").replace("\r", "\n")
            for each in child
            if isinstance(each.tag, str) and etree.QName(each).localname == "value"
        ]
        if values:
            yield name, values
        yield from _xfdf_fields(child, name, depth + 1)


def read_fdf(data: bytes, name: str) -> Values:
    """The values of an FDF file, by full field names. Raises NotFormData, or NotAPdf.

    Args:
        name: of the file, for messages.
    """
    root = re.search(rb"/Root\s+(\d+\s+\d+\s+R)", data)
    if len(data) > _LARGEST or root is None:
        raise NotFormData(Problem("The file is damaged, or is not FDF.", name, "Ask for the form as PDF.", "damaged"))
    numbers = [int(each) for each in _OBJECT.findall(data)]
    catalog = min(max(numbers, default=0), 100_000) + 1
    # FDF has the objects of a PDF but no pages. With a catalog and a page, the same reader opens it.
    added = (
        f"{catalog} 0 obj\n<</Type/Catalog/Pages {catalog + 1} 0 R/Data {root[1].decode()}>>\nendobj\n"
        f"{catalog + 1} 0 obj\n<</Type/Pages/Kids[{catalog + 2} 0 R]/Count 1>>\nendobj\n"
        f"{catalog + 2} 0 obj\n<</Type/Page/Parent {catalog + 1} 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
        f"trailer\n<</Root {catalog} 0 R>>\n%%EOF\n"
    )
    whole = b"%PDF-1.4\n" + data[data.find(b"\n") + 1 : data.rfind(b"trailer")] + added.encode()
    found: Values = {}
    with reading(name, "The file is damaged, or is not FDF."), opened(whole) as pdf:
        inner: Any = pdf.Root["/Data"]["/FDF"]
        for field, value in _fdf_fields(inner.get("/Fields"), "", set()):
            found[field] = tuple(text_of(each) for each in value) if isinstance(value, Array) else text_of(value)
    return found


def _fdf_fields(fields: Any, prefix: str, seen: set[Any]) -> Iterator[tuple[str, Any]]:
    """The fields of a list and of those below. Each is in one list; one that holds itself is damage."""
    for each in fields if isinstance(fields, Array) else ():
        if not isinstance(each, Dictionary):
            continue
        if each.objgen in seen:
            raise ValueError(f"the field {each.objgen} holds itself")
        if each.is_indirect:
            seen.add(each.objgen)
        name = ".".join(filter(None, (prefix, text_of(each.get("/T")))))
        if "/V" in each:
            yield name, each["/V"]
        yield from _fdf_fields(each.get("/Kids"), name, seen)
