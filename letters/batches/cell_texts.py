"""The texts of an Excel workbook: what the cells of all its sheets share is in one part, each text once.

A sheet names a text by its number. The part is only divided into texts when it is opened, which takes little time even
for a million of them; a text is read when a cell needs it.
"""

from __future__ import annotations

import re
from array import array

from lxml import etree
from msgspec import Struct

from letters._text.lazy_pattern import pattern

DECLARATIONS = 4096  # bytes, at the start of a part
_MOST_BYTES = 400_000_000  # of all texts together
_MOST_UNUSUAL = 40_000_000  # of all, if they must be written anew
_ESCAPED = pattern("_x([0-9A-Fa-f]{4})_")
_BEGINS = pattern(rb"<(?:[\w.-]+:)?si(?=[\s/>])")
_ROOT = pattern(rb"<([\w.:-]*sst)\b[^>]*>")
_PLAIN = pattern(rb"<si>\s*<t(?: xml:space=\"preserve\")?>([^<&]*)</t>\s*</si>\s*")


class CellText(Struct, frozen=True):
    """A text of a cell, and the words in it that are struck out by themselves."""

    words: str
    struck: str


class SharedTexts(Struct, frozen=True):
    """The texts that cells share, each read when it is asked for by its number."""

    _data: bytes
    _ends: array[int]  # where each text begins, and where the last one ends
    _root: re.Match[bytes] | None
    _longest: int

    @classmethod
    def of(cls, data: bytes, longest: int) -> SharedTexts:
        """The texts in the bytes of their part; none if it is empty.

        Args:
            longest: the most bytes of one text.

        Raises:
            ValueError: it declares entities, or is too large to be kept.
            lxml.etree.XMLSyntaxError: it is no XML.
        """
        refuse_entities(data)
        if len(data) > _MOST_BYTES:
            raise ValueError("too many texts")
        if b"<!" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")) or not _is_utf8(data):
            data = _written_anew(data)
        ends = array("Q", (match.start() for match in _BEGINS.finditer(data)))
        ends.append(max(data.rfind(b"</"), 0))
        return cls(data, ends, _ROOT.search(data), longest)

    def __getitem__(self, number: int) -> CellText:
        """A text. Raises IndexError if there is none, ValueError if it is too long, XMLSyntaxError if it is damaged."""
        if not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        begin, end = self._ends[number], self._ends[number + 1]
        if end - begin > self._longest:
            raise ValueError("a text that is too long")
        text = self._data[begin:end]
        if plain := _PLAIN.fullmatch(text):
            return CellText(unescaped(plain[1].decode().replace("\r\n", "\n").replace("\r", "\n")), "")
        if self._root is None:
            raise ValueError("texts outside their list")
        whole = b"%s%s</%s>" % (self._root[0], text, self._root[1])
        return text_of(etree.fromstring(whole, _parser())[0])


def text_of(element: etree._Element) -> CellText:
    """The text of a cell: one piece, or runs that may be struck out. Readings of Chinese characters are left out."""
    if len(element) == 1 and str(element[0].tag).endswith("}t"):  # nearly all of them
        return CellText(unescaped(element[0].text or ""), "")
    words, struck = "", ""
    for child in element.iterchildren("{*}t", "{*}r"):
        is_run = etree.QName(child).localname == "r"
        piece = (child.findtext("{*}t") if is_run else child.text) or ""
        words += piece
        if is_run and is_on(child.find("{*}rPr/{*}strike")):
            struck += piece
    return CellText(unescaped(words), unescaped(struck))


def unescaped(text: str) -> str:
    """The text with the signs that Excel writes as `_x000D_` themselves; where they end a line, as one line break."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_on(element: etree._Element | None) -> bool:
    """Whether a property of a font is there and not switched off."""
    return element is not None and element.get("val", "1") not in ("0", "false", "off")


def refuse_entities(data: bytes) -> None:
    """Raise ValueError for a part that declares entities, whose text would be lost. Excel writes none."""
    if b"<!DOCTYPE" in data[:DECLARATIONS]:
        raise ValueError("a document type")


def _is_utf8(data: bytes) -> bool:
    declared = re.match(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*\bencoding\s*=\s*[\"']([\w-]+)", data)
    return declared is None or declared[1].lower() == b"utf-8"


def _written_anew(data: bytes) -> bytes:
    """The same texts in UTF-8, without comments, and with the signs of CDATA in references."""
    if len(data) > _MOST_UNUSUAL:
        raise ValueError("too many texts with comments, or in an encoding that Excel does not write")
    return etree.tostring(etree.fromstring(data, _parser()), encoding="utf-8")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
