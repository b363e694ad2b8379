"""The text of a finished PDF, decoded from its own content streams in the order in which it is read aloud."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf


@dataclass
class PdfWords:
    """Text of a PDF: in reading order, and of the page furniture."""

    body: str = ""
    furniture: list[str] = field(default_factory=list)
    """Headers and footers, page by page."""
    loose: str = ""
    """Text that is neither in the structure nor marked as furniture."""


def pdf_words(data: bytes, without: frozenset[str] = frozenset()) -> PdfWords:
    """Decode the text of a tagged PDF.

    Args:
        without: structure elements that are left out, such as ``/Lbl``; their text counts as loose.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = PdfWords()
        by_mark: dict[tuple[int, int], str] = {}
        maps: dict[Any, dict[bytes, str]] = {}
        for at, page in enumerate(pdf.pages):
            found.furniture.append("")
            for mark, text in _page_text(page, maps):
                if mark == "furniture":
                    found.furniture[at] += text
                elif isinstance(mark, int):
                    by_mark[at, mark] = by_mark.get((at, mark), "") + text
                elif mark is None:
                    found.loose += text
        numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
        order = list(_marks_in_order(pdf.Root.StructTreeRoot.K, numbers, None, without))
        found.body = " ".join(by_mark.pop(key, "") for key in order)
        found.loose += "".join(by_mark.values())
        return found


def metadata_of(data: bytes) -> bytes:
    """The metadata stream of a PDF (ISO 32000-1, 14.3.2); empty where it has none."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return bytes(pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else b""


def _marks_in_order(
    kids: Any, numbers: dict[Any, int], page: int | None, without: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """(page, mark) of every piece of content, walking the structure tree (ISO 32000-1, 14.7.4)."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if without and str(kid.get("/S")) in without:
                continue
            own = numbers.get(kid["/Pg"].objgen, page) if "/Pg" in kid else page
            if "/MCID" in kid and "/Pg" in kid:  # content of an element on a page that is not its first
                if own is not None:
                    yield own, int(kid["/MCID"])
            elif "/K" in kid:
                yield from _marks_in_order(kid["/K"], numbers, own, without)
        elif page is not None:
            yield page, int(kid)


def _page_text(page: Any, maps: dict[Any, dict[bytes, str]]) -> Iterator[tuple[int | str | None, str]]:
    """Each shown string with the mark it stands under: a number, ``furniture``, or None."""
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    known = resources.get("/Font", pikepdf.Dictionary())
    marks: list[int | str | None] = []
    current: dict[bytes, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        name = str(instruction.operator)
        if name == "Tf":
            font = known[str(instruction.operands[0])]
            key = font.objgen
            if key not in maps:
                maps[key] = _character_map(font)
            current = maps[key]
        elif name in ("BDC", "BMC"):
            marks.append(_mark(instruction.operands))
        elif name == "EMC" and marks:
            marks.pop()
        elif name in ("Tj", "TJ", "'", '"'):
            mark = next((mark for mark in reversed(marks) if mark is not None), None)
            shown = instruction.operands[-1]
            strings = shown if isinstance(shown, pikepdf.Array) else [shown]
            codes = b"".join([bytes(piece) for piece in strings if isinstance(piece, pikepdf.String)])
            yield mark, _decode(codes, current)


def _mark(operands: Any) -> int | str | None:
    properties = operands[1] if len(operands) > 1 else None
    if str(operands[0]) == "/Artifact":
        # Header rows of a table shown again on its later pages are layout, not furniture.
        layout = isinstance(properties, pikepdf.Dictionary) and properties.get("/Type") == "/Layout"
        return "repeated" if layout else "furniture"
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties["/MCID"])
    return None


def _decode(codes: bytes, known: dict[bytes, str]) -> str:
    """WeasyPrint writes every font with two-byte codes, bitmap fonts (emoji) with one."""
    width = len(next(iter(known), b"\0\0"))
    return "".join([known.get(codes[at : at + width], "\ufffd") for at in range(0, len(codes), width)])


def _character_map(font: Any) -> dict[bytes, str]:
    """Codes to text, from the font's ToUnicode map (ISO 32000-1, 9.10.3)."""
    found: dict[bytes, str] = {}
    if "/ToUnicode" not in font:
        return found
    source = font["/ToUnicode"].read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", block):
            first = int(text, 16)
            for at in range(int(high, 16) - int(low, 16) + 1):
                found[(int(low, 16) + at).to_bytes(len(low) // 2, "big")] = chr(first + at)
    return found
