"""The record in a PDF: XMP properties of our own schema, which the file describes so that it remains valid PDF/A.

One property is a fingerprint of the whole file. It is filled in last, over a placeholder of the same length, so that
no offset changes. Extension schemas: ISO 19005-2, 6.6.2.3.
"""

from __future__ import annotations

import re

from lxml import etree
from msgspec.structs import fields, replace

from letters._text.entities import escaped
from letters._text.lazy_pattern import pattern
from letters.docx.package import parse_xml
from letters.errors import LettersError
from letters.pdf.tags.metadata import XmpExtension
from letters.provenance.record import BLANK_FINGERPRINT, Record
from letters.provenance.seal import Seal

_NAMESPACE = "urn:letters:record:1/"
_PREFIX = "lettersrecord"
_DESCRIPTION = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
_DESCRIBED = {
    "form": "Form of this record",
    "kind": "Kind of letter",
    "state": "Whether the letter was vetted or a draft",
    "version": "SHA-256 over the files the letter was made from",
    "approval": "SHA-256 over the files that were approved",
    "law": "SHA-256 of the legal basis",
    "tool": "Version of Letters",
    "dated": "Date of the letter",
    "entered": "Head of the register's log when the letter was entered",
    "edited": "What was changed by hand before printing",
    "changed": "How many sentences were changed by hand before printing",
    "words": "Keyed fingerprints of the sentences",
    "headings": "Keyed fingerprints of headers and footers",
    "looks": "Keyed fingerprint of the looks",
    "file": "Keyed fingerprint of the whole file",
    "key": "Name of the seal",
    "seal": "Keyed fingerprint of this record",
    "enclosure": "Name of the form or page that went out with the letter",
}
_FILE = pattern(rb"<" + _PREFIX.encode() + rb":file>([0-9a-f]{32})<")


def xmp_of(record: Record) -> XmpExtension:
    """A record as XMP, with a placeholder for the fingerprint of the file."""
    values = replace(record, file=BLANK_FINGERPRINT).as_mapping()
    elements = "".join(f"\n<{_PREFIX}:{name}>{escaped(value)}</{_PREFIX}:{name}>" for name, value in values.items())
    properties = f'\n<rdf:Description rdf:about="" xmlns:{_PREFIX}="{_NAMESPACE}">{elements}</rdf:Description>'
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>internal</pdfaProperty:category>"
        f"<pdfaProperty:description>{_DESCRIBED[name]}</pdfaProperty:description></rdf:li>\n"
        for name in values
    )
    schema = (
        '<rdf:li rdf:parseType="Resource">\n<pdfaSchema:schema>Record of Letters</pdfaSchema:schema>\n'
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>\n"
        f"<pdfaSchema:prefix>{_PREFIX}</pdfaSchema:prefix>\n"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    return XmpExtension(properties, schema)


def with_file_fingerprint(pdf: bytes, seal: Seal) -> bytes:
    """The PDF with its fingerprint filled in; unchanged if it has no record."""
    return pdf.replace(_file_element(BLANK_FINGERPRINT), _file_element(seal.fingerprint("pdf", pdf).hex()))


def file_fingerprint_matches(pdf: bytes, seal: Seal) -> bool:
    """Whether not a byte of the PDF has changed."""
    found: list[bytes] = _FILE.findall(pdf)
    if len(found) != 1:
        return False
    blank = pdf.replace(_file_element(found[0].decode()), _file_element(BLANK_FINGERPRINT))
    return seal.fingerprint("pdf", blank).hex().encode() == found[0]


def _file_element(fingerprint: str) -> bytes:
    return f"<{_PREFIX}:file>{fingerprint}<".encode()


def read_xmp(xmp: bytes, name: str) -> Record | None:
    """The record in the metadata of a PDF; None if there is none, or the metadata cannot be read.

    Args:
        name: of the file, for messages.
    """
    known = {each.name for each in fields(Record)}
    try:
        root = parse_xml(re.sub(rb"<\?xpacket[^>]*\?>", b"", xmp).strip(), "metadata", name)
    except LettersError:
        return None
    found: dict[str, str] = {}
    for node in root.iter(f"{{{_NAMESPACE}}}*"):
        found[etree.QName(node).localname] = "".join(node.itertext()).strip()
    for node in root.iter(_DESCRIPTION):  # other programs write properties as attributes
        for attribute, value in node.attrib.items():
            if attribute.startswith(f"{{{_NAMESPACE}}}"):
                found[etree.QName(attribute).localname] = str(value)
    return Record.from_properties({key: value for key, value in found.items() if key in known})
