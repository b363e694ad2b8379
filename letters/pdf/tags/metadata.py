"""The XMP metadata of a PDF (ISO 16684-1): title, language, date, what made it, and which standards it conforms to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from letters._text.entities import escaped
from letters.pdf.tags.claims import ARCHIVE, UA

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{dated}</xmp:CreateDate><xmp:ModifyDate>{dated}</xmp:ModifyDate>{made_by}
</rdf:Description>{claims}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_ARCHIVE_CLAIM = """
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>"""
_UA_CLAIM = """
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>"""
# PDF/A allows properties of other schemas only if the file describes them (ISO 19005-2, 6.6.2.3).
_SCHEMAS = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>{}</rdf:Bag></pdfaExtension:schemas></rdf:Description>"""
_UA_SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the file meets</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li>"""


class XmpExtension(Struct, frozen=True):
    """More metadata for a PDF, in a schema of its own.

    Args:
        properties: one ``rdf:Description``.
        schema: the description of the schema that PDF/A requires: one ``rdf:li`` with the prefixes pdfaSchema and
            pdfaProperty.
    """

    properties: str = ""
    schema: str = ""


def metadata(
    title: str, language: str, dated: date, standards: frozenset[str], info: Mapping[str, str], more: XmpExtension
) -> bytes:
    """The metadata packet.

    Args:
        standards: those the file claims to conform to.
        info: the entries of its document information dictionary, for what made it.
        more: further metadata.
    """
    said = (_ARCHIVE_CLAIM if ARCHIVE in standards else "") + (_UA_CLAIM if UA in standards else "") + more.properties
    schemas = (_UA_SCHEMA if UA in standards else "") + more.schema
    said += _SCHEMAS.format(schemas) if schemas else ""
    made_by = "".join(
        f"\n<{name}>{escaped(info[key])}</{name}>"
        for key, name in (("Creator", "xmp:CreatorTool"), ("Producer", "pdf:Producer"))
        if key in info
    )
    return _XMP.format(
        title=escaped(title), language=escaped(language), dated=dated.isoformat(), made_by=made_by, claims=said
    ).encode()
