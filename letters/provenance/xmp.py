"""The record in a PDF: XMP properties of a schema of our own, which is described so that the file stays PDF/A.

A fingerprint of the whole file stands in it too. It is written in last, over as many zeros, so that nothing moves.
On extension schemas: ISO 19005-2, 6.6.2.3.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from html import escape

from lxml import etree

from letters.docx.package import parse_xml
from letters.errors import LettersError
from letters.pdf.tags.claims import XmpClaims
from letters.provenance.record import UNSEALED, Record
from letters.provenance.seal import Seal

_NAMESPACE = "urn:letters:record:1/"
_PREFIX = "lettersrecord"
_DESCRIBED = {
    "form": "Form of this record",
    "kind": "Kind of letter",
    "state": "Whether the letter was vetted or a draft",
    "version": "SHA-256 over the files the letter was made from",
    "approval": "SHA-256 over the files that were approved",
    "law": "SHA-256 of the legal basis",
    "tool": "Version of Letters",
    "dated": "Date of the letter",
    "edited": "What was changed by hand before printing",
    "changed": "How many sentences were changed by hand before printing",
    "words": "Keyed fingerprints of the sentences",
    "headings": "Keyed fingerprints of headers and footers",
    "looks": "Keyed fingerprint of the looks",
    "file": "Keyed fingerprint of the whole file",
    "key": "Name of the seal",
    "seal": "Keyed fingerprint of this record",
}
_UNSEALED = f"<{_PREFIX}:file>{UNSEALED}<".encode()
_SEALED = re.compile(rb"<" + _PREFIX.encode() + rb":file>([0-9a-f]{32})<")


def said_of(record: Record) -> XmpClaims:
    """A record as XMP, its place for the fingerprint of the file still empty."""
    said = replace(record, file=UNSEALED).as_mapping()
    values = "".join(f"\n<{_PREFIX}:{name}>{escape(value)}</{_PREFIX}:{name}>" for name, value in said.items())
    properties = f'\n<rdf:Description rdf:about="" xmlns:{_PREFIX}="{_NAMESPACE}">{values}</rdf:Description>'
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        f"<pdfaProperty:description>{_DESCRIBED[name]}</pdfaProperty:description></rdf:li>\n"
        for name in said
    )
    schema = (
        '<rdf:li rdf:parseType="Resource">\n<pdfaSchema:schema>Record of Letters</pdfaSchema:schema>\n'
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>\n"
        f"<pdfaSchema:prefix>{_PREFIX}</pdfaSchema:prefix>\n"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    return XmpClaims(properties, schema)


def with_file_mark(pdf: bytes, seal: Seal) -> bytes:
    """The finished PDF with its own fingerprint in its place; as it is where it has no record."""
    return pdf.replace(_UNSEALED, _UNSEALED.replace(UNSEALED.encode(), seal.mark("pdf", pdf).hex().encode()))


def file_mark_holds(pdf: bytes, seal: Seal) -> bool:
    """Whether every byte is as it was written."""
    found = _SEALED.findall(pdf)
    if len(found) != 1:
        return False
    blank = pdf.replace(_UNSEALED.replace(UNSEALED.encode(), found[0]), _UNSEALED)
    return bool(seal.mark("pdf", blank).hex().encode() == found[0])


def read_xmp(xmp: bytes, name: str) -> Record | None:
    """The record in the metadata of a PDF; None where there is none, or metadata that cannot be read."""
    known = {each.name for each in fields(Record)}
    try:
        root = parse_xml(re.sub(rb"<\?xpacket[^>]*\?>", b"", xmp).strip(), "metadata", name)
    except LettersError:
        return None
    said: dict[str, str] = {}
    for node in root.iter(f"{{{_NAMESPACE}}}*"):
        said[etree.QName(node).localname] = "".join(node.itertext()).strip()
    for node in root.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):  # as other programs write it
        for attribute, value in node.attrib.items():
            if attribute.startswith(f"{{{_NAMESPACE}}}"):
                said[etree.QName(attribute).localname] = value
    return Record.of({key: value for key, value in said.items() if key in known})
