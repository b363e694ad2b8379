"""Finished PDF files, read and joined; pikepdf is imported here and nowhere else.

The words of a PDF are decoded from its own content streams, through the character maps of its fonts, in the order in
which they are read aloud.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pikepdf

from letters.errors import LettersError, Problem


class NotAPdf(LettersError):
    """The file cannot be read as a tagged PDF; the message says why."""


@dataclass
class PdfWords:
    """The text of a PDF.

    Args:
        body: in reading order.
        furniture: of the headers and footers, page by page.
        loose: text that is neither in the structure tree nor marked as page furniture.
    """

    body: str = ""
    furniture: list[str] = field(default_factory=list)
    loose: str = ""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever goes wrong while a PDF is read into NotAPdf.

    Args:
        name: what messages call the file.
    """
    try:
        yield
    except pikepdf.PasswordError as error:
        raise NotAPdf(Problem("The PDF is protected by a password.", name, code="not-a-pdf")) from error
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, TypeError) as error:
        message = "The PDF is damaged, or has lost its structure tags."
        raise NotAPdf(Problem(message, name, code="not-a-pdf")) from error


def pdf_words(data: bytes, without: frozenset[str] = frozenset()) -> PdfWords:
    """The text of a tagged PDF.

    Args:
        without: types of structure elements to leave out, such as ``/Lbl``; their text counts as loose.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = PdfWords()
        by_mark: dict[tuple[int, int], str] = {}
        decoder = TextDecoder()
        for at, page in enumerate(pdf.pages):
            found.furniture.append("")
            for mark, text in page_text(page, decoder):
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
    """The metadata stream of a PDF (ISO 32000-1, 14.3.2); empty if it has none."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return bytes(pdf.Root.Metadata.read_bytes()) if "/Metadata" in pdf.Root else b""


def joined(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Several PDFs as one. The same parts give the same bytes.

    Args:
        parts: the title of each for a bookmark, or an empty text for none, and its bytes.
    """
    whole = pikepdf.new()
    with whole.open_outline() as outline:
        for title, data in parts:
            first = len(whole.pages)
            with pikepdf.open(io.BytesIO(data)) as part:
                whole.pages.extend(part.pages)
            if title:
                outline.root.append(pikepdf.OutlineItem(title, first))
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return out.getvalue()


def _marks_in_order(
    kids: Any, numbers: dict[Any, int], page: int | None, without: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """The page and mark of every piece of content, along the structure tree (ISO 32000-1, 14.7.4)."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if without and str(kid.get("/S")) in without:
                continue
            own = numbers.get(kid["/Pg"].objgen, page) if "/Pg" in kid else page
            if "/MCID" in kid and "/Pg" in kid:  # content of an element on a page other than its first
                if own is not None:
                    yield own, int(kid["/MCID"])
            elif "/K" in kid:
                yield from _marks_in_order(kid["/K"], numbers, own, without)
        elif page is not None:
            yield page, int(kid)


PageMark: TypeAlias = "int | Literal['furniture', 'repeated'] | None"
"""What a piece of text is marked as: content with a number, page furniture, a repeated table header, or nothing."""


def page_text(page: pikepdf.Page, decoder: TextDecoder) -> Iterator[tuple[PageMark, str]]:
    """Every string that a page shows, in the order in which it is painted, with its mark."""
    resources = page.obj.get("/Resources", pikepdf.Dictionary())
    fonts = resources.get("/Font", pikepdf.Dictionary())
    marks: list[PageMark] = []
    font: Any = None
    for instruction in pikepdf.parse_content_stream(page):
        name = str(instruction.operator)
        if name == "Tf":
            font = fonts[str(instruction.operands[0])]
        elif name in ("BDC", "BMC"):
            marks.append(_mark(instruction.operands))
        elif name == "EMC" and marks:
            marks.pop()
        elif name in ("Tj", "TJ", "'", '"'):
            mark = next((mark for mark in reversed(marks) if mark is not None), None)
            yield mark, decoder.text(font, instruction.operands[-1])


def _mark(operands: Any) -> PageMark:
    properties = operands[1] if len(operands) > 1 else None
    if str(operands[0]) == "/Artifact":
        # Header rows of a table that are repeated on later pages are layout, not furniture.
        layout = isinstance(properties, pikepdf.Dictionary) and properties.get("/Type") == "/Layout"
        return "repeated" if layout else "furniture"
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties["/MCID"])
    return None


class TextDecoder:
    """Decodes the strings of a PDF through the character maps of its fonts, each read once."""

    def __init__(self) -> None:
        self._maps: dict[Any, dict[bytes, str]] = {}

    def text(self, font: Any, shown: Any) -> str:
        """The text of what an operator such as Tj or TJ shows.

        Args:
            font: its font dictionary; None where none was set.
            shown: the operand: a string, or an array of strings and distances.
        """
        strings = shown if isinstance(shown, pikepdf.Array) else [shown]
        codes = b"".join([bytes(piece) for piece in strings if isinstance(piece, pikepdf.String)])
        known = self._map_of(font)
        width = len(next(iter(known), b"\0\0"))  # both writers use two-byte codes; bitmap fonts (emoji) have one byte
        return "".join([known.get(codes[at : at + width], "\ufffd") for at in range(0, len(codes), width)])

    def _map_of(self, font: Any) -> dict[bytes, str]:
        if font is None:
            return {}
        if font.objgen not in self._maps:
            self._maps[font.objgen] = _character_map(font)
        return self._maps[font.objgen]


def _character_map(font: Any) -> dict[bytes, str]:
    """Codes to text, from the ToUnicode map of a font (ISO 32000-1, 9.10.3)."""
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
