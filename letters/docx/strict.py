"""Word files in the strict form of the standard (ISO/IEC 29500-1), read as in its usual, transitional form (29500-4).

Word offers both under Save As. A strict file has other namespaces, and may give a length with its unit and a percentage
with its sign; otherwise the two say the same. In Word's own markup such values are understood wherever they are read
(`attribute_values`). In drawings a plain number means another unit, so these are converted here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from letters._text.lazy_pattern import pattern
from letters.docx.names import WP, WPG, WPS, A, Node

_STRICT = "http://purl.oclc.org/ooxml/"
_NAMESPACE = pattern(rf"""(?<==["']){re.escape(_STRICT)}(\w+)/(\w[\w/-]*)""")
# The words of names that differ by more than the year.
_RENAMED = {"extendedProperties": "extended-properties", "customProperties": "custom-properties"}
_DRAWN = frozenset({A, WP, WPG, WPS, "http://schemas.openxmlformats.org/drawingml/2006/picture"})
_WORDS = frozenset({"name", "descr", "title"})  # attributes that somebody typed
_WITH_UNIT = pattern(r"(-?\d+(?:\.\d+)?)(%|in|pt|cm|mm|pc|pi)")
_UNITS = {"%": 1000, "in": 914_400, "pt": 12_700, "cm": 360_000, "mm": 36_000, "pc": 152_400, "pi": 152_400}
"""What each is in a drawing: thousandths of a percent, and English metric units (20.1.10.16, 20.1.10.40, 22.9.2)."""


def is_strict(links: bytes) -> bool:
    """Whether a file is in the strict form, by the relationships of its package."""
    return _STRICT.encode() in links


def transitional(content: bytes, parse: Callable[[bytes], Node]) -> bytes:
    """A part of a strict file, or its relationships, in the transitional form.

    Args:
        content: the part, in UTF-8 or UTF-16.
        parse: reads a part, and refuses what must not be read.
    """
    root = parse(content)
    text = _NAMESPACE.sub(_usual_name, etree.tostring(root.getroottree(), encoding="unicode"))
    root = parse(text.encode())
    for node in root.iter(etree.Element):
        if etree.QName(node).namespace in _DRAWN:
            for name, value in node.attrib.items():
                if name not in _WORDS and (found := _WITH_UNIT.fullmatch(value)):
                    node.set(name, str(round(float(found[1]) * _UNITS[found[2]])))
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True)


def _usual_name(found: re.Match[str]) -> str:
    """The transitional name of a namespace, or of a type of relationships."""
    words = [_RENAMED.get(word, word) for word in found.group(2).split("/")]
    return "/".join(["http://schemas.openxmlformats.org", found.group(1), "2006", *words])
