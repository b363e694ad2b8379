"""Text with formatting, as people type it: bold, italics, links, lists and paragraphs.

``**bold**``, ``*italics*``, ``[words](https://…)``; a line that begins with ``- `` or ``1. `` is an item of a list; a
blank line begins a new paragraph. Anything else stands for itself.
"""

from __future__ import annotations

import re

from msgspec import Struct

from letters._text.lazy_pattern import pattern

_LINK = pattern(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_MARK = pattern(r"\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\*)\*(?=[^\s*])([^*\n]*?)(?<=[^\s*])\*(?!\*)", re.S)
_ITEM = pattern(r"\s*(?:(-|•)|(\d{1,3})[.)])\s+(.*)")
_ADDRESS = pattern(r"(https?://[^\s\"<>\\]+|mailto:[^\s\"<>\\@]+@[^\s\"<>\\@]+)", re.I)


class FormattedAnswer(str):
    """An answer that has formatting, so that it must not be printed as it was typed."""


class RichPiece(Struct, frozen=True):
    """Some words with the same formatting.

    Args:
        link: the address they lead to; empty if they are no link.
    """

    words: str
    bold: bool = False
    italic: bool = False
    link: str = ""


class RichBlock(Struct, frozen=True):
    """One paragraph, or one item of a list.

    Args:
        kind: ``paragraph``, ``bullet`` or ``number``.
    """

    kind: str
    pieces: tuple[RichPiece, ...]


def parse_rich_text(text: str) -> tuple[RichBlock, ...]:
    """The paragraphs and list items of a text.

    Raises:
        ValueError: a link leads to something other than a web page or an email address.
    """
    blocks: list[tuple[str, list[str]]] = []
    open_ = False
    for line in text.splitlines():
        if not line.strip():
            open_ = False
        elif item := _ITEM.fullmatch(line):
            blocks.append(("bullet" if item[1] else "number", [item[3].strip()]))
            open_ = True
        elif open_:
            blocks[-1][1].append(line.strip())
        else:
            blocks.append(("paragraph", [line.strip()]))
            open_ = True
    return tuple(RichBlock(kind, tuple(_pieces(" ".join(lines)))) for kind, lines in blocks)


def _pieces(text: str, bold: bool = False, italic: bool = False) -> list[RichPiece]:
    found: list[RichPiece] = []
    position = 0
    for link in _LINK.finditer(text):
        found += _formatted(text[position : link.start()], bold, italic)
        if not _ADDRESS.fullmatch(link[2]):
            raise ValueError(
                f"has a link to “{link[2][:60]}”. Write the address of a web page or an email in full: "
                "[words](https://www.example.com) or [words](mailto:office@example.com)."
            )
        found += [RichPiece(each.words, each.bold, each.italic, link[2]) for each in _formatted(link[1], bold, italic)]
        position = link.end()
    return found + _formatted(text[position:], bold, italic)


def _formatted(text: str, bold: bool, italic: bool) -> list[RichPiece]:
    found: list[RichPiece] = []
    position = 0
    for mark in _MARK.finditer(text):
        if before := text[position : mark.start()]:
            found.append(RichPiece(before, bold, italic))
        found += _formatted(mark[1], True, italic) if mark[1] is not None else _formatted(mark[2], bold, True)
        position = mark.end()
    if rest := text[position:]:
        found.append(RichPiece(rest, bold, italic))
    return found
