"""The vocabulary of OOXML: namespaces, and the names of elements and attributes as lxml spells them.

References such as 17.3.1 in this package are to ISO/IEC 29500-1, which defines what each of them means.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from lxml import etree

from letters._text.lazy_pattern import pattern

Node: TypeAlias = etree._Element
"""An element of a part."""

# The namespaces of markup, each under the prefix it usually has; `r` is spelled out.
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
WPG = "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
V = "urn:schemas-microsoft-com:vml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# The namespaces of the package (ISO/IEC 29500-2) and of the properties of a document.
PACKAGE_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CORE_PROPERTIES = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
EXTENDED_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
CUSTOM_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
PROPERTY_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
DUBLIN_CORE_TERMS = "http://purl.org/dc/terms/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

# Content types.
DOCUMENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TEMPLATE_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"
CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"

# The type of the relationship from a package to its core properties.
CORE_LINK = f"{PACKAGE_RELATIONSHIPS}/metadata/core-properties"

# Parts of the package that always have the same name.
TYPES = "[Content_Types].xml"
PACKAGE_LINKS = "_rels/.rels"
CORE, CUSTOM, APP = "docProps/core.xml", "docProps/custom.xml", "docProps/app.xml"


@cache
def w(name: str) -> str:
    """The name of an element or attribute of Word's main namespace: ``w("p")`` is that of ``w:p``."""
    return f"{{{W}}}{name}"


def ws(names: str) -> frozenset[str]:
    """Several such names, separated by spaces."""
    return frozenset(map(w, names.split()))


P, R, T, TR, TC, TBL = (w(name) for name in ("p", "r", "t", "tr", "tc", "tbl"))
P_PR, R_PR, TC_PR, TR_PR, BR, HYPERLINK = (w(name) for name in ("pPr", "rPr", "tcPr", "trPr", "br", "hyperlink"))
INSTR, FLD_CHAR, FLD_SIMPLE = (w(name) for name in ("instrText", "fldChar", "fldSimple"))
BODY, SECT_PR, TXBX, SDT, SDT_CONTENT = (w(name) for name in ("body", "sectPr", "txbxContent", "sdt", "sdtContent"))
BOOKMARK_START = w("bookmarkStart")
BOOKMARKS = (BOOKMARK_START, w("bookmarkEnd"))
DOC_PR = f"{{{WP}}}docPr"
IDENTIFIED = (*BOOKMARKS, DOC_PR)
STYLE_ID, VAL, ID, NAME = w("styleId"), w("val"), w("id"), w("name")
ALTERNATIVES, CHOICE, FALLBACK, IGNORABLE = (
    f"{{{MC}}}{name}" for name in ("AlternateContent", "Choice", "Fallback", "Ignorable")
)
LINK_ID = f"{{{RELATIONSHIPS}}}id"
PATH_ON_DISK = pattern(r"file:///|[A-Za-z]:\\|\\\\[\w$.-]+\\|/(?:home|Users|tmp)/")
"""How the path of a file on somebody's disk begins."""
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
